"""What discovery tells of a server beside its pages: certificates, robots.txt, charsets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.fetching.robots import Robots, read_robots
from crawler.reading.decoding import charset_of
from crawler.reading.page import Page
from crawler.running.options import CrawlOptions
from crawler.running.visit import Fetch, ServerFacts, visit
from spiders.discovery import Discovery, discover
from spiders.record_writer import add
from spiders.registry import load_registry
from spiders.server_needs import with_server_needs
from storage.portals import Portal
from tests.hostile.web import TlsSite
from tests.loopback import http
from tests.spiders.odd_sites import OddSite, PlainMenu
from tests.spiders.odder_sites import Upper

OPTIONS = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))


class SignedByItself(TlsSite, PlainMenu):
    """A site whose certificate nobody knows."""


class ForElsewhere(SignedByItself):
    """A site that shows the certificate of another one."""

    host = "elsewhere.example.vn"


class WithRules(PlainMenu):
    """A site whose robots.txt keeps one section from us."""

    def own(self, path: str) -> bytes | None:
        rules = "User-agent: *\nDisallow: /hoi-phu-nu/\nSitemap: /a.xml\n"
        return http(rules, content_type="text/plain") if path == "/robots.txt" else None


def looked(site: OddSite, said: list[str] | None = None) -> Discovery:
    facts = ServerFacts()

    async def work(fetch: Fetch) -> Discovery:
        return await discover(site.url, fetch, samples=2)

    on_problem = said.append if said is not None else None
    return with_server_needs(
        visit(work, OPTIONS, "sqlite:///no.db", on_problem=on_problem, facts=facts), facts
    )


@pytest.mark.parametrize("shape", [SignedByItself, ForElsewhere])
def test_a_certificate_that_does_not_hold_is_told_once_and_noted_in_the_record(
    shape: type[SignedByItself], tmp_path: Path
) -> None:
    said: list[str] = []
    with shape() as site:
        found = looked(site, said)
    assert len(found.portal.sections) == 3, "it is read all the same"
    assert [line for line in said if "certificate" in line] == said[:1]
    assert said[0].endswith("[tls_cert]")
    assert found.evidence[-1].startswith("the certificate does not hold: ")
    assert found.portal.note is not None
    assert found.portal.note.startswith("the certificate does not hold: ")
    add(tmp_path, replace(found.portal, id="thanh_hoa/a"))
    assert load_registry(tmp_path).get("thanh_hoa/a").note == found.portal.note


def test_what_robots_forbids_is_told_and_no_section() -> None:
    with WithRules() as site:
        found = looked(site)
        asked = site.paths()
    assert "/hoi-phu-nu/" not in {*asked, *(section.path for section in found.portal.sections)}
    assert "robots.txt: has rules, 1 sitemaps" in found.evidence
    assert f"robots.txt forbids {site.url}hoi-phu-nu/" in found.evidence


def test_a_site_without_needs_has_a_record_without_them() -> None:
    with PlainMenu() as site:
        found = looked(site)
    assert (found.portal.note, found.portal.delay) == (None, None)
    assert "robots.txt: everything is allowed (robots.txt answered 404)" in found.evidence
    assert not any("written" in line for line in found.evidence)


@pytest.mark.parametrize(("asked", "kept"), [(10, 10.0), (1, None), (86400, 60.0)])
def test_a_crawl_delay_beyond_the_usual_one_is_the_delay_of_the_record(
    asked: int, kept: float | None
) -> None:
    rules = Robots(read_robots(200, f"User-agent: *\nCrawl-delay: {asked}\n".encode(), "text/plain"))
    found = Discovery(Portal("a/b", "x", "https://x.vn/", "other"), (), 1)
    told = with_server_needs(found, ServerFacts(robots={"https://x.vn": rules}))
    assert told.portal.delay == kept
    assert f"Crawl-delay {asked} s" in told.evidence[0]


def test_pages_in_another_charset_are_told() -> None:
    with Upper() as site:
        found = looked(site)
    assert "pages are written in utf-16" in found.evidence


@pytest.mark.parametrize(
    ("body", "content_type", "charset"),
    [
        ("Mặt trận Tổ quốc".encode(), "text/html; charset=iso-8859-1", "utf-8"),
        ("Mặt trận".encode("utf-16"), None, "utf-16"),
        ("<meta charset=windows-1258>Công Đoan, Măt trân Tô quôc".encode("cp1258"), None, "cp1258"),
        ("MÆt trËn Tæ quèc ViÖt Nam, Héi N«ng d©n".encode("cp1252"), None, "font"),
    ],
)
def test_the_charset_of_a_page_is_what_its_bytes_are(
    body: bytes, content_type: str | None, charset: str
) -> None:
    assert charset_of(Page("https://x.vn/", body, datetime.now(UTC), content_type)) == charset
