"""The files of an archive: where it lies, how they are named, and who is writing one.

    2026-11/frontnews-20261122T081500-crawler1-4711-00001.warc.gz[.open]

A file carries ``.open`` until it is closed (as Heritrix does) and is locked by its writer. A lock ends with
the process: so a file that a killed one left is told from one being written. The index leaves ``.open`` out.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OPEN = ".open"
ENDING = ".warc.gz"
OFF = "off"
"""The value of FRONTNEWS_ARCHIVE that stands for no archive."""


def folder_of(database_url: str, given: str | None = None) -> Path | None:
    """The folder of the archive: the one ``given``, None for ``off``, else ``archive`` beside the database.

    A database that is no file has it below the working folder: ``data/archive``.
    """
    if given:
        return None if given == OFF else Path(given).expanduser()
    path = database_url.removeprefix("sqlite:///")
    if path == database_url or path in ("", ":memory:"):
        return Path("data/archive")
    return Path(path).parent / "archive"


def place(folder: Path, file: str) -> Path | None:
    """Where a file of the index is now, closed or open; None where it is not there."""
    closed = folder / file
    if closed.exists():
        return closed
    left_open = closed.with_name(closed.name + OPEN)
    return left_open if left_open.exists() else None


def on_disk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of the archive by the name that the index has for it, in order."""
    paths = folder.rglob(f"*{ENDING}*")
    found = {path.relative_to(folder).as_posix().removesuffix(OPEN): path for path in paths}
    for name in sorted(found):
        if name.endswith(ENDING):
            yield name, found[name]


def is_being_written(path: Path) -> bool:
    """Whether a process that lives is writing a file."""
    if not path.name.endswith(OPEN):
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def close(path: Path) -> Path:
    """Take ``.open`` off the name of a file; its name now."""
    closed = path.with_name(path.name.removesuffix(OPEN))
    if closed != path:
        path.rename(closed)
        sync_folder(closed.parent)
    return closed


class ArchiveInUse(Exception):
    """Somebody reads or mends the archive now; the message says what to do."""


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Keep pages where they are while this lasts. Crawls go on: they only add. Raises ArchiveInUse."""
    with _locked(folder, fcntl.LOCK_SH, "is being pruned or repaired; try again when that is done"):
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one who moves pages, and nobody reads them by the index. Raises ArchiveInUse."""
    with _locked(folder, fcntl.LOCK_EX, "is being read (reprocess, verify); try again when that is done"):
        yield


@contextmanager
def _locked(folder: Path, how: int, otherwise: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("ab") as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except OSError:
            raise ArchiveInUse(f"the archive {folder} {otherwise}") from None
        yield


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
