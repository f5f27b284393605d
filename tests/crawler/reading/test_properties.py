"""What holds of every page: its own text reads back to itself, and no damage to its bytes is too much."""

from __future__ import annotations

import random
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.accuracy_pages import own_pages
from crawler.reading.page import Page
from crawler.reading.reader import read
from tests.crawler.reading.test_limits import FRAGMENTS, NOW, assert_clean, failed

if TYPE_CHECKING:
    from storage.records import Article

CASES = list(own_pages(Path(__file__).resolve().parents[2] / "pages"))
PROSE = st.text("abcdeghiklmnopqrstuvxyăâđêôơưáàạéếộ ,;–“”'&<>12", min_size=90, max_size=400)


def page_of(title: str, lead: str | None, paragraphs: tuple[str, ...], url: str) -> Page:
    """The plainest page that shows a record's text."""
    summary = f'<p class="lead">{escape(lead)}</p>' if lead else ""
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return Page(
        url,
        f"<html><head><title>{escape(title)}</title></head><body><article><h1>{escape(title)}</h1>{summary}"
        f"<div>{text}</div></article></body></html>".encode(),
        NOW,
        "text/html; charset=utf-8",
    )


def text_of(article: Article | None) -> tuple[str, str | None, tuple[str, ...]] | None:
    return None if article is None else (article.title, article.lead, article.paragraphs)


def test_the_text_of_every_saved_page_reads_back_to_itself() -> None:
    told = 0
    for case in CASES:
        article = read(case.page).article
        if article is None or not article.paragraphs:
            continue
        again = read(page_of(article.title, article.lead, article.paragraphs, case.page.url))
        assert text_of(again.article) == text_of(article), case.name
        told += 1
    assert told > 150


@settings(max_examples=60, deadline=None)
@given(
    st.lists(PROSE.map(lambda text: f"Hội {' '.join(text.split())}."), min_size=2, max_size=6, unique=True)
)
def test_any_prose_reads_back_to_itself(paragraphs: list[str]) -> None:
    page = page_of(
        "Hội Nông dân xã Tân Lập tổng kết năm", None, tuple(paragraphs), "http://x.example.vn/a-1.html"
    )
    first = read(page).article
    assert first is not None
    again = read(page_of(first.title, first.lead, first.paragraphs, page.url))
    assert text_of(again.article) == text_of(first)


def damaged(body: bytes, pick: random.Random) -> bytes:
    """A page cut, spliced, decoded wrongly, or with bytes changed, as proxies and broken CMSes do."""
    place, other = sorted(pick.randrange(len(body)) for _ in range(2))
    return pick.choice(
        [
            body[:place],
            body[place:],
            body[:place] + body[other:],
            body[:other] + body[place:],
            bytes(byte ^ 0x20 if pick.random() < 0.02 else byte for byte in body),
            body.decode("utf-8", "replace").encode("utf-16"),
            body.decode("latin-1").encode("utf-8"),
            body[:place] + bytes(pick.randrange(256) for _ in range(200)) + body[place:],
            body.replace(b"</", b"<", pick.randrange(60)),
            body.replace(b">", b"", pick.randrange(1, 40)),
            body.replace(b'"', b"", pick.randrange(1, 40)),
            body[:place] + b"\x00" * 50 + body[place:],
            body[:place]
            + b"".join(part.encode() for part in pick.sample(FRAGMENTS, 8) if part)
            + body[place:],
        ]
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_page_is_answered_the_same_twice_and_in_clean_text(seed: int) -> None:
    pick = random.Random(seed)
    for case in pick.sample(CASES, 60):
        page = Page(case.page.url, damaged(case.page.body, pick), NOW, pick.choice(["text/html", None]))
        reading = read(page, explain=True)
        assert not failed(reading), (case.name, reading.reason)
        assert_clean(reading)
        assert read(page, explain=True) == reading
