"""`frontnews dashboard`: the ops room in a browser."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import ExitCode, Settings, with_settings
from commands.problems import say, stop
from commands.store import opened

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI

    from dashboard.access import Access

GRACE = 3
"""Seconds that open streams get after SIGTERM."""


@with_settings
def dashboard(
    host: Annotated[str, typer.Option("--host", help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one")] = 8080,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            envvar="FRONTNEWS_PASSWORD_FILE",
            metavar="FILE",
            help="One password, or lines name:role:password (viewer, operator)",
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            envvar="FRONTNEWS_TOKEN_FILE",
            metavar="FILE",
            help="Tokens of programs that read, one a line",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="A name that the server goes by; may be repeated"),
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Serve the dashboard until stopped; beyond loopback it needs a password or a token."""
    from commands.dashboard_archive import archive_of
    from dashboard.app import create_app

    access = access_of(password_file, token_file, (host, *(allow_host or ())))
    if access.open and not is_loopback(host):
        stop(
            f"{host} can be reached by others: give --password-file or --token-file, or listen on 127.0.0.1",
            ExitCode.CONFIGURATION,
        )
    with listening(host, port) as listener, opened(settings) as engine:
        shown = f"[{host}]" if ":" in host else host
        say(f"the dashboard is at http://{shown}:{listener.getsockname()[1]}/ ; stop it with Ctrl-C")
        with archive_of(engine, settings) as (stored_page, read_again):
            app = create_app(engine, access, stored_page, read_again)
            code = serve(app, listener, quiet=settings.quiet)
    if code:
        raise typer.Exit(code)


def access_of(password_file: Path | None, token_file: Path | None, hosts: tuple[str, ...]) -> Access:
    """The rules of access from files and environment; a file that cannot be used ends the command."""
    from dashboard.access import Access, BadSecret, accounts_of, tokens_of

    try:
        passwords = secret(password_file, "FRONTNEWS_PASSWORD")
        tokens = secret(token_file, "FRONTNEWS_TOKEN")
        return Access(
            accounts_of(*passwords) if passwords else (), tokens_of(*tokens) if tokens else (), hosts
        )
    except BadSecret as problem:
        stop(str(problem), ExitCode.CONFIGURATION)


def secret(file: Path | None, variable: str) -> tuple[str, str] | None:
    """A secret and where it is from; None where neither file nor variable is given.

    Never from the command line, which every user of the machine can read.
    """
    if file is None:
        text = os.environ.get(variable)
        return (text, variable) if text else None
    try:
        if file.stat().st_mode & 0o004:
            say(f"frontnews: every user of this machine can read {file}; chmod 600 it")
        return file.read_text("utf-8"), str(file)
    except (OSError, UnicodeDecodeError) as problem:
        stop(f"{file} cannot be read: {problem}", ExitCode.CONFIGURATION)


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach an address."""
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


@contextlib.contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens; one line where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(256)  # before the address is said: whoever reads it may come at once
        except OSError as problem:
            stop(f"cannot listen on {host} port {port}: {problem.strerror}", ExitCode.CONFIGURATION)
        yield listener


def serve(app: FastAPI, listener: socket.socket, *, quiet: bool) -> int:
    """Serve until SIGTERM or Ctrl-C; the exit code of the signal that ended it."""
    import uvicorn

    ended_by = 0

    class Server(uvicorn.Server):
        """Leaves with our own exit status; uvicorn's would raise the signal again and die of it."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            def on_signal(number: int, frame: FrameType | None) -> None:
                nonlocal ended_by
                ended_by = ended_by or number
                app.state.closing = True
                self.handle_exit(number, frame)

            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, on_signal)
            yield

    config = uvicorn.Config(
        app, log_level="error" if quiet else "warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=GRACE, timeout_keep_alive=30, proxy_headers=False,
    )  # fmt: skip
    Server(config).run(sockets=[listener])
    return 128 + ended_by if ended_by else 0
