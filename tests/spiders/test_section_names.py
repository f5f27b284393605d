"""What menu entries are taken for. The names are those of real portals' menus and of data/portals.csv."""

from __future__ import annotations

import pytest

from spiders.registry import OWNERS
from spiders.section_names import is_headline, judge_owner, judge_section

OURS = [
    "Mặt trận Tổ quốc",
    "MẶT TRẬN - ĐOÀN THỂ",
    "Hoạt động Mặt trận",
    "MTTQ & các đoàn thể",
    "UBMTTQ Việt Nam",
    "Hội, đoàn thể",
    "Các tổ chức chính trị - xã hội",
    "Tin tức hoạt động Ủy ban Mặt trận Tổ quốc và các đoàn thể chính trị - xã hội",
    "Hội Liên hiệp Phụ nữ",
    "Hội LHPN",
    "Hội Nông dân",
    "Hội Cựu chiến binh",
    "Đoàn TNCS Hồ Chí Minh",
    "Đoàn Thanh niên - Công đoàn",
    "Huyện đoàn",
    "Liên đoàn Lao động",
    "LĐLĐ huyện",
    "Giám sát - Phản biện xã hội",
    "Đại đoàn kết",
    "Mat tran To quoc",
]

NEWS = [
    "Tin tức - Sự kiện",
    "Tin trong huyện",
    "Tin hoạt động",
    "Thời sự",
    "Chính trị",
    "Văn hóa - Xã hội",
    "Đảng - Đoàn thể",
    "Xây dựng Đảng, Mặt trận, Đoàn thể",
    "Công tác dân vận - Mặt trận",
    "Chính quyền - Đoàn thể",
    "Phụ nữ",
    "Thanh niên",
    "Nông thôn mới",
    "Tin tức - Thông báo - Văn bản",
    "Hội Chữ thập đỏ",
]

OTHER = [
    "Kinh tế",
    "Hội đồng nhân dân",
    "Đoàn đại biểu Quốc hội",
    "Du lịch",
    "Lễ hội",
    "Công nghệ thông tin",
    "Cảnh sát cứu hai phụ nữ mắc kẹt trong căn nhà cháy giữa đêm",
]

NOT_NEWS = [
    "Trang chủ",
    "Giới thiệu",
    "Liên hệ",
    "Văn bản Mặt trận",
    "Thủ tục hành chính",
    "Lịch công tác",
    "Thư viện ảnh",
    "Đăng nhập",
    "Sơ đồ cổng",
    "Góp ý dự thảo",
    "Văn bản - Tin tức",
]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (name, kind)
        for kind, names in (("front", OURS), ("news", NEWS), ("other", OTHER), ("none", NOT_NEWS))
        for name in names
    ],
)
def test_a_name_decides_what_a_section_is(name: str, kind: str) -> None:
    assert judge_section(name, "/chuyen-muc/12").kind == kind


@pytest.mark.parametrize(
    ("name", "url", "kind"),
    [
        ("Tin tức hoạt động", "https://dangcongsan.vn/mattrantq/tin-tuc-hoat-dong/", "front"),
        ("Tin hoạt động", "/Pages/HoatDongDoanThe.aspx", "front"),
        ("Nông dân", "/doan-the/nong-dan", "front"),
        ("", "/vi/news/hoi-nong-dan/", "front"),
        ("", "/category/tin-tuc-su-kien/", "news"),
        ("", "/dang-doan-the/", "news"),
        ("Tin tức", "/dang-doan-the/tin-tuc", "news"),
        ("Chuyển đổi số", "/gioi-thieu/chuyen-doi-so", "none"),
        ("Văn bản", "/mat-tran/van-ban", "none"),
        ("CTXH", "/webcenter/portal/donggiang/pages_tin-tuc?catalog=CTXH", "news"),
    ],
)
def test_the_address_is_asked_where_the_name_only_says_news(name: str, url: str, kind: str) -> None:
    assert judge_section(name, url).kind == kind


@pytest.mark.parametrize(
    ("host", "name", "owner"),
    [
        ("ubmttq.camau.gov.vn", "", "front"),
        ("ldld.quangbinh.gov.vn", "", "trade_union"),
        ("hoinongdan.caobang.gov.vn", "", "farmers"),
        ("hpn.quangbinh.gov.vn", "", "women"),
        ("tinhdoannghean.vn", "", "youth"),
        ("hccb.binhthuan.gov.vn", "", "veterans"),
        ("tinhuyquangtri.vn", "", "party_committee"),
        ("www.baothanhhoa.vn", "", "provincial_newspaper"),
        ("example.vn", "Trang thông tin điện tử Ủy ban MTTQ Việt Nam huyện", "front"),
        ("example.vn", "Cổng thông tin điện tử huyện Thọ Xuân", "district_portal"),
        ("example.vn", "Báo Thanh Hóa điện tử", "provincial_newspaper"),
        ("example.vn", "Ủy ban nhân dân xã: tin bảo vệ môi trường", "district_portal"),
    ],
)
def test_an_owner_is_known_by_host_or_name(host: str, name: str, owner: str) -> None:
    assert judge_owner(host, name, otherwise="district_portal") == owner
    assert owner in OWNERS


@pytest.mark.parametrize(
    "title",
    [
        "Hội Nông dân xã An Bình tặng quà",
        "Đoàn xã Tân Hưng ra quân",
        "Hội Phụ nữ thăm hỏi hội viên ốm đau",
        "MTTQ huyện tổ chức hội nghị",
        "Công đoàn giáo dục sơ kết năm học",
        "95 năm truyền thống Mặt trận",
        "Cựu chiến binh Nguyễn Văn Bình làm giàu từ rừng",
    ],
)
def test_a_title_that_tells_what_an_organization_did_is_a_headline(title: str) -> None:
    assert is_headline(title)


@pytest.mark.parametrize(
    "name",
    [
        "Hội Nông dân xã An Bình",
        "Mặt trận Tổ quốc và các tổ chức chính trị - xã hội",
        "Hoạt động MTTQ và các đoàn thể huyện Thọ Xuân",
        "Tin Hội Phụ nữ",
        "Công đoàn tỉnh Bà Rịa - Vũng Tàu",
        "Đoàn TNCS Hồ Chí Minh thị xã Bỉm Sơn",
        "Đại hội MTTQ các cấp",
        "Xây dựng Đảng, Mặt trận, đoàn thể",
        "Công tác giám sát và phản biện xã hội",
        "Đại đoàn kết toàn dân tộc",
        "Học tập và làm theo",
        "Phong trào thi đua",
        "Công đoàn - Trao đổi kinh nghiệm",
    ],
)
def test_a_section_named_after_an_organization_is_no_headline(name: str) -> None:
    assert not is_headline(name)
