"""Writing a file of the archive anew without some of its pages: the others' bytes are copied as they are."""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from sqlalchemy import Engine

from crawler.archive import files
from storage import archive as index
from storage.archive import Moved

_COPIED = re.compile(r"\.r(\d+)$")
_GONE = -1
_AT_ONCE = 1000
"""Pages that are moved or forgotten in one transaction: a crawl beside it waits for some 20 ms."""


def write_without(engine: Engine, folder: Path, file: str, head: int, going: Iterator[str]) -> None:
    """Copy a file's first ``head`` bytes (its own record) and its pages in the index, but for those ``going``
    (their ids in the order of the file), into a new file beside it, and tell the index.

    The new file has the old one's name with ``.r1``, ``.r2`` … and is on the disk before the index names it;
    without pages there is none. The old one is the caller's to remove. Where this is interrupted both files
    are there, and each page is in the index at one of them.
    """
    path = folder / file
    new = _new_name(path)
    partial = new.with_name(f".{new.name}.partial")
    new_offsets = array("q")  # of the file's pages in their order, 8 bytes each: a file has some 300,000
    with path.open("rb") as old, partial.open("wb") as copy:
        copy.write(old.read(head))
        next_to_go = next(going, None)
        for place in index.places(engine, file):
            if place.id == next_to_go:
                new_offsets.append(_GONE)
                next_to_go = next(going, None)
                continue
            new_offsets.append(copy.tell())
            old.seek(place.offset)
            copy.write(old.read(place.length))
        copy.flush()
        os.fsync(copy.fileno())
    if new_offsets.count(_GONE) == len(new_offsets):
        partial.unlink()
    else:
        partial.replace(new)
        files.sync_folder(new.parent)
    _tell_index(engine, file, new.relative_to(folder).as_posix(), new_offsets)


def _tell_index(engine: Engine, file: str, new_file: str, new_offsets: array[int]) -> None:
    pages = zip(index.places(engine, file), new_offsets, strict=True)
    while some := list(islice(pages, _AT_ONCE)):
        gone = [place.id for place, offset in some if offset == _GONE]
        moved = [Moved(place.id, new_file, offset, place.length) for place, offset in some if offset != _GONE]
        index.move(engine, gone, moved)


def _new_name(path: Path) -> Path:
    """The next free one: what an interruption left may have pages that the index names."""
    stem = path.name.removesuffix(files.ENDING)
    before = _COPIED.search(stem)
    for number in count(int(before.group(1)) + 1 if before else 1):
        new = path.with_name(f"{_COPIED.sub('', stem)}.r{number}{files.ENDING}")
        if not new.exists():
            return new
    raise AssertionError("unreachable")
