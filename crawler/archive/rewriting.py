"""Writing a file of the archive anew with some of its pages: their bytes are copied as they are."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.archive import files
from storage.archive import Moved

_COPIED = re.compile(r"\.r(\d+)$")


@dataclass(frozen=True, slots=True)
class Piece:
    """The slice of a file that holds one page."""

    id: str
    offset: int
    length: int


def rewrite(folder: Path, path: Path, head: int, pieces: Sequence[Piece]) -> list[Moved]:
    """Copy the first ``head`` bytes (the file's own record) and ``pieces`` into a new file beside ``path``.

    The new file is on the disk when this returns; the old one is the caller's to remove, after the index has
    been told. Its name is that of the old one with ``.r1``, ``.r2`` …
    """
    stem = path.name.removesuffix(files.ENDING)
    before = _COPIED.search(stem)
    number = int(before.group(1)) + 1 if before else 1
    new = path.with_name(f"{_COPIED.sub('', stem)}.r{number}{files.ENDING}")
    name = new.relative_to(folder).as_posix()
    partial = new.with_name(f".{new.name}.partial")
    moved: list[Moved] = []
    with path.open("rb") as old, partial.open("wb") as file:
        file.write(old.read(head))
        for piece in sorted(pieces, key=lambda piece: piece.offset):
            moved.append(Moved(piece.id, name, file.tell(), piece.length))
            old.seek(piece.offset)
            file.write(old.read(piece.length))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(new)
    files.sync_folder(new.parent)
    return moved
