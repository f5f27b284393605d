"""The one gate for every outgoing request: address guard, turn, header cap, whole and unpacked bodies.

Scrapy's HTTP/1.1 handler does the transfer. Crawled pages, robots.txt and discovery all come through here.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _BindAddressAgent,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _ScrapyAgent,
)
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Headers, HtmlResponse, TextResponse
from scrapy.utils._download_handlers import normalize_bind_address, wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from service_identity import VerificationError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.fetching.address import AddressGuard, GuardedResolver, host_and_port, resolve
from crawler.fetching.causes import causes
from crawler.fetching.decompress import decompress
from crawler.fetching.outcomes import FetchRefused
from crawler.fetching.permit import PERMIT
from crawler.fetching.turns import Turns, pause

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress, IProtocol, IProtocolFactory
    from twisted.web._newclient import Request as TwistedRequest
    from twisted.web.client import URI
    from twisted.web.iweb import IResponse

HEADER_LIMIT = 256 * 1024
"""Bytes of response headers. Scrapy has no cap: endless ones took 1.1 GB in 6 s (operations.md, no. 3)."""

_HTTP = b"HTTP/"

IDLE_SECONDS = 30
"""An unused connection is closed after so long (nginx keeps them for 75 s by default)."""

SERVER_SECONDS = 60.0
"""How long a name's address is taken for its queue: one look-up a minute, not one a request."""

VERIFY = True
"""Certificates are verified first; a host whose own does not hold is asked all the same, and said so."""

TURNS = Turns()
"""The queue before each server, shared by every crawler of the process."""


class CappedParser(_LenientHTTPClientParser):
    """Scrapy's lenient response parser, which gives up past HEADER_LIMIT bytes of headers."""

    received = 0
    _begun = b""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Take bytes off the wire; what does not begin like HTTP/1 is no answer (HTTP/0.9, say)."""
        if len(self._begun) < len(_HTTP):
            self._begun += data[: len(_HTTP) - len(self._begun)]
            if not _HTTP.startswith(self._begun):
                raise FetchRefused("protocol", "the server does not answer in HTTP/1")
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        """Take one line of the header section (without its line feed)."""
        self.received += len(line) + 1
        if self.received > HEADER_LIMIT:
            raise FetchRefused("header_too_large", f"response headers exceed {HEADER_LIMIT} bytes")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        """One header line alone is longer than Twisted's line limit."""
        raise FetchRefused("header_too_large", f"a header line of more than {len(line)} bytes")


class CappedProtocol(_LenientHTTP11ClientProtocol):
    """A client connection that reads responses with CappedParser."""

    def request(self, request: TwistedRequest) -> Deferred[IResponse]:
        """Send one request (the parent puts its own parser in place; ours follows by the same way)."""
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = CappedParser
        return answer


class CappedFactory(_LenientHTTP11ClientFactory):
    """Builds CappedProtocol connections for the pool."""

    def buildProtocol(self, addr: IAddress | None) -> CappedProtocol:  # noqa: ARG002, N802
        """Return the protocol of a new connection."""
        return CappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


@implementer(IStreamClientEndpoint)
class LateEndpoint:
    """An endpoint that is put together when a connection is made, which one page in many needs.

    Twisted makes one for each request, host name in IDNA and all: M (2026-11) 0.15 million instructions.
    """

    def __init__(self, make: Callable[[URI], IStreamClientEndpoint], uri: URI) -> None:
        self._make = make
        self._uri = uri

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:  # noqa: N803
        """Connect (IStreamClientEndpoint)."""
        return self._make(self._uri).connect(protocolFactory)  # type: ignore[call-arg,misc]  # zope's have no self


class LeanAgent(_BindAddressAgent):
    """Scrapy's agent, with LateEndpoint."""

    def _getEndpoint(self, uri: URI) -> LateEndpoint:  # noqa: N802
        return LateEndpoint(super()._getEndpoint, uri)


class Transfer(_ScrapyAgent):
    """The transfer of one request, by the one agent of its handler: there is no proxy to choose by."""

    def __init__(self, handler: GuardedHandler) -> None:
        super().__init__(
            contextFactory=handler._contextFactory,
            connectTimeout=handler.timeout,
            maxsize=handler._default_maxsize,
            fail_on_dataloss=handler._fail_on_dataloss,
            crawler=handler.crawler,
        )
        self._agent = handler.agent

    def _get_agent(self, request: Request, timeout: float) -> LeanAgent:  # noqa: ARG002
        return self._agent


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
    Raises FetchRefused and Scrapy's download exceptions; outcomes.error_of_exception classes both.
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
        self.headers = tuple(Headers(headers).items())
        """What each request carries that does not say otherwise."""
        self._servers: dict[tuple[str, int], tuple[str, float]] = {}

    async def download_request(self, request: Request) -> Response:
        """Fetch one request in its server's turn and return the unpacked response."""
        for name, values in self.headers:
            request.headers.setdefault(name, values)
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
            return await maybe_deferred_to_future(Transfer(self).download_request(request))

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
