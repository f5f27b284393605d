"""Pages as libxml2 writes them, and where their lines stand."""

from collections.abc import Iterator
from itertools import islice

import pytest

from benchmarks.accuracy_pages import own_pages
from crawler.reading import tree as trees
from crawler.reading.decoding import decode
from crawler.reading.generic import locate
from crawler.reading.lines import Outline, read_lines, read_outline
from crawler.reading.starts import start_of, tags_of, unescaped
from crawler.reading.tree import Tree

XHTML = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
HUGE = 10**9


def parsed(markup: str) -> Tree:
    tree = trees.parse(markup)
    assert tree is not None
    return tree


def texts(markup: str) -> list[str]:
    return [line.text for line in read_lines(parsed(markup).body)]


def events(tree: Tree, elements: int) -> Iterator[tuple[str, str]]:
    """Tags and texts, each element with a start and an end."""
    for head, text in tags_of(tree.body, elements):
        if head.endswith("/") and head != "/":
            yield head[:-1], ""
            head = "/"
        yield "/" if head.startswith("/") else head, unescaped(text)


@pytest.fixture(scope="module")
def pages() -> list[Tree]:
    found = [trees.parse(decode(case.page)) for case in own_pages()]
    return [tree for tree in found if tree is not None]


def test_what_libxml2_writes_is_the_page_as_it_stands(pages: list[Tree]) -> None:
    for tree in pages:
        ours = [(start_of(head) if head != "/" else None, text) for head, text in events(tree, HUGE)]
        theirs = [(start_of(head) if head != "/" else None, text) for head, text in events(tree, 0)]
        assert list(map(repr, ours)) == list(map(repr, theirs))


def test_each_element_stands_within_the_one_around_it(pages: list[Tree]) -> None:
    for tree in pages:
        outline = read_outline(tree.body)
        for number, node in islice(enumerate(outline.nodes), 1, None):
            parent = outline.parents[number]
            assert outline.nodes[parent] is node.getparent()
            assert parent < number < outline.ends[number] <= outline.ends[parent]
            assert outline.ends[number] - number == sum(1 for _ in node.iter())
        assert all(outline.nodes[line.place] is line.block for line in outline.lines)


def test_an_element_elsewhere_has_no_number() -> None:
    tree = parsed("<html><head><title>Hội nghị</title></head><body><p>Tin</p></body></html>")
    outline: Outline = read_outline(tree.body)
    assert outline.number_of(next(tree.root.iter("title"))) == -1
    assert outline.number_of(None) == -1
    assert [outline.nodes[n].tag for n in outline.children(0)] == ["p"]


def test_a_name_is_no_id_where_the_page_calls_itself_xhtml() -> None:
    body = '<body><div name="comments"><a name="comments">Sáng 12/5</a>, Mặt trận xã họp.</div></body>'
    assert [line.role for line in read_lines(parsed(f"{XHTML}<html>{body}</html>").body)] == [None]


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        pytest.param("<p>Một <foo<bar class='x'>hai</foo<bar> ba</p>", ["Một hai ba"], id="a name with <"),
        pytest.param("<p a<b='c>d'>Một</p><p>hai</p>", ["Một", "hai"], id="an attribute with <"),
        pytest.param("<p>Một\x01 hai\x0b ba</p>", ["Một hai ba"], id="control characters"),
        pytest.param(
            "<p title='1 < 2 > \"0\" &amp;lt;'>a &lt;p&gt; &amp;amp;</p>", ["a <p> &amp;"], id="escapes"
        ),
        pytest.param(
            "<p>Một</p><script>if (a < b) '</p><p>'</script><p>hai</p>", ["Một", "hai"], id="a script"
        ),
        pytest.param("<pre>a\r\n  b &#13; c</pre>", ["a", "b c"], id="line ends"),
        pytest.param(
            "Một<br>Hai<hr>Ba<img src='/a.jpg'>Bốn", ["Một", "Hai", "Ba", "", "Bốn"], id="void elements"
        ),
    ],
)
def test_markup_that_needs_care_is_read_as_it_stands(markup: str, lines: list[str]) -> None:
    assert texts(f"<html><body>{markup}</body></html>") == lines


def test_a_long_line_of_nothing_to_see_is_no_line() -> None:
    prose = "Hội nghị tổng kết công tác Mặt trận năm 2025 của xã diễn ra trong không khí đoàn kết. " * 2
    assert texts(f"<p>{prose}</p><p>{chr(0x200B) * 100}</p><p>{prose}</p>") == [prose.strip()] * 2


def test_a_long_line_runs_on_behind_a_break_whatever_it_is_cleaned_of() -> None:
    begun = "Hội nghị tổng kết công tác Mặt trận năm 2025 của xã\u200b diễn ra trong không khí\u00a0 đoàn kết"
    read = "Hội nghị tổng kết công tác Mặt trận năm 2025 của xã diễn ra trong không khí đoàn kết"
    assert texts(f"<p>{begun}<br>và trang trọng.<br>{begun}.</p>") == [f"{read} và trang trọng.", f"{read}."]


def test_a_box_called_a_widget_is_the_text_where_most_of_the_prose_stands_in_such_boxes() -> None:
    title = "Hội nghị tổng kết của xã"
    text = "Sáng ngày 12/5, Mặt trận xã tổ chức lễ phát động thi đua yêu nước năm 2025 tại hội trường."
    box = f"<div class='widget'><p>{text}</p><p>{text}</p></div>"

    def roles(inside: str) -> list[str | None]:
        tree = parsed(f"<html><body><h1>{title}</h1>{inside}</body></html>")
        region = locate(tree, title, next(tree.body.iter("h1")))
        assert region is not None
        return [line.role for line in [*region.lines, *region.after] if line.text == text]

    assert roles(f"<div><p>{text * 5}</p></div>{box}") == ["noise", "noise"]
    assert roles(f"{box}<div class='widget'><p>{text * 5}</p></div>") == [None, None]
