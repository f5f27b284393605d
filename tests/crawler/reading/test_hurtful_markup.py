"""200 kB of markup made to hurt is answered in a second, by every way of reading a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.reading.listing import read_listing
from crawler.reading.reader import read
from spiders.platforms import PLATFORMS
from tests.timing import cpu_seconds

if TYPE_CHECKING:
    from tests.crawler.reading.conftest import MakePage

SIZE = 200_000
TITLE = "Tiêu đề bài viết mẫu của xã Tân Lập"
TEXT = "Sáng ngày 12/5, Hội Nông dân xã tổ chức lễ phát động thi đua sản xuất, kinh doanh giỏi năm 2025. "
LINK = "<a href='/b-{n}.html'>Một bài viết khác của trang, số {n}</a>"


def many(unit: str) -> str:
    """As many of a unit as the size allows; ``{n}`` in it is its number."""
    if "{n}" not in unit:
        return unit * (SIZE // len(unit.encode()))
    return "".join(unit.replace("{n}", str(n)) for n in range(SIZE // (len(unit.encode()) + 3)))


MET = {
    "an address of 200 kB": f"<a href='/{'a/' * 100_000}'>{TEXT}</a>{TEXT * 4}",
    "single letters": "<p>" + "a  " * 60_000 + "</p>",
    "letter-spaced text": "<p>" + "T H Ô N G B Á O " * 12_000 + "</p>",
    "pictures": many("<img src='/a{n}.jpg'>"),
    "files in frames": many("<iframe src='/a{n}.pdf'></iframe>"),
    "lines of code": "<pre>" + "a\n" * 100_000 + "</pre>",
    "cells in a row": "<table><tr>" + "<td>a</td>" * 20_000 + "</tr></table>",
    "pictures with captions": many("<p><img src='/a{n}.jpg'></p><p><i>Ảnh {n} của xã.</i></p>"),
}
"""Shapes that took from 1 to 68 seconds before 22 November 2026."""
OTHERS = {
    "siblings": many("<p>a</p>"),
    "unclosed paragraphs": many("<p>chữ "),
    "unclosed items": many("<li>x"),
    "unclosed bold": many("<b><i>chữ "),
    "deep, then flat": "<div>" * 1_900 + TEXT * 3 + "</div>" * 1_900 + "<p>x</p>" * 20_000,
    "a class of 200 kB": f"<p class='{'a ' * 100_000}'>{TEXT * 4}</p>",
    "a style of 200 kB": f"<p style='{'text-align:x;' * 15_000}'>{TEXT * 4}</p>",
    "capitals within a class": f"<div class='{'aB' * 100_000}'>{TEXT * 4}</div>",
    "comments": many("<!-- c -->"),
    "entities": many("&amp;&nbsp;&#225;"),
    "broken entities": many("&#x"),
    "links": many(LINK),
    "links in paragraphs": many(f"<p>{LINK}</p>"),
    "linked headings": many(f"<h2>{LINK}</h2>"),
    "cards": many(f"<div><h3>{LINK}</h3><p>{TEXT}</p></div>"),
    "cards after a text": f"<p>{TEXT * 4}</p>" + many(f"<div><h3>{LINK}</h3><p>{TEXT}</p></div>"),
    "cards in cards": many(f"<div><h3>{LINK}</h3><p>{TEXT}</p>"),
    "files": many("<p><a href='/a{n}.pdf'>Tệp số {n}</a></p>"),
    "figures": many("<figure><img src='/a{n}.jpg'><figcaption>Ảnh {n}</figcaption></figure>"),
    "tables with pictures": many("<table><tr><td><img src='/a.jpg'></td></tr></table>"),
    "rows": "<table>" + "<tr><td>a</td><td>b</td></tr>" * 7_000 + "</table>",
    "headlines": many("<h1>Tiêu đề bài viết mẫu của xã</h1>"),
    "articles": many("<article><h1>Tiêu đề số {n} của bài</h1><p>" + TEXT + "</p></article>"),
    "dates": many("<p>12/5/2025 08:00</p>"),
    "dates in a line": "<p>" + "12/5/2025 " * 20_000 + "</p>",
    "time elements": many("<time datetime='2025-05-12T08:00:00'>12/5/2025</time>"),
    "authors": many("<span class='author a{n}'>Lê Văn Mẫu</span>"),
    "comments of readers in each other": many(f"<div class='comment'>{TEXT}"),
    "JSON-LD in itself": '<script type="application/ld+json">' + "[" * 90_000 + "</script>" + TEXT * 4,
    "line breaks": many("chữ thường<br>"),
    "labels": many("<p>Tin liên quan:</p>"),
    "lists in lists": "<ul><li>x" * 1_000 + "</li></ul>" * 1_000 + "<li>y</li>" * 20_000,
    "marks on a letter": "<p>e" + "\u0301" * 90_000 + "</p>",
    "a sentence without end": "<p>" + TEXT * 1_900 + "</p>",
    "parentheses": "<p>" + "(" * 200_000 + "</p>",
}
CASES = [
    *(pytest.param(markup, id=name) for name, markup in MET.items()),
    *(pytest.param(markup, id=name, marks=pytest.mark.slow) for name, markup in OTHERS.items()),
]


@pytest.mark.parametrize("markup", CASES)
def test_a_page_made_to_hurt_is_answered_in_a_second(make_page: MakePage, markup: str) -> None:
    head = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
    page = make_page((head + markup).encode("utf-8", "replace")[: SIZE + 1_000])
    for what, work in (
        ("as unknown markup", lambda n: read(page)),
        ("by a platform", lambda n: read(page, PLATFORMS["nukeviet"])),
        ("as a listing", lambda n: read_listing(page)),
    ):
        spent = cpu_seconds(work, 1.0)
        assert spent < 1.0, f"{what}: {spent:.2f} s"
