"""The client's side of HTTP/1.1: answers that come whole and plain are read here, all others by Twisted.

Most answers are a status line, a few headers, a Content-Length and so many bytes. Twisted reads them with a
parser, a decoder, a producer, a response and four deferreds; here they are cut at the blank line: M (2026-11,
a page of 40 kB) a download took 1.86 million instructions and takes 0.95. Whatever is not that plain (chunks,
a connection that closes, a line that is no header, a body that ends early) goes to Twisted's parser as if it
had just come, so that what is repaired, refused or classed as which failure is told in one place.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.http import Headers
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.ssl import Certificate
from twisted.web._newclient import HTTPParser, RequestNotSent
from twisted.web._newclient import Request as TwistedRequest
from twisted.web.http_headers import Headers as TwistedHeaders

from crawler.fetching.outcomes import FetchRefused

if TYPE_CHECKING:
    from twisted.internet.interfaces import IAddress
    from twisted.python.failure import Failure
    from twisted.web.iweb import IResponse

HEADER_LIMIT = 256 * 1024
"""Bytes of response headers. Scrapy has no cap: endless ones took 1.1 GB in 6 s (operations.md, no. 3)."""

_HTTP = b"HTTP/"

_HEAD = re.compile(
    rb"HTTP/1\.1 ([2-5]\d\d)(?: [^\x00-\x1f\x7f]*)?\r\n"
    rb"((?:[!#$%&'*+.^_`|~\w-]+:[^\x00-\x08\x0a-\x1f\x7f]*\r\n)+)\r\n"
)
"""A plain head: no line without a colon, none that goes on in the next, no control characters."""

_WITHOUT_BODY = (b"204", b"304")
_LENGTH = re.compile(rb"[1-9]\d{0,8}")


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer that has come to its end."""

    status: int
    headers: Headers
    body: bytes
    certificate: Certificate | None
    address: IPv4Address | IPv6Address


class _Sent(TwistedRequest):
    """A request that is on the wire already, for Twisted's protocol to await its answer."""

    def writeTo(self, transport: object) -> Deferred[None]:  # noqa: ARG002, N802
        """Write nothing."""
        return succeed(None)


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
    """A client connection that reads plain answers itself, and others with CappedParser."""

    _asked: Deferred[Any] | None = None
    """Fires with the answer to :meth:`get`; None once that is given out or left to Twisted."""
    _left: Deferred[IResponse] | None = None
    """The answer that was left to Twisted."""
    _largest = 0
    _status = 0
    """Of the head of the answer; 0 as long as that has not come."""
    _headers: Headers
    _begin = 0
    """Where the body begins in what has come."""
    _missing = 0
    """Bytes that are still to come."""
    _pieces: list[bytes]
    """What has come."""
    _peer: tuple[Certificate | None, IPv4Address | IPv6Address] | None = None

    def get(self, head: bytes, largest: int) -> Deferred[Any]:
        """Send the ``head`` of a GET and give its answer: Whole, or Twisted's response to what is not plain.

        An answer of more than ``largest`` bytes is left to Twisted, and to whoever limits its body.
        """
        if self._state != "QUIESCENT":
            return fail(RequestNotSent())
        transport: Any = self.transport
        self._state = "WAITING"
        self._largest, self._status, self._pieces = largest, 0, []
        self._asked = Deferred(self._cancelled)
        transport.write(head)
        return self._asked

    def request(self, request: TwistedRequest) -> Deferred[IResponse]:
        """Send one request (the parent puts its own parser in place; ours follows by the same way)."""
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = CappedParser
        return answer

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Take bytes off the wire."""
        if self._asked is None:
            super().dataReceived(data)  # type: ignore[no-untyped-call]
            return
        self._pieces.append(data)
        if not self._status and not self._read_head(data):
            self._leave_to_twisted()
            return
        self._missing -= len(data)
        if self._missing == 0:
            self._give()
        elif self._missing < 0:
            self._leave_to_twisted()

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]  # noqa: N802
        """The connection is gone; what an answer that has not come whole then is, Twisted knows."""
        if self._asked is not None:
            self._leave_to_twisted()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _read_head(self, data: bytes) -> bool:
        """Read the head of an answer; tell whether it is plain and all in the first bytes that came."""
        match = _HEAD.match(data)
        if match is None or match.end() > HTTPParser.MAX_LENGTH or match[1] in _WITHOUT_BODY:
            return False
        lengths: list[bytes] = []
        headers: dict[bytes, list[bytes]] = {}
        for line in match[2].split(b"\r\n")[:-1]:
            name, _, value = line.partition(b":")
            name, value = name.lower(), value.strip()
            if name not in HTTPParser.CONNECTION_CONTROL_HEADERS:
                headers.setdefault(name, []).append(value)
            elif name == b"content-length":
                lengths.append(value)
            elif name == b"transfer-encoding" or value == b"close":
                return False
        if len(lengths) != 1 or not _LENGTH.fullmatch(lengths[0]) or int(lengths[0]) > self._largest:
            return False
        self._status = int(match[1])
        self._headers = Headers({b"Content-Length": lengths, **headers})
        self._begin = match.end()
        self._missing = self._begin + int(lengths[0])
        return True

    def _give(self) -> None:
        """Give the answer out; before that the connection is free for another request."""
        assert self._asked is not None
        certificate, address = self._peer = self._peer or self._look_at_peer()
        body = b"".join(self._pieces)[self._begin :]
        whole = Whole(self._status, self._headers, body, certificate, address)
        asked, self._asked, self._pieces = self._asked, None, []
        self._state = "QUIESCENT"
        self._quiescentCallback(self)
        asked.callback(whole)

    def _look_at_peer(self) -> tuple[Certificate | None, IPv4Address | IPv6Address]:
        """The certificate and the address of the server, as Scrapy's response has them."""
        transport: Any = self.transport
        certificate = None
        with suppress(AttributeError):  # a connection without TLS
            certificate = Certificate(transport.getPeerCertificate())  # type: ignore[no-untyped-call]
        return certificate, ip_address(transport.getPeer().host)

    def _leave_to_twisted(self) -> None:
        """Have Twisted read what has come, and what is to come of this answer."""
        assert self._asked is not None
        asked, self._asked = self._asked, None
        come, self._pieces = self._pieces, []
        self._state = "QUIESCENT"
        self._left = self.request(_Sent(b"GET", b"/", TwistedHeaders(), None, persistent=True))  # type: ignore[no-untyped-call]
        self._left.chainDeferred(asked)
        for data in come:
            super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _cancelled(self, _: Deferred[Any]) -> None:
        """Nobody waits for the answer any more."""
        if self._asked is None and self._left is not None:
            self._left.cancel()
            return
        self._asked, self._pieces = None, []
        assert self.transport is not None
        self.transport.abortConnection()


class CappedFactory(_LenientHTTP11ClientFactory):
    """Builds CappedProtocol connections for the pool."""

    def buildProtocol(self, addr: IAddress | None) -> CappedProtocol:  # noqa: ARG002, N802
        """Return the protocol of a new connection."""
        return CappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
