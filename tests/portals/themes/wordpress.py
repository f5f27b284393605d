"""WordPress 6: ``/<slug>/``, ``/category/<slug>/page/N/``, REST, feeds, sitemaps, ``?p=<id>``.

Shapes of reference/platforms.md section 9. The account is ``admin``, a login name that is no byline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime

from markupsafe import Markup, escape

from tests.portals.corpus import Entry
from tests.portals.http_values import Request, Response
from tests.portals.portals import DemoSection
from tests.portals.theme import TEMPLATES, Theme

CATEGORY = re.compile(r"/category/([\w-]+)/(?:page/(\d+)/)?")
FEED = re.compile(r"/(?:category/([\w-]+)/)?feed/")
JSON = "application/json; charset=UTF-8"


class WordPress(Theme):
    template = "wordpress.html"
    editors = ("plain", "figures", "shortcodes", "word")
    robots = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n"
    rows_xpath = "//main//article//h2[@class='entry-title']/a"
    next_xpath = "//a[contains(@class,'next')]"

    def article_path(self, entry: Entry) -> str:
        return f"/{self.slugs[entry.number]}/"

    def section_path(self, section: DemoSection) -> str:
        return f"/category/{section.slug}/"

    def page_path(self, section: DemoSection, number: int) -> str:
        return self.section_path(section) + (f"page/{number}/" if number > 1 else "")

    def answer(self, request: Request) -> Response | None:
        if request.path == "/" and (entry := self.by_number(request.query.get("p", ""))):
            location = self.base_url + self.article_path(entry)
            return Response(b"", status=301, headers={"Location": location, "X-Redirect-By": "WordPress"})
        if request.path.startswith("/wp-json"):
            return self.rest(request)
        if match := FEED.fullmatch(request.path):
            section = self.section(match[1]) if match[1] else None
            return self.feed(section) if section or not match[1] else None
        if match := CATEGORY.fullmatch(request.path):
            section = self.section(match[1])
            return self.listing(section, int(match[2] or 1)) if section else None
        if request.path in ("/wp-sitemap.xml", "/wp-sitemap-posts-post-1.xml"):
            return self.xml("sitemap_index" if request.path == "/wp-sitemap.xml" else "sitemap")
        entry = self.by_slug(request.path.strip("/"))
        return self.article(entry) if entry and request.path.endswith("/") else None

    def image_path(self, entry: Entry, picture: int) -> str:
        return f"{self.base_url}/wp-content/uploads/{entry.published:%Y/%m}/anh-{entry.number}-{picture}.jpg"

    def excerpt(self, entry: Entry) -> str:
        """The editor's summary, else the first 55 words, as WordPress cuts them."""
        words = " ".join(entry.text.paragraphs).split()
        return entry.text.lead or " ".join(words[:55]) + " […]"

    def feed(self, section: DemoSection | None) -> Response:
        rows = self.listed(section) if section else list(self.entries.values())
        return self.xml("feed", "application/rss+xml; charset=UTF-8", rows=rows[:10])

    def xml(
        self, kind: str, content_type: str = "application/xml; charset=UTF-8", **more: object
    ) -> Response:
        page = TEMPLATES.get_template("wordpress.xml").render(
            kind=kind, theme=self, entries=self.entries.values(), format_datetime=format_datetime, **more
        )
        return Response(page.encode(), content_type)

    def rest(self, request: Request) -> Response:
        """``wp/v2/posts`` and ``categories`` with per_page, page, categories, slug, include."""
        routes: dict[str, Callable[[Request], Response]] = {
            "/wp-json": self.rest_root,
            "/wp-json/wp/v2/posts": self.rest_posts,
            "/wp-json/wp/v2/categories": self.rest_categories,
        }
        route = routes.get(request.path.rstrip("/"))
        return route(request) if route else rest_problem("rest_no_route", "Không tìm thấy route.", 404)

    def rest_root(self, _: Request) -> Response:
        routes: dict[str, object] = {"/wp/v2/posts": {}, "/wp/v2/categories": {}}
        return rest_answer({"name": self.portal.name, "namespaces": ["wp/v2"], "routes": routes})

    def rest_categories(self, request: Request) -> Response:
        rows = [
            {
                "id": at,
                "count": len(self.listed(section)),
                "link": self.base_url + self.section_path(section),
                "name": section.name,
                "slug": section.slug,
                "taxonomy": "category",
            }
            for at, section in enumerate(self.portal.sections, 2)
            if request.query.get("slug") in (None, section.slug)
        ]
        return rest_answer(rows, {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": "1"})

    def rest_posts(self, request: Request) -> Response:
        wanted = {int(one) for one in request.query.get("categories", "").split(",") if one.isdecimal()}
        rows = [
            entry for entry in self.entries.values() if not wanted or wanted & set(self.category_ids(entry))
        ]
        if name := request.query.get("slug"):
            rows = [entry for entry in rows if self.slugs[entry.number] == name]
        size = min(100, int(request.query.get("per_page", "10")))
        page = int(request.query.get("page", "1"))
        pages = -(-len(rows) // size)
        if page > max(1, pages):
            return rest_problem("rest_post_invalid_page_number", "Số trang không hợp lệ.", 400)
        shown = rows[(page - 1) * size : page * size]
        totals = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        return rest_answer([self.post(entry) for entry in shown], totals)

    def post(self, entry: Entry) -> dict[str, object]:
        """One post as the REST API shows it."""
        utc = entry.published.astimezone(UTC)
        modified = self.modified(entry)
        author = {"id": 1, "name": "admin", "slug": "admin"}
        return {
            "id": entry.number,
            "date": f"{entry.published:%Y-%m-%dT%H:%M:%S}",
            "date_gmt": f"{utc:%Y-%m-%dT%H:%M:%S}",
            "modified": f"{modified:%Y-%m-%dT%H:%M:%S}",
            "slug": self.slugs[entry.number],
            "status": "publish",
            "type": "post",
            "link": self.base_url + self.article_path(entry),
            "title": {"rendered": escape(entry.text.title)},
            "content": {"rendered": self.body(entry), "protected": False},
            "excerpt": {"rendered": Markup("<p>{}</p>\n").format(self.excerpt(entry)), "protected": False},
            "author": 1,
            "categories": self.category_ids(entry),
            "_embedded": {"author": [author]},
        }

    def category_ids(self, entry: Entry) -> list[int]:
        """Ids of an article's categories; the first category of a site has 1, which is unused here."""
        return [at for at, section in enumerate(self.portal.sections, 2) if section.slug in entry.sections]


def rest_answer(value: object, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer of the REST API."""
    return Response(json.dumps(value, ensure_ascii=False).encode(), JSON, headers=headers or {})


def rest_problem(code: str, message: str, status: int) -> Response:
    """An error of the REST API."""
    body = {"code": code, "message": message, "data": {"status": status}}
    return Response(json.dumps(body, ensure_ascii=False).encode(), JSON, status)
