"""NukeViet 4: ``/vi/news/<cat>/<alias>-<id>.html``, ``page-N/``, feeds with its minute bug, news sitemap.

Shapes of reference/platforms.md section 6: the hidden ``datePublished`` is the time of the last edit,
``article:published_time`` has the zone in its middle, ``/savefile/`` and ``/print/`` repeat each article.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime

from tests.portals.corpus import Entry
from tests.portals.http_values import Request, Response
from tests.portals.portals import DemoSection
from tests.portals.theme import TEMPLATES, WEEKDAYS, Theme, slug

ARTICLE = re.compile(r"/vi/news/(savefile/|print/)?([\w-]+)/[\w-]*?-(\d+)\.html")
LISTING = re.compile(r"/vi/news/([\w-]+)/(?:page-(\d+)/)?")
FEED = re.compile(r"/vi/news/rss/([\w-]+)/")


class NukeViet(Theme):
    template = "nukeviet.html"
    lead_in_body = False
    robots = "User-agent: *\nDisallow: /admin/\nDisallow: /vi/seek/\n\nSitemap: {}/sitemap.xml\n"
    rows_xpath = "//div[contains(@class,'news_column')]//h2/a"
    next_xpath = "//ul[@class='pagination']//a[@title='Trang sau']"

    def article_path(self, entry: Entry) -> str:
        return f"/vi/news/{entry.sections[0]}/{slug(entry.text.title)}-{entry.number}.html"

    def section_path(self, section: DemoSection) -> str:
        return f"/vi/news/{section.slug}/"

    def page_path(self, section: DemoSection, number: int) -> str:
        return self.section_path(section) + (f"page-{number}/" if number > 1 else "")

    def answer(self, request: Request) -> Response | None:
        if match := ARTICLE.fullmatch(request.path):
            twin, category, number = match.groups()
            entry = self.by_number(number)
            if entry is None or category not in entry.sections:
                return None
            return self.article(entry, twin=(twin or "").strip("/"))
        if match := FEED.fullmatch(request.path):
            section = self.section(match[1])
            return self.feed(section) if section else None
        if match := LISTING.fullmatch(request.path):
            section = self.section(match[1])
            return self.listing(section, int(match[2] or 1)) if section else None
        if request.path == "/sitemap.xml":
            return self.xml("sitemap_index")
        if request.path == "/sitemap-vi.news.xml":
            return self.xml("sitemap")
        return None

    def feed(self, section: DemoSection) -> Response:
        """The newest 30 of a category; NukeViet prints the month where the minute belongs."""
        return self.xml("feed", section=section, rows=self.listed(section)[:30])

    def xml(self, kind: str, **more: object) -> Response:
        page = TEMPLATES.get_template("nukeviet.xml").render(
            kind=kind, theme=self, entries=self.entries.values(), **more
        )
        return Response(page.encode(), "text/xml; charset=utf-8")

    def day_line(self, entry: Entry) -> str:
        """``Thứ tư - 22/06/2020 14:47``."""
        weekday = WEEKDAYS[entry.published.weekday()].capitalize()
        return f"{weekday} - {entry.published:%d/%m/%Y %H:%M}"

    def broken_time(self, entry: Entry) -> str:
        """PHP's ``date('Y-m-dTH:i:s')``: the T is the zone."""
        return f"{entry.published:%Y-%m-%d}+07{entry.published:%H:%M:%S}"

    def edit_time(self, entry: Entry) -> str:
        """What the theme calls datePublished; every fourth article was edited within the hour."""
        at: datetime = self.modified(entry)
        if entry.number % 4 == 0 and entry.number not in self.edited_at:
            at = at.replace(hour=min(23, at.hour + 3))
        return at.isoformat()

    def feed_time(self, entry: Entry) -> str:
        """RFC 822 by ``H:m:s``: the month stands where the minute belongs."""
        return format_datetime(entry.published.replace(minute=entry.published.month))

    def respond(self, request: Request) -> Response:
        if request.path == "/robots.txt":
            return Response(self.robots.format(self.base_url).encode(), "text/plain; charset=utf-8")
        return super().respond(request)
