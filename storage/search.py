"""Full-text search without accents: one folded text, indexed by FTS5 or as a tsvector.

Neither engine's own folding will do: FTS5 never takes đ for d, PostgreSQL's parser breaks numbers
such as 60-NQ/TW (reference/engine.md section 4). Matches with the accents of the query come first:
folding makes năm and Nam one word, and whoever types accents means them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, column, select, text

from storage.engine import reading
from storage.tables import SERVED, article_organizations, article_places, articles
from vietnam.writing import fold, match_form

_CANDIDATES = 200
"""Matches by folded words that are re-checked for their accents: more than anyone pages through."""

_SNIPPET_WORDS = 30


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found. ``snippet`` is a piece of its text around the first word that matches."""

    article_id: str
    url: str
    title: str
    published_at: datetime | None
    portal: str
    snippet: str


def search(
    engine: Engine,
    query: str,
    *,
    province: str | None = None,
    organization: str | None = None,
    since: datetime | None = None,
    limit: int = 20,
) -> list[Hit]:
    """Articles that contain every word of ``query``, accents ignored, best first.

    Those with the query's own words in a row come first, then those with its accents; titles weigh
    more than bodies. ``province`` is a name as in the record, of 2024 or 2025; ``organization`` an id
    of the record. A query without a word finds nothing.
    """
    words = fold(query).split()
    if not words:
        return []
    if engine.dialect.name == "postgresql":
        matches = text(
            "SELECT article_id, -ts_rank(folded, q) AS rank FROM article_search, "
            "plainto_tsquery('simple', :words) AS q WHERE folded @@ q"
        ).bindparams(words=" ".join(words))
    else:
        matches = text(
            "SELECT rowid AS article_id, bm25(article_search, 5.0, 1.0) AS rank "
            "FROM article_search WHERE article_search MATCH :words"
        ).bindparams(words=" ".join(f'"{word}"' for word in words))
    found = matches.columns(column("article_id"), column("rank")).subquery("found")
    statement = (
        select(articles)
        .join(found, found.c.article_id == articles.c.id)
        .where(SERVED)
        .order_by(found.c.rank, articles.c.published_at.desc(), articles.c.id)
        .limit(max(_CANDIDATES, limit))
    )
    if province is not None:
        statement = statement.where(
            articles.c.id.in_(
                select(article_places.c.article_id).where(
                    article_places.c.level.in_(("provinces_2024", "provinces_2025")),
                    article_places.c.name == province,
                )
            )
        )
    if organization is not None:
        statement = statement.where(
            articles.c.id.in_(
                select(article_organizations.c.article_id).where(
                    article_organizations.c.organization == organization
                )
            )
        )
    if since is not None:
        statement = statement.where(articles.c.published_at >= since)
    with reading(engine) as connection:
        rows = connection.execute(statement).all()
    wanted = _accented(query)
    ranked = sorted(rows, key=lambda row: _misses(wanted, row.title, row.lead, row.paragraphs))
    return [
        Hit(
            row.public_id,
            row.url,
            row.title,
            row.published_at,
            row.portal,
            _snippet(" ".join((row.lead or "", *row.paragraphs)).split(), set(words)),
        )
        for row in ranked[:limit]
    ]


def add(connection: Connection, texts: Sequence[tuple[int, str, str]]) -> None:
    """Index articles that are not in the index: (internal id, folded title, folded body)."""
    rows = [{"id": id, "title": title, "body": body} for id, title, body in texts]
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        statement = (
            "INSERT INTO article_search (article_id, folded) VALUES (:id, "
            "setweight(to_tsvector('simple', :title), 'A') || to_tsvector('simple', :body))"
        )
    else:
        statement = "INSERT INTO article_search (rowid, title, body) VALUES (:id, :title, :body)"
    connection.execute(text(statement), rows)


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Take articles out of the index."""
    if ids:
        name = "article_id" if connection.dialect.name == "postgresql" else "rowid"
        connection.execute(
            text(f"DELETE FROM article_search WHERE {name} = :id"),  # noqa: S608 - name is one of two constants
            [{"id": id} for id in ids],
        )


def _accented(text: str) -> str:
    """Words with their accents, in one tone placement, small letters, without punctuation."""
    return " ".join("".join(c if c.isalnum() else " " for c in match_form(text).casefold()).split())


def _misses(wanted: str, title: str, lead: str | None, paragraphs: Sequence[str]) -> int:
    """0 where the accented words stand in a row, 1 where all stand somewhere, 2 where accents differ."""
    there = f" {_accented(' '.join((title, lead or '', *paragraphs)))} "
    if f" {wanted} " in there:
        return 0
    return 1 if all(f" {word} " in there for word in wanted.split()) else 2


def _snippet(words: list[str], wanted: set[str]) -> str:
    hit = next((i for i, word in enumerate(words) if wanted & set(fold(word).split())), 0)
    start = max(0, hit - _SNIPPET_WORDS // 3)
    piece = words[start : start + _SNIPPET_WORDS]
    return ("… " if start else "") + " ".join(piece) + (" …" if start + _SNIPPET_WORDS < len(words) else "")
