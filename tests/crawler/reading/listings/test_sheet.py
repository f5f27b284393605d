"""What a listing page is asked for through its sheet is what lxml and the long ways answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reading import urls
from crawler.reading.markup import Element, parse, select
from crawler.reading.page import Page
from crawler.reading.page_numbers import position
from crawler.reading.sheet import Sheet

MakePage = Callable[..., Page]

PAGE = """<body><nav id="menu" class="main nav"><a class="a" href="/x">x</a></nav>
<div class="list"><div class="news_column">
<div class="panel first"><h3 class="title"><a href="/1">Một</a></h3><em class="fa">i</em>
<em>12/5/2025</em></div><div class="panel other-news"><h3><a class="a" href="/2">Hai</a></h3>
<ul class="related"><li><a href="/3">Ba</a></li><li class="panel"><a href="/4">Bốn</a></li></ul></div>
</div></div>
<p class="panel\xa0odd">lẻ</p><section id="aside"><p class="panel">x</p></section></body>"""
SELECTORS = (
    ".panel", ".odd", ".panel:not(.other-news)", ".news_column .panel", ".news_column .panel:not(.first)",
    ".news_column > .panel", "h3 a", ".title a", ".panel a", "h3.title a", "em:not(.fa)", "em.fa + em",
    "#menu", "#menu .a", "ul.related > li", "li:first-child", ".panel:first-child", ":has(> .news_column)",
    ":has(> .panel)", ".list, .related", "[class*=new]", ".missing", "#missing", ".missing a",
    ".panel:not(:has(ul))",
)  # fmt: skip
BLOCKS = (".news_column", ".panel", "li", "section")


def sheet_of(html_page: MakePage, *, odd: bool) -> Sheet:
    page = html_page(PAGE if odd else PAGE.replace("\xa0", " "))
    tree = parse(page)
    assert tree is not None
    return Sheet(tree, page)


def in_each_block(sheet: Sheet, css: str, ask: Callable[[Element], list[Element]]) -> list[list[Element]]:
    return [ask(block) for where in BLOCKS for block in select(sheet.tree, where)]


@pytest.mark.parametrize("css", SELECTORS)
@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("asked_before", [False, True])
def test_a_sheet_finds_what_a_selector_matches_also_when_elements_were_taken_out(
    html_page: MakePage, css: str, odd: bool, asked_before: bool
) -> None:
    sheet = sheet_of(html_page, odd=odd)
    if asked_before:
        assert sheet.find(css) == select(sheet.tree, css)
        assert in_each_block(
            sheet, css, lambda block: sheet.select(list(block.iter()), css)
        ) == in_each_block(sheet, css, lambda block: select(block, css))
    if not sheet.possible([css]):
        assert select(sheet.tree, css) == []
    for taken_out in ("em.fa", ".first", "#menu", "ul"):
        for element in select(sheet.tree, taken_out):
            sheet.drop(element)
        assert sheet.find(css) == select(sheet.tree, css)
        assert sheet.within(sheet.tree, [css, ".title"]) == select(sheet.tree, f"{css}, .title")
        assert in_each_block(
            sheet, css, lambda block: sheet.select(list(block.iter()), css)
        ) == in_each_block(sheet, css, lambda block: select(block, css))


def test_a_text_is_read_anew_when_something_was_taken_out_of_it(html_page: MakePage) -> None:
    sheet = sheet_of(html_page, odd=False)
    panel = sheet.find(".first")[0]
    assert sheet.text(panel) == "Một i 12/5/2025"
    sheet.drop(select(panel, ".fa")[0])
    assert sheet.text(panel) == "Một 12/5/2025"


PIECES = st.sampled_from(
    [
        *("/", "//", ".", "..", "/./", "a", "tin-tuc", "Bai-12", "trang-3", ".html", "?", "p=1", "&"),
        *("%20", "%E1", "~", ";", "#x", " "),
    ]
)
STARTS = st.sampled_from(
    ["", "/", "https://a.vn", "http://a.vn:8080/", "https://A.vn/", "http://a.vn:80/", "http://a..vn/"]
)


@settings(max_examples=500)
@given(base=STARTS, start=STARTS, pieces=st.lists(PIECES, max_size=6))
def test_a_plain_address_is_spelled_as_taking_it_apart_spells_it(
    base: str, start: str, pieces: list[str]
) -> None:
    link = start + "".join(pieces)
    if link:
        assert urls.absolute(base, link) == urls._resolved(base, link)
    if plain := urls.plain_parts(link):
        assert urls.canonical(f"{link}?utm_source=x") == urls.canonical(link) == link
        assert position(link).stem.startswith(plain[0])
