"""Selectors of a record: learned from what its lists share, used by the crawl, held by the registry."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.reading.listing import read_listing
from crawler.reading.page import Page
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from spiders.check import check_portal
from spiders.discovery import discover
from spiders.learned import described, learn, platform_of
from spiders.record_writer import add
from spiders.registry import RegistryProblem, load_registry
from spiders.registry_text import to_yaml
from storage.portals import Portal, Section, Selectors
from tests.loopback import http
from tests.spiders.home_made import ARTICLES
from tests.spiders.odd_sites import PlainMenu
from tests.spiders.plain_fetch import fetch
from tests.spiders.small_portal import SmallPortal

SIDEBAR = "".join(f"<li><a href='/moi/{n}.html'>{title}</a></li>" for n, title in enumerate(ARTICLES))


def listing(section: str, titles: list[str], *, date: str = "<span class='ngay'>0{n}/11/2025</span>") -> Page:
    rows = "".join(
        f"<div class='tin-{n} o-tin'><h4><a href='/{section}/{n}.html'>{title}</a></h4>{date.format(n=n + 1)}"
        f"<p>Sáng nay, hội nghị đã diễn ra với nhiều nội dung quan trọng của năm.</p></div>"
        for n, title in enumerate(titles)
    )
    body = (
        f"<html><head><title>{section}</title></head><body><div id='cot-giua'><h1>{section}</h1>{rows}</div>"
        f"<div class='cot-phu'><b>Bài mới</b><ul>{SIDEBAR}</ul></div></body></html>"
    )
    return Page(f"https://x.vn/{section}", body.encode(), datetime(2025, 12, 1, tzinfo=UTC))


def test_what_two_lists_share_is_learned_and_the_name_that_changes_from_row_to_row_is_not() -> None:
    learned = learn([listing("mat-tran", ARTICLES[:4]), listing("phu-nu", ARTICLES[2:])])
    assert learned == Selectors("div.o-tin", date="span.ngay", within="div#cot-giua")


def test_an_empty_section_lists_nothing_however_full_its_sidebar_is() -> None:
    learned = learn([listing("mat-tran", ARTICLES[:4]), listing("phu-nu", ARTICLES[2:])])
    empty = listing("nong-dan", [])
    assert read_listing(empty).rows, "by structure alone the sidebar is taken for the list"
    assert read_listing(empty, described(None, learned)).rows == ()
    one = read_listing(listing("nong-dan", ARTICLES[:1]), described(None, learned))
    assert [row.url for row in one.rows] == ["https://x.vn/nong-dan/0.html"]


@pytest.mark.parametrize(
    "page",
    [
        Page("https://x.vn/", b"", datetime.now(UTC)),
        Page("https://x.vn/", b"<html><body><p>Kh&ocirc;ng</p></body></html>", datetime.now(UTC)),
        Page(
            "https://x.vn/",
            ("<html><body>" + "".join(f"<div><div><a href='/{n}.html'>{t}</a></div></div>"
                                      for n, t in enumerate(ARTICLES)) + "</body></html>").encode(),
            datetime.now(UTC),
        ),
    ],
    ids=["no bytes", "no rows", "cells without a name"],
)  # fmt: skip
def test_where_nothing_tells_the_rows_apart_nothing_is_learned(page: Page) -> None:
    assert learn([page]) is None


def test_a_record_keeps_what_was_learned_and_the_registry_reads_it_back(tmp_path: Path) -> None:
    with PlainMenu() as site:
        found = asyncio.run(discover(site.url, fetch, samples=3))
        record = replace(found.portal, id="thanh_hoa/odd")
        add(tmp_path, record)
        assert "lists learned on 3 pages: item div.item, date span.date, within div.list" in found.evidence
    (read,) = load_registry(tmp_path)
    assert read == record
    assert read.selectors == Selectors("div.item", date="span.date", within="div.list")
    assert "selectors:\n      item: div.item\n" in to_yaml(record)


def test_the_crawl_goes_by_the_selectors_of_the_record(tmp_path: Path) -> None:
    """Titles of two words are no headlines to the structure; the record knows better."""
    with SmallPortal() as site:
        site.publish(4)
        rows = "".join(
            f"<tr class='hang'><td><a href='{n.path}'>Bài {n.number}</a></td></tr>" for n in site.news
        )
        site.broken["/mat-tran/"] = http(f"<html><body><table>{rows}</table></body></html>")
        portal = site.portal()
        options = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
        (without,) = crawl([portal], options, f"sqlite:///{tmp_path / 'a.db'}")
        portal = replace(portal, selectors=Selectors("tr.hang"))
        (with_them,) = crawl([portal], options, f"sqlite:///{tmp_path / 'b.db'}")
    assert (without.new, with_them.new) == (0, 4)


def test_selectors_come_before_the_rules_of_a_known_platform_and_keep_its_way_to_the_next_page() -> None:
    portal = Portal(
        "a/b", "x", "https://x.vn/", "other", "nukeviet", selectors=Selectors("tr", next_page="a.sau")
    )
    platform = platform_of(portal)
    nukeviet = platform_of(replace(portal, selectors=None))
    assert platform is not None and nukeviet is not None
    assert platform.listing.item == ("tr",)
    assert platform.listing.next_page == ("a.sau", *nukeviet.listing.next_page)
    assert platform.listing.page_url == nukeviet.listing.page_url
    assert platform.article == nukeviet.article


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("item: 'div['", "a.yaml:6: selectors item: 'div[' is no CSS selector"),
        ("itme: div.o", "a.yaml:6: unknown key 'itme'; did you mean 'item'?"),
        ("date: span", "a.yaml:6: the selectors have no sound 'item'"),
        ("item: [a, b]", "a.yaml:6: selectors item: must be text, is a list"),
    ],
)
def test_a_mistake_in_selectors_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "a.yaml").write_text(
        f"portals:\n- id: a/b\n  name: X\n  url: https://x.vn/\n  selectors:\n    {line}\n  owner: other\n"
    )
    with pytest.raises(RegistryProblem) as raised:
        load_registry(tmp_path)
    assert any(str(problem).startswith(told) for problem in raised.value.problems), raised.value.problems


def test_selectors_that_fit_no_more_are_told_and_learned_anew() -> None:
    class Redrawn(PlainMenu):
        """The same site in another theme."""

        drawn = "item"

        def row(self, news: object) -> str:
            return super().row(news).replace("class='item'", f"class='{self.drawn}'")  # type: ignore[arg-type]

    with Redrawn() as site:
        portal = replace(
            asyncio.run(discover(site.url, fetch)).portal, sections=(Section("/mat-tran/", "front"),)
        )
        before = asyncio.run(check_portal(portal, fetch))
        Redrawn.drawn = "o-tin"
        after = asyncio.run(check_portal(portal, fetch))
    assert before.proposed is None
    assert any("nothing fits item on 1 of 1 lists" in finding.message for finding in after.findings)
    assert after.proposed == replace(
        portal, selectors=Selectors("div.o-tin", date="span.date", within="div.list")
    )
