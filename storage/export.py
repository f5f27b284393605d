"""The whole of the database as CONTRACT records, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Engine, RowMapping, func, select

from storage.engine import reading
from storage.records import Article, Attachment, Document, Image, Official, to_record
from storage.tables import articles, changes, copies, stories

_AT_ONCE = 500
"""Rows fetched at once: about 3 MB of text."""


def records(engine: Engine, *, since_seq: int | None = None) -> Iterator[dict[str, object]]:
    """Every article as the CONTRACT record, in the order in which they were first stored.

    ``since_seq`` keeps those that changed after that change number. All records are of one moment;
    memory does not grow with their number. Articles that were merged into others are left out.
    """
    last_seen = (
        select(func.max(copies.c.last_seen_at)).where(copies.c.article_id == articles.c.id).scalar_subquery()
    )
    query = (
        select(articles, stories.c.public_id.label("story"), last_seen.label("last_seen_at"))
        .join(stories, stories.c.id == articles.c.story_id, isouter=True)
        .where(articles.c.merged_into.is_(None))
        .order_by(articles.c.id)
    )
    if since_seq is not None:
        changed = select(changes.c.article_id).where(changes.c.change_seq > since_seq)
        query = query.where(articles.c.id.in_(changed))
    with reading(engine) as connection:
        for row in connection.execution_options(yield_per=_AT_ONCE).execute(query).mappings():
            yield _record(row)


def _record(row: RowMapping) -> dict[str, object]:
    article = Article(
        url=row["url"],
        title=row["title"],
        paragraphs=tuple(row["paragraphs"]),
        lead=row["lead"],
        captions=tuple(row["captions"]),
        byline=row["byline"],
        authors=tuple(row["authors"]),
        source_credit=row["source_credit"],
        published_at=row["published_at"],
        published_precision=row["published_precision"],
        modified_at=row["modified_at"],
        images=tuple(Image(**entry) for entry in row["images"]),
        attachments=tuple(Attachment(**entry) for entry in row["attachments"]),
        site_name=row["site_name"],
        section=row["section"],
        language=row["language"],
        event_date=date.fromisoformat(row["event_date"]) if row["event_date"] else None,
        relevant=row["relevant"],
        relevance=row["relevance"],
        organizations=tuple(row["organizations"]),
        provinces_2024=tuple(row["provinces_2024"]),
        districts_2024=tuple(row["districts_2024"]),
        provinces_2025=tuple(row["provinces_2025"]),
        communes_2025=tuple(row["communes_2025"]),
        kind=row["kind"],
        documents=tuple(Document(**entry) for entry in row["documents"]),
        officials=tuple(Official(**entry) for entry in row["officials"]),
        provenance=row["provenance"],
    )
    return to_record(
        article,
        id=row["public_id"],
        urls=row["urls"],
        portal=row["portal"],
        portals=row["portals"],
        story_id=row["story"],
        revision=row["revision"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
    )
