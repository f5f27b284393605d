"""PHP portals of Tuyên Quang: ``/<section>/<slug>-<id>.html``, ``/tin-tuc/<section>/trang-N.html``.

Shapes of reference/platforms.md section 8: a listing item says "Ngày 28-10" and no year, an article ends
with "Tin cùng chuyên mục". There is no robots.txt.
"""

from __future__ import annotations

import re

from tests.portals.corpus import Entry
from tests.portals.http_values import Request, Response
from tests.portals.portals import DemoSection
from tests.portals.theme import Theme, slug

ARTICLE = re.compile(r"/([\w-]+)/[\w-]*?-(\d+)\.html")
LISTING = re.compile(r"/tin-tuc/([\w-]+)/(?:trang-(\d+)\.html)?")


class TrangN(Theme):
    template = "trang_n.html"
    lead_in_body = False
    robots = None
    rows_xpath = "//div[@class='list-news']//h3/a"
    next_xpath = "//div[@class='phan-trang']/a[@class='next']"

    def article_path(self, entry: Entry) -> str:
        return f"/{entry.sections[0]}/{slug(entry.text.title)}-{entry.number}.html"

    def section_path(self, section: DemoSection) -> str:
        return f"/tin-tuc/{section.slug}/"

    def page_path(self, section: DemoSection, number: int) -> str:
        return f"/tin-tuc/{section.slug}/trang-{number}.html"

    def answer(self, request: Request) -> Response | None:
        if match := LISTING.fullmatch(request.path):
            section = self.section(match[1])
            return self.listing(section, int(match[2] or 1)) if section else None
        if match := ARTICLE.fullmatch(request.path):
            entry = self.by_number(match[2])
            return self.article(entry) if entry and match[1] in entry.sections else None
        return None
