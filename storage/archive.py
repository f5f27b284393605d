"""The index of the archive: where each page lies in the WARC files, and what its listing said of it.

The files are the truth (crawler.archive): each record carries all that stands here, so that a lost index is
made again from them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    BindParameter,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    bindparam,
    column,
    delete,
    func,
    or_,
    select,
    table,
    update,
)

from storage.bulk import chunks, upsert
from storage.engine import reading, writing
from storage.tables import archived_pages, articles, copies, frontier
from storage.views import view_name

Kind = Literal["article", "listing"]

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """One fetched page in the archive.

    ``id`` is the UUID of its record; ``offset`` and ``length`` are of the slice of ``file`` that holds the
    answer and after it the request. ``original`` is the record that has the body where this one is a revisit
    (the same bytes as before). ``digest`` is WARC's: ``sha1:`` and base32. ``listing`` has what the listing
    said of the article, by the names of crawler.reading.page.ListingRow, times as ISO text.
    """

    id: str
    portal: str
    kind: Kind
    key: str | None
    url: str
    fetched_at: datetime
    digest: str
    file: str
    offset: int
    length: int
    original: str | None = None
    platform: str | None = None
    section: str | None = None
    listing: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileSum:
    """What the index has of one file."""

    file: str
    pages: int
    bytes: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class PageToRead:
    """A page that ``reprocess`` reads. ``stored``: an article was read from it before."""

    page: ArchivedPage
    stored: bool


def add(engine: Engine, pages: Sequence[ArchivedPage]) -> None:
    """Write pages into the index, over rows of the same id (a page that was moved to another file)."""
    rows = [asdict(page) for page in sorted(pages, key=lambda page: page.id)]
    with writing(engine) as connection:
        for some in chunks(rows):
            upsert(connection, archived_pages, some, key=("id",))


_ORIGINAL = (
    select(archived_pages)
    .where(
        archived_pages.c.portal == bindparam("of_portal"),
        archived_pages.c.digest == bindparam("of_digest"),
        archived_pages.c.original.is_(None),
    )
    .limit(1)
)
"""Put together once: it is asked for every page that is fetched."""


def original(engine: Engine, portal: str, digest: str) -> ArchivedPage | None:
    """The page of ``portal`` whose record holds the body with this digest."""
    with reading(engine) as connection:
        row = connection.execute(_ORIGINAL, {"of_portal": portal, "of_digest": digest}).first()
    return _page(row) if row else None


def by_id(engine: Engine, ids: Collection[str]) -> dict[str, ArchivedPage]:
    """Pages by their ids; those that are not in the index are missing."""
    found: dict[str, ArchivedPage] = {}
    with reading(engine) as connection:
        for some in chunks(sorted(ids)):
            for row in connection.execute(select(archived_pages).where(archived_pages.c.id.in_(some))):
                found[row.id] = _page(row)
    return found


def of_file(engine: Engine, file: str) -> list[ArchivedPage]:
    """The pages of one file, in its order."""
    query = select(archived_pages).where(archived_pages.c.file == file).order_by(archived_pages.c.offset)
    with reading(engine) as connection:
        return [_page(row) for row in connection.execute(query)]


def newest(
    engine: Engine, *, portal: str | None = None, url: str | None = None, limit: int = 50
) -> list[ArchivedPage]:
    """Pages of a portal, of an address or of all, the latest first."""
    query = select(archived_pages).order_by(archived_pages.c.fetched_at.desc(), archived_pages.c.id.desc())
    if portal is not None:
        query = query.where(archived_pages.c.portal == portal)
    if url is not None:
        query = query.where(archived_pages.c.url == url)
    with reading(engine) as connection:
        return [_page(row) for row in connection.execute(query.limit(limit))]


def latest_of(engine: Engine, copies: Collection[tuple[str, str]]) -> dict[tuple[str, str], ArchivedPage]:
    """The last page of each of some copies (portal, key); missing where the archive has none."""
    found: dict[tuple[str, str], ArchivedPage] = {}
    with reading(engine) as connection:
        for portal, key in copies:
            of = and_(
                archived_pages.c.portal == portal,
                archived_pages.c.key == key,
                archived_pages.c.kind == "article",
            )
            newest = select(archived_pages).where(of).order_by(archived_pages.c.fetched_at.desc()).limit(1)
            if row := connection.execute(newest).first():
                found[portal, key] = _page(row)
    return found


def files(engine: Engine) -> list[FileSum]:
    """What the index has of each file, in the order of their names."""
    of = archived_pages.c
    query = (
        select(of.file, func.count(), func.sum(of.length), func.min(of.fetched_at), func.max(of.fetched_at))
        .group_by(of.file)
        .order_by(of.file)
    )
    with reading(engine) as connection:
        return [FileSum(row[0], row[1], int(row[2]), row[3], row[4]) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Kept:
    """What retention asks of a page: how old, how large, and whose body it holds or needs."""

    id: str
    fetched_at: datetime
    file: str
    offset: int
    length: int
    original: str | None


def by_age(engine: Engine) -> list[Kept]:
    """Every page, the oldest first."""
    query = select(*(archived_pages.c[name] for name in Kept.__slots__)).order_by(archived_pages.c.id)
    with reading(engine) as connection:
        return [Kept(*row) for row in connection.execute(query)]


def in_use(engine: Engine) -> set[str]:
    """Ids of the pages that the articles of today were read from: the latest of each copy with its digest."""
    with reading(engine) as connection:
        return set(connection.scalars(_of_served_copies(connection)))


def to_read_again(
    engine: Engine, *, portals: Collection[str] | None = None, since: datetime | None = None
) -> list[PageToRead]:
    """The pages that ``reprocess`` reads: by portal, then as they lie in the files.

    Of each stored copy the page that it was last read from, and of articles that were left as off topic or
    could not be read the latest page. What is still queued is left to the next crawl. ``since`` keeps pages
    fetched from that moment on.
    """
    left = and_(
        frontier.c.portal == archived_pages.c.portal,
        frontier.c.key == archived_pages.c.key,
        frontier.c.state.in_(("skipped", "failed", "given_up")),
    )
    unread = (
        select(func.max(archived_pages.c.id))
        .join(frontier, left)
        .where(archived_pages.c.kind == "article")
        .group_by(archived_pages.c.portal, archived_pages.c.key)
    )
    query = select(archived_pages)
    if since is not None:
        query = query.where(archived_pages.c.fetched_at >= since)
    with reading(engine) as connection:
        stored = archived_pages.c.id.in_(_of_served_copies(connection))
        query = (
            query.add_columns(stored.label("stored"))
            .where(or_(stored, archived_pages.c.id.in_(unread)))
            .order_by(archived_pages.c.portal, archived_pages.c.file, archived_pages.c.offset)
        )
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(query)
        return [
            PageToRead(_page(row), bool(row.stored))
            for row in rows
            if portals is None or row.portal in portals
        ]


def without_original(engine: Engine) -> list[ArchivedPage]:
    """Revisits whose body is in no record of the index."""
    held = archived_pages.alias()
    query = (
        select(archived_pages)
        .join(held, held.c.id == archived_pages.c.original, isouter=True)
        .where(archived_pages.c.original.is_not(None), held.c.id.is_(None))
        .order_by(archived_pages.c.id)
    )
    with reading(engine) as connection:
        return [_page(row) for row in connection.execute(query)]


def forget(engine: Engine, ids: Collection[str]) -> None:
    """Take pages out of the index."""
    with writing(engine) as connection:
        for some in chunks(sorted(ids)):
            connection.execute(delete(archived_pages).where(archived_pages.c.id.in_(some)))


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a page is now."""

    id: str
    file: str
    offset: int
    length: int


def move(engine: Engine, gone: Collection[str], moved: Sequence[Moved]) -> None:
    """Forget pages and give others their new place, in one transaction."""
    with writing(engine) as connection:
        for some in chunks(sorted(gone)):
            connection.execute(delete(archived_pages).where(archived_pages.c.id.in_(some)))
        if moved:
            place: dict[str, BindParameter[object]] = {
                name: bindparam(f"new_{name}") for name in ("file", "offset", "length")
            }
            connection.execute(
                update(archived_pages).where(archived_pages.c.id == bindparam("of")).values(place),
                [
                    {"of": at.id, "new_file": at.file, "new_offset": at.offset, "new_length": at.length}
                    for at in moved
                ],
            )


def _of_served_copies(connection: Connection) -> Select[str]:
    """The ids of the pages that the copies of articles in the view were last read from."""
    schema, _, name = view_name("articles", connection.dialect.name).rpartition(".")
    served = table(name, column("id"), schema=schema or None)
    return (
        select(func.max(archived_pages.c.id))
        .join(
            copies,
            and_(
                copies.c.portal == archived_pages.c.portal,
                copies.c.key == archived_pages.c.key,
                copies.c.digest == archived_pages.c.digest,
            ),
        )
        .join(articles, articles.c.id == copies.c.article_id)
        .join(served, served.c.id == articles.c.public_id)
        .group_by(archived_pages.c.portal, archived_pages.c.key)
    )


def _page(row: Row[Any]) -> ArchivedPage:
    return ArchivedPage(*(getattr(row, name) for name in ArchivedPage.__slots__))
