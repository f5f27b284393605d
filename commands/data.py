"""`frontnews search`, `export`, `changes`: getting the records out."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json
from commands.problems import say, stop
from commands.progress import RoomyProgress
from commands.store import existing
from vietnam.stamps import VIETNAM


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
    query: Annotated[
        str, typer.Argument(help='Words, with or without accents; "a phrase"; -word to leave out')
    ],
    province: Annotated[
        str | None, typer.Option("--province", help="Of 2024 or of 2025, accents optional")
    ] = None,
    organization: Annotated[
        str | None, typer.Option("--organization", help="MTTQ LDLD HND HLHPN DTN HCCB …")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="giao_ban, tong_ket, dai_hoi …")] = None,
    portal: Annotated[str | None, typer.Option("--portal", help="Id of a portal, of any copy")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="First day")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Last day")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=300, help="Hits at most")] = 20,
    facets: Annotated[
        bool, typer.Option("--facets", help="Show what the results are counted by, too")
    ] = False,
    *,
    settings: Settings,
) -> None:
    """Find articles: exact phrases and the accents you typed first, then the newest."""
    from commands.found import show, to_json
    from storage.facets import Filters, UnknownValue
    from storage.search import search as find

    last = parse_day(until)
    filters = Filters(
        province=province, organization=organization, kind=kind, portal=portal,
        since=midnight(parse_day(since)), until=midnight(last + timedelta(days=1) if last else None),
    )  # fmt: skip
    with existing(settings) as engine:
        try:
            results = find(engine, query, filters, limit=limit)
        except UnknownValue as unknown:
            stop(str(unknown), ExitCode.USAGE)
    if settings.json:
        write_json(to_json(results))
    else:
        show(results, facets=facets)


@with_settings
def changes(
    after: Annotated[
        int | None, typer.Option("--after", min=0, metavar="SEQ", help="The last change_seq already applied")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Changes at most")] = 1000,
    reader: Annotated[
        str | None,
        typer.Option(
            "--reader", metavar="NAME", help="Who asks: `frontnews readers` shows how far behind you are"
        ),
    ] = None,
    *,
    settings: Settings,
) -> None:
    """The feed that downstream reads: every change after a cursor, in commit order, as JSON lines.

    With --reader, --after says what you have applied; without --after the same changes come once more.
    """
    from storage import readers
    from storage.changes import CursorTooOld, read

    if after is None and reader is None:
        stop("say after which change: --after SEQ (0 for all), or who you are: --reader NAME", ExitCode.USAGE)
    with existing(settings) as engine:
        try:
            if reader is not None and after is not None:
                readers.note(engine, reader, after)
            if after is None:
                assert reader is not None
                after = readers.cursor_of(engine, reader)
            rows = read(engine, after, limit)
        except readers.BadName as problem:
            stop(str(problem), ExitCode.USAGE)
        except CursorTooOld as problem:
            stop(str(problem), ExitCode.PARTIAL)
    write_json(
        {
            "change_seq": c.change_seq, "article_id": c.article_id, "op": c.op, "revision": c.revision,
            "merged_into": c.merged_into, "changed_at": c.changed_at.isoformat(),
            "cause": c.cause, "reason": c.reason,
        }
        for c in rows
    )  # fmt: skip


@with_settings
def export(
    form: Annotated[Format, typer.Option("--format", help="What to write")] = Format.JSONL,
    since_seq: Annotated[
        int | None,
        typer.Option(
            "--since-seq", min=0, metavar="N", help="Only what changed after change N, with what was done"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="PATH", help="A file; for Parquet a folder \\[default: stdout]"
        ),
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Write the records out; a file appears whole or not at all. The last line has the high-water mark."""
    from storage.export import TooFarBehind, snapshot
    from storage.export_files import NoExport, replaced, write_csv, write_jsonl, write_parquet
    from storage.migrate import head

    if form is Format.PARQUET and output is None:
        stop("Parquet is no text: say where with -o PATH", ExitCode.USAGE)
    if form is not Format.PARQUET and output is not None and output.is_dir():
        stop(f"{output} is a folder; name a file", ExitCode.USAGE)
    with existing(settings) as engine:
        try:
            with snapshot(engine, since_seq) as taken, counting(taken.count, quiet=settings.quiet) as advance:
                if form is Format.PARQUET:
                    assert output is not None
                    about: dict[str, object] = {"schema_version": "v1", "migration": head()}
                    count = write_parquet(taken, output, advance, about)
                else:
                    with replaced(output) if output else contextlib.nullcontext(sys.stdout) as file:
                        if form is Format.CSV:
                            count = write_csv(taken.rows(), taken.names, file, advance)
                        else:
                            count = write_jsonl(taken.rows(), file, advance)
                        file.flush()
        except TooFarBehind as problem:
            stop(str(problem), ExitCode.PARTIAL)  # as `changes` has it
        except NoExport as problem:
            stop(str(problem), ExitCode.USAGE)
        except OSError as problem:
            stop(f"{output or 'stdout'} could not be written: {problem.strerror}", ExitCode.UNEXPECTED)
    if not settings.quiet:
        what = "changed articles" if since_seq is not None else "records"
        say(f"{count} {what}{f' in {output}' if output else ''}; high-water mark: {taken.high_water}")


@contextlib.contextmanager
def counting(total: Callable[[], int], *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr where that is a terminal, silence elsewhere; ``total`` is asked only then."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("export"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RoomyProgress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("export", total=total())
        yield lambda more: progress.advance(task, more)
