"""By what articles are narrowed and counted: place, organization, kind, portal, relevance, day.

Each value is a **mark** of the search index, a word such as ``o:mttq`` that no text contains, so that
words and facets are one look-up in one index (joining a million rows afterwards takes seconds).
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, select

from storage.tables import copies, portals
from vietnam import places
from vietnam.gazetteer import gazetteer
from vietnam.kinds import KINDS
from vietnam.organizations import NAMES as ORGANIZATIONS
from vietnam.stamps import VIETNAM
from vietnam.writing import fold

FACETS = ("province_2024", "province_2025", "organization", "kind", "portal", "year")
"""What results are counted by; the names of the API and of the command line."""

_LETTER = {"province_2024": "p24", "province_2025": "p25", "organization": "o", "kind": "k", "portal": "s"}
_LISTS = {
    "province_2024": "provinces_2024",
    "province_2025": "provinces_2025",
    "organization": "organizations",
    "portal": "portals",
}
_NOT_IN_A_MARK = re.compile(r"[^\w/.:-]+")


class UnknownValue(Exception):
    """A filter names what does not exist. The message is one line for a person, with the nearest names."""

    def __init__(self, facet: str, value: str, known: Iterable[str]) -> None:
        by_key = {fold(name): name for name in known}
        near = [by_key[key] for key in difflib.get_close_matches(fold(value), by_key, n=3, cutoff=0.5)]
        said = f"; did you mean {' or '.join(near)}?" if near else f"; known are {_some(by_key.values())}"
        super().__init__(f"no {facet.replace('_', ' of ')} is called {value!r}{said}")
        self.facet = facet


@dataclass(frozen=True, slots=True)
class Filters:
    """What articles must be: every field that is not None narrows.

    ``province`` is of 2024 or 2025; names are as in the record. ``since`` is the first moment of
    publication that counts, ``until`` the first that does not; an article without a date has neither.
    """

    province: str | None = None
    province_2024: str | None = None
    province_2025: str | None = None
    organization: str | None = None
    kind: str | None = None
    portal: str | None = None
    relevant: bool | None = None
    since: datetime | None = None
    until: datetime | None = None

    def marks(self) -> tuple[tuple[str, ...], ...]:
        """The marks that an article must have: one of each group."""
        groups: list[tuple[str, ...]] = [
            (mark(facet, value),)
            for facet in _LETTER
            if (value := getattr(self, facet)) is not None and isinstance(value, str)
        ]
        if self.province is not None:
            groups.append((mark("province_2024", self.province), mark("province_2025", self.province)))
        if self.relevant is not None:
            groups.append((_relevance(self.relevant),))
        return tuple(groups)


def mark(facet: str, value: str) -> str:
    """The word under which a value of a facet stands in the index: ``p24:thanh_hoa``, ``o:mttq``."""
    plain = fold(value) if facet.startswith("province") else value.casefold()
    return f"{_LETTER[facet]}:{_NOT_IN_A_MARK.sub('_', plain)}"


def marks_and_lines(row: Mapping[str, Any]) -> tuple[list[str], str]:
    """Every mark of an article, and its values as the index keeps them: a line ``facet=value`` each."""
    marks: list[str] = []
    lines: list[str] = []
    for facet, column in _LISTS.items():
        for value in row[column]:
            of_value, line = _mark_and_line(facet, str(value))
            marks.append(of_value)
            lines.append(line)
    if row["kind"] is not None:
        of_value, line = _mark_and_line("kind", row["kind"])
        marks.append(of_value)
        lines.append(line)
    if row["published_at"] is not None:
        lines.append(f"year={row['published_at'].astimezone(VIETNAM).year}")
    marks.append(_relevance(row["relevant"]))
    return marks, "\n".join(lines)


@lru_cache(maxsize=20_000)
def _mark_and_line(facet: str, value: str) -> tuple[str, str]:
    return mark(facet, value), f"{facet}={value}"


def counted(articles: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many articles have each value, by facet, the most frequent first; each article as its lines."""
    lines = Counter(chain.from_iterable(lines.split("\n") for lines in articles))
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    for line, count in sorted(lines.items(), key=lambda entry: (-entry[1], entry[0])):
        facet, equals, value = line.partition("=")
        if equals:
            counts[facet][value] = count
    return counts


def checked(connection: Connection, filters: Filters) -> Filters:
    """The filters with every name as the record spells it ("tỉnh thanh hoa" -> "Thanh Hóa").

    Raises UnknownValue, which has the nearest names: a typing error must not look like "no articles".
    """
    known = gazetteer()
    old, new = sorted(set(known.provinces_2024.values())), sorted(set(known.provinces_2025.values()))
    right: dict[str, str] = {}
    for facet, lookups, names in (
        ("province", (places.province_2024, places.province_2025), {*old, *new}),
        ("province_2024", (places.province_2024,), old),
        ("province_2025", (places.province_2025,), new),
    ):
        value = getattr(filters, facet)
        if value is not None:
            found = next((name for lookup in lookups if (name := lookup(value))), None)
            if found is None:
                raise UnknownValue(facet, value, names)
            right[facet] = found
    for facet, closed_list in (("organization", ORGANIZATIONS), ("kind", KINDS)):
        value = getattr(filters, facet)
        if value is not None:
            by_key = {name.casefold(): name for name in closed_list}
            if value.casefold() not in by_key:
                raise UnknownValue(facet, value, closed_list)
            right[facet] = by_key[value.casefold()]
    if filters.portal is not None:
        right["portal"] = _portal(connection, filters.portal)
    return replace(filters, **right)  # type: ignore[arg-type]


def _portal(connection: Connection, name: str) -> str:
    """The id of a portal of the registry, or of a site that was crawled without a record."""
    known = {row[0] for row in connection.execute(select(portals.c.id))}
    if name in known or connection.scalar(select(copies.c.key).where(copies.c.portal == name).limit(1)):
        return name
    raise UnknownValue("portal", name, known)


def _relevance(relevant: bool) -> str:
    return f"r:{int(relevant)}"


def _some(names: Iterable[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:12]) + (" …" if len(shown) > 12 else "") or "none"
