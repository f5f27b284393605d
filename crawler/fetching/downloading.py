"""One request through a crawler's middlewares to its handler: what ``engine.download_async`` does, directly.

The engine and its downloader add queues (ours are crawler.fetching.turns), six signals that nobody listens
to, a line of the debug log and seven futures: M (2026-11) 0.4 of the 2.8 million instructions of a download.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


async def download(crawler: Crawler, request: Request) -> Response:
    """Send a request and return its answer. Raises what the middlewares and the handler raise."""
    assert crawler.engine is not None
    downloader = crawler.engine.downloader
    answer = await downloader.middleware.download_async(downloader.handlers.download_request_async, request)
    assert not isinstance(answer, Request), "no middleware of ours answers with another request"
    answer.request = request
    return answer
