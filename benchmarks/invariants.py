"""What must hold of a database after any accident: reference/hostile_servers.md, its last lines.

Each question returns a line for each thing that is wrong, and none where all is well. Benchmarks that kill
and tests that inject faults ask the same.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, exists, func, select, text

from crawler.archive.verify import verify
from storage import migrate
from storage.changes import COMPACTED_THROUGH
from storage.columns import now
from storage.engine import reading
from storage.lease import LEASE_SECONDS
from storage.tables import SERVED, articles, changes, copies, crawl_runs, frontier
from storage.tables import meta as facts

SHOWN = 3
"""Examples that a line names."""


def wrong_with(engine: Engine, *, whole: bool = True) -> list[str]:
    """Everything that is wrong with the records. ``whole`` also asks for tables, indexes and foreign keys."""
    found = migrate.check(engine) if whole else []
    with reading(engine) as connection:
        return [
            *found,
            *_feed(connection),
            *_articles(connection),
            *_search(connection),
            *_runs(connection),
        ]


def wrong_with_archive(folder: Path, engine: Engine) -> list[str]:
    """What the index says of the archive and is not so. Records that nobody indexed yet are no fault."""
    harmless = ("torn", "left_open", "not_indexed")
    problems = verify(engine, folder).problems if folder.exists() else []
    return [f"archive: {p.kind}: {p.message}" for p in problems if p.kind not in harmless]


def titles(engine: Engine) -> set[str]:
    """The titles of what readers are served."""
    with reading(engine) as connection:
        return set(connection.scalars(select(articles.c.title).where(SERVED)))


def last_change(engine: Engine) -> int:
    """The number of the newest change."""
    with reading(engine) as connection:
        return connection.scalar(select(func.max(changes.c.change_seq))) or 0


def _feed(connection: Connection) -> list[str]:
    """Numbers without a gap, but for what compaction and a restore say of themselves; each article told once
    as new, and last told as it is now."""
    meta = {name: value for name, value in connection.execute(select(facts.c.name, facts.c.value))}  # noqa: C416
    mark = int(meta.get(COMPACTED_THROUGH, 0))
    leap = (int(meta.get("restored_from_change_seq", -1)), int(meta.get("resumed_at_change_seq", -1)))
    numbers = connection.scalars(
        select(changes.c.change_seq).where(changes.c.change_seq > mark).order_by(changes.c.change_seq)
    )
    wrong = [
        f"feed: {after} comes after {before}"
        for before, after in pairwise([mark, *numbers])
        if after != before + 1 and (before, after) != leap
    ]
    last: dict[int, tuple[str, int]] = {}
    inserted: set[int] = set()
    for article, op, revision in connection.execute(
        select(changes.c.article_id, changes.c.op, changes.c.revision).order_by(changes.c.change_seq)
    ):
        if not mark and (op == "insert") is (article in inserted):
            wrong.append(
                f"feed: article {article} was told as {op} {'again' if article in inserted else 'at first'}"
            )
        inserted.add(article)
        last[article] = op, revision
    query = select(articles.c.id, articles.c.revision, articles.c.merged_into, articles.c.deleted_at)
    for article, revision, merged_into, deleted_at in connection.execute(query):
        op, told = last.get(article, ("nothing", 0))
        gone = "merge" if merged_into is not None else "delete" if deleted_at is not None else None
        if (gone and op != gone) or (not gone and (op in ("merge", "delete", "nothing") or told != revision)):
            wrong.append(
                f"feed: article {article} is {gone or 'served'} at {revision}, last told {op} {told}"
            )
    return wrong


def _articles(connection: Connection) -> list[str]:
    """Nothing is there twice (where nobody split it by hand), and nothing without what belongs to it."""
    twice_served = (
        select(articles.c.portal, articles.c.url).where(SERVED).group_by(articles.c.portal, articles.c.url)
    ).having(func.count() > 1)
    same_address = (
        select(copies.c.portal, copies.c.url).group_by(copies.c.portal, copies.c.url).having(func.count() > 1)
    )
    same_words = (
        select(func.min(articles.c.title)).where(SERVED).group_by(articles.c.words).having(func.count() > 1)
    )
    orphan = select(articles.c.id).where(SERVED, ~exists().where(copies.c.article_id == articles.c.id))
    led = exists().where(copies.c.portal == articles.c.portal, copies.c.key == articles.c.key)
    headless = select(articles.c.id).where(SERVED, ~led)
    queued = (
        select(frontier.c.key)
        .join(copies, (copies.c.portal == frontier.c.portal) & (copies.c.key == frontier.c.key))
        .where(frontier.c.state == "given_up")
    )
    return [
        *_rows(connection, twice_served, "two records of one address"),
        *_rows(connection, same_address, "two copies of one address"),
        *_rows(connection, same_words, "two records of the same words"),
        *_rows(connection, orphan, "articles without a copy"),
        *_rows(connection, headless, "articles without their leading copy"),
        *_rows(connection, queued, "addresses given up that are stored"),
    ]


def _search(connection: Connection) -> list[str]:
    """What is served is found, and nothing else."""
    keyed: dict[int, int] = dict(
        connection.execute(text("SELECT key, article_id FROM article_search_keys")).all()
    )
    key = "key" if connection.dialect.name == "postgresql" else "rowid"
    words = set(connection.scalars(text(f"SELECT {key} FROM article_search")))
    indexed = {id for key, id in keyed.items() if key in words}
    served = set(connection.scalars(select(articles.c.id).where(SERVED)))
    wrong = [f"search: {len(served - indexed)} articles are not found"] if served - indexed else []
    too_many = len(words - keyed.keys()) + len(set(keyed.values()) - served)
    return wrong + ([f"search: {too_many} too many"] if too_many else [])


def _runs(connection: Connection) -> list[str]:
    """No run without a sign of life."""
    silent = select(crawl_runs.c.id, crawl_runs.c.portal).where(
        crawl_runs.c.status == "running",
        crawl_runs.c.heartbeat_at < now() - timedelta(seconds=LEASE_SECONDS),
    )
    return _rows(connection, silent, "runs without a heartbeat")


def _rows(connection: Connection, query: Select[Any], what: str) -> list[str]:
    found = [str(tuple(row)) for row in connection.execute(query)]
    return [f"{len(found)} {what}: {', '.join(found[:SHOWN])}"] if found else []
