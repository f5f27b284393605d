"""An article that stands on several pages, in the shapes that platforms give its pager."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from tests.loopback import Answer, Asked, http
from tests.spiders.small_portal import News, SmallPortal
from vietnam.dates import VIETNAM

TITLE = "Ủy ban Mặt trận Tổ quốc huyện tổng kết phong trào toàn dân đoàn kết xây dựng đời sống văn hóa"
TEXTS = (
    (
        "Sáng 12/11, tại hội trường huyện, Ủy ban MTTQ huyện tổ chức hội nghị tổng kết phong trào với 120 đại"
        " biểu của 18 xã, thị trấn.",
        "Theo báo cáo, trong năm qua nhân dân toàn huyện đã hiến 12.500 m2 đất để làm đường giao thông.",
    ),
    (
        "Hội nghị đã nghe bảy tham luận về kinh nghiệm vận động nhân dân và giám sát ở khu dân cư.",
        "Hội Nông dân xã Bình Minh kể lại cách bốn thôn cùng góp công sửa chín cây số kênh trong một mùa.",
    ),
    ("Dịp này, 12 tập thể được khen thưởng.",),
)
SIGNATURE = "Lê Thu Hà"
Pager = Callable[[str, int, int], str]
"""The links of one page: the article's address, the page's number, how many there are."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a platform shows such an article. ``later`` makes a further page's address of the article's."""

    platform: str
    path: str
    later: Callable[[str, int], str]
    frame: str
    pager: Pager


def _numbers(link: Callable[[int], str], here: int, of: int, between: str = " ") -> str:
    return between.join(
        link(n) if n != here else f"<span class='current'>{n}</span>" for n in range(1, of + 1)
    )


def _wordpress_pager(path: str, here: int, of: int) -> str:
    def link(n: int) -> str:
        return f"<a href='{path if n == 1 else f'{path}{n}/'}' class='post-page-numbers'>{n}</a>"

    return f"<div class='page-links'>Trang: {_numbers(link, here, of)}</div>"


def _nukeviet_pager(path: str, here: int, of: int) -> str:
    def link(n: int) -> str:
        return f"<li><a href='{path if n == 1 else f'{path}?page={n}'}'>{n}</a></li>"

    return f"<div class='text-center'><ul class='pagination'>{_numbers(link, here, of, '')}</ul></div>"


def _joomla_pager(path: str, here: int, of: int) -> str:
    back = f"<a href='{path}?start={here - 2}'>Trang trước</a>" if here > 1 else ""
    on = f"<a href='{path}?start={here}'>Trang sau</a>" if here < of else ""
    return (
        f"<div class='pager'><ul><li>{back}</li><li>{on}</li></ul></div>"
        f"<div class='pagenavcounter'>Trang {here} / {of}</div>"
    )


def _onward_pager(path: str, here: int, of: int) -> str:
    name = path.rpartition("/")[2].removesuffix(".html")
    on = f"<p align='right'><a href='{name}-p{here + 1}.html'>Xem tiếp trang sau »</a></p>"
    return on if here < of else ""


_BODY = "<main><article>{}<div class='{}'>{{body}}{{pager}}</div></article></main>"
_HEAD = "<h1 class='{}'>{{title}}</h1><time class='entry-date' datetime='{{iso}}'>{{day}}</time>"
WORDPRESS = Shape(
    "wordpress", "/tong-ket-phong-trao/", lambda path, n: f"{path}{n}/",
    _BODY.format(_HEAD.format("entry-title"), "entry-content"), _wordpress_pager,
)  # fmt: skip
NUKEVIET = Shape(
    "nukeviet", "/mat-tran/tong-ket-phong-trao-7001.html", lambda path, n: f"{path}?page={n}",
    "<div class='news_column'><h1 class='title'>{title}</h1><span class='h5'>{day}</span>"
    "<div id='news-bodyhtml' class='bodytext'>{body}</div>{pager}</div>", _nukeviet_pager,
)  # fmt: skip
JOOMLA = Shape(
    "joomla", "/mat-tran/71-tong-ket-phong-trao", lambda path, n: f"{path}?start={n - 1}",
    "<div class='item-page'><h2 itemprop='headline'>{title}</h2><time itemprop='datePublished'"
    " datetime='{iso}'>{day}</time><div itemprop='articleBody'>{body}{pager}</div></div>", _joomla_pager,
)  # fmt: skip
HOME_MADE = Shape(
    "generic", "/mat-tran/tong-ket-phong-trao.html", lambda path, n: path.replace(".html", f"-p{n}.html"),
    "<div id='main'><h1>{title}</h1><i>{day}</i><div class='chi-tiet'>{body}{pager}</div></div>",
    _onward_pager,
)  # fmt: skip
SHAPES = {"WordPress": WORDPRESS, "NukeViet": NUKEVIET, "Joomla": JOOMLA, "home-made": HOME_MADE}


@dataclass(frozen=True, slots=True)
class PagedNews(News):
    """News at the address of a shape."""

    at: str = ""

    @property
    def path(self) -> str:
        """Its address."""
        return self.at

    @property
    def title(self) -> str:
        """Its headline."""
        return TITLE


@dataclass
class PagedArticle:
    """The article of a site on pages that a test changes. ``extra`` stands below the text of each page."""

    site: SmallPortal
    shape: Shape
    texts: Sequence[Sequence[str]] = TEXTS
    extra: str = ""
    etag: bool = False
    day: datetime = field(default_factory=lambda: datetime.now(VIETNAM) - timedelta(hours=20))
    """So young that each crawl looks at it again."""

    def __post_init__(self) -> None:
        self.site.news.append(PagedNews(1, self.day, at=self.shape.path))
        for number in range(1, len(self.texts) + 1):
            self.site.broken[self.address(number)] = partial(self.answer, number)

    def address(self, number: int) -> str:
        """The path of a page."""
        return self.shape.path if number == 1 else self.shape.later(self.shape.path, number)

    def answer(self, number: int, asked: Asked) -> bytes:
        """The answer of a page; with ``etag`` the first one says that it never changes."""
        tag = '"the same"' if self.etag and number == 1 else None
        if tag and asked.headers.get("if-none-match") == tag:
            return http(b"", "304 Not Modified", ETag=tag)
        return http(self.html(number), **({"ETag": tag} if tag else {}))

    def html(self, number: int) -> str:
        """A page's markup."""
        of = len(self.texts)
        signature = f"<p><strong>{SIGNATURE}</strong></p>" if number == of else ""
        text = "".join(f"<p>{text}</p>" for text in self.texts[number - 1]) + signature
        shown = self.shape.frame.format(
            title=TITLE, iso=self.day.isoformat(), day=f"{self.day:%d/%m/%Y %H:%M}", body=text,
            pager=self.shape.pager(self.shape.path, number, of) if of > 1 else "",
        )  # fmt: skip
        return (
            f"<!doctype html><html lang=vi><head><title>{TITLE}</title></head><body>"
            f"<nav><a href=/>Trang chủ</a></nav>{shown}{self.extra}</body></html>"
        )

    def break_page(self, number: int, answer: Answer) -> None:
        """Let a page answer something else."""
        self.site.broken[self.address(number)] = answer

    def edit(self, number: int, text: str) -> None:
        """Put another text on a page."""
        self.texts = [[text] if n == number else texts for n, texts in enumerate(self.texts, 1)]

    def mended(self, number: int) -> None:
        """Let a page answer itself again."""
        self.site.broken[self.address(number)] = partial(self.answer, number)

    def paragraphs(self, pages: int | None = None) -> list[str]:
        """The text of its first pages, or of all."""
        return [text for texts in self.texts[:pages] for text in texts]

    def asked(self) -> list[int]:
        """Which pages were asked for since the log was cleared."""
        numbers = {self.address(n): n for n in range(1, len(self.texts) + 1)}
        return [numbers[path] for path in self.site.paths() if path in numbers]
