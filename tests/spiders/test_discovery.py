"""First discovery and the check of a record, against sites on loopback."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from spiders.discovery import Discovery, DiscoveryFailed, complete, discover
from spiders.registry import load_registry
from spiders.registry_text import suggest_id, to_yaml
from storage.portals import Portal, Section
from tests.spiders.home_made import ARTICLES, HomeMade, home_made, running, served
from tests.spiders.plain_fetch import fetch


def found(site: HomeMade, **options: Any) -> Discovery:
    return asyncio.run(discover(site.url, fetch, **options))


def scopes(discovery: Discovery) -> dict[str, str]:
    return {section.path: section.scope for section in discovery.portal.sections}


# --- the two recorded sites --------------------------------------------------------------------


@pytest.fixture
def recorded(shared: Path) -> Callable[[str], Any]:
    """Serve a recorded site with the replay tool that came with it."""
    tool = shared / "sites" / "tools" / "replay.py"
    spec = importlib.util.spec_from_file_location("replay", tool)
    assert spec is not None and spec.loader is not None
    replay = importlib.util.module_from_spec(spec)
    sys.modules["replay"] = replay
    spec.loader.exec_module(replay)

    @contextmanager
    def serve(name: str) -> Iterator[str]:
        site = replay.Site(shared / "sites" / "sites" / name)
        with running(replay.ReplayServer(site, ("127.0.0.1", 0), replay.Options())) as server:
            yield f"http://127.0.0.1:{server.server_address[1]}/"

    return serve


def categories(shared: Path, name: str) -> set[str]:
    with (shared / "sites" / "sites" / name / "truth.jsonl").open(encoding="utf-8") as rows:
        return {json.loads(row)["category_path"] for row in rows}


@pytest.mark.parametrize("scope", ["front", "all"])
@pytest.mark.parametrize(
    ("name", "also"), [("nukeviet", {"/cac-to-chuc-chinh-tri-xa-hoi/"}), ("wordpress", set())]
)
def test_a_recorded_site_gets_its_platform_and_exactly_its_categories(
    recorded: Callable[[str], Any], shared: Path, name: str, also: set[str], scope: str
) -> None:
    with recorded(name) as url:
        discovery = asyncio.run(discover(url, fetch, scope=scope))  # type: ignore[arg-type]
    assert discovery.portal.platform == name
    assert set(scopes(discovery)) == categories(shared, name) | also
    news = {path for path, scope in scopes(discovery).items() if scope == "news"}
    assert news == {"/tin-trong-huyen/"} if name == "nukeviet" else {"/category/tin-tuc-su-kien/"}
    assert discovery.portal.confidence == "high"
    assert discovery.requests <= 30


# --- a site of an unknown make -----------------------------------------------------------------


def test_ours_is_front_mixed_and_general_are_news_and_documents_are_nothing() -> None:
    with served(home_made()) as site:
        discovery = found(site)
    assert scopes(discovery) == {"/mat-tran": "front", "/dang-doan-the": "news", "/tin-tuc": "news"}
    assert discovery.portal.sections[0].name == "Mặt trận Tổ quốc"
    assert discovery.portal.platform in {"unknown", "generic"}
    assert not {"/van-ban", "/lien-he", "/kinh-te"} & set(site.asked), "what is not wanted is not asked for"


def test_a_section_goes_by_its_name_and_not_by_the_more_link_of_its_block() -> None:
    site = HomeMade({"/kinh-te": "Kinh tế"})
    site.listing("/", ARTICLES[:3])
    block = '<div><a href="/c3">Xem thêm</a><b><a href="/c3">Hội Nông dân</a></b></div>'
    site.pages["/"] = site.pages["/"].replace("</main>", f"{block}</main>")
    site.listing("/c3", ARTICLES)
    with served(site):
        discovery = found(site)
    assert discovery.portal.sections == (Section("/c3", "front", "Hội Nông dân"),)


def test_dates_that_are_linked_to_their_articles_are_not_asked_for_as_sections() -> None:
    site = home_made()
    dates = {f"/2026/11/{n}/hoi-phu-nu-xa-so-{n}-trao-qua": f"November {n}, 2026" for n in range(10, 22)}
    links = "".join(f'<li><a href="{path}">{day}</a></li>' for path, day in dates.items())
    site.pages["/"] = site.pages["/"].replace("</main>", f"<ul>{links}</ul></main>")
    with served(site):
        discovery = found(site)
    assert not dates.keys() & set(site.asked)
    assert set(scopes(discovery)) == {"/mat-tran", "/dang-doan-the", "/tin-tuc"}


def test_links_that_no_browser_would_follow_do_not_end_a_discovery() -> None:
    site = home_made()
    broken = (
        '<a href="http://[">Hội Nông dân</a><a href="javascript:x">Tin</a>'
        '<a href="#">Mặt trận</a><a>Tin tức</a>'
    )
    feed = '<link rel="alternate" type="application/rss+xml" href="http://[::1/rss/a/">'
    site.pages["/"] = (
        site.pages["/"].replace("</main>", broken + "</main>").replace("</head>", feed + "</head>")
    )
    with served(site):
        discovery = found(site)
    assert set(scopes(discovery)) == {"/mat-tran", "/dang-doan-the", "/tin-tuc"}


def test_scope_all_adds_every_other_listing() -> None:
    with served(home_made()) as site:
        discovery = found(site, scope="all")
    assert scopes(discovery)["/kinh-te"] == "news"
    assert "/van-ban" not in scopes(discovery)


def test_a_section_that_is_empty_missing_or_leads_home_is_left_out_and_told() -> None:
    site = home_made()
    site.pages["/mat-tran"] = "/"
    site.listing("/dang-doan-the", ARTICLES[:1])
    del site.pages["/tin-tuc"]
    with served(site):
        discovery = found(site)
    told = "\n".join(discovery.evidence)
    assert "section /mat-tran: leads to /" in told
    assert re.search(r"section /dang-doan-the: lists [01] articles, left out", told)
    assert "section /tin-tuc: no page" in told
    assert scopes(discovery) == {"/kinh-te": "news", "/": "news"}, "the last resort"
    assert discovery.portal.confidence == "low"


def test_a_section_of_two_articles_is_a_section_though_it_reads_like_one_article() -> None:
    site = home_made()
    summary = "<p>Sáng nay, hội nghị đã diễn ra với nhiều nội dung.</p>"
    told = (
        "<p>Hội đã trao quà cho hội viên nghèo, phát động phong trào thi đua và khen thưởng các tập thể.</p>"
    )
    site.listing("/dang-doan-the", ARTICLES[1:3], heading="Đảng - Đoàn thể")
    site.pages["/dang-doan-the"] = site.pages["/dang-doan-the"].replace(summary, told * 2)
    with served(site):
        discovery = found(site)
    assert scopes(discovery) == {"/mat-tran": "front", "/dang-doan-the": "news", "/tin-tuc": "news"}


def test_an_entry_that_leads_to_one_article_is_no_section() -> None:
    site = home_made()
    text = "<p>Ban Thường trực gồm năm người, trụ sở đặt tại trung tâm huyện, tiếp dân vào thứ hai.</p>"
    others = "".join(f"<li><a href='/bai/{n}-x.html'>{title}</a></li>" for n, title in enumerate(ARTICLES))
    site.pages["/dang-doan-the"] = site.page("Đảng - Đoàn thể", f"<div>{text * 4}</div><ul>{others}</ul>")
    with served(site):
        discovery = found(site)
    assert scopes(discovery) == {"/mat-tran": "front", "/tin-tuc": "news"}


def test_the_home_page_by_another_address_is_no_section() -> None:
    site = home_made()
    site.menu = {"/web/mat-tran": "Mặt trận Tổ quốc huyện An Bình", **site.menu}
    for path in ("/mat-tran", "/dang-doan-the", "/tin-tuc"):
        site.listing(path, ARTICLES[:3] if path == "/mat-tran" else ARTICLES[2:], heading=site.menu[path])
    site.listing("/", ARTICLES[:4], heading="Trang tin huyện An Bình")
    site.pages["/web/mat-tran"] = site.pages["/"]
    with served(site):
        discovery = found(site)
    assert scopes(discovery) == {"/mat-tran": "front", "/dang-doan-the": "news", "/tin-tuc": "news"}
    assert "section /web/mat-tran: is the home page" in discovery.evidence


def test_a_block_that_stands_on_every_page_is_no_section() -> None:
    site = HomeMade(
        {"/mat-tran": "Mặt trận", "/phu-nu": "Hội Phụ nữ", "/nong-dan": "Hội Nông dân", "/tin": "Tin tức"}
    )
    for path in ("/", "/mat-tran", "/phu-nu", "/nong-dan"):
        site.listing(path, ARTICLES[:3])
        site.pages[path] = site.pages[path].replace(f"-{path.strip('/') or 'tin'}.html", "-chung.html")
    site.listing("/tin", ARTICLES[2:])
    with served(site):
        discovery = found(site)
    assert scopes(discovery) == {"/tin": "news"}


def test_an_old_site_laid_out_in_tables_has_sections_too() -> None:
    site = HomeMade({})

    def page(path: str, titles: list[str]) -> str:
        menu = "".join(
            f'<tr><td><a href="{address}">{name}</a></td></tr>'
            for address, name in {"/?muc=3": "Mặt trận và đoàn thể", "/?muc=1": "Tin trong xã"}.items()
        )
        rows = "".join(
            f'<tr><td><a href="/?tin={len(path)}{n}">{title}</a> (2{n}/11/2025)</td></tr>'
            for n, title in enumerate(titles)
        )
        return (
            f"<html><body><table><tr><td><table>{menu}</table>"
            "<table><tr><td><b>Liên kết website</b></td></tr></table></td>"
            f"<td><table>{rows}</table></td></tr></table></body></html>"
        )

    site.pages = {
        "/": page("/", ARTICLES[:3]),
        "/?muc=3": page("/?muc=3", ARTICLES),
        "/?muc=1": page("/?muc=1", ARTICLES[2:5]),
    }
    with served(site):
        discovery = found(site)
    assert scopes(discovery) == {"/?muc=3": "front", "/?muc=1": "news"}


def test_the_requests_are_bounded_and_ours_come_first() -> None:
    menu = {f"/tin-{number}": f"Tin tức số {number}" for number in range(60)}
    site = HomeMade(menu | {"/mttq": "MTTQ và các đoàn thể"})
    for path in ("/", *site.menu):
        site.listing(path, ARTICLES)
    with served(site):
        discovery = found(site)
    assert len(site.asked) == discovery.requests == 30
    assert discovery.portal.sections[0] == Section("/mttq", "front", "MTTQ và các đoàn thể")
    assert any("budget of 30 requests" in line for line in discovery.evidence)


@pytest.mark.parametrize("in_menu", [False, True])
def test_categories_that_the_cms_declares_are_taken_even_when_the_budget_is_spent(in_menu: bool) -> None:
    site = HomeMade({f"/vi/news/muc-{n}/": f"Tin tức {n}" for n in range(12)} if in_menu else {})
    feeds = "".join(
        f'<link rel="alternate" type="application/rss+xml"'
        f' href="/vi/news/rss/muc-{n}/" title="Tin - Tin tức {n}">'
        for n in range(12)
    )
    for path in ("/", *(f"/vi/news/muc-{n}/" for n in range(12))):
        site.listing(path, ARTICLES)
        site.pages[path] = site.pages[path].replace("</head>", feeds + "</head>")
    with served(site):
        discovery = found(site, budget=6)
    assert len(site.asked) == 6
    assert list(scopes(discovery)) == [f"/vi/news/muc-{n}/" for n in range(12)]
    assert discovery.portal.sections[11].name == "Tin tức 11"
    assert any("7 categories taken unread" in line for line in discovery.evidence)


def test_the_name_of_the_site_behind_a_title_does_not_make_a_section_ours() -> None:
    site = HomeMade({})
    feeds = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/muc/{slug}/feed/">'
        for slug in ("a", "b", "c")
    )
    titles = {
        "/": "Mặt trận và các đoàn thể huyện – Trang tin",
        "/muc/a/": "Thời sự – Mặt trận và các đoàn thể huyện",
        "/muc/b/": "Tin Mặt trận – Mặt trận và các đoàn thể huyện",
        "/muc/c/": "Tin tức - Sự kiện | Trang khác",
    }
    for number, (path, title) in enumerate(titles.items()):
        site.listing(path, ARTICLES[number % 3 :], heading="@")
        page = site.pages[path].replace("<title>@", f"<title>{title}").replace("<h1>@</h1>", "")
        site.pages[path] = page.replace("</head>", feeds + "</head>")
    with served(site):
        discovery = found(site, scope="all")
    sections = {section.path: (section.scope, section.name) for section in discovery.portal.sections}
    assert sections == {
        "/muc/a/": ("news", "Thời sự"),
        "/muc/b/": ("front", "Tin Mặt trận"),
        "/muc/c/": ("news", "Tin tức - Sự kiện"),
    }


def test_a_category_with_one_article_is_a_section_where_the_cms_declares_it() -> None:
    site = HomeMade({"/mat-tran": "Mặt trận", "/mttq": "MTTQ"})
    feed = '<link rel="alternate" type="application/rss+xml" href="/rss/mat-tran" title="Tin - Mặt trận">'
    for path in ("/mat-tran", "/mttq"):
        site.listing(path, ARTICLES[:1])
        site.pages[path] = site.pages[path].replace("<p>", "<p>Ngày 20/11/2025. ")
    site.listing("/", ARTICLES)
    site.pages["/"] = site.pages["/"].replace("</head>", feed + "</head>")
    with served(site):
        discovery = found(site)
    assert scopes(discovery) == {"/mat-tran": "front"}


def test_an_organizations_own_site_is_walked_whole() -> None:
    site = home_made()
    site.listing("/", ARTICLES, heading="Hội Liên hiệp Phụ nữ huyện An Bình")
    with served(site):
        discovery = found(site)
    assert discovery.portal.owner == "women"
    assert scopes(discovery)["/kinh-te"] == "news"
    assert "/van-ban" not in scopes(discovery)


def test_a_home_page_behind_a_redirect_is_still_a_home_page() -> None:
    site = home_made()
    site.pages["/vi/"] = site.pages["/"]
    site.pages["/"] = "/vi/"
    with served(site):
        discovery = found(site)
    assert set(scopes(discovery)) == {"/mat-tran", "/dang-doan-the", "/tin-tuc"}


def test_an_address_of_one_section_is_a_portal_with_that_section() -> None:
    site = home_made()
    with served(site):
        discovery = asyncio.run(discover(f"{site.url}mat-tran", fetch))
    assert scopes(discovery) == {"/mat-tran": "front"}
    assert discovery.portal.url == site.url


def test_a_site_without_articles_gives_a_record_without_sections() -> None:
    site = HomeMade({"/lien-he": "Liên hệ"})
    site.pages["/"] = site.page("Trang đang xây dựng", "<p>Trang đang được xây dựng.</p>")
    with served(site):
        discovery = found(site)
    assert discovery.portal.sections == ()
    assert discovery.portal.confidence == "low"


def test_a_site_that_does_not_answer_is_one_clear_line() -> None:
    with served(HomeMade({})) as site, pytest.raises(DiscoveryFailed, match="answered with status 404"):
        found(site)
    with pytest.raises(DiscoveryFailed, match="no answer"):
        found(site)


def test_completing_a_record_keeps_what_it_says() -> None:
    portal = Portal(
        id="thanh_hoa/tho_xuan",
        name="Thọ Xuân",
        url="",
        owner="district_portal",
        district_2024="Huyện Thọ Xuân",
    )
    with served(home_made()) as site:
        record = Portal(**{name: getattr(portal, name) for name in Portal.__slots__} | {"url": site.url})
        completed = asyncio.run(complete(record, fetch)).portal
    assert (completed.id, completed.name, completed.owner) == (portal.id, portal.name, portal.owner)
    assert completed.district_2024 == "Huyện Thọ Xuân"
    assert {section.path for section in completed.sections} == {"/mat-tran", "/dang-doan-the", "/tin-tuc"}


# --- the record that comes of it ---------------------------------------------------------------


def test_a_discovered_record_is_registry_text_that_loads_to_the_same(tmp_path: Path) -> None:
    site = home_made()
    site.menu["/tin-tuc"] = 'Tin: "nóng" - #1'
    site.listing("/", ARTICLES, heading="Trang tin: huyện An Bình, tỉnh")
    with served(site):
        portal = found(site, portal_id="other/an_binh").portal
    (tmp_path / "other.yaml").write_text("portals:\n" + to_yaml(portal), encoding="utf-8")
    assert load_registry(tmp_path).get("other/an_binh") == portal


@pytest.mark.parametrize(
    ("url", "portal_id"),
    [
        ("https://thoxuan.thanhhoa.gov.vn/", "thanh_hoa/thoxuan"),
        ("http://www.hoinongdan.caobang.gov.vn/vi/", "cao_bang/hoinongdan"),
        ("http://127.0.0.1:8101/", "other/127_0_0_1_8101"),
    ],
)
def test_an_id_is_suggested_from_the_host(url: str, portal_id: str) -> None:
    assert suggest_id(url) == portal_id
    assert urlsplit(url).scheme
