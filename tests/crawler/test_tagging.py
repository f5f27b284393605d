"""Tagging an article: every knowledge field of the contract from its words."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import accuracy_tags
from crawler.tagging import Home, tag, tag_row
from storage.records import Article, Document, Official
from vietnam.dates import VIETNAM
from vietnam.kinds import KINDS


def test_an_article_gets_every_knowledge_field_and_keeps_the_rest() -> None:
    article = Article(
        url="https://thoxuan.thanhhoa.gov.vn/tin/1.html",
        title="Hội nghị giao ban Ủy ban MTTQ và các đoàn thể chính trị - xã hội huyện",
        paragraphs=(
            "Chiều 03/8/2022, Thường trực Huyện ủy giao ban theo Quyết định số 217 của Bộ Chính trị.",
            "Đồng chí Lê Văn An, Phó Bí thư Huyện ủy chủ trì.",
        ),
        published_at=datetime(2022, 8, 3, tzinfo=VIETNAM),
        published_precision="day",
        byline="Lê Thơ",
    )
    tagged = tag(article)
    assert tagged.relevant and tagged.relevance > 0.5
    assert tagged.organizations == ("MTTQ", "CTXH")
    assert (tagged.provinces_2024, tagged.districts_2024) == (("Thanh Hóa",), ("Huyện Thọ Xuân",))
    assert tagged.provinces_2025 == ("Thanh Hóa",) and "Xã Thọ Xuân" in tagged.communes_2025
    assert tagged.kind == "giao_ban"
    assert tagged.event_date == date(2022, 8, 3)
    assert tagged.documents == (Document("Quyết định", "217", None, "Bộ Chính trị"),)
    assert tagged.officials == (Official("Lê Văn An", "Phó Bí thư Huyện ủy"),)
    assert (tagged.byline, tagged.paragraphs, tagged.url) == (article.byline, article.paragraphs, article.url)


def test_tagging_changes_its_own_fields_and_no_other() -> None:
    tags = dataclasses.asdict(tag(Article(url="", title="")))
    full: dict[str, Any] = {field.name: f"the {field.name}" for field in dataclasses.fields(Article)}
    full |= {"title": "Tin", "lead": None, "paragraphs": (), "published_at": None, "url": "https://x.vn/1"}
    tagged = tag(Article(**full))
    changed = {name for name, value in full.items() if getattr(tagged, name) != value}
    of_tags = {
        "event_date", "relevant", "relevance", "organizations", "provinces_2024", "districts_2024",
        "provinces_2025", "communes_2025", "kind", "documents", "officials",
    }  # fmt: skip
    assert changed == of_tags
    assert {name: getattr(tagged, name) for name in of_tags} == {name: tags[name] for name in of_tags}


def test_the_portals_record_goes_before_the_host() -> None:
    article = Article(
        url="http://127.0.0.1:8080/1",
        title="Tổng kết công tác Mặt trận huyện",
        paragraphs=("MTTQ huyện tổng kết.",),
    )
    assert tag(article).provinces_2024 == ()
    assert tag(article, home=Home("Nam Định", "Huyện Ý Yên", "Ninh Bình")).districts_2024 == ("Huyện Ý Yên",)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Tiếp xúc cử tri", "Tổ đại biểu HĐND, có ông A, Chủ tịch Ủy ban MTTQ tỉnh, tiếp xúc cử tri."),
        ("Sơ kết công tác dân vận", "Ban Dân vận họp; dự có lãnh đạo MTTQ, các tổ chức chính trị - xã hội."),
        ("Đại hội Chữ thập đỏ huyện", "Hội Chữ thập đỏ huyện tổ chức đại hội."),
        ("Xuống giống vụ đông xuân", "Nông dân khẩn trương xuống giống."),
        ("Hàng thời trang đắt khách", "(MTTQ) - Thị trường bán lẻ tận dụng tốt ngày Black Friday."),
        ("Nguyên Chủ tịch Hội LHPN xã bị khởi tố", "Công an huyện khởi tố nguyên Chủ tịch Hội LHPN xã."),
        ("Quốc hội thảo luận Luật Công đoàn", "Sáng 24/10, Quốc hội thảo luận dự án Luật Công đoàn."),
        ("HĐND tỉnh khai mạc kỳ họp", "Ủy ban MTTQ tỉnh thông báo về việc tham gia xây dựng chính quyền."),
    ],
)  # fmt: skip
def test_a_mention_is_not_relevance(title: str, text: str) -> None:
    row = tag_row(title, text, "https://example.vn/1", None)
    assert row["relevant"] is False


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Bàn giao nhà cho hộ nghèo", "Ngày 4/2, Ủy ban MTTQ huyện Thuận Bắc bàn giao 9 căn nhà."),
        ("Cử tri mong mỏi", "Ứng cử viên gặp cử tri do Ủy ban MTTQ huyện Hóc Môn tổ chức."),
        ("Tiếp xúc cử tri", "HĐND phối hợp với Ban Thường trực UB.MTTQVN huyện tổ chức hội nghị."),
        ("Ngày hút đinh", "Thị Đoàn Dĩ An ra quân với 3 xe hút đinh."),
        ("Province launches action month", "The Vietnam Fatherland Front of Hung Yen held its congress."),
        ("Phát biểu của Tổng Bí thư", "Ông phát biểu tại Đại hội đại biểu toàn quốc MTTQ Việt Nam."),
        ("Thắp sáng đường quê", "Chi hội phụ nữ thôn Đoài góp 15 triệu đồng lắp đèn."),
    ],
)  # fmt: skip
def test_the_actor_is_relevance(title: str, text: str) -> None:
    assert tag_row(title, text, "https://example.vn/1", None)["relevant"] is True


def test_a_row_answers_with_the_contracts_keys_in_json_types() -> None:
    row = tag_row(
        "Trao quà",
        "Ngày 5/3/2024, Hội LHPN xã trao quà.\nTheo Kế hoạch số 5-KH/HPN.",
        "https://a.vn/1",
        "2024-03-06",
    )
    assert list(row) == [
        "event_date", "relevant", "relevance", "organizations", "provinces_2024", "districts_2024",
        "provinces_2025", "communes_2025", "kind", "documents", "officials",
    ]  # fmt: skip
    assert row["event_date"] == "2024-03-05"
    assert json.loads(json.dumps(row)) == row
    assert row["kind"] in KINDS


@pytest.mark.parametrize("published", [None, "", "garbage", "06/03/2024", "2024-03-06T10:00:00+07:00"])
def test_a_publication_time_of_any_form_is_taken(published: str | None) -> None:
    row = tag_row("Trao quà", "Sáng 5/3, Hội LHPN xã trao quà.", "https://a.vn/1", published)
    assert row["event_date"] == ("2024-03-05" if published and "2024" in published else None)


def test_empty_and_broken_rows_are_answered_too() -> None:
    for text in ("", "\n\n", "\x00\u200b", "(" * 2000, "Uỷ ban " * 500, "đồng chí " * 500):
        assert tag_row(text, text, "not a url [", None)["kind"] in KINDS


FRAGMENTS = (
    "Ủy ban MTTQ", "huyện ", "Châu Thành", "TP.", "HCM", "xã ", "Hàm Yên", "(", ")", ", ", ". ", "; ", " - ",
    "ngày 5/3", "Nghị quyết số ", "10-NQ/TW", " của ", "đồng chí ", "Nguyễn Văn A", "Chủ tịch ", "Q. 9", "’",
    "\n", "Tỉnh ủy ", "đoàn viên", "CCB", "tại Hà Nội", "ĐẠI HỘI", "31/02/2020", "số", "Tuổi trẻ ",
    "Bà Rịa - Vũng Tàu",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join), st.text(max_size=60))
def test_no_text_makes_it_fail(title: str, text: str) -> None:
    for first, second in ((title, text), (text, title)):
        row = tag_row(first, second, "https://hamyen.tuyenquang.gov.vn/1", None)
        assert row["kind"] in KINDS
        assert 0 <= float(str(row["relevance"])) <= 1
        assert bool(row["districts_2024"]) <= bool(row["provinces_2024"])
        assert bool(row["provinces_2024"]) == bool(row["provinces_2025"])


def test_the_labelled_openings_are_read_above_their_floors(shared: Path) -> None:
    file = shared / "data" / "labelled_dev.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    answers = [tag_row(row["title"], row["text"], row["url"], None) for row in rows]
    scores = {field: accuracy_tags.score(field, rows, answers) for field in accuracy_tags.FLOORS}
    assert {field: value for field, value in scores.items() if value < accuracy_tags.FLOORS[field]} == {}


@pytest.mark.parametrize(
    ("seed", "organizations", "district", "event_date", "kind"),
    [
        ("000", {"MTTQ", "CTXH"}, (), "2024-02-21", "lam_viec"),
        ("001", {"MTTQ", "CTXH"}, ("Huyện Thọ Xuân",), "2022-08-03", "giao_ban"),
        ("002", {"MTTQ", "CTXH", "LDLD", "HND", "HLHPN"}, ("Huyện Hàm Yên",), "2022-12-27", "lam_viec"),
        ("003", {"MTTQ", "CTXH"}, (), "2021-04-01", "giao_ban"),
        ("004", {"MTTQ", "CTXH"}, ("Huyện Hàm Yên",), "2021-01-12", "tong_ket"),
    ],
)
def test_the_five_seeds_are_tagged(
    shared: Path, seed: str, organizations: set[str], district: tuple[str, ...], event_date: str, kind: str
) -> None:
    file = next((shared / "seeds").glob(f"{seed}_*.txt"))
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    if seed == "001":
        lines = lines[4:]  # the portal's name, slogan and menu stand before the title
    row = tag_row(lines[0], "\n".join(lines[1:]), "https://example.vn/1", None)
    assert row["relevant"] is True
    assert set(row["organizations"]) == organizations  # type: ignore[call-overload]
    assert row["districts_2024"] == list(district)
    assert row["event_date"] == event_date
    assert row["kind"] == kind
