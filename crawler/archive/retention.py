"""How long pages are kept: by age and by size, and never without those that articles were read from.

The file of a page that goes is written anew without it; a file with none left is removed. Files that are
not closed wait.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from crawler.archive import files
from crawler.archive.rewriting import Piece, rewrite
from crawler.archive.verify import members
from storage import archive as index
from storage.archive import Kept


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


def prune(engine: Engine, folder: Path, retention: Retention, *, rehearse: bool = False) -> Pruned:
    """Drop what is not to be kept any more; ``rehearse`` only counts. Raises files.ArchiveInUse."""
    with files.alone(folder):
        pages = index.by_age(engine)
        closed = {file: folder / file for file in {page.file for page in pages} if (folder / file).exists()}
        staying = set() if retention.drop_latest else index.in_use(engine)
        staying |= {page.id for page in pages if page.file not in closed}
        going = choose(pages, staying, retention, datetime.now(UTC))
        by_file: defaultdict[str, list[Kept]] = defaultdict(list)
        for page in pages:
            by_file[page.file].append(page)
        touched = removed = freed = 0
        for file, path in sorted(closed.items()):
            its_pages = by_file[file]
            gone = [page for page in its_pages if page.id in going]
            if not gone:
                continue
            removed += len(gone)
            freed += sum(page.length for page in gone)
            touched += 1
            if not rehearse:
                stay = [page for page in its_pages if page.id not in going]
                _drop(engine, folder, path, [page.id for page in gone], stay)
        kept_bytes = sum(page.length for page in pages) - freed
        over = max(0, kept_bytes - retention.max_bytes) if retention.max_bytes is not None else 0
        return Pruned(removed, freed, touched, len(pages) - removed, kept_bytes, over)


def choose(pages: Sequence[Kept], staying: Collection[str], retention: Retention, now: datetime) -> set[str]:
    """The ids of the pages that go: those past their age, then the oldest until the rest fits.

    A body stays as long as a page that stays is a revisit of it.
    """
    needed = Counter(page.original for page in pages if page.original is not None)
    going: set[str] = set()

    def let_go(candidates: Iterator[Kept]) -> int:
        freed = 0
        for page in candidates:
            if page.id not in going and page.id not in staying and not needed[page.id]:
                going.add(page.id)
                freed += page.length
                if page.original is not None:
                    needed[page.original] -= 1
        return freed

    if retention.keep is not None:
        oldest = now - retention.keep
        # revisits are younger than what they revisit: from the youngest down, each body is reached last
        let_go(page for page in reversed(pages) if page.fetched_at < oldest)
    if retention.max_bytes is not None:
        excess = sum(page.length for page in pages if page.id not in going) - retention.max_bytes
        freed = 1
        while excess > 0 and freed:
            freed = 0
            for page in pages:
                if excess <= 0:
                    break
                gone = let_go(iter((page,)))
                excess -= gone
                freed += gone
    return going


def _drop(engine: Engine, folder: Path, path: Path, gone: Sequence[str], stay: Sequence[Kept]) -> None:
    if stay:
        first = next(iter(members(path)))
        pieces = [Piece(page.id, page.offset, page.length) for page in stay]
        moved = rewrite(folder, path, first.end, pieces)
        index.move(engine, gone, moved)
    else:
        index.forget(engine, gone)
    path.unlink()
