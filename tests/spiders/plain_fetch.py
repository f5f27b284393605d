"""What discovery and the check fetch with in tests: one GET each, no manners, loopback only."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from datetime import UTC, datetime

from crawler.reading.page import Page


async def fetch(url: str) -> Page | None:
    return await asyncio.to_thread(_get, url)


def _get(url: str) -> Page | None:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            body, status, landed = answer.read(), answer.status, answer.url
    except urllib.error.HTTPError as error:
        with error:
            return Page(url, error.read(), datetime.now(UTC), status=error.code)
    except OSError:
        return None
    return Page(landed, body, datetime.now(UTC), headers.get("content-type"), status, headers)
