"""Writing a file of the archive anew with some of its pages: their bytes are copied as they are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from crawler.archive import files
from storage.archive import Moved, Place

_COPIED = re.compile(r"\.r(\d+)$")


def rewrite(folder: Path, path: Path, head: int, pieces: Iterable[Place]) -> Iterator[Moved]:
    """Copy the first ``head`` bytes (the file's own record) and ``pieces``, in the order of the file, into a
    new file beside ``path``; tell where each piece is now.

    Once all have been told the new file is on the disk under its name: that of the old one with ``.r1``,
    ``.r2`` … The old one is the caller's to remove, after the index has been told. Without pieces there is no
    new file.
    """
    new = new_name(path)
    name = new.relative_to(folder).as_posix()
    partial = new.with_name(f".{new.name}.partial")
    with path.open("rb") as old, partial.open("wb") as file:
        file.write(old.read(head))
        for piece in pieces:
            at = file.tell()
            old.seek(piece.offset)
            file.write(old.read(piece.length))
            yield Moved(piece.id, name, at, piece.length)
        is_empty = file.tell() == head
        file.flush()
        os.fsync(file.fileno())
    if is_empty:
        partial.unlink()
        return
    partial.replace(new)
    files.sync_folder(new.parent)


def new_name(path: Path) -> Path:
    """What a file is called once it has been written anew."""
    stem = path.name.removesuffix(files.ENDING)
    before = _COPIED.search(stem)
    number = int(before.group(1)) + 1 if before else 1
    return path.with_name(f"{_COPIED.sub('', stem)}.r{number}{files.ENDING}")
