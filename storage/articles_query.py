"""Lists of articles page by page, and one article with everything that is known of it.

A page follows another by the key of the last article (storage.search_index), not by counting: what is
published meanwhile moves nothing, and page 10,000 costs what page 1 does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from storage.engine import reading
from storage.facets import Filters, checked
from storage.newest import Wanted, newest
from storage.record_json import records_of
from storage.records import in_vietnam
from storage.search import bounds_of
from storage.search_query import parse
from storage.tables import SERVED, articles, changes, copies, revisions, stories

Record = dict[str, object]


class UnknownArticle(Exception):
    """No article has this id."""

    def __init__(self, article_id: str) -> None:
        super().__init__(f"no article has the id {article_id!r}")


class MergedArticle(Exception):
    """The article lives on as another. ``into`` is that one's public id."""

    def __init__(self, article_id: str, into: str) -> None:
        super().__init__(f"the article {article_id} was found to be one with {into}")
        self.into = into


class UnknownStory(Exception):
    """No story has this id."""

    def __init__(self, story_id: str) -> None:
        super().__init__(f"no story has the id {story_id!r}")


@dataclass(frozen=True, slots=True)
class Page:
    """Records as JSON, newest first. ``last`` is the key to go on below; None: there is no more."""

    records: tuple[str, ...]
    last: int | None


@dataclass(frozen=True, slots=True)
class Whole:
    """One article: its record as JSON, copies, states of its words, story without it, latest change."""

    record: str
    copies: tuple[Record, ...]
    revisions: tuple[Record, ...]
    story: Record | None
    changed_at: datetime


def page(
    engine: Engine,
    filters: Filters | None = None,
    *,
    query: str = "",
    limit: int = 50,
    below: int | None = None,
) -> Page:
    """The articles that pass the filters and have every word of ``query``, newest published first.

    ``below`` is the ``last`` of the page before. Articles without a date come last. Raises
    storage.facets.UnknownValue.
    """
    asked = parse(query)
    with reading(engine) as connection:
        filters = checked(connection, filters or Filters())
        if query.strip() and not asked.runs:
            return Page((), None)
        bounds = bounds_of(filters)
        if below is not None:
            bounds["below"] = min(below, bounds["below"] or below)
        wanted = Wanted(asked.runs, filters.marks(), asked.without)
        matches = newest(connection, wanted, limit + 1, **bounds)
        ids = [match.id for match in matches[:limit]]
        found = records_of(connection, ids)
        return Page(
            tuple(found[id] for id in ids if id in found),
            matches[limit - 1].key if len(matches) > limit else None,
        )


def whole(engine: Engine, article_id: str) -> Whole:
    """One article by its public id. Raises UnknownArticle and MergedArticle."""
    with reading(engine) as connection:
        row = _row(connection, article_id)
        latest = select(func.max(changes.c.changed_at)).where(changes.c.article_id == row["id"])
        return Whole(
            records_of(connection, [row["id"]])[row["id"]],
            tuple(_copies(connection, row)),
            tuple(_revisions(connection, row)),
            _story(connection, row["story_id"], but=row["id"]) if row["story_id"] else None,
            connection.scalar(latest) or row["first_seen_at"],
        )


def story(engine: Engine, story_id: str) -> Record:
    """A story with its articles, the first published first. Raises UnknownStory."""
    with reading(engine) as connection:
        id = connection.scalar(select(stories.c.id).where(stories.c.public_id == story_id))
        if id is None:
            raise UnknownStory(story_id)
        return _story(connection, id)


def story_page(
    engine: Engine, *, limit: int = 50, below: int | None = None
) -> tuple[list[Record], int | None]:
    """Stories, the latest begun first, and the key to go on below."""
    query = select(stories.c.id).order_by(stories.c.id.desc()).limit(limit + 1)
    with reading(engine) as connection:
        ids = list(connection.scalars(query if below is None else query.where(stories.c.id < below)))
        found = [_story(connection, id) for id in ids[:limit]]
        return [one for one in found if one["articles"]], ids[limit - 1] if len(ids) > limit else None


def _row(connection: Connection, article_id: str) -> dict[str, Any]:
    query = select(articles, SERVED.label("served")).where(articles.c.public_id == article_id)
    found = connection.execute(query).mappings().first()
    row: dict[str, Any] | None = dict(found) if found else None
    if row is not None and row["merged_into"] is not None:
        into = connection.scalar(select(articles.c.public_id).where(articles.c.id == row["merged_into"]))
        raise MergedArticle(article_id, str(into))
    if row is None or not row["served"]:
        raise UnknownArticle(article_id)
    return row


def _copies(connection: Connection, article: Mapping[str, Any]) -> list[Record]:
    leading = (copies.c.portal == article["portal"]) & (copies.c.key == article["key"])
    query = (
        select(copies)
        .where(copies.c.article_id == article["id"])
        .order_by(leading.desc(), copies.c.first_seen_at, copies.c.url)
    )
    return [
        {
            "portal": row["portal"],
            "url": row["url"],
            "title": row["title"],
            "section": row["section"],
            "published_at": in_vietnam(row["published_at"]),
            "first_seen_at": in_vietnam(row["first_seen_at"]),
            "last_seen_at": in_vietnam(row["last_seen_at"]),
        }
        for row in connection.execute(query).mappings()
    ]


def _revisions(connection: Connection, row: Mapping[str, Any]) -> list[Record]:
    query = select(revisions).where(revisions.c.article_id == row["id"]).order_by(revisions.c.revision)
    earlier = list(connection.execute(query).mappings())
    words = {name: row[name] for name in ("revision", "title", "lead", "paragraphs")}
    states: list[Mapping[str, Any]] = [*map(dict, earlier), words | {"seen_at": row["words_seen_at"]}]
    return [
        {
            "revision": one["revision"],
            "seen_at": in_vietnam(one["seen_at"]),
            "title": one["title"],
            "lead": one["lead"],
            "paragraphs": list(one["paragraphs"]),
        }
        for one in states
    ]


def _story(connection: Connection, id: int, but: int | None = None) -> Record:
    head = connection.execute(select(stories).where(stories.c.id == id)).mappings().one()
    query = (
        select(
            articles.c.public_id, articles.c.url, articles.c.title, articles.c.portal, articles.c.published_at
        )
        .where(articles.c.story_id == id, SERVED)
        .order_by(articles.c.published_at.is_(None), articles.c.published_at, articles.c.id)
    )
    if but is not None:
        query = query.where(articles.c.id != but)
    return {
        "id": head["public_id"],
        "first_seen_at": in_vietnam(head["first_seen_at"]),
        "articles": [
            {
                "id": row["public_id"],
                "url": row["url"],
                "title": row["title"],
                "portal": row["portal"],
                "published_at": in_vietnam(row["published_at"]),
            }
            for row in connection.execute(query).mappings()
        ],
    }
