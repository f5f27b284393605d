"""`frontnews readers`: who follows the changes, and how far behind each is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json, write_table
from commands.problems import say, stop
from commands.store import existing
from storage.timetable import duration

if TYPE_CHECKING:
    from storage.readers import Reader


@with_settings
def readers(
    note: Annotated[
        tuple[str, int] | None,
        typer.Option(
            "--note", metavar="NAME SEQ", help="Note for a reader of the views which change it has applied"
        ),
    ] = None,
    forget: Annotated[
        str | None, typer.Option("--forget", metavar="NAME", help="Strike a reader off the list")
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Readers of the change feed that give a name, the furthest behind first."""
    from commands.audited import write_down
    from storage import readers as known

    with existing(settings) as engine:
        if note is not None:
            try:
                known.note(engine, *note)
            except known.BadName as problem:
                stop(str(problem), ExitCode.USAGE)
        if forget is not None:
            if not known.forget(engine, forget):
                stop(f"there is no reader {forget!r}; frontnews readers lists them", ExitCode.USAGE)
            write_down(engine, "forget_reader", forget)
        found = known.read(engine)
    if settings.json:
        write_json(
            {
                "name": r.name, "cursor": r.cursor, "behind": r.behind, "lost": r.lost,
                "waiting_since": r.waiting_since.isoformat() if r.waiting_since else None,
                "since": r.since.isoformat(), "seen_at": r.seen_at.isoformat(),
            }
            for r in found
        )  # fmt: skip
        return
    if not found:
        say("no reader has said its name yet: frontnews changes --after SEQ --reader NAME")
        return
    now = datetime.now(UTC)
    write_table(
        ("reader", "cursor", "behind", "oldest waits", "last asked", ""),
        (_line(reader, now) for reader in found),
        numbers=frozenset({"cursor", "behind"}),
    )


def _line(reader: Reader, now: datetime) -> tuple[str, ...]:
    from storage.readers import COUNTED

    waits, asked = reader.waiting_since, duration((now - reader.seen_at).total_seconds())
    return (
        reader.name,
        str(reader.cursor),
        f"{COUNTED} or more" if reader.behind == COUNTED else str(reader.behind),
        duration((now - waits).total_seconds()) if waits else "–",
        f"{asked} ago",
        "must take a snapshot" if reader.lost else "",
    )
