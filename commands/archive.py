"""`frontnews archive`: the pages as they were fetched. Look at them, check them, keep them small."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from commands.addresses import with_scheme
from commands.archive_options import KeepDays, MaxSize, retention_of
from commands.options import ExitCode, Settings, with_settings
from commands.output import ZONE, local, write_json, write_table
from commands.problems import say, stop
from commands.progress import shown
from commands.reprocess import NAMED, archive_of
from commands.store import opened, registry_of
from storage.said import many

app = typer.Typer(no_args_is_help=True, help="The pages as they were fetched: list, show, verify, prune.")


@app.command("list")
@with_settings
def list_(
    portal: Annotated[str | None, typer.Option("--portal", metavar="PORTAL", help="Only its pages")] = None,
    by_file: Annotated[bool, typer.Option("--files", help="One line a file instead")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The latest so many")] = 50,
    *,
    settings: Settings,
) -> None:
    """What is in the archive, the latest pages first."""
    from storage import archive

    wanted = registry_of(settings).get(portal).id if portal else None
    with opened(settings) as engine:
        if by_file:
            sums = archive.files(engine)
            if settings.json:
                write_json(asdict(one) for one in sums)
                return
            write_table(
                ("file", "pages", "bytes", f"first {ZONE}", f"last {ZONE}"),
                ((s.file, s.pages, s.bytes, local(s.first), local(s.last)) for s in sums),
                numbers=frozenset({"pages", "bytes"}),
            )
            say(
                f"{many(len(sums), 'file')}, {many(sum(s.pages for s in sums), 'page')}, "
                f"{many(sum(s.bytes for s in sums), 'byte')}"
            )
            return
        pages = archive.newest(engine, portal=wanted, limit=limit)
    if settings.json:
        write_json(asdict(page) for page in pages)
        return
    write_table(
        (f"fetched {ZONE}", "portal", "kind", "address", "bytes", ""),
        (
            (local(p.fetched_at), p.portal, p.kind, p.url, p.length, "as before" if p.original else "")
            for p in pages
        ),
        numbers=frozenset({"bytes"}),
    )
    say(
        f"{many(len(pages), 'page')}"
        + (f" (the latest {limit}; --limit shows more)" if len(pages) == limit else "")
    )


@app.command()
@with_settings
def show(
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of a page")],
    before: Annotated[
        str | None,
        typer.Option("--before", metavar="DAY", help="As it was before this day \\[default: the latest]"),
    ] = None,
    headers: Annotated[bool, typer.Option("--headers", help="The answer's headers first")] = False,
    *,
    settings: Settings,
) -> None:
    """Write a page to stdout as it was fetched, byte for byte; --json has its place instead."""
    from commands.data import midnight, parse_day
    from crawler.archive.reading import ArchiveDamage, Reader
    from storage import archive

    folder = archive_of(settings)
    until = midnight(parse_day(before))
    with opened(settings) as engine:
        pages = [
            page
            for page in archive.newest(engine, url=with_scheme(url), limit=10_000)
            if until is None or page.fetched_at < until
        ]
        if not pages:
            stop(f"the archive has no page {url}{f' from before {before}' if before else ''}", ExitCode.USAGE)
        if settings.json:
            write_json(asdict(page) for page in pages)
            return
        try:
            page = Reader(folder, lambda id: archive.by_id(engine, [id]).get(id)).page(pages[0])
        except ArchiveDamage as damage:
            stop(str(damage), ExitCode.PARTIAL)
    if headers:
        lines = [f"HTTP/1.1 {page.status}", *(f"{name}: {value}" for name, value in page.headers.items())]
        sys.stdout.write("\n".join(lines) + "\n\n")
        sys.stdout.flush()
    sys.stdout.buffer.write(page.body)
    sys.stdout.buffer.flush()


@app.command()
@with_settings
def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Cut off torn ends, and make the index say what is there")
    ] = False,
    *,
    settings: Settings,
) -> None:
    """Read every record; say which are torn or corrupt, and where the index is wrong."""
    from crawler.archive.files import ArchiveInUse
    from crawler.archive.verify import verify as look

    folder = archive_of(settings)
    with opened(settings) as engine, shown("reading every record", quiet=settings.quiet) as show:
        try:
            found = look(engine, folder, repair=repair, on_progress=show)
        except ArchiveInUse as problem:
            stop(str(problem), ExitCode.RUNNING)
    if settings.json:
        write_json(asdict(problem) for problem in found.problems)
    elif found.problems:
        write_table(
            ("problem", "file", "offset", "address", "what", ""),
            (
                (p.kind, p.file, p.offset, p.url, p.message, "repaired" if p.repaired else "")
                for p in found.problems
            ),
            numbers=frozenset({"offset"}),
        )
    say(
        f"{many(found.files, 'file')}, {many(found.pages, 'page')}, {many(found.bytes, 'byte')}; "
        f"{many(len(found.problems), 'problem')}"
        + (", all repaired" if found.problems and found.sound else "")
        + ("" if repair or found.sound else "; --repair mends what can be mended")
    )
    if not found.sound:
        raise typer.Exit(int(ExitCode.PARTIAL))


@app.command("import")
@with_settings
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE", help="WARC files, .gz or plain")],
    *,
    settings: Settings,
) -> None:
    """Take in the pages of other tools' WARC files (wget, warcio …) as history of the registry's portals."""
    from commands.reprocess import stop_signals
    from crawler.archive.writer import Archive
    from spiders.archive_import import import_warcs

    missing = [path for path in paths if not path.is_file()]
    if missing:
        stop(f"there is no file {missing[0]}", ExitCode.USAGE)
    folder = archive_of(settings)
    registry = registry_of(settings)
    with (
        opened(settings) as engine,
        stop_signals() as stopped,
        shown("importing", quiet=settings.quiet) as show,
    ):
        archive = Archive(folder, engine)
        try:
            done = import_warcs(
                engine, archive, paths, registry.for_url,
                on_progress=lambda so_far: show(
                    so_far.done, so_far.found, f"{many(so_far.pages, 'article')} read"
                ),
                stopping=lambda: bool(stopped),
            )  # fmt: skip
        finally:
            archive.close()
    if settings.json:
        write_json([asdict(done)])
    for problem in done.problems[:NAMED]:
        say(f"frontnews: {problem}")
    if len(done.problems) > NAMED:
        say(f"… and {len(done.problems) - NAMED} more problems (--json has them all)")
    for host, count in done.strangers.most_common(NAMED):
        say(f"{host}: {many(count, 'page')} left out; it is in no portal's record (frontnews portals add)")
    saved = ", ".join(f"{count} {outcome}" for outcome, count in sorted(done.saved.items())) or "nothing"
    say(
        f"{many(done.pages, 'page')} of articles, {done.listings} of listings: {saved} saved, "
        f"{done.unwanted} off topic, {done.known} older than what is known"
    )
    if stopped:
        raise typer.Exit(128 + stopped[0])
    if done.problems:
        raise typer.Exit(int(ExitCode.PARTIAL if done.pages else ExitCode.ALL_FAILED))


@app.command()
@with_settings
def prune(
    keep_days: KeepDays = None,
    max_size: MaxSize = None,
    drop_latest: Annotated[
        bool, typer.Option("--drop-latest", help="Also the pages that articles of today were read from")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count")] = False,
    *,
    settings: Settings,
) -> None:
    """Drop pages by age and size; the latest page of each article stays."""
    from crawler.archive.files import ArchiveInUse
    from crawler.archive.retention import prune as drop

    folder = archive_of(settings)
    retention = retention_of(keep_days, max_size)
    if retention is None:
        stop("say what is to be kept: --keep-days N, --max-size SIZE or both", ExitCode.USAGE)
    with opened(settings) as engine, shown("dropping pages", quiet=settings.quiet) as show:
        try:
            pruned = drop(
                engine,
                folder,
                replace(retention, drop_latest=drop_latest),
                rehearse=dry_run,
                on_progress=show,
            )
        except ArchiveInUse as problem:
            stop(str(problem), ExitCode.RUNNING)
    if settings.json:
        write_json([asdict(pruned) | {"dry_run": dry_run}])
        return
    say(
        f"{many(pruned.pages, 'page')} of {many(pruned.files, 'file')}, {many(pruned.bytes, 'byte')} "
        f"{'would go' if dry_run else 'dropped'}; "
        f"{many(pruned.kept_pages, 'page')}, {many(pruned.kept_bytes, 'byte')} kept"
    )
    if pruned.over:
        say(f"{many(pruned.over, 'byte')} over the bound: pages that articles were read from (--drop-latest)")
