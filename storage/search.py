"""Full-text search: accents may be left out, and where they are typed the exact matches come first.

Folding makes năm and Nam one word, and whoever types accents means them. What is found, in this order:

1. the query's words in a row, with its accents where it has any;
2. all its words with their accents;
3. the same two without regard to accents;

within each, where the title alone does so before where the text does, and the newest first. The order is
computed here from the texts, not by either engine, so that SQLite and PostgreSQL answer alike.

**Candidates.** At a million articles a common word has 400,000 matches. Ranked are the newest RANKED
matches, the newest RANKED_TITLES with every word in the title, and as many with every word in the title
and its accents. `storage.articles_query` lists all matches, newest first, without an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, select

from storage.bulk import is_one_of
from storage.engine import reading
from storage.facets import Filters, checked, counted
from storage.search_index import (
    Match,
    Wanted,
    accented,
    exact_title_mark,
    newest,
    order_key,
    title_mark,
)
from storage.search_query import Query, parse
from storage.snippets import Passage, highlighted, snippet
from storage.tables import SERVED, articles
from vietnam.writing import fold

RANKED = 200
RANKED_TITLES = 50
COUNTED = 1000
"""Matches that facets are counted over, the newest; ``total`` is exact up to here."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found. ``snippet`` is the piece of its text with the most of the query's words."""

    article_id: str
    url: str
    title: Passage
    snippet: Passage
    published_at: datetime | None
    published_precision: str | None
    portal: str
    site_name: str | None
    organizations: tuple[str, ...]
    provinces_2024: tuple[str, ...]
    provinces_2025: tuple[str, ...]
    kind: str | None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, and what was found in all.

    ``total`` is exact unless ``is_more``: then there are more than that. ``facets`` counts the newest
    ``total`` matches: facet -> value -> articles. ``ranked`` is how many hits can be paged through.
    """

    hits: tuple[Hit, ...]
    total: int
    is_more: bool
    ranked: int
    facets: Mapping[str, Mapping[str, int]]


_NOTHING = Results((), 0, is_more=False, ranked=0, facets=counted(()))


def search(
    engine: Engine, query: str, filters: Filters | None = None, *, limit: int = 20, offset: int = 0
) -> Results:
    """Articles with every word and "phrase" of ``query`` and no -word, best first.

    A query without a word finds nothing. Raises storage.facets.UnknownValue for a filter that names
    what does not exist.
    """
    asked = parse(query)
    with reading(engine) as connection:
        filters = checked(connection, filters or Filters())
        if not asked.runs:
            return _NOTHING
        bounds = bounds_of(filters)
        wanted = Wanted(asked.runs, filters.marks(), asked.without)
        matches = newest(connection, wanted, COUNTED + 1, **bounds)
        total, is_more = min(len(matches), COUNTED), len(matches) > COUNTED
        candidates = _candidates(connection, asked, wanted, matches, bounds)
        rows = _texts(connection, candidates)
        ranked = sorted(candidates, key=lambda match: (*_rank(asked, rows.get(match.id)), -match.key))
        ranked = [match for match in ranked if match.id in rows]
        return Results(
            tuple(_hit(asked, rows[match.id]) for match in ranked[offset : offset + limit]),
            total,
            is_more,
            len(ranked),
            counted(match.values() for match in matches[:COUNTED]),
        )


def bounds_of(filters: Filters) -> dict[str, int | None]:
    """The keys between which the filter's days lie, as storage.search_index.newest takes them."""
    above = order_key(filters.since) if filters.since else None
    below = order_key(filters.until) if filters.until else None
    if below is not None and above is None:
        above = order_key(None) + (1 << 29)  # without a date: not before any day
    return {"above": above, "below": below}


def _candidates(
    connection: Connection,
    query: Query,
    wanted: Wanted,
    matches: Sequence[Match],
    bounds: dict[str, int | None],
) -> list[Match]:
    found = {match.key: match for match in matches[:RANKED]}
    if len(matches) > RANKED:  # otherwise everything that matches is ranked
        titles = [tuple((title_mark(word),) for word in query.words)]
        if query.exact:
            titles.append(tuple((exact_title_mark(word),) for word in query.exact))
        for marks in titles:
            narrowed = Wanted(wanted.runs, (*wanted.marks, *marks), wanted.without)
            found.update((m.key, m) for m in newest(connection, narrowed, RANKED_TITLES, **bounds))
    return list(found.values())


_COLUMNS = [
    articles.c[name]
    for name in (
        "id", "public_id", "url", "title", "lead", "paragraphs", "published_at", "published_precision",
        "portal", "site_name", "organizations", "provinces_2024", "provinces_2025", "kind",
    )
]  # fmt: skip


def _texts(connection: Connection, candidates: Sequence[Match]) -> dict[int, Mapping[str, Any]]:
    query = select(*_COLUMNS).where(
        is_one_of(connection, articles.c.id, [match.id for match in candidates]), SERVED
    )
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def _rank(query: Query, row: Mapping[str, Any] | None) -> tuple[int, int]:
    """(how well the words match, whether the title alone does): lower is better."""
    if row is None:
        return 9, 9
    title, body = row["title"], " ".join((row["lead"] or "", *row["paragraphs"]))
    if query.exact:
        rank = _match(query.exact, _exact(title), _exact(body))
        if rank is not None:
            return rank
    level, where = _match(query.words, fold(title), fold(body)) or (2, 1)
    return level + (2 if query.exact else 0), where


def _match(words: Sequence[str], title: str, body: str) -> tuple[int, int] | None:
    """(0, …) where the words stand in a row, (1, …) where all stand somewhere, None where not."""
    title, body, row = f" {title} ", f" {body} ", f" {' '.join(words)} "
    if row in title:
        return 0, 0
    if row in body:
        return 0, 1
    spaced = [f" {word} " for word in words]
    if all(word in title for word in spaced):
        return 1, 0
    return (1, 1) if all(word in title or word in body for word in spaced) else None


@lru_cache(maxsize=100_000)
def _accented_word(word: str) -> str:
    return accented(word)


def _exact(text: str) -> str:
    return " ".join(filter(None, map(_accented_word, text.split())))


def _hit(query: Query, row: Mapping[str, Any]) -> Hit:
    return Hit(
        row["public_id"],
        row["url"],
        highlighted(row["title"], query),
        snippet((row["lead"], *row["paragraphs"]), query),
        row["published_at"],
        row["published_precision"],
        row["portal"],
        row["site_name"],
        tuple(row["organizations"]),
        tuple(row["provinces_2024"]),
        tuple(row["provinces_2025"]),
        row["kind"],
    )
