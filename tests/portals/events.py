"""An invented event told as a local portal would tell it: title, lead, paragraphs, captions, credit.

Everything is drawn from a ``random.Random`` that the caller seeds, so a text is the same for ever.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from tests.portals.bylines import Credit, draw_credit, draw_person
from tests.portals.districts import MERGER, District, Place
from tests.portals.templates import Topic, fill, topics

ORGANIZATIONS = {
    # id: (full name, short name, chair's position, members, branch, movement, house, founded)
    "MTTQ": (
        "Ủy ban MTTQ Việt Nam {where}",
        "Ủy ban MTTQ {u}",
        "Chủ tịch Ủy ban MTTQ Việt Nam {u}",
        "cán bộ Mặt trận và Nhân dân",
        "Ban Công tác Mặt trận",
        "Mặt trận",
        "Đại đoàn kết",
        (1930, 11),
    ),
    "LDLD": (
        "Công đoàn {where}",
        "Công đoàn {u}",
        "Chủ tịch Công đoàn {u}",
        "đoàn viên công đoàn",
        "Tổ công đoàn",
        "Công đoàn",
        "“Mái ấm Công đoàn”",
        (1929, 7),
    ),
    "HND": (
        "Hội Nông dân {where}",
        "Hội Nông dân {u}",
        "Chủ tịch Hội Nông dân {u}",
        "hội viên nông dân",
        "Chi hội Nông dân",
        "Hội và phong trào nông dân",
        "“Mái ấm nông dân”",
        (1930, 10),
    ),
    "HLHPN": (
        "Hội LHPN {where}",
        "Hội LHPN {u}",
        "Chủ tịch Hội LHPN {u}",
        "hội viên phụ nữ",
        "Chi hội Phụ nữ",
        "Hội và phong trào phụ nữ",
        "“Mái ấm tình thương”",
        (1930, 10),
    ),
    "DTN": (
        "Đoàn TNCS Hồ Chí Minh {where}",
        "Đoàn Thanh niên {u}",
        "Bí thư Đoàn TNCS Hồ Chí Minh {u}",
        "đoàn viên, thanh niên",
        "Chi đoàn",
        "Đoàn và phong trào thanh thiếu nhi",
        "nhân ái",
        (1931, 3),
    ),
    "HCCB": (
        "Hội Cựu chiến binh {where}",
        "Hội Cựu chiến binh {u}",
        "Chủ tịch Hội Cựu chiến binh {u}",
        "hội viên cựu chiến binh",
        "Chi hội Cựu chiến binh",
        "Hội Cựu chiến binh",
        "“Nghĩa tình đồng đội”",
        (1989, 12),
    ),
}
DRIVES = {"LDLD": "Tháng Công nhân", "DTN": "Tháng Thanh niên", "HLHPN": "Ngày Chủ nhật xanh"}
DISTRICT_NAMES = {
    "LDLD": ("Liên đoàn Lao động", "Chủ tịch Liên đoàn Lao động"),
    "DTN": ("Huyện đoàn", "Bí thư Huyện đoàn"),
}
VILLAGES = (
    "Đồng Tâm", "Tân Lập", "Phú Thịnh", "Hòa Bình", "Trung Thành", "Quyết Thắng", "Đoàn Kết",
    "Tiền Phong", "Bến Đình", "Cây Gạo", "Đầm Sen", "Xuân Thọ", "Phúc Lộc", "Yên Ninh", "Thống Nhất",
    "Mỹ Hòa", "Vạn Xuân", "Lạc Thiện", "Bình Minh", "Hợp Tiến", "Nà Pồng", "Cầu Đất", "Gò Mít",
    "Làng Ngòi", "Rạch Bần", "Đông Hải",
)  # fmt: skip
OVERSIGHT = (
    "chi trả trợ cấp cho người có công và đối tượng bảo trợ xã hội",
    "thực hiện chương trình mục tiêu quốc gia giảm nghèo bền vững",
    "thu, quản lý và sử dụng các khoản đóng góp của dân",
    "giải quyết thủ tục hành chính tại bộ phận một cửa",
    "cấp nước sạch và thu gom chất thải sinh hoạt",
    "đầu tư xây dựng tuyến đường giao thông nội đồng",
    "thực hiện chế độ đối với lao động nữ và trẻ em",
    "tiếp công dân, giải quyết khiếu nại, tố cáo",
)
MODELS = (
    "Tuyến đường hoa tự quản", "Phân loại rác tại nhà", "Ngõ xóm không rác", "Gia đình số",
    "Tổ dân cư an toàn", "Vườn mẫu - nhà sạch", "Con nuôi chi hội", "Ngôi nhà thu gom phế liệu",
    "Cánh đồng không vỏ thuốc", "Camera an ninh khu dân cư", "Hàng cây đoàn kết", "Tủ sách bên hiên",
    "Chợ dân sinh không tiền mặt",
)  # fmt: skip
CONTESTS = (
    "Cán bộ cơ sở giỏi", "Tiếng hát từ làng quê", "Bữa cơm gia đình ấm yêu thương", "Tay nghề vàng",
    "Tìm hiểu Luật Phòng, chống bạo lực gia đình", "Nhà nông đua tài", "Tuyên truyền viên trẻ",
    "Kể chuyện gương sáng", "An toàn giao thông cho mọi nhà", "Khéo tay hay làm",
)  # fmt: skip
ROMAN = ("XIX", "XX", "XXI", "XXII", "XXIII", "XXIV", "XXV")
QUARTERS = ("I", "II", "III", "IV")
SEASONS = {"tong_ket": (11, 12, 1), "ngay_hoi_ddk": (10, 11)}
"""Months in which a kind of event takes place, where it is bound to a season."""
CAPTIONS = (
    "Quang cảnh buổi làm việc tại {where}.",
    "Đại biểu dự hoạt động ở {village}.",
    "{chair_} phát biểu.",
    "{leader_} trao đổi với người dân {village}.",
    "Đông đảo {member} tham gia.",
    "Các đại biểu chụp ảnh lưu niệm. Ảnh: {man_name}",
    "(Toàn cảnh hoạt động tại {village2})",
    "Bà con {village2} phấn khởi trong ngày vui.",
)
PLAIN_CAPTIONS = ("Một góc {where}.", "Ghi nhận tại {village}. Ảnh: {man_name}", "Hình ảnh tại {village2}.")


@dataclass(frozen=True, slots=True)
class Text:
    """One article as written, before any portal prints it. ``organization`` is None off topic."""

    title: str
    lead: str | None
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...]
    credit: Credit
    topic: str
    organization: str | None
    event_date: date
    place: Place


def write_news(
    rng: random.Random, day: date, district: District, organization: str, *, lead: bool, named_province: bool
) -> Text:
    """An article in which ``organization`` is the actor. ``named_province``: the text says its province."""
    commune = rng.choice(_communes(district, day)) if day >= MERGER or rng.random() < 0.6 else None
    if organization == "LDLD" and day < MERGER:
        commune = None  # the communes had no trade union of their own before the merger
    kinds = [topic for topic in topics("on_topic.txt").values() if _fits(topic, organization, day)]
    rarity = [
        1 / len(topic.organizations) for topic in kinds
    ]  # what only the Front does would drown otherwise
    [kind] = rng.choices(kinds, rarity)
    place = _place(district, day, commune)
    values = _values(rng, day, district, place, organization)
    all_year = topics("organizations.txt")
    body = [
        *rng.sample(kind.parts["body"], rng.randint(5, 7)),
        *rng.sample(all_year[organization].parts["body"], 2),
        *rng.sample(all_year["closing"].parts["body"], rng.randint(1, 2)),
    ]
    return _text(rng, kind, body, values, day, place, organization, lead=lead, named_province=named_province)


def write_other_news(rng: random.Random, day: date, district: District, *, lead: bool) -> Text:
    """An article that is not about the Front: weather, police, sport … where the Front is a guest at most."""
    kind = rng.choice(list(topics("off_topic.txt").values()))
    place = _place(district, day, rng.choice(_communes(district, day)))
    values = _values(rng, day, district, place, "MTTQ")
    body = rng.sample(kind.parts["body"], rng.randint(6, 8))
    if "guest" in kind.parts and rng.random() < 0.7:
        body.insert(0, rng.choice(kind.parts["guest"]))
    return _text(rng, kind, body, values, day, place, None, lead=lead, named_province=False)


def _fits(topic: Topic, organization: str, day: date) -> bool:
    if topic.name == "ky_niem" and ORGANIZATIONS[organization][7][1] != day.month:
        return False
    return organization in topic.organizations and day.month in SEASONS.get(topic.name, (day.month,))


def _communes(district: District, day: date) -> tuple[str, ...]:
    return district.communes_2025 if day >= MERGER else district.communes_2024


def _place(district: District, day: date, commune: str | None) -> Place:
    return Place(
        district.province_2024,
        district.name,
        district.province_2025,
        commune_2024=commune if day < MERGER else None,
        commune_2025=commune if day >= MERGER else None,
    )


def _text(
    rng: random.Random,
    kind: Topic,
    body: list[str],
    values: dict[str, str],
    day: date,
    place: Place,
    organization: str | None,
    *,
    lead: bool,
    named_province: bool,
) -> Text:
    opening = fill(rng.choice(kind.parts["opening"]), values, rng)
    if named_province or rng.random() < 0.4:
        opening = opening.replace(values["where"], f"{values['where']} ({values['province']})", 1)
    sentences = [fill(template, values, rng) for template in body]
    paragraphs: list[str] = []
    while sentences:
        size = rng.choice((1, 1, 2))
        paragraphs.append(" ".join(sentences[:size]))
        del sentences[:size]
    captions = CAPTIONS if organization else PLAIN_CAPTIONS
    return Text(
        title=fill(rng.choice(kind.parts["title"]), values, rng),
        lead=opening if lead else None,
        paragraphs=tuple(paragraphs) if lead else (opening, *paragraphs),
        captions=tuple(fill(text, values, rng) for text in rng.sample(captions, rng.choice((0, 1, 1, 2)))),
        credit=draw_credit(rng),
        topic=kind.name,
        organization=organization,
        event_date=day,
        place=place,
    )


def _values(
    rng: random.Random, day: date, district: District, place: Place, organization: str
) -> dict[str, str]:
    """Every slot that a template may name."""
    unit, _, name = place.name.partition(" ")
    u, where = unit.lower(), f"{unit.lower()} {name}"
    merged = day >= MERGER
    at_district = u == "huyện"
    full, short, position, member, branch, movement, house, (founded, _) = ORGANIZATIONS[organization]
    org, org_short = full.format(where=where), short.format(u=u)
    chair_position = position.format(u=u)
    if at_district and organization in DISTRICT_NAMES:
        org_short, chair_position = DISTRICT_NAMES[organization]
        org = f"{org_short} {name}" if organization == "DTN" else f"{org_short} {where}"
    leader, chair = (f"đồng chí {draw_person(rng)}" for _ in range(2))
    villages = [f"{district.village_type} {village}" for village in rng.sample(VILLAGES, 2)]
    quarter = (day.month - 1) // 3 - 1
    work_year = day.year if day.month >= 6 else day.year - 1
    man, man2 = (draw_person(rng, "man") for _ in range(2))
    woman = draw_person(rng, "woman")
    party = ("Huyện ủy", "Bí thư Huyện ủy", "Phó Bí thư Thường trực Huyện ủy")
    if not at_district:
        party = (f"Đảng ủy {u}", f"Bí thư Đảng ủy {u}", f"Phó Bí thư Thường trực Đảng ủy {u}")
    values = {
        "u": u,
        "p": name,
        "where": where,
        "where_": where,
        "province": place.province_2025 if merged else place.province_2024,
        "org": org,
        "org_": org_short,
        "member": member,
        "branch": f"{branch} {villages[0]}",
        "branch2": f"{branch} {villages[1]}",
        "movement": movement,
        "house": house,
        "drive": DRIVES.get(organization, "Ngày thứ bảy tình nguyện"),
        "chair": f"{chair}, {chair_position}",
        "chair_": chair,
        "leader": f"{leader}, {rng.choice(party[1:])}",
        "leader_": leader,
        "committee": party[0],
        "ubnd": f"UBND {u}",
        "village": villages[0],
        "village2": villages[1],
        "village_type": district.village_type,
        "man": f"ông {man}",
        "man2": f"anh {man2}",
        "man_name": man2,
        "woman": rng.choice(("bà", "chị")) + f" {woman}",
        "woman_name": woman,
        "money": _money(rng),
        "when": _dateline(rng, day),
        "year": str(day.year),
        "next": str(day.year + 1),
        "month": str(day.month),
        "nextmonth": str(day.month % 12 + 1),
        "quarter": QUARTERS[quarter],
        "qyear": str(day.year - 1 if quarter < 0 else day.year),
        "workyear": str(work_year),
        "nextwork": str(work_year + 1),
        "term": "2025 - 2030" if merged else "2024 - 2029",
        "congress": "I" if merged else rng.choice(ROMAN),
        "congress_n": str(rng.randint(9, 24)),
        "anniversary": str(day.year - founded),
        "dayparty": rng.choice(("3/2", "19/5", "2/9", "7/11")),
        "oversight": rng.choice(OVERSIGHT),
        "model": rng.choice(MODELS),
        "contest": rng.choice(CONTESTS),
    }
    aliases = {"member_": "member", "committee_": "committee", "ubnd_": "ubnd", "when_": "when"}
    return values | {alias: values[slot] for alias, slot in aliases.items()}


def _money(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return f"{rng.randint(1, 9)},{rng.randint(1, 9)} tỷ đồng"
    return f"{rng.randint(32, 980)} triệu đồng"


def _dateline(rng: random.Random, day: date) -> str:
    part = rng.choice(("sáng", "chiều"))
    return rng.choice(
        (
            f"{part} {day.day}/{day.month}",
            f"{part} ngày {day.day:02}/{day.month:02}/{day.year}",
            f"ngày {day.day}-{day.month}",
            f"ngày {day.day}/{day.month}/{day.year}",
            f"{part} ngày {day.day} tháng {day.month} năm {day.year}",
        )
    )
