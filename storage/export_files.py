"""Exports as files: JSON lines, CSV that no spreadsheet runs, Parquet by day of change with a manifest.

**CSV and formulas.** A spreadsheet runs a cell that begins with ``= + - @``, their full-width forms, a tab
or a line break (OWASP, "CSV injection"). Such a cell gets an apostrophe before it, and so does one that
begins with an apostrophe: to have the text back, take one leading apostrophe away, if there is one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

from storage.export import Exported, Snapshot

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = "frontnews-export/1"
MANIFEST = "manifest.json"

_FORMULA = frozenset("=+-@＝＋－＠\t\r\n'")
_IN_A_GROUP = 1_000
"""Rows of a Parquet row group: 3 MB of text in memory."""
_IN_A_FILE = 200_000
_REPEATED = [
    "op",
    "portal",
    "portals",
    "site_name",
    "section",
    "organizations",
    "kind",
    "language",
    "provenance",
]
"""Columns of few values. The others as dictionaries would hold 70 MB of memory and save nothing."""

Advance = Callable[[int], None]
"""Is told how many more rows are written."""


class NoExport(Exception):
    """The place of an export is taken by something else, or what was written cannot be read back."""


def write_jsonl(rows: Iterable[Exported], file: IO[str], advance: Advance) -> int:
    """One JSON object a line; how many."""
    count = 0
    for count, row in enumerate(rows, 1):
        file.write(row.json() + "\n")
        if count % 1000 == 0:
            advance(1000)
    return count


def write_csv(rows: Iterable[Exported], names: Iterable[str], file: IO[str], advance: Advance) -> int:
    """A line of names, then one line a row: lists as JSON, null as nothing, true and false; how many."""
    file.write(",".join(names) + "\r\n")
    count = 0
    for count, row in enumerate(rows, 1):
        file.write(",".join([_field(value) for value in row.cells()]) + "\r\n")
        if count % 1000 == 0:
            advance(1000)
    return count


def _field(value: object) -> str:
    """RFC 4180, every text in quotes: a third of the time of csv.writer, which looks at each letter."""
    if value is None:
        return ""
    if type(value) is str:
        return '"' + csv_cell(value).replace('"', '""') + '"'
    return str(value).lower() if type(value) is bool else str(value)


def csv_cell(text: str) -> str:
    """A text that a spreadsheet shows and does not run."""
    return "'" + text if text[:1] in _FORMULA else text


def write_parquet(snapshot: Snapshot, folder: Path, advance: Advance, about: dict[str, object]) -> int:
    """Parquet files ``change_date=2026-11-22/part-0001.parquet`` and, last, their manifest; how many rows.

    The folder appears whole or not at all, in the place of an earlier export. ``about`` goes into the
    manifest. Each file is read back before the manifest is written. Raises NoExport.
    """
    if folder.exists() and not _is_ours(folder):
        raise NoExport(f"{folder} is there and is no export of Frontnews: choose another place")
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(f".{folder.name}.{uuid4().hex[:8]}.partial")
    partial.mkdir()
    try:
        files = list(_parts(snapshot, partial, advance))
        for file in files:
            _read_back(partial, file)
        rows = sum(int(str(file["rows"])) for file in files)
        manifest = {
            "format": FORMAT,
            **about,
            "created_at": snapshot.taken_at.isoformat(),
            "since_seq": snapshot.since_seq,
            "high_water_seq": snapshot.high_water,
            "rows": rows,
            "columns": list(snapshot.names),
            "files": files,
        }
        with (partial / MANIFEST).open("w", encoding="utf-8") as written:
            json.dump(manifest, written, ensure_ascii=False, indent=1)
            written.flush()
            os.fsync(written.fileno())
        _take_the_place(partial, folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return rows


def _parts(snapshot: Snapshot, folder: Path, advance: Advance) -> Iterator[dict[str, object]]:
    """Write the files, a new one where the day changes; what the manifest says of each."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # its own keeps 12 MB more for no less time
    import pyarrow.parquet as pq

    schema = _schema(snapshot.names)
    numbers: dict[str, int] = {}
    writer: pq.ParquetWriter | None = None
    day, path, count = "", Path(), 0
    for some_day, batch in _groups(snapshot.rows(by_change=True)):
        if writer is None or some_day != day or count >= _IN_A_FILE:
            if writer is not None:
                writer.close()
                yield _described(folder, path, day, count)
            day, count = some_day, 0
            numbers[day] = numbers.get(day, 0) + 1
            path = Path(f"change_date={day}") / f"part-{numbers[day]:04}.parquet"
            (folder / path).parent.mkdir(exist_ok=True)
            writer = pq.ParquetWriter(
                folder / path, schema, compression="zstd", use_dictionary=_REPEATED, data_page_size=1 << 18
            )
        writer.write_table(_table([row.cells() for row in batch], schema))
        count += len(batch)
        advance(len(batch))
    if writer is not None:
        writer.close()
        yield _described(folder, path, day, count)


def _groups(rows: Iterable[Exported]) -> Iterator[tuple[str, list[Exported]]]:
    """(day, rows of that day), at most _IN_A_GROUP at once, in the order of the rows."""
    day, batch = "", list[Exported]()
    for row in rows:
        if batch and (row.changed_at[:10] != day or len(batch) >= _IN_A_GROUP):
            yield day, batch
            batch = []
        day = row.changed_at[:10]
        batch.append(row)
    if batch:
        yield day, batch


def _schema(names: Iterable[str]) -> pa.Schema:
    import pyarrow as pa

    types = {
        "change_seq": pa.int64(), "revision": pa.int64(), "relevance": pa.float64(), "relevant": pa.bool_(),
    }  # fmt: skip
    return pa.schema([(name, types.get(name, pa.string())) for name in names])


def _table(rows: list[list[Any]], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    columns = zip(*rows, strict=True)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _described(folder: Path, path: Path, day: str, rows: int) -> dict[str, object]:
    with (folder / path).open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = (folder / path).stat().st_size
    return {"path": path.as_posix(), "change_date": day, "rows": rows, "bytes": size, "sha256": digest}


def _read_back(folder: Path, file: dict[str, object]) -> None:
    """Prove that what was written can be read: every row group is decoded, the rows are counted."""
    import pyarrow.parquet as pq

    rows = 0
    with pq.ParquetFile(folder / str(file["path"])) as parquet:
        for group in range(parquet.num_row_groups):
            rows += parquet.read_row_group(group, columns=["id"]).num_rows
    if rows != file["rows"]:
        raise NoExport(f"{file['path']} has {rows} rows where {file['rows']} were written; nothing was kept")


def _is_ours(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / MANIFEST).read_text("utf-8"))["format"] == FORMAT)
    except (OSError, ValueError, KeyError, TypeError):
        return folder.is_dir() and not any(folder.iterdir())


def _take_the_place(partial: Path, folder: Path) -> None:
    """Rename, the old export aside first: a reader finds the old one or the new one, whole."""
    if not folder.exists():
        partial.rename(folder)
        return
    old = partial.with_suffix(".old")
    folder.rename(old)
    try:
        partial.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old)


@contextmanager
def replaced(path: Path) -> Iterator[IO[str]]:
    """A text file (UTF-8) that takes its place only when it is whole; a device or a pipe is written to."""
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid4().hex[:8]}.partial")
    try:
        with partial.open("x", encoding="utf-8", newline="", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
