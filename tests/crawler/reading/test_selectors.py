"""A page's index finds what lxml finds."""

from __future__ import annotations

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
