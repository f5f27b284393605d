"""Full-text search: accents may be left out, and where they are typed the exact matches come first.

Folding makes năm and Nam one word, and whoever types accents means them. What is found, in this order:

1. the query's words in a row, with its accents where it has any;
2. all its words with their accents;
3. the same two without regard to accents;

within each, where the title alone does so before where the text does, and the newest first. The order is
computed here from the texts, not by either engine, so that SQLite and PostgreSQL answer alike.

**Candidates.** At a million articles a common word has 400,000 matches. Ranked are the newest RANKED
matches; of the others the newest RANKED_TITLES with every word in the title, and as many with every word in
the title and its accents. `storage.articles_query` lists all matches, newest first, without an end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Text, cast, literal, select, type_coerce

from storage.bulk import is_one_of
from storage.engine import reading
from storage.facets import Filters, checked, counted
from storage.newest import Match, Wanted, newest
from storage.search_index import accented, exact_title_mark, order_key, title_mark
from storage.search_query import Query, parse
from storage.snippets import Passage, highlighted, snippet
from storage.tables import SERVED, articles
from vietnam.writing import fold

RANKED = 150
RANKED_TITLES = 50
COUNTED = 500
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
        ranks = _ranks(connection, asked, candidates)
        ranked = sorted((m for m in candidates if m.id in ranks), key=lambda m: (*ranks[m.id], -m.key))
        return Results(
            tuple(_hits(connection, asked, [match.id for match in ranked[offset : offset + limit]])),
            total,
            is_more,
            len(ranked),
            counted(match.facets for match in matches[:COUNTED]),
        )


def bounds_of(filters: Filters) -> dict[str, int | None]:
    """The keys between which the filter's days lie, as storage.newest.newest takes them."""
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
    """The matches that are ranked. A word of the title is a word of the article: titles are asked for by
    their marks alone, whose lists in the index are a fraction of those of the words."""
    found, others = list(matches[:RANKED]), matches[RANKED:]
    if len(matches) <= COUNTED:  # all there are: their titles are sooner read than looked for
        folded = _titled(connection, query.words, _folded_word, others)
        exact = _titled(connection, query.exact, _accented_word, folded) if query.exact else []
        return found + list(dict.fromkeys((*folded[:RANKED_TITLES], *exact[:RANKED_TITLES])))
    bounds = bounds | {"below": found[-1].key}
    phrases = tuple(run for run in wanted.runs if len(run) > 1)
    marks = (*wanted.marks, *((title_mark(word),) for word in query.words))
    folded = newest(connection, Wanted(phrases, marks, wanted.without), RANKED_TITLES, **bounds)
    exact = _titled(connection, query.exact, _accented_word, folded) if query.exact else folded
    if len(exact) < len(folded) == RANKED_TITLES:  # otherwise these are the newest with the accents, too
        marks = (*marks, *((exact_title_mark(word),) for word in query.exact))
        exact = newest(connection, Wanted(phrases, marks, wanted.without), RANKED_TITLES, **bounds)
    return found + list(dict.fromkeys((*folded, *exact)))


def _titled(
    connection: Connection, words: Sequence[str], form: Callable[[str], str], matches: Sequence[Match]
) -> list[Match]:
    """Those of ``matches`` whose title has every one of ``words`` in a form of its own words."""
    ids = is_one_of(connection, articles.c.id, [match.id for match in matches])
    rows = connection.execute(select(articles.c.id, articles.c.title).where(ids)) if matches else ()
    titled = {id for id, title in rows if set(words).issubset(_each(form, title).split())}
    return [match for match in matches if match.id in titled]


def _ranks(connection: Connection, query: Query, candidates: Sequence[Match]) -> dict[int, tuple[int, int]]:
    """Internal id -> (how well the words match, whether the title alone does); lower is better.

    The paragraphs are compared as the JSON that they are in the database: what stands between the words
    does not count, and to read 250 of them would take as long as everything else.
    """
    raw = articles.c.paragraphs
    body: ColumnElement[str] = (
        cast(raw, Text) if connection.dialect.name == "postgresql" else type_coerce(raw, Text)
    )
    if len(query.words) == 1 and not query.exact:  # it stands in a row with itself: the title tells the rest
        body = literal("")
    rows = connection.execute(
        select(articles.c.id, articles.c.title, articles.c.lead, body).where(
            is_one_of(connection, articles.c.id, [match.id for match in candidates]), SERVED
        )
    )
    return {id: _rank(query, title, f"{lead or ''} {paragraphs}") for id, title, lead, paragraphs in rows}


def _rank(query: Query, title: str, body: str) -> tuple[int, int]:
    if query.exact:
        rank = _match(query.exact, _accented_word, title, body)
        if rank is not None:
            return rank
    level, where = _match(query.words, _folded_word, title, body) or (min(len(query.words) - 1, 1), 1)
    return level + (2 if query.exact else 0), where


def _match(words: Sequence[str], form: Callable[[str], str], title: str, body: str) -> tuple[int, int] | None:
    """(0, …) where the words stand in a row, (1, …) where all stand somewhere, None where not.

    The text is looked at only where the title does not tell: it takes twenty times as long.
    """
    title, row = f" {_each(form, title)} ", f" {' '.join(words)} "
    if row in title:
        return 0, 0
    body = f" {_each(form, body)} "
    if row in body:
        return 0, 1
    spaced = [f" {word} " for word in words]
    if all(word in title for word in spaced):
        return 1, 0
    return (1, 1) if all(word in title or word in body for word in spaced) else None


@lru_cache(maxsize=100_000)
def _accented_word(word: str) -> str:
    return accented(word)


@lru_cache(maxsize=100_000)
def _folded_word(word: str) -> str:
    return fold(word)


def _each(form: Callable[[str], str], text: str) -> str:
    """A form of every word; they are few, and remembered: a fifth of the time of working on whole texts."""
    return " ".join(filter(None, map(form, text.split())))


_SHOWN = [
    articles.c[name]
    for name in (
        "id", "public_id", "url", "title", "lead", "paragraphs", "published_at", "published_precision",
        "portal", "site_name", "organizations", "provinces_2024", "provinces_2025", "kind",
    )
]  # fmt: skip


def _hits(connection: Connection, query: Query, ids: Sequence[int]) -> list[Hit]:
    statement = select(*_SHOWN).where(is_one_of(connection, articles.c.id, ids), SERVED)
    rows = {row["id"]: dict(row) for row in connection.execute(statement).mappings()}
    return [_hit(query, rows[id]) for id in ids]


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
