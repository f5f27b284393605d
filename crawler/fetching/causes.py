"""Which class of crawler.fetching.outcomes an exception stands for.

Apart from the classes themselves, so that who only counts them does not import Scrapy: a clock, a dashboard.
"""

from __future__ import annotations

from collections.abc import Iterator

from OpenSSL import SSL
from scrapy import exceptions as scrapy_errors
from twisted.internet import error as network
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawler.fetching.outcomes import ErrorClass, FetchRefused


def error_of_exception(error: BaseException) -> ErrorClass:
    """Return the class of what a download raised (Scrapy's exceptions, with Twisted's reasons inside)."""
    if isinstance(error, scrapy_errors.ResponseDataLossError):
        return "dataloss"
    for cause in causes(error):
        if isinstance(cause, FetchRefused):
            return cause.error
        if isinstance(cause, SSL.Error):
            said = str(cause)
            if any(
                mark in said for mark in ("wrong version number", "http request", "packet length too long")
            ):
                return "protocol"  # whatever listens there speaks no TLS
            legacy = any(mark in said for mark in ("legacy", "unsupported protocol", "version"))
            return "tls_legacy" if legacy else "tls_handshake"
        if isinstance(cause, network.TimeoutError):
            return "connect_timeout"
        if isinstance(cause, network.ConnectionLost | network.ConnectionDone | ConnectionResetError):
            return "reset"
    if isinstance(error, scrapy_errors.CannotResolveHostError):
        return "dns"
    if isinstance(error, scrapy_errors.DownloadConnectionRefusedError | network.ConnectError):
        return "connect"
    if isinstance(error, scrapy_errors.DownloadTimeoutError):
        return "timeout"
    if isinstance(error, scrapy_errors.DownloadCancelledError):
        return "too_large"
    if isinstance(error, scrapy_errors.UnsupportedURLSchemeError | ValueError):
        return "blocked_address"
    if isinstance(error, scrapy_errors.DownloadFailedError):
        return "protocol"
    return "internal"


def causes(error: BaseException) -> Iterator[BaseException]:
    """Walk an exception, what it was raised from, and the reasons that Twisted keeps inside, each once."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__]
        if isinstance(cause, ResponseFailed):
            waiting += [reason.value for reason in cause.reasons if isinstance(reason, Failure)]
