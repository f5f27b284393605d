"""Hundreds of tiny portals in one thread, each on a port of its own, and what was asked of them.

All are served by one event loop, so that a test of the clock measures the clock.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from storage.portals import Portal, Section

ARTICLE = """<!doctype html><html lang=vi><head><title>{title}</title></head><body><main><article>
<h1>{title}</h1><time datetime="{day}T08:00:00+07:00">{day}</time><div class=content>
<p>Sáng nay, Ủy ban MTTQ xã số {number} tổ chức lễ phát động ủng hộ quỹ vì người nghèo tại thôn {number}.</p>
<p>Bà con thôn {number} đã đóng góp {amount} đồng để sửa chữa nhà cho các hộ khó khăn trong mùa mưa bão.</p>
</div></article></main></body></html>"""
HOME = """<!doctype html><html lang=vi><head><title>Cổng thử</title></head><body><nav><ul>
<li><a href="{path}tin/">Tin Mặt trận Tổ quốc</a></li></ul></nav></body></html>"""
LISTING = """<!doctype html><html lang=vi><head><title>Tin Mặt trận</title></head><body><main>
<ul class=news><li><a href="{path}bai-{number}-{id}.html">{title}</a> <span>{day}</span></li>
<li><a href="{path}bai-{number}-{id}2.html">{title} lần hai</a> <span>{day}</span></li></ul></main>
</body></html>"""


@dataclass(frozen=True, slots=True)
class Hit:
    """One request: the portal's number, the path, and when its head had come and its answer was written."""

    portal: int
    path: str
    began: float
    ended: float


LONG = 600.0
"""Seconds for which an answer does not come, as far as a test is concerned."""


class Gate:
    """Holds answers back until it is opened, from whichever thread."""

    def __init__(self) -> None:
        self._open = threading.Event()

    def open(self) -> None:
        """Let all go on that wait and all that come."""
        self._open.set()

    async def passed(self) -> None:
        """Wait until it is open."""
        while not self._open.is_set():
            await asyncio.sleep(0.02)


@dataclass
class Stubs:
    """``count`` portals on ``servers`` ports (as many as portals, unless told). ``latency`` in seconds.

    ``on_request`` is told of each request before it is answered; it may return the seconds after which that
    is, or what is to be awaited first.
    """

    count: int
    servers: int | None = None
    latency: float = 0.02
    on_request: Callable[[str, str], float | Awaitable[None] | None] = field(
        default=lambda portal, path: None
    )
    hits: list[Hit] = field(default_factory=list)
    unlisted: Collection[int] = ()
    """Portals that the registry leaves out."""

    def __enter__(self) -> Stubs:
        self.loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._started.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(30)

    def portals(self) -> list[Portal]:
        """The records of the portals."""
        return [
            Portal(
                self.id(n), f"Cổng thử {n}", self.url(n), "front",
                sections=(Section(f"{self.path(n)}tin/", "front"),), province_2024="Thanh Hóa",
            )
            for n in range(self.count)
        ]  # fmt: skip

    def id(self, number: int) -> str:
        """The id of a portal."""
        return f"thanh_hoa/stub_{number:04}"

    def path(self, number: int) -> str:
        """The base path: portals of one server have one each."""
        return "/" if self.servers is None else f"/p{number}/"

    def url(self, number: int) -> str:
        """The base address of a portal."""
        return f"http://127.0.0.1:{self.ports[number % len(self.ports)]}{self.path(number)}"

    def registry(self, folder: Path) -> Path:
        """Write the registry of the stubs."""
        folder.mkdir(parents=True, exist_ok=True)
        portals = [
            {
                "id": p.id, "name": p.name, "url": p.url, "owner": "front", "platform": "generic",
                "sections": [{"path": s.path, "scope": s.scope} for s in p.sections],
                "province_2024": p.province_2024, "confidence": "high",
            }
            for n, p in enumerate(self.portals())
            if n not in self.unlisted
        ]  # fmt: skip
        text = yaml.safe_dump({"province": "Thanh Hóa", "portals": portals}, allow_unicode=True)
        (folder / "thanh_hoa.yaml").write_text(text, encoding="utf-8")
        return folder

    def hold_articles(self) -> list[str]:
        """Answer no request for an article any more; return where the paths of those that came are kept."""
        asked: list[str] = []

        def hold(portal: str, path: str) -> float | None:
            if "bai-" not in path:
                return None
            asked.append(path)
            return LONG

        self.on_request = hold
        return asked

    def crawls(self) -> dict[int, int]:
        """How often each portal's listing was asked for."""
        asked: dict[int, int] = defaultdict(int)
        for hit in list(self.hits):
            asked[hit.portal] += hit.path.endswith("/tin/")
        return asked

    def closest(self) -> float:
        """The shortest time between the end of one request to a server and the begin of the next, in s.

        Negative where two overlapped.
        """
        by_server: dict[int, list[Hit]] = defaultdict(list)
        for hit in sorted(self.hits, key=lambda hit: hit.began):
            by_server[hit.portal % len(self.ports)].append(hit)
        gaps = [
            later.began - earlier.ended
            for hits in by_server.values()
            for earlier, later in itertools.pairwise(hits)
        ]
        return min(gaps, default=float("inf"))

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._ended = asyncio.Event()
        self._answers: set[asyncio.Task[None]] = set()
        running = [
            await asyncio.start_server(self._answering(n), "127.0.0.1", 0, backlog=64)
            for n in range(self.servers or self.count)
        ]
        self.ports = [server.sockets[0].getsockname()[1] for server in running]
        self._started.set()
        await self._ended.wait()
        for server in running:
            server.close()
        for answering in self._answers:
            answering.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)
        await asyncio.sleep(0)  # the loop closes the sockets of what was closed in its next turn

    def _answering(
        self, server: int
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._answers.add(task)
            try:
                while head := await reader.readuntil(b"\r\n\r\n"):
                    began = time.monotonic()
                    path = head.split(b" ", 2)[1].decode()
                    number = server
                    if self.servers is not None and path.startswith("/p"):
                        number = int(path.split("/")[1][1:])
                    wait = self.on_request(self.id(number), path)
                    if wait is None or isinstance(wait, float):
                        wait = asyncio.sleep(self.latency if wait is None else wait)
                    await wait
                    # Before the last byte leaves: on a busy machine this process may sleep after sending,
                    # and the client's pause would be measured too short by as much.
                    ended = time.monotonic()
                    writer.write(self._page(number, path))
                    await writer.drain()
                    self.hits.append(Hit(number, path, began, ended))
            except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                pass  # asyncio's own callback would complain of a task that was cancelled
            finally:
                writer.transport.abort()  # a client that does not read has no hold on the end of a test
                self._answers.discard(task)

        return answer

    def _page(self, number: int, path: str) -> bytes:
        title = f"Ủy ban MTTQ xã số {number} phát động ủng hộ người nghèo đợt {number * 7}"
        values: dict[str, object] = {
            "number": number, "title": title, "path": self.path(number), "id": 1000 + number,
            "day": date(2026, 11, 1 + number % 20).isoformat(), "amount": 1000 * number,
        }  # fmt: skip
        status, body = "200 OK", ""
        if path.endswith("/tin/"):
            body = LISTING.format(**values)
        elif path == self.path(number):
            body = HOME.format(**values)
        elif "bai-" in path:
            values["title"] = title + (" lần hai" if path.endswith("2.html") else "")
            body = ARTICLE.format(**values)
        else:
            status = "404 Not Found"
        data = body.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(data)}"
        return f"{head}\r\n\r\n".encode() + data
