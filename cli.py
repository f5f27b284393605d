"""The `frontnews` command. Each subcommand lives in `commands/`; exit codes in `commands/options.py`."""

from __future__ import annotations

import gc

_collecting = gc.isenabled()
gc.disable()  # what is imported stays: to look through it for garbage was a tenth of each start (measured)

import logging
import os
import sys

import typer

from commands import (
    alerts,
    archive,
    articles,
    crawl,
    dashboard,
    data,
    database,
    doctor,
    health,
    portals,
    read,
    readers,
    reprocess,
    runs,
    schedule,
    worker,
)
from commands.options import ExitCode, remember
from commands.problems import say

if _collecting:
    gc.enable()

app = typer.Typer(
    name="frontnews",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Crawl Vietnam's Fatherland Front and mass-organization news into one deduplicated database.",
)
app.callback(invoke_without_command=True)(remember)
app.command()(crawl.crawl)
app.command()(read.read)
app.command()(read.tag)
app.add_typer(portals.app, name="portals")
app.add_typer(schedule.app, name="schedule")
app.command()(worker.worker)
app.command()(runs.runs)
app.command()(runs.logs)
app.command()(runs.retry)
app.command()(runs.cancel)
app.command()(health.health)
app.command()(doctor.doctor)
app.add_typer(alerts.app, name="alerts")
app.command()(data.search)
app.command()(data.export)
app.command()(data.changes)
app.command()(readers.readers)
app.add_typer(articles.app, name="articles")
app.command()(reprocess.reprocess)
app.add_typer(archive.app, name="archive")
app.add_typer(database.app, name="db")
app.command()(dashboard.dashboard)


def main() -> None:
    """Run the command line; every failure that has a name ends in one line and its exit code."""
    from spiders.registry import RegistryProblem, UnknownPortal
    from storage.engine import DatabaseProblem
    from storage.runs import AlreadyRunning

    logging.captureWarnings(True)
    if os.environ.get("FRONTNEWS_LOG"):
        from crawler.logging import configure

        try:
            configure()
        except ValueError as problem:
            say(f"frontnews: {problem}")
            sys.exit(int(ExitCode.CONFIGURATION))
    code = ExitCode.UNEXPECTED
    try:
        app(prog_name="frontnews")
        return
    except (RegistryProblem, UnknownPortal) as problem:
        code = ExitCode.CONFIGURATION if isinstance(problem, RegistryProblem) else ExitCode.USAGE
        say(f"frontnews: {problem}")
    except DatabaseProblem as problem:
        code = ExitCode.DATABASE
        say(f"frontnews: {problem}")
    except AlreadyRunning as problem:
        code = ExitCode.RUNNING
        say(f"frontnews: {problem}")
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): leave without a second error at interpreter exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.UNEXPECTED
    except Exception as problem:
        if os.environ.get("FRONTNEWS_TRACEBACK"):
            raise
        say(
            f"frontnews: unexpected {type(problem).__name__}: {problem} "
            "(set FRONTNEWS_TRACEBACK=1 and run again to see where)"
        )
    sys.exit(int(code))


if __name__ == "__main__":
    main()
