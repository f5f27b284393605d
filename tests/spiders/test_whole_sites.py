"""Whole sites that hold more than their lists show: crawled to their ends, and again after some news."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from spiders.discovery import discover
from storage.portals import Portal
from tests.spiders.deep_sites import DEEP, OlderAtTheFoot, OthersOfAllSubjects, PostedWithToken
from tests.spiders.odd_sites import OddSite
from tests.spiders.plain_fetch import fetch
from tests.spiders.small_portal import News, stored
from vietnam.dates import VIETNAM

OPTIONS = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
FEW = 12
"""Requests of a crawl that finds three new articles: these, and two pages of each of three lists."""


def crawled(portal: Portal, database: str, options: CrawlOptions = OPTIONS) -> set[str]:
    """Crawl and return the addresses of all that is stored then, each of which is there once."""
    crawl([portal], options, database)
    urls = [url for record in stored(database) for url in record["urls"]]
    assert len(urls) == len(set(urls))
    return set(urls)


@pytest.mark.parametrize("shape", DEEP, ids=lambda shape: shape.__name__)
def test_a_site_is_crawled_to_its_end_and_then_only_for_its_news(
    shape: type[OddSite], tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path / 'frontnews.db'}"
    with shape() as site:
        portal = asyncio.run(discover(site.url, fetch)).portal
        assert crawled(portal, database) == site.kept()
        published = publish(site, 3)
        before = len(site.log)
        assert crawled(portal, database) == site.kept()
        assert published <= site.kept()
        assert len(site.log) - before <= FEW


def publish(site: OddSite, count: int) -> set[str]:
    """Publish articles of today at the top of the first list; return their addresses."""
    mine, now = site.news["mat-tran"], datetime.now(VIETNAM).replace(microsecond=0)
    news = [replace(mine[0], number=900 + n, day=now - timedelta(minutes=n)) for n in range(count)]
    mine[:0] = news
    return {site.at(site.article_path(n)) for n in news}


def test_a_crawl_that_was_cut_off_among_older_articles_goes_on_there(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'frontnews.db'}"
    with OlderAtTheFoot() as site:
        portal = asyncio.run(discover(site.url, fetch)).portal
        for limit in (4, 9, 14):
            crawled(portal, database, replace(OPTIONS, limit=limit))
        assert crawled(portal, database) == site.kept()


def test_others_at_the_foot_of_an_article_are_asked_for_once(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'frontnews.db'}"
    with OthersOfAllSubjects() as site:
        portal = asyncio.run(discover(site.url, fetch)).portal
        crawled(portal, database)
        asked = len(site.log)
        crawled(portal, database)
        assert len(site.log) - asked <= len(portal.sections) + 1, "the lists, and robots.txt"


def test_a_cookie_is_sent_with_forms_alone(tmp_path: Path) -> None:
    with PostedWithToken() as site:
        portal = asyncio.run(discover(site.url, fetch)).portal
        crawled(portal, f"sqlite:///{tmp_path / 'frontnews.db'}")
        assert {asked.method for asked in site.log if "cookie" in asked.headers} == {"POST"}


class ChosenByParameter(OddSite):
    """Articles that a parameter chooses; a careless template names the same address for all of them."""

    def article_path(self, news: News) -> str:
        return f"/xem.html?src={news.number}"

    def article(self, news: News) -> str:
        own = f"<link rel='canonical' href='{self.at('/xem.html')}'>"
        return super().article(news).replace("</head>", f"{own}</head>")


class NeedsItsParameter(OddSite):
    """Addresses with a parameter that is the same all over a list, and without which there is no article; the
    template names the path alone."""

    def article_path(self, news: News) -> str:
        return f"/{news.section}/bai-{news.number}.html?muc={news.section}"

    def article(self, news: News) -> str:
        own = f"<link rel='canonical' href='{self.at(self.article_path(news).partition('?')[0])}'>"
        return super().article(news).replace("</head>", f"{own}</head>")


def test_a_parameter_without_which_there_is_no_article_is_kept(tmp_path: Path) -> None:
    with NeedsItsParameter() as site:
        portal = asyncio.run(discover(site.url, fetch)).portal
        assert crawled(portal, f"sqlite:///{tmp_path / 'frontnews.db'}") == site.kept()


def test_a_parameter_that_chooses_the_article_is_kept_whatever_its_page_names(tmp_path: Path) -> None:
    with ChosenByParameter() as site:
        portal = asyncio.run(discover(site.url, fetch)).portal
        assert crawled(portal, f"sqlite:///{tmp_path / 'frontnews.db'}") == site.kept()
