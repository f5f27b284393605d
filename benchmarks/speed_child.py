"""The crawlers that `python -m benchmarks.speed` sets beside Frontnews, each in a process of its own.

    python speed_child.py bare | scrapy-trafilatura | trafilatura | news-please    # addresses on stdin

Runs also in the peers' environment, where the project cannot be imported. Says at the end how many pages it
got.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Callable
from typing import Any

BATCH = 100
"""Articles to a commit; committing each alone would measure the disk."""


def store() -> Callable[[str, dict[str, Any]], None]:
    """A table as simple as can be, and what puts a row into it."""
    folder = tempfile.mkdtemp(prefix="fn-speed-")
    database = sqlite3.connect(f"{folder}/articles.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute(
        "CREATE TABLE article (url TEXT PRIMARY KEY, title TEXT, author TEXT, day TEXT, text TEXT)"
    )
    count = 0

    def insert(url: str, told: dict[str, Any]) -> None:
        nonlocal count
        row = (url, told.get("title"), told.get("author"), told.get("date"), told.get("text"))
        database.execute("INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?, ?)", row)
        count += 1
        if count % BATCH == 0:
            database.commit()

    return insert


def scrapy(addresses: list[str], *, extract: bool) -> int:
    """Scrapy with default settings; ``extract``: each page by trafilatura with metadata into a table."""
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess

    got = 0
    insert = store() if extract else None
    if extract:
        from trafilatura import bare_extraction

    class Pages(Spider):
        name = "pages"

        async def start(self) -> Any:
            for address in addresses:
                yield Request(address, dont_filter=True)

        def parse(self, response: Any) -> None:
            nonlocal got
            if insert is None:
                got += response.status == 200 and len(response.body) > 0
                return
            found = bare_extraction(response.text, url=response.url, with_metadata=True)
            got += found is not None
            insert(response.url, found.as_dict() if found is not None else {})

    process = CrawlerProcess({"LOG_LEVEL": "ERROR"})
    process.crawl(Pages)
    process.start()
    return got


def trafilatura(addresses: list[str]) -> int:
    """trafilatura with metadata, page after page over one kept connection. Its own downloader refuses
    loopback addresses since 2.3, and its command line with it."""
    from trafilatura import bare_extraction
    from urllib3 import PoolManager

    pool, insert, got = PoolManager(), store(), 0
    for address in addresses:
        text = pool.request("GET", address).data.decode()
        found = bare_extraction(text, url=address, with_metadata=True)
        got += found is not None
        insert(address, found.as_dict() if found is not None else {})
    return got


def news_please(addresses: list[str]) -> int:
    """news-please's own download and extraction, page after page."""
    from newsplease import NewsPlease

    insert = store()
    got = 0
    for address in addresses:
        article = NewsPlease.from_url(address)
        told = article.get_dict() if article is not None else {}
        got += bool(told.get("maintext"))
        day = str(told.get("date_publish"))
        insert(address, {"title": told.get("title"), "date": day, "text": told.get("maintext")})
    return got


def main() -> None:
    addresses = [line.strip() for line in sys.stdin if line.strip()]
    systems: dict[str, Callable[[], int]] = {
        "bare": lambda: scrapy(addresses, extract=False),
        "scrapy-trafilatura": lambda: scrapy(addresses, extract=True),
        "trafilatura": lambda: trafilatura(addresses),
        "news-please": lambda: news_please(addresses),
    }
    print(systems[sys.argv[1]]())


if __name__ == "__main__":
    main()
