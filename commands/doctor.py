"""`frontnews doctor`: what is wrong here, and what to do about it, a line each."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import ssl
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json, write_table
from storage.said import many
from storage.timetable import duration

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.portals import Portal

Level = Literal["ok", "note", "problem"]

LITTLE_DISK = 2 * 1024**3
"""Bytes. A province's first crawl with its archive takes about one."""

BOUNDS = ("FRONTNEWS_ARCHIVE_KEEP_DAYS", "FRONTNEWS_ARCHIVE_MAX_SIZE")

SECONDS = 5.0
"""How long a name or a connection may take."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at. ``note``: it works without; ``do``: what would make it well, empty where it is."""

    what: str
    level: Level
    message: str
    do: str = ""


@with_settings
def doctor(
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not look up names, connect to nobody")
    ] = False,
    *,
    settings: Settings,
) -> None:
    """Find what keeps Frontnews from working: 0 nothing, 3 a setting or the machine, 8 the database."""
    checks = list(look(settings, offline=offline))
    if settings.json:
        write_json({"what": c.what, "level": c.level, "message": c.message, "do": c.do} for c in checks)
    else:
        write_table(("", "", "", "do"), ((c.what, c.level, c.message, c.do) for c in checks))
    wrong = {check.what for check in checks if check.level == "problem"}
    if wrong & {"database", "migrations", "writing"}:
        raise typer.Exit(int(ExitCode.DATABASE))
    if wrong:
        raise typer.Exit(int(ExitCode.CONFIGURATION))


def look(settings: Settings, *, offline: bool) -> Iterator[Check]:
    """Every check, in the order in which one would mend them."""
    yield from _database(settings)
    yield from _disks(settings)
    yield _archive(settings)
    portals = yield from _registry(settings)
    if not offline and portals:
        yield from _network(portals[0])
    yield _notifications(settings)
    yield _part("cluster extra", "procrastinate", "several machines cannot share the work", "cluster")
    yield _part("PDF extra", "pypdf", "text of PDF attachments is not read", "pdf")
    yield _chromium()


def _database(settings: Settings) -> Iterator[Check]:
    from storage.engine import DatabaseProblem, address_of, open_existing

    try:
        engine = open_existing(settings.database)
    except DatabaseProblem as problem:
        missing = "there is no database" in str(problem)
        level: Level = "note" if missing else "problem"
        yield Check("database", level, str(problem), "frontnews db upgrade" if missing else "see the message")
        return
    try:
        shown = address_of(settings.database).render_as_string(hide_password=True)
        yield Check("database", "ok", shown)
        yield from _tables(engine)
    except DatabaseProblem as problem:
        yield Check("database", "problem", str(problem), "see the message")
    finally:
        engine.dispose()


def _tables(engine: Engine) -> Iterator[Check]:
    from commands.health import look as look_at
    from storage import alarms, health, outbox
    from storage.migrate import damage, head, other_release

    if other := other_release(engine):
        yield Check("migrations", "problem", other, "frontnews db check")
        return
    if wrong := damage(engine):
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        do = "frontnews db upgrade; then frontnews db check"
        yield Check("migrations", "problem", wrong[0] + more, do)
        return
    yield Check("migrations", "ok", f"at {head()}, the newest")
    if hindered := health.hindrance(engine):
        do = "make room, or end that program; the clock goes on by itself"
        yield Check("writing", "problem", hindered, do)
    age = health.clock_age(engine, datetime.now(UTC))
    clocks = [p for p in look_at(engine, timedelta(hours=1))[0] if p.member.kind == "clock"]
    start = "frontnews schedule run, or start its service (deploy/frontnews.service)"
    if any(clock.is_stalled for clock in clocks):
        start = "its process is there: see its log (journalctl -u frontnews), start it again if it hangs"
    if age is None:
        yield Check("clock", "note", "none runs: portals are crawled by hand only", start)
    elif any(clock.state == "alive" for clock in clocks):
        yield Check("clock", "ok", f"beat {age:.0f} s ago")
    else:
        ended = ", its process has ended" if all(clock.state == "gone" for clock in clocks) else ""
        yield Check("clock", "problem", f"the last sign of life was {duration(age)} ago{ended}", start)
    down = [alarm for alarm in alarms.read(engine) if alarm.state == "down"]
    names = ", ".join(sorted({f"{alarm.portal} {alarm.name}" for alarm in down})[:3])
    if down:
        yield Check("alarms", "note", f"{len(down)} are down: {names}", "frontnews alerts list")
    else:
        yield Check("alarms", "ok", "none is down")
    failing = [message for message in outbox.waiting(engine) if message.problem]
    if failing:
        said = f"{len(failing)} could not be sent: {failing[-1].problem}"
        yield Check("messages", "problem", said, "frontnews alerts test")


def _disks(settings: Settings) -> Iterator[Check]:
    """The disk of the database, and that of the archive where it is another."""
    from storage.engine import DatabaseProblem, address_of

    try:
        address = address_of(settings.database)
        file = address.database if address.get_backend_name() == "sqlite" else None
    except DatabaseProblem:
        file = None
    folder = _there(Path(file).absolute().parent if file else Path.cwd())
    yield _disk("disk", folder)
    if settings.archive is not None:
        archive = _there(settings.archive.absolute())
        if archive.stat().st_dev != folder.stat().st_dev:
            yield _disk("archive's disk", archive)


def _there(folder: Path) -> Path:
    """A folder, or the nearest above it that is there."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _disk(what: str, folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    said = f"{free / 1024**3:.1f} GiB free at {folder}"
    if free < LITTLE_DISK:
        return Check(what, "problem", said, "make room; a full disk stops the crawl, what was stored stays")
    return Check(what, "ok", said)


def _archive(settings: Settings) -> Check:
    """It is the one thing that grows with the crawls and not with what they find."""
    if settings.archive is None:
        return Check("archive", "ok", "none is kept")
    bounds = [name for name in BOUNDS if os.environ.get(name)]
    if bounds:
        return Check("archive", "ok", ", ".join(f"{name}={os.environ[name]}" for name in bounds))
    do = "FRONTNEWS_ARCHIVE_MAX_SIZE=20G for the clock (docs/archive.md)"
    return Check("archive", "note", "no bound is set here: each crawl adds to it, for ever", do)


def _registry(settings: Settings) -> Generator[Check, None, list[Portal]]:
    """Yield the check and return the portals."""
    from spiders.registry import RegistryProblem, load_registry

    try:
        portals = list(load_registry(settings.registry))
    except RegistryProblem as problem:
        yield Check("registry", "problem", str(problem), "correct the record; the message has file and line")
        return []
    if not portals:
        yield Check("registry", "problem", "it has no portals", "FRONTNEWS_REGISTRY names another folder?")
    else:
        yield Check("registry", "ok", many(len(portals), "portal"))
    return portals


def _network(portal: Portal) -> Iterator[Check]:
    from urllib.parse import urlsplit

    parts = urlsplit(portal.url)
    host, tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    ask = "is the network up? see /etc/resolv.conf, firewall and proxy"
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        yield Check("DNS", "problem", f"{host} has no address: {error.strerror or error}", ask)
        return
    yield Check("DNS", "ok", f"{host} has an address")
    try:
        with socket.create_connection((host, port), SECONDS) as connection:
            if not tls:
                yield Check("TLS", "note", f"{host} was reached, it is asked without TLS")
                return
            context = ssl.create_default_context()
            with context.wrap_socket(connection, server_hostname=host) as secure:
                yield Check("TLS", "ok", f"{secure.version()} with {host}")
    except ssl.SSLCertVerificationError as error:
        said = f"{host}: {error.verify_message}"
        yield Check(
            "TLS", "note", said, "its crawl goes on with a warning; many others too: ca-certificates?"
        )
    except OSError as error:
        said = f"{host}, port {port}, cannot be reached: {error.strerror or error}"
        yield Check("TLS", "note", said, f"only this portal? frontnews portals check {portal.id}")


def _notifications(settings: Settings) -> Check:
    from crawler.notifying import Notifying, NotifyProblem, check

    try:
        to = Notifying.from_environment([str(network) for network in settings.allow])
        kinds = check(to)
    except NotifyProblem as problem:
        return Check("messages", "problem", str(problem), "correct it; then frontnews alerts test")
    if not kinds:
        return Check(
            "messages", "note", "nobody is told of alarms", "set FRONTNEWS_NOTIFY (docs/operating.md)"
        )
    return Check("messages", "ok", f"alarms go to {', '.join(kinds)}")


def _part(what: str, module: str, without: str, extra: str) -> Check:
    if importlib.util.find_spec(module) is None:
        return Check(what, "note", f"not installed: {without}", f"install frontnews[{extra}] if you want it")
    return Check(what, "ok", "installed")


def _chromium() -> Check:
    from crawler.fetching.browser import find_chromium

    found = find_chromium()
    if importlib.util.find_spec("playwright") is None:
        do = "install frontnews[browser] if you want it"
        return Check("Chromium extra", "note", "not installed: portals that need JavaScript stay empty", do)
    if found is None:
        return Check("Chromium extra", "note", "installed, but there is no Chromium", "install chromium")
    return Check("Chromium extra", "ok", found)
