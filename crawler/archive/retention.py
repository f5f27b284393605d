"""How long pages are kept: by age and by size, and never without those that articles were read from.

The file of a page that goes is written anew without it; a file with none left is removed. Files that are
being written wait. Nothing here holds more than a few pages of the index at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, groupby
from operator import attrgetter
from pathlib import Path

from sqlalchemy import Engine

from crawler.archive import files
from crawler.archive.records import first_id
from crawler.archive.rewriting import write_without
from crawler.archive.verify import members
from storage import archive as index
from storage.archive_use import Droppable, droppable
from storage.engine import reading

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
        waiting = [f for f in index.file_names(engine) if _must_wait(folder / f, rehearse=rehearse)]
        pages, size = index.totals(engine)
        bound = _bound(engine, retention, waiting, size, datetime.now(UTC))
        numbers = count(1)

        def told(going: Iterator[Droppable]) -> Iterator[str]:
            for page in going:
                on_progress(next(numbers), bound.pages)
                yield page.id

        touched = 0
        for file, going in _by_file(engine, retention, waiting, bound):
            touched += 1
            if rehearse:
                deque(told(going), maxlen=0)
            else:
                _drop(engine, folder, file, told(going))
        kept = size - bound.bytes
        over = max(0, kept - retention.max_bytes) if retention.max_bytes is not None else 0
        return Pruned(bound.pages, bound.bytes, touched, pages - bound.pages, kept, over)


def _must_wait(path: Path, *, rehearse: bool) -> bool:
    """Whether nothing of a file may go now. One that a killed process left open is closed: a machine that
    loses its power now and then would else keep all of those for ever."""
    if path.exists():
        return False
    left_open = path.with_name(path.name + files.OPEN)
    try:
        if files.is_being_written(left_open):
            return True
    except FileNotFoundError:  # it is gone, or was closed this moment
        return True
    if not rehearse:
        files.close(left_open)
    return False


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


def _drop(engine: Engine, folder: Path, file: str, going: Iterator[str]) -> None:
    """Write a file anew without the pages that go (their ids), and remove the old one."""
    path = folder / file
    head = next(iter(members(path))).end
    write_without(engine, folder, file, head, going)
    path.unlink()
