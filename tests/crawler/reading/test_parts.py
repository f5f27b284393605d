"""Pages put together from parts that recur: the same outline as of the page as a whole."""

from dataclasses import astuple, replace

import pytest
from lxml.etree import _Element as Element

from benchmarks.accuracy_pages import own_pages
from crawler.reading import generic, parts
from crawler.reading import tree as trees
from crawler.reading.decoding import decode
from crawler.reading.generic import locate
from crawler.reading.judging import judged
from crawler.reading.lines import Line, Outline, read_outline
from crawler.reading.parts import line_at, read_page
from crawler.reading.starts import PLAIN

TEXT = "Sáng ngày 12/5, Mặt trận xã tổ chức lễ phát động thi đua yêu nước năm 2025 tại hội trường."
MENU = "<div class='menu'><ul><li><a href='/tin'>Tin tức</a></li><li><a href='/anh'>Ảnh</a></li></ul></div>"


def body_of(markup: str) -> Element:
    tree = trees.parse(markup)
    assert tree is not None
    return tree.body


def page(inside: str) -> str:
    return f"<html><body>{inside}</body></html>"


def shown(line: Line) -> tuple[object, ...]:
    """All that a line says, its place and its table's number on the page apart."""
    return astuple(replace(line, block=None, place=0, frame=bool(line.frame), judged=None))


def assert_same(body: Element, title: Element) -> None:
    whole, joined = read_outline(body, title=title), read_page(body, title)
    assert list(map(shown, joined.lines)) == list(map(shown, whole.lines))
    assert joined.places == [line.place for line in whole.lines]
    assert (joined.parents, joined.ends, joined.files) == (whole.parents, whole.ends, whole.files)
    assert all(line_at(joined, n).block is line.block for n, line in enumerate(whole.lines))
    assert all(joined.node(n) is node for n, node in enumerate(whole.nodes))


def test_a_page_reads_alike_part_by_part_whatever_its_headline() -> None:
    for case in own_pages():
        tree = trees.parse(decode(case.page))
        if tree is None:
            continue
        elements = list(tree.body.iter("*"))
        for title in elements[1 :: len(elements) // 8 + 1]:
            for _ in range(3):  # read, remembered, kept
                assert_same(tree.body, title)


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param(f"Một<br><div>{MENU}</div>hai <h1>T</h1>", id="a sentence goes on behind a box"),
        pytest.param("Một<br><div><p> </p></div>hai <h1>T</h1>", id="a sentence goes on behind an empty box"),
        pytest.param("Một<br><div><b><br></b></div>hai <h1>T</h1>", id="a sentence ends within an empty box"),
        pytest.param(f"<center><div>{TEXT}</div>{MENU}<h1>T</h1></center>", id="what lends its looks"),
        pytest.param(f"<ul><li><h1>T</h1><div><b>{TEXT}</b></div></li></ul>", id="an item of a list"),
        pytest.param(f"<a href='/x'><h1>T</h1><div><b>{TEXT}</b></div></a>", id="all of it a link"),
        pytest.param(f"<table><tr><td><h1>T</h1></td><td><div>{MENU}</div></td></tr></table>", id="a row"),
        pytest.param(f"<div hidden><h1>T</h1><div><b>{TEXT}</b></div></div>", id="not shown"),
        pytest.param("<pre><h1>T</h1><div><b>a\nb</b></div></pre>", id="line by line"),
        pytest.param(f"<h1>T</h1><div><pre>a\nb</pre></div>{MENU}", id="lines within a box"),
        pytest.param(f"<div><p>Một\x01 hai</p>{MENU}</div><h1>T</h1>", id="control characters"),
        pytest.param(f"<h1>T</h1><div><foo<bar>{TEXT}</foo<bar></div>", id="a name with <"),
        pytest.param(
            "<iframe src='/1.pdf'></iframe><div><p><iframe src='/2.pdf'></iframe></p></div><h1>T</h1>"
            "<div><p><embed src='/3.pdf'></p></div><object data='/4.pdf'></object>", id="files in their order"
        ),
        pytest.param("<h1>T</h1>" + "<p>a</p>" * 2_000 + MENU, id="more than is written one by one"),
        pytest.param(f"<h1>T &amp; U</h1> &lt;x&gt; &amp;amp; {MENU} &amp;lt;", id="escapes"),
    ],
)  # fmt: skip
def test_markup_that_reaches_into_its_boxes_reads_alike(inside: str) -> None:
    body = body_of(page(inside))
    for _ in range(3):
        assert_same(body, next(body.iter("h1")))


def test_a_box_lends_its_lines_to_the_next_page_but_no_element_of_its_own() -> None:
    outlines = []
    for n in range(4):
        body = body_of(page(f"{MENU}<h1>Tin số {n}</h1><p>{TEXT}</p>"))
        outlines.append(read_page(body, next(body.iter("h1"))))
        assert line_at(outlines[-1], 0).block is next(body.iter("li"))
    assert outlines[3].lines[0] is outlines[2].lines[0]
    assert outlines[3].lines[0].block is None


def test_what_one_page_doubts_of_a_box_the_next_one_does_not() -> None:
    box = f"<div class='widget'><p>{TEXT}</p><p>{TEXT}</p></div>"
    widget = f"<h1>Hội nghị tổng kết của xã</h1><div><p>{TEXT * 5}</p></div>{box}"
    article = f"<h1>Hội nghị tổng kết của xã</h1>{box}<div class='widget'><p>{TEXT * 5}</p></div>"

    def roles(inside: str) -> list[str | None]:
        tree = trees.parse(page(inside))
        assert tree is not None
        region = locate(tree, "Hội nghị tổng kết của xã", next(tree.body.iter("h1")))
        assert region is not None
        return [line.role for line in [*region.lines, *region.after] if line.text == TEXT]

    assert [roles(inside) for inside in (widget, article, widget, article, widget, article)] == [
        ["noise", "noise"],
        [None, None],
    ] * 3


def test_a_part_weighs_as_much_as_its_lines_one_by_one() -> None:
    for case in own_pages():
        tree = trees.parse(decode(case.page))
        title = next(tree.body.iter("h1", "h2", "p"), None) if tree is not None else None
        if tree is None or title is None:
            continue
        outline = read_page(tree.body, title)
        worth = [judged(line).worth / 7 for line in outline.lines]
        whole, one_by_one = (generic._summed(outline, worth, parts) for parts in (outline.parts, []))
        assert [(number, one_by_one[number]) for number in whole] == list(whole.items())
        assert [number for number in one_by_one if number in whole] == list(whole)
        assert all(value <= 0 for number, value in one_by_one.items() if number not in whole)


def test_no_more_is_kept_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_KEPT", 100)
    monkeypatch.setattr(parts, "_SEEN", 8)
    kept = parts._Parts()
    empty = Outline([], [], [], [], [], [], ())
    for n in range(50):
        markup = f"<div>{n:024}</div>".encode()
        for _ in range(2):
            kept.keep(markup, PLAIN, empty)
    found = [n for n in range(50) if kept.find(f"<div>{n:024}</div>".encode(), PLAIN) is not None]
    assert found == [48, 49]
