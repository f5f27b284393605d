"""The dashboard on a real port of loopback, for as long as a test looks at it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve ``app`` and yield its address, without a final slash."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=2)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            app.state.closing = True
            server.should_exit = True
            thread.join(timeout=10)


def visit(address: str, **options: object) -> httpx.Client:
    """A browser without a screen: it keeps cookies and follows nothing by itself."""
    return httpx.Client(base_url=address, timeout=20, **options)  # type: ignore[arg-type]


def csrf_of(page: httpx.Response) -> str:
    """The token in a page's forms."""
    return page.text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
