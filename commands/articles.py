"""`frontnews articles`: one article with its history, and what a person decides about it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy import Engine

from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json, write_table
from commands.problems import say, stop
from commands.store import opened
from storage.kept import Reason
from storage.lookup import Found, NoSuchArticle, find
from storage.records import VIETNAM
from storage.revisions import ArticleDiff, Revision, UnknownRevision, diff, history
from storage.word_diff import Pieces, is_change

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
        list[str], typer.Argument(metavar="ID...", help="Ids, beginnings of them, or addresses of copies")
    ],
    *,
    settings: Settings,
) -> None:
    """Show articles with their copies, revisions, story, and where each field came from."""
    with opened(settings) as engine:
        for number, id in enumerate(ids):
            found = _find(engine, id)
            known = _history(engine, found)
            if settings.json:
                write_json([_as_json(found, known)])
            else:
                _print("\n" if number else "", end="")
                show_article(found, known)


def show_article(found: Found, known: list[Revision]) -> None:
    """Print one article for a person."""
    if found.was_merged:
        say(f"{found.asked} was merged into {found.row['public_id']}")
    _print_article(found)
    _print_copies(found)
    _print_history(known)
    if found.siblings:
        _print(f"\nStory {found.story}: told in {len(found.siblings) + 1} wordings", style="bold")
        write_table(
            ("article", "portal", "published", "title"),
            (
                (row["public_id"], row["portal"], _moment(row["published_at"]), row["title"])
                for row in found.siblings
            ),
        )
    _print("\nWhere it came from", style="bold")
    write_table(("field", "source"), sorted(found.row["provenance"].items()))


@app.command("diff")
@with_settings
def show_diff(
    id: Id,
    old: Annotated[int | None, typer.Option("--from", metavar="N", help="[default: the one before]")] = None,
    new: Annotated[int | None, typer.Option("--to", metavar="M", help="[default: the present one]")] = None,
    *,
    settings: Settings,
) -> None:
    """Show word by word what changed from one revision to another.

    From a revision to itself (``--from 2 --to 2``, or where there is one only): what changed besides the
    words.
    """
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

    try:
        with reading(engine) as connection:
            return find(connection, name)
    except NoSuchArticle as problem:
        stop(str(problem), ExitCode.USAGE)


def _history(engine: Engine, found: Found) -> list[Revision]:
    from storage.engine import reading

    with reading(engine) as connection:
        return history(connection, found.row["id"])


# -- for people ------------------------------------------------------------------------------------


def print_diff(changed: ArticleDiff) -> None:
    """Print a diff: coloured on a terminal, as [-gone-] and {+added+} elsewhere."""
    what = (
        f"revision {changed.old} → {changed.new}" if changed.old != changed.new else f"revision {changed.new}"
    )
    _print(f"{what}   {_moment(changed.old_seen_at)} → {_moment(changed.new_seen_at)}", style="bold")
    if changed.is_empty:
        say("nothing changed" + ("" if changed.old != changed.new else " since it was first seen"))
        return
    for name, pieces in (("title", changed.title), ("lead", changed.lead)):
        if is_change(pieces):
            _print(f"\n{name}", style="dim")
            _print_pieces(pieces)
    if any(is_change(pieces) for pieces in changed.paragraphs):
        _print("\ntext", style="dim")
        for edited, run in groupby(changed.paragraphs, key=is_change):
            paragraphs = list(run)
            if edited:
                for pieces in paragraphs:
                    _print_pieces(pieces)
            else:
                count = len(paragraphs)
                _print(f"  … {count} paragraph{'s' if count > 1 else ''} unchanged", style="dim")
    if changed.metadata:
        _print("\nbesides the words", style="dim")
        for change in changed.metadata:
            _print_pieces_of(f"{change.key}: ", _plain(change.old), _plain(change.new))


def _print_pieces(pieces: Pieces) -> None:
    line = Text("  ")
    colours = _console().is_terminal
    for number, piece in enumerate(pieces):
        line.append(" " if number else "")
        line.append_text(_marked(piece.op, piece.text, colours=colours))
    _console().print(line)


def _print_pieces_of(label: str, old: str, new: str) -> None:
    colours = _console().is_terminal
    line = Text("  " + label)
    if old:
        line.append_text(_marked("delete", old, colours=colours))
    if old and new:
        line.append(" ")
    if new:
        line.append_text(_marked("insert", new, colours=colours))
    _console().print(line)


def _marked(op: str, text: str, *, colours: bool) -> Text:
    if op == "equal":
        return Text(text)
    if colours:  # struck and underlined too: colour alone says nothing to one in twelve
        return Text(text, style="red strike" if op == "delete" else "green underline")
    return Text(f"[-{text}-]" if op == "delete" else f"{{+{text}+}}")


def _plain(value: object) -> str:
    if value is None or value == [] or value == "":
        return ""
    if isinstance(value, list):
        return "; ".join(_plain(entry) for entry in value)
    if isinstance(value, dict):
        return " ".join(_plain(entry) for entry in value.values() if entry is not None)
    return str(value)


def _print_article(found: Found) -> None:
    row = found.row
    _print(row["title"], style="bold")
    _print(f"{row['public_id']} · revision {row['revision']} · {row['url']}", style="dim")
    if row["deleted_at"] is not None:
        _print(f"DELETED {_moment(row['deleted_at'])}: {row['deletion_reason']}", style="red")
    facts = [
        f"published {_moment(row['published_at'])}" if row["published_at"] else "published: not known",
        row["byline"] and f"by {row['byline']}",
        ", ".join(row["organizations"]),
        ", ".join(row["provinces_2025"] or row["provinces_2024"]),
        row["kind"],
        f"relevance {row['relevance']:.2f}" if row["relevant"] else "off topic",
    ]
    _print(" · ".join(filter(None, facts)))
    for paragraph in filter(None, (row["lead"], *row["paragraphs"])):
        _print(f"\n{paragraph}")


def _print_copies(found: Found) -> None:
    _print("\nCopies", style="bold")
    leading = found.row["portal"], found.row["key"]
    write_table(
        ("portal", "published", "first seen", "last seen", "state", "address"),
        (
            (
                copy["portal"], _moment(copy["published_at"]), _moment(copy["first_seen_at"]),
                _moment(copy["last_seen_at"]), _state(copy, leading=(copy["portal"], copy["key"]) == leading),
                copy["url"],
            )
            for copy in sorted(found.copies, key=lambda copy: (copy["portal"], copy["key"]) != leading)
        ),
    )  # fmt: skip


def _state(copy: Mapping[str, Any], *, leading: bool) -> str:
    if copy["gone_at"] is not None:
        return f"gone ({copy['gone_reason']})"
    missing = f", missing {copy['missing_times']} times" if copy["missing_times"] else ""
    return ("leading" if leading else "") + missing.removeprefix("" if leading else ", ")


def _print_history(known: list[Revision]) -> None:
    _print("\nRevisions", style="bold")
    write_table(
        ("revision", "seen", "words", "other changes"),
        (
            (
                each.revision, _moment(each.seen_at),
                sum(len(text.split()) for text in (each.title, each.lead or "", *each.paragraphs)),
                len(each.metadata_changed_at) or "",
            )
            for each in known
        ),
        numbers=frozenset({"revision", "words", "other changes"}),
    )  # fmt: skip


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if moment else ""


def _print(text: str, style: str = "", end: str = "\n") -> None:
    _console().print(Text(text, style=style), end=end)


def _console() -> Console:
    if sys.stdout.isatty():
        return Console(highlight=False, markup=False)
    return Console(highlight=False, markup=False, width=10_000, soft_wrap=True)


# -- for programs ----------------------------------------------------------------------------------


def diff_as_json(changed: ArticleDiff) -> dict[str, object]:
    """A diff as JSON: texts as lists of [op, words]."""

    def pieces(some: Pieces) -> list[list[str]]:
        return [[piece.op, piece.text] for piece in some]

    return {
        "from": changed.old,
        "to": changed.new,
        "from_seen_at": changed.old_seen_at.isoformat(),
        "to_seen_at": changed.new_seen_at.isoformat(),
        "title": pieces(changed.title),
        "lead": pieces(changed.lead),
        "paragraphs": [pieces(some) for some in changed.paragraphs],
        "metadata": [{"key": one.key, "old": one.old, "new": one.new} for one in changed.metadata],
    }


def _as_json(found: Found, known: list[Revision]) -> dict[str, object]:
    from storage.article_rows import record_of

    return {
        **record_of(
            {
                **found.row,
                "story": found.story,
                "last_seen_at": max((copy["last_seen_at"] for copy in found.copies), default=None),
            }
        ),
        "merged_from": found.asked if found.was_merged else None,
        "deleted_at": found.row["deleted_at"].isoformat() if found.row["deleted_at"] else None,
        "deletion_reason": found.row["deletion_reason"],
        "copies": [
            {
                "portal": copy["portal"], "key": copy["key"], "url": copy["url"], "title": copy["title"],
                "first_seen_at": copy["first_seen_at"].isoformat(),
                "last_seen_at": copy["last_seen_at"].isoformat(),
                "gone_at": copy["gone_at"].isoformat() if copy["gone_at"] else None,
                "gone_reason": copy["gone_reason"],
            }
            for copy in found.copies
        ],
        "revisions": [
            {
                "revision": each.revision, "seen_at": each.seen_at.isoformat(), "title": each.title,
                "lead": each.lead, "paragraphs": each.paragraphs, "metadata": each.metadata,
            }
            for each in known
        ],
        "story": [
            {"id": row["public_id"], "portal": row["portal"], "title": row["title"]} for row in found.siblings
        ],
    }  # fmt: skip
