"""Sites that hold more than their lists show, or show more than they hold."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field, replace
from typing import ClassVar
from urllib.parse import parse_qsl

from tests.loopback import Asked, Reply, http
from tests.spiders.odd_sites import PER_PAGE, OddSite, corpus
from tests.spiders.small_portal import News

SHOWN = 5


class OlderAtTheFoot(OddSite):
    """Lists of one page; each article has links to the older ones of its section at its foot."""

    turns: ClassVar[bool] = False
    heading: ClassVar[str] = "Các tin cũ hơn"

    def pager(self, slug: str, number: int, last: int) -> str:
        return ""

    def article(self, news: News) -> str:
        mine = self.news[news.section]
        older = mine[mine.index(news) + 1 :][:SHOWN]
        items = "".join(
            f"<li><a href='{self.article_path(n)}'>{n.title}</a> ({n.day:%d/%m/%Y})</li>" for n in older
        )
        foot = f"<div class='other'><h4>{self.heading}</h4><ul>{items}</ul></div>" if items else ""
        return super().article(news).replace("</main>", f"{foot}</main>")


class OthersAtTheFoot(OlderAtTheFoot):
    """The same under a heading that does not say which way, both ways."""

    heading = "Các tin khác"


class DayByDay(OddSite):
    """A list of the newest day's articles; the others stand behind "Ngày trước"."""

    def days(self, slug: str) -> list[str]:
        return list(dict.fromkeys(f"{n.day:%d-%m-%Y}" for n in self.news.get(slug, [])))

    def page_path(self, slug: str, number: int) -> str:
        days = self.days(slug)
        return f"/{slug}/?ngay={days[number - 1]}" if 1 < number <= len(days) else self.section_path(slug)

    def section_of(self, path: str) -> tuple[str, int] | None:
        for slug in self.names:
            for number, day in enumerate(self.days(slug), 1):
                if path == f"/{slug}/?ngay={day}":
                    return slug, number
        return super().section_of(path)

    def listing(self, slug: str, number: int) -> str:
        mine, days, name = self.news.get(slug, []), self.days(slug), self.names[slug][0]
        if not mine:
            return super().listing(slug, number)
        first = self.newest if number == 1 else 1
        shown = [n for n in mine if f"{n.day:%d-%m-%Y}" in days[number - 1 : number - 1 + first]]
        return self.frame(name, f"<h1>{name}</h1>{self.rows(shown)}{self.ways(slug, number)}")

    newest: ClassVar[int] = 3

    def ways(self, slug: str, number: int) -> str:
        days = self.days(slug)
        back = f"<a href='/{slug}/?ngay={days[number]}'>« Ngày trước</a>" if number < len(days) else ""
        on = f"<a href='{self.page_path(slug, number - 1)}'>Ngày sau »</a>" if number > 1 else ""
        return f"<div class='ngay'>{back} {on}</div>"


class Calendar(DayByDay):
    """The same by the days of a month's calendar."""

    newest = 1

    def ways(self, slug: str, number: int) -> str:
        days = self.days(slug)
        month = days[number - 1][3:]
        cells = "".join(
            f"<td><a href='/{slug}/?ngay={d:02}-{month}'>{d}</a></td>"
            if f"{d:02}-{month}" in days
            else f"<td>{d}</td>"
            for d in range(1, 29)
        )
        older = next((day for day in days[number - 1 :] if day[3:] != month), None)
        on = f"<a href='/{slug}/?ngay={older}'>‹ {older[3:]}</a>" if older else ""
        return f"<table class='xem-theo-ngay'><tr><td>{on}</td></tr><tr>{cells}</tr></table>"


class PostedWithToken(OddSite):
    """ "Xem thêm" posts with the token of a meta tag, which holds for the session of the page's cookie."""

    sessions: ClassVar[int] = 0

    def head(self) -> str:
        type(self).sessions += 1
        return f"<meta name='csrf-token' content='t0ken{self.sessions}'>"

    def pager(self, slug: str, number: int, last: int) -> str:
        if number >= last:
            return ""
        return (
            f"<button class='load-more' data-url='/tai-them' data-slug='{slug}' data-page='2'>Xem thêm"
            "</button>"
            "<script>$.ajaxSetup({headers: {'X-CSRF-TOKEN': $('meta[name=csrf-token]').attr('content')}});"
            "$('.load-more').click(function() { $.ajax({type: 'POST', url: $(this).data('url'), data: {slug:"
            " $(this).data('slug'), page: $(this).data('page')}, success: r => $('.list').append(r)}); });"
            "</script>"
        )

    def answer_to(self, asked: Asked) -> Reply:
        if asked.path == "/tai-them":
            self.log.append(asked)
            form = dict(parse_qsl(asked.body.decode()))
            session = asked.headers.get("cookie", "").partition("session=")[2]
            if asked.method != "POST" or not session or form.get("_token") != f"t0ken{session}":
                return http("{}", "419 unknown status")
            first = (int(form["page"]) - 1) * PER_PAGE
            return http(self.rows(self.news[form["slug"]][first : first + PER_PAGE]))
        answer = super().answer_to(asked)
        cookie = f"Set-Cookie: session={self.sessions}; path=/; httponly\r\n".encode()
        return answer.replace(b"Date:", cookie + b"Date:", 1) if isinstance(answer, bytes) else answer


class OnePageTooMany(OddSite):
    """A pager that counts one page too many; behind the last stands a page that says so, with the newest."""

    def pager(self, slug: str, number: int, last: int) -> str:
        return super().pager(slug, number, last + 1)

    def listing(self, slug: str, number: int) -> str:
        mine = self.news.get(slug, [])
        if mine and (number - 1) * PER_PAGE >= len(mine):
            newest = sorted((n for some in self.news.values() for n in some), key=lambda n: n.day)[-6:]
            said = "<h1>Không tìm thấy trang</h1><p>Trang bạn tìm không tồn tại.</p><h3>Tin mới nhất</h3>"
            return self.frame("Không tìm thấy", f"{said}{self.rows(newest)}")
        return super().listing(slug, number)


class TrackedLinks(OddSite):
    """Links that say where they stand (``?src=``); each article names its own address without that."""

    def rows_at(self, where: str, page: str) -> str:
        return page.replace(".html'", f".html?src={where}'")

    def home(self) -> str:
        return self.rows_at("trang-chu", super().home())

    def listing(self, slug: str, number: int) -> str:
        return self.rows_at(f"{slug}-{number}", super().listing(slug, number))

    def article(self, news: News) -> str:
        own = f"<link rel='canonical' href='{self.at(self.article_path(news))}'>"
        return super().article(news).replace("</head>", f"{own}</head>")

    def answer_to(self, asked: Asked) -> Reply:
        return super().answer_to(replace(asked, path=asked.path.partition("?src=")[0]))


class MapsByMonth(OddSite):
    """Lists of one page; the rest stands in packed sitemaps, one a month, some of them empty, behind an index
    that robots.txt names after a map of the pictures."""

    turns: ClassVar[bool] = False

    def expected(self) -> dict[str, str]:
        return super().expected() | {"/ban-do/index.xml.gz": "news"}

    def pager(self, slug: str, number: int, last: int) -> str:
        return ""

    def months(self) -> dict[str, list[News]]:
        every = [n for some in self.news.values() for n in some]
        found: dict[str, list[News]] = {f"2024-{month:02}": [] for month in range(1, 13)}
        for news in sorted(every, key=lambda n: n.day):
            found.setdefault(f"{news.day:%Y-%m}", []).append(news)
        return found

    def own(self, path: str) -> bytes | None:
        if path == "/robots.txt":
            named = "".join(
                f"Sitemap: {self.at(f'/ban-do/{name}')}\n" for name in ("anh.xml", "index.xml.gz")
            )
            return http(f"User-agent: *\n{named}", content_type="text/plain")
        months = self.months()
        if path == "/ban-do/anh.xml":
            return http(sitemap("urlset", []), content_type="application/xml")
        if path == "/ban-do/index.xml.gz":
            told = [(self.at(f"/ban-do/{month}.xml.gz"), f"{month}-28") for month in months]
            return http(gzip.compress(sitemap("sitemapindex", told)), content_type="application/x-gzip")
        month = path.removeprefix("/ban-do/").removesuffix(".xml.gz")
        if month not in months:
            return None
        told = [(self.at(self.article_path(n)), f"{n.day:%Y-%m-%d}") for n in months[month]]
        return http(gzip.compress(sitemap("urlset", told)), content_type="application/gzip")


def sitemap(root: str, told: list[tuple[str, str]]) -> bytes:
    """A sitemap or an index, of addresses and when they were changed."""
    tag = "url" if root == "urlset" else "sitemap"
    rows = "".join(f"<{tag}><loc>{url}</loc><lastmod>{day}</lastmod></{tag}>" for url, day in told)
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{root}>'.encode()


@dataclass
class SmallLists(OddSite):
    """Lists that show all there is, equally many articles by chance, and a sitemap of everything."""

    turns: ClassVar[bool] = False
    news: dict[str, list[News]] = field(
        default_factory=lambda: {slug: some[:6] for slug, some in corpus().items()}
    )

    def pager(self, slug: str, number: int, last: int) -> str:
        return ""

    def own(self, path: str) -> bytes | None:
        if path != "/sitemap.xml":
            return None
        static = [
            "/gioi-thieu/lich-su-hinh-thanh-va-phat-trien.html",
            "/gioi-thieu/co-cau-to-chuc-huyen.html",
        ]
        paths = [*map(self.section_path, self.names), *static, "/lien-he"]
        paths += [self.article_path(n) for some in self.news.values() for n in some]
        return http(
            sitemap("urlset", [(self.at(path), "2026-11-01") for path in paths]),
            content_type="application/xml",
        )


class OthersOfAllSubjects(SmallLists):
    """The same with others of all subjects at the foot of each article."""

    def own(self, path: str) -> bytes | None:
        return None

    def article(self, news: News) -> str:
        others = [n for some in self.news.values() for n in some if n is not news]
        items = "".join(f"<li><a href='{self.article_path(n)}'>{n.title}</a></li>" for n in others)
        return super().article(news).replace("</main>", f"<div><b>Tin khác</b><ul>{items}</ul></div></main>")


DEEP: tuple[type[OddSite], ...] = (
    OlderAtTheFoot, OthersAtTheFoot, DayByDay, Calendar, PostedWithToken, OnePageTooMany, TrackedLinks,
    MapsByMonth, SmallLists, OthersOfAllSubjects,
)  # fmt: skip
