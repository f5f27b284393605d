"""`frontnews search`, `export`, `changes`: getting the records out."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json, write_table
from commands.problems import say, stop
from commands.store import existing
from storage.records import VIETNAM, Article, to_record


class Format(StrEnum):
    """What export writes."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def parse_day(text: str | None) -> date | None:
    """A day as ISO (2024-03-05) or as Vietnam writes it (05/03/2024)."""
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    raise typer.BadParameter(f"{text!r} is no day; write 2024-03-05 or 05/03/2024")


def midnight(day: date | None) -> datetime | None:
    """The moment at which a day begins in Vietnam."""
    return datetime.combine(day, time(), VIETNAM) if day else None


@with_settings
def search(
    query: Annotated[str, typer.Argument(help="Words, with or without accents")],
    province: Annotated[str | None, typer.Option("--province", help="Of 2024 or of 2025")] = None,
    organization: Annotated[
        str | None, typer.Option("--organization", help="MTTQ LDLD HND HLHPN DTN HCCB …")
    ] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 20,
    *,
    settings: Settings,
) -> None:
    """Find articles; exact accents rank first."""
    from storage.search import search as find

    with existing(settings) as engine:
        hits = find(
            engine,
            query,
            province=province,
            organization=organization,
            since=midnight(parse_day(since)),
            limit=limit,
        )
    if settings.json:
        write_json(
            {
                "id": hit.article_id, "url": hit.url, "title": hit.title, "portal": hit.portal,
                "published_at": hit.published_at.isoformat() if hit.published_at else None,
                "snippet": hit.snippet,
            }
            for hit in hits
        )  # fmt: skip
        return
    write_table(
        ("published", "title", "portal", "address"),
        ((f"{h.published_at:%d/%m/%Y}" if h.published_at else "", h.title, h.portal, h.url) for h in hits),
    )
    say(f"{len(hits)} found" + (f" (the first {limit}; --limit shows more)" if len(hits) == limit else ""))


@with_settings
def changes(
    after: Annotated[
        int, typer.Option("--after", min=0, metavar="SEQ", help="The last change_seq already seen")
    ],
    limit: Annotated[int, typer.Option("--limit", min=1)] = 1000,
    *,
    settings: Settings,
) -> None:
    """The feed that downstream reads: every change after a cursor, in commit order, as JSON lines."""
    from storage.changes import read

    with existing(settings) as engine:
        rows = read(engine, after, limit)
    write_json(
        {
            "change_seq": c.change_seq, "article_id": c.article_id, "op": c.op, "revision": c.revision,
            "merged_into": c.merged_into, "changed_at": c.changed_at.isoformat(),
        }
        for c in rows
    )  # fmt: skip


@with_settings
def export(
    form: Annotated[Format, typer.Option("--format", help="What to write")] = Format.JSONL,
    since_seq: Annotated[
        int | None, typer.Option("--since-seq", metavar="N", help="Only what changed after N")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="PATH", help="A file [default: stdout]")
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Write the records out; a file appears whole or not at all."""
    from storage.export import records

    if form is Format.PARQUET and output is None:
        stop("Parquet is no text: say where with -o PATH", ExitCode.USAGE)
    with existing(settings) as engine:
        rows = records(engine, since_seq=since_seq)
        if form is Format.PARQUET:
            assert output is not None
            count = write_parquet(rows, output)
        elif output is None:
            count = write_text(rows, form, sys.stdout)
        else:
            with replaced(output) as file:
                count = write_text(rows, form, file)
    if not settings.quiet:
        say(f"{count} records" + (f" in {output}" if output else ""))


def write_text(rows: Iterable[Mapping[str, Any]], form: Format, file: IO[str]) -> int:
    """Write JSON lines or CSV and return how many records."""
    count = 0
    if form is Format.JSONL:
        for count, row in enumerate(rows, 1):  # noqa: B007
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return count
    writer: csv.DictWriter[str] | None = None
    for count, row in enumerate(rows, 1):  # noqa: B007
        if writer is None:
            writer = csv.DictWriter(file, fieldnames=list(row))
            writer.writeheader()
        writer.writerow({key: csv_cell(value) for key, value in row.items()})
    return count


def csv_cell(value: object) -> object:
    """A cell that a spreadsheet shows and does not run (ASVS 1.2.10); lists as JSON."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


def write_parquet(rows: Iterable[Mapping[str, Any]], output: Path) -> int:
    """Write one Parquet file in row groups of 5,000, lists as JSON text, and return how many records."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"revision": pa.int64(), "relevance": pa.float64(), "relevant": pa.bool_()}
    schema = pa.schema([(key, types.get(key, pa.string())) for key in to_record(Article(url="", title=""))])
    count = 0
    partial = output.with_name(f".{output.name}.{os.getpid()}.partial")
    partial.parent.mkdir(parents=True, exist_ok=True)
    try:
        with pq.ParquetWriter(partial, schema) as writer:
            for batch in _batches(rows, 5_000):
                flat = [
                    {
                        k: json.dumps(v, ensure_ascii=False) if isinstance(v, list | dict) else v
                        for k, v in row.items()
                    }
                    for row in batch
                ]
                writer.write_table(pa.Table.from_pylist(flat, schema=schema))
                count += len(batch)
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _batches(rows: Iterable[Mapping[str, Any]], size: int) -> Iterator[list[Mapping[str, Any]]]:
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[IO[str]]:
    """A text file (UTF-8) that takes its place only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    Path(file.name).replace(path)
