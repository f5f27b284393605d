"""What a crawl brings into its process."""

from __future__ import annotations

import subprocess
import sys

import pytest

_WHAT_A_CRAWL_OF_SQLITE_LOADS = """
import gc
import sys
import crawler.running.host
assert gc.isenabled(), "after the imports garbage is collected"
import spiders.portal
import storage.migrate
from crawler.running.crawl import settings_of
from crawler.running.options import CrawlOptions
from scrapy.utils.misc import load_object

settings = settings_of(CrawlOptions())
for name in ("DOWNLOADER_MIDDLEWARES", "EXTENSIONS", "SPIDER_MIDDLEWARES"):
    for part in settings.get_component_priority_dict_with_base(name):
        load_object(part)
print(*sys.modules)
"""

UNUSED = (
    "aiohttp", "alembic", "bs4", "psycopg", "pygments", "requests", "rich", "structlog", "tldextract",
)  # fmt: skip


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", _WHAT_A_CRAWL_OF_SQLITE_LOADS], capture_output=True, text=True, check=True
    )
    return set(told.stdout.split())


@pytest.mark.parametrize("unused", UNUSED)
def test_a_crawl_into_sqlite_does_not_load_what_it_does_not_use(unused: str, loaded: set[str]) -> None:
    assert "scrapy" in loaded
    assert unused not in loaded


def test_nothing_listens_inside_a_crawl(loaded: set[str]) -> None:
    assert not loaded & {"scrapy.extensions.remote_control", "scrapy.extensions.telnet"}
