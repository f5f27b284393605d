"""`frontnews db backup` and `db restore`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import ExitCode, Settings, with_settings
from commands.output import write_answer
from commands.problems import say, stop
from commands.progress import shown
from storage.said import many

if TYPE_CHECKING:
    from storage.backup import Content


@with_settings
def backup(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A new file, or a folder for one named by the time")
    ],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file once the new one is whole")
    ] = False,
    *,
    settings: Settings,
) -> None:
    """Copy the database into one file while crawls go on; it appears whole and checked, or not at all."""
    from storage.backup import Exists
    from storage.backup import backup as copy
    from storage.engine import DatabaseProblem, address_of, open_database

    began = time.monotonic()
    address = address_of(settings.database)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        raise DatabaseProblem(f"there is no database {address.database}")  # opening it would make one
    engine = open_database(settings.database)
    try:
        with shown("backup", quiet=settings.quiet) as progress:
            content = copy(engine, path, overwrite=overwrite, progress=progress)
    except Exists as problem:
        stop(str(problem), ExitCode.USAGE)
    finally:
        engine.dispose()
    write_answer(answer(content), str(content.path), settings)
    if not settings.quiet:
        say(f"{told(content)}; {size(content.size)} in {time.monotonic() - began:.1f} s")


@with_settings
def restore(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file that db backup made")],
    *,
    settings: Settings,
) -> None:
    """Make the database (--database) of a backup; it must not exist yet, or be empty."""
    from storage.backup import restore as make
    from storage.engine import address_of

    if not path.is_file():
        stop(f"there is no file {path}", ExitCode.USAGE)
    with shown("restore", quiet=settings.quiet) as progress:
        content = make(settings.database, path, progress=progress)
    write_answer(answer(content), address_of(settings.database).render_as_string(), settings)
    if not settings.quiet:
        say(f"{told(content)}; readers whose cursor lies beyond the backup take a new snapshot (see meta)")


def answer(content: Content) -> dict[str, object]:
    """What --json says of a backup."""
    return {
        "path": str(content.path),
        "size": content.size,
        "migration": content.migration,
        "articles": content.articles,
        "last_change_seq": content.last_change_seq,
    }


def told(content: Content) -> str:
    """The content of a backup in words."""
    articles = many(content.articles, "article")
    return f"{articles}, changes up to {content.last_change_seq}, migration {content.migration}"


def size(count: int) -> str:
    """A number of bytes as people read it."""
    for unit, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return many(count, "byte")
