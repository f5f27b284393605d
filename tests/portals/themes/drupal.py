"""Drupal 10: ``/<section>/<slug>`` aliases of ``/node/N``, a pager that counts from 0, a feed of the newest.

Shapes of a stock Drupal with views: ``views-row``, ``field--name-body``, ``pager__item--next``.
"""

from __future__ import annotations

from email.utils import format_datetime

from tests.portals.corpus import Entry
from tests.portals.http_values import Request, Response
from tests.portals.portals import DemoSection
from tests.portals.theme import TEMPLATES, Theme

WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


class Drupal(Theme):
    template = "drupal.html"
    lead_in_body = False
    editors = ("figures", "plain", "word")
    robots = "User-agent: *\nDisallow: /core/\nDisallow: /admin/\nDisallow: /search/\nDisallow: /user/login\n"
    rows_xpath = "//div[@class='view-content']//div[contains(@class,'views-field-title')]//a"
    next_xpath = "//li[contains(@class,'pager__item--next')]/a"

    def article_path(self, entry: Entry) -> str:
        return f"/{entry.sections[0]}/{self.slugs[entry.number]}"

    def section_path(self, section: DemoSection) -> str:
        return f"/{section.slug}"

    def page_path(self, section: DemoSection, number: int) -> str:
        return f"?page={number - 1}"

    def answer(self, request: Request) -> Response | None:
        if request.path == "/rss.xml":
            return self.feed()
        first, _, second = request.path.strip("/").partition("/")
        if first == "node":
            entry = self.by_number(second)
            return self.article(entry) if entry else None
        section = self.section(first)
        if section is None:
            return None
        if not second:
            page = request.query.get("page", "0")
            return self.listing(section, int(page) + 1 if page.isdecimal() else 1)
        entry = self.by_slug(second)
        return self.article(entry) if entry and first == entry.sections[0] else None

    def image_path(self, entry: Entry, picture: int) -> str:
        folder = f"/sites/default/files/styles/large/public/{entry.published:%Y-%m}"
        return f"{folder}/{entry.number}-{picture}.jpg?itok=a1"

    def feed(self) -> Response:
        """The newest ten of the site."""
        page = TEMPLATES.get_template("drupal.xml").render(
            theme=self, rows=list(self.entries.values())[:10], format_datetime=format_datetime
        )
        return Response(page.encode(), "application/rss+xml; charset=utf-8")

    def short_date(self, entry: Entry) -> str:
        """``T5, 14/07/2025 - 08:15``."""
        return f"{WEEKDAYS[entry.published.weekday()]}, {entry.published:%d/%m/%Y - %H:%M}"
