"""What is said to people, as a code of the catalogues and its values: whoever shows it picks the language.

The English of the moment stands beside it in the database (``message``): logs, the shell and messages of
apprise show that. The dashboard has a text for each code in dashboard/messages/*.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Value = str | int | float


def many(count: int, one: str, more: str | None = None) -> str:
    """A number and what is counted: ``1 article``, ``2 articles``; ``more`` where an s does not make it."""
    return f"{count} {one if count == 1 else more or f'{one}s'}"


def as_rows(said: Iterable[Said]) -> list[dict[str, object]]:
    """Return messages as they are stored."""
    return [each.as_row() for each in said]


def all_of(rows: Sequence[object] | None) -> list[Said]:
    """Read a stored list of messages, those that this version knows."""
    return [said for row in rows or () if (said := Said.from_row(row)) is not None]


@dataclass(frozen=True, slots=True)
class Said:
    """A message: ``code`` is a key of the catalogues (``raised.same_title``), ``values`` fill it in."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def as_row(self) -> dict[str, object]:
        """Return it as it is stored (JSON)."""
        return {"code": self.code, "values": dict(self.values)}

    @classmethod
    def from_row(cls, row: object) -> Said | None:
        """Read a stored one; None where there is none, or nothing that this version can show."""
        if not isinstance(row, Mapping):
            return None
        code, values = row.get("code"), row.get("values")
        if not isinstance(code, str) or not isinstance(values, Mapping):
            return None
        return cls(code, {str(k): v for k, v in values.items() if isinstance(v, str | int | float)})
