"""VNPT vPortal: ``/portal/pages/2023-12-07/<Slug>-<id>.aspx``, listings turned by WebForms postback.

As reference/platforms.md section 2 and a district portal have it: the day in the path with its zeros and
the slug with its capitals, the home page at ``/portal/Home/default.aspx``, "Đăng lúc: … (GMT+7)" with a bare
day, the zoom widget's "100%", the reader's "Đọc bài viết", the section's name above the title, a slogan
above everything, a print twin without a date. The mark-up around these is ours: the reference names no
class of it, and the platform file states none of an article.
"""

from __future__ import annotations

import base64
import re

from tests.portals.corpus import Entry
from tests.portals.http_values import Request, Response
from tests.portals.portals import DemoSection
from tests.portals.theme import Theme, cased_slug

HOME = "/portal/home/default.aspx"
ARTICLE = re.compile(r"/portal/pages/\d{4}-\d\d-\d\d/[\w-]*?(\d+)\.aspx", re.IGNORECASE)
LISTING = re.compile(r"/portal/pages/([\w-]+)\.aspx", re.IGNORECASE)
PAGER = "ctl00$ctl32$g_6a1d$ctl00$Pager"


class VnptPortal(Theme):
    template = "vnpt_portal.html"
    rows_xpath = "//div[@class='divListNews']//div[@class='newsTitle']/a"
    next_xpath = "//div[@class='pager']/a[.='>']"

    def article_path(self, entry: Entry) -> str:
        return f"/portal/pages/{entry.published:%Y-%m-%d}/{cased_slug(entry.text.title)}-{entry.number}.aspx"

    def section_path(self, section: DemoSection) -> str:
        return f"/portal/Pages/{section.slug}.aspx"

    def page_path(self, section: DemoSection, number: int) -> str:
        return f"javascript:__doPostBack('{PAGER}','{number}')"

    def answer(self, request: Request) -> Response | None:
        if request.path.lower() == HOME:
            return self.render("home", title=self.portal.name)
        if match := ARTICLE.fullmatch(request.path):
            entry = self.by_number(match[1])
            return self.article(entry, printed=False) if entry else None
        if request.path.lower() == "/portal/pages/print.aspx":
            entry = self.by_number(request.query.get("p", ""))
            return self.article(entry, printed=True) if entry else None
        if (match := LISTING.fullmatch(request.path)) and (section := self.section(match[1])):
            return self.listing(section, self.posted_page(section, request))
        return None

    def posted_page(self, section: DemoSection, request: Request) -> int:
        """The page that a postback asks for; without this section's view state WebForms starts over."""
        form = request.form
        asked = form.get("__EVENTARGUMENT", "")
        genuine = form.get("__VIEWSTATE", "").startswith(self.view_state(section, 0)[:16])
        return int(asked) if form.get("__EVENTTARGET") == PAGER and genuine and asked.isdecimal() else 1

    def view_state(self, section: DemoSection, page: int) -> str:
        """The form's hidden state, opaque to a client."""
        return base64.b64encode(f"/wEPDwU{section.slug:.<24}{page:08}".encode()).decode()
