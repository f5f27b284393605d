"""One article with its copies, its earlier words and its story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from storage import sketch, tables
from storage.engine import reading
from storage.revisions import Revision, history
from vietnam.writing import fold

MEMBERS = 200
"""Members of a story that are shown and compared: more than any text was syndicated."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One address at which the article was seen."""

    portal: str
    key: str
    url: str
    title: str
    published_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """What the page of an article shows. ``fields`` are the columns of the record by name.

    ``revisions`` are in order, the present one last.
    """

    public_id: str
    fields: Mapping[str, object]
    provenance: Mapping[str, str]
    copies: list[Copy]
    revisions: list[Revision]
    story: str | None
    story_size: int
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story. ``similarity`` to the first of it, 0..1: shared 3-word runs."""

    public_id: str
    title: str
    portal: str
    published_at: datetime | None
    first_seen_at: datetime
    copies: int
    similarity: float


def article_page(engine: Engine, public_id: str) -> ArticlePage | None:
    """An article by its public id; None where there is none."""
    articles, copies, stories = tables.articles, tables.copies, tables.stories
    with reading(engine) as connection:
        row = connection.execute(select(articles).where(articles.c.public_id == public_id)).mappings().first()
        if row is None:
            return None
        seen = connection.execute(
            select(*(copies.c[name] for name in Copy.__slots__))
            .where(copies.c.article_id == row["id"])
            .order_by(copies.c.first_seen_at, copies.c.portal)
        ).all()
        revisions = history(connection, row["id"])
        story, size = None, 0
        if row["story_id"] is not None:
            of_story = articles.c.story_id == row["story_id"]
            story = connection.scalar(select(stories.c.public_id).where(stories.c.id == row["story_id"]))
            size = (
                connection.scalar(select(func.count()).where(of_story, articles.c.merged_into.is_(None))) or 0
            )
        merged = None
        if row["merged_into"] is not None:
            survivor = select(articles.c.public_id).where(articles.c.id == row["merged_into"])
            merged = connection.scalar(survivor)
    return ArticlePage(
        public_id,
        dict(row),
        row["provenance"],
        [Copy(*copy) for copy in seen],
        revisions,
        story,
        size,
        merged,
    )


def story_members(engine: Engine, public_id: str) -> list[Member]:
    """The articles of a story, the first publisher's in front; [] where there is no such story."""
    articles, copies, stories = tables.articles, tables.copies, tables.stories
    count = select(func.count()).where(copies.c.article_id == articles.c.id).scalar_subquery()
    born = func.coalesce(articles.c.published_at, articles.c.first_seen_at)
    query = (
        select(articles, count.label("copies"))
        .join(stories, stories.c.id == articles.c.story_id)
        .where(stories.c.public_id == public_id, articles.c.merged_into.is_(None))
        .order_by(born, articles.c.id)
        .limit(MEMBERS)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    texts = [sketch.shingles(fold(" ".join((row.lead or "", *row.paragraphs)))) for row in rows]
    return [
        Member(
            row.public_id, row.title, row.portal, row.published_at, row.first_seen_at, row.copies,
            sketch.jaccard(texts[0], text),
        )
        for row, text in zip(rows, texts, strict=True)
    ]  # fmt: skip
