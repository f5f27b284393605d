"""Which places an article is about."""

from __future__ import annotations

from datetime import date

import pytest

from vietnam.places import Home, Places, find_places

BEFORE = date(2023, 5, 10)
AFTER = date(2025, 10, 20)


def test_a_district_in_the_title_gives_its_province_and_the_communes_it_became() -> None:
    found = find_places(
        "Hàm Yên tổng kết công tác Mặt trận", "Ngày 12/1, Ủy ban MTTQ huyện tổng kết.", published=BEFORE
    )
    assert found.provinces_2024 == found.provinces_2025 == ("Tuyên Quang",)
    assert found.districts_2024 == ("Huyện Hàm Yên",)
    assert len(found.communes_2025) == 8


def test_the_same_name_means_the_district_before_the_reform_and_the_commune_after() -> None:
    title, text = (
        "Hội Nông dân xã Hàm Yên ra mắt mô hình",
        "Hội Nông dân xã Hàm Yên ra mắt mô hình trồng cam.",
    )
    after = find_places(title, text, published=AFTER)
    assert after == Places(("Tuyên Quang",), ("Huyện Hàm Yên",), ("Tuyên Quang",), ("Xã Hàm Yên",))
    before = find_places(title.replace("xã", "huyện"), text.replace("xã", "huyện"), published=BEFORE)
    assert before.districts_2024 == after.districts_2024
    assert len(before.communes_2025) == 8


def test_a_commune_of_2025_carries_its_old_province_and_district() -> None:
    found = find_places("Đại hội MTTQ phường Hà Giang 1", "Ngày 12/9, MTTQ phường đại hội.", published=AFTER)
    assert found == Places(("Hà Giang",), ("Thành phố Hà Giang",), ("Tuyên Quang",), ("Phường Hà Giang 1",))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Hội Nông dân phường Mỹ Tho họp mặt", "Hội Nông dân phường Mỹ Tho, tỉnh Đồng Tháp họp mặt."),
        ("Đồng Tháp: Hội Nông dân phường Mỹ Tho họp mặt", "Hội Nông dân phường họp mặt 80 hội viên."),
        ("Bàn giao nhà cho hội viên", "Hội LHPN tỉnh Đồng Tháp trao nhà cho chị Lan, phường Mỹ Tho."),
    ],
)
def test_after_the_reform_a_provinces_name_is_the_one_of_today(title: str, text: str) -> None:
    found = find_places(title, text, published=AFTER, url="https://baodongthap.vn/1")
    assert found == Places(("Tiền Giang",), ("Thành phố Mỹ Tho",), ("Đồng Tháp",), ("Phường Mỹ Tho",))


def test_a_title_that_names_both_merged_provinces_means_those_of_before() -> None:
    title = "Tiền Giang - Đồng Tháp: Công đoàn sau hợp nhất"
    found = find_places(title, "Công đoàn phường Mỹ Tho gặp mặt đoàn viên.", published=AFTER)
    assert found.provinces_2024 == ("Tiền Giang", "Đồng Tháp")
    assert found.provinces_2025 == ("Đồng Tháp",)


@pytest.mark.parametrize(
    ("text", "published", "district", "commune"),
    [
        ("Hội CCB phường 4 (TP Tân An) đại hội.", BEFORE, "Thành phố Tân An", "Phường Long An"),
        ("Hội LHPN phường 1 Bảo Lộc tặng quà.", BEFORE, "Thành phố Bảo Lộc", "Phường 1 Bảo Lộc"),
        ("Hội LHPN Phường 1 Bảo Lộc tặng quà.", AFTER, "Thành phố Bảo Lộc", "Phường 1 Bảo Lộc"),
    ],
)
def test_wards_that_have_a_number_for_a_name(text: str, published: date, district: str, commune: str) -> None:
    found = find_places("Tin cơ sở", text, published=published)
    assert (found.districts_2024, found.communes_2025) == ((district,), (commune,))


def test_a_numbered_ward_without_its_town_is_the_portals_or_nobodys() -> None:
    text = "Hội CCB phường 4 đại hội."
    assert find_places("Tin cơ sở", text, published=BEFORE) == Places()
    found = find_places("Tin cơ sở", text, published=BEFORE, url="https://baolongan.vn/1")
    assert found.districts_2024 == ("Thành phố Tân An",)


def test_an_old_commune_is_mapped_to_the_one_that_took_it_in() -> None:
    found = find_places(
        "Giải ngân 450 triệu đồng cho hội viên xã Hợp Hòa",
        "",
        published=BEFORE,
        url="https://tuyenquangtv.vn/1",
    )
    assert found.districts_2024 == ("Huyện Sơn Dương",)
    assert len(found.communes_2025) == 1


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("Hội CCB huyện Châu Thành, tỉnh Tây Ninh gặp mặt hội viên.", "Tây Ninh"),
        ("Hội CCB huyện Châu Thành (Sóc Trăng) gặp mặt hội viên.", "Sóc Trăng"),
        ("Hội CCB huyện Châu Thành và Hội CCB huyện Cù Lao Dung gặp mặt.", "Sóc Trăng"),
    ],
)
def test_the_province_beside_a_name_or_its_neighbours_decide_between_namesakes(
    text: str, province: str
) -> None:
    found = find_places("Gặp mặt hội viên", text, published=BEFORE)
    assert province in found.provinces_2024 and "Huyện Châu Thành" in found.districts_2024


def test_the_portal_decides_between_namesakes_and_without_it_nothing_is_guessed() -> None:
    text = "Hội LHPN huyện Châu Thành trao quà."
    home = Home(province_2024="Tiền Giang", province_2025="Đồng Tháp")
    assert find_places("Trao quà", text, published=BEFORE, home=home).provinces_2024 == ("Tiền Giang",)
    assert find_places("Trao quà", text, published=BEFORE) == Places()


def test_the_type_word_decides_between_town_and_district_of_one_name() -> None:
    home = Home(province_2024="Hậu Giang")
    town = find_places("Thị đoàn Long Mỹ ra quân", "", published=BEFORE, home=home)
    district = find_places("Huyện đoàn Long Mỹ ra quân", "", published=BEFORE, home=home)
    assert (town.districts_2024, district.districts_2024) == (("Thị xã Long Mỹ",), ("Huyện Long Mỹ",))


def test_a_text_without_a_name_is_of_its_portals_place() -> None:
    home = Home("Thanh Hóa", "Huyện Thọ Xuân", "Thanh Hóa")
    found = find_places("Giao ban khối đoàn thể", "Sáng 3/8, Thường trực Huyện ủy giao ban.", home=home)
    assert (found.provinces_2024, found.districts_2024) == (("Thanh Hóa",), ("Huyện Thọ Xuân",))
    assert len(found.communes_2025) == 8


def test_a_newspaper_that_reports_from_another_province_does_not_lend_its_own() -> None:
    found = find_places(
        "Gia Lai: Ra mắt mô hình", "Phụ nữ tỉnh Gia Lai tham gia.", url="https://baodaknong.vn/print/1.html"
    )
    assert found.provinces_2024 == ("Gia Lai",)


def test_whom_a_gift_goes_to_is_not_the_place_of_the_giver() -> None:
    title, text = (
        "Trao 10 tấn gạo cho đồng bào Quảng Trị",
        "Ủy ban MTTQ tỉnh trao gạo cho đồng bào tỉnh Quảng Trị.",
    )
    assert find_places(title, text, url="https://mttq.haugiang.gov.vn/1").provinces_2024 == ("Hậu Giang",)


@pytest.mark.parametrize(
    "text",
    [
        "Ông Nguyễn Thái Bình phát biểu.",
        "Đoàn TNCS Hồ Chí Minh phát động phong trào.",
        "Học tập tư tưởng Hồ Chí Minh.",
        "Kỷ niệm chiến thắng Điện Biên Phủ.",
        "Sinh viên Trường Đại học Nông lâm TP. Hồ Chí Minh tình nguyện.",
        "Cử tri thống nhất cao với báo cáo.",
        "Bà con thôn Thái Bình góp tiền lắp đèn.",
        "Khu dân cư Hà Nam đón danh hiệu văn hóa.",
        "Đoàn viên cổ vũ CLB Nam Định.",
    ],
)
def test_names_of_persons_battles_schools_and_everyday_words_are_no_places(text: str) -> None:
    assert find_places("Tin hoạt động", text, published=BEFORE) == Places()


def test_a_national_congress_in_the_capital_is_of_no_province() -> None:
    title = "Đại hội đại biểu toàn quốc Hội Chữ thập đỏ Việt Nam"
    assert (
        find_places(
            title, "Hôm nay, tại Hà Nội khai mạc đại hội.", url="https://baolangson.vn/1"
        ).provinces_2024
        == ()
    )


def test_help_between_provinces_is_of_the_giver_and_help_at_home_of_both() -> None:
    url = "https://baonghean.vn/1"
    sent = find_places("Mặt trận kêu gọi hỗ trợ Quảng Bình", "Ủy ban MTTQ tỉnh kêu gọi.", url=url)
    assert sent.provinces_2024 == ("Nghệ An",)
    at_home = find_places("Hội LHPN hỗ trợ Tương Dương", "Hội LHPN tỉnh hỗ trợ 20 hộ nghèo.", url=url)
    assert at_home.districts_2024 == ("Huyện Tương Dương",)


def test_the_central_bodys_meeting_in_the_capital_is_not_of_the_portal_that_copies_it() -> None:
    text = "Tại Hà Nội, Đoàn Chủ tịch Ủy ban Trung ương MTTQ Việt Nam họp hội nghị lần thứ 17."
    assert find_places("Họp Đoàn Chủ tịch", text, url="https://mttq.bentre.gov.vn/1") == Places()


def test_districts_that_were_merged_away_keep_their_own_name() -> None:
    found = find_places(
        "Mặt trận Quận 9 giám sát", "UBMTTQ Quận 9, TP.HCM giám sát.", published=date(2014, 9, 4)
    )
    assert (found.provinces_2024, found.districts_2024) == (("Hồ Chí Minh",), ("Quận 9",))
    assert "Phường Long Phước" in found.communes_2025


def test_a_district_that_rose_is_given_as_it_stands_now() -> None:
    found = find_places(
        "Kinh Môn: Bàn giao nhà", "MTTQ huyện Kinh Môn bàn giao nhà.", url="https://baohaiduong.vn/1"
    )
    assert found.districts_2024 == ("Thị xã Kinh Môn",)


def test_capitals_throughout_hide_no_name() -> None:
    found = find_places("HỘI LHPN HUYỆN THỌ XUÂN TRAO NHÀ", "Hội LHPN huyện trao nhà.", published=BEFORE)
    assert found.districts_2024 == ("Huyện Thọ Xuân",)


def test_it_survives_any_text() -> None:
    for text in ("", "(", "TP.", "Huyện ", "Q. Q9 Quận", "A’ B' Ðắk", "\n\n", "Xã " * 500, "Hà " * 500):
        find_places(text, text, url="not a url")


@pytest.mark.parametrize(
    ("home", "expected"),
    [
        (
            Home(province_2025="Gia Lai", communes_2025=("Xã An Vinh",)),
            ("Bình Định", "Huyện An Lão", "Gia Lai"),
        ),
        (
            Home(province_2024="Hà Giang", district_2024="Huyện Yên Minh"),
            ("Hà Giang", "Huyện Yên Minh", "Tuyên Quang"),
        ),
        (Home(province_2025="Huế"), ("Thừa Thiên Huế", None, "Huế")),
    ],
)
def test_a_record_that_knows_one_layer_implies_the_other(
    home: Home, expected: tuple[str, str | None, str]
) -> None:
    found = find_places("Tin hoạt động", "Ủy ban MTTQ xã tổ chức hội nghị.", home=home)
    assert found.provinces_2024 == expected[:1]
    assert found.districts_2024 == tuple(name for name in expected[1:2] if name)
    assert found.provinces_2025 == expected[2:]
    if home.communes_2025:
        assert found.communes_2025 == home.communes_2025


def test_the_city_of_hue_is_a_district_until_2025_and_the_province_since() -> None:
    title, text = "TP. Huế ra quân", "Ủy ban MTTQ TP. Huế ra quân."
    assert find_places(title, text, published=date(2024, 5, 5)).districts_2024 == ("Thành phố Huế",)
    assert find_places(title, text, published=date(2025, 5, 5)) == Places(
        ("Thừa Thiên Huế",), (), ("Huế",), ()
    )


def test_small_letters_after_a_type_word_do_not_make_a_name_of_it() -> None:
    home = Home("Nam Định", "Huyện Ý Yên")
    found = find_places("Tin", "Huyện ủng hộ đồng bào tỉnh Quảng Trị 1 tỷ đồng.", home=home)
    assert found.districts_2024 == ("Huyện Ý Yên",)


def test_whole_provinces_in_one_sentence_are_all_meant() -> None:
    text = "Tại TP.HCM, TP Đà Nẵng và tỉnh Quảng Nam đồng loạt giao quân; TP Thủ Đức có 1.031 tân binh."
    found = find_places("Giao quân", text, published=BEFORE)
    assert found == Places(("Hồ Chí Minh", "Đà Nẵng", "Quảng Nam"), (), ("Hồ Chí Minh", "Đà Nẵng"), ())


def test_a_copied_text_that_says_only_the_province_is_of_its_newspapers() -> None:
    text = "Thường trực Tỉnh ủy gặp mặt đoàn đại biểu. " + "Tin dài. " * 300 + "(Theo Báo Ninh Thuận)"
    assert find_places("Gặp mặt", text).provinces_2024 == ("Ninh Thuận",)
    assert find_places("Gặp mặt", text.replace("Tỉnh ủy", "Đoàn")).provinces_2024 == ()
