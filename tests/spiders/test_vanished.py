"""Articles that are taken down without a 404, in all the ways that portals have, and what is none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from spiders.vanished import are_unlike, impossible
from tests.loopback import Answer, http, redirect
from tests.spiders.small_portal import News, SmallPortal, a_day_passes, stored

MENU = "".join(f"<li><a href='/muc-{n}/'>Chuyên mục số {n} của cổng thông tin</a></li>" for n in range(20))


@dataclass(frozen=True, slots=True)
class Crawled:
    """A portal, and what a crawl a day makes of it."""

    site: SmallPortal
    database: str

    def crawl(self) -> PortalResult:
        self.site.log.clear()
        options = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
        (result,) = crawl([self.site.portal()], options, self.database)
        return result

    def days(self, count: int) -> list[PortalResult]:
        """Crawl on so many days in a row."""
        return [self.day() for _ in range(count)]

    def day(self) -> PortalResult:
        result = self.crawl()
        a_day_passes(self.database)
        return result

    def records(self) -> dict[str, dict[str, Any]]:
        return {str(record["title"]): record for record in stored(self.database)}


@pytest.fixture
def portal(database_url: str) -> Iterator[Crawled]:
    """A portal with three articles of yesterday and today, crawled once."""
    with SmallPortal() as site:
        site.publish(3, days_old=1)
        crawled = Crawled(site, database_url)
        assert crawled.crawl().new == 3
        yield crawled


def in_layout(text: str, title: str = "Cổng thông tin điện tử xã") -> bytes:
    """A page of the portal's usual make, with much around what it says."""
    return http(
        f"<!doctype html><html lang=vi><head><title>{title}</title></head><body><nav><ul>{MENU}</ul></nav>"
        f"<main><div class='content'>{text}</div></main><aside><ul>{MENU}</ul></aside></body></html>"
    )


NOTICE = (
    "<h1>Thông tin từ Ban biên tập của cổng</h1><p>Ban biên tập cổng thông tin xin trân trọng cảm ơn bạn đọc "
    "đã quan tâm đến các hoạt động của địa phương trong suốt thời gian qua và mong được đón tiếp bạn.</p>"
    "<p>Bạn đọc cần tra cứu xin liên hệ bộ phận một cửa trong giờ hành chính, hoặc gọi số điện thoại của văn "
    "phòng để được hướng dẫn đầy đủ về các thủ tục và các chuyên mục của chúng tôi.</p>"
)


def nowhere(answer: Answer) -> Callable[[SmallPortal, News], None]:
    """The portal answers so to every address that it does not have, the article's too."""

    def take_down(site: SmallPortal, news: News) -> None:
        site.broken[news.path] = answer
        number = "9" * 7
        site.pages[news.path.replace(str(10_000 + news.number), number)] = answer

    return take_down


def only(answer: Answer) -> Callable[[SmallPortal, News], None]:
    def take_down(site: SmallPortal, news: News) -> None:
        site.broken[news.path] = answer

    return take_down


WAYS: dict[str, Callable[[SmallPortal, News], None]] = {
    "sent to the front page": only(redirect("/")),
    "sent to its section": only(redirect("/mat-tran/")),
    "sent to a page of errors": only(redirect("/loi-404.html")),
    "a notice in the usual layout": only(in_layout("<p>Bài viết không tồn tại hoặc đã bị gỡ.</p>")),
    "a page with nothing, as for any address": nowhere(in_layout("<p></p>")),
    "a page that reads as an article, as for any address": nowhere(in_layout(NOTICE)),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_article_that_was_taken_down_without_a_404_is_deleted_on_the_third_day(
    portal: Crawled, way: str
) -> None:
    portal.site.pages["/"] = in_layout(NOTICE, "Trang chủ")
    portal.site.pages["/loi-404.html"] = in_layout("<p>Xin lỗi</p>")
    taken = portal.site.news[1]
    WAYS[way](portal.site, taken)
    results = portal.days(2)
    assert [(r.verdict, r.failed, r.changed) for r in results] == [("nothing_new", 0, 0)] * 2
    assert portal.records()[taken.title]["revision"] == 1, (
        "two days prove nothing, and nothing is overwritten"
    )
    portal.day()
    assert set(portal.records()) == {n.title for n in portal.site.news if n is not taken}


def test_an_article_that_comes_back_is_there_under_its_id(portal: Crawled) -> None:
    taken = portal.site.news[1]
    id = portal.records()[taken.title]["id"]
    portal.site.broken[taken.path] = redirect("/mat-tran/")
    portal.days(3)
    assert taken.title not in portal.records()
    portal.site.broken.clear()
    portal.day()
    assert portal.records()[taken.title]["id"] == id


@pytest.mark.parametrize("answer", [redirect("/"), in_layout("<p>Bài viết không tồn tại.</p>")])
def test_a_portal_that_answers_so_for_every_article_deletes_none(portal: Crawled, answer: Answer) -> None:
    portal.site.pages["/"] = in_layout(NOTICE, "Trang chủ")
    portal.site.broken = {news.path: answer for news in portal.site.news}
    results = portal.days(4)
    assert len(portal.records()) == 3
    assert all(result.failed == 3 for result in results), "and the run says that it could not read them"


def test_a_portal_that_lists_nothing_is_not_asked_for_its_known_articles(portal: Crawled) -> None:
    portal.site.broken["/mat-tran/"] = in_layout("<p>Hệ thống đang bảo trì, xin quay lại sau.</p>")
    portal.days(4)
    assert [path for path in portal.site.paths() if path.endswith(".html")] == []
    assert len(portal.records()) == 3


def test_a_page_that_cannot_be_read_where_other_addresses_get_a_404_is_a_failure(portal: Crawled) -> None:
    portal.site.broken[portal.site.news[1].path] = in_layout("<p></p>")
    results = portal.days(4)
    assert all((r.verdict, r.failed) == ("partial", 1) for r in results)
    assert len(portal.records()) == 3


def test_an_edit_that_leaves_no_word_of_the_title_is_an_edit(portal: Crawled) -> None:
    edited = portal.site.news[1]
    page = edited.html().replace(
        edited.title, "Đính chính: Lễ phát động thi đua chào mừng kỷ niệm ngày hội lớn"
    )
    portal.site.broken[edited.path] = http(page)
    assert portal.day().changed == 1
    assert len(portal.records()) == 3


def test_an_article_that_is_sent_to_another_one_is_not_overwritten_by_it(portal: Crawled) -> None:
    taken, other = portal.site.news[0], portal.site.news[2]
    portal.site.broken[taken.path] = redirect(other.path)
    assert portal.day().changed == 0
    assert portal.records()[taken.title]["paragraphs"] == taken.paragraphs()
    portal.days(2)
    assert set(portal.records()) == {portal.site.news[1].title, other.title}


def test_what_nobody_can_have_published_is_asked_for_once_a_walk(portal: Crawled) -> None:
    for news in portal.site.news[:2]:
        portal.site.broken[news.path] = in_layout("<p></p>")
    portal.day()
    assert sum("9999999" in path for path in portal.site.paths()) == 1


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://a.vn/tin/hoi-nghi-2024-6646.html", "https://a.vn/tin/hoi-nghi-2024-9999999.html"),
        ("https://a.vn/tin/hoi-nghi/", "https://a.vn/tin/hoi-nghi-khong-co/"),
        ("https://a.vn/tin/hoi-nghi.aspx", "https://a.vn/tin/hoi-nghi-khong-co.aspx"),
        ("https://a.vn/x.aspx?ItemID=634&m=a", "https://a.vn/x.aspx?ItemID=9999999&m=a"),
        ("https://a.vn/-/view-article/1/1647698202167", "https://a.vn/-/view-article/1/9999999999999"),
    ],
)
def test_an_address_that_no_article_has_is_of_the_same_make(url: str, asked: str) -> None:
    assert impossible(url) == asked


def test_a_corrected_title_is_not_another_one() -> None:
    assert not are_unlike("Đính chính: Hội nghị tổng kết năm", "Hội nghị tổng kết năm 2026")
    assert not are_unlike(None, "Hội nghị")
    assert are_unlike("Cổng thông tin điện tử xã", "Mặt trận huyện trao nhà đại đoàn kết")


def test_where_no_other_article_is_due_one_is_asked_for_as_a_witness(database_url: str) -> None:
    with SmallPortal() as site:
        site.publish(3, days_old=100)
        site.publish(1, days_old=1)
        crawled = Crawled(site, database_url)
        crawled.crawl()
        site.broken[site.news[3].path] = redirect("/mat-tran/")
        crawled.days(3)
        asked = [path for path in site.paths() if path.endswith(".html")]
        assert asked == [site.news[3].path, site.news[2].path], "the youngest of the others"
        assert site.news[3].title not in crawled.records()
