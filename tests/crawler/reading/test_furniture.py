"""What a portal prints alike around its articles is left out, and nobody can tell by what is read."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape

import pytest

from benchmarks import speed_site
from benchmarks.accuracy_pages import site_pages
from crawler.reading import furniture
from crawler.reading.furniture import FURNITURE, Furniture, Lean, furniture_of
from crawler.reading.page import Page, Reading
from crawler.reading.platform import Platform
from crawler.reading.reader import read
from spiders.platforms import PLATFORMS
from tests.crawler.reading.conftest import FETCHED_AT
from tests.crawler.reading.test_decoding import as_cp1258
from tests.crawler.reading.test_hurtful_markup import MET, OTHERS
from tests.timing import cpu_seconds

MENU = "".join(f"<li class='m{n}'><a href='/muc-{n}/'>Chuyên mục {n}</a></li>" for n in range(30))
NAV = f"<nav class='menu'><ul>{MENU}</ul></nav>"
NEWS = "".join(
    f"<li><a href='/tin/cu-{n}.html'>Hội viên thôn {n} thi đua làm đường</a></li>" for n in range(20)
)
SIDE = f"<div class='side'><ul>{NEWS}</ul></div>"
TEXT = "Sáng ngày 12/5/2025, Ủy ban Mặt trận Tổ quốc xã Tân Lập tổ chức hội nghị lần thứ {} tại hội trường."


@pytest.fixture(autouse=True)
def without_what_other_tests_taught() -> Iterator[None]:
    FURNITURE.forget()
    yield
    FURNITURE.forget()


def markup(number: int, before: str = NAV, after: str = SIDE) -> str:
    """An article of 1,000 letters with its portal's menu and sidebar."""
    text = "".join(
        f"<p>{TEXT.format(1_000 * number + n)} Đại biểu số {number} phát biểu.</p>" for n in range(10)
    )
    title = f"Mặt trận xã Tân Lập họp phiên thứ {number} của năm"
    return (
        f"<html><head><title>{title}</title></head><body>{before}<div class='main'><h1>{title}</h1>"
        f"<span class='time'>Đăng lúc 08:{number % 60:02}, 12/05/2025</span>{text}</div>{after}</body></html>"
    )


def page(number: int, html: str | None = None, host: str = "xa.example.vn") -> Page:
    body = (markup(number) if html is None else html).encode()
    return Page(f"http://{host}/tin/bai-{number}.html", body, FETCHED_AT, "text/html; charset=utf-8")


def whole(page: Page, platform: Platform | None = None) -> Reading:
    """How the page reads as it came: what is explained is read with all that stands around it."""
    return replace(read(page, platform, explain=True), candidates=())


def taught(count: int = 40, host: str = "xa.example.vn") -> None:
    for number in range(count):
        read(page(number, host=host))


def lean(page: Page, platform: str = "") -> Lean | None:
    return FURNITURE.without(page.url, platform, page.body)


def test_menu_and_sidebar_are_left_out_once_pages_of_a_portal_are_known() -> None:
    taught()
    left = lean(page(100))
    assert left is not None
    assert b"muc-1" not in left.encoded
    assert b"cu-1." not in left.encoded
    assert b"<nav class='menu'></nav>" in left.encoded
    assert b"<div class='side'></div>" in left.encoded
    assert "phiên thứ 100".encode() in left.encoded
    assert left.links == 50


def test_the_first_pages_of_a_portal_are_read_as_they_come() -> None:
    taught(furniture.PATIENCE)
    assert lean(page(100)) is None


@pytest.mark.parametrize("platform", speed_site.PLATFORMS)
@pytest.mark.parametrize("known", [True, False], ids=["by selectors", "by structure"])
def test_pages_read_the_same_without_their_furniture(platform: str, known: bool) -> None:
    shape = next(s for s in speed_site.shapes(360) if s.portal.platform == platform)
    reader = PLATFORMS[platform] if known else None
    left_out = 0
    for path, number in shape.numbers.items():
        one = Page(f"http://{platform}.example.vn{path}", shape.page(number), FETCHED_AT, "text/html")
        assert read(one, reader) == whole(one, reader)
        left_out += lean(one, platform if known else "") is not None
    assert left_out > 40


@pytest.mark.parametrize("known", [True, False], ids=["by selectors", "by structure"])
def test_articles_of_the_recorded_sites_read_the_same_without_their_furniture(known: bool) -> None:
    cases = list(site_pages())
    if not cases:
        pytest.skip("no recorded sites: ../shared is not here")
    left_out = 0
    for case in cases:
        reader = PLATFORMS[str(case.platform)] if known else None
        assert read(case.page, reader) == whole(case.page, reader), case.page.url
        left_out += lean(case.page, str(case.platform) if known else "") is not None
    assert left_out > 0.8 * len(cases)


@pytest.mark.parametrize(
    "spell",
    [
        as_cp1258,
        lambda text: text.replace("ộ", "ộ\x00").encode(),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode().replace("hội trường".encode(), "hội tr".encode() + b"\xc6"),
        lambda text: text.encode("ascii", "xmlcharrefreplace"),
    ],
    ids=["cp1258", "NUL", "byte order mark", "broken letters", "references"],
)
def test_all_of_a_page_is_decoded_where_what_its_furniture_leaves_does_not_tell_how(
    spell: Callable[[str], bytes],
) -> None:
    script = "".join(f"var v{n} = 'menu-{n}';" for n in range(200))
    box = f"<script>{script}</script>"
    for number in range(40):
        read(page(number, markup(number, box, "")))
    one = replace(page(101), body=spell(markup(101, box, "")))
    assert (left := lean(one)) is not None
    assert b"menu-7" not in left.encoded
    assert read(one) == whole(one)


def test_a_box_with_lost_letters_stays_for_the_decoding_to_be_judged_by() -> None:
    lost = f"<nav>{NAV}\ufffd</nav>"
    found = furniture_of(markup(1, lost, "").encode(), markup(2, lost, "").encode())
    assert [box.stub for box in found] == [b"<nav class='menu'></nav>"]


def test_a_section_without_articles_is_no_article_without_its_sidebar() -> None:
    taught()
    empty = page(200, f"<html><body>{NAV}<div class='main'><h1>Hội Nông dân</h1></div>{SIDE}</body></html>")
    assert read(empty) == whole(empty)
    assert read(empty).kind == "listing"


def test_what_may_tell_of_an_article_is_never_left_out() -> None:
    for telling in (
        "<h1>Mặt trận</h1>",
        "<p class='author'>Lê Văn Mẫu</p>",
        "<ul class='breadcrumb'><li>Tin</li></ul>",
        "<input type='password'>",
        "<video src='/a.mp4'></video>",
    ):
        box = f"<div class='box'>{telling}{NAV}</div>"
        found = furniture_of(markup(1, box, "").encode(), markup(2, box, "").encode())
        assert [box.stub for box in found] == [b"<nav class='menu'></nav>"], telling


def test_data_of_a_page_is_not_left_out_but_its_scripts_are() -> None:
    calls = "".join(f"var v{n} = document.getElementById('author-{n}');" for n in range(40))
    data = f'<script type=\'application/ld+json\'>{{"name": "{"Mặt trận " * 120}"}}</script>'
    before = f"<script>{calls}</script>{data}"
    found = furniture_of(markup(1, before, "").encode(), markup(2, before, "").encode())
    assert [box.stub for box in found] == [b"<script></script>"]


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(f"<div class='a'><noscript></div></noscript>{MENU}</div>", id="an end within noscript"),
        pytest.param(f"<div class='a'>{MENU}</body></html></div>", id="the page's end"),
        pytest.param(f"<div class='a' title='>'>{MENU}</div>", id="a sign within an attribute"),
    ],
)
def test_a_box_whose_emptying_would_move_others_stays(box: str) -> None:
    one, other = (markup(n, box, "") for n in (1, 2))
    for found in furniture_of(one.encode(), other.encode()):
        emptied = one.replace(found.markup.decode(), found.stub.decode())
        assert whole(page(1, emptied)).article == whole(page(1, one)).article
        assert found.markup.startswith(b"<li"), "the box itself stays"


def test_what_articles_share_in_their_texts_is_not_left_out() -> None:
    """Appeals with one table of accounts: the two that are compared, then one that nobody checks."""
    rows = "".join(
        f"<tr><td>Số tài khoản {n}</td><td>Kho bạc huyện Tân Lập, mã {n}</td></tr>" for n in range(14)
    )
    shared = f"<div class='ung-ho'><p>Mọi sự ủng hộ xin gửi về:</p><table>{rows}</table></div>"

    def appeal(number: int) -> Page:
        return page(
            number, markup(number).replace("</div><div class='side'>", f"{shared}</div><div class='side'>")
        )

    for number in range(20):
        read(appeal(number) if number in (furniture.PATIENCE, furniture.PATIENCE + 1) else page(number))
    left = lean(page(20))
    assert left is not None
    assert not left.is_checked
    assert read(appeal(21)) == whole(appeal(21))


def test_a_portal_whose_pages_read_otherwise_without_it_keeps_its_furniture() -> None:
    taught()
    left = lean(page(100))
    assert left is not None
    left.tell(agrees=False)
    taught()
    assert lean(page(100)) is None


def test_a_portal_whose_pages_are_read_twice_keeps_its_furniture() -> None:
    taught()
    for number in range(100, 160):
        read(
            page(
                number,
                f"<html><body>{NAV}<h1>Ảnh {number}</h1><img src='/a{number}.jpg'>{SIDE}</body></html>",
            )
        )
    assert lean(page(200)) is None


def test_pages_are_read_both_ways_ever_more_seldom() -> None:
    taught(12)
    checked = [n for n in range(200) if (left := lean(page(100 + n))) is not None and left.is_checked]
    assert 4 <= len(checked) <= 8
    assert max(checked) > 100


def test_the_same_page_again_teaches_nothing() -> None:
    for _ in range(40):
        read(page(1))
    assert lean(page(1)) is None


def test_sections_that_mark_themselves_in_the_menu_are_layouts_of_their_own() -> None:
    menus = [NAV.replace(f"class='m{n}'", f"class='m{n} active'") for n in range(3)]
    for number in range(60):
        read(page(number, markup(number, menus[number % 3])))
    for number in range(60, 63):
        left = lean(page(number, markup(number, menus[number % 3])))
        assert left is not None
        assert b"<nav class='menu'></nav>" in left.encoded


def test_a_new_layout_is_learned() -> None:
    taught()
    other = NAV.replace("muc-", "chuyen-muc-").replace("menu", "top")
    after = SIDE.replace("cu-", "moi-").replace("side", "right")
    for number in range(50, 90):
        read(page(number, markup(number, other, after)))
    left = lean(page(100, markup(100, other, after)))
    assert left is not None
    assert b"chuyen-muc-1" not in left.encoded


def test_portals_do_not_share_furniture() -> None:
    taught(host="xa.example.vn")
    assert lean(page(100, host="phuong.example.vn")) is None


def test_memory_is_bounded_however_many_portals_there_are() -> None:
    store = Furniture()
    filler = "".join(f"<p>{escape(TEXT.format(n))}</p>" for n in range(400))
    for portal in range(200):
        for number in range(9):
            encoded = markup(number, NAV, f"<div class='side'>{filler}{portal}</div>").encode()
            learned = store.learn(f"http://xa-{portal}.example.vn/bai-{number}", "", encoded)
            if learned is not None:
                learned.keep()
    kept = [f"xa-{n}" for n in range(200) if store.without(f"http://xa-{n}.example.vn/x", "", encoded)]
    assert "xa-199" in kept
    assert "xa-0" not in kept
    assert len(kept) < 150


@pytest.mark.parametrize("name", [*MET, *OTHERS])
def test_markup_made_to_hurt_is_compared_in_a_second(name: str) -> None:
    hurtful = (MET | OTHERS)[name].encode()
    assert cpu_seconds(lambda n: furniture_of(hurtful, hurtful + b"<p>other</p>" * (n + 1)), 1) < 1
