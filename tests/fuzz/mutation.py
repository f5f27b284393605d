"""Inputs: seeds of every kind, broken at random. The same number gives the same input."""

from __future__ import annotations

import gzip
import random
import zlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 200_000

FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Mặt trận</title><item>'
    "<title>Hội nghị</title><link>https://mattran.example.gov.vn/tin/bai-1.html</link>"
    "<pubDate>Sun, 22 Nov 2026 08:00:00 +0700</pubDate>"
    "<description>&lt;p&gt;Tóm tắt&lt;/p&gt;</description></item></channel></rss>"
)
SITEMAP = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>'
    "<loc>https://mattran.example.gov.vn/tin/bai-1.html</loc><lastmod>2026-11-01</lastmod></url></urlset>"
)
ROBOTS = "User-agent: *\nDisallow: /quan-tri/*?x=$\nAllow: /tin/\nCrawl-delay: 7\nSitemap: https://a.vn/sitemap.xml\n"
STAMPS = (
    "Thứ hai, 22/11/2026, 08:05 (GMT+7)\n12 giờ 30 phút ngày 5 tháng 6 năm 2025\n2021-10-09+0709:30:00\n"
    "Sun, 22 Nov 2026 08:00:00 +0700\n3 giờ trước\n1/7/2025 8:05 CH\nNgày 8/3, Hội LHPN xã tổ chức họp mặt"
)
CREDITS = "Tin, ảnh: Lam Hồng\nTheo Báo Thanh Hóa\nNguyễn Văn A - Lê Thị B (TTXVN)\nPV\nẢnh: H'Linh Niê\nBBT"
ADDRESSES = "https://www.Example.gov.vn:443/tin/Bài%20viết;jsessionid=1?b=2&a=%E1%BA%A3&utm_source=x#đầu"
REGISTRY = (
    "province: Thanh Hóa\nportals:\n  - id: thanh_hoa/tho_xuan\n    name: MTTQ Thọ Xuân\n    url: http://a.vn/\n"
    "    owner: front\n    platform: nukeviet\n    delay: 2.5\n    minimum_listed: 10\n    filled_date: 0.9\n"
    "    active_from: 2025-07-01\n    aliases: [www.a.vn]\n    sections:\n"
    "      - {path: /tin/, scope: front}\n"
    "      - {path: 'http://a.vn:80/tin-tuc/', scope: news, name: Tin tức}\n"
)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]"
    b"/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 44>>stream\nBT /F1 12 Tf 20 200 Td (Hoi nghi Mat tran) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)

TOKENS = [
    piece.encode()
    for piece in (
        "<div>",
        "</div>",
        "<p>",
        "<table><tr><td>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<script>",
        "<title>",
        "&#0;",
        "&#xD800;",
        "&amp;amp;",
        "\0",
        "\ufeff",
        "\u200b",
        "e\u0302\u0323",
        "Đ",
        "ð",
        "\r",
        "\n\n",
        "%00",
        "%E1%BB",
        "//",
        "/../",
        "?",
        "#",
        ";",
        "@",
        "\\",
        "[::1]",
        ":99999",
        "31/02/2025",
        "00:61",
        "99/99/9999",
        "1" * 400,
        "<a " * 50,
        "a/b/" * 30,
        "=",
        "- ",
        ": ",
        "{",
        "[",
        "&x;",
        "<!DOCTYPE a [<!ENTITY x 'y'>]>",
        "charset=utf-16",
        "tháng 13",
        "Tin, ảnh: ",
        "Theo ",
        "\u202e",
        "\ud7ff",
        "𝕳",
        "ﬁ",
        "ſ",
        "İ",
        "ẞ",
    )
]


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """What inputs of a target start from; every target also meets the others' now and then."""
    html = tuple(path.read_bytes() for path in sorted((ROOT / "tests" / "pages").glob("*.html"))[::3])
    own: dict[str, tuple[bytes, ...]] = {
        "page": html,
        "listing": html,
        "feed": (FEED.encode(),),
        "sitemap": (SITEMAP.encode(),),
        "stamps": (*STAMPS.encode().splitlines(), STAMPS.encode()),
        "credits": (CREDITS.encode(),),
        "writing": (STAMPS.encode(), CREDITS.encode()),
        "addresses": (ADDRESSES.encode(),),
        "robots": (ROBOTS.encode(),),
        "packed": (gzip.compress(FEED.encode()), zlib.compress(b"0" * 5000), b"\x28\xb5\x2f\xfd\x04\x00"),
        "pdf": (PDF,),
        "registry": (REGISTRY.encode(),),
    }
    return own[target]


def broken(target: str, number: int) -> bytes:
    """Input ``number`` of a target: a seed with one to eight faults."""
    chance = random.Random(f"{target} {number}")
    data = bytearray(chance.choice(seeds(target)))
    if chance.random() < 0.02:
        data = bytearray(chance.randbytes(chance.randrange(2000)))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(7):
            case 0:
                data[at:at] = chance.choice(TOKENS)
            case 1:
                del data[at : at + chance.choice((1, 3, 20, 400))]
            case 2 if data:
                data[at % len(data)] ^= 1 << chance.randrange(8)
            case 3:
                data[at:at] = data[at : at + chance.choice((5, 50, 2000))] * chance.choice((1, 2, 20))
            case 4:
                del data[at:]
            case 5:
                other = chance.choice(seeds(target))
                cut = chance.randrange(len(other) + 1)
                data[at:at] = other[cut : cut + chance.choice((10, 200, 3000))]
            case _:
                data[at:at] = chance.choice(TOKENS) * chance.choice((1, 10, 300))
    return bytes(data[:LONGEST])
