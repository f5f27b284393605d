"""Each platform on a listing of its own shape: recognised, listed whole, keyed by its own id."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.cssselect import CSSSelector

from crawler.reading import urls
from crawler.reading.listing import read_listing
from crawler.reading.page import Page
from crawler.reading.platform import Platform
from spiders.platforms import _STANDING_IN, PLATFORMS, recognise

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TITLES = (
    "Ủy ban Mặt trận Tổ quốc xã Hòa Bình tổng kết công tác năm 2025",
    "Hội Liên hiệp Phụ nữ huyện trao mái ấm tình thương cho hội viên nghèo",
    "Hội Nông dân xã phối hợp tập huấn kỹ thuật trồng lúa hữu cơ",
    "Liên đoàn Lao động huyện thăm, tặng quà đoàn viên có hoàn cảnh khó khăn",
    "Đoàn Thanh niên ra quân Ngày chủ nhật xanh tại các thôn",
)
LEAD = (
    "Sáng ngày 20/11, tại hội trường Ủy ban nhân dân xã, hội nghị đã diễn ra với sự tham dự của 80 đại biểu."
)
DAYS = ("21/11/2026", "20/11/2026", "18/11/2026", "05/11/2026", "01/11/2026")


@dataclass(frozen=True)
class Case:
    """A listing as the platform prints it: one row by a template of ``{url} {title} {day} {lead}``."""

    platform: str
    section: str
    article: str
    """Address of the n-th article, ``{n}`` being 101 and more."""
    row: str
    frame: str
    """The page around ``{rows}``."""
    headers: tuple[tuple[str, str], ...] = ()
    leads: bool = True
    next_url: str | None = None


ASIDE = (
    "<div class='sidebar'><h3>Tin đọc nhiều</h3><ul>"
    "<li><a href='{aside}'>Bài được đọc nhiều nhất trong tháng vừa qua</a></li></ul></div>"
)
CASES = (
    Case(
        "nukeviet_egov",
        "https://xa.example.vn/vi/news/mat-tran/",
        "/vi/news/mat-tran/bai-viet-cua-mat-tran-xa-{n}.html",
        "<div class='panel panel-default'><div class='panel-body'><h3>"
        "<a href='{url}' title='{title}'>{title}</a></h3>"
        "<div class='text-muted'><ul><li><em class='fa fa-clock-o'>&nbsp;</em> {day} 08:30</li>"
        "<li>Đã xem: 12</li></ul></div>{lead}<div class='viewmore'>"
        "<a href='{url}' class='more'>Xem tiếp</a></div>"
        "</div></div>",
        "<link rel='stylesheet' href='/themes/egov/css/style.css'><script>var nv_base_siteurl='/';</script>"
        "<div class='border'><div class='box-icon-title'><h2>Mặt trận</h2></div>"
        "<div class='news_column listpage'>{rows}</div>"
        "<div class='genpage'><ul class='pagination'><li class='active'>"
        "<a href='javascript:void(0)'>1</a></li>"
        "<li><a href='/vi/news/mat-tran/page-2/'>2</a></li></ul></div></div>",
        next_url="https://xa.example.vn/vi/news/mat-tran/page-2/",
    ),
    Case(
        "wordpress",
        "https://hoi.example.vn/chuyen-muc/tin/",
        "/bai-viet-ve-phong-trao-thi-dua-{n}/",
        "<div class='td_module_10 td_module_wrap'><div class='item-details'>"
        "<h3 class='entry-title td-module-title'>"
        "<a href='{url}' rel='bookmark'>{title}</a></h3><span class='td-post-date'><time class='entry-date'"
        " datetime='{iso}'>{day}</time></span><div class='td-excerpt'>{lead}</div></div></div>",
        "<meta name='generator' content='WordPress 6.4'>"
        "<link href='/wp-content/themes/Newspaper/style.css'>"
        "<div class='td-ss-main-content'>{rows}<div class='page-nav'><span class='current'>1</span>"
        "<a href='/chuyen-muc/tin/page/2/'>2</a></div></div>",
        next_url="https://hoi.example.vn/chuyen-muc/tin/page/2/",
    ),
    Case(
        "liferay",
        "https://huyen.example.vn/mat-tran-doan-the",
        "/chi-tiet/-/view-article/1/1647698202167/16943560220{n}",
        "<div class='news-item'><div class='news-title'><a href='{url}?redirect=%2Fhome'>{title}</a></div>"
        "<span class='publish-date'>{day}</span><p class='summary'>{lead}</p></div>",
        "<script>Liferay.ThemeDisplay={{}}</script><h1 class='portlet-title'>Thực đơn</h1>"
        "<div class='portlet-boundary'>{rows}<ul class='lfr-pagination-buttons pager'><li>"
        "<a href='javascript:;'>Đầu</a></li>"
        "<li><a href='?p_p_id=101_INSTANCE_Ab&amp;_101_INSTANCE_Ab_cur=2'>Tiếp theo</a></li></ul></div>",
        headers=(("Liferay-Portal", "Liferay Portal Community Edition 6.2"),),
        next_url="https://huyen.example.vn/mat-tran-doan-the?p_p_id=101_INSTANCE_Ab&_101_INSTANCE_Ab_cur=2",
    ),
    Case(
        "vnpt_portal",
        "http://huyen.example.vn/portal/Pages/tin-doan-the.aspx",
        "/portal/pages/2026-11-20/Bai-viet-ve-cong-tac-hoi-{n}.aspx",
        "<div class='item'><a class='title' href='{url}'>{title}</a> <span class='date'>{day}</span>"
        "<div>{lead}</div></div>",
        "<form action='tin-doan-the.aspx'><input type='hidden' name='__VIEWSTATE' value='x'>"
        "<div class='list'>{rows}</div>"
        "<div class='paging'><span>1</span><a href=\"javascript:__doPostBack('ctl00$p','2')\">2</a></div>"
        "</form>",
        next_url="http://huyen.example.vn/portal/Pages/tin-doan-the.aspx",
    ),
    Case(
        "sharepoint",
        "https://so.example.vn/portal/Pages/tin-tuc.aspx",
        "/portal/Pages/chi-tiet.aspx?ItemID={n}&Source=%2fhome",
        "<div class='tandan-item-news'><a href='{url}'><span class='t'>{title}</span></a>"
        "<span class='tandan-span-date-publish'>Đăng ngày {day}</span>"
        "<div class='tandan-news-summary'>{lead}</div></div>",
        "<meta name='GENERATOR' content='Microsoft SharePoint'><div id='s4-workspace'>{rows}"
        "<div class='tandan-paging'><span class='CurrentPage'>1</span><a href='?PageIndex=2'>2</a></div>"
        "</div>",
        next_url="https://so.example.vn/portal/Pages/tin-tuc.aspx?PageIndex=2",
    ),
    Case(
        "webcenter",
        "http://huyen.example.vn/webcenter/portal/huyen/pages_tin-tuc?catalog=CTXH",
        "/webcenter/portal/huyen/pages_tin-tuc/chi-tiet?dDocName=PORTAL{n}&_afrLoop=99",
        "<tr><td><a href='{url}'>{title}</a><br><span>{day} | 12:00 AM</span><p>{lead}</p></td></tr>",
        "<script src='/webcenter/afr/x.js'></script><table class='tin'>{rows}</table>"
        "<div class='phan-trang'><b>1</b><a href='?catalog=CTXH&amp;page=2'>2</a></div>",
        next_url="http://huyen.example.vn/webcenter/portal/huyen/pages_tin-tuc?catalog=CTXH&page=2",
    ),
    Case(
        "drupal",
        "https://bao.example.vn/mat-tran-to-quoc",
        "/mat-tran-to-quoc/tich-cuc-giam-sat-gop-y-8{n}.html",
        "<div class='views-row'><div class='views-field views-field-title'><a href='{url}'>{title}</a>"
        "</div>"
        "<div class='views-field-created'>{day}</div><div class='views-field-body'>{lead}</div></div>",
        "<meta name='Generator' content='Drupal 10 (https://www.drupal.org)'>"
        "<div class='view-content'>{rows}</div>"
        "<ul class='pager'><li class='is-active'>1</li><li><a href='?page=1'>2</a></li>"
        "<li class='pager__item--next'><a href='?page=1'>Tiếp</a></li></ul>",
        next_url="https://bao.example.vn/mat-tran-to-quoc?page=1",
    ),
    Case(
        "joomla",
        "http://hoi.example.vn/152-tin-tuc",
        "/152-tin-tuc/10{n}-hiep-hoa-ung-ho-quy-vi-nguoi-ngheo",
        "<div class='items-row'><div class='item'><div class='page-header'><h2>"
        "<a href='{url}'>{title}</a></h2></div>"
        "<dl class='article-info'><dd class='published'><time datetime='{iso}'>{day}</time></dd></dl>"
        "<p>{lead}</p>"
        "<p class='readmore'><a href='{url}'>Xem thêm...</a></p></div></div>",
        "<meta name='generator' content='Joomla! - Open Source Content Management'>"
        "<div class='blog'>{rows}</div>"
        "<div class='pagination'><ul><li><span class='pagenav'>1</span></li>"
        "<li><a class='pagenav' href='/152-tin-tuc?start=5'>2</a></li></ul></div>",
        next_url="http://hoi.example.vn/152-tin-tuc?start=5",
    ),
    Case(
        "dnn",
        "https://front.example.vn/Trang-chu",
        "/Trang-chu/post/9{n}/tuy-phong-tong-ket-phong-trao-thi-dua",
        "<div class='news'><h3><a href='{url}'>{title}</a></h3><span class='date'>{day}</span>"
        "<div class='summary'>{lead}</div></div>",
        "<!-- DNN Platform - http://www.dnnsoftware.com --><link href='/Portals/0/portal.css'>"
        "<script src='/DesktopModules/x.js'></script><div id='dnn_ctr401_View'>{rows}</div>"
        "<div class='paging'><span>1</span><a href='/Trang-chu/page/2'>2</a></div>",
        next_url="https://front.example.vn/Trang-chu/page/2",
    ),
    Case(
        "mojoportal",
        "https://tinh.example.vn/chinh-tri",
        "/dai-hoi-mat-tran-cac-cap-{n}",
        "<div class='ArticleItem'><div class='ArticleTitle'><a href='{url}'>{title}</a></div>"
        "<div class='PostDate'>{day}</div><div class='ArticleSummary'>{lead}</div></div>",
        "<link href='/Data/Sites/1/skins/style.css'><div class='ModuleContent'>{rows}</div>"
        "<div class='pagination'><span class='current'>1</span><span class='next'>"
        "<a href='/chinh-tri/page/2'>Tiếp</a></span></div>",
        next_url="https://tinh.example.vn/chinh-tri/page/2",
    ),
    Case(
        "threecms",
        "https://ubmt.example.vn/3cms/tin-tuc.htm",
        "/3cms/hoi-nghi-giao-ban-cong-tac.htm?art=13962393432{n}",
        "<li><a href='{url}'>{title}</a> <i>({day})</i><p>{lead}</p></li>",
        "<script src='/3cms/js/x.js'></script><ul class='ds'>{rows}</ul>",
    ),
    Case(
        "trang_n",
        "https://hoi.example.vn/tin-hoat-dong/tin-tuc-chung.html",
        "/tin-hoat-dong/tin-tuc-chung/doan-xa-ra-quan-{n}.html",
        "<div class='news-row'><a href='{url}'><img src='a.jpg'></a><a href='{url}'>{title}</a>"
        "<span class='ngaydang'>Ngày {day}</span><p>{lead}</p></div>",
        "<div class='content'>{rows}<div class='phantrang'><a class='active' href='#'>1</a>"
        "<a href='/tin-hoat-dong/tin-tuc-chung/trang-2.html'>2</a></div></div>",
        next_url="https://hoi.example.vn/tin-hoat-dong/tin-tuc-chung/trang-2.html",
    ),
    Case(
        "onecms",
        "https://bao.example.vn/chinh-tri/",
        "/dai-hoi-mttq-cap-huyen-post384{n}.html",
        "<article class='story'><h2 class='story__heading'><a class='cms-link' href='{url}'>{title}</a>"
        "</h2>"
        "<time class='time' datetime='{iso}'>{day}</time><div class='story__summary'>{lead}</div>"
        "</article>",
        "<div class='box-content timeline'>{rows}</div>",
    ),
    Case(
        "vccorp",
        "https://phuong.example.vn/tin-tuc-mat-tran-va-cac-doan-the.htm",
        "/tin-tuc-mat-tran/khai-mac-hoi-nghi-2806251125054235{n}.htm",
        "<div class='box-category-item'>"
        "<a class='box-category-link-title' data-type='title' href='{url}' title='{title}'>{title}</a>"
        "<span class='box-category-time'>{day}</span><p class='box-category-sapo'>{lead}</p></div>",
        "<div class='box-category' data-layout='1'>{rows}</div>",
    ),
    Case(
        "channel_cms",
        "http://bao.example.vn/channel/5083/",
        "/channel/5083/202611/ngay-hoi-dai-doan-ket-2547{n}/",
        "<div class='item'><h4><a href='{url}'>{title}</a></h4><span class='date'>{day}</span>"
        "<div class='desc'>{lead}</div></div>",
        "<div class='list'>{rows}</div><div class='paging'><b>1</b><a href='?page=2'>2</a></div>",
        next_url="http://bao.example.vn/channel/5083/?page=2",
    ),
    Case(
        "templates_v1",
        "https://bao.example.vn/chinh-tri",
        "/tang-qua-doan-vien-a10{n}.html",
        "<li><h3><a href='{url}'>{title}</a></h3><span class='pubdate'>128 | {day} - 18:21</span>"
        "<div class='sapo'>{lead}</div></li>",
        "<link href='/TEMPLATES/bao/v1/style.css'><ul class='list'>{rows}</ul><div class='pager'>"
        "<span>1</span><a href='?p=2'>2</a></div>",
        next_url="https://bao.example.vn/chinh-tri?p=2",
    ),
    Case(
        "aspx_custom",
        "https://hoi.example.vn/phuoclongtho/news.aspx?mnid=20",
        "/phuoclongtho/news.aspx?id={n}&mnid=20",
        "<tr><td><a id='rpt_lblTieuDe' href='{url}'>{title}</a><br>"
        "<span id='rpt_lblNgayDang_1'>{day}</span><br>{lead}</td></tr>",
        "<form action='news.aspx?mnid=20'>"
        "<input type='hidden' id='__VIEWSTATE' name='__VIEWSTATE' value='x'>"
        "<a href='default.aspx'>Trang chủ</a><table>{rows}</table></form>",
    ),
)


def listing_page(case: Case) -> Page:
    rows = "".join(
        case.row.format(
            url=case.article.format(n=101 + number).replace("&", "&amp;"),
            title=title,
            day=day,
            iso="-".join(reversed(day.split("/"))) + "T08:30:00+07:00",
            lead=LEAD,
        )
        for number, (title, day) in enumerate(zip(TITLES, DAYS, strict=True))
    )
    menu = "<nav><ul class='menu'><li><a href='/gioi-thieu'>Giới thiệu</a></li></ul></nav>"
    body = (
        menu
        + case.frame.replace("{{}}", "{}").replace("{rows}", rows)
        + ASIDE.format(aside=case.article.format(n=999))
    )
    text = f"<!doctype html><html lang='vi'><head><title>Tin tức</title></head><body>{body}</body></html>"
    return Page(case.section, text.encode(), NOW, "text/html; charset=utf-8", headers=dict(case.headers))


EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.platform)


@EVERY_CASE
def test_a_listing_of_the_platform_is_recognised(case: Case) -> None:
    found = recognise(listing_page(case))
    assert found[0][0].name == case.platform, [(platform.name, weight) for platform, weight, _ in found]


@EVERY_CASE
def test_the_rows_are_the_listings_articles_and_not_the_sidebars(case: Case) -> None:
    platform = PLATFORMS[case.platform]
    listing = read_listing(listing_page(case), platform)
    assert [row.title for row in listing.rows] == list(TITLES)
    assert [
        row.published_at.strftime("%d/%m/%Y") if row.published_at else None for row in listing.rows
    ] == list(DAYS)
    if case.leads:
        assert {row.lead for row in listing.rows} == {LEAD}


@EVERY_CASE
def test_the_next_page_is_found(case: Case) -> None:
    listing = read_listing(listing_page(case), PLATFORMS[case.platform])
    assert (listing.next.url if listing.next else None) == case.next_url


@EVERY_CASE
def test_the_structure_alone_finds_the_same_rows(case: Case) -> None:
    listing = read_listing(listing_page(case), None)
    assert [row.title for row in listing.rows] == list(TITLES)


@EVERY_CASE
def test_each_article_has_its_own_short_key(case: Case) -> None:
    platform = PLATFORMS[case.platform]
    addresses = [urls.absolute(case.section, case.article.format(n=101 + k)) or "" for k in range(5)]
    keys = {urls.article_key(address, platform) for address in addresses}
    assert len(keys) == 5
    if case.platform != "wordpress":  # pretty permalinks carry no id
        assert all(urls.is_article(address, platform) is True for address in addresses)
        assert all(len(key) <= 40 for key in keys)
        assert urls.article_key(addresses[0] + "&utm_source=zalo" * ("?" in addresses[0]), platform) in keys


def test_every_file_of_the_folder_is_in_the_table_under_its_own_name() -> None:
    folder = Path(str(importlib.import_module("spiders.platforms").__file__)).parent
    names = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert set(PLATFORMS) == names
    for name in names:
        module = importlib.import_module(f"spiders.platforms.{name}")
        assert module.PLATFORM.name == name
        assert re.search(r"(?m)^1\. .+", str(module.__doc__)), f"{name}: no numbered recipe"


def _selectors(platform: Platform) -> list[str]:
    lists = (platform.article, platform.listing)
    names = [f.name for rules in lists for f in fields(rules) if f.name not in ("distrust",)]
    found: list[str] = []
    for rules in lists:
        for name in names:
            value = getattr(rules, name, None)
            if isinstance(value, tuple):
                found.extend(value)
    return found


@pytest.mark.parametrize("name", list(PLATFORMS))
def test_every_selector_and_pattern_of_a_platform_compiles(name: str) -> None:
    platform = PLATFORMS[name]
    for css in _selectors(platform):
        CSSSelector(css, translator="html")
    for pattern in (*platform.urls.article, *platform.urls.never, *platform.urls.drop_params):
        re.compile(pattern)
    for sign in platform.signs:
        assert 0 < sign.weight <= 1
        re.compile(sign.pattern.lower())
        assert not re.search(r"\\[A-Z]", sign.pattern), "signs are compared in lower case"
    # Recognisable by its own marks.
    assert name == "generic" or sum(sign.weight for sign in platform.signs) >= 0.6


def test_a_page_of_nobody_is_not_recognised() -> None:
    page = Page("https://a.example.vn/", b"<html><body><h1>Xin ch\xc3\xa0o</h1></body></html>", NOW)
    assert recognise(page) == []


@settings(max_examples=400)
@given(st.sampled_from(sorted(_STANDING_IN)), st.data())
def test_a_sign_is_sought_wherever_it_stands(pattern: str, data: st.DataObject) -> None:
    match = data.draw(st.from_regex(pattern.lower()))
    assert any(text in match for text in _STANDING_IN[pattern]), _STANDING_IN[pattern]
