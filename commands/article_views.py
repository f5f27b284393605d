"""How one article is shown, its copies, history and story, and what changed in it: to people and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from commands.output import ZONE, local, write_table
from commands.problems import say
from storage.lookup import Found
from storage.revisions import ArticleDiff, Revision
from storage.said import many
from storage.word_diff import Pieces, is_change

# -- for people ------------------------------------------------------------------------------------


def show_article(found: Found, known: list[Revision]) -> None:
    """Print one article for a person."""
    if found.was_merged:
        say(f"{found.asked} was merged into {found.row['public_id']}")
    _print_article(found)
    _print_copies(found)
    _print_history(known)
    if found.siblings:
        _print(f"\nStory {found.story}: told in {many(len(found.siblings) + 1, 'wording')}", style="bold")
        write_table(
            ("article", "portal", f"published {ZONE}", "title"),
            (
                (row["public_id"], row["portal"], _moment(row["published_at"]), row["title"])
                for row in found.siblings
            ),
        )
    _print("\nWhere it came from", style="bold")
    write_table(("field", "source"), sorted(found.row["provenance"].items()))


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
        ("portal", f"published {ZONE}", f"first seen {ZONE}", f"last seen {ZONE}", "state", "address"),
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
    missing = f", missing {many(copy['missing_times'], 'time')}" if copy["missing_times"] else ""
    return ("leading" if leading else "") + missing.removeprefix("" if leading else ", ")


def _print_history(known: list[Revision]) -> None:
    _print("\nRevisions", style="bold")
    write_table(
        ("revision", f"seen {ZONE}", "words", "other changes"),
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
    return local(moment, "%d/%m/%Y %H:%M")


def _print(text: str, style: str = "") -> None:
    _console().print(Text(text, style=style))


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


def article_as_json(found: Found, known: list[Revision]) -> dict[str, object]:
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
