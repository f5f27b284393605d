"""A platform whose theme has changed: pages of before and after are read by the rules of their time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawler.reading.page import Page
from crawler.reading.platform import ArticleRules, EarlierLayout, Platform
from crawler.reading.reader import read
from storage.records import Article

TEXT = [
    f"Ngày {n}/3, Ủy ban MTTQ xã tổ chức hội nghị lần thứ {n} với đông đủ đại biểu về dự."
    for n in range(2, 7)
]
ASIDE = (
    "Đường dây nóng của xã nhận phản ánh của bà con vào mọi giờ trong ngày, kể cả ngày nghỉ lễ và ngày Tết."
)

OLD = ArticleRules(title=(".tieude",), body=(".noidung",), byline=(".nguoiviet",), noise=(".duongday",))
NEW = ArticleRules(title=("h1",), body=(".entry",), byline=(".author",), noise=(".hotline",))
TODAY = Platform("thu", "Thử", article=NEW, earlier=(EarlierLayout(date(2026, 6, 30), OLD),))
FORGETFUL = Platform("thu", "Thử", article=NEW)


def page(day: date, markup: str) -> Page:
    fetched_at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Page(
        "https://xa.example.vn/bai-1.html", f"<html><body>{markup}</body></html>".encode(), fetched_at
    )


def old_theme(day: date) -> Page:
    text = "".join(f"<div>{line}</div>" for line in TEXT)
    return page(
        day,
        f"<table><tr><td class=tieude>Hội nghị Mặt trận xã</td></tr><tr><td class=noidung>{text}"
        f"<div class=duongday>{ASIDE}</div></td></tr></table><i class=nguoiviet>Thanh Hà</i>",
    )


def new_theme(day: date) -> Page:
    text = "".join(f"<p>{line}</p>" for line in TEXT)
    return page(
        day,
        f"<article><h1>Hội nghị Mặt trận xã</h1><div class=entry>{text}<p class=hotline>{ASIDE}</p></div>"
        "<b class=author>Thanh Hà</b></article>",
    )


def read_by(platform: Platform, saved: Page) -> Article:
    article = read(saved, platform).article
    assert article is not None
    return article


@pytest.mark.parametrize(
    "saved",
    [
        old_theme(date(2026, 5, 1)),
        new_theme(date(2026, 8, 1)),
        old_theme(date(2026, 8, 1)),  # a site that was moved late
        new_theme(date(2026, 5, 1)),  # and one that was moved before the platform file learned of it
    ],
    ids=["old page", "new page", "old theme still", "new theme already"],
)
def test_a_page_is_read_by_the_rules_of_its_theme_whenever_it_was_fetched(saved: Page) -> None:
    article = read_by(TODAY, saved)
    assert article.paragraphs == tuple(TEXT)
    assert (article.title, article.byline) == ("Hội nghị Mặt trận xã", "Thanh Hà")


@pytest.mark.parametrize("day", [date(2026, 5, 1), date(2026, 8, 1)])
def test_the_layout_that_read_a_page_is_told(day: date) -> None:
    old, new = read_by(TODAY, old_theme(day)).provenance, read_by(TODAY, new_theme(day)).provenance
    assert (old["title"], old["paragraphs"]) == (
        "platform@2026-06-30:.tieude",
        "platform@2026-06-30:.noidung",
    )
    assert (new["title"], new["paragraphs"]) == ("platform:h1", "platform:.entry")


def test_without_its_earlier_layout_the_old_page_is_not_read_right() -> None:
    article = read(old_theme(date(2026, 5, 1)), FORGETFUL).article
    assert article is None or article.paragraphs != tuple(TEXT)
    assert read_by(FORGETFUL, new_theme(date(2026, 8, 1))).paragraphs == tuple(TEXT)


def test_the_rules_of_the_day_come_first() -> None:
    older = EarlierLayout(date(2025, 1, 1), ArticleRules(body=(".a",)))
    platform = Platform("thu", "Thử", article=NEW, earlier=(TODAY.earlier[0], older))
    assert [p.article for p in platform.layouts(date(2024, 1, 1))] == [older.article, OLD, NEW]
    assert [p.article for p in platform.layouts(date(2026, 1, 1))] == [OLD, NEW, older.article]
    assert [p.article for p in platform.layouts(date(2026, 7, 1))] == [NEW, OLD, older.article]
