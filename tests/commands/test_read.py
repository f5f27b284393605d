"""`frontnews read` and `frontnews tag`: pages and rows in, CONTRACT records out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT, Frontnews
from tests.portals.serve import DemoSites
from tests.portals.truth import Truth
from tests.record import RECORD_KEYS


def page_of(row: Truth) -> str:
    """The page of an article as its portal serves it."""
    with urllib.request.urlopen(row.url) as answer:
        text: str = answer.read().decode("utf-8")
        return text


def article_of(demo: DemoSites, portal: str) -> Truth:
    return next(row for row in demo.truth() if row.portal == portal and row.lead and row.on_topic)


def test_a_saved_page_becomes_a_record_with_every_key_of_the_contract(
    frontnews: Frontnews, demo: DemoSites
) -> None:
    row = article_of(demo, "tay_ninh/demo_go_dau")
    file = frontnews.folder / "page.html"
    file.write_text(page_of(row), "utf-8")
    done = frontnews("read", str(file), "--url", row.url)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert [*RECORD_KEYS, "page_kind"] == list(record)
    assert (record["title"], record["lead"], tuple(record["paragraphs"])) == (
        row.title, row.lead, row.paragraphs,
    )  # fmt: skip
    assert record["page_kind"] == "article"
    assert record["portal"] == row.portal
    assert record["provinces_2024"] == ["Tây Ninh"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", record["published_at"])
    assert (record["id"], record["story_id"], record["first_seen_at"]) == (None, None, None)


def test_stdin_an_address_and_a_file_give_the_same_record(frontnews: Frontnews, demo: DemoSites) -> None:
    row = article_of(demo, "nghe_an/demo_do_luong")
    from_stdin = frontnews("read", "-", "--url", row.url, stdin=page_of(row))
    from_address = frontnews("read", row.url)
    assert from_address.returncode == 0, from_address.stderr
    assert json.loads(from_stdin.stdout) == json.loads(from_address.stdout)


def test_explain_shows_a_person_what_won_and_why_and_leaves_stdout_to_the_data(
    frontnews: Frontnews, demo: DemoSites
) -> None:
    row = article_of(demo, "tay_ninh/demo_go_dau")
    done = frontnews("read", row.url, "--explain")
    assert "known to lie on this platform" in done.stderr
    assert re.search(r"published_at +\* ", done.stderr)
    assert list(json.loads(done.stdout)) == [*RECORD_KEYS, "page_kind"]


def test_a_listing_says_what_it_is(frontnews: Frontnews, demo: DemoSites) -> None:
    row = article_of(demo, "tay_ninh/demo_go_dau")
    done = frontnews("read", row.section if "://" in row.section else row.sections[0])
    answer = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert (answer["page_kind"], answer["error"]["class"]) == ("listing", "not_article")


def test_a_thousand_rows_are_answered_in_their_order_by_one_process(
    frontnews: Frontnews, demo: DemoSites
) -> None:
    rows = [row for row in demo.truth() if row.portal == "thanh_hoa/demo_hau_loc"]
    pages = [{"url": row.url, "html": page_of(row)} for row in rows]
    many = [pages[i % len(pages)] for i in range(1000)]
    done = frontnews("read", "--jsonl", stdin="".join(json.dumps(page) + "\n" for page in many))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["title"] for answer in answers] == [rows[i % len(rows)].title for i in range(1000)]


def test_rows_are_tagged_in_their_order_and_keep_what_they_brought(frontnews: Frontnews) -> None:
    rows = [
        {
            "id": 7,
            "title": "Hội Nông dân huyện Hàm Yên tập huấn kỹ thuật",
            "text": "Ngày 5/3/2024, Hội Nông dân huyện Hàm Yên, tỉnh Tuyên Quang mở lớp tập huấn.",
            "url": "https://example.vn/1",
        },
        {"title": "Thời tiết", "text": "Ngày mai trời mưa.", "url": "https://example.vn/2"},
        {"title": "Thiếu chữ"},
    ]
    done = frontnews("tag", "--jsonl", stdin="\n".join(map(json.dumps, rows)))
    assert done.returncode == 0, done.stderr
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert first["id"] == 7
    assert (first["relevant"], first["organizations"], first["districts_2024"], first["event_date"]) == (
        True, ["HND"], ["Huyện Hàm Yên"], "2024-03-05",
    )  # fmt: skip
    assert (second["relevant"], second["organizations"]) == (False, [])
    assert third["error"]["message"] == "the row lacks text"


NOT_ROWS = [
    "garbage",
    "[1]",
    "[" * 100_000,
    '{"title": "a", "text": "b", "n": NaN}',
    '{"title": "a", "text": "b", "url": "http://[bad"}',
]


def test_a_row_that_is_none_keeps_its_place_and_takes_no_other_along(frontnews: Frontnews) -> None:
    row = {"title": "Nửa chữ \ud83d", "text": "Thời tiết", "error": None}
    lines = [f"\ufeff{json.dumps(row)}", *NOT_ROWS, json.dumps(row)]
    done = frontnews("tag", stdin="\n".join(lines))
    assert (done.returncode, done.stderr) == (0, "")
    first, *others, last = (json.loads(line) for line in done.stdout.splitlines())
    assert first == last and first["title"] == "Nửa chữ ?" and first["relevant"] is False
    assert [answer["error"]["class"] for answer in others] == ["usage"] * len(NOT_ROWS)


def test_a_page_row_that_is_none_keeps_its_place_and_takes_no_other_along(frontnews: Frontnews) -> None:
    page = {"url": "http://x.vn/\ud83d", "html": "<p>", "error": 0}
    rows = [
        page,
        {"url": "http://[bad", "html": "<p>"},
        {"url": "http://x.vn/", "html": "<p>", "fetched_at": "hôm qua"},
        {"url": "http://x.vn/", "error": {"class": "dns", "message": "an earlier step's"}},
        page,
    ]
    done = frontnews("read", "--jsonl", stdin="\n".join(map(json.dumps, rows)))
    assert (done.returncode, done.stderr) == (0, "")
    first, address, time, earlier, last = (json.loads(line) for line in done.stdout.splitlines())
    assert first == last and (first["url"], first["page_kind"]) == ("http://x.vn/?", "empty")
    assert address["error"] == {"class": "usage", "message": "http://[bad is no address: Invalid IPv6 URL"}
    assert time["error"]["message"] == 'fetched_at is no time in ISO 8601 but "hôm qua"'
    assert earlier["error"]["class"] == "dns"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_data_is_utf_8_whatever_the_locale_says(frontnews: Frontnews, encoding: str) -> None:
    row = {"title": "Mặt trận", "text": "Ủy ban MTTQ huyện Hàm Yên trao quà."}
    done = subprocess.run(
        [sys.executable, ROOT / "cli.py", "tag"],
        env=frontnews.all_variables(PYTHONIOENCODING=encoding), cwd=frontnews.folder,
        input=json.dumps(row, ensure_ascii=False).encode(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["districts_2024"] == ["Huyện Hàm Yên"]


def test_the_key_order_of_the_contract_is_the_one_that_is_tested() -> None:
    design = Path(ROOT.parent / "shared" / "DESIGN.md")
    if design.is_file():
        contract = design.read_text("utf-8").partition("## CONTRACT: the record")[2].partition("```")[2]
        for key in RECORD_KEYS:
            assert re.search(rf"\b{key}\b", contract.partition("```")[0]), key
