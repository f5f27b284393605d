"""Liferay with Quảng Trị's portlets: ``/chi-tiet/-/view-article/1/<category>/<ms epoch>``, ``_cur`` pager.

Shapes of reference/platforms.md section 1: the first ``h1`` names a portlet ("Thực đơn"), the counter is
glued behind the date, the second number of the address is a millisecond epoch and the article's key.
"""

from __future__ import annotations

import re

from tests.portals.corpus import Entry
from tests.portals.http_values import Request, Response
from tests.portals.portals import DemoSection
from tests.portals.theme import Theme

ARTICLE = re.compile(r"/chi-tiet/-/view-article/1/\d+/(\d+)")
PORTLET = "com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_k3Tq"
CATEGORIES = (1647698202167, 1647698202412)


class Liferay(Theme):
    template = "liferay.html"
    editors = ("word", "plain", "breaks")
    rows_xpath = "//div[@class='asset-abstract']//h3/a"
    next_xpath = "//ul[contains(@class,'lfr-pagination-buttons')]//a[@title='Trang sau']"

    def key(self, entry: Entry) -> str:
        return str(int(entry.published.timestamp()) * 1000 + entry.number)

    def article_path(self, entry: Entry) -> str:
        category = CATEGORIES[self.own_section(entry) is not self.portal.sections[0]]
        return f"/chi-tiet/-/view-article/1/{category}/{self.key(entry)}"

    def section_path(self, section: DemoSection) -> str:
        return f"/{section.slug}"

    def page_path(self, section: DemoSection, number: int) -> str:
        query = f"p_p_id={PORTLET}&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view"
        query += f"&_{PORTLET}_delta={self.portal.page_size}&p_r_p_resetCur=false&_{PORTLET}_cur={number}"
        return f"/{section.slug}?{query}"

    def answer(self, request: Request) -> Response | None:
        if match := ARTICLE.fullmatch(request.path):
            entry = next((entry for entry in self.entries.values() if self.key(entry) == match[1]), None)
            return self.article(entry) if entry else None
        if section := self.section(request.path.strip("/")):
            page = request.query.get(f"_{PORTLET}_cur", "1")
            return self.listing(section, int(page) if page.isdecimal() else 1)
        return None

    def image_path(self, entry: Entry, picture: int) -> str:
        return f"/documents/20181/{entry.number}/anh-{picture}.jpg/8c1f?t={self.key(entry)}"
