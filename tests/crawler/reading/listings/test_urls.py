from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reading import urls
from crawler.reading.page_numbers import position
from spiders.platforms import PLATFORMS

NUKEVIET = PLATFORMS["nukeviet"]
WORDPRESS = PLATFORMS["wordpress"]
GENERIC = PLATFORMS["generic"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("HTTP://MTTQ.Example.vn:80", "http://mttq.example.vn/"),
        ("https://a.vn:443/x", "https://a.vn/x"),
        ("https://a.vn:8443/x", "https://a.vn:8443/x"),
        ("https://vietnamnet.vn./x", "https://vietnamnet.vn/x"),
        ("https://www.a.vn/x#binh-luan", "https://www.a.vn/x"),
        ("https://a.vn/x?b=2&a=1", "https://a.vn/x?a=1&b=2"),
        ("https://a.vn/x?utm_source=fb&fbclid=1&gclid=2&zarsrc=30", "https://a.vn/x"),
        ("https://a.vn/x;jsessionid=0A1B.node1?id=7", "https://a.vn/x?id=7"),
        ("https://a.vn/(S(lit3py55t21z5v55vlm25s55))/Tin.aspx?id=7", "https://a.vn/Tin.aspx?id=7"),
        ("https://a.vn/kh/%28X%281%29S%28lit3py%29%29/Tin/", "https://a.vn/kh/Tin/"),
        ("https://a.vn/(A(z-_9)F(q1))", "https://a.vn/"),
        ("https://a.vn/Tin.aspx?AspxAutoDetectCookieSupport=1", "https://a.vn/Tin.aspx"),
        ("https://a.vn/(so-1)/hop-(S(5))-x.html", "https://a.vn/(so-1)/hop-(S(5))-x.html"),
        ("https://a.vn/x?sid=9f8e7d6c5b4a&id=7&rand=0.77", "https://a.vn/x?id=7"),
        ("https://a.vn/article.php?sid=1234", "https://a.vn/article.php?sid=1234"),
        (
            "http://q.vn/chi-tiet?dDocName=P1&_afrLoop=3&_adf.ctrl-state=x_4",
            "http://q.vn/chi-tiet?dDocName=P1",
        ),
        ("https://a.vn/?nvvithemever=m&nv_redirect=8r1z", "https://a.vn/"),
        ("https://a.vn//tin//bai.html", "https://a.vn/tin/bai.html"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("mailto:a@b.vn", "mailto:a@b.vn"),
    ],
)
def test_an_address_has_one_spelling(given: str, wanted: str) -> None:
    assert urls.canonical(given) == wanted
    assert urls.canonical(wanted) == wanted


def test_raw_encoded_and_decomposed_vietnamese_paths_are_one_address() -> None:
    raw = "https://hlhpn.binhthuan.dcs.vn/Giới-thiệu/post/25264/x.aspx"
    encoded = "https://hlhpn.binhthuan.dcs.vn/Gi%e1%bb%9bi-thi%E1%BB%87u/post/25264/x.aspx"
    decomposed = "https://hlhpn.binhthuan.dcs.vn/Gio\u031b\u0301i-thie\u0323\u0302u/post/25264/x.aspx"
    assert urls.canonical(raw) == urls.canonical(encoded) == urls.canonical(decomposed)
    assert urls.canonical(raw).isascii()


def test_bytes_of_another_encoding_in_a_path_are_left_alone() -> None:
    assert urls.canonical("https://a.vn/ti%EA%F8n.html") == "https://a.vn/ti%EA%F8n.html"


def test_the_http_and_https_twins_of_an_article_have_one_key() -> None:
    assert urls.article_key("http://a.vn/bai-viet/") == urls.article_key("https://a.vn/bai-viet")


@pytest.mark.parametrize(
    "url",
    [
        "https://hoathanh.tayninh.gov.vn/vi/news/cong-khai/ubmttqvn-huy-n-h-a-th-nh-6646.html",
        "https://hoathanh.tayninh.gov.vn/index.php/vi/news/tin-khac/mot-tieu-de-moi-6646.html",
        "https://hoathanh.tayninh.gov.vn/tin-tuc/ubmttqvn-huyen-6646.html?nvvithemever=d",
    ],
)
def test_a_nukeviet_article_keeps_its_id_under_every_alias_and_category(url: str) -> None:
    assert urls.article_key(url, NUKEVIET) == "6646"


@pytest.mark.parametrize(
    "url",
    [
        "https://a.vn/savefile/tin-tuc/bai-viet-hay-240.html",
        "https://a.vn/vi/news/print/tin-tuc/bai-viet-hay-240.html",
        "https://a.vn/rss/tin-tuc/",
        "https://a.vn/tin-tuc/page-2/",
        "https://a.vn/about/gioi-thieu-ve-nukeviet-cms-4-0.html",
        "https://a.vn/tin-tuc/",
        "https://a.vn/nam-2023/",
        "https://a.vn/",
    ],
)
def test_twins_and_other_pages_of_nukeviet_are_no_articles(url: str) -> None:
    assert urls.is_article(url, NUKEVIET) is False


@pytest.mark.parametrize(
    "url",
    [
        "https://a.vn/category/tin-tuc/",
        "https://a.vn/tag/mttq/",
        "https://a.vn/author/quantri/",
        "https://a.vn/2024/05/",
        "https://a.vn/wp-content/uploads/2024/02/anh.jpg",
        "https://a.vn/bai-viet/feed/",
        "https://a.vn/?s=mat-tran",
        "https://a.vn/page/2/",
    ],
)
def test_archives_and_files_of_wordpress_are_no_articles(url: str) -> None:
    assert urls.is_article(url, WORDPRESS) is False


def test_a_wordpress_permalink_may_be_an_article_and_a_shortlink_is_one() -> None:
    assert (
        urls.is_article("https://doluong.gov.vn/hoi-phu-nu-xa-trung-son-ra-mat-mo-hinh/", WORDPRESS) is None
    )
    assert urls.is_article("https://doluong.gov.vn/?p=131", WORDPRESS) is True
    assert urls.article_key("https://doluong.gov.vn/?p=131", WORDPRESS) == "131"


@pytest.mark.parametrize(
    "url",
    [
        "https://baothainguyen.vn/trang-in-277081.html",
        "https://baonghean.vn/print/10044040.html",
        "https://baothuathienhue.vn/amp.aspx?newid=76612",
        "https://baoninhbinh.org.vn/s/bch?page=4",
        "https://baohaiphongplus.vn/hai-duong-ho-tro-80-nguoi-ngheo-ptag.html",
        "https://a.vn/van-ban/ke-hoach-15.pdf",
        "https://a.vn/dang-nhap.html",
        "https://a.vn/bai-viet?print=1",
        "javascript:void(0)",
        "https://a.vn/tim-kiem?tukhoa=mat+tran",
    ],
)
def test_print_views_searches_files_and_logins_are_no_articles_anywhere(url: str) -> None:
    assert urls.is_article(url) is False


def test_an_unknown_cms_is_sure_only_of_addresses_that_no_section_has() -> None:
    article = "https://a.vn/chinh-tri/khai-mac-dai-hoi-dai-bieu-mat-tran-to-quoc-tinh-341721.html"
    assert urls.is_article(article, GENERIC) is True
    for section in (
        "https://mttq.thaibinh.gov.vn/phong-trao-thi-dua-3091.html",
        "https://dongda.hanoi.gov.vn/tin-tuc-hoat-dong-uy-ban-mat-tran-to-quoc-va-cac-doan-the.htm",
        "https://a.vn/gioi-thieu",
        "https://a.vn/index.php?id=3&m=muc",
    ):
        assert urls.is_article(section, GENERIC) is None


@pytest.mark.parametrize(
    "href", ["#top", "javascript:void(0)", "mailto:a@b.vn", "", None, "http://[bad", "tel:+84"]
)
def test_what_is_no_link_has_no_absolute_address(href: str | None) -> None:
    assert urls.absolute("https://a.vn/tin/", href) is None


def test_a_link_that_a_template_broke_over_lines_is_read_whole() -> None:
    assert urls.absolute("https://a.vn/tin/", "\n  bai-\n viet.html#x ") == "https://a.vn/tin/bai- viet.html"


def test_the_same_site_is_one_host_and_port_whatever_the_scheme() -> None:
    assert urls.same_site("http://www.a.vn/x", "https://a.vn./y")
    assert not urls.same_site("http://a.vn:8101/x", "http://a.vn:8103/x")
    assert not urls.same_site("http://a.vn/x", "http://b.vn/x")


ADDRESS = "http :// a.vn : @ / // ? # & = % %zz %C3 %2F [ ] .. \\ ;jsessionid=1 .html -12 page-2 ?page= xn--"
PIECES = st.sampled_from([*ADDRESS.split(), " ", "\n", "\x00", "é", "\u0301", "\ud800", "9" * 20])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from(sorted(PLATFORMS)))
def test_no_address_however_broken_raises_and_one_spelling_stays(text: str, name: str) -> None:
    platform = PLATFORMS[name]
    for url in (text, f"https://a.vn/{text}"):
        spelled = urls.canonical(url, platform)
        assert urls.canonical(spelled, platform) == spelled
        urls.article_key(url, platform)
        urls.is_article(url, platform)
        urls.absolute("https://a.vn/x", url)
        urls.same_site(url, spelled)
    position(f"https://a.vn/{text}")


@pytest.mark.parametrize(
    ("platform", "url"),
    [
        ("dnn", "http://a.vn/Default.aspx?NID=7&tabid=31"),
        ("mojoportal", "http://a.vn/article/viewdetail.aspx?ItemID=7&mid=81&pageid=31"),
        ("aspx_custom", "http://a.vn/tintuc.aspx?cn=2&gd=1&id=7&mnid=31"),
    ],
)
def test_the_parameters_that_a_page_is_made_of_stay_in_its_address(platform: str, url: str) -> None:
    assert urls.canonical(url, PLATFORMS[platform]) == url
    assert "31" not in urls.article_key(url, PLATFORMS[platform]), "an article below two tabs is one"


def test_a_category_of_joomla_has_a_number_and_is_no_article() -> None:
    base = "http://a.vn/index.php?option=com_content"
    assert urls.is_article(f"{base}&view=article&id=20:tin&catid=31", PLATFORMS["joomla"])
    assert urls.is_article(f"{base}&view=category&layout=blog&id=31", PLATFORMS["joomla"]) is None


def test_a_later_page_of_a_portlets_list_is_a_later_page() -> None:
    assert urls.is_later_page("http://a.vn/mat-tran?p_p_id=101&_101_INSTANCE_x_cur=2")
