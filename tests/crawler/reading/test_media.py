"""Articles without prose, on markup that nobody has described: photographs, files, a player."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.reading.reader import read
from spiders.platforms import PLATFORMS

if TYPE_CHECKING:
    from tests.crawler.reading.conftest import MakePage

TITLE = "Hội Phụ nữ xã Tân Lập trao 20 suất quà cho hội viên"
PHOTO = '<img src="/anh/trao-qua-{n}.jpg" width="700" alt="">'
MENU = '<div class="top"><img src="/logo.png" width="200"><a href="/">Trang chủ</a></div>'
SIDE = '<div class="right"><a href="/lich"><img src="/qc.jpg" width="240"></a><p>Hỗ trợ trực tuyến</p></div>'
OTHERS = "".join(
    f'<li><a href="/tin-{n}.html">Một bài viết khác của trang, số {n}</a></li>' for n in range(3)
)


def page_with(
    body: str, *, title: str = TITLE, date: str = "12/03/2025 08:30", named: str | None = None
) -> str:
    return (
        f"<html><head><title>{named if named is not None else title} - Xã Tân Lập</title></head><body>{MENU}"
        f'<div class="main"><h1>{title}</h1><p>{date}</p><div class="detail">{body}</div>'
        f"<h4>Tin khác</h4><ul>{OTHERS}</ul></div>{SIDE}</body></html>"
    )


def test_photographs_with_captions_are_an_article(make_page: MakePage) -> None:
    figures = "".join(
        f"<figure>{PHOTO.format(n=n)}<figcaption>Ảnh {n}: trao quà ở thôn {n}.</figcaption></figure>"
        for n in (1, 2, 3)
    )
    article = read(make_page(page_with(figures))).article
    assert article is not None
    assert (article.title, article.paragraphs) == (TITLE, ())
    assert article.captions == tuple(f"Ảnh {n}: trao quà ở thôn {n}." for n in (1, 2, 3))
    assert [image.url[-14:] for image in article.images] == [f"/trao-qua-{n}.jpg"[-14:] for n in (1, 2, 3)]
    assert article.published_at is not None


@pytest.mark.parametrize(
    "body",
    [
        PHOTO.format(n=1),
        f'<a href="/anh/lon.jpg">{PHOTO.format(n=1)}</a>',
        '<video controls><source src="/v.mp4"></video>',
        '<iframe src="https://www.youtube.com/embed/abc"></iframe>',
        '<p><a href="/tep/ke-hoach.docx">Kế hoạch số 12</a></p>',
    ],
)
def test_a_picture_a_player_or_a_file_under_a_headline_is_an_article(make_page: MakePage, body: str) -> None:
    reading = read(make_page(page_with(body)))
    assert reading.kind == "article", reading.reason
    assert reading.article is not None
    assert reading.article.paragraphs == ()


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("nothing under the headline", page_with("")),
        (
            "an advertisement that leads elsewhere",
            page_with('<a href="/qc"><img src="/qc-1.jpg" width="500"></a>'),
        ),
        ("a section's name over a picture", page_with(PHOTO.format(n=1), title="Mặt trận", date="")),
        (
            "a portal's own page",
            page_with(PHOTO.format(n=1), title="Cổng thông tin điện tử xã Tân Lập huyện Gò Dầu", date=""),
        ),
        (
            "a picture far below an empty text",
            page_with("".join(f"<p>Mục {n}</p>" for n in range(12)) + PHOTO.format(n=1)),
        ),
    ],
)
def test_a_page_that_shows_nothing_of_its_own_is_no_article(
    make_page: MakePage, name: str, page: str
) -> None:
    reading = read(make_page(page))
    assert reading.article is None, name


TEXT = (
    "Sáng 12/3, Hội Liên hiệp Phụ nữ xã Tân Lập trao 20 suất quà cho các hội viên có hoàn cảnh khó khăn ở"
    " sáu thôn, mỗi suất gồm gạo, dầu ăn và 500 nghìn đồng tiền mặt do các mạnh thường quân ủng hộ."
)
FEATURED = f"<figure>{PHOTO.format(n=0)}<figcaption>Hội viên nhận quà tại nhà văn hóa.</figcaption></figure>"


@pytest.mark.parametrize(
    "body",
    [
        f"{FEATURED}<div class='text'><p>{TEXT}</p><p>{TEXT} Hết.</p></div>",
        f"<div class='thumb'>{FEATURED}</div><div class='text'><p>{TEXT}</p><p>{TEXT} Hết.</p></div>",
        f"<div class='text'><p>{TEXT}</p><p>{TEXT} Hết.</p></div><div class='photo'>{FEATURED}</div>",
    ],
)
def test_the_caption_of_a_picture_outside_of_the_text_is_a_caption(make_page: MakePage, body: str) -> None:
    article = read(make_page(page_with(body))).article
    assert article is not None
    assert article.captions == ("Hội viên nhận quà tại nhà văn hóa.",)
    assert article.paragraphs == (TEXT, f"{TEXT} Hết.")


@pytest.mark.parametrize(
    ("platform", "picture"),
    [
        (None, f"<figure>{PHOTO.format(n=0)}<figcaption>Hội viên nhận quà.</figcaption></figure>"),
        (None, f"<div><figure><a href='/anh/0.jpg'>{PHOTO.format(n=0)}</a><figcaption>Hội viên nhận quà."
               "</figcaption></figure></div>"),
        ("joomla", f"<div class='itemImageBlock'><span class='itemImage'>{PHOTO.format(n=0)}</span>"
                   "<span class='itemImageCaption'>Hội viên nhận quà.</span></div>"),
    ],
)  # fmt: skip
def test_a_picture_with_a_caption_between_headline_and_text_is_the_articles(
    make_page: MakePage, platform: str | None, picture: str
) -> None:
    title = "Hội Phụ nữ xã Tân Lập trao quà cho hội viên khó khăn"
    other = f"<figure>{PHOTO.format(n=7)}<figcaption>Bài khác của xã.</figcaption></figure>"
    html = (
        f"<html><head><title>{title}</title></head><body><div>{other}</div><div class='itemView'>"
        f"<h2 class='itemTitle'>{title}</h2>{picture}"
        f"<div class='itemFullText'><p>{TEXT}</p><p>{TEXT} Hết.</p></div></div></body></html>"
    )
    article = read(make_page(html), PLATFORMS[platform] if platform else None).article
    assert article is not None
    assert article.captions == ("Hội viên nhận quà.",)
    assert [image.caption for image in article.images] == ["Hội viên nhận quà."]
    assert article.paragraphs == (TEXT, f"{TEXT} Hết.")
