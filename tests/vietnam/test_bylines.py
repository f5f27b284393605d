"""Credits: what is one, what it says, and the short lines that are none."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.shared_data import MISSING, SHARED
from tests.timing import cpu_seconds
from vietnam.bylines import (
    Byline,
    find_opening_credit,
    find_signature,
    is_credit_label,
    is_login_name,
    is_photo_credit,
    parse_author_field,
    parse_byline,
)

needs_shared = pytest.mark.skipif(SHARED is None, reason=MISSING)
SENTENCE = "Hội nghị đã thống nhất phương hướng, nhiệm vụ của Ủy ban MTTQ xã trong những tháng cuối năm."


def person(byline: str, *authors: str) -> Byline:
    return Byline(byline, authors or (byline,), None, "person")


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("Nguyễn Thị Lan", person("Nguyễn Thị Lan")),
        ("  Lan\u00a0Anh./. ", person("Lan Anh")),
        ("(Lan Anh)", person("Lan Anh")),
        ("LAN ANH", person("LAN ANH")),
        ("P.Lan", person("P.Lan")),
        ("L.A.", person("L.A.")),
        ("T.Lan-N.Anh-M.Hà", person("T.Lan-N.Anh-M.Hà", "T.Lan", "N.Anh", "M.Hà")),
        ("Lan Anh – Hà My", person("Lan Anh – Hà My", "Lan Anh", "Hà My")),
        ("Lan Anh, Hà My và Thu Hà", person("Lan Anh, Hà My và Thu Hà", "Lan Anh", "Hà My", "Thu Hà")),
        ("Lan Anh- Hà My, Trung tâm VHTT, TT&DL huyện",
         person("Lan Anh- Hà My, Trung tâm VHTT, TT&DL huyện", "Lan Anh", "Hà My")),
        ("Lan Anh - Văn phòng Huyện ủy", person("Lan Anh - Văn phòng Huyện ủy", "Lan Anh")),
        ("Lan Anh (Đài TT-TH huyện)", person("Lan Anh (Đài TT-TH huyện)", "Lan Anh")),
        ("Lan Anh (TTXVN)", person("Lan Anh (TTXVN)", "Lan Anh")),
        ("Lan Anh/VOV", person("Lan Anh/VOV", "Lan Anh")),
        ("Lan Anh (t/h)", person("Lan Anh (t/h)", "Lan Anh")),
        ("ThS. Lê Lan Anh / Khoa Nhà nước và pháp luật",
         person("ThS. Lê Lan Anh / Khoa Nhà nước và pháp luật", "Lê Lan Anh")),
        ("Lan Anh, Phó Chủ tịch Hội LHPN xã", person("Lan Anh, Phó Chủ tịch Hội LHPN xã", "Lan Anh")),
        ("CTV Lan Anh", person("CTV Lan Anh", "Lan Anh")),
        ("Trường Sơn", person("Trường Sơn")),
        ("Lan Anh - Trường Giang", person("Lan Anh - Trường Giang", "Lan Anh", "Trường Giang")),
        ("Lan Anh, Trường Tiểu học Yên Từ", person("Lan Anh, Trường Tiểu học Yên Từ", "Lan Anh")),
        ("Lan Anh - 05:32, 24/11/2023", person("Lan Anh")),
        ("Lan Anh - ĐT: 0912.345.678", person("Lan Anh")),
        ("Lan Anh (lananh@portal.example.vn)", person("Lan Anh")),
        ("Lan Anh lược ghi", person("Lan Anh lược ghi", "Lan Anh")),
        ("Lan Anh - Hà My thực hiện", person("Lan Anh - Hà My thực hiện", "Lan Anh", "Hà My")),
        ("Lan Anh/Báo Tin tức", person("Lan Anh/Báo Tin tức", "Lan Anh")),
        ("- Lan Anh -", person("Lan Anh")),
        ("Lan Anh Thứ hai, ngày 04/12/2023 07:45 AM", person("Lan Anh")),
    ],
)  # fmt: skip
def test_a_bare_signature_is_a_credit_with_its_persons(line: str, credit: Byline) -> None:
    assert parse_byline(line) == credit


@pytest.mark.parametrize(
    "name",
    ["Y Thon Niê Siêng", "Rah Lan Hoa", "Ayun H'Lan", "H’Hoa Niê", "Ksor H'Nhan", "K'Brem", "Thào A Páo",
     "Vì Văn Hùng", "Lò Thị Mỷ", "Từ Anh", "Đoàn Phú Hải", "Phan Thị Monh", "Ninh Thiên Ngôn"],
)  # fmt: skip
def test_names_of_every_people_of_the_country_are_names(name: str) -> None:
    assert parse_byline(name) == person(name)


@pytest.mark.parametrize(
    ("line", "byline", "authors"),
    [
        ("Tin, ảnh: Lan Anh", "Lan Anh", ("Lan Anh",)),
        ("Tin, bài và ảnh: LAN ANH", "LAN ANH", ("LAN ANH",)),
        ("Tin ảnh Lan Anh", "Lan Anh", ("Lan Anh",)),
        ("Bài, ảnh: Lan Anh - Đài TT-TH huyện", "Lan Anh - Đài TT-TH huyện", ("Lan Anh",)),
        ("Tác giả bài viết: Lan Anh", "Lan Anh", ("Lan Anh",)),
        ("Thực hiện: LAN ANH – HÀ MY", "LAN ANH – HÀ MY", ("LAN ANH", "HÀ MY")),
        ("Người viết: Lan", "Lan", ("Lan",)),
        ("Người đưa tin: Lan Anh", "Lan Anh", ("Lan Anh",)),
        ("T/h: Lan Anh", "Lan Anh", ("Lan Anh",)),
        ("Tin: Lan Anh; ảnh: Hà My", "Lan Anh; ảnh: Hà My", ("Lan Anh",)),  # a photographer is no author
        ("Lan Anh (và Ảnh: PV)", "Lan Anh (và Ảnh: PV)", ("Lan Anh",)),
        ("Bài: Lan Anh | Ảnh: Hà My", "Lan Anh | Ảnh: Hà My", ("Lan Anh",)),
        ("Bài: Lan Anh - Thiết kế: Hà My", "Lan Anh - Thiết kế: Hà My", ("Lan Anh",)),
        ("Người soạn: Lan Anh", "Lan Anh", ("Lan Anh",)),
        ("Bài và ảnh của Lan Anh", "Lan Anh", ("Lan Anh",)),
        ("Ghi chép của LAN ANH", "LAN ANH", ("LAN ANH",)),
    ],
)
def test_a_label_is_dropped_and_the_unit_stays(line: str, byline: str, authors: tuple[str, ...]) -> None:
    assert parse_byline(line) == person(byline, *authors)


@pytest.mark.parametrize(
    ("line", "byline", "kind"),
    [
        ("PV", "PV", "staff"),
        ("P.V", "P.V", "staff"),
        ("Tin: Nhóm PV", "Nhóm PV", "staff"),
        ("BBT", "BBT", "board"),
        ("Ban Biên tập", "Ban Biên tập", "board"),
        ("Tác giả bài viết: Ban biên tập", "Ban biên tập", "board"),
        ("Hội LHPN xã Phước An", "Hội LHPN xã Phước An", "organization"),
        ("Trung tâm VHTT-TT&DL", "Trung tâm VHTT-TT&DL", "organization"),
        ("Phòng VH-TT", "Phòng VH-TT", "organization"),
        ("VP. UBND xã", "VP. UBND xã", "organization"),
        ("Huyện đoàn Phước An", "Huyện đoàn Phước An", "organization"),
        ("Ban Phong trào", "Ban Phong trào", "organization"),
        ("Tuổi trẻ Phước An", "Tuổi trẻ Phước An", "organization"),
        ("Tác giả: xã đoàn phước an", "xã đoàn phước an", "organization"),
    ],
)
def test_marks_and_organizations_are_credits_without_a_person(line: str, byline: str, kind: str) -> None:
    found = parse_byline(line)
    assert found is not None
    assert (found.byline, found.authors, found.source_credit, found.kind) == (byline, (), None, kind)


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Theo baothanhhoa.vn", "baothanhhoa.vn"),
        ("Theo TTXVN", "TTXVN"),
        ("(Theo Báo Nhân Dân)", "Báo Nhân Dân"),
        ("Theo báo điện tử Đảng Cộng sản Việt Nam", "báo điện tử Đảng Cộng sản Việt Nam"),
        ("Nguồn: TTXVN", "TTXVN"),
        ("Nguồn tin: Hội LHPN tỉnh", "Hội LHPN tỉnh"),
        ("Nguồn trích: Báo Nhân Dân", "Báo Nhân Dân"),
        ("Nguồn ABC: https://bao.vn/tin-1.html", "ABC"),
    ],
)
def test_another_publisher_is_a_source_and_no_byline(line: str, source: str) -> None:
    assert parse_byline(line) == Byline(None, (), source, "source")


def test_a_source_behind_a_name_is_split_off() -> None:
    assert parse_byline("L.A (Theo Vientiane Times)") == Byline("L.A", ("L.A",), "Vientiane Times", "person")
    assert parse_byline("L.A. // baotinh.vn. -ngày 27/11/2018") == Byline(
        "L.A.", ("L.A.",), "baotinh.vn", "person"
    )
    found = parse_byline("Theo Lan Anh/TTXVN")
    assert found == Byline(None, ("Lan Anh",), "Lan Anh/TTXVN", "source")


@pytest.mark.parametrize(
    "line",
    [
        "", "   ", ".", "Ban Chấp hành gồm 15 đồng chí.", "Toàn cảnh hội nghị", "( Toàn cảnh hội nghị)",
        "KẾT LUẬN", "Hội LHPN xã tổ chức hội thi", "Hội viên phụ nữ tham gia hội thi", "Đoàn xã ra quân",
        "Đồng chí Nguyễn Văn An", "Đồng chí Nguyễn Văn An phát biểu", "Ông Nguyễn Văn An",
        "Bí thư Huyện ủy Nguyễn Văn An trao quà", "Theo kế hoạch, hội nghị diễn ra vào ngày 5/6.",
        "Theo đó, mỗi hộ được hỗ trợ 20 triệu đồng.", "Theo ông Hùng", "Theo Báo cáo của UBND huyện",
        "Tin: Bão số 3 đổ bộ", "Bài học kinh nghiệm", "Nguồn vốn: 500 triệu", "Nguồn lực xã hội",
        "Nguyễn Văn An, 35 tuổi", "Công tác Mặt trận", "Nông thôn mới", "Đại Đoàn Kết", "Lễ Khai Mạc",
        "Việt Nam", "Hà Nội", "Hà Nội, ngày 5 tháng 6 năm 2023", "Xã Vĩnh An", "Chương I",
        "I. Đặc điểm tình hình", "KT. CHỦ TỊCH", "CHỦ TỊCH", "Chủ tịch UBND xã", "(Đã ký)", "Ngày 12/1",
        "100%", "loading....", "Read More", "Google News", "Tác giả:", "Tin, ảnh:", "Xem thêm:", "Hết.",
        "Chúc Mừng Năm Mới", SENTENCE, "Xin cảm ơn!", "Đại biểu An: Tôi sẵn sàng tranh luận", "TP -",
        "(ĐN)-", "GD&TĐ -", "admin", "Tác giả: admin", "bbt_xa", "Ảnh: Lan Anh", "Ảnh: LAN ANH",
        "Clip: Lan Anh",
    ],
)  # fmt: skip
def test_sentences_headings_prefixes_photo_credits_and_accounts_are_no_credit(line: str) -> None:
    assert parse_byline(line) is None


@given(st.text(max_size=300))
def test_any_line_is_judged_without_error(line: str) -> None:
    found = parse_byline(line)
    assert found is None or found.byline or found.source_credit
    find_signature([line, line])
    parse_author_field(line)


# --- the end of a body ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "byline", "index"),
    [
        ([SENTENCE, "Lan Anh"], "Lan Anh", 1),
        ([SENTENCE, "Lan Anh", "Tin cùng chuyên mục"], "Lan Anh", 1),
        ([SENTENCE, "Lan Anh", "loading....", "", "Số lần đọc: 91"], "Lan Anh", 1),
        ([SENTENCE, "Lan Anh", "Ảnh: Hà My"], "Lan Anh", 1),
        ([SENTENCE, "Lan Anh", "Tải về: Kế hoạch số 15/KH-MTTQ-BTT.pdf"], "Lan Anh", 1),
        ([SENTENCE, "Lan Anh", ">>> Xem thêm: Hội nghị giao ban"], "Lan Anh", 1),
        ([SENTENCE, "Lan Anh", "Ý kiến bạn đọc"], "Lan Anh", 1),
        ([SENTENCE, "Lan Anh", "Lan Anh"], "Lan Anh", 1),
        ([SENTENCE, "Lan Anh", "Đài TT - TH Hưng Hà"], "Lan Anh, Đài TT - TH Hưng Hà", 1),
        ([SENTENCE, "Hà My", "Tin, ảnh: Lan Anh"], "Lan Anh", 2),
    ],
)
def test_the_signature_is_found_at_the_end_and_above_what_a_theme_prints_there(
    lines: list[str], byline: str, index: int
) -> None:
    found = find_signature(lines)
    assert found is not None
    assert (found[0].byline, found[1]) == (byline, index)


def test_a_bare_name_above_the_line_of_the_source_is_its_reporter_and_no_byline() -> None:
    text = "Hội đã trao 15 suất quà cho hội viên có hoàn cảnh khó khăn trong xã."
    for name, authors in (("Hà Linh", ("Hà Linh",)), ("Hà Linh (tổng hợp)", ("Hà Linh",)), ("P.V", ())):
        for line in ("Theo Báo Thanh Hóa", "Nguồn: Báo Thanh Hóa"):
            found = find_signature([text, name, line])
            assert found == (Byline(None, authors, "Báo Thanh Hóa", "source"), 1)


def test_a_labelled_name_above_the_line_of_the_source_signs() -> None:
    text = "Hội đã trao 15 suất quà cho hội viên có hoàn cảnh khó khăn trong xã."
    for name in ("Tin, ảnh: Hà Linh", "Tác giả: Hà Linh", "Tin ảnh Hà Linh"):
        found = find_signature([text, name, "Nguồn: Báo Thanh Hóa"])
        assert found == (Byline("Hà Linh", ("Hà Linh",), "Báo Thanh Hóa", "person"), 1)


def test_a_person_above_a_source_in_brackets_is_the_author() -> None:
    text = "Hội đã trao 15 suất quà cho hội viên có hoàn cảnh khó khăn trong xã."
    for person in ("Hà Linh", "P.V"):
        found = find_signature([text, person, "(Theo Báo Thanh Hóa)"])
        assert found is not None
        assert (found[0].byline, found[0].source_credit, found[1]) == (person, "Báo Thanh Hóa", 1)
    alone = find_signature([text, "(Theo Báo Thanh Hóa)"])
    assert alone == (Byline(None, (), "Báo Thanh Hóa", "source"), 1)


def test_a_position_below_a_name_is_of_that_person() -> None:
    text = "Hội nghị đã bầu Ban Chấp hành khóa mới gồm 27 đồng chí."
    found = find_signature([text, text, "Trần Thị Mai", "Phó Chủ tịch Hội Nông dân huyện"])
    assert found == (
        Byline("Trần Thị Mai, Phó Chủ tịch Hội Nông dân huyện", ("Trần Thị Mai",), None, "person"),
        2,
    )
    officials = ["Lê Văn Tám", "Chủ tịch", "Trần Thị Mai", "Phó Chủ tịch Hội Nông dân huyện"]
    assert find_signature([text, *officials]) is None


def test_a_signature_is_not_looked_for_past_the_text() -> None:
    assert find_signature(["Lan Anh", SENTENCE]) is None
    assert find_signature([SENTENCE, "Ban Chấp hành gồm 15 đồng chí."]) is None
    assert find_signature([]) is None


def test_a_credit_above_the_text_is_found_and_a_heading_is_not() -> None:
    assert find_opening_credit(["Bài, ảnh: Lan Anh", SENTENCE]) == (person("Lan Anh"), 0)
    assert find_opening_credit(["Lan Anh - 05:32, 24/11/2023", SENTENCE]) == (person("Lan Anh"), 0)
    assert find_opening_credit(["Tác giả: Hội LHPN xã Phước An", SENTENCE]) is not None
    assert find_opening_credit(["Hội LHPN xã Phước An", SENTENCE]) is None
    assert find_opening_credit([SENTENCE, "Lan Anh"]) is None
    assert find_opening_credit([]) is None


@pytest.mark.parametrize(
    ("field", "byline", "authors"),
    [
        ("Lan Anh", "Lan Anh", ("Lan Anh",)),
        ("Lan", "Lan", ("Lan",)),
        ("Tin, ảnh: Lan Anh", "Lan Anh", ("Lan Anh",)),
        ("Trung tâm VHTT-TT&DL", "Trung tâm VHTT-TT&DL", ()),
        ("Ban biên tập", "Ban biên tập", ()),
        ("Tuổi trẻ Phước An", "Tuổi trẻ Phước An", ()),
    ],
)
def test_an_author_field_is_a_credit_by_its_place(field: str, byline: str, authors: tuple[str, ...]) -> None:
    found = parse_author_field(field)
    assert found is not None
    assert (found.byline, found.authors) == (byline, authors)


@pytest.mark.parametrize("field", ["", " ", "admin", "bbt_xa", "Quản trị viên", "Ảnh: Lan Anh"])
def test_an_author_field_with_an_account_or_nothing_is_no_credit(field: str) -> None:
    assert parse_author_field(field) is None


# --- fields and prefixes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "account",
    ["admin", "Admin", "Administrator", "quantri", "Quản trị viên", "bbt_xa", "btv1", "lananh", "LanAnh",
     "lan.anh@xa.gov.vn", "mttq_phuocan", "Super User", "hethong"],
)  # fmt: skip
def test_accounts_of_the_cms_are_login_names(account: str) -> None:
    assert is_login_name(account)


@pytest.mark.parametrize(
    "name",
    [
        "Lan Anh",
        "Lan",
        "P.Lan",
        "L.Anh",
        "PV",
        "BBT",
        "Ban biên tập",
        "Trung tâm VHTT",
        "baotinh.vn",
        "TTXVN",
    ],
)
def test_display_names_are_no_login_names(name: str) -> None:
    assert not is_login_name(name)


def test_labels_alone_and_photo_credits_are_told_apart() -> None:
    assert is_credit_label("Tác giả:")
    assert is_credit_label("Tin, ảnh")
    assert is_credit_label("Nguồn tin:")
    assert not is_credit_label("Tin, ảnh: Lan Anh")
    assert is_photo_credit("Ảnh: Lan Anh")
    assert not is_photo_credit("Tin, ảnh: Lan Anh")


@pytest.mark.parametrize("piece", ["A ", "Tin, ", "Lan Anh - ", "(", "a.", "theo ", "A.", "- "])
def test_long_and_hostile_lines_are_judged_at_once(piece: str) -> None:
    def judge(n: int) -> None:
        for length in (150, 600, 100_000):
            line = (piece * 100_000)[: length - n]
            parse_byline(line)
            find_signature([line] * 5)
            is_login_name(line[: 5_000 - n])
            is_credit_label(line[: 5_000 - n])
            is_photo_credit(line)

    assert cpu_seconds(judge, 0.5) < 0.5


# --- data/bylines_dev.csv and the two recorded sites ----------------------------------------------

# What a row must come out as, by its first word of `form`; authors are counted, the text is not copied.
NONE = None
EXPECTED: dict[str, tuple[str | None, int]] = {
    "photo credit": (NONE, 0),
    "photo CAPS": (NONE, 0),
    "paper prefix": (NONE, 0),
    "site prefix": (NONE, 0),
    "bare name": ("person", 1),
    "CAPS name": ("person", 1),
    "degree + unit": ("person", 1),
    "name glued to date": ("person", 1),
    "contributor + unit": ("person", 1),
    "organisation as author": ("organization", 0),
    "author label = organisation": ("organization", 0),
    "department": ("organization", 0),
    "source": ("source", 0),
    "right aligned": ("person", 1),
    "name; photo PV": ("person", 1),
    "editorial board": ("board", 0),
    "label + name + position": ("person", 1),
    "initial.name photo credit": (NONE, 0),
    "initial.name": ("person", 1),
    '"Theo"': ("source", 0),
    "source label + URL": ("source", 0),
    "three CAPS names": ("person", 3),
    "three initial.names": ("person", 3),
    "initials // source": ("person", 1),
    '"thực hiện" + initials': ("person", 2),
    "name - unit": ("person", 1),
    "name + unit": ("person", 1),
    "staff": ("staff", 0),
    "label at TOP": ("person", 1),
    "text+photo label": ("person", 1),
    "label": ("person", 1),
}


def rows() -> list[dict[str, str]]:
    if SHARED is None:
        return []
    with (SHARED / "data" / "bylines_dev.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@needs_shared
@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['form']}: {row['as_seen']}")
def test_every_credit_of_the_shared_list_is_what_its_form_says(row: dict[str, str]) -> None:
    form = max((form for form in EXPECTED if row["form"].startswith(form)), key=len)
    kind, authors = EXPECTED[form]
    found = parse_byline(row["as_seen"])
    assert (found.kind if found else None, len(found.authors) if found else 0) == (kind, authors)
    if found is not None and kind == "source":
        assert found.byline is None
        assert found.source_credit
    elif found is not None:
        assert found.byline
        assert found.byline in " ".join(row["as_seen"].split())
        assert all(author in found.byline for author in found.authors)


@needs_shared
@pytest.mark.parametrize(
    ("number", "byline", "authors"),
    [
        ("000", "Hồ Thuý Vinh", 1),
        ("001", "Lê Thơ- Hồng Tăng, Trung tâm VHTT, TT&DL huyện", 2),
        ("002", "Tuấn Tú", 1),
        ("003", "Lam Hồng", 1),
        ("004", "PV", 0),
    ],
)
def test_the_five_articles_are_signed(number: str, byline: str, authors: int) -> None:
    assert SHARED is not None
    (path,) = (SHARED / "seeds").glob(f"{number}_*.txt")
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    found = find_signature(lines)
    assert found is not None
    assert (found[0].byline, len(found[0].authors)) == (byline, authors)
    captions_and_text = [
        line for line in lines[: found[1]] if line.lstrip().startswith("(") or len(line) > 80
    ]
    assert all(parse_byline(line) is None for line in captions_and_text)


def truth() -> Iterator[dict[str, str | bool | list[str] | None]]:
    if SHARED is not None:
        for path in sorted((SHARED / "sites").glob("sites/*/truth.jsonl")):
            for line in path.read_text(encoding="utf-8").strip().split("\n"):
                yield json.loads(line)


@needs_shared
def test_the_signatures_of_the_recorded_sites_are_found_and_no_paragraph_is_taken_for_one() -> None:
    checked = with_person = 0
    for article in truth():
        body, optional = article["body_paragraphs"], article["optional_paragraphs"]
        assert isinstance(body, list)
        assert isinstance(optional, list)
        signed = article["byline_in_body"]
        found = find_signature([*body, signed] if isinstance(signed, str) else body)
        if isinstance(signed, str) and found is not None and found[1] < len(body):
            assert body[found[1]] in optional, "its person stands above the source"
            source = parse_byline(signed)
            assert source is not None
            assert found[0] == replace(source, authors=found[0].authors)
            assert found[0].authors, "its person is the reporter"
            with_person += 1
        elif isinstance(signed, str):
            assert found == (parse_byline(signed), len(body))
        else:
            assert found is None or body[found[1]] in optional
        assert all(parse_byline(line) is None for line in body if line not in optional)
        checked += 1
    assert checked == 256 and with_person > 0
