"""The one gate for every outgoing request: address guard, turn, header cap, whole and unpacked bodies.

Scrapy's HTTP/1.1 handler does the transfer. Crawled pages, robots.txt and discovery all come through here.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Headers, HtmlResponse, TextResponse
from scrapy.utils._download_handlers import normalize_bind_address, wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from service_identity import VerificationError
from twisted.web.http_headers import Headers as TxHeaders
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.fetching.address import AddressGuard, GuardedResolver, host_and_port, resolve
from crawler.fetching.causes import causes
from crawler.fetching.decompress import decompress
from crawler.fetching.permit import PERMIT
from crawler.fetching.transfer import CappedFactory, LeanAgent, QuickTimers, Transfer
from crawler.fetching.turns import Turns, pause

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

IDLE_SECONDS = 30
"""An unused connection is closed after so long (nginx keeps them for 75 s by default)."""

SERVER_SECONDS = 60.0
"""How long a name's address is taken for its queue: one look-up a minute, not one a request."""

VERIFY = True
"""Certificates are verified first; a host whose own does not hold is asked all the same, and said so."""

TURNS = Turns()
"""The queue before each server, shared by every crawler of the process."""


@implementer(IPolicyForHTTPS)
class CertificatePolicy:
    """Verifies certificates, except those of the servers in ``unverified`` (host and port -> why)."""

    def __init__(self, crawler: Crawler) -> None:
        self._strict = _ScrapyClientContextFactory.from_crawler(crawler)
        self._strict._verify_certificates = VERIFY
        self._lenient = _ScrapyClientContextFactory.from_crawler(crawler)
        self.unverified: dict[tuple[str, int], str] = {}

    def creatorForNetloc(self, hostname: bytes, port: int) -> object:  # noqa: N802
        """Return how to open TLS to a server (IPolicyForHTTPS)."""
        known = (hostname.decode("ascii"), port) in self.unverified
        return (self._lenient if known else self._strict).creatorForNetloc(hostname, port)


def certificate_fault(error: BaseException) -> str | None:
    """Return what is wrong with a certificate, None where something else failed."""
    for cause in causes(error):
        if isinstance(cause, VerificationError):
            return "it is another host's"
        if isinstance(cause, SSL.Error) and "certificate verify failed" in str(cause):
            return "it is expired, or nobody known has signed it"
    return None


class GuardedHandler(HTTP11DownloadHandler):
    """Downloads http and https under the guard, in turn, within limits.

    Settings: FRONTNEWS_ALLOW_ADDRESSES (CIDR list), FRONTNEWS_DELAY (seconds), DOWNLOAD_MAXSIZE (bytes,
    before and after unpacking). The spider's ``delay``, where it has one, is the portal's own wish.
    ``request.meta``: ``crawl_delay`` in; ``server`` out, whose queue the request has joined, and ``sent``
    (monotonic seconds at which it had its turn).
    Raises FetchRefused and Scrapy's download exceptions; causes.error_of_exception classes both.
    """

    unpack_limit: int = 0
    """Bytes that a body may unpack to; 0 stands for DOWNLOAD_MAXSIZE."""

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor

        super().__init__(crawler)
        self._pool._factory = CappedFactory
        # Twisted would send a request again at once when an idle connection turns out to be closed.
        self._pool.retryAutomatically = False
        self._pool.cachedConnectionTimeout = IDLE_SECONDS
        self._pool._reactor = QuickTimers()
        self.guard = AddressGuard(crawler.settings.getlist("FRONTNEWS_ALLOW_ADDRESSES"))
        self.delay = max(crawler.settings.getfloat("FRONTNEWS_DELAY"), getattr(crawler.spider, "delay", 0.0))
        self.resolver = GuardedResolver(self.guard)
        reactor.installNameResolver(self.resolver)
        self.unpack_limit: int = self.unpack_limit or self._default_maxsize
        self.certificates = CertificatePolicy(crawler)
        self._contextFactory = cast("IPolicyForHTTPS", self.certificates)
        self.timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self.agent = LeanAgent(
            reactor,
            self._contextFactory,
            self.timeout,
            normalize_bind_address(self._bind_address),
            self._pool,
        )
        headers = {
            **crawler.settings["DEFAULT_REQUEST_HEADERS"],
            "User-Agent": crawler.settings["USER_AGENT"],
        }
        self.headers = Headers(headers)
        """What each request carries that does not say otherwise; requests share it, nobody changes it."""
        self._sent: dict[str, TxHeaders] = {}
        self._servers: dict[tuple[str, int], tuple[str, float]] = {}

    async def download_request(self, request: Request) -> Response:
        """Fetch one request in its server's turn and return the unpacked response."""
        if request.headers:
            for name, values in dict.items(self.headers):
                request.headers.setdefault(name, values)
        else:
            request.headers = self.headers
        host, port = host_and_port(request.url)
        address = await self.server_of(host, port)
        seconds = pause(address, self.delay, request.meta.get("crawl_delay"))
        request.meta["server"] = (address, port)
        async with TURNS.turn((address, port), seconds):
            await PERMIT.granted()
            request.meta["sent"] = time.monotonic()
            try:
                response = await self.download_verified(request, (host, port))
            except CannotResolveHostError as error:
                raise self.resolver.refused.get(host, error) from error
        return self.unpacked(response)

    async def download_verified(self, request: Request, server: tuple[str, int]) -> Response:
        """Fetch with the server's certificate verified; if that fails, and only that, once more without.

        Half of the communes' certificates are expired or another host's. The page is public and asked for
        without secrets, so it is read; ``request.meta["tls_cert"]`` says what was wrong, for the run to show.
        """
        try:
            response = await self.transfer(request)
        except Exception as error:
            fault = certificate_fault(error)
            if fault is None or server in self.certificates.unverified:
                raise
            self.certificates.unverified[server] = f"the certificate does not hold: {fault}"
            response = await self.transfer(request)
        if server in self.certificates.unverified:
            request.meta["tls_cert"] = self.certificates.unverified[server]
        return response

    async def transfer(self, request: Request) -> Response:
        """Send a request and receive its answer. Raises Scrapy's download exceptions."""
        with wrap_twisted_exceptions():
            transfer = Transfer(
                self.agent,
                self._contextFactory,
                timeout=self.timeout,
                maxsize=self._default_maxsize,
                is_whole=self._fail_on_dataloss,
            )
            return await maybe_deferred_to_future(transfer.send(request, self.sent_with(request)))

    def sent_with(self, request: Request) -> TxHeaders:
        """Return the headers as Twisted sends them: for requests without any of their own put together once a
        server, with its name, without which Twisted would copy them: M (2026-11) 39 thousand instructions.
        """
        if request.headers is not self.headers:
            return TxHeaders(request.headers)
        site = "/".join(request.url.split("/", 3)[:3])
        known = self._sent.get(site)
        if known is None:
            known = self._sent[site] = TxHeaders(self.headers)
            known.addRawHeader(b"Host", self.agent.host_of(request.url))
        return known

    async def server_of(self, host: str, port: int) -> str:
        """Return the address whose queue a request joins, looked up anew every SERVER_SECONDS.

        What a connection is made to is looked up and checked again when it is made.
        """
        address, until = self._servers.get((host, port), ("", 0.0))
        if until < time.monotonic():
            address = (await resolve(host, port, self.guard))[0]
            self._servers[host, port] = address, time.monotonic() + SERVER_SECONDS
        return address

    def unpacked(self, response: Response) -> Response:
        """Return the response without content encodings. Raises FetchRefused for a body that is not whole."""
        listed = response.headers.getlist("Content-Encoding")
        encodings = [e.strip().lower() for line in listed for e in line.decode("latin-1").split(",")]
        if not encodings or not response.body:
            return response
        body = decompress(response.body, encodings, limit=self.unpack_limit)
        kind = HtmlResponse if b"html" in (response.headers.get("Content-Type") or b"") else type(response)
        if issubclass(kind, TextResponse):
            return response.replace(cls=kind, body=body, encoding=None)
        return response.replace(cls=kind, body=body)
