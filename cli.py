"""The `frontnews` command. Each subcommand lives in `commands/`; exit codes in `commands/options.py`."""

from __future__ import annotations

import signal

INTERRUPTIBLE = signal.getsignal(signal.SIGINT) is signal.default_int_handler
"""Whether Ctrl-C is for us: a shell's background jobs ignore it."""

if INTERRUPTIBLE:
    # While libraries are imported nothing has begun: Ctrl-C just ends the process, without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from crawler.garbage import without_collection

with without_collection():
    import logging
    import os
    import sys

    import typer

    from commands.menu import Menu
    from commands.options import ExitCode, remember
    from commands.problems import say
    from commands.streams import Unwritten, prepare, settle

if INTERRUPTIBLE:
    signal.signal(signal.SIGINT, signal.default_int_handler)

app = typer.Typer(
    name="frontnews",
    cls=Menu,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Crawl Vietnam's Fatherland Front and mass-organization news into one deduplicated database.",
)
app.callback(invoke_without_command=True)(remember)


def main() -> None:
    """Run the command line; every failure that has a name ends in one line and its exit code."""
    logging.captureWarnings(True)
    prepare()
    if os.environ.get("FRONTNEWS_LOG"):
        from crawler.logging import configure

        try:
            configure()
        except ValueError as problem:
            say(f"frontnews: {problem}")
            sys.exit(int(ExitCode.CONFIGURATION))
    try:
        try:
            app(prog_name="frontnews")
        finally:
            settle()
        return
    except KeyboardInterrupt:  # before a command has begun; later its own way to stop has it
        code = ExitCode.INTERRUPTED
    except Exception as problem:
        code = code_of(problem)
        if code is not ExitCode.UNEXPECTED:
            say(f"frontnews: {problem}")
        elif isinstance(problem, Unwritten):
            say(f"frontnews: stdout could not be written: {problem.strerror}")
        elif os.environ.get("FRONTNEWS_TRACEBACK"):
            raise
        else:
            say(
                f"frontnews: unexpected {type(problem).__name__}: {problem} "
                "(set FRONTNEWS_TRACEBACK=1 and run again to see where)"
            )
    sys.exit(int(code))


def code_of(problem: Exception) -> ExitCode:
    """The exit code of a failure. The classes are imported here: where nothing fails nobody needs them."""
    from spiders.registry import RegistryProblem, UnknownPortal
    from storage.engine import DatabaseProblem
    from storage.runs import AlreadyRunning

    for kind, code in (
        (RegistryProblem, ExitCode.CONFIGURATION),
        (UnknownPortal, ExitCode.USAGE),
        (DatabaseProblem, ExitCode.DATABASE),
        (AlreadyRunning, ExitCode.RUNNING),
    ):
        if isinstance(problem, kind):
            return code
    return ExitCode.UNEXPECTED


if __name__ == "__main__":
    main()
