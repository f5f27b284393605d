"""`frontnews articles`: one article with its history, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json
from commands.problems import say, stop
from commands.store import opened

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.kept import Reason
    from storage.lookup import Found
    from storage.revisions import Revision

app = typer.Typer(
    no_args_is_help=True, help="One article: its copies, history and story; merge, split, remove, restore."
)

Id = Annotated[
    str, typer.Argument(metavar="ID", help="Its id, the beginning of it, or the address of a copy")
]


class RemovalReason(StrEnum):
    """Why a person removes an article."""

    TAKEDOWN = "takedown"
    WRONG_PORTAL = "wrong_portal"
    NO_ARTICLE = "no_article"


@app.command()
@with_settings
def show(
    ids: Annotated[
        list[str], typer.Argument(metavar="ID", help="Ids, beginnings of them, or addresses of copies")
    ],
    *,
    settings: Settings,
) -> None:
    """Show articles with their copies, revisions, story, and where each field came from."""
    from commands.article_views import article_as_json, show_article

    with opened(settings) as engine:
        for number, id in enumerate(ids):
            found = _find(engine, id)
            known = _history(engine, found)
            if settings.json:
                write_json([article_as_json(found, known)])
            else:
                if number:
                    typer.echo()
                show_article(found, known)


@app.command("diff")
@with_settings
def show_diff(
    id: Id,
    old: Annotated[
        int | None, typer.Option("--from", metavar="N", help="\\[default: the one before]")
    ] = None,
    new: Annotated[int | None, typer.Option("--to", metavar="M", help="\\[default: the present one]")] = None,
    *,
    settings: Settings,
) -> None:
    """Show word by word what changed from one revision to another.

    From a revision to itself (``--from 2 --to 2``, or where there is one only): what changed besides the
    words.
    """
    from commands.article_views import diff_as_json, print_diff
    from storage.revisions import UnknownRevision, diff

    with looking_up(settings, id) as (engine, found):
        known = _history(engine, found)
    try:
        changed = diff(known, old, new)
    except UnknownRevision as problem:
        stop(f"{found.row['public_id']}: {problem}", ExitCode.USAGE)
    if settings.json:
        write_json([{"id": found.row["public_id"], **diff_as_json(changed)}])
        return
    if found.was_merged:
        say(f"{found.asked} was merged into {found.row['public_id']}")
    print_diff(changed)


@app.command()
@with_settings
def remove(
    id: Id,
    reason: Annotated[RemovalReason, typer.Option("--reason", help="What readers are told")],
    *,
    settings: Settings,
) -> None:
    """Take an article, in all its copies, from the readers until it is restored."""
    from storage import takedowns

    with looking_up(settings, id) as (engine, found):
        reasons: dict[RemovalReason, Reason] = {
            RemovalReason.TAKEDOWN: "takedown",
            RemovalReason.WRONG_PORTAL: "wrong_portal",
            RemovalReason.NO_ARTICLE: "no_article",
        }
        was_there = takedowns.remove(engine, found.row["id"], reasons[reason])
    if settings.json:
        write_json([{"id": found.row["public_id"], "removed": was_there, "reason": reason.value}])
    elif was_there:
        say(f"removed {found.row['public_id']} ({reason.value}); frontnews articles restore brings it back")
    else:
        say(f"{found.row['public_id']} was deleted before; it stays so, now as {reason.value}")


@app.command()
@with_settings
def restore(id: Id, *, settings: Settings) -> None:
    """Give a deleted article back to the readers, under its id."""
    from storage import takedowns

    with looking_up(settings, id) as (engine, found):
        restored = takedowns.restore(engine, found.row["id"])
    if settings.json:
        write_json([{"id": found.row["public_id"], "restored": restored}])
    else:
        say(f"{found.row['public_id']} " + ("is served again" if restored else "was not deleted"))


@app.command()
@with_settings
def merge(
    id: Annotated[str, typer.Argument(metavar="ID", help="The article that stays")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The article that becomes part of it")],
    *,
    settings: Settings,
) -> None:
    """Make two articles one: OTHER's copies move to ID, and readers are told."""
    from storage import merging

    with looking_up(settings, id) as (engine, found):
        gone = _find(engine, other)
        try:
            merging.merge(engine, found.row["id"], gone.row["id"])
        except merging.CannotMerge as problem:
            stop(f"cannot merge: {problem}", ExitCode.USAGE)
    if settings.json:
        write_json([{"id": found.row["public_id"], "merged": gone.row["public_id"]}])
    else:
        say(f"{gone.row['public_id']} is part of {found.row['public_id']} now")


@app.command()
@with_settings
def split(
    id: Id,
    copy: Annotated[str, typer.Option("--copy", metavar="URL", help="The copy that is another article")],
    *,
    settings: Settings,
) -> None:
    """Undo a wrong merge: the copy at URL becomes an article of its own, and stays one."""
    from storage import merging

    with looking_up(settings, id) as (engine, found):
        try:
            new = merging.split(engine, found.row["id"], copy)
        except merging.CannotSplit as problem:
            stop(f"cannot split {found.row['public_id']}: {problem}", ExitCode.USAGE)
    if settings.json:
        write_json([{"id": found.row["public_id"], "split": new, "url": copy}])
    else:
        say(f"{copy} is {new} now; the next crawl reads it anew, and the two are kept apart")


# -- looking up ------------------------------------------------------------------------------------


@contextmanager
def looking_up(settings: Settings, name: str) -> Iterator[tuple[Engine, Found]]:
    """The database, and the article that goes by ``name``; ends the command where there is none."""
    with opened(settings) as engine:
        yield engine, _find(engine, name)


def _find(engine: Engine, name: str) -> Found:
    from storage.engine import reading
    from storage.lookup import NoSuchArticle, find

    try:
        with reading(engine) as connection:
            return find(connection, name)
    except NoSuchArticle as problem:
        stop(str(problem), ExitCode.USAGE)


def _history(engine: Engine, found: Found) -> list[Revision]:
    from storage.engine import reading
    from storage.revisions import history

    with reading(engine) as connection:
        return history(connection, found.row["id"])
