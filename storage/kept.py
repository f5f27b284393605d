"""One article of the database as a batch works on it: its row, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from storage.changes import Op
from vietnam.writing import fold

Address = tuple[str, str]
"""(portal, key)"""

Reason = Literal["gone", "robots", "takedown", "wrong_portal", "no_article"]
"""Why an article was deleted. The crawl finds ``gone`` and ``robots``; the others are a person's."""

COME_BACK: frozenset[Reason] = frozenset({"gone", "robots"})
"""Deletions that end when the page answers again; what a person removed stays so until restored."""


@dataclass(slots=True, eq=False)
class Kept:
    """An article of the database, with what this batch changed of it. ``row`` has every column."""

    id: int
    row: dict[str, Any]
    fresh: bool = False
    changed: set[str] = field(default_factory=set)
    op: Op | None = None
    search_text: tuple[str, str] | None = None
    """Folded title and body, where they are new to the index."""

    def set(self, **columns: object) -> bool:
        """Write columns; whether any of them was different before."""
        different = {name for name, value in columns.items() if self.row[name] != value}
        self.changed |= different
        self.row.update(columns)
        return bool(different)

    def announce(self) -> None:
        """Ask for a row in the change feed."""
        if self.op is None:
            self.op = "update"

    @property
    def address(self) -> Address:
        """Where the leading copy stands."""
        return self.row["portal"], self.row["key"]

    @property
    def served(self) -> bool:
        """Whether readers see it."""
        return bool(self.row["merged_into"] is None and self.row["deleted_at"] is None)

    def delete(self, moment: datetime, reason: Reason) -> None:
        """Take it from the readers; the row stays."""
        self.set(deleted_at=moment, deletion_reason=reason)
        self.op = "delete"

    def bring_back(self) -> None:
        """Give a deleted or merged article back to the readers, under the id that they know."""
        self.set(deleted_at=None, deletion_reason=None, merged_into=None)
        self.op = "insert"
        body = " ".join((self.row["lead"] or "", *self.row["paragraphs"]))
        self.search_text = fold(self.row["title"]), fold(body)
