"""How long pages are kept: by age and by size, and never without those that articles were read from.

The file of a page that goes is written anew without it; a file with none left is removed. Files that are
not closed wait. Nothing here holds more than a few pages of the index at a time.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path

from sqlalchemy import Engine

from crawler.archive import files
from crawler.archive.records import first_id
from crawler.archive.rewriting import rewrite
from crawler.archive.verify import members
from storage import archive as index
from storage.archive import Moved, Place
from storage.archive_use import Droppable, droppable
from storage.engine import reading

_GONE = -1

_AT_ONCE = 1000
"""Pages that are moved or forgotten in one transaction: a crawl beside it waits for some 20 ms."""

Progress = Callable[[int, int], None]
"""Told how many of the pages that go are gone."""


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept: pages younger than ``keep``, in all no more than ``max_bytes``; None for no bound.

    The latest page of each article that is served stays beyond both, unless ``drop_latest``.
    """

    keep: timedelta | None = None
    max_bytes: int | None = None
    drop_latest: bool = False


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went and what stays. ``over``: bytes beyond the bound that may not go."""

    pages: int
    bytes: int
    files: int
    kept_pages: int
    kept_bytes: int
    over: int = 0


@dataclass(frozen=True, slots=True)
class _Bound:
    """What is released until ``last`` (storage.archive_use.Droppable) goes: so many pages and bytes."""

    last: str
    pages: int
    bytes: int


def prune(
    engine: Engine,
    folder: Path,
    retention: Retention,
    *,
    rehearse: bool = False,
    on_progress: Progress = lambda _done, _of: None,
) -> Pruned:
    """Drop what is not to be kept any more; ``rehearse`` only counts. Raises files.ArchiveInUse."""
    with files.alone(folder):
        waiting = [file for file in index.file_names(engine) if not (folder / file).exists()]
        pages, size = index.totals(engine)
        bound = _bound(engine, retention, waiting, size, datetime.now(UTC))
        touched = dropped = 0
        for file, going in _by_file(engine, retention, waiting, bound):
            touched += 1
            dropped += sum(1 for _ in going) if rehearse else _drop(engine, folder, file, going)
            on_progress(dropped, bound.pages)
        kept = size - bound.bytes
        over = max(0, kept - retention.max_bytes) if retention.max_bytes is not None else 0
        return Pruned(bound.pages, bound.bytes, touched, pages - bound.pages, kept, over)


def _bound(engine: Engine, retention: Retention, waiting: list[str], size: int, now: datetime) -> _Bound:
    """How far it has to go: past the age, and then on, the oldest first, until the rest fits."""
    young = first_id(now - retention.keep) if retention.keep is not None else ""
    excess = size - retention.max_bytes if retention.max_bytes is not None else 0
    last, pages, freed = "", 0, 0
    with reading(engine) as connection:
        for page in droppable(connection, waiting, drop_latest=retention.drop_latest):
            if page.release >= young and freed >= excess and page.release != last:
                break
            last = page.release
            pages += 1
            freed += page.length
    return _Bound(last, pages, freed)


def _by_file(
    engine: Engine, retention: Retention, waiting: list[str], bound: _Bound
) -> Iterator[tuple[str, Iterator[Droppable]]]:
    """What goes, file by file."""
    if bound.pages:
        with reading(engine) as connection:
            going = droppable(connection, waiting, until=bound.last, drop_latest=retention.drop_latest)
            yield from groupby(going, key=attrgetter("file"))


def _drop(engine: Engine, folder: Path, file: str, going: Iterator[Droppable]) -> int:
    """Write a file anew without what goes, tell the index, and remove the old one; how many went.

    An interruption leaves both files, and each page in the index at one of them.
    """
    path = folder / file
    new_offsets = array("q")  # of the file's pages in its order, _GONE for those that go: 8 bytes a page

    def staying() -> Iterator[Place]:
        next_to_go = next(going, None)
        for place in index.places(engine, file):
            if next_to_go is not None and next_to_go.id == place.id:
                new_offsets.append(_GONE)
                next_to_go = next(going, None)
            else:
                yield place

    new_file = ""
    for moved in rewrite(folder, path, next(iter(members(path))).end, staying()):
        new_offsets.append(moved.offset)
        new_file = moved.file
    pages = zip(index.places(engine, file), new_offsets, strict=True)
    while some := list(islice(pages, _AT_ONCE)):
        gone = [place.id for place, offset in some if offset == _GONE]
        moves = [Moved(place.id, new_file, at, place.length) for place, at in some if at != _GONE]
        index.move(engine, gone, moves)
    path.unlink()
    return new_offsets.count(_GONE)
