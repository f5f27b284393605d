"""The check of a record: what it tells of a portal that changed, moved or broke."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from spiders.check import Check, check_portal
from spiders.discovery import discover
from storage.portals import Portal, Section
from tests.spiders.home_made import ARTICLES, HomeMade, home_made, served
from tests.spiders.plain_fetch import fetch


def checked(portal: Portal) -> Check:
    return asyncio.run(check_portal(portal, fetch))


def record(site: HomeMade) -> Portal:
    return asyncio.run(discover(site.url, fetch)).portal


def messages(check: Check, level: str) -> list[str]:
    return [finding.message for finding in check.findings if finding.level == level]


def test_a_record_that_fits_its_site_is_all_right() -> None:
    with served(home_made()) as site:
        check = checked(record(site))
    assert check.ok
    assert messages(check, "warning") == []
    assert "section /mat-tran: 3 articles" in messages(check, "ok")


def test_a_portal_that_is_down_is_one_error() -> None:
    with served(home_made()) as site:
        portal = record(site)
    check = checked(portal)
    assert not check.ok
    assert messages(check, "error") == [f"{portal.url}: no answer"]


def test_a_portal_that_answers_only_over_http_any_more_is_proposed_so() -> None:
    with served(home_made()) as site:
        portal = record(site)
        before = replace(portal, url=portal.url.replace("http:", "https:"))
        check = checked(before)
    assert check.proposed == portal
    assert check.ok, check.findings
    assert messages(check, "warning") == [f"{before.url} does not answer, {portal.url} does"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, "section /mat-tran: status 404"),
        ("/", "section /mat-tran: leads to the home page"),
        ("<html><body><p>Chưa có bài viết.</p></body></html>", "section /mat-tran: lists no article"),
    ],
)
def test_a_section_that_no_longer_lists_is_an_error_of_its_own(answer: str | None, told: str) -> None:
    with served(home_made()) as site:
        portal = record(site)
        if answer is None:
            del site.pages["/mat-tran"]
        else:
            site.pages["/mat-tran"] = answer
        check = checked(portal)
    assert messages(check, "error") == [told]
    assert "section /tin-tuc: 4 articles" in messages(check, "ok")


def test_another_platform_than_the_record_says_is_a_warning() -> None:
    with served(home_made()) as site:
        portal = record(site)
        home = site.pages["/"]
        site.pages["/"] = home.replace("</head>", '<meta name="generator" content="WordPress 6.1.9"></head>')
        changed = checked(replace(portal, platform="nukeviet"))
        site.pages["/"] = home
        without_signs = checked(replace(portal, platform="nukeviet"))
    assert "the record says nukeviet, the home page wordpress" in messages(changed, "warning")[0]
    assert messages(without_signs, "warning") == ["platform: no signs of nukeviet on the home page"]


def test_a_portal_that_moved_to_another_host_is_a_warning_unless_the_host_is_an_alias() -> None:
    with served(home_made()) as old, served(home_made()) as new:
        old.pages["/"] = new.url
        portal = Portal(id="other/moved", name="Dời", url=old.url, owner="other", sections=())
        moved = checked(portal)
        host = new.url.removeprefix("http://").rstrip("/")
        alias = checked(replace(portal, aliases=(host,)))
    assert f"{old.url} leads to {new.url}" in messages(moved, "warning")[0]
    assert f"{old.url} answers as its alias {host}" in messages(alias, "ok")


def test_a_record_without_sections_is_a_warning() -> None:
    with served(home_made()) as site:
        check = checked(replace(record(site), sections=()))
    assert check.ok
    assert messages(check, "warning") == ["no sections in the record: each crawl has to discover them"]


def test_the_home_page_as_a_section_is_asked_for_once() -> None:
    site = HomeMade({})
    site.listing("/", ARTICLES)
    with served(site):
        portal = record(site)
        site.asked.clear()
        check = checked(portal)
    assert portal.sections == (Section("/", "news", "Trang chủ"),)
    assert check.ok
    assert site.asked == ["/"]
