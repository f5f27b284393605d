"""A home-made CMS that no platform file knows: one script, tables, fonts, no ``h1``, no meta data at all.

``/index.php?id=3&m=muc&trang=2`` lists, ``?id=61&m=tin`` shows, ``?id=61&m=in`` prints.
"""

from __future__ import annotations

from tests.portals.corpus import Entry
from tests.portals.http_values import Request, Response
from tests.portals.portals import DemoSection
from tests.portals.theme import Theme


class HomeMade(Theme):
    template = "homemade.html"
    editors = ("breaks", "word", "divs", "plain")
    robots = "User-agent: *\nDisallow: /quantri/\n"
    rows_xpath = "//table[@class='dstin']//a[@class='tdtin']"
    next_xpath = "//a[.='Trang sau »']"

    def article_path(self, entry: Entry) -> str:
        return f"/index.php?id={entry.number}&m=tin"

    def section_path(self, section: DemoSection) -> str:
        return f"/index.php?id={section.slug}&m=muc"

    def page_path(self, section: DemoSection, number: int) -> str:
        return self.section_path(section) + (f"&trang={number}" if number > 1 else "")

    def answer(self, request: Request) -> Response | None:
        if request.path not in ("/", "/index.php"):
            return None
        wanted, mode = request.query.get("id", ""), request.query.get("m", "")
        if mode in ("tin", "in"):
            entry = self.by_number(wanted)
            return self.article(entry, printed=mode == "in") if entry else self.not_found()
        if mode == "muc":
            section, page = self.section(wanted), request.query.get("trang", "1")
            found = self.listing(section, int(page) if page.isdecimal() else 1) if section else None
            return found or self.not_found()
        return self.render("home", title=self.portal.name)
