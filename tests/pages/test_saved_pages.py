"""The saved pages hold what they expect of a reader, and are what their script writes."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from pathlib import Path

import pytest

from tests.pages import make_pages

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
ARTICLE_KEYS = {
    "title",
    "lead",
    "paragraphs",
    "captions",
    "byline",
    "authors",
    "source_credit",
    "published_at",
}
PAGE_KINDS = {
    "article", "listing", "home", "search", "tag", "document", "login", "soft404", "updating", "waf", "empty",
    "calendar", "sitemap",
}  # fmt: skip


def visible_text(page: str) -> str:
    """A page's text with its entities decoded, in NFC, with single spaces."""
    page = re.sub(r"</?(?:a|b|i|em|strong|span|code)\b[^>]*>", "", page)
    plain = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    plain = unicodedata.normalize("NFC", html.unescape(plain)).replace("Ð", "Đ").replace("\u200b", "")
    return " ".join(plain.split())


def test_there_are_a_hundred_and_twenty_pages_and_each_has_both_files() -> None:
    assert len(NAMES) >= 120
    assert sorted(path.stem for path in FOLDER.glob("*.html")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_page_holds_every_value_that_is_expected_of_it(name: str) -> None:
    record = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    expected = record["expected"]
    assert expected["page_kind"] in PAGE_KINDS
    assert record["traps"]
    if expected["page_kind"] != "article":
        return
    assert expected.keys() >= ARTICLE_KEYS
    text = visible_text((FOLDER / f"{name}.html").read_text(encoding="utf-8"))
    values = [expected["title"], *expected["paragraphs"], *expected["captions"]]
    values += [value for key in ("lead", "source_credit") if (value := expected[key])]
    source = (FOLDER / f"{name}.html").read_text(encoding="utf-8")
    # Abroad an author often stands in the page's machine data alone.
    assert not expected["byline"] or expected["byline"] in text or f'"{expected["byline"]}"' in source
    for value in values:
        assert value == unicodedata.normalize("NFC", value)
        assert value in text
    shown = expected["published_at"] is not None
    assert shown == (expected.get("published_precision", "unclear") is not None)


def test_the_script_writes_the_committed_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed = {path.name: path.read_bytes() for path in FOLDER.glob("*-*.*")}
    for table in ("pages.toml", "foreign.toml"):
        (tmp_path / table).write_bytes((FOLDER / table).read_bytes())
    monkeypatch.setattr(make_pages, "FOLDER", tmp_path)
    assert make_pages.main() == 0
    written = {path.name: path.read_bytes() for path in tmp_path.glob("*-*.*")}
    assert len(written) == 2 * (len(make_pages.pages()) + len(make_pages.stories()))
    assert written == {name: committed[name] for name in written}
