"""RSS, Atom, sitemaps and JSON answers as listings."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from crawler.reading.feeds import plain_text, read_feed
from crawler.reading.listing import read_listing
from crawler.reading.page import NextPage, Page
from crawler.reading.sitemaps import MAX_BYTES, MAX_CHILDREN, MAX_URLS, read_sitemap
from spiders.platforms import PLATFORMS
from vietnam.dates import VIETNAM

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TITLE = "Hội Nông dân xã tổng kết công tác năm 2025"


def page(body: str | bytes, url: str = "https://hoi.example.vn/feed/", **headers: str) -> Page:
    data = body.encode() if isinstance(body, str) else body
    return Page(url, data, NOW, "application/xml", headers=headers)


def rss(items: str, head: str = "") -> str:
    return (
        f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Tin</title>{head}{items}</channel></rss>'
    )


def item(link: str = "https://hoi.example.vn/bai-1/", **fields: str) -> str:
    more = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<item><title>{TITLE}</title><link>{link}</link>{more}</item>"


def test_an_rss_item_gives_title_time_in_vietnam_lead_and_author() -> None:
    feed = rss(
        '<item xmlns:dc="http://purl.org/dc/elements/1.1/"><title>Hội &amp;amp; Đoàn</title>'
        "<link>https://hoi.example.vn/bai-1/?utm_source=rss</link><dc:creator><![CDATA[Lê Thơ]]>"
        "</dc:creator>"
        "<pubDate>Sat, 21 Nov 2026 18:30:00 +0000</pubDate>"
        "<description><![CDATA[<img src='a.jpg'>Tóm tắt <b>của</b> bài viết.]]></description></item>"
    )
    (row,) = read_listing(page(feed)).rows
    assert row.url == "https://hoi.example.vn/bai-1/"
    assert row.title == "Hội & Đoàn"
    assert row.published_at == datetime(2026, 11, 22, 1, 30, tzinfo=VIETNAM)
    assert row.published_at.utcoffset() == VIETNAM.utcoffset(None)
    assert (row.lead, row.byline) == ("Tóm tắt của bài viết.", "Lê Thơ")


def test_a_summary_that_wordpress_cut_is_no_lead() -> None:
    feed = rss(item(description="Sáng ngày 20/11, hội nghị đã diễn ra với [&amp;#8230;]"))
    assert read_listing(page(feed)).rows[0].lead is None


def test_nukeviet_feeds_give_the_day_alone() -> None:
    feed = rss(
        item(pubDate="Sat, 21 Nov 2026 18:11:45 GMT"),
        head="<generator><![CDATA[NukeViet v4.0]]></generator>",
    )
    (row,) = read_listing(page(feed)).rows
    # 18:11 GMT is the next day in Vietnam.
    assert (row.published_at, row.published_precision) == (datetime(2026, 11, 22, tzinfo=VIETNAM), "day")


def test_atom_entries_are_read_with_their_alternate_link() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Tin</title><entry>'
        '<title type="html">Bài &lt;b&gt;một&lt;/b&gt;</title>'
        '<link rel="edit" href="https://hoi.example.vn/edit/1"/><link href="https://hoi.example.vn/bai-1/"/>'
        "<published>2026-11-20T08:00:00+07:00</published><updated>2026-11-21T09:00:00+07:00</updated>"
        "<author><name>Hồ Lan</name></author><summary>Tóm tắt của bài.</summary></entry></feed>"
    )
    (row,) = read_listing(page(feed)).rows
    assert (row.url, row.title, row.byline) == ("https://hoi.example.vn/bai-1/", "Bài một", "Hồ Lan")
    assert row.published_at == datetime(2026, 11, 20, 8, tzinfo=VIETNAM)
    assert row.modified_at == datetime(2026, 11, 21, 9, tzinfo=VIETNAM)


def test_items_of_other_sites_and_twins_are_left_out_and_each_article_comes_once() -> None:
    feed = rss(
        item()
        + item()
        + item(link="https://khac.example.vn/bai/")
        + item(link="https://hoi.example.vn/tag/x/")
        + item(link="javascript:alert(1)")
    )
    assert [row.url for row in read_listing(page(feed)).rows] == ["https://hoi.example.vn/bai-1/"]


def test_a_time_after_the_fetch_is_refused() -> None:
    feed = rss(item(pubDate="Sat, 21 Nov 2093 18:30:00 +0000"))
    assert read_listing(page(feed)).rows[0].published_at is None


def test_html_is_no_feed() -> None:
    assert read_feed(page("<html><body><item>x</item></body></html>")) is None


def test_external_entities_and_billion_laughs_bring_nothing_in() -> None:
    external = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<rss version='2.0'><channel><item><title>&x;Tin</title>"
        "<link>https://hoi.example.vn/bai-1/</link></item></channel></rss>"
    )
    assert [row.title for row in read_listing(page(external)).rows] == ["Tin"]
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>'
        "<rss version='2.0'><channel><item><title>&l11;</title><link>https://hoi.example.vn/bai-1/</link>"
        "</item></channel></rss>"
    )
    assert all(len(row.title or "") < 100 for row in read_listing(page(bomb)).rows)


def urlset(*entries: str) -> str:
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(entries)}</urlset>'


def entry(path: str, more: str = "") -> str:
    return f"<url><loc>https://hoi.example.vn{path}</loc>{more}</url>"


def test_lastmod_is_an_edit_except_on_nukeviet() -> None:
    sitemap = urlset(entry("/tin/bai-viet-12.html", "<lastmod>2026-11-20T08:00:00+07:00</lastmod>"))
    moment = datetime(2026, 11, 20, 8, tzinfo=VIETNAM)
    (row,) = read_listing(page(sitemap)).rows
    assert (row.published_at, row.modified_at) == (None, moment)
    (row,) = read_listing(page(sitemap), PLATFORMS["nukeviet"]).rows
    assert (row.published_at, row.modified_at) == (moment, None)


def test_a_news_sitemap_gives_title_and_publication() -> None:
    news = (
        '<news:news xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<news:publication_date>2026-11-20</news:publication_date><news:title>{TITLE}</news:title>"
        f"</news:news>"
    )
    (row,) = read_listing(page(urlset(entry("/bai-1/", news)))).rows
    assert (row.title, row.published_precision) == (TITLE, "day")


def test_a_gzipped_sitemap_is_unpacked_and_a_bomb_is_not() -> None:
    packed = gzip.compress(urlset(entry("/bai-1/")).encode())
    assert len(read_listing(page(packed)).rows) == 1
    assert read_sitemap(page(gzip.compress(b" " * (MAX_BYTES + 1)))) is None
    assert read_sitemap(page(packed[:-9])) is None


def test_a_sitemap_is_bounded_by_count_and_host() -> None:
    sitemap = read_sitemap(page(urlset(*(entry(f"/bai-{n}/") for n in range(MAX_URLS + 1)))))
    assert sitemap is not None
    assert (len(sitemap.rows), sitemap.truncated) == (MAX_URLS, True)
    other = urlset(
        "<url><loc>https://khac.example.vn/bai/</loc></url>",
        entry("/bai-1/", "<lastmod>2099-01-01</lastmod>"),
    )
    (row,) = read_listing(page(other)).rows
    assert (row.url, row.modified_at) == ("https://hoi.example.vn/bai-1/", None)


def test_an_index_never_names_itself_other_hosts_or_too_many() -> None:
    own = "https://hoi.example.vn/sitemap.xml"
    children = [
        own,
        "https://khac.example.vn/s.xml",
        *(f"https://hoi.example.vn/s{n}.xml" for n in range(MAX_CHILDREN + 5)),
    ]
    index = "".join(f"<sitemap><loc>{child}</loc></sitemap>" for child in children)
    sitemap = read_sitemap(page(f"<sitemapindex>{index}</sitemapindex>", own))
    assert sitemap is not None
    assert len(sitemap.children) == MAX_CHILDREN
    assert sitemap.children[0] == "https://hoi.example.vn/s0.xml"
    assert sitemap.truncated


REST = "https://hoi.example.vn/wp-json/wp/v2/posts?categories=2&per_page=2&page=1"


def post(number: int, **more: object) -> dict[str, object]:
    return {
        "type": "post",
        "link": f"https://hoi.example.vn/bai-{number}/",
        "title": {"rendered": "Hội &#8211; Đoàn"},
        "excerpt": {"rendered": "<p>Tóm tắt của bài viết.</p>\n"},
        "date": "2026-11-20T08:15:00",
        "date_gmt": "2026-11-20T01:15:00",
        "modified_gmt": "2026-11-21T01:15:00",
        **more,
    }


def test_a_wordpress_rest_answer_is_a_listing() -> None:
    embedded = {"author": [{"name": "Trung tâm VHTT"}]}
    body = json.dumps([post(1, _embedded=embedded), post(2, date_gmt="0000-00-00T00:00:00")])
    listing = read_listing(page(body, REST, **{"X-WP-TotalPages": "3"}), PLATFORMS["wordpress"])
    first, second = listing.rows
    assert (first.url, first.title) == ("https://hoi.example.vn/bai-1/", "Hội – Đoàn")
    assert (first.lead, first.byline) == ("Tóm tắt của bài viết.", "Trung tâm VHTT")
    assert first.published_at == second.published_at == datetime(2026, 11, 20, 8, 15, tzinfo=VIETNAM)
    assert first.modified_at == datetime(2026, 11, 21, 8, 15, tzinfo=VIETNAM)
    assert listing.next is not None
    assert "page=2" in listing.next.url
    assert "per_page=2" in listing.next.url


def test_rest_pages_end_where_the_header_or_a_short_page_says() -> None:
    last = page(json.dumps([post(1), post(2)]), REST, **{"X-WP-TotalPages": "1"})
    assert read_listing(last, PLATFORMS["wordpress"]).next is None
    assert read_listing(page(json.dumps([post(1)]), REST), PLATFORMS["wordpress"]).next is None
    assert read_listing(page(json.dumps([post(1), post(2)]), REST), PLATFORMS["wordpress"]).next is not None


@pytest.mark.parametrize("body", ["[1, null, {}]", '{"code":"rest_no_route"}', "[", "[" * 100_000, "null"])
def test_a_rest_answer_that_is_none_gives_no_rows(body: str) -> None:
    assert read_listing(page(body, REST), PLATFORMS["wordpress"]).rows == ()


def test_the_liferay_json_list_is_found_in_its_page_and_walked() -> None:
    liferay = PLATFORMS["liferay"]
    address = (
        "https:\\/\\/tinh.example.vn\\/tin?p_p_id=newsbycategory_WAR_portlet&amp;p_p_resource_id=loadPage"
    )
    script = f"<script>var cfg = {{ loadPageURL: '{address}' }}</script>"
    html = page(f"<html><body>{script}</body></html>", "https://tinh.example.vn/tin")
    opening = read_listing(html, liferay)
    assert opening.rows == ()
    assert opening.next is not None
    assert "p_p_resource_id=loadPage" in opening.next.url
    assert "pageNum=1" in opening.next.url
    answer = {
        "items": [
            {
                "id": 7,
                "title": TITLE,
                "summary": "Tóm tắt của bài.",
                "createdDate": "20/11/2026 08:15",
                "urlDetail": "/chi-tiet/-/news/7/hoi-nong-dan-xa",
            }
        ],
        "totalPageNum": 2,
    }
    first = read_listing(page(json.dumps(answer), opening.next.url), liferay)
    assert [(row.title, row.lead) for row in first.rows] == [(TITLE, "Tóm tắt của bài.")]
    assert first.rows[0].published_at == datetime(2026, 11, 20, 8, 15, tzinfo=VIETNAM)
    assert isinstance(first.next, NextPage)
    assert "pageNum=2" in first.next.url
    assert read_listing(page(json.dumps(answer), first.next.url), liferay).next is None


def test_twice_escaped_titles_come_out_as_text() -> None:
    assert plain_text("25&#x002F;2 &amp;amp; <i>hơn</i>") == "25/2 & hơn"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Tổ <b>qu</b>ốc</p><p>Hai", "Tổ quốc Hai"),
        ("http://a.vn/?a=1&amp;b=2", "http://a.vn/?a=1&b=2"),
        ("cắt giữa thẻ <img src=", "cắt giữa thẻ"),
        ("<script>x()</script>Tin<br>bài", "Tin bài"),
    ],
)
def test_markup_cut_anywhere_still_gives_its_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text
