"""A page's index finds what lxml finds."""

from __future__ import annotations

import re

import pytest
from lxml import etree
from lxml.cssselect import CSSSelector

from crawler.reading.selectors import Index

PAGE = """<html class="js"><head><meta property="og:title" content="x"></head><body class="page home">
<div id="main" class="news_column panel"><h1 class="title big">A</h1><h1 class="title">B</h1>
<p id="twice" class="Title">C</p><span id="twice" class="title-of big">D</span>
<a rel="author" href="/a">E</a><a rel="tag category" href="/b">F</a>
<ul class="breadcrumb"><li><a href="/c">G</a></li><li class="last"><a class="" href="/d">H</a></li></ul>
<div itemprop="articleBody" class="
  bodytext	wide"><p class="big"><time datetime="2026">I</time></p></div></div>
<p class="big wide">J</p></body></html>"""


@pytest.mark.parametrize(
    "css",
    [
        ".title",
        ".big",
        ".Title",
        ".titl",
        ".none",
        ".big.wide",
        "p.big",
        "h1.title",
        "#main",
        "#twice",
        "p#twice",
        "#none",
        ".wide time",
        ".news_column .big",
        ".news_column > .big",
        "#main .big",
        "#none .big",
        "[itemprop=articleBody]",
        "[itemprop=none]",
        "[property='og:title']",
        "a[rel=author]",
        "a[rel~=category]",
        "a[rel]",
        "time[datetime]",
        "time[datetime='2026']",
        ".breadcrumb li:last-child a",
        "h1 + h1",
        "h1 ~ .big",
        ".bodytext",
        ".js",
        "body .page",
        "html .home",
    ],
)
def test_the_index_finds_what_lxml_finds(css: str) -> None:
    root = etree.fromstring(PAGE, etree.HTMLParser())
    index = Index(root)
    assert index.select(css) == CSSSelector(css, translator="html")(root)
    assert index.select(css) == index.select(css), "asked twice"


def test_a_page_is_its_own_whatever_the_pages_before_it_were() -> None:
    first, second, third = (
        '<div><p class="a">1</p><p class="a">2</p></div><p class="b a">3</p><i class="c">4</i>',
        '<i class="c">4</i><div><p class="a">1</p></div><p class="b a">3</p><p class="a">2</p>',
        '<div><b class="c"></b><p class="b a">1</p><p class="a">2</p></div><p class="c">3</p><p class="a">',
    )
    for page in (first, second, first, third, first, second, third):
        root = etree.fromstring(f"<html><body>{page}</body></html>", etree.HTMLParser())
        for name in "abc":
            assert Index(root).named(name) == CSSSelector(f".{name}")(root)


def test_an_id_is_found_though_an_anchor_has_it_for_its_name() -> None:
    root = etree.fromstring(
        '<html><body><a name="x">1</a><p id="x">2</p><p id="x">3</p><a name="y">4</a></body></html>',
        etree.HTMLParser(),
    )
    assert [node.text for node in Index(root).select("#x")] == ["2", "3"]
    assert Index(root).select("#y") == []


def test_elements_called_alike_by_class_or_id_stand_in_page_order() -> None:
    root = etree.fromstring(
        '<html><body><p id="tit-1">1</p><div class="title"><b id="tit-2" class="tit">2</b><i>x</i></div>'
        '<p id="other">y</p><p id="tit-3">3</p><p class="tit">4</p></body></html>',
        etree.HTMLParser(),
    )
    found = Index(root).named_like(re.compile("tit"))
    assert [node.get("id") or node.get("class") for node in found] == [
        "tit-1",
        "title",
        "tit-2",
        "tit-3",
        "tit",
    ]
    assert Index(root).named_like(re.compile("none")) == []
