"""One article in every editor's style, in the page of every platform: by structure, and by its selectors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.reading.reader import read
from spiders.platforms import PLATFORMS
from vietnam.dates import VIETNAM

if TYPE_CHECKING:
    from tests.crawler.reading.conftest import Frame, MakePage

TITLE = "Mặt trận Tổ quốc huyện Sơn Hà phát động Tháng cao điểm “Vì người nghèo” năm 2024"
LEAD = "Sáng 17/10, Ủy ban MTTQ Việt Nam huyện Sơn Hà phát động Tháng cao điểm “Vì người nghèo” năm 2024."
PARAGRAPHS = (
    "Dự buổi lễ có các đồng chí trong Ban Thường vụ Huyện ủy, lãnh đạo Ủy ban MTTQ Việt Nam huyện, các tổ"
    " chức chính trị - xã hội cùng hơn 120 đại biểu đến từ 14 xã, thị trấn.",
    "Theo báo cáo, từ đầu năm đến nay Quỹ “Vì người nghèo” của huyện đã vận động được hơn 1,8 tỷ đồng, hỗ"
    " trợ xây mới 36 căn nhà Đại đoàn kết và trao 420 suất quà cho hộ nghèo, hộ cận nghèo.",
    "Phát biểu tại buổi lễ, Chủ tịch Ủy ban MTTQ Việt Nam huyện kêu gọi các cơ quan, doanh nghiệp và nhân"
    " dân tiếp tục chung tay, góp sức để đến cuối năm không còn hộ nghèo ở nhà tạm.",
    "Nhiều đơn vị đã đăng ký ủng hộ ngay.",
    "Ngay sau lễ phát động, các đại biểu đã quyên góp được 265 triệu đồng; Hội Liên hiệp Phụ nữ và Hội"
    " Nông dân huyện đăng ký giúp đỡ 25 hộ hội viên thoát nghèo bền vững trong năm 2025./.",
)
CAPTIONS = ("Quang cảnh buổi lễ phát động.", "Lãnh đạo huyện trao bảng tượng trưng cho các xã. Ảnh: K.P")
SIGNATURE = "Thu Hà - Đinh Văn Lâm"
SEE_ALSO = (
    "Xem thêm: <a href='/nha-dai-doan-ket-12.html'>Bàn giao nhà Đại đoàn kết cho hộ nghèo xã Sơn Thủy</a>"
)
FILE = "<a href='/uploads/ke-hoach-31.pdf'>Tải về: Kế hoạch số 31/KH-MTTQ-BTT</a>"
AT = datetime(2024, 10, 18, 8, 35, tzinfo=VIETNAM)


def illustrated(text: list[str], picture: Callable[[int, str], str]) -> list[str]:
    """The text's blocks with a picture after the second and one after the fourth."""
    return [*text[:2], picture(1, CAPTIONS[0]), *text[2:4], picture(2, CAPTIONS[1]), *text[4:]]


def ckeditor() -> str:
    """Justified paragraphs, figures in centred boxes, a pointer to another article, a file at the end."""

    def picture(n: int, caption: str) -> str:
        image = f'<img alt="" src="/a{n}.jpg" width="600">'
        figure = f'<figure class="image">{image}<figcaption>{caption}</figcaption></figure>'
        return f'<div style="text-align:center">{figure}</div>'

    just = 'style="text-align: justify;"'
    text = [f"<p {just}><strong>{LEAD}</strong></p>", *(f"<p {just}>{p}</p>" for p in PARAGRAPHS)]
    end = [f"<p>{SEE_ALSO}</p>", f'<p style="text-align: right;"><b>{SIGNATURE}</b></p>', f"<p>{FILE}</p>"]
    return "\n".join([*illustrated(text, picture), *end])


def word() -> str:
    """Pasted from Word: spans in spans, empty paragraphs between, captions in centred italics."""
    font = "font-size:14.0pt;font-family:&quot;Times New Roman&quot;"
    office = "<!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]-->"

    def paragraph(text: str, looks: str = "text-align:justify;text-indent:36.0pt") -> str:
        span = f'<span style="{font}"><span lang="VI">{text}</span></span>'
        return f'<p class="MsoNormal" style="{looks};line-height:115%">{span}<o:p></o:p></p>'

    def picture(n: int, caption: str) -> str:
        image = f'<img src="/a{n}.jpg" width="640">'
        return paragraph(image, "text-align:center") + paragraph(f"<i>{caption}</i>", "text-align:center")

    text = [paragraph(f"<b>{LEAD}</b>"), *map(paragraph, PARAGRAPHS)]
    end = [paragraph(f"<b>{SIGNATURE}</b>", "text-align:right"), f"<p>{FILE}</p>"]
    return office + paragraph("&nbsp;").join([*illustrated(text, picture), *end])


def breaks() -> str:
    """One box, paragraphs by pairs of line breaks."""

    def picture(n: int, caption: str) -> str:
        return f'<div style="text-align: center;"><img src="/a{n}.jpg"><br>\n<em>{caption}</em></div>'

    lines = "<br>\n<br>\n".join(illustrated([f"<strong>{LEAD}</strong>", *PARAGRAPHS], picture))
    signature = f'<br><br><div style="text-align:right">{SIGNATURE}</div>'
    return f'<div style="text-align: justify;">{lines}{signature}</div><div>{FILE}</div>'


def tables() -> str:
    """Laid out in a table, pictures in tables of their own with the caption in the cell below."""

    def rows(cells: list[str]) -> str:
        return "".join(f"<tr>{cell}</tr>" for cell in cells)

    def picture(n: int, caption: str) -> str:
        image = f'<img src="/a{n}.jpg" width="600">'
        return f"<table><tbody>{rows([f'<td>{image}</td>', f'<td>{caption}</td>'])}</tbody></table>"

    text = illustrated([f"<p><b>{LEAD}</b></p>", *(f"<p>{p}</p>" for p in PARAGRAPHS)], picture)
    cells = [f"<td><div>{''.join(text)}</div></td>"]
    cells += [f'<td align="right"><b>{SIGNATURE}</b></td>', f"<td>{FILE}</td>"]
    return f'<table width="100%"><tbody>{rows(cells)}</tbody></table>'


def boxes() -> str:
    """No paragraphs at all: boxes in boxes; one caption by its class, one in italics and parentheses."""

    def picture(n: int, caption: str) -> str:
        named = f'<div class="PhotoCMS_Caption"><p>{caption}</p></div>'
        under = named if n == 1 else f"<div><em>({caption})</em></div>"
        return f'<div class="t-c"><img src="/a{n}.jpg" width="500"></div>{under}'

    text = [f'<div class="sapo"><div><span>{LEAD}</span></div></div>']
    text += [f"<div><span><span>{p}</span></span></div>" for p in PARAGRAPHS]
    end = [f'<div class="author"><b>{SIGNATURE}</b></div>', f"<div>{FILE}</div>"]
    return "".join([*illustrated(text, picture), *end])


STYLES: dict[str, Callable[[], str]] = {f.__name__: f for f in (ckeditor, word, breaks, tables, boxes)}
FRAMES = sorted(path.stem for path in (Path(__file__).parent / "frames").glob("*.html"))
DAY_ONLY = frozenset(
    ("vnpt_portal", "trang_n", "sharepoint", "nameless", "drupal_olivero", "wordpress_astra")
)
DATELESS = frozenset(("aspx",))
OWN_PLATFORM = {
    **{name: name for name in ("dnn", "drupal", "joomla", "liferay", "mojoportal", "sharepoint", "trang_n")},
    "drupal_olivero": "drupal",
    "joomla_cassiopeia": "joomla",
    "newspaper": "templates_v1",
    "nukeviet_3": "nukeviet",
    "vnpt_portal": "vnpt_portal",
    "ward_portal": "vccorp",
    "wordpress_astra": "wordpress",
    "wordpress_blocks": "wordpress",
}
CASES = [(name, None) for name in FRAMES] + sorted(OWN_PLATFORM.items())


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("name", "platform"), CASES, ids=[f"{n} by {p or 'structure'}" for n, p in CASES])
def test_every_style_in_every_frame_is_read_whole_and_without_noise(
    name: str, platform: str | None, style: str, frame: Frame, make_page: MakePage
) -> None:
    page = make_page(frame(name, title=TITLE, body=STYLES[style](), at=AT))
    reading = read(page, PLATFORMS[platform] if platform else None)
    article = reading.article
    assert article is not None, (reading.kind, reading.reason)
    assert article.title == TITLE
    assert article.lead == LEAD
    assert article.paragraphs == PARAGRAPHS
    assert [caption.strip("()") for caption in article.captions] == list(CAPTIONS)
    assert article.byline == SIGNATURE
    assert article.authors == ("Thu Hà", "Đinh Văn Lâm")
    assert [(a.name, a.type) for a in article.attachments] == [("Kế hoạch số 31/KH-MTTQ-BTT", "pdf")]
    assert len(article.images) == 2
    if name in DATELESS:
        assert article.published_at is None
    elif name in DAY_ONLY:
        assert (article.published_at, article.published_precision) == (AT.replace(hour=0, minute=0), "day")
    else:
        assert article.published_at == AT
        assert article.published_precision in ("minute", "second")
