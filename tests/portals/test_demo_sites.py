"""The demo portals themselves: what the demo and the integration test take for true must be true."""

from __future__ import annotations

import http.client
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import lxml.html
import pytest
import yaml

from tests.portals.corpus import write_corpus
from tests.portals.portals import PORTALS, DemoPortal
from tests.portals.rewriting import CHANGED, NEAR_COPY, changed_share
from tests.portals.serve import DemoSites
from tests.portals.shingles import jaccard, shingles
from tests.portals.truth import Truth

TODAY = date(2026, 11, 22)


class Browser:
    """One keep-alive connection a portal, as the tests need it."""

    def __init__(self) -> None:
        self.connections: dict[str, http.client.HTTPConnection] = {}

    def ask(
        self, method: str, url: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        connection = self.connections.setdefault(
            parts.netloc, http.client.HTTPConnection(parts.netloc, timeout=10)
        )
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def page(self, url: str) -> lxml.html.HtmlElement:
        status, _, body = self.ask("GET", url)
        assert status == 200, url
        return parsed(body, url)

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()


def parsed(body: bytes, url: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(body, parser=lxml.html.HTMLParser(encoding="utf-8"), base_url=url)


@pytest.fixture(scope="module")
def sites() -> Iterator[DemoSites]:
    with DemoSites(TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def truth(sites: DemoSites) -> list[Truth]:
    return sites.truth()


def words_of(row: Truth) -> frozenset[tuple[str, ...]]:
    return shingles((row.lead or "", *row.paragraphs))


def test_at_least_six_platforms_of_forty_articles_and_320_in_all(truth: list[Truth]) -> None:
    by_portal = Counter(row.portal for row in truth)
    assert len({portal.platform for portal in PORTALS}) >= 6
    assert min(by_portal.values()) >= 40
    assert len(truth) >= 320


def test_the_same_day_and_seed_give_the_same_texts() -> None:
    assert write_corpus(TODAY) == write_corpus(TODAY)
    assert write_corpus(TODAY) != write_corpus(TODAY, "another seed")


@pytest.mark.parametrize("today", [date(2025, 6, 20), date(2026, 1, 2), date(2026, 11, 22), date(2028, 3, 1)])
def test_any_day_can_be_today(today: date) -> None:
    entries = [entry for own in write_corpus(today).values() for entry in own]
    assert max(entry.published.date() for entry in entries) == today - timedelta(days=1)
    assert all(entry.text.event_date <= entry.published.date() for entry in entries)


def test_articles_come_from_before_and_after_the_merger_of_july_2025(truth: list[Truth]) -> None:
    for portal in PORTALS:
        days = [row.published_at.date() for row in truth if row.portal == portal.id]
        assert min(days) < date(2025, 7, 1) < max(days)


def test_articles_read_like_local_news_in_length(truth: list[Truth]) -> None:
    lengths = sorted(len(" ".join((row.lead or "", *row.paragraphs)).split()) for row in truth)
    assert lengths[0] >= 100
    assert lengths[-1] <= 500
    assert lengths[len(lengths) // 10] >= 150


def test_different_events_share_less_than_two_fifths_of_their_shingles(truth: list[Truth]) -> None:
    origin = {row.url: row.copy_of or row.url for row in truth}
    texts = [(origin[row.url], words_of(row)) for row in truth]
    worst = max(
        jaccard(one, other)
        for at, (event, one) in enumerate(texts)
        for other_event, other in texts[:at]
        if event != other_event
    )
    assert worst < 0.4


def test_copies_are_word_for_word_or_edited_by_5_to_12_percent(truth: list[Truth]) -> None:
    by_url = {row.url: row for row in truth}
    copies = [row for row in truth if row.copy_of]
    exact = [row for row in copies if row.text_id == by_url[row.copy_of or ""].text_id]
    light = [row for row in copies if row not in exact]
    assert len(exact) >= 12
    assert len(light) >= 10
    for row in exact:
        original = by_url[row.copy_of or ""]
        assert (row.title, row.lead, row.paragraphs) == (original.title, original.lead, original.paragraphs)
        assert row.portal != original.portal
    for row in light:
        original = by_url[row.copy_of or ""]
        assert row.story == original.story is not None
        assert row.byline is None
        assert row.lead is not None
        assert original.lead is None
        assert CHANGED[0] <= changed_share(original.paragraphs, row.paragraphs) <= CHANGED[1]
        assert jaccard(shingles(original.paragraphs), shingles(row.paragraphs)) >= NEAR_COPY
        assert jaccard(words_of(original), words_of(row)) >= NEAR_COPY


def test_news_sections_mix_in_off_topic_articles_and_front_sections_do_not(truth: list[Truth]) -> None:
    for portal in PORTALS:
        own = [row for row in truth if row.portal == portal.id]
        left = [row for row in own if not row.kept]
        assert len(left) >= 3
        assert all(not row.on_topic for row in left)
        assert any(row.on_topic and row.section == portal.sections[-1].name for row in own)


def test_bylines_come_in_many_forms_and_captions_leads_and_attachments_occur(truth: list[Truth]) -> None:
    assert {"PV", "BBT", None} < {row.byline for row in truth}
    assert any(len(row.authors) == 2 for row in truth)
    assert any(row.source_credit for row in truth)
    for field in ("captions", "lead", "attachments"):
        share = sum(bool(getattr(row, field)) for row in truth) / len(truth)
        assert 0.04 < share < 0.9, field


def test_every_article_is_served_with_its_title_and_every_word(
    sites: DemoSites, browser: Browser, truth: list[Truth]
) -> None:
    for row in truth:
        page = browser.page(row.url)
        for script in page.xpath("//script|//head"):
            script.drop_tree()
        text = " ".join(page.text_content().replace("\u200b", "").split())
        for expected in (row.title, row.lead, *row.paragraphs, *row.captions, row.byline, row.source_credit):
            assert expected is None or expected in text, (row.url, expected)


@pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.platform)
def test_a_walk_along_the_next_links_reaches_every_article(
    portal: DemoPortal, sites: DemoSites, browser: Browser, truth: list[Truth]
) -> None:
    theme = sites.servers[portal.id].theme
    listed: dict[str, list[str]] = defaultdict(list)
    for section in portal.sections:
        start = theme.base_url + theme.section_path(section)
        page, pages = browser.page(start), 1
        while True:
            listed[start] += [
                urljoin(page.base_url, href) for href in page.xpath(theme.rows_xpath + "/@href")
            ]
            following = page.xpath(theme.next_xpath + "/@href")
            if not following:
                break
            pages += 1
            assert pages <= 20
            page = follow(browser, page, following[0])
        assert pages >= 2
    for row in truth:
        if row.portal == portal.id:
            assert [start for start, urls in listed.items() if row.url in urls] == sorted(
                row.sections, key=list(listed).index
            )
    for urls in listed.values():
        assert len(urls) == len(set(urls))
    assert {url for urls in listed.values() for url in urls} == {
        r.url for r in truth if r.portal == portal.id
    }


def follow(browser: Browser, page: lxml.html.HtmlElement, href: str) -> lxml.html.HtmlElement:
    """The next page: a link, or the postback that a script would make."""
    if not href.startswith("javascript:__doPostBack"):
        return browser.page(urljoin(page.base_url, href))
    target, argument = href.split("'")[1::2]
    form = page.forms[0]
    fields = dict(form.form_values()) | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
    url = urljoin(page.base_url, form.action or "")
    status, _, body = browser.ask(
        "POST", url, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert status == 200
    return parsed(body, url)


@pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.platform)
def test_what_does_not_exist_answers_404(portal: DemoPortal, sites: DemoSites, browser: Browser) -> None:
    base = sites.addresses[portal.id]
    for path in ("khong-co-trang-nay.html", "index.php?m=tin&id=999999", "Pages/khong-co.aspx"):
        if path.startswith("index.php") and portal.platform != "unknown":
            continue
        assert browser.ask("GET", base + path)[0] == 404
    expected = 404 if portal.platform == "trang_n" else 200
    assert browser.ask("GET", base + "robots.txt")[0] == expected
    assert browser.ask("GET", base)[0] == 200


@pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.platform)
def test_an_unchanged_page_answers_304_where_the_portal_has_validators(
    portal: DemoPortal, sites: DemoSites, browser: Browser, truth: list[Truth]
) -> None:
    url = next(row.url for row in truth if row.portal == portal.id)
    _, headers, _ = browser.ask("GET", url)
    assert ("etag" in headers) == ("last-modified" in headers) == portal.validators
    if portal.validators:
        assert browser.ask("GET", url, headers={"If-None-Match": headers["etag"]})[0] == 304
        assert browser.ask("GET", url, headers={"If-Modified-Since": headers["last-modified"]})[0] == 304
        assert browser.ask("GET", url, headers={"If-None-Match": '"other"'})[0] == 200


def test_the_rest_interface_of_wordpress_pages_through_a_category(
    sites: DemoSites, browser: Browser, truth: list[Truth]
) -> None:
    base = sites.addresses["nghe_an/demo_do_luong"]
    _, _, body = browser.ask("GET", base + "wp-json/wp/v2/categories?slug=hoat-dong-hoi")
    [category] = json.loads(body)
    links: list[str] = []
    for page in (1, 2, 3):
        query = f"wp-json/wp/v2/posts?categories={category['id']}&per_page=5&page={page}"
        status, headers, body = browser.ask("GET", base + query)
        assert status == 200
        posts = json.loads(body)
        links += [post["link"] for post in posts]
    assert int(headers["x-wp-total"]) == category["count"]
    by_url = {row.url: row for row in truth}
    assert set(links) <= set(by_url)
    published = by_url[posts[0]["link"]].published_at
    assert posts[0]["date"] == f"{published:%Y-%m-%dT%H:%M:%S}"
    assert datetime.fromisoformat(posts[0]["date_gmt"] + "+00:00") == published
    assert browser.ask("GET", base + "wp-json/wp/v2/posts?page=99")[0] == 400


def test_one_edit_changes_one_page_and_only_once(browser: Browser) -> None:
    with DemoSites(TODAY) as fresh:
        before = {row.url: browser.ask("GET", row.url) for row in fresh.truth()}
        url = fresh.edit()
        assert (
            browser.ask("POST", fresh.addresses[DemoSites.edited_portal] + "__demo__/edit")[2].decode() == url
        )
        after = {row.url: browser.ask("GET", row.url) for row in fresh.truth()}
        changed = [one for one in before if before[one][2] != after[one][2]]
        assert changed == [url]
        assert before[url][1]["last-modified"] != after[url][1]["last-modified"]
        [row] = [row for row in fresh.truth() if row.url == url]
        assert row.on_topic
        assert row.story is None
        assert row.published_at.date() == TODAY - timedelta(days=1)
        listing = browser.page(row.sections[0])
        assert url in [
            urljoin(listing.base_url, href)
            for href in listing.xpath(fresh.servers[row.portal].theme.rows_xpath + "/@href")[:3]
        ]


def test_the_edit_is_out_of_a_crawlers_reach(sites: DemoSites, browser: Browser) -> None:
    for base in sites.addresses.values():
        assert browser.ask("GET", base + "__demo__/edit")[0] == 404
        assert b"__demo__" not in browser.ask("GET", base)[2]


def test_expectations_add_up_whatever_the_order_of_crawling(sites: DemoSites, truth: list[Truth]) -> None:
    one = sites.expected()
    other = sites.expected([portal.id for portal in reversed(PORTALS)])
    assert (one.listed, one.new, one.copies, one.stories) == (
        other.listed, other.new, other.copies, other.stories,
    )  # fmt: skip
    assert one.listed == len(truth)
    assert one.new + one.copies == sum(row.kept for row in truth)
    assert one.changed_in_second == 1
    assert one.stories >= 10
    assert {p: e.kept for p, e in one.portals.items()} == {p: e.kept for p, e in other.portals.items()}
    everything = sites.expected(scope="all")
    assert everything.new + everything.copies == len(truth)


def test_the_registry_names_every_running_section(sites: DemoSites, browser: Browser, tmp_path: Path) -> None:
    records = [
        record
        for path in sites.registry(tmp_path).glob("*.yaml")
        for record in yaml.safe_load(path.read_text(encoding="utf-8"))["portals"]
    ]
    assert {record["id"]: record["url"] for record in records} == sites.addresses
    for record in records:
        for section in record["sections"]:
            assert browser.ask("GET", urljoin(record["url"], section["path"]))[0] == 200


def test_requests_are_noted_in_memory_and_as_lines_of_json(browser: Browser, tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    with DemoSites(TODAY, access_log=log) as fresh:
        for base in fresh.addresses.values():
            browser.ask("GET", base + "robots.txt", headers={"User-Agent": "test"})
        noted = len(fresh.access)
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert noted == len(rows) == len(PORTALS)
    assert {row["portal"] for row in rows} == {portal.id for portal in PORTALS}
    assert {row["user_agent"] for row in rows} == {"test"}


def test_the_vportal_pages_stand_at_the_addresses_that_such_portals_have(
    browser: Browser, truth: list[Truth]
) -> None:
    portal = "thanh_hoa/demo_hau_loc"
    (row, *others) = [row for row in truth if row.portal == portal]
    for article in (row, *others):
        path = urlsplit(article.url).path
        # reference/platforms.md, 2: /portal/pages/2023-12-07/Hoat-dong-Doan-DBQH-tinh-Thanh-Hoa-…-472771.aspx
        day = f"{article.published_at:%Y-%m-%d}"
        assert re.fullmatch(rf"/portal/pages/{day}/[A-Z0-9][\w-]*-{article.key}\.aspx", path), path
    (home,) = browser.page(row.url).xpath("//div[@class='banner']/a/@href")
    assert home == "/portal/Home/default.aspx"
    assert browser.page(urljoin(row.url, home)).xpath("//div[@class='hot']//a/@href")
