"""`frontnews alerts`: what is wrong with which portal, who looks after it, and who is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from commands.audited import user, write_down
from commands.data import midnight, parse_day
from commands.options import ExitCode, Settings, with_settings
from commands.output import MINUTE, ZONE, local, write_json, write_table
from commands.problems import say, stop
from commands.recipients import recipients
from commands.schedule import seconds_of
from commands.store import existing, registry_of
from storage.said import many

if TYPE_CHECKING:
    from storage.alarms import Alarm

app = typer.Typer(no_args_is_help=True, help="See, acknowledge and mute alarms; test who is told of them.")

PortalArgument = Annotated[str, typer.Argument(metavar="PORTAL", help="Its id in the registry")]
AlarmOption = Annotated[
    str | None,
    typer.Option("--alarm", metavar="NAME", help="One alarm of the portal \\[default: all that are up]"),
]
WhoOption = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who it is \\[default: your login name]")
]


@app.command("list")
@with_settings
def show(
    portal: Annotated[str | None, typer.Argument(metavar="PORTAL", help="Only of this portal")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that are well again too")] = False,
    *,
    settings: Settings,
) -> None:
    """Alarms that are down or pending, the gravest first; exit 0 whatever they are."""
    from commands.advice import next_steps
    from storage import alarms, outbox

    states: tuple[alarms.State, ...] = ("down", "pending", "ok") if everything else ("down", "pending")
    with existing(settings) as engine:
        found = alarms.read(engine, portal=portal, states=states)
        unsent = outbox.waiting(engine)
    if settings.json:
        write_json(dataclasses.asdict(alarm) for alarm in found)
        return
    if not found:
        say("no alarms")
    else:
        _show(found)
        steps = list(next_steps(alarm.name for alarm in found if alarm.state != "ok"))
        if steps and not settings.quiet:
            say("\n".join(["\nWhat to do (docs/operating.md says more):", *steps]))
    failing = [message for message in unsent if message.problem]
    if failing and not settings.quiet:
        say(f"{many(len(failing), 'message')} could not be sent yet: {failing[0].problem}")


def _show(found: Sequence[Alarm]) -> None:
    now = datetime.now(UTC)
    write_table(
        ("portal", "alarm", "state", f"since {ZONE}", "", "what"),
        (
            (
                alarm.portal, alarm.name, alarm.state, local(alarm.since, MINUTE),
                _remark(alarm, now), " ".join([alarm.message, *alarm.urls[:1]]),
            )
            for alarm in found
        ),
        below=("what", ""),
    )  # fmt: skip


def _remark(alarm: Alarm, now: datetime) -> str:
    said = []
    if alarm.acknowledged_by:
        said.append(f"acknowledged by {alarm.acknowledged_by}")
    if alarm.is_muted(now) and alarm.muted_until is not None:
        said.append(f"muted until {local(alarm.muted_until, MINUTE)} {ZONE}")
    return ", ".join(said)


@app.command()
@with_settings
def ack(
    portal: PortalArgument, alarm: AlarmOption = None, by: WhoOption = None, *, settings: Settings
) -> None:
    """Say that you look after a portal's alarms: no more reminders until it is well again."""
    from storage import alarms

    who = by or user()
    with existing(settings) as engine:
        count = alarms.acknowledge(engine, portal, known_alarm(alarm), who, datetime.now(UTC))
        if not count:
            stop(
                f"{portal} has no such alarm; `frontnews alerts list` shows those that are up", ExitCode.USAGE
            )
        write_down(engine, "acknowledge", portal, {"alarm": alarm or "all", "by": who})
    say(f"{portal}: {many(count, 'alarm')} acknowledged by {who}")


@app.command()
@with_settings
def mute(
    portal: PortalArgument,
    alarm: Annotated[str, typer.Argument(metavar="ALARM", help="Its name, as in `alerts list`; or all")],
    hours: Annotated[str, typer.Option("--for", metavar="TIME", help="For how long: 12h, 7d")] = "7d",
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DAY", help="To the end of a day instead: 2026-12-01, 01/12/2026"),
    ] = None,
    by: WhoOption = None,
    *,
    settings: Settings,
) -> None:
    """Tell nobody of an alarm for a while, whether it is up now or comes."""
    from crawler.running.drift import ALARMS
    from storage import alarms

    registry_of(settings).get(portal)  # a misspelt one would be muted for nothing
    now, who = datetime.now(UTC), by or user()
    last = midnight(parse_day(until))
    end = last + timedelta(days=1) if last else now + timedelta(seconds=seconds_of(hours))
    if end <= now:
        stop(f"{until} is over; name a day to come", ExitCode.USAGE)
    names = ALARMS if alarm == "all" else (known_alarm(alarm),)
    with existing(settings) as engine:
        for name in names:
            alarms.mute(engine, portal, str(name), end, who, now)
        detail = {"alarm": alarm, "until": end.isoformat(timespec="minutes"), "by": who}
        write_down(engine, "mute", portal, detail)
    say(f"{portal}: {alarm} is muted until {local(end, MINUTE)} {ZONE}")


@app.command()
@with_settings
def unmute(portal: PortalArgument, alarm: AlarmOption = None, *, settings: Settings) -> None:
    """Let people be told again."""
    from storage import alarms

    with existing(settings) as engine:
        count = alarms.unmute(engine, portal, known_alarm(alarm))
        write_down(engine, "unmute", portal, {"alarm": alarm or "all"})
    say(f"{portal}: {many(count, 'alarm')} no longer muted")


@app.command()
@with_settings
def accept(
    portal: PortalArgument,
    alarm: Annotated[str, typer.Argument(metavar="ALARM", help="Its name, as in `alerts list`")],
    by: WhoOption = None,
    *,
    settings: Settings,
) -> None:
    """Say that the portal has changed and that its pages are read as they should be: measure it anew."""
    from storage import alarms

    name = known_alarm(alarm)
    who = by or user()
    with existing(settings) as engine:
        if not alarms.accept(engine, portal, str(name), who, datetime.now(UTC)):
            stop(f"{portal} has no alarm {alarm} that is up", ExitCode.USAGE)
        write_down(engine, "accept", portal, {"alarm": alarm, "by": who})
    say(f"{portal}: {alarm} is settled; from now on the portal is measured by what comes")


@app.command()
@with_settings
def send(*, settings: Settings) -> None:
    """Send what waits now. A clock does that by itself; this is for a crontab that runs `frontnews crawl`."""
    from crawler.notifying import deliver
    from storage import outbox

    with existing(settings) as engine:
        count = deliver(engine, recipients(settings), datetime.now(UTC))
        left = outbox.waiting(engine)
    say(f"{many(count, 'message')} sent, {len(left)} waiting")
    if any(message.problem for message in left):
        stop(next(message.problem for message in left if message.problem) or "", ExitCode.PARTIAL)


@app.command()
@with_settings
def test(*, settings: Settings) -> None:
    """Send a message to everybody who would be told."""
    from crawler import notifying

    to = recipients(settings)
    if not to.urls:
        stop(
            "nobody is told: set FRONTNEWS_NOTIFY to addresses of apprise (docs/operating.md)",
            ExitCode.CONFIGURATION,
        )
    try:
        kinds = notifying.check(to)
        notifying.send(to, "Frontnews: a test", "If you can read this, alarms reach you.")
    except notifying.NotifyProblem as problem:
        stop(str(problem), ExitCode.CONFIGURATION)
    say(f"sent to {', '.join(kinds)}")


def known_alarm(name: str | None) -> str | None:
    """The name of an alarm; a usage error where there is none of that name."""
    from crawler.running.drift import ALARMS

    if name is not None and name not in ALARMS:
        stop(f"there is no alarm {name!r}; there are {', '.join(ALARMS)}", ExitCode.USAGE)
    return name
