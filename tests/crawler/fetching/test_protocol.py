"""What is read of an answer is the same whichever way it is read, however it comes off the wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from scrapy.core.downloader.handlers.http11 import _ScrapyAgent
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web._newclient import Request, RequestNotSent, ResponseDone
from twisted.web.http_headers import Headers

from crawler.fetching.protocol import CappedProtocol, Whole

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n"
PLAIN = HEAD + b"Set-Cookie: a=1\r\nset-cookie:  b=2 \r\nX-Empty:\r\n\r\n0123456789"
ANSWERS = {
    "plain": PLAIN,
    "of an error": PLAIN.replace(b"200 OK", b"404 Not Found"),
    "with bytes after its end": PLAIN + b"0123",
    "that ends early": PLAIN[:-3],
    "that ends in its head": PLAIN[:30],
    "that never comes": b"",
    "without a body": b"HTTP/1.1 304 Not Modified\r\nETag: 7\r\n\r\n",
    "of no length": PLAIN.replace(b"Content-Length: 10\r\n", b""),
    "of length 0": PLAIN.replace(b"Length: 10", b"Length: 0"),
    "of two lengths": PLAIN.replace(b"X-Empty:", b"Content-Length: 9"),
    "of no number for a length": PLAIN.replace(b"Length: 10", b"Length: +10"),
    "larger than wanted": PLAIN.replace(b"Length: 10", b"Length: 2000"),
    "in chunks": PLAIN.replace(b"Content-Length: 10", b"Transfer-Encoding: chunked").replace(
        b"0123456789", b"a\r\n0123456789\r\n0\r\n\r\n"
    ),
    "that closes": PLAIN.replace(b"X-Empty:", b"Connection: close"),
    "of an old server": PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
    "with a line of no header": PLAIN.replace(b"X-Empty:", b"no header"),
    "with a header in two lines": PLAIN.replace(b"X-Empty:", b"X-Two: 1\r\n 2"),
    "with line feeds alone": PLAIN.replace(b"\r\n", b"\n"),
    "with a hint before it": b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + PLAIN,
    "with an endless line": PLAIN.replace(b"X-Empty:", b"X-Long: " + b"x" * 20_000),
    "of something else": b"SSH-2.0-OpenSSH_9.6\r\n",
}


def by_twisted(protocol: CappedProtocol) -> Deferred[Any]:
    headers = Headers({b"Host": [b"x.example.vn"]})
    return protocol.request(Request(b"GET", b"/", headers, None, persistent=True))  # type: ignore[no-untyped-call]


def by_us(protocol: CappedProtocol) -> Deferred[Any]:
    return protocol.get(b"GET / HTTP/1.1\r\nHost: x.example.vn\r\n\r\n", 1_000)


class Body(Protocol):
    """Gathers a body; ``whole`` fires at its end."""

    def __init__(self) -> None:
        self.whole: Deferred[bytes] = Deferred()
        self.come = b""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self.come += data

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        if reason.check(ResponseDone):  # type: ignore[no-untyped-call]
            self.whole.callback(self.come)
        else:
            self.whole.errback(reason)


def connected(on_free: Callable[[object], None] = lambda _: None) -> tuple[CappedProtocol, Any]:
    """A protocol and its transport."""
    transport: Any = StringTransport()  # type: ignore[no-untyped-call]
    protocol = CappedProtocol(on_free)  # type: ignore[no-untyped-call]
    protocol.makeConnection(transport)  # type: ignore[no-untyped-call]
    return protocol, transport


def read(ask: Callable[[CappedProtocol], Deferred[Any]], pieces: Sequence[bytes], *, ends: bool) -> object:
    """What comes of an answer: its status, headers, body or failure, and what becomes of the connection."""
    free: list[object] = []
    told: list[object] = []

    def take(answer: Any) -> Any:
        if isinstance(answer, Whole):
            return answer.status, list(answer.headers.items()), answer.body
        told_first = answer.code, list(_ScrapyAgent._headers_from_twisted_response(answer).items())
        if not answer.length:
            return *told_first, b""
        body = Body()
        answer.deliverBody(body)
        return body.whole.addCallback(lambda whole: (*told_first, whole))

    protocol, transport = connected(free.append)
    ask(protocol).addCallback(take).addErrback(lambda failure: failure.type).addCallback(told.append)
    for piece in pieces:
        protocol.dataReceived(piece)
    if ends:
        protocol.connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]
    return told, transport.value(), len(free), transport.disconnecting, protocol.state


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_is_what_twisted_makes_of_it_wherever_it_is_cut(kind: str, *, ends: bool) -> None:
    raw = ANSWERS[kind]
    cuts = [0, *range(1, len(raw), 1 if len(raw) < 500 else 997)]
    for cut in cuts:
        pieces = [piece for piece in (raw[:cut], raw[cut:]) if piece]
        assert read(by_us, pieces, ends=ends) == read(by_twisted, pieces, ends=ends), f"cut at {cut}"


def test_a_plain_answer_is_read_without_twisteds_parser() -> None:
    protocol, _ = connected()
    for body in (b"0123456789", b"9876543210"):
        answers: list[object] = []
        by_us(protocol).addCallback(answers.append)
        protocol.dataReceived(HEAD + b"\r\n" + body[:4])
        protocol.dataReceived(body[4:])
        assert [getattr(answer, "body", None) for answer in answers] == [body]


def test_a_connection_takes_no_second_request_before_its_answer() -> None:
    protocol, transport = connected()
    by_us(protocol)
    sent, failures = transport.value(), list[Failure]()
    by_us(protocol).addErrback(failures.append)
    assert [failure.type for failure in failures] == [RequestNotSent]
    assert transport.value() == sent


@pytest.mark.parametrize("come", [0, 30, len(PLAIN) - 3])
def test_who_stops_waiting_ends_the_connection(come: int) -> None:
    protocol, transport = connected()
    failures: list[Failure] = []
    answer = by_us(protocol).addErrback(failures.append)
    if come:
        protocol.dataReceived(PLAIN[:come])
    answer.cancel()
    assert failures
    assert transport.disconnected
