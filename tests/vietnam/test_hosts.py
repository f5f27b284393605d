"""What a portal's address says of its place."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from vietnam.hosts import Home, home_from_host, home_from_url, host_of


@pytest.mark.parametrize(
    ("host", "province", "district"),
    [
        ("thoxuan.thanhhoa.gov.vn", "Thanh Hóa", "Huyện Thọ Xuân"),
        ("THOXUAN.thanhhoa.gov.vn.:8080", "Thanh Hóa", "Huyện Thọ Xuân"),
        ("yenminh.tuyenquang.gov.vn", "Hà Giang", "Huyện Yên Minh"),  # moved to the heir's host in 2025
        ("backancity.gov.vn", "Bắc Kạn", "Thành phố Bắc Kạn"),
        ("mongcai.gov.vn", "Quảng Ninh", "Thành phố Móng Cái"),
        ("tuoitregiongrieng.com", "Kiên Giang", "Huyện Giồng Riềng"),
        ("badontv.vn", "Quảng Bình", "Thị xã Ba Đồn"),
        ("trungtamvanhoaquan9.info.vn", "Hồ Chí Minh", "Quận 9"),
        ("congan.thanhhoa.gov.vn", "Thanh Hóa", None),
        ("longmy.haugiang.gov.vn", "Hậu Giang", None),  # town or district?
        ("huhamtan.binhthuan.gov.vn", "Bình Thuận", "Huyện Hàm Tân"),
        ("dakhring.huyendakha.kontum.gov.vn", "Kon Tum", "Huyện Đăk Hà"),
        ("ubmttq.camau.gov.vn", "Cà Mau", None),
        ("m.baohaiduong.vn", "Hải Dương", None),
        ("dongkhoi.baovinhlong.vn", "Bến Tre", None),  # a paper of the name, not the commune Đồng Khởi
        ("thainguyentv.vn", "Thái Nguyên", None),
        ("hoinongdan.baria-vungtau.gov.vn", "Bà Rịa - Vũng Tàu", None),
        ("sggp.org.vn", "Hồ Chí Minh", None),
    ],
)
def test_a_host_tells_province_and_district(host: str, province: str, district: str | None) -> None:
    home = home_from_host(host)
    assert home is not None
    assert (home.province_2024, home.district_2024) == (province, district)


@pytest.mark.parametrize(
    "host",
    ["mattran.org.vn", "vietnamnet.vn", "tienphong.vn", "cuuchienbinh.vn", "14.225.252.124", "", "localhost"],
)
def test_a_central_host_tells_no_place(host: str) -> None:
    assert home_from_host(host) is None


def test_a_commune_of_after_the_reform_tells_what_it_was_before() -> None:
    assert home_from_host("anvinh.gialai.gov.vn") == Home(
        "Bình Định", "Huyện An Lão", "Gia Lai", ("Xã An Vinh",)
    )


def test_the_path_tells_where_the_host_does_not() -> None:
    home = home_from_url("https://ttkhcn.baria-vungtau.gov.vn/phuoclongtho/news.aspx?id=714")
    assert home is not None and home.district_2024 == "Huyện Đất Đỏ"
    home = home_from_url("https://vietnam.vn/tuyenquang/tuyen-quang-qua-cac-thoi-ky")
    assert home is not None and home.province_2024 == "Tuyên Quang"
    # the province's own name as a folder of its own newspaper is no district
    home = home_from_url("http://baotayninh.vn/thoi-su-chinh-tri/tay-ninh")
    assert home is not None and home.district_2024 is None


@pytest.mark.parametrize(
    "url",
    [
        "https://thoxuan.thanhhoa.gov.vn/tin/1.html?x=/2#y",
        "https://thoxuan.thanhhoa.gov.vn:8443",
        "https://x.vn?next=//y.vn/",
        "https://x.vn#top",
        "HTTPS://X.vn/a",
        "https://me:secret@x.vn/a",
        " https://x.vn/a",
        "https://x\n.vn/a/\tb",
        "https://x.vn/a\nb",
        "https://[::1]/a",
        "//x.vn/a",
        "x.vn/a",
        "",
    ],
)
def test_the_host_of_any_address_is_that_of_urlsplit(url: str) -> None:
    assert host_of(url) == (urlsplit(url).hostname or "")
