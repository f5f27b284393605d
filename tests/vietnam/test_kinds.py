"""The kind of an article."""

from __future__ import annotations

import pytest

from vietnam import kinds, tones


def kind(title: str, text: str = "", *, relevant: bool = True) -> str:
    return kinds.kind_of(tones.match_form(title).lower(), tones.match_form(text).lower(), relevant=relevant)


@pytest.mark.parametrize(
    ("expected", "title"),
    [
        ("giao_ban", "Thường trực Huyện ủy giao ban với MTTQ và các đoàn thể"),
        ("tong_ket", "Hội CCB huyện tổng kết công tác hội năm 2024"),
        ("so_ket", "Hội Nông dân tỉnh sơ kết công tác hội 6 tháng"),
        ("dai_hoi", "Đại hội đại biểu phụ nữ xã lần thứ I"),
        ("quan_triet", "Học tập, quán triệt Nghị quyết Đại hội Đoàn các cấp"),
        ("giam_sat", "Ủy ban MTTQ huyện giám sát việc thu, chi đầu năm học"),
        ("bau_cu", "Hội nghị hiệp thương lần thứ hai giới thiệu người ứng cử"),
        ("nhan_su", "Hiệp thương cử bổ sung Phó Chủ tịch Ủy ban MTTQ"),
        ("an_sinh", "Bàn giao nhà Đại đoàn kết cho hộ nghèo"),
        ("an_sinh", "Trao tặng 50 suất quà cho trẻ mồ côi"),
        ("ngay_hoi_ddk", "Sôi nổi Ngày hội Đại đoàn kết toàn dân tộc"),
        ("cuoc_van_dong", "Đưa hàng Việt về nông thôn: phiên chợ cuối năm"),
        ("tap_huan", "Tập huấn công tác Mặt trận năm 2019"),
        ("ra_quan", "Ra quân chiến dịch Mùa hè xanh"),
        ("moi_truong", "Đoàn xã ra quân Ngày Chủ nhật xanh dọn vệ sinh"),
        ("doi_thoai", "Chủ tịch UBND huyện đối thoại với thanh niên"),
        ("mo_hinh", "Ra mắt mô hình Tuyến đường hoa phụ nữ"),
        ("ky_niem", "Kỷ niệm 93 năm Ngày thành lập Hội LHPN Việt Nam"),
        ("kinh_te", "Quỹ Hỗ trợ nông dân giải ngân cho 20 hộ"),
        ("thi_dua", "Công đoàn tuyên dương lao động giỏi"),
        ("lam_viec", "Đoàn công tác làm việc với Ủy ban MTTQ tỉnh"),
        ("doi_ngoai", "Ủy ban MTTQ tỉnh hội đàm với Mặt trận Lào"),
        ("an_sinh", "Khởi công nhà cho hội viên nghèo"),
        ("an_sinh", "Công đoàn ngành thăm các gia đình đoàn viên"),
        ("an_sinh", "Hội Nông dân trao 20 bò giống"),
        ("ky_niem", "Tuổi trẻ phường thắp nến tại nghĩa trang liệt sĩ"),
        ("kinh_te", "Hội LHPN xã trao vốn cho hội viên"),
        ("guong", "Nữ chủ tịch Hội tận tâm với việc chung"),
        ("ntm", "Hội LHPN vận động xây cầu nông thôn"),
    ],
)
def test_the_title_tells_what_an_organization_did(expected: str, title: str) -> None:
    assert kind(title) == expected


@pytest.mark.parametrize(
    ("expected", "title"),
    [
        ("dang", "Đảng bộ xã trao Huy hiệu Đảng cho 11 đồng chí"),
        ("dang", "Ban Dân vận Tỉnh ủy sơ kết công tác 6 tháng"),
        ("hdnd", "HĐND huyện đã tổ chức 3 kỳ họp"),
        ("hanh_chinh", "UBND huyện họp phiên thường kỳ tháng 10"),
        ("tiep_xuc_cu_tri", "Đại biểu HĐND tỉnh tiếp xúc cử tri"),
        ("phap_luat", "Công an huyện bắt quả tang vụ đánh bạc"),
        ("quan_su", "Thanh niên lên đường nhập ngũ"),
        ("kinh_te", "Phiên chợ hàng Việt tại hải đảo"),
        ("ntm", "UBND tỉnh họp đánh giá kết quả xây dựng nông thôn mới"),
        ("nong_nghiep", "Nhà vườn trúng mùa, được giá"),
        ("khac", "Nắng nóng kéo dài"),
        ("khac", "Chủ tịch nước thăm Lai Châu, động viên hộ nghèo"),
        ("hanh_chinh", "Triển khai sắp xếp đơn vị hành chính"),
    ],
)
def test_other_peoples_news_have_their_own_kinds(expected: str, title: str) -> None:
    assert kind(title, relevant=False) == expected


def test_a_title_that_says_nothing_leaves_it_to_the_opening() -> None:
    assert kind("Vì một mùa xuân ấm áp", "Hội LHPN huyện trao 30 suất quà cho hội viên nghèo.") == "an_sinh"


def test_setting_out_to_clean_is_environment_and_setting_out_for_a_campaign_is_not() -> None:
    assert kind("Đoàn phường ra quân", "Đoàn phường ra quân Chủ nhật xanh.") == "moi_truong"
    assert kind("Ra quân Tháng Thanh niên", "Đoàn xã ra quân, dọn vệ sinh môi trường.") == "ra_quan"


def test_a_post_that_a_congress_filled_is_news_of_the_congress() -> None:
    title = "Ông A tiếp tục giữ chức Chủ tịch nhiệm kỳ 2025-2030"
    assert kind(title, "Ngày 29/11, Đại hội đại biểu MTTQ tỉnh hiệp thương cử 80 vị.") == "dai_hoi"
    assert kind(title, "Ngày 29/11, hội nghị lần thứ 5 hiệp thương.") == "nhan_su"


def test_every_answer_is_in_the_closed_list() -> None:
    assert set(kinds._OURS) | set(kinds._OTHERS) | {"khac"} <= kinds.KINDS
    assert len(kinds.KINDS) == 38
