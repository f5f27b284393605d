"""Organizations are named where they are named, and nowhere else."""

from __future__ import annotations

import pytest

from vietnam import tones, writing
from vietnam.organizations import CORE, NAMES, find_organizations, named, owner_of_host


def organizations(text: str, *, head: int = 1500, owner: str | None = None) -> tuple[str, ...]:
    matched = tones.match_form(writing.clean(text))
    return named(find_organizations(matched, matched.lower(), head, owner=owner))


@pytest.mark.parametrize(
    ("organization", "written"),
    [
        ("MTTQ", "Uỷ ban MTTQ"),
        ("MTTQ", "UB.MTTQ"),
        ("MTTQ", "UBMTTQVN"),
        ("MTTQ", "Ủy ban Mặt trận TQVN"),
        ("MTTQ", "UBTƯMTTQ Việt Nam"),
        ("MTTQ", "Ban công tác Mặt trận thôn"),
        ("MTTQ", "MẶT TRẬN TỔ QUỐC"),
        ("MTTQ", "the Vietnam Fatherland Front"),
        ("CTXH", "các tổ chức chính trị - xã hội huyện"),
        ("CTXH", "các đoàn thể chính trị-xã hội"),
        ("CTXH", "MTTQ và các đoàn thể"),
        ("LDLD", "Liên đoàn lao động huyện"),
        ("LDLD", "LĐLĐ tỉnh"),
        ("LDLD", "Tổng LĐLĐVN"),
        ("LDLD", "công đoàn cơ sở"),
        ("LDLD", "giải bóng chuyền trong CNVCLĐ"),
        ("HND", "Hội nông dân xã"),
        ("HND", "Hội ND huyện"),
        ("HND", "Quỹ Hỗ trợ nông dân"),
        ("HLHPN", "Hội Liên hiệp Phụ nữ"),
        ("HLHPN", "Hội LHPN xã"),
        ("HLHPN", "Đại hội đại biểu phụ nữ huyện"),
        ("HLHPN", "HPN xã ra mắt tổ tiết kiệm"),
        ("DTN", "Đoàn TNCS Hồ Chí Minh"),
        ("DTN", "huyện Đoàn"),
        ("DTN", "Thị Đoàn Dĩ An"),
        ("DTN", "xã Đoàn ra quân"),
        ("DTN", "Đoàn viên, thanh niên"),
        ("DTN", "Tuổi trẻ An Vinh ra quân"),
        ("HCCB", "Hội Cựu Chiến binh"),
        ("HCCB", "Chi hội CCB khu phố 4"),
        ("HCCB", "CCB Lê Minh Quang, hội viên tiêu biểu"),
        ("HOI_CTD", "Hội Chữ thập đỏ"),
        ("HOI_NCT", "Hội NCT tỉnh"),
    ],
)
def test_each_way_of_writing_an_organization_is_read(organization: str, written: str) -> None:
    assert organizations(written) == (organization,) or organization in organizations(written)
    assert set(organizations(written)) <= {organization, "MTTQ"}


@pytest.mark.parametrize(
    "written",
    [
        "Mặt trận Lào xây dựng đất nước",
        "thắng lợi trên mặt trận nông nghiệp",
        "công đoạn sản xuất",
        "nông dân khẩn trương xuống giống",
        "cựu chiến binh Nguyễn Văn Quả vượt khó",
        "ngày Quốc tế Phụ nữ 8/3",
        "đoàn công tác của huyện",
        "Đoàn đại biểu Quốc hội tỉnh",
        "Tập đoàn Viettel",
        "khối đại đoàn kết dân tộc",
        "Sư đoàn 5",
        "thanh niên lên đường nhập ngũ",
        "Hội đồng nhân dân tỉnh",
        "Hội đồng hương Thanh Hóa",
        "Hội nghị, Hội thảo, Lễ hội",
    ],
)
def test_look_alikes_name_no_organization(written: str) -> None:
    assert organizations(written) == ()


def test_the_trade_union_of_a_workplace_is_not_the_youth_union() -> None:
    assert organizations("Đại hội Công đoàn các cấp, công đoàn cơ sở, công đoàn trường") == ("LDLD",)


def test_past_the_head_an_organization_still_counts_once() -> None:
    matched = tones.match_form("Tin. " * 400 + "Hội Nông dân, Hội Nông dân và Ủy ban MTTQ.")
    found = find_organizations(matched, matched.lower(), 1500)
    assert [hit.organization for hit in found] == ["HND", "MTTQ"]
    assert matched[found[0].start : found[0].end] == "Hội Nông dân"


def test_a_line_that_ends_like_a_name_and_one_that_goes_on_like_it_are_no_name_together() -> None:
    far = "Tin của phường. " * 12
    text = f"Quản lý đô thị\nĐoàn Chủ tịch điều hành. {far}Thành đoàn Huế tặng quà."
    found = find_organizations(text, text.lower(), 700)
    assert [text[hit.start : hit.end] for hit in found] == ["Thành đoàn"]


def test_a_newspapers_dateline_is_no_naming_but_a_campaign_on_its_own_portal_is() -> None:
    text = "(Mặt trận) - Tỉnh phát động “Người Việt Nam ưu tiên dùng hàng Việt Nam”."
    assert organizations(text) == ()
    assert organizations(text, owner="MTTQ") == ("MTTQ",)


def test_hosts_of_the_organizations_are_known() -> None:
    hosts = ("mttq.bentre.gov.vn", "ldld.caobang.gov.vn", "hoinongdan.camau.gov.vn", "phunu.khanhhoa.gov.vn",
             "thanhdoanhaiphong.gov.vn", "cuuchienbinh.vn")  # fmt: skip
    assert tuple(owner_of_host(host) for host in hosts) == CORE
    for host in ("thanhnien.vn", "tuoitre.vn", "laodongthudo.vn", "tuoitrethudo.vn", "vnexpress.net"):
        assert owner_of_host(host) is None, host


def test_every_organization_has_its_name() -> None:
    assert set(CORE) < set(NAMES)
