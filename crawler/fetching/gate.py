"""HostGate, a downloader middleware: holds and robots.txt stand before every request, whoever makes it.

Both are remembered in the database, so a restart does not forget that a server asked for an hour of
peace, and robots.txt is not asked for by every run.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from OpenSSL import SSL
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.fetching.causes import causes, error_of_exception
from crawler.fetching.downloading import download
from crawler.fetching.holds import hold_until
from crawler.fetching.outcomes import FetchRefused
from crawler.fetching.robots import Robots, RobotsAnswer, origin, read_robots
from storage import certificates
from storage import holds as stored
from storage.engine import DatabaseProblem
from storage.lease import CLOCK_SKEW
from storage.said import Said

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.ssl import Certificate

    from crawler.saving import Writer

ROBOTS_REDIRECTS = 5
"""RFC 9309 2.3.1.2: at least five in a row are followed, over hosts as well."""

CERTIFICATE_NOTED = timedelta(days=1)
"""How often a certificate that is the same is written down again, so that one can see that it was seen."""


@dataclass(slots=True)
class _Kept:
    robots: Robots
    until: datetime


class HostMemory:
    """What the process knows of hosts, over the portals that share them: holds and robots.txt.

    ``writer`` keeps it over restarts; with ``read_only`` (a dry run) what is new lasts only as long as this
    object.
    """

    def __init__(self, writer: Writer | None = None, *, read_only: bool = False) -> None:
        self._writer = writer
        self._pen = None if read_only else writer
        self._holds: dict[str, datetime] = {}
        self._robots: dict[str, _Kept] = {}
        self._asking: dict[str, asyncio.Lock] = {}
        self._certificates: dict[str, tuple[datetime, datetime]] = {}

    def asking(self, site: str) -> asyncio.Lock:
        """Return the lock under which the robots.txt of an origin is asked for, so that it is asked once."""
        return self._asking.setdefault(site, asyncio.Lock())

    async def held_until(self, host: str) -> datetime | None:
        """Return until when ``host`` (``name`` or ``name:port``) is left alone, None if it may be asked."""
        now = datetime.now(UTC)
        if host not in self._holds:
            until = await self._writer.run(stored.held_until, host) if self._writer else None
            self._holds[host] = until or now
        return self._holds[host] if self._holds[host] > now else None

    async def hold(self, host: str, until: datetime, reason: str, said: Said) -> None:
        """Leave ``host`` alone until ``until``; a longer hold stands."""
        if self._holds.get(host, until) > until:
            return
        self._holds[host] = until
        if self._pen:
            await self._pen.run(stored.hold, host, until, reason, said)

    async def robots(self, site: str) -> Robots | None:
        """Return the rules of an origin, None if they must be asked for (again)."""
        now = datetime.now(UTC)
        if site not in self._robots and self._writer:
            row = await self._writer.run(stored.robots, site)
            answer = read_robots(row.status, row.body, None) if row is not None else None
            # That it was unreachable is not remembered over a restart: the operator may have mended it.
            # What came by a time that has since been set back would be believed until then.
            if row is not None and answer is not None and row.fetched_at > now + CLOCK_SKEW:
                answer = None
            if row is not None and answer is not None and answer.access != "none":
                self._robots[site] = _kept(answer, row.fetched_at)
        kept = self._robots.get(site)
        return kept.robots if kept and kept.until > now else None

    def robots_met(self) -> dict[str, Robots]:
        """Return the rules of the origins that were asked for anything, by origin."""
        return {site: kept.robots for site, kept in self._robots.items()}

    async def keep_robots(self, site: str, answer: RobotsAnswer, status: int, body: bytes) -> Robots:
        """Remember the robots.txt of an origin; ``status`` 0 stands for no answer at all."""
        now = datetime.now(UTC)
        self._robots[site] = _kept(answer, now)
        if self._pen:
            await self._pen.run(stored.save_robots, site, status=status, body=body, fetched_at=now)
        return self._robots[site].robots

    async def keep_certificate(self, host: str, ends_at: datetime) -> None:
        """Remember until when the certificate of ``host`` holds; written when it is another, and daily."""
        now = datetime.now(UTC)
        known, written = self._certificates.get(host, (None, now))
        if known == ends_at and now - written < CERTIFICATE_NOTED:
            return
        self._certificates[host] = ends_at, now
        if self._pen:
            await self._pen.run(certificates.keep, host, ends_at)


def _kept(answer: RobotsAnswer, fetched_at: datetime) -> _Kept:
    return _Kept(Robots(answer), answer.kept_until(fetched_at))


def end_of(certificate: Certificate | None) -> datetime | None:
    """Return the end of a certificate's validity; None of a plain connection, and of an unreadable date."""
    if certificate is None:
        return None
    printed = certificate.original.get_notAfter()
    try:
        return datetime.strptime((printed or b"").decode("ascii"), "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


class HostGate:
    """Refuses requests to held hosts and to what robots.txt forbids; notes holds from answers.

    Raises FetchRefused ``rate_limited``, ``robots_disallow`` or ``robots_unreachable``. Sets
    ``request.meta["crawl_delay"]`` for the handler, and ``asked_robots`` (monotonic seconds) while it asks.
    The spider brings the HostMemory (``host_memory``) that all portals of the process share.
    """

    def __init__(self, crawler: Crawler, memory: HostMemory) -> None:
        self.crawler = crawler
        self.memory = memory

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostGate:
        """Build the gate with the memory that the spider brings (``host_memory``), else one of its own."""
        return cls(crawler, getattr(crawler.spider, "host_memory", None) or HostMemory())

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or raise FetchRefused."""
        site = origin(request.url)
        until = await self.memory.held_until(urlsplit(request.url).netloc)
        if until is not None:
            raise FetchRefused("rate_limited", f"held until {until:%Y-%m-%d %H:%M:%S} UTC", until)
        if request.meta.get("is_robots"):
            return
        request.meta["asked_robots"] = time.monotonic()
        async with self.memory.asking(site):
            robots = await self.memory.robots(site) or await self.ask_robots(site)
        del request.meta["asked_robots"]
        if not robots.allows(request.url):
            if robots.answer.access == "none":
                raise FetchRefused("robots_unreachable", robots.answer.reason or "robots.txt does not answer")
            raise FetchRefused("robots_disallow", "forbidden by robots.txt")
        request.meta["crawl_delay"] = robots.crawl_delay

    async def process_response(self, request: Request, response: Response) -> Response:
        """Note until when its certificate holds, and how long the server wants to be left alone.

        That is said by 429, and by 503 with Retry-After.
        """
        ends_at = end_of(response.certificate)
        if ends_at is not None:
            await self.memory.keep_certificate(urlsplit(request.url).netloc, ends_at)
        header = response.headers.get("Retry-After")
        if response.status == 429 or (response.status == 503 and header is not None):
            retry_after = header.decode("latin-1") if header else None
            until = hold_until(retry_after, datetime.now(UTC))
            said = Said("hold.answered", {"status": response.status})
            host = urlsplit(request.url).netloc
            await self.memory.hold(host, until, f"answered {response.status}", said)
            request.meta["held_until"] = until
        return response

    async def ask_robots(self, site: str) -> Robots:
        """Fetch the robots.txt of an origin and remember what it came to.

        A server that cannot be connected to at all raises its own class, which says more than
        ``robots_unreachable``.
        """
        url = f"{site}/robots.txt"
        status, body = 0, b""
        try:
            response = await self.follow(url)
        except DatabaseProblem:
            raise  # else the host would be left alone for a fault of ours
        except Exception as error:
            refused = error_of_exception(error)
            no_tls = any(isinstance(cause, SSL.Error) for cause in causes(error))
            if no_tls or refused in ("dns", "connect", "blocked_address", "rate_limited"):
                raise
            answer = RobotsAnswer("none", reason=f"robots.txt: {error} [{refused}]")
        else:
            status, body = response.status, response.body
            content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
            answer = read_robots(status, body, content_type)
        return await self.memory.keep_robots(site, answer, status, body)

    async def follow(self, url: str) -> Response:
        """Fetch ``url`` over redirects. Raises FetchRefused ``robots_unreachable`` for a chain too long."""
        for _ in range(ROBOTS_REDIRECTS + 1):
            request = Request(url, meta={"is_robots": True}, callback=NO_CALLBACK, dont_filter=True)
            response = await download(self.crawler, request)
            location = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                return response
            url = urljoin(url, location.decode("latin-1"))
        raise FetchRefused("robots_unreachable", "robots.txt redirects without end")
