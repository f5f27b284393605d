"""The demo portals: which platform, whose, where, and which sections each has."""

from __future__ import annotations

from dataclasses import dataclass

from storage.portals import Scope
from tests.portals import districts
from tests.portals.districts import District

ALL = ("MTTQ", "LDLD", "HND", "HLHPN", "DTN", "HCCB")


@dataclass(frozen=True, slots=True)
class DemoSection:
    """A listing of a demo portal. ``organizations`` are the actors of what it prints."""

    slug: str
    name: str
    scope: Scope
    organizations: tuple[str, ...] = ALL


@dataclass(frozen=True, slots=True)
class DemoPortal:
    """One website of the demo. ``articles`` are written for it, copies of others' come on top."""

    id: str
    name: str
    platform: str
    """Name of the platform file in spiders/platforms, ``unknown`` for a home-made CMS."""
    owner: str
    district: District
    sections: tuple[DemoSection, ...]
    articles: int = 42
    page_size: int = 10
    first_number: int = 101
    validators: bool = False
    """Answers carry ETag and Last-Modified, and conditional requests are answered 304."""
    compress: bool = False
    minute: bool = True
    """Article pages print the time of day, not only the day."""


FRONT = ("MTTQ",)
MASS = ("LDLD", "HND", "HLHPN", "DTN", "HCCB")
PORTALS = (
    DemoPortal(
        "tay_ninh/demo_go_dau",
        "Trang tin Mặt trận và đoàn thể Gò Dầu",
        "nukeviet",
        "front",
        districts.GO_DAU,
        (
            DemoSection("hoat-dong-mat-tran", "Hoạt động Mặt trận", "front", FRONT),
            DemoSection("cac-doan-the", "Các đoàn thể", "front", MASS),
            DemoSection("tin-tuc-su-kien", "Tin tức - Sự kiện", "news"),
        ),
        page_size=8,
        articles=46,
        first_number=2201,
        validators=True,
        compress=True,
    ),
    DemoPortal(
        "nghe_an/demo_do_luong",
        "Hội Liên hiệp Phụ nữ Đô Lương",
        "wordpress",
        "women",
        districts.DO_LUONG,
        (
            DemoSection("hoat-dong-hoi", "Hoạt động Hội", "front", ("HLHPN",)),
            DemoSection("guong-dien-hinh", "Gương điển hình", "front", ("HLHPN", "HND")),
            DemoSection("tin-dia-phuong", "Tin địa phương", "news"),
        ),
        page_size=6,
        first_number=1543,
        compress=True,
    ),
    DemoPortal(
        "thanh_hoa/demo_hau_loc",
        "Cổng thông tin điện tử vùng Hậu Lộc",
        "vnpt_portal",
        "district_portal",
        districts.HAU_LOC,
        (
            DemoSection("mat-tran-doan-the", "Mặt trận - Đoàn thể", "front"),
            DemoSection("tin-tuc-su-kien", "Tin tức - Sự kiện", "news"),
        ),
        first_number=7301,
        minute=False,
    ),
    DemoPortal(
        "ha_nam/demo_binh_luc",
        "Cổng thông tin điện tử Bình Lục",
        "sharepoint",
        "district_portal",
        districts.BINH_LUC,
        (
            DemoSection("Mat-tran-doan-the", "Mặt trận, đoàn thể", "front"),
            DemoSection("Tin-hoat-dong", "Tin hoạt động", "news"),
        ),
        page_size=12,
        first_number=512,
    ),
    DemoPortal(
        "quang_tri/demo_vinh_linh",
        "Trang thông tin điện tử Vĩnh Linh",
        "liferay",
        "commune_portal",
        districts.VINH_LINH,
        (
            DemoSection("mttq-va-cac-doan-the", "MTTQ và các đoàn thể", "front"),
            DemoSection("tin-tuc", "Tin tức", "news"),
        ),
        page_size=8,
    ),
    DemoPortal(
        "tuyen_quang/demo_son_duong",
        "Ủy ban MTTQ Việt Nam vùng Sơn Dương",
        "trang_n",
        "front",
        districts.SON_DUONG,
        (
            DemoSection("cong-tac-mat-tran", "Công tác Mặt trận", "front", FRONT),
            DemoSection("to-chuc-thanh-vien", "Tổ chức thành viên", "front", MASS),
            DemoSection("thoi-su", "Thời sự", "news"),
        ),
        page_size=7,
        articles=46,
    ),
    DemoPortal(
        "quang_nam/demo_dai_loc",
        "Công đoàn Đại Lộc",
        "drupal",
        "trade_union",
        districts.DAI_LOC,
        (
            DemoSection("hoat-dong-cong-doan", "Hoạt động công đoàn", "front", ("LDLD",)),
            DemoSection("mat-tran-doan-the", "Mặt trận - Đoàn thể", "front", ("MTTQ", "HND", "DTN", "HCCB")),
            DemoSection("tin-tuc", "Tin tức", "news"),
        ),
        page_size=6,
        first_number=318,
        validators=True,
    ),
    DemoPortal(
        "ca_mau/demo_cai_nuoc",
        "Cổng thông tin Cái Nước",
        "unknown",
        "commune_portal",
        districts.CAI_NUOC,
        (
            DemoSection("3", "Mặt trận và đoàn thể", "front"),
            DemoSection("1", "Tin trong xã", "news"),
        ),
        page_size=9,
        first_number=61,
    ),
)
