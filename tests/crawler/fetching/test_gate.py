"""robots.txt and holds, seen from the server: what was never asked for is what counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.fetching.fetcher import Fetcher, Outcome
from crawler.fetching.gate import HostMemory
from crawler.fetching.holds import CAP, UNSTATED, hold_until
from crawler.fetching.outcomes import FetchProblem
from crawler.fetching.robots import Robots, read_robots
from crawler.reading.page import Page
from crawler.saving import Writer
from storage import holds, migrate
from tests.crawler.fetching.conftest import fetch, with_fetcher
from tests.loopback import Answer, Site, http, page, redirect


def text(body: str) -> bytes:
    return http(body, content_type="text/plain")


def test_robots_is_asked_for_once_and_obeyed(site: Site) -> None:
    site.pages["/robots.txt"] = text("User-agent: *\nDisallow: /kin/\n")
    site.pages["/tin"] = page("tin")

    async def three(fetcher: Fetcher) -> list[Outcome]:
        return [await fetcher.fetch(site.url + path) for path in ("tin", "kin/1", "tin")]

    first, hidden, again = with_fetcher(three, site.url)
    assert isinstance(first, Page) and isinstance(again, Page)
    assert isinstance(hidden, FetchProblem) and hidden.error == "robots_disallow"
    assert site.paths(robots=True) == ["/robots.txt", "/tin", "/tin"]


def test_a_group_that_names_us_goes_before_the_star(site: Site) -> None:
    site.pages["/robots.txt"] = text("User-agent: *\nDisallow:\n\nUser-agent: frontnews\nDisallow: /\n")
    outcome = fetch(site.url)
    assert isinstance(outcome, FetchProblem) and outcome.error == "robots_disallow"


@pytest.mark.parametrize(
    "answer",
    [http("", "500 Internal Server Error"), http("", "503 Busy"), None, redirect("/robots.txt")],
    ids=["500", "503", "reset", "redirect loop"],
)
def test_an_unreachable_robots_forbids_everything(site: Site, answer: Answer | None) -> None:
    site.pages["/robots.txt"] = answer
    site.pages["/"] = page("x")
    outcome = fetch(site.url)
    assert isinstance(outcome, FetchProblem) and outcome.error == "robots_unreachable"
    assert site.paths() == []


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "401 Unauthorized"])
def test_a_missing_robots_allows_everything(site: Site, status: str) -> None:
    site.pages["/robots.txt"] = http("", status)
    site.pages["/"] = page("x")
    assert isinstance(fetch(site.url), Page)


def test_an_error_page_with_status_200_is_no_set_of_rules(site: Site) -> None:
    site.pages["/robots.txt"] = http("<!doctype html><html>\nUser-agent: *\nDisallow: /\n</html>")
    site.pages["/"] = page("x")
    assert isinstance(fetch(site.url), Page)


def test_robots_over_a_redirect_counts(site: Site) -> None:
    site.pages["/robots.txt"] = redirect("/r.txt")
    site.pages["/r.txt"] = text("User-agent: *\nDisallow: /\n")
    outcome = fetch(site.url)
    assert isinstance(outcome, FetchProblem) and outcome.error == "robots_disallow"


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /kin\n",
        b"User-agent: *\rDisallow: /kin\r",
        b"user-agent:*\r\ndisallow:/kin",
    ],
    ids=["byte order mark", "carriage returns alone", "no spaces"],
)
def test_odd_files_are_read(body: bytes) -> None:
    robots = Robots(read_robots(200, body, "text/plain"))
    assert robots.allows("http://a.vn/tin") and not robots.allows("http://a.vn/kin/1")


PAGE = "<html><body><h1>404</h1><p>Trang không tồn tại. Disallow: /</p></body></html>"


@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
@pytest.mark.parametrize(
    "body",
    [PAGE, f"<!-- theme -->\n{PAGE}", "\ufeff<!DOCTYPE html>" + PAGE, '<?xml version="1.0"?>' + PAGE],
    ids=["a page", "behind a comment", "with a byte order mark", "XHTML"],
)
def test_a_page_in_the_place_of_robots_txt_holds_no_rules(site: Site, body: str, kind: str) -> None:
    site.pages["/robots.txt"] = http(body, content_type=kind)
    site.pages["/1"] = page("1")
    assert isinstance(fetch(site.url + "1"), Page)


@pytest.mark.parametrize(
    "body",
    [
        "User-agent: *\nDisallow: /\n",
        "# Cổng thông tin\n\nuser-agent : *\rDisallow: /\r",
        "<br />\n<b>Warning</b>: Undefined variable in robots.php<br />\nUser-agent: *\nDisallow: /\n",
    ],
    ids=["as it should be", "behind a comment", "behind a warning of PHP"],
)
def test_rules_that_are_sent_as_html_are_obeyed(site: Site, body: str) -> None:
    site.pages["/robots.txt"] = http(body, content_type="text/html; charset=utf-8")
    outcome = fetch(site.url + "1")
    assert isinstance(outcome, FetchProblem) and outcome.error == "robots_disallow"
    assert site.paths() == []


def test_only_the_first_500_kib_of_rules_need_be_read_and_they_are() -> None:
    early = b"User-agent: *\n" + b"# x\n" * 100_000 + b"Disallow: /kin\n"
    assert not Robots(read_robots(200, early, None)).allows("http://a.vn/kin")


def test_crawl_delay_is_kept_as_the_server_measures_it(site: Site) -> None:
    site.pages["/robots.txt"] = text("User-agent: *\nCrawl-delay: 0.4\n")
    site.pages |= {"/1": page("1"), "/2": page("2")}

    async def two(fetcher: Fetcher) -> None:
        await fetcher.fetch(site.url + "1")
        await fetcher.fetch(site.url + "2")

    with_fetcher(two, site.url)
    first, second = [asked.at for asked in site.log if asked.path in ("/1", "/2")]
    assert second - first >= 0.4


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_server_that_names_a_time_is_asked_nothing_before_it(site: Site, status: str) -> None:
    site.pages["/x"] = http("", status, Retry_After="3600")
    memory = HostMemory()
    outcome = fetch(site.url + "x", memory=memory)
    assert isinstance(outcome, FetchProblem) and outcome.error == "rate_limited"
    assert outcome.until is not None
    assert timedelta(minutes=59) < outcome.until - datetime.now(UTC) <= timedelta(hours=1)
    again = fetch(site.url + "y", memory=memory)
    assert isinstance(again, FetchProblem) and again.error == "rate_limited"
    assert site.paths() == ["/x"]


def test_a_robots_that_was_unreachable_is_asked_again_by_the_next_crawl(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = http("", "503 Busy")
    site.pages["/"] = page("x")
    writer = Writer.open(f"sqlite:///{tmp_path / 'frontnews.db'}")
    migrate.upgrade(writer.engine)
    first = fetch(site.url, memory=HostMemory(writer))
    assert isinstance(first, FetchProblem) and first.error == "robots_unreachable"
    site.pages["/robots.txt"] = text("User-agent: *\nDisallow: /kin\n")
    assert isinstance(fetch(site.url, memory=HostMemory(writer)), Page)
    asked = len(site.log)
    assert isinstance(fetch(site.url, memory=HostMemory(writer)), Page)
    assert [a.path for a in site.log[asked:]] == ["/"], "a good answer is kept over a restart"
    writer.close()


def test_a_robots_of_a_time_that_was_set_back_is_asked_for_again(site: Site, tmp_path: Path) -> None:
    site.pages["/"] = page("x")
    writer = Writer.open(f"sqlite:///{tmp_path / 'frontnews.db'}")
    migrate.upgrade(writer.engine)
    origin = site.url.removesuffix("/")
    rules, at = b"User-agent: *\nDisallow: /\n", datetime.now(UTC) + timedelta(days=30)
    holds.save_robots(writer.engine, origin, status=200, body=rules, fetched_at=at)
    assert isinstance(fetch(site.url, memory=HostMemory(writer)), Page)
    assert site.paths(robots=True) == ["/robots.txt", "/"]
    writer.close()


def test_a_challenge_of_a_shield_is_named(site: Site) -> None:
    site.pages["/"] = http("<title>Just a moment...</title>", "403 Forbidden", cf_mitigated="challenge")
    outcome = fetch(site.url)
    assert isinstance(outcome, FetchProblem) and outcome.error == "waf_challenge"


def test_a_short_hold_is_waited_for(site: Site) -> None:
    answers = iter([http("", "429 Too Many Requests", Retry_After="1"), page("x")])
    site.pages["/x"] = lambda _: next(answers)
    assert isinstance(fetch(site.url + "x"), Page)
    first, second = [asked.at for asked in site.log if asked.path == "/x"]
    assert second - first >= 1


NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(seconds=1)),
        ("Sun, 22 Nov 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("Sun, 22 Nov 2026 11:00:00 GMT", UNSTATED),
        ("-5", UNSTATED),
        ("mai quay lại", UNSTATED),
        ("", UNSTATED),
        (None, UNSTATED),
        ("315360000", CAP),
        ("9" * 400, CAP),
        ("Fri, 22 Nov 2999 12:30:00 GMT", CAP),
    ],
)
def test_every_form_of_retry_after_comes_to_a_sane_time(header: str | None, wait: timedelta) -> None:
    assert hold_until(header, NOW) == NOW + wait
