"""The portals of the fleet: thousands of small sites on hundreds of servers, and what each was asked.

A server is an address of its own in 127.0.0.0/8. All are served by one event loop in a thread, and each
request is noted with its begin and end on the machine's one monotonic clock: politeness is measured here.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from vietnam.stamps import VIETNAM

TOLERANCE = 0.002
"""Seconds: a timer that sleeps on milliseconds wakes up to one early, and time is read on either side."""

RECORD_DELAY = 0.4
ROBOTS_DELAY = 0.6
"""Pauses in seconds that the records of some servers' portals and the robots.txt of some others ask for."""

FIRST_ID = 1000

DAY = (datetime.now(VIETNAM) - timedelta(days=1)).date()
"""When all of it was published: lately, or every crawl would be found to list nothing of this week."""

SYLLABLES = """bà con thôn xã huyện tỉnh hội nghị mặt trận tổ quốc phụ nữ nông dân thanh niên cựu chiến binh
công đoàn phát động ủng hộ quỹ vì người nghèo xây dựng nhà đại đoàn kết khen thưởng tuyên truyền vận động giám
sát phản biện tiếp xúc cử tri bầu trồng cây làm đường vệ sinh môi trường hiến máu tặng quà gia đình"""

LISTING = """<!doctype html><html lang=vi><head><title>Tin Mặt trận</title></head><body><main>
<ul class=news>{rows}</ul></main></body></html>"""
ROW = '<li><a href="{path}bai-{number}-{id}.html">{title}</a> <span>{day:%d/%m/%Y}</span></li>'
ARTICLE = """<!doctype html><html lang=vi><head><title>{title}</title></head><body><main><article>
<h1>{title}</h1><time datetime="{day:%Y-%m-%d}T08:00:00+07:00">{day:%d/%m/%Y}</time><div class=content>
<p>{first}.</p><p>{second}.</p></div></article></main></body></html>"""
ENDLESS = "<!-- a page that is read for ever -->"
"""A mark on a page at which the reading of benchmarks.chaos_faults never ends."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One request: server, portal (None for robots.txt), path, and its begin and end in monotonic seconds."""

    server: int
    portal: int | None
    path: str
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Breach:
    """Two requests to a server with less than its pause between them, in s; below 0 they overlapped."""

    server: int
    gap: float
    promised: float
    later: Hit


@dataclass
class FleetSites:
    """``portals`` on ``servers``; a third of these ask for a pause by record, a third by robots.txt.

    Each portal has ``first`` articles, and publishes one more every ``grow`` seconds, if that is given.
    """

    portals: int
    servers: int
    delay: float = 0.2
    latency: float = 0.01
    first: int = 1
    grow: float | None = None
    hits: list[Hit] = field(default_factory=list)
    silent: set[int] = field(default_factory=set)
    """Servers that take a request and never answer, while they are in here."""
    endless: set[int] = field(default_factory=set)
    """Portals whose listing hangs whoever reads it, while they are in here."""
    _frozen: list[int] | None = None

    def __enter__(self) -> FleetSites:
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        if not self._started.wait(60):
            raise RuntimeError("the sites of the fleet did not come up in a minute")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(30)

    def id(self, portal: int) -> str:
        """The id of a portal in the registry."""
        return f"thanh_hoa/fleet_{portal:04}"

    def number(self, portal_id: str) -> int:
        """The portal of an id."""
        return int(portal_id.rpartition("_")[2])

    def server_of(self, portal: int) -> int:
        """The server on which a portal stands."""
        return portal % self.servers

    def address(self, server: int) -> str:
        """The IP address of a server."""
        return f"127.{20 + server // 50_000}.{server // 250 % 200}.{server % 250 + 1}"

    def url(self, portal: int) -> str:
        """The base address of a portal."""
        return f"http://{self.address(self.server_of(portal))}:{self.port}/p{portal}/"

    def promised(self, server: int) -> float:
        """The pause in seconds that a server is promised."""
        return (self.delay, max(self.delay, RECORD_DELAY), max(self.delay, ROBOTS_DELAY))[server % 3]

    def registry(self, folder: Path) -> Path:
        """Write the registry of the fleet."""
        folder.mkdir(parents=True, exist_ok=True)
        records = []
        for portal in range(self.portals):
            record: dict[str, object] = {
                "id": self.id(portal), "name": f"Cổng {portal}", "url": self.url(portal), "owner": "front",
                "platform": "generic", "sections": [{"path": f"/p{portal}/tin/", "scope": "front"}],
                "province_2024": "Thanh Hóa", "confidence": "high",
            }  # fmt: skip
            if self.server_of(portal) % 3 == 1:
                record["delay"] = RECORD_DELAY
            records.append(record)
        text = yaml.safe_dump({"province": "Thanh Hóa", "portals": records}, allow_unicode=True)
        (folder / "thanh_hoa.yaml").write_text(text, encoding="utf-8")
        return folder

    def published(self, portal: int) -> int:
        """How many articles a portal has published by now."""
        if self._frozen is not None:
            return self._frozen[portal]
        if self.grow is None:
            return self.first
        age = time.monotonic() - self._began + self.grow * (portal % 17) / 17
        return self.first + int(age / self.grow)

    def freeze(self) -> dict[str, str]:
        """Publish nothing any more; return the address of every article, each with its portal's id."""
        self._frozen = [self.published(portal) for portal in range(self.portals)]
        return {
            f"{self.url(portal)}bai-{portal}-{FIRST_ID + n}.html": self.id(portal)
            for portal, count in enumerate(self._frozen)
            for n in range(count)
        }

    def breaches(self) -> list[Breach]:
        """Where a server was asked sooner than it was promised."""
        return [
            Breach(server, gap, promised, later)
            for server, gap, promised, later in self._gaps()
            if gap < promised - TOLERANCE
        ]

    def margin(self) -> float:
        """The least seconds by which a pause was longer than promised."""
        return min((gap - promised for _, gap, promised, _ in self._gaps()), default=float("inf"))

    def listings(self) -> Counter[int]:
        """How often each portal's listing was asked for."""
        return Counter(
            hit.portal for hit in list(self.hits) if hit.portal is not None and hit.path.endswith("/tin/")
        )

    def _gaps(self) -> Iterator[tuple[int, float, float, Hit]]:
        by_server: dict[int, list[Hit]] = defaultdict(list)
        for hit in sorted(self.hits, key=lambda hit: hit.began):
            by_server[hit.server].append(hit)
        for server, hits in by_server.items():
            for earlier, later in itertools.pairwise(hits):
                # What robots.txt asks for is known when it has been read, after the pause has begun.
                unread = server % 3 == 2 and earlier.path == "/robots.txt"
                told = self.delay if unread else self.promised(server)
                yield server, later.began - earlier.ended, told, later

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._ended = asyncio.Event()
        self._began = time.monotonic()
        self._server_at = {self.address(server): server for server in range(self.servers)}
        first = await asyncio.start_server(self._answer, self.address(0), 0, backlog=256)
        self.port = first.sockets[0].getsockname()[1]
        others = list(self._server_at)[1:]
        running = [first]
        if others:
            running.append(await asyncio.start_server(self._answer, others, self.port, backlog=64))
        self._started.set()
        await self._ended.wait()
        for server in running:
            server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = self._server_at[writer.get_extra_info("sockname")[0]]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                began = time.monotonic()
                path = head.split(b" ", 2)[1].decode()
                portal = int(path.split("/")[1][1:]) if path.startswith("/p") else None
                await asyncio.sleep(self.latency)
                gone = await self._kept_waiting(server, reader)
                # Before the last byte leaves: this process may sleep after sending on a busy machine, and the
                # client's pause would be measured too short by as much.
                self.hits.append(Hit(server, portal, path, began, time.monotonic()))
                if gone:
                    break
                writer.write(self._page(server, portal, path))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _kept_waiting(self, server: int, reader: asyncio.StreamReader) -> bool:
        """Wait while a server is silent; whether whoever asked has gone away."""
        while server in self.silent:
            try:
                return not await asyncio.wait_for(reader.read(1), 0.2)
            except TimeoutError:
                continue
        return False

    def _page(self, server: int, portal: int | None, path: str) -> bytes:
        status, body = "200 OK", ""
        if path == "/robots.txt":
            body = f"User-agent: *\nCrawl-delay: {ROBOTS_DELAY}\n" if server % 3 == 2 else "User-agent: *\n"
        elif portal is not None and path.endswith("/tin/"):
            rows = [
                ROW.format(
                    path=f"/p{portal}/", number=portal, id=FIRST_ID + n, title=title_of(portal, n), day=DAY
                )
                for n in reversed(range(self.published(portal)))
            ]
            body = LISTING.format(rows="\n".join(rows)) + (ENDLESS if portal in self.endless else "")
        elif portal is not None and "bai-" in path:
            body = article(portal, int(path.rpartition("-")[2].removesuffix(".html")) - FIRST_ID)
        else:
            status = "404 Not Found"
        kind = "text/plain" if path == "/robots.txt" else "text/html"
        data = body.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(data)}"
        return f"{head}\r\n\r\n".encode() + data


def title_of(portal: int, number: int) -> str:
    """The title of an article."""
    return f"Mặt trận xã số {portal} {words(portal, number, 6, 'title')} đợt {number + 1}"


def article(portal: int, number: int) -> str:
    """The page of an article; no two have a sentence in common."""
    first, second = words(portal, number, 45, "first"), words(portal, number, 45, "second")
    return ARTICLE.format(
        title=title_of(portal, number), day=DAY, first=first.capitalize(), second=second.capitalize()
    )


def words(portal: int, number: int, count: int, what: str) -> str:
    """So many words, the same ones for the same article."""
    return " ".join(random.Random(f"{portal} {number} {what}").choices(SYLLABLES.split(), k=count))
