"""Which archived pages are in use: what ``reprocess`` reads again, and what retention may let go.

Both are asked of the database a piece at a time: a million pages take no more memory than a thousand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    case,
    except_,
    func,
    select,
    union,
    union_all,
)

from storage.archive import ArchivedPage, by_id
from storage.engine import reading
from storage.tables import SERVED, archived_pages, articles, copies, frontier

_KEYS_AT_ONCE = 1000
"""Articles of a portal of which the pages are looked up in one go."""
_AT_ONCE = 1000

_pages = archived_pages.c
_AT_COPY = and_(copies.c.portal == _pages.portal, copies.c.key == _pages.key)
_LATEST = func.max(_pages.id).label("id")
_TEXT_FROM = func.max(articles.c.provenance["paragraphs"].as_string())


@dataclass(frozen=True, slots=True)
class PageToRead:
    """A page that ``reprocess`` reads. ``stored``: an article was read from it before; ``text_from``: the
    provenance of its paragraphs."""

    page: ArchivedPage
    stored: bool
    text_from: str | None = None


def to_read_again(
    engine: Engine, *, portals: Collection[str] | None = None, since: datetime | None = None
) -> Iterator[PageToRead]:
    """The pages that ``reprocess`` reads, portal by portal; a thousand articles at a time as they lie in the
    files.

    Of each stored copy the page that it was last read from, and of articles that were left as off topic or
    could not be read the latest page. What is still queued is left to the next crawl. ``since`` keeps pages
    fetched from that moment on. Every piece is of its own moment: crawls go on meanwhile.
    """
    with reading(engine) as connection:
        known = list(connection.scalars(select(_pages.portal).distinct().order_by(_pages.portal)))
    for portal in known:
        if portals is not None and portal not in portals:
            continue
        after = ""
        while found := _key_range(engine, portal, after):
            first, after = found
            within = and_(_pages.portal == portal, _pages.key >= first, _pages.key <= after)
            yield from _in_range(engine, within, since)


def count_to_read_again(
    engine: Engine, *, portals: Collection[str] | None = None, since: datetime | None = None
) -> int:
    """How many pages :func:`to_read_again` gives now."""
    within = _pages.portal.in_(portals) if portals is not None else _pages.portal.is_not(None)
    ids = union(_last_read(within), _unread(within)).subquery()
    query = select(func.count()).select_from(ids)
    if since is not None:
        query = query.join(archived_pages, _pages.id == ids.c.id).where(_pages.fetched_at >= since)
    with reading(engine) as connection:
        return connection.scalar(query) or 0


def _key_range(engine: Engine, portal: str, after: str) -> tuple[str, str] | None:
    """The first and the last of a portal's next keys; None where there are no more."""
    some = (
        select(_pages.key)
        .where(_pages.portal == portal, _pages.key > after)
        .distinct()
        .order_by(_pages.key)
        .limit(_KEYS_AT_ONCE)
        .subquery()
    )
    with reading(engine) as connection:
        first, last = connection.execute(select(func.min(some.c.key), func.max(some.c.key))).one()
    return None if last is None else (first, last)


def _in_range(engine: Engine, within: ColumnElement[bool], since: datetime | None) -> list[PageToRead]:
    with reading(engine) as connection:
        last_read = _last_read(within).add_columns(_TEXT_FROM)
        stored = {row[0]: row[1] for row in connection.execute(last_read)}
        wanted = stored.keys() | set(connection.scalars(_unread(within)))
    found = by_id(engine, wanted).values()
    pages = [page for page in found if since is None or page.fetched_at >= since]
    pages.sort(key=lambda page: (page.file, page.offset))
    return [PageToRead(page, page.id in stored, stored.get(page.id)) for page in pages]


def _last_read(within: ColumnElement[bool]) -> Select[str]:
    """The pages that the copies of served articles were last read from: the latest with a copy's digest."""
    return (
        select(_LATEST)
        .join(copies, and_(_AT_COPY, copies.c.digest == _pages.digest))
        .join(articles, articles.c.id == copies.c.article_id)
        .where(within, _pages.kind == "article", SERVED)
        .group_by(_pages.portal, _pages.key)
    )


def _unread(within: ColumnElement[bool]) -> Select[str]:
    """The latest pages of articles that were left as off topic, or could not be read."""
    left = and_(
        frontier.c.portal == _pages.portal,
        frontier.c.key == _pages.key,
        frontier.c.state.in_(("skipped", "failed", "given_up")),
    )
    return (
        select(_LATEST)
        .join(frontier, left)
        .where(within, _pages.kind == "article")
        .group_by(_pages.portal, _pages.key)
    )


# --- retention ---


@dataclass(frozen=True, slots=True)
class Droppable:
    """A page that may go. ``release`` is its id, or that of the youngest page that has its body: the record
    with a body goes when all of them go."""

    id: str
    file: str
    offset: int
    length: int
    release: str


def droppable(
    connection: Connection, waiting: Collection[str], *, until: str | None = None, drop_latest: bool = False
) -> Iterator[Droppable]:
    """What may go, the oldest release first; with ``until`` what is released until then, as it lies in the
    files.

    What the articles of today were read from stays (but for ``drop_latest``), and what lies in the files
    ``waiting``, and the bodies of what stays.
    """
    free = _free(waiting, drop_latest=drop_latest)
    query = select(free)
    if until is None:
        query = query.order_by(free.c.release, free.c.id)
    else:
        query = query.where(free.c.release <= until).order_by(free.c.file, free.c.offset)
    with connection.execution_options(yield_per=_AT_ONCE).execute(query) as rows:
        for row in rows:
            yield Droppable(*row)


def _free(waiting: Collection[str], *, drop_latest: bool) -> CTE:
    """Droppable as a table. Written so that SQLite, which makes no index for the second use of a common
    table, has none to compare row by row: ``ids`` is gone through, and the pages are looked up by it."""
    every = select(_pages.id).where(_pages.file.not_in(waiting)) if waiting else select(_pages.id)
    ids = (every if drop_latest else except_(every, _in_use())).cte("ids")
    bodies = (
        select(_pages.original, func.max(_pages.id).label("youngest"), func.count().label("revisits"))
        .where(_pages.original.is_not(None))
        .group_by(_pages.original)
        .cte("bodies")
    )
    going = (
        select(_pages.original, func.count().label("revisits"))
        .join(ids, ids.c.id == _pages.id)
        .where(_pages.original.is_not(None))
        .group_by(_pages.original)
        .cte("going")
    )
    release = case((bodies.c.youngest > _pages.id, bodies.c.youngest), else_=_pages.id)
    return (
        select(_pages.id, _pages.file, _pages.offset, _pages.length, release.label("release"))
        .join(ids, ids.c.id == _pages.id)
        .join(bodies, bodies.c.original == _pages.id, isouter=True)
        .join(going, going.c.original == _pages.id, isouter=True)
        .where(func.coalesce(bodies.c.revisits, 0) == func.coalesce(going.c.revisits, 0))
        .cte("free")
    )


def _in_use() -> Select[str]:
    """Ids of what the articles of today were read from: the last page of each copy, and its files."""
    files = (
        select(_LATEST)
        .join(copies, _AT_COPY)
        .join(articles, articles.c.id == copies.c.article_id)
        .where(_pages.kind == "file", SERVED)
        .group_by(_pages.portal, _pages.key, _pages.url)
    )
    both = union_all(_last_read(_pages.portal.is_not(None)), files).subquery()
    return select(both.c.id)
