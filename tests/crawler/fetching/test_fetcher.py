"""What a request comes to, seen from both ends of the wire."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator

import pytest

from crawler.fetching.fetcher import Fetcher, NotModified, Outcome, Validators
from crawler.fetching.outcomes import FetchProblem
from crawler.reading.page import Page
from tests.crawler.fetching.conftest import fetch, with_fetcher
from tests.loopback import Asked, Site, http, page, redirect


def problem_of(outcome: Outcome) -> FetchProblem:
    assert isinstance(outcome, FetchProblem), outcome
    return outcome


def test_a_page_comes_with_its_bytes_headers_and_final_address(site: Site) -> None:
    site.pages["/cu"] = redirect("/moi%20nh%E1%BA%A5t")
    site.pages["/moi%20nh%E1%BA%A5t"] = http("<html>xin chào</html>", ETag='"7"')
    outcome = fetch(site.url + "cu")
    assert isinstance(outcome, Page)
    assert outcome.url == site.url + "moi%20nh%E1%BA%A5t"
    assert outcome.body.decode() == "<html>xin chào</html>"
    assert outcome.headers["etag"] == '"7"'
    assert outcome.fetched_at.tzinfo is not None


def test_the_crawler_says_who_it_is(site: Site) -> None:
    site.pages["/"] = page("x")
    fetch(site.url)
    assert all(asked.headers["user-agent"].startswith("frontnews/") for asked in site.log)


@pytest.mark.parametrize(
    ("status", "error", "hits"),
    [
        ("404 Not Found", "http_4xx", 1),
        ("410 Gone", "gone", 1),
        ("401 Unauthorized", "auth_wall", 1),
        ("500 Internal Server Error", "http_5xx", 3),
        ("503 Service Unavailable", "http_5xx", 3),
        ("206 Partial Content", "protocol", 1),
        ("999 Denied", "protocol", 1),
    ],
)
def test_each_status_has_its_class_and_only_passing_ones_are_asked_again(
    site: Site, status: str, error: str, hits: int
) -> None:
    site.pages["/x"] = http("<html></html>", status)
    assert problem_of(fetch(site.url + "x")).error == error
    assert site.paths() == ["/x"] * hits


def test_a_server_that_recovers_is_asked_again_after_a_pause(site: Site) -> None:
    answers = iter([http("", "502 Bad Gateway"), page("ổn rồi")])
    site.pages["/x"] = lambda _: next(answers)
    assert isinstance(fetch(site.url + "x", retry_wait=0.2), Page)
    first, second = [asked.at for asked in site.log if asked.path == "/x"]
    assert second - first >= 0.2


def test_nobody_listening_is_the_class_connect_and_says_so() -> None:
    with Site() as gone:
        url = gone.url
    refused = problem_of(fetch(url))
    assert (refused.error, refused.message) == ("connect", "connection refused")


def test_a_reset_connection_is_the_class_reset(site: Site) -> None:
    site.pages["/x"] = None
    assert problem_of(fetch(site.url + "x")).error == "reset"


def test_a_server_that_never_answers_gives_its_turn_back_in_time(site: Site) -> None:
    def drip(_: Asked) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
        while True:
            time.sleep(0.05)
            yield b"x"

    site.pages["/x"] = drip
    began = time.monotonic()
    assert problem_of(fetch(site.url + "x", timeout=0.3)).error == "timeout"
    assert time.monotonic() - began < 5


def test_a_redirect_in_circles_ends_within_six_requests(site: Site) -> None:
    site.pages["/a"] = redirect("/b")
    site.pages["/b"] = redirect("/a")
    assert problem_of(fetch(site.url + "a")).error == "redirect_loop"
    site.pages |= {f"/{n}": redirect(f"/{n + 1}") for n in range(31)}
    assert problem_of(fetch(site.url + "0")).error == "redirect_loop"
    assert len(site.paths()) <= 2 + 6


def test_a_redirect_to_another_site_asks_whether_the_portal_has_moved(site: Site) -> None:
    with Site() as other:
        site.pages["/"] = redirect(other.url)
        other.pages["/"] = page("nơi khác")
        moved = problem_of(fetch(site.url))
        assert moved.error == "redirect_offsite"
        assert "moved" in moved.message and other.url in moved.message
        assert other.log == []
        assert isinstance(fetch(site.url, other.url), Page), "an alias of the portal is followed"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/html,x"])
def test_a_redirect_out_of_the_web_is_blocked(site: Site, target: str) -> None:
    site.pages["/"] = redirect(target)
    assert problem_of(fetch(site.url)).error == "blocked_address"


def test_a_redirect_without_a_target_is_a_fault_of_the_protocol(site: Site) -> None:
    site.pages["/"] = http(b"", "302 Found")
    assert problem_of(fetch(site.url)).error == "protocol"


def test_validators_travel_as_they_came_and_304_is_an_outcome(site: Site) -> None:
    site.pages["/x"] = lambda asked: (
        http(b"", "304 Not Modified") if asked.headers.get("if-none-match") else page("x")
    )

    async def twice(fetcher: Fetcher) -> tuple[Outcome, Outcome]:
        first = await fetcher.fetch(site.url + "x")
        return first, await fetcher.fetch(
            site.url + "x", validators=Validators('W/"a,b"', "Sun, 22 Nov 2026 10:48:13 GMT")
        )

    first, second = with_fetcher(twice, site.url)
    assert isinstance(first, Page) and isinstance(second, NotModified)
    assert site.log[-1].headers["if-none-match"] == 'W/"a,b"'
    assert site.log[-1].headers["if-modified-since"] == "Sun, 22 Nov 2026 10:48:13 GMT"


def test_304_without_a_condition_is_a_fault_of_the_protocol(site: Site) -> None:
    site.pages["/x"] = http(b"", "304 Not Modified")
    assert problem_of(fetch(site.url + "x")).error == "protocol"


def test_a_form_is_posted(site: Site) -> None:
    site.pages["/ds.aspx"] = lambda asked: page(asked.method + " " + asked.body.decode())

    async def post(fetcher: Fetcher) -> Outcome:
        return await fetcher.fetch(
            site.url + "ds.aspx", form=(("__EVENTTARGET", "pager"), ("trang", "hai ba"))
        )

    outcome = with_fetcher(post, site.url)
    assert isinstance(outcome, Page)
    assert b"POST __EVENTTARGET=pager&trang=hai+ba" in outcome.body


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_pages_are_unpacked(site: Site, encoding: str) -> None:
    import zlib

    text = "<html>" + "Mặt trận " * 500 + "</html>"
    packed = gzip.compress(text.encode()) if encoding == "gzip" else zlib.compress(text.encode())
    site.pages["/x"] = http(packed, Content_Encoding=encoding)
    outcome = fetch(site.url + "x")
    assert isinstance(outcome, Page) and outcome.body.decode() == text


def test_half_a_gzip_body_is_truncated_and_never_a_page(site: Site) -> None:
    packed = gzip.compress(b"<html>" + bytes(range(256)) * 40 + b"</html>")
    site.pages["/x"] = http(packed[: len(packed) // 2], Content_Encoding="gzip")
    assert problem_of(fetch(site.url + "x")).error == "truncated"


def test_a_bomb_is_not_unpacked(site: Site) -> None:
    site.pages["/x"] = http(gzip.compress(b"\0" * (20 << 20)), Content_Encoding="gzip")
    assert problem_of(fetch(site.url + "x")).error == "bomb"


def test_plain_text_labelled_gzip_is_a_bad_encoding(site: Site) -> None:
    site.pages["/x"] = http("<html>không nén</html>", Content_Encoding="gzip")
    assert problem_of(fetch(site.url + "x")).error == "bad_encoding"


def test_a_body_shorter_than_announced_is_data_loss(site: Site) -> None:
    site.pages["/x"] = lambda _: iter([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<html>"])
    assert problem_of(fetch(site.url + "x")).error == "dataloss"


def test_a_page_without_its_end_is_truncated_where_other_pages_have_one(site: Site) -> None:
    site.pages["/whole"] = page("đủ")
    site.pages["/cut"] = http("<html><body><p>Nửa trang thì")

    async def both(fetcher: Fetcher) -> tuple[Outcome, Outcome, Outcome]:
        return (
            await fetcher.fetch(site.url + "cut"),
            await fetcher.fetch(site.url + "whole"),
            await fetcher.fetch(site.url + "cut"),
        )

    before, whole, after = with_fetcher(both, site.url)
    assert isinstance(before, Page), "a site that never closes its pages is still read"
    assert isinstance(whole, Page)
    assert problem_of(after).error == "truncated"


def test_a_page_that_goes_on_behind_its_end_is_whole(site: Site) -> None:
    site.pages["/whole"] = page("đủ")
    site.pages["/long"] = http("<html><body><p>Đủ trang</body></html><!--" + "đếm lượt " * 500 + "-->")

    async def both(fetcher: Fetcher) -> tuple[Outcome, Outcome]:
        return await fetcher.fetch(site.url + "whole"), await fetcher.fetch(site.url + "long")

    assert all(isinstance(outcome, Page) for outcome in with_fetcher(both, site.url))


def test_a_page_past_the_size_limit_is_cut_off(site: Site) -> None:
    site.pages["/x"] = http(b"x" * (11 << 20))
    assert problem_of(fetch(site.url + "x")).error == "too_large"


def test_endless_headers_are_cut_off(site: Site) -> None:
    sent = 0

    def headers(_: Asked) -> Iterator[bytes]:
        nonlocal sent
        yield b"HTTP/1.1 200 OK\r\n"
        for n in range(100_000):
            line = f"X-{n}: {'y' * 1000}\r\n".encode()
            sent += len(line)
            yield line

    site.pages["/x"] = headers
    assert problem_of(fetch(site.url + "x")).error == "header_too_large"
    assert sent < 50 << 20, "the connection was closed, not read to its end"


def test_a_file_labelled_as_a_page_is_not_html(site: Site) -> None:
    site.pages["/x"] = http(b"%PDF-1.4 ...")
    assert problem_of(fetch(site.url + "x")).error == "not_html"


def test_requests_share_their_headers_and_none_carries_anothers_condition_or_host(site: Site) -> None:
    with Site() as other:
        for each in (site, other):
            each.pages["/x"] = http("<html></html>", ETag='"7"')

        async def pages(fetcher: Fetcher) -> list[Outcome]:
            condition = Validators(etag='"7"')
            return [
                await fetcher.fetch(site.url + "x", validators=validators) for validators in (None, condition)
            ] + [await fetcher.fetch(each.url + "x") for each in (other, site)]

        outcomes = with_fetcher(pages, site.url, other.url)
        asked = [(each, line) for each in (site, other) for line in each.log if line.path == "/x"]
        assert [line.headers["host"] for _, line in asked] == [
            f"{each.url.split('/')[2]}" for each, _ in asked
        ]
        assert [line.headers.get("if-none-match") for each, line in asked if each is site] == [
            None,
            '"7"',
            None,
        ]
    plain, *_, again = outcomes
    assert isinstance(plain, Page)
    assert isinstance(again, Page)
    assert plain.asked is not None
    assert plain.asked == again.asked
    assert ("Accept-Encoding", "gzip, deflate") in plain.asked.headers


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json", None])
def test_a_header_that_comes_twice_is_kept_whole_whatever_the_page_is(
    site: Site, content_type: str | None
) -> None:
    labelled = f"Content-Type: {content_type}\r\n" if content_type else ""
    site.pages["/x"] = (
        f"HTTP/1.1 200 OK\r\n{labelled}vary: a\r\nVary: b\r\nX-Odd: a\x01b\r\nContent-Length: 13\r\n\r\n"
        "<html></html>"
    ).encode()
    outcome = fetch(site.url + "x")
    assert isinstance(outcome, Page)
    assert outcome.headers["vary"] == "a, b"
    assert outcome.headers["x-odd"] == "ab"
    assert outcome.content_type == content_type
    assert outcome.body == b"<html></html>"


@pytest.mark.parametrize("cut", [1, 20, -4, -3, -2, -1, 0, 7])
def test_an_answer_is_read_alike_wherever_it_is_cut(site: Site, cut: int) -> None:
    body = b"<html>a\r\n\r\nb\n\nX-Not: a header\r\n\r\n" + b"x" * 70_000 + b"</html>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Odd: 1\r\nContent-Length: %d\r\n\r\n" % len(body)
    at = len(head) + cut if cut <= 0 or cut == 7 else cut
    site.pages["/x"] = lambda _: iter([(head + body)[:at], (head + body)[at:]])

    async def twice(fetcher: Fetcher) -> list[Outcome]:
        return [await fetcher.fetch(site.url + "x") for _ in range(2)]

    for outcome in with_fetcher(twice, site.url):
        assert isinstance(outcome, Page)
        assert outcome.body == body
        assert outcome.headers["x-odd"] == "1"
        assert "x-not" not in outcome.headers
