"""The transfer of one request by Twisted, within limits, without what Scrapy does for listeners and guesses.

crawler.fetching.handler decides what is asked for and when; here the bytes go out and come in.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar, cast

from scrapy.core.downloader.handlers.http11 import (
    _BindAddressAgent,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _RequestBodyProducer,
    _ScrapyAgent,
)
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Headers, HtmlResponse
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web._newclient import DONE, TransportProxyProducer
from twisted.web.client import URI
from twisted.web.iweb import UNKNOWN_LENGTH
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.fetching.outcomes import FetchRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress, IProtocol, IProtocolFactory
    from twisted.internet.tcp import Connection
    from twisted.web._newclient import Request as TwistedRequest
    from twisted.web._newclient import Response as TxResponse
    from twisted.web.http_headers import Headers as TxHeaders
    from twisted.web.iweb import IBodyProducer, IPolicyForHTTPS, IResponse

T = TypeVar("T")

HEADER_LIMIT = 256 * 1024
"""Bytes of response headers. Scrapy has no cap: endless ones took 1.1 GB in 6 s (operations.md, no. 3)."""

_HTTP = b"HTTP/"
_BLANK_LINE = b"\r\n\r\n"


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
        if self.line_mode and (end := data.find(_BLANK_LINE) + len(_BLANK_LINE)) >= len(_BLANK_LINE):
            # With the body behind them, Twisted copies it once a header line.
            super().dataReceived(data[:end])  # type: ignore[no-untyped-call]
            data = b"" if self.state == DONE else data[end:]
        if data:
            super().dataReceived(data)  # type: ignore[no-untyped-call]
        if isinstance(self.transport, LatePause):
            self.transport.pause_if_nobody_took_the_body()

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        """Take one line of the header section (without its line feed)."""
        self.received += len(line) + 1
        if self.received > HEADER_LIMIT:
            raise FetchRefused("header_too_large", f"response headers exceed {HEADER_LIMIT} bytes")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        """One header line alone is longer than Twisted's line limit."""
        raise FetchRefused("header_too_large", f"a header line of more than {len(line)} bytes")


class LatePause(TransportProxyProducer):
    """Twisted pauses a connection behind the headers until somebody takes the body, which ours do at once: so
    it is paused when all that was received is handed on, if nobody has by then.

    To stop and start listening takes an object of the event loop's and two calls of the system.
    """

    _is_to_pause = False

    def pauseProducing(self) -> None:  # noqa: N802
        """Receive no more, from the end of what is in hand."""
        self._is_to_pause = True

    def resumeProducing(self) -> None:  # noqa: N802
        """Receive again."""
        if self._is_to_pause:
            self._is_to_pause = False
        else:
            super().resumeProducing()  # type: ignore[no-untyped-call]

    def pause_if_nobody_took_the_body(self) -> None:
        """Pause where that is still asked for."""
        if self._is_to_pause:
            self._is_to_pause = False
            super().pauseProducing()  # type: ignore[no-untyped-call]


class CappedProtocol(_LenientHTTP11ClientProtocol):
    """A client connection that reads responses with CappedParser."""

    def request(self, request: TwistedRequest) -> Deferred[IResponse]:
        """Send one request (the parent puts its own parser in place; ours follows by the same way).

        At once: Twisted asks the event loop to tell when the connection takes bytes, which it does by then;
        for what it does not take now, that stands.
        """
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = CappedParser
            self._transportProxy.__class__ = LatePause
            cast("Connection", self.transport).doWrite()  # type: ignore[no-untyped-call]
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

    def host_of(self, url: str) -> bytes:
        """Return the Host header of a request for ``url``."""
        uri = URI.fromBytes(url.encode("ascii"))  # type: ignore[no-untyped-call]
        host: bytes = self._computeHostValue(uri.scheme, uri.host, uri.port)  # type: ignore[no-untyped-call]
        return host


class Unheard:
    """Stands for a crawler where Scrapy asks listeners of each header section and each piece of a body if
    they want the rest: nobody listens."""

    spider = None

    @property
    def signals(self) -> Unheard:
        """Where listeners would be told."""
        return self

    def send_catch_log(self, **_: object) -> list[tuple[object, object]]:
        """Tell nobody (scrapy.signalmanager.SignalManager)."""
        return []


class QuickTimers:
    """The event loop's own timers for Twisted's connection pool, which sets one a page: the reactor would
    keep a second queue of them."""

    def callLater(self, delay: float, call: Callable[..., object], *args: object) -> asyncio.TimerHandle:  # noqa: N802
        """Call after ``delay`` seconds (IReactorTime)."""
        return asyncio.get_running_loop().call_later(delay, call, *args)


class Transfer(_ScrapyAgent):
    """The transfer of one request, by the one agent of its handler: there is no proxy to choose by."""

    def __init__(
        self, agent: LeanAgent, policy: IPolicyForHTTPS, *, timeout: float, maxsize: int, is_whole: bool
    ) -> None:
        """``timeout``: seconds for all of the answer, ``maxsize``: bytes of its body, ``is_whole``: whether a
        body that is shorter than announced is refused."""
        super().__init__(
            contextFactory=policy,
            connectTimeout=timeout,
            maxsize=maxsize,
            fail_on_dataloss=is_whole,
            crawler=cast("Crawler", UNHEARD),
        )
        self._agent = agent
        self._is_late = False

    def send(self, request: Request, headers: TxHeaders) -> Deferred[Response]:
        """Send a request; the answer fails with DownloadTimeoutError where it is not whole in time."""
        url = request.url.partition("#")[0]
        answer: Deferred[Any] = self._agent.request(
            request.method.encode("ascii"),
            url.encode("ascii"),
            headers,
            cast("IBodyProducer", _RequestBodyProducer(request.body)) if request.body else None,
        )
        answer.addCallback(self._cb_bodyready, request)
        answer.addCallback(self._cb_bodydone, url)
        timer = asyncio.get_running_loop().call_later(self._connectTimeout, self._late, answer)
        return answer.addBoth(self._in_time, timer, url)

    def _late(self, answer: Deferred[Any]) -> None:
        self._is_late = True
        answer.cancel()

    def _in_time(self, result: T, timer: asyncio.TimerHandle, url: str) -> T:
        timer.cancel()
        if not self._is_late:
            return result
        if self._txresponse:  # over TLS the reader of the body would not hear of the end
            self._txresponse._transport.stopProducing()
        raise DownloadTimeoutError(f"Getting {url} took longer than {self._connectTimeout} seconds.")

    @staticmethod
    def _headers_from_twisted_response(response: TxResponse) -> Headers:
        """Return the headers as Scrapy has them, put together once: Scrapy asks twice, and goes through every
        name and value three times: M (2026-11) 60 thousand instructions each time."""
        known: Headers | None = getattr(response, "frontnews_headers", None)
        if known is None:
            known = Headers()
            if response.length != UNKNOWN_LENGTH:
                dict.__setitem__(known, b"Content-Length", [str(response.length).encode()])
            for name, values in response.headers.getAllRawHeaders():
                dict.__setitem__(known, name.title(), list(values))  # Twisted has each name once
            response.frontnews_headers = known  # type: ignore[attr-defined]
        return known

    def _cb_bodydone(self, result: Any, url: str) -> Response:
        """Return the answer. Scrapy would guess the class of a page by its headers, name and bytes:
        M (2026-11) 134 thousand instructions."""
        answer = result["txresponse"]
        headers = self._headers_from_twisted_response(answer)
        if b"html" not in (headers.get(b"Content-Type") or b""):
            return super()._cb_bodydone(result, url)
        name, major, minor = answer.version
        response = HtmlResponse(
            url,
            status=answer.code,
            body=result.get("body", b""),
            flags=result.get("flags"),
            certificate=result.get("certificate"),
            ip_address=result.get("ip_address"),
            protocol=f"{name.decode('latin-1')}/{major}.{minor}",
        )
        response.headers = headers
        return response


UNHEARD = Unheard()
