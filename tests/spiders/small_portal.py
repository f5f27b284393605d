"""A small portal on loopback whose articles and listings a test can change, and what crawls of it left."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from storage import export
from storage.engine import open_database, writing
from storage.portals import Portal, Section
from storage.tables import copies
from tests.loopback import NOT_FOUND, Answer, Asked, Reply, Site, http
from vietnam.dates import VIETNAM

WORDS = """
bà con nông dân thôn xóm phụ nữ thanh niên cựu chiến binh công đoàn đoàn viên hội viên tuyên truyền
vận động ủng hộ quỹ người nghèo nhà đại đoàn kết giám sát phản biện tiếp xúc cử tri chuyển giao kỹ
thuật trồng lúa chăn nuôi vay vốn ngân hàng chính sách tập huấn hội thi văn nghệ thể thao môi trường
đường hoa ánh sáng an ninh trật tự học bổng khuyến học trẻ em mồ côi gia đình liệt sĩ thương binh
quà tết trung thu mùa xuân
""".split()  # noqa: SIM905
SUBJECTS = ("Ủy ban MTTQ xã", "Hội Nông dân xã", "Hội Liên hiệp Phụ nữ xã", "Đoàn Thanh niên xã")


@dataclass(frozen=True, slots=True)
class News:
    """One article of the portal. ``off_topic`` ones have nothing to do with the Front."""

    number: int
    day: datetime
    section: str = "mat-tran"
    edited: bool = False
    off_topic: bool = False

    @property
    def path(self) -> str:
        """Its address."""
        return f"/{self.section}/bai-so-{self.number}-{10_000 + self.number}.html"

    @property
    def title(self) -> str:
        """Its headline, different for each number."""
        words = " ".join(random.Random(-self.number).choices(WORDS, k=5))
        who = "Đội bóng đá huyện" if self.off_topic else SUBJECTS[self.number % len(SUBJECTS)]
        return f"{who} số {self.number} tổ chức {words}"

    def paragraphs(self) -> list[str]:
        """Its text: four paragraphs that share hardly three words in a row with another article's."""
        pick = random.Random(self.number)
        who = "Đội bóng đá huyện" if self.off_topic else SUBJECTS[self.number % len(SUBJECTS)]
        texts = [f"Ngày {n + 1} vừa qua, {who} {' '.join(pick.choices(WORDS, k=45))}." for n in range(4)]
        return [*texts, "Đoạn này được thêm khi sửa bài."] if self.edited else texts

    def html(self) -> str:
        """Its page."""
        text = "".join(f"<p>{p}</p>" for p in self.paragraphs())
        return (
            f"<!doctype html><html lang=vi><head><title>{self.title}</title></head><body>"
            f"<nav><a href=/>Trang chủ</a></nav><main><article><h1>{self.title}</h1>"
            f"<time datetime='{self.day.isoformat()}'>{self.day:%d/%m/%Y %H:%M}</time>"
            f"<div class='content'>{text}</div></article></main></body></html>"
        )


def stored(database: str) -> list[dict[str, Any]]:
    """Every record of a database."""
    engine = open_database(database)
    try:
        return list(export.records(engine))
    finally:
        engine.dispose()


def a_day_passes(database: str) -> None:
    """What was missing just now was missing yesterday."""
    engine = open_database(database)
    with writing(engine) as connection:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        connection.execute(
            update(copies).where(copies.c.missing_at.is_not(None)).values(missing_at=yesterday)
        )
    engine.dispose()


@dataclass
class SmallPortal(Site):
    """A portal of sections with ``per_page`` articles a page, newest first. ``etags``: it answers 304."""

    news: list[News] = field(default_factory=list)
    per_page: int = 10
    etags: bool = False
    broken: dict[str, Answer | None] = field(default_factory=dict)
    """Paths that answer something else for now."""

    def publish(
        self, count: int, section: str = "mat-tran", *, days_old: int = 100, off_topic: bool = False
    ) -> None:
        """Add ``count`` articles, each a day younger than the one before, the first ``days_old`` days ago."""
        first = max((n.number for n in self.news), default=0) + 1
        start = datetime.now(VIETNAM).replace(microsecond=0) - timedelta(days=days_old)
        for n in range(count):
            day = min(start + timedelta(days=n), datetime.now(VIETNAM).replace(microsecond=0))
            self.news.append(News(first + n, day, section, off_topic=off_topic))

    def edit(self, number: int) -> None:
        """Change the text of one article."""
        self.news = [replace(n, edited=True) if n.number == number else n for n in self.news]

    def sections(self) -> list[str]:
        """Names of the sections, in order of first use."""
        return list(dict.fromkeys(n.section for n in self.news))

    def portal(self, id: str = "thu_nghiem/nho", scope: str = "front", **more: object) -> Portal:
        """Return the record of the portal."""
        sections = tuple(Section(f"/{name}/", scope) for name in self.sections())  # type: ignore[arg-type]
        values = {
            "id": id,
            "name": "Cổng thử",
            "url": self.url,
            "owner": "front",
            "sections": sections,
        } | more
        return Portal(**values)  # type: ignore[arg-type]

    def answer_to(self, asked: Asked) -> Reply:
        """Answer from ``broken``, the articles, the listings, then ``pages``."""
        self.log.append(asked)
        if asked.path in self.broken:
            answer = self.broken[asked.path]
            return answer(asked) if callable(answer) else answer
        for news in self.news:
            if news.path == asked.path:
                return self.article(news, asked)
        path, _, page = asked.path.partition("?page=")
        if path.strip("/") in self.sections():
            return http(self.listing(path.strip("/"), int(page or 1)))
        answer = self.pages.get(asked.path, NOT_FOUND)
        return answer(asked) if callable(answer) else answer

    def article(self, news: News, asked: Asked) -> bytes:
        """Answer with an article's page, or 304."""
        tag = f'"{news.number}-{int(news.edited)}"'
        if self.etags and asked.headers.get("if-none-match") == tag:
            return http(b"", "304 Not Modified", ETag=tag)
        return http(news.html(), **({"ETag": tag} if self.etags else {}))

    def listing(self, section: str, page: int) -> str:
        """Return one listing page."""
        mine = sorted((n for n in self.news if n.section == section), key=lambda n: n.number, reverse=True)
        shown = mine[(page - 1) * self.per_page : page * self.per_page]
        rows = "".join(
            f"<div class='item'><h3><a href='{n.path}'>{n.title}</a></h3><span class='date'>"
            f"{n.day:%d/%m/%Y}</span><p>{n.paragraphs()[0][:90]}</p></div>"
            for n in shown
        )
        link = f"<a rel='next' class='next' href='/{section}/?page={page + 1}'>Trang sau</a>"
        pager = link if len(mine) > page * self.per_page else ""
        return (
            f"<!doctype html><html lang=vi><head><title>{section}</title></head><body>"
            f"<nav><a href=/>Trang chủ</a></nav><main><div class='list'>{rows}</div>"
            f"<div class='pagination'>{pager}</div></main></body></html>"
        )
