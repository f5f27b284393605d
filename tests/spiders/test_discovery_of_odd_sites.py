"""First discovery over sites whose sections stand in odd places."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from crawler.reading.page import Page
from spiders.discovery import BUDGET, SAMPLES, discover
from spiders.site_names import site_name
from tests.loopback import Asked, Reply, http
from tests.spiders.deep_sites import DEEP, PostedWithToken
from tests.spiders.odd_pagers import PAGERS
from tests.spiders.odd_sites import SHAPES, HeadlineDecoys, OddSite, PlainMenu
from tests.spiders.odder_sites import ODDER
from tests.spiders.plain_fetch import fetch
from tests.spiders.small_portal import News


@pytest.mark.parametrize("shape", (*SHAPES, *ODDER, *PAGERS, *DEEP), ids=lambda shape: shape.__name__)
def test_sections_in_odd_places_are_found_and_turning_a_page_is_tried(shape: type[OddSite]) -> None:
    with shape() as site:
        found = asyncio.run(discover(site.url, fetch, samples=SAMPLES))
        asked = len(site.log)
    assert {section.path: section.scope for section in found.portal.sections} == site.expected()
    assert found.portal.platform in {"unknown", "generic"}
    assert (found.paging == ("by form" if shape is PostedWithToken else "verified")) == site.turns
    assert asked == found.requests <= BUDGET
    assert len(found.samples) == SAMPLES
    assert all(sample.article is not None for sample in found.samples)
    assert (found.portal.owner, found.portal.district_2024) == ("district_portal", "Huyện Thọ Xuân")
    assert found.questions == ()


def test_headlines_that_name_organizations_are_not_asked_for_as_sections() -> None:
    with HeadlineDecoys() as site:
        asyncio.run(discover(site.url, fetch))
        asked = site.paths()
    assert not {site.article_path(news) for news in site.news["tin-tuc"]} & set(asked)


class TurnsNoPage(PlainMenu):
    """Its second page shows the first again."""

    def listing(self, slug: str, number: int) -> str:
        return super().listing(slug, 1)


class SitemapBehind(TurnsNoPage):
    """Lists that turn no page, and a sitemap with everything."""

    def own(self, path: str) -> bytes | None:
        if path != "/sitemap.xml":
            return None
        paths = [self.article_path(n) for some in self.news.values() for n in some]
        rows = "".join(f"<url><loc>{self.at(path)}</loc></url>" for path in paths)
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
        return http(body, content_type="application/xml")


def test_where_lists_do_not_turn_their_pages_the_sitemap_reaches_further() -> None:
    with SitemapBehind() as site:
        found = asyncio.run(discover(site.url, fetch, samples=SAMPLES))
    scopes = {section.path: section.scope for section in found.portal.sections}
    assert scopes == site.expected() | {"/sitemap.xml": "news"}


class Nameless(PlainMenu):
    """Nothing on it says where it is."""

    title = "Trang tin tổng hợp"

    def footer(self) -> str:
        return ""


def test_a_second_page_that_repeats_the_first_is_told_and_asked_about() -> None:
    with TurnsNoPage() as site:
        found = asyncio.run(discover(site.url, fetch, samples=SAMPLES))
    assert found.paging == "repeats"
    assert any("second page" in question.text for question in found.questions)


class ProvincialBody(PlainMenu):
    """A body of a province, its office in a district."""

    title: ClassVar[str] = "Hội Liên hiệp Phụ nữ tỉnh Thanh Hóa"


def test_the_district_of_its_office_is_not_the_place_of_a_provinces_body() -> None:
    with ProvincialBody() as site:
        found = asyncio.run(discover(site.url, fetch))
    assert any("printed address says Huyện Thọ Xuân" in told for told in found.evidence)
    assert (found.portal.province_2024, found.portal.district_2024) == ("Thanh Hóa", None)


def test_a_site_of_no_known_place_is_asked_about_its_province_first() -> None:
    with Nameless() as site:
        found = asyncio.run(discover(site.url, fetch, samples=SAMPLES))
    assert found.portal.province_2024 is None
    assert [question.key for question in found.questions] == ["province"]


def test_expectations_come_of_the_first_pages_and_the_articles_that_were_read() -> None:
    with PlainMenu() as site:
        portal = asyncio.run(discover(site.url, fetch, samples=SAMPLES)).portal
    assert portal.minimum_listed == 12, "half of the 24 articles on three first pages"
    assert portal.newest_within is not None and 30 <= portal.newest_within <= 60, "an article each five days"
    assert (portal.filled_title, portal.filled_date, portal.filled_body) == (0.9, 0.9, 0.8)


class Subsite(PlainMenu):
    """A commune's pages in a folder of its district's host."""

    def section_path(self, slug: str) -> str:
        return f"/xuanlap/{slug}/"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number}" if number > 1 else "")

    def article_path(self, news: News) -> str:
        return f"/xuanlap{super().article_path(news)}"

    def own(self, path: str) -> bytes | None:
        return http(self.home()) if path == "/xuanlap/" else None


def test_a_folder_that_holds_all_its_sections_is_a_portal_of_its_own() -> None:
    with Subsite() as site:
        folder = asyncio.run(discover(f"{site.url}xuanlap/", fetch)).portal
        whole = asyncio.run(discover(site.url, fetch)).portal
    assert (folder.url, whole.url) == (f"{site.url}xuanlap/", site.url)
    assert {section.path: section.scope for section in folder.sections} == site.expected()


class EmptySection(PlainMenu):
    """A box of the newest articles on every page, a section of the Front that has none yet, and one so small
    that the box shows all of it."""

    names: ClassVar[dict[str, tuple[str, str]]] = {
        **PlainMenu.names,
        "hoi-nong-dan": ("Hội Nông dân", "none"),
        "cuu-chien-binh": ("Hội Cựu chiến binh", "front"),
    }

    def aside(self) -> str:
        shown = "<br>".join(
            f"<a href='{self.article_path(n)}'>{n.title}</a>" for n in self.news["mat-tran"][:4]
        )
        return f"<table><tr><td><b>Tin đọc nhiều</b><br>{shown}</td></tr></table>"


class SmallSections(PlainMenu):
    """A box of five headlines on every page, longer than the lists of three sections."""

    names: ClassVar[dict[str, tuple[str, str]]] = {
        **PlainMenu.names,
        "hoi-nong-dan": ("Hội Nông dân", "front"),
        "cuu-chien-binh": ("Hội Cựu chiến binh", "front"),
        "cong-doan": ("Công đoàn", "front"),
        "tre": ("Đoàn Thanh niên", "none"),
    }

    def aside(self) -> str:
        shown = "".join(
            f"<div class='o'><h3><a href='{self.article_path(n)}'>{n.title}</a></h3>"
            f"<p>{n.title} ({n.number}/11)</p></div>"
            for n in self.news["mat-tran"][:5]
        )
        return f"<div class='khung'><h2>Tin nổi bật</h2>{shown}</div>"


class SmallSectionsOfDnn(SmallSections):
    """The same on a platform whose lists are those of whatever module a portal has."""

    def head(self) -> str:
        return "<meta name='generator' content='DotNetNuke'><script src='/DesktopModules/x.js'></script>"


class SmallSectionsOfATheme(SmallSections):
    """The same on a platform that is described, in a theme of the portal's own."""

    def head(self) -> str:
        return (
            "<meta name='generator' content='Microsoft SharePoint'><script src='/_layouts/15/a.js'></script>"
        )


@pytest.mark.parametrize("shape", [SmallSections, SmallSectionsOfDnn, SmallSectionsOfATheme])
def test_a_section_smaller_than_the_box_beside_it_is_known_by_the_lists_of_the_others(
    shape: type[OddSite],
) -> None:
    with shape() as site:
        for count, slug in enumerate(("hoi-nong-dan", "cuu-chien-binh", "cong-doan"), 1):
            site.news[slug] = site.news["mat-tran"][-count:]
        found = asyncio.run(discover(site.url, fetch))
    assert {section.path: section.scope for section in found.portal.sections} == site.expected()
    assert found.portal.selectors is not None


def test_a_box_that_stands_on_every_page_is_not_the_list_of_an_empty_section() -> None:
    with EmptySection() as site:
        site.news["cuu-chien-binh"] = site.news["mat-tran"][:4]
        found = asyncio.run(discover(site.url, fetch))
    assert {section.path: section.scope for section in found.portal.sections} == site.expected()
    assert any("/hoi-nong-dan/: lists a box" in told for told in found.evidence)


class PagesByPath(PlainMenu):
    """Pages of a listing by number in the path, and a pager that nothing marks as such."""

    def page_path(self, slug: str, number: int) -> str:
        return f"/{slug}/trang-{number}.aspx" if number > 1 else self.section_path(slug)

    def pager(self, slug: str, number: int, last: int) -> str:
        links = "".join(f"<td><a href='{self.page_path(slug, n)}'>{n}</a></td>" for n in range(1, last + 1))
        end = f"<td><a href='{self.page_path(slug, last)}'>Tin cuối</a></td>"
        return f"<table><tr>{links}{end}</tr></table>"


def test_the_numbers_of_a_pager_name_no_sections() -> None:
    with PagesByPath() as site:
        found = asyncio.run(discover(site.url, fetch))
    assert {section.path: section.scope for section in found.portal.sections} == site.expected()


@pytest.mark.parametrize(
    ("foot", "owner"),
    [
        (
            "Bản quyền thuộc về Ủy ban MTTQ huyện Sơn Hà. Điện thoại: 0255 3812 345",
            "Ủy ban MTTQ huyện Sơn Hà",
        ),
        ("© 2026 Ủy ban MTTQ huyện Sơn Hà - Ghi rõ nguồn khi dùng lại", "Ủy ban MTTQ huyện Sơn Hà"),
        ("Cơ quan chủ quản: Ủy ban MTTQ huyện Sơn Hà", "Ủy ban MTTQ huyện Sơn Hà"),
        ("Cổng thông tin điện tử xã Tây Yên Tử", "Cổng thông tin điện tử xã Tây Yên Tử"),
        ("Bản quyền © 2026. Mọi quyền được bảo lưu", "Trang chủ"),
    ],
)
def test_a_site_that_calls_itself_home_page_is_named_by_whoever_answers_for_it(foot: str, owner: str) -> None:
    html = f"<title>Trang chủ</title><p>Chào mừng</p><div>{foot}</div>"
    assert site_name(Page("http://x.example.vn/", html.encode(), datetime.now(UTC))) == owner


class Sessions(PlainMenu):
    """Each page links the others with the number of the visit."""

    def answer_to(self, asked: Asked) -> Reply:
        return super().answer_to(replace(asked, path=re.sub(r"[?&]PHPSESSID=\w+", "", asked.path)))

    def frame(self, title: str, body: str) -> str:
        visit = f"PHPSESSID=3e9b{len(self.log):04x}"
        return re.sub(
            r"href='(/[^']*)'",
            lambda link: f"href='{link[1]}{'&' if '?' in link[1] else '?'}{visit}'",
            super().frame(title, body),
        )


def test_a_record_keeps_no_number_of_a_visit() -> None:
    with Sessions() as site:
        found = asyncio.run(discover(site.url, fetch))
    assert {section.path: section.scope for section in found.portal.sections} == site.expected()
    assert found.paging == "verified"


class OfCommune(PlainMenu):
    """A commune's own site."""

    title: ClassVar[str] = "Cổng thông tin điện tử xã Tây Yên Tử, tỉnh Bắc Ninh"


def test_a_site_named_after_a_commune_is_that_communes_and_one_named_after_its_district_is_not() -> None:
    with OfCommune() as site, PlainMenu() as other:
        commune = asyncio.run(discover(site.url, fetch)).portal
        district = asyncio.run(discover(other.url, fetch)).portal
    assert (commune.owner, commune.communes_2025) == ("commune_portal", ("Xã Tây Yên Tử",))
    assert (commune.province_2024, commune.district_2024) == ("Bắc Giang", "Huyện Sơn Động")
    assert (district.owner, district.communes_2025) == ("district_portal", ())


class ScriptsOnly(PlainMenu):
    """A page that a browser would make."""

    def home(self) -> str:
        return "<html><head><title>Cổng</title></head><body><div id='root'></div><script>go()</script></body>"


def test_a_page_that_only_scripts_build_is_told_as_such() -> None:
    with ScriptsOnly() as site:
        found = asyncio.run(discover(site.url, fetch))
    assert found.portal.sections == ()
    assert "built by scripts" in found.questions[0].text


def test_an_organization_on_a_neighbouring_host_is_named_as_a_site_of_its_own() -> None:
    links = (
        "<a href='https://mattran.thoxuan.gov.vn/'>Mặt trận Tổ quốc huyện</a>"
        "<a href='https://hoinongdan.elsewhere.org/'>Hội Nông dân</a>"
        "<a href='https://www.thoxuan.gov.vn/mat-tran'>Mặt trận</a>"
        "<a href='https://dulich.thoxuan.gov.vn/'>Du lịch</a>"
    )
    body = f"<html><body><nav>{links}</nav></body></html>".encode()

    async def names(url: str) -> Page | None:
        return Page(url, body, datetime.now(UTC)) if url == "https://thoxuan.gov.vn/" else None

    found = asyncio.run(discover("https://thoxuan.gov.vn/", names))
    told = [line for line in found.evidence if "of its own" in line]
    assert told == [
        "a site of its own: https://mattran.thoxuan.gov.vn/ (Mặt trận Tổ quốc huyện);"
        " frontnews portals add https://mattran.thoxuan.gov.vn/"
    ]
