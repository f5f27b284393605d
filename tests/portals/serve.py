"""The demo portals as running websites on loopback, one port each.

    python -m tests.portals.serve --registry DIR [--port-base N] [--access-log FILE]

writes the registry of the running portals to DIR, prints their addresses and serves until SIGTERM.
``POST /__demo__/edit`` on any of the ports makes the one edit that a second crawl should find.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Literal

import yaml

from tests.portals.corpus import VIETNAM, Entry, write_corpus
from tests.portals.http_values import Request, Response
from tests.portals.portals import PORTALS, DemoPortal
from tests.portals.theme import Theme
from tests.portals.themes import THEMES
from tests.portals.truth import Expectation, Truth, expect, truth_of

EDIT_PATH = "/__demo__/edit"


@dataclass(frozen=True, slots=True)
class Access:
    """One request as a portal saw it; ``at`` is seconds since the epoch."""

    at: float
    portal: str
    method: str
    target: str
    status: int
    bytes: int
    user_agent: str
    conditional: bool


class PortalServer(ThreadingHTTPServer):
    """One portal on one port."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, portal: DemoPortal, entries: Sequence[Entry], port: int, sites: DemoSites) -> None:
        super().__init__(("127.0.0.1", port), PortalHandler)
        self.portal = portal
        self.sites = sites
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        self.theme: Theme = THEMES[portal.platform](portal, entries, self.url, sites.today)


class PortalHandler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 with keep-alive for a :class:`PortalServer`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    """Headers and body leave in one write."""
    timeout = 30
    server: PortalServer

    def do_GET(self) -> None:
        self.reply(b"")

    def do_HEAD(self) -> None:
        self.reply(b"")

    def do_POST(self) -> None:
        self.reply(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def reply(self, body: bytes) -> None:
        """Answer the request, note it in the access log."""
        if self.command == "POST" and self.path == EDIT_PATH:
            found = Response(self.server.sites.edit().encode(), "text/plain; charset=utf-8")
        else:
            found = self.server.theme.respond(Request.of(self.command, self.path, body))
        headers = {"Content-Type": found.content_type, **found.headers}
        status, content = found.status, found.body
        if self.server.portal.validators and status == 200 and self.command != "POST":
            headers["ETag"] = f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'
            if found.modified:
                headers["Last-Modified"] = format_datetime(found.modified.astimezone(UTC), usegmt=True)
            if self.is_fresh(headers):
                status, content = 304, b""
        if self.server.portal.compress and content and "gzip" in self.headers.get("Accept-Encoding", ""):
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            content = gzip.compress(content, 5, mtime=0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.server.sites.note(
            Access(
                time.time(),
                self.server.portal.id,
                self.command,
                self.path,
                status,
                len(content),
                self.headers.get("User-Agent", ""),
                "If-None-Match" in self.headers or "If-Modified-Since" in self.headers,
            )
        )

    def is_fresh(self, headers: dict[str, str]) -> bool:
        """Whether the client's copy is today's (RFC 9110 section 13.1: an ETag outweighs a date)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return headers["ETag"] in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        since = self.headers.get("If-Modified-Since")
        if since is None or "Last-Modified" not in headers:
            return False
        try:
            return parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)
        except ValueError:
            return False

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the access log is kept by :meth:`DemoSites.note`."""


class DemoSites:
    """All demo portals, running while the context lasts.

    ``today`` (a day in Vietnam, by default today's) fixes every date, ``seed`` every text; ``port_base``
    gives the first portal's port, 0 lets the system choose; ``access_log`` also writes each request as
    a line of JSON. OSError where a port is taken.
    """

    edited_portal: ClassVar[str] = PORTALS[0].id

    def __init__(
        self,
        today: date | None = None,
        *,
        seed: str = "frontnews",
        port_base: int = 0,
        access_log: Path | None = None,
    ) -> None:
        self.today = today or datetime.now(VIETNAM).date()
        self.port_base = port_base
        self.access: list[Access] = []
        self.servers: dict[str, PortalServer] = {}
        self._corpus = write_corpus(self.today, seed)
        self._access_log = access_log.open("a", encoding="utf-8") if access_log else None
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> DemoSites:
        try:
            for at, portal in enumerate(PORTALS):
                port = self.port_base + at if self.port_base else 0
                self.servers[portal.id] = PortalServer(portal, self._corpus[portal.id], port, self)
        except OSError:
            for server in self.servers.values():
                server.server_close()
            raise
        for server in self.servers.values():
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=server.portal.id)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self.servers.values():
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()
        if self._access_log:
            self._access_log.close()

    @property
    def addresses(self) -> dict[str, str]:
        """Base address of each portal by its id."""
        return {portal: server.url for portal, server in self.servers.items()}

    def truth(self) -> list[Truth]:
        """A row for each article of each portal, in its present state."""
        originals = {
            entry.text_id: self.url(entry)
            for server in self.servers.values()
            for entry in server.theme.entries.values()
            if entry.taken_from is None
        }
        rows: list[Truth] = []
        for server in self.servers.values():
            theme = server.theme
            sections = {s.slug: theme.base_url + theme.section_path(s) for s in server.portal.sections}
            rows += (
                truth_of(
                    entry, self.url(entry), theme.key(entry), sections, originals.get(entry.taken_from or "")
                )
                for entry in theme.entries.values()
            )
        return rows

    def url(self, entry: Entry) -> str:
        """Absolute address of an article."""
        theme = self.servers[entry.portal.id].theme
        return theme.base_url + theme.article_path(entry)

    def edit(self) -> str:
        """Edit one paragraph of one article of yesterday, once; answers with the article's address."""
        theme = self.servers[self.edited_portal].theme
        with self._lock:
            entry = self._edited()
            if entry.number not in theme.edited_at:
                entry = theme.edit(entry.number, datetime.now(VIETNAM).replace(microsecond=0))
        return self.url(entry)

    def expected(
        self, order: Sequence[str] | None = None, *, scope: Literal["front", "all"] = "front"
    ) -> Expectation:
        """What two crawls with :meth:`edit` between them come to; ``order``: portal ids as crawled."""
        order = order or [portal.id for portal in PORTALS]
        return expect(self.truth(), order, [self.url(self._edited())], scope)

    def registry(self, folder: Path) -> Path:
        """Write the registry of the running portals, a file per province, into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        files: dict[str, list[DemoPortal]] = {}
        for portal in PORTALS:
            files.setdefault(portal.id.partition("/")[0], []).append(portal)
        for name, portals in files.items():
            record = {
                "province": portals[0].district.province_2024,
                "portals": [self._record(portal) for portal in portals],
            }
            text = yaml.safe_dump(record, allow_unicode=True, sort_keys=False, width=110)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return folder

    def note(self, access: Access) -> None:
        """Keep a request in the access log."""
        with self._lock:
            self.access.append(access)
            if self._access_log and not self._access_log.closed:
                self._access_log.write(json.dumps(asdict(access), ensure_ascii=False) + "\n")
                self._access_log.flush()

    def _edited(self) -> Entry:
        """The article that is edited: the newest of its portal's first section, told nowhere else."""
        theme = self.servers[self.edited_portal].theme
        return next(
            entry
            for entry in theme.listed(theme.portal.sections[0])
            if entry.story is None and entry.taken_from is None and not self._copied(entry)
        )

    def _copied(self, entry: Entry) -> bool:
        return any(
            other.taken_from == entry.text_id
            for server in self.servers.values()
            for other in server.theme.entries.values()
        )

    def _record(self, portal: DemoPortal) -> dict[str, object]:
        server = self.servers[portal.id]
        return {
            "id": portal.id,
            "name": portal.name,
            "url": server.url,
            "owner": portal.owner,
            "platform": portal.platform,
            "sections": [
                {"path": server.theme.section_path(section), "scope": section.scope, "name": section.name}
                for section in portal.sections
            ],
            "province_2024": portal.district.province_2024,
            "district_2024": portal.district.name,
            "province_2025": portal.district.province_2025,
            "confidence": "high",
        }


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.portals.serve", description=__doc__)
    parser.add_argument(
        "--registry", type=Path, metavar="DIR", help="write the portals' registry records here"
    )
    parser.add_argument("--port-base", type=int, default=0, metavar="N", help="the first portal's port")
    parser.add_argument("--access-log", type=Path, metavar="FILE", help="also write each request as JSON")
    parser.add_argument(
        "--today", type=date.fromisoformat, metavar="DAY", help="the newest article is of the day before"
    )
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    try:
        with DemoSites(options.today, port_base=options.port_base, access_log=options.access_log) as sites:
            if options.registry:
                sites.registry(options.registry)
            for portal, url in sites.addresses.items():
                print(f"{url}\t{portal}", flush=True)
            while not stop.wait(timedelta(hours=1).total_seconds()):
                pass
    except OSError as problem:
        print(f"demo portals cannot start: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
