"""The index of the archive: where each page lies in the WARC files, and what its listing said of it.

The files are the truth (crawler.archive): each record carries all that stands here, so that a lost index is
made again from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import BindParameter, Connection, Engine, Row, and_, bindparam, delete, func, select, update

from storage.bulk import chunks, upsert
from storage.engine import reading, writing
from storage.tables import archived_pages
from vietnam.values import quickly_made

Kind = Literal["article", "listing", "file"]

_AT_ONCE = 1000


@quickly_made
@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """One fetched page in the archive.

    ``id`` is the UUID of its record; ``offset`` and ``length`` are of the slice of ``file`` that holds the
    answer and after it the request. ``original`` is the record that has the body where this one is a revisit
    (the same bytes as before). ``digest`` is WARC's: ``sha1:`` and base32. ``listing`` has what the listing
    said of the article, by the names of crawler.reading.page.ListingRow, times as ISO text. A page of the
    kind ``file`` has the text of the article with its ``key``, and in ``listing`` the ``url`` by which that
    article's page links to it.
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


def add(engine: Engine | Connection, pages: Sequence[ArchivedPage]) -> None:
    """Write pages into the index, over rows of the same id (a page that was moved to another file).

    In the caller's transaction where a connection is given."""
    names = ArchivedPage.__slots__  # dataclasses.asdict would copy each value: 23 µs a page
    rows = [{name: getattr(page, name) for name in names} for page in sorted(pages, key=lambda page: page.id)]
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


def count_of_file(engine: Engine, file: str) -> int:
    """How many pages of a file the index has."""
    query = select(func.count()).select_from(archived_pages).where(archived_pages.c.file == file)
    with reading(engine) as connection:
        return connection.scalar(query) or 0


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


def totals(engine: Engine) -> tuple[int, int]:
    """How many pages the index has, and their bytes on the disk."""
    query = select(func.count(), func.coalesce(func.sum(archived_pages.c.length), 0))
    with reading(engine) as connection:
        pages, size = connection.execute(query).one()
        return pages, int(size)


def file_names(engine: Engine) -> list[str]:
    """The names of all files that the index knows, in order."""
    with reading(engine) as connection:
        query = select(archived_pages.c.file).distinct().order_by(archived_pages.c.file)
        return list(connection.scalars(query))


@dataclass(frozen=True, slots=True)
class Place:
    """The slice of a file that holds one page."""

    id: str
    offset: int
    length: int


def places(engine: Engine, file: str) -> Iterator[Place]:
    """Where the pages of a file lie in it, in its order; a few in memory at a time."""
    of = archived_pages.c
    query = select(of.id, of.offset, of.length).where(of.file == file).order_by(of.offset)
    with (
        reading(engine) as connection,
        connection.execution_options(yield_per=_AT_ONCE).execute(query) as rows,
    ):
        for row in rows:
            yield Place(*row)


def files_of(engine: Engine, portal: str, keys: Collection[str]) -> dict[str, tuple[ArchivedPage, ...]]:
    """The files that hold the texts of some articles of a portal, by their keys.

    Of each address that a page calls a file by (``url`` of its ``listing``) the one fetched last.
    """
    latest: dict[str, dict[str, ArchivedPage]] = {}
    of = archived_pages.c
    with reading(engine) as connection:
        for some in chunks(sorted(keys)):
            query = select(archived_pages).where(of.portal == portal, of.key.in_(some), of.kind == "file")
            for row in connection.execute(query.order_by(of.id)):
                file = _page(row)
                latest.setdefault(row.key, {})[file.listing.get("url", file.url)] = file
    return {key: tuple(files.values()) for key, files in latest.items()}


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


def _page(row: Row[Any]) -> ArchivedPage:
    return ArchivedPage(*(getattr(row, name) for name in ArchivedPage.__slots__))
