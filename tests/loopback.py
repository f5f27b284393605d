"""A web server for tests, on loopback, that answers with exactly the bytes it is told to.

``Site`` counts what it was asked and when, so tests can look at the crawler from the server's side.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from io import BufferedReader
from typing import Self

Chunks = Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it; ``at`` is monotonic seconds of its first byte read."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float


Reply = bytes | Chunks | None
"""What is sent: at once, or in chunks and then the end of the connection; None resets it."""

Answer = bytes | Callable[[Asked], Reply]


def http(
    body: str | bytes = b"",
    status: str = "200 OK",
    content_type: str = "text/html; charset=utf-8",
    **headers: str,
) -> bytes:
    """Build a whole answer; ``Retry_After="5"`` becomes a header."""
    data = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": content_type, "Content-Length": str(len(data)), "Date": formatdate(usegmt=True)}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + data


def page(text: str, title: str = "Trang") -> bytes:
    """Build the answer of a small HTML page."""
    return http(f"<!doctype html><html><head><title>{title}</title></head><body>{text}</body></html>")


def redirect(target: str, status: str = "302 Found") -> bytes:
    """Build a redirect."""
    return http(b"", status, Location=target)


TLS = b"\x16"
"""How a client begins that wants to speak TLS. As a line it would be waited for until the client gives up."""
NOT_FOUND = http("<html><body>không tìm thấy</body></html>", "404 Not Found")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    site: Site


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    rfile: BufferedReader

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError, ssl.SSLError, ValueError):
            while self.answer():
                pass

    def answer(self) -> bool:
        first = b"" if self.rfile.peek(1).startswith(TLS) else self.rfile.readline(65536)
        if not first.strip():
            return False
        at = time.monotonic()
        method, path, _ = first.decode("latin-1").split(" ", 2)
        headers: dict[str, str] = {}
        while (line := self.rfile.readline(65536).decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        asked = Asked(method, path, headers, body, at)
        answer = self.server.site.answer_to(asked)
        if answer is None:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return False
        for data in (answer,) if isinstance(answer, bytes) else answer:
            self.wfile.write(data)
            self.wfile.flush()
        return isinstance(answer, bytes)


@dataclass
class Site:
    """One site. ``pages`` maps path and query to an answer: bytes, or a function of the request.

    A function may return an iterator of chunks (the connection closes after them). A path that is not there
    answers 404, robots.txt too; ``None`` as an answer resets the connection.
    """

    pages: dict[str, Answer | None] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    address: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one."""

    def __enter__(self) -> Self:
        self._server = _Server((self.address, self.port), _Handler)
        self._server.site = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def netloc(self) -> str:
        """Address and port."""
        return f"{self.address}:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """Base address with final slash."""
        return f"http://{self.netloc}/"

    def answer_to(self, asked: Asked) -> Reply:
        """Log a request and look its answer up."""
        self.log.append(asked)
        answer = self.pages.get(asked.path, NOT_FOUND)
        return answer(asked) if callable(answer) else answer

    def paths(self, *, robots: bool = False) -> list[str]:
        """Return what was asked for, in order."""
        return [a.path for a in self.log if robots or a.path != "/robots.txt"]
