"""News of communes that never were, to save and compare: deterministic by seed, written for these tests."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.records import Article, Sighting
from vietnam.stamps import VIETNAM

FETCHED = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

_COMMUNES = (
    "Thọ Lâm", "Xuân Phú", "Hòa Bình", "Đông Sơn", "Quảng Tiến", "Phú Lộc", "Vĩnh An", "Tân Hưng",
    "Cẩm Thành", "Ea Kiết", "Long Điền", "Mỹ Hạnh", "Yên Thịnh", "Bình Minh", "Nga Thắng", "Ia Pết",
    "Đắk Nhau", "Tiên Lãng",
)  # fmt: skip
_PEOPLE = (
    "Lê Thị Hoa", "Nguyễn Văn Thắng", "Trần Quốc Tuấn", "Phạm Hồng Nhung", "Hoàng Đình Khải",
    "Vũ Thúy Hằng", "Bùi Xuân Trường", "Đỗ Minh Châu", "Y Thịnh Niê", "Lò Văn Pánh", "Cao Thị Thu",
    "Đặng Ngọc Lâm", "Hà Kim Oanh",
)  # fmt: skip
_POSTS = (
    "Chủ tịch Ủy ban Mặt trận Tổ quốc", "Phó Bí thư Thường trực Đảng ủy", "Chủ tịch Hội Nông dân",
    "Bí thư Đoàn thanh niên", "Chủ tịch Hội Liên hiệp Phụ nữ", "Chủ tịch Hội Cựu chiến binh",
    "Trưởng ban công tác", "Phó Chủ tịch Ủy ban nhân dân", "Chủ tịch Công đoàn", "Bí thư chi bộ",
    "Trưởng thôn",
)  # fmt: skip
_EVENTS = (
    "hội nghị tổng kết công tác", "ngày hội đại đoàn kết toàn dân tộc",
    "lễ ra quân làm sạch đường làng", "buổi giám sát việc thu các khoản đóng góp",
    "lớp tập huấn nghiệp vụ", "lễ bàn giao nhà tình nghĩa", "hội nghị đối thoại với nhân dân",
    "chương trình tặng quà cho hộ nghèo", "đại hội nhiệm kỳ mới", "buổi phản biện dự thảo nghị quyết",
    "phiên họp giao ban quý", "lễ phát động ủng hộ đồng bào vùng lũ",
)  # fmt: skip
_THINGS = (
    "vốn vay ưu đãi", "giống cây ăn quả", "xe đạp", "suất học bổng", "bồn chứa nước", "tấn xi măng",
    "con bò sinh sản", "tủ sách", "bộ máy tính", "suất quà", "mô hình trồng nấm", "tuyến đường hoa",
    "camera an ninh", "nhà vệ sinh",
)  # fmt: skip
_AIMS = (
    "giúp bà con thoát nghèo bền vững", "giữ gìn vệ sinh môi trường", "xây dựng nông thôn mới nâng cao",
    "phát huy quyền làm chủ của nhân dân", "chăm lo đời sống đoàn viên",
    "bảo vệ an ninh trật tự ở cơ sở", "tuyên truyền pháp luật về đất đai",
    "chuyển đổi số trong sinh hoạt chi hội", "phòng chống cháy nổ mùa khô",
    "giáo dục truyền thống cho thế hệ trẻ", "vận động hiến máu tình nguyện",
    "bình đẳng giới trong gia đình",
)  # fmt: skip
_OPENINGS = (
    "Sáng ngày {d}/{m}, tại nhà văn hóa thôn {n}, xã {c} tổ chức {e} nhằm {a}",
    "Vừa qua, {p} của xã {c} phối hợp với các ngành mở {e}, thu hút {x} người tham gia",
    "Nhân dịp kỷ niệm {y} năm ngày truyền thống, cán bộ xã {c} đã tiến hành {e} để {a}",
    "Chiều {d}-{m}, đoàn công tác do đồng chí {u}, {p}, dẫn đầu về dự {e} ở xã {c}",
)
_SENTENCES = (
    "Phát biểu khai mạc, đồng chí {u}, {p} xã {c}, nêu rõ ý nghĩa của việc {a} trong giai đoạn hiện nay",
    "Trong {y} tháng qua, các chi hội đã trao {x} {t} trị giá {z} triệu đồng cho những gia đình gặp khó khăn",
    "Bà {u} ở thôn {n} cho biết từ khi nhận được {t}, thu nhập của gia đình tăng thêm {z} triệu đồng mỗi vụ",
    "Theo báo cáo, toàn xã hiện có {x} hội viên sinh hoạt tại {y} tổ, tỷ lệ tập hợp đạt {z} phần trăm",
    "Ông {u}, {p}, đề nghị các đơn vị rà soát danh sách, công khai {t} và tiếp tục {a}",
    "Nhiều ý kiến kiến nghị sửa chữa đoạn kênh dài {x} mét qua thôn {n} trước mùa mưa năm nay",
    "Dịp này, {y} tập thể và {z} cá nhân được khen thưởng vì có thành tích trong phong trào {a}",
    "Ban tổ chức cũng vận động doanh nghiệp tài trợ {x} {t}, trong đó thôn {n} được ưu tiên trước",
    "Đồng chí {u} ghi nhận những kết quả đã đạt được, đồng thời chỉ ra {y} hạn chế cần khắc phục ngay",
    "Ngay sau buổi lễ, hơn {x} đoàn viên đã trồng {z} cây xanh dọc theo tuyến đường vào thôn {n}",
    "Hội nghị thống nhất {y} chỉ tiêu chủ yếu, phấn đấu đến cuối năm có thêm {x} hộ đạt chuẩn văn hóa",
    "Số tiền {z} triệu đồng do nhân dân đóng góp được dùng để mua {t} và sửa sân chơi cho thiếu nhi",
    "Già làng {u} kể rằng trước đây con đường qua thôn {n} lầy lội, nay đã đổ bê tông rộng {y} mét",
    "Tổ công tác đến từng nhà để {a}, kết hợp hướng dẫn {x} hộ cài đặt dịch vụ công trực tuyến",
    "Đại diện lãnh đạo huyện đánh giá cao cách làm của xã {c} và giao {p} nhân rộng ra {y} thôn còn lại",
    "Các đại biểu đã thảo luận về việc giám sát {t} cấp cho hộ cận nghèo và chế độ của người có công",
    "Kết thúc chương trình, {x} bạn trẻ tham gia thi tìm hiểu về chủ đề {a} với phần thưởng là {t}",
    "Thời gian tới, xã {c} sẽ duy trì {y} câu lạc bộ, mỗi tháng họp một lần vào ngày {d} để {a}",
)


def sentences(rng: random.Random, count: int) -> list[str]:
    """Sentences of one made-up report, an opening first."""
    forms = [rng.choice(_OPENINGS), *(rng.choice(_SENTENCES) for _ in range(count - 1))]
    return [
        form.format(
            c=rng.choice(_COMMUNES), n=rng.choice(_COMMUNES), u=rng.choice(_PEOPLE), p=rng.choice(_POSTS),
            e=rng.choice(_EVENTS), t=rng.choice(_THINGS), a=rng.choice(_AIMS), d=rng.randint(1, 28),
            m=rng.randint(1, 12), x=rng.randint(11, 980), y=rng.randint(2, 95), z=rng.randint(3, 990),
        )
        + "."
        for form in forms
    ]  # fmt: skip


def report(seed: int, count: int = 14) -> tuple[str, ...]:
    """Paragraphs of one made-up report of ``count`` sentences of some 20 words."""
    written = sentences(random.Random(seed), count)
    return tuple(" ".join(written[start : start + 3]) for start in range(0, count, 3))


def edited(paragraphs: tuple[str, ...], share: float, seed: int = 0) -> tuple[str, ...]:
    """The report as another editor prints it: ``share`` of the words replaced, at random places."""
    rng = random.Random(seed)
    stock = " ".join(sentences(rng, 30)).split()
    return tuple(
        " ".join(rng.choice(stock) if rng.random() < share else word for word in paragraph.split())
        for paragraph in paragraphs
    )


def article(number: int = 0, *, url: str | None = None, **fields: Any) -> Article:
    """An article with a text of its own for each ``number``; ``fields`` replace those of the record."""
    values: dict[str, Any] = {
        "title": f"Xã Thọ Lâm tổ chức hội nghị lần thứ {number}",
        "paragraphs": report(number),
        "published_at": datetime(2026, 1, 5, 7, 30, tzinfo=VIETNAM) + timedelta(hours=number),
        "published_precision": "minute",
        "relevant": True,
        "relevance": 0.9,
        "organizations": ("MTTQ",),
        "provinces_2024": ("Thanh Hóa",),
        "districts_2024": ("Huyện Thọ Xuân",),
        "provenance": {"title": "platform:h1", "published_at": "json-ld"},
    }
    return Article(url=url or f"https://thoxuan.thanhhoa.gov.vn/{number}.html", **{**values, **fields})


def seen(
    article: Article, portal: str = "thanh_hoa/tho_xuan", key: str | None = None, **facts: Any
) -> Sighting:
    """``article`` as seen on a portal; its key is its address where none is given."""
    return Sighting(portal, key or article.url, article, **{"fetched_at": FETCHED, **facts})
