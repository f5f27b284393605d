"""SharePoint in the Tân Dân edition: ``/Pages/<slug>.aspx`` (sections too), ``?PageIndex=N``.

Shapes of reference/platforms.md section 4: vi-VN dates with SA/CH ("21 Tháng Sáu 2022 5:35:00 CH"), the
ribbon's skip links, a visitor counter with one digit a line.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from tests.portals.corpus import Entry
from tests.portals.http_values import Request, Response
from tests.portals.portals import DemoSection
from tests.portals.theme import Theme

PAGE = re.compile(r"/Pages/([\w-]+)\.aspx")
MONTHS = ("Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")


class SharePoint(Theme):
    template = "sharepoint.html"
    lead_in_body = False
    editors = ("word", "plain", "divs")
    rows_xpath = "//div[contains(@class,'tandan-list')]//a[contains(@class,'tandan-a-title')]"
    next_xpath = "//span[@class='CurrentPage']/following-sibling::a[1]"

    def article_path(self, entry: Entry) -> str:
        return f"/Pages/{self.slugs[entry.number]}.aspx"

    def section_path(self, section: DemoSection) -> str:
        return f"/Pages/{section.slug}.aspx"

    def page_path(self, section: DemoSection, number: int) -> str:
        return self.section_path(section) + (f"?PageIndex={number}" if number > 1 else "")

    def key(self, entry: Entry) -> str:
        return self.slugs[entry.number]

    def answer(self, request: Request) -> Response | None:
        match = PAGE.fullmatch(request.path)
        if match is None:
            return None
        if section := self.section(match[1]):
            page = request.query.get("PageIndex", "1")
            return self.listing(section, int(page) if page.isdecimal() else 1)
        entry = self.by_slug(match[1])
        return self.article(entry) if entry else None

    def image_path(self, entry: Entry, picture: int) -> str:
        return quote(f"/PublishingImages/Ảnh tin {entry.number} ({picture}).jpg")

    def long_date(self, entry: Entry) -> str:
        """``21 Tháng Sáu 2022 5:35:00 CH``."""
        at = entry.published
        half = "SA" if at.hour < 12 else "CH"
        return (
            f"{at.day:02} Tháng {MONTHS[at.month - 1]} {at.year} {(at.hour - 1) % 12 + 1}:{at:%M}:00 {half}"
        )
