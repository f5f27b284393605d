"""What the themes of the demo portals share: addresses, listings, the noise around an article.

A theme is a class in ``themes/`` with its HTML beside it (Jinja2): the shapes of a platform, written
by this project. It decides addresses, pagination and which of an article's facts a page prints.
"""

from __future__ import annotations

import random
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tests.portals import bodies
from tests.portals.corpus import Entry, edited
from tests.portals.http_values import Request, Response
from tests.portals.portals import DemoPortal, DemoSection

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "themes"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
"""A picture of one point."""


def slug(text: str, limit: int = 90) -> str:
    """A title as an address: ``Đại hội`` -> ``dai-hoi``."""
    return cased_slug(text, limit).lower()


def cased_slug(text: str, limit: int = 90) -> str:
    """A title as an address that keeps its capitals: ``Đại hội`` -> ``Dai-hoi``."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "-".join(re.findall(r"[A-Za-z0-9]+", plain.encode("ascii", "ignore").decode()))[:limit].rstrip("-")


class Theme(ABC):
    """One portal's pages. State: its articles, newest first, and which of them was edited."""

    template: ClassVar[str]
    lead_in_body: ClassVar[bool] = True
    """The theme has no element for the lead: it is the bold first paragraph."""
    credit_in_body: ClassVar[bool] = True
    editors: ClassVar[tuple[str, ...]] = ("plain", "word", "breaks", "divs", "figures")
    robots: ClassVar[str | None] = "User-agent: *\nDisallow: /admin/\nDisallow: /tim-kiem\n"
    rows_xpath: ClassVar[str]
    """The links of a listing page that are its articles, and nothing else: for the tests."""
    next_xpath: ClassVar[str]

    def __init__(self, portal: DemoPortal, entries: Iterable[Entry], base_url: str, today: date) -> None:
        self.portal = portal
        self.entries = {entry.number: entry for entry in entries}
        self.base_url = base_url.rstrip("/")
        self.today = today
        self.edited_at: dict[int, datetime] = {}
        self.slugs = self._unique_slugs()

    @abstractmethod
    def article_path(self, entry: Entry) -> str:
        """Path and query of an article."""

    @abstractmethod
    def section_path(self, section: DemoSection) -> str:
        """Path and query of a section's first page, as the registry has it."""

    @abstractmethod
    def page_path(self, section: DemoSection, number: int) -> str:
        """Path and query of a section's ``number``-th page, as its pager links to it."""

    def key(self, entry: Entry) -> str:
        """The platform's key of an article: the id in its address, else the CMS's number of it."""
        return str(entry.number)

    @abstractmethod
    def answer(self, request: Request) -> Response | None:
        """The page at an address, None where there is none."""

    def respond(self, request: Request) -> Response:
        """The answer to a request: what every portal has, then the theme's own pages, then 404."""
        if request.path == "/robots.txt" and self.robots is not None:
            return Response(self.robots.encode(), "text/plain; charset=utf-8")
        if request.path.endswith((".png", ".jpg", ".gif")):
            return Response(PIXEL, "image/png")
        if request.path.endswith(".pdf"):
            return Response(b"%PDF-1.4\n%%EOF\n", "application/pdf")
        found = self.answer(request)
        if found is None and request.path in ("/", ""):
            found = self.render("home", title=self.portal.name)
        return found or self.not_found()

    def not_found(self) -> Response:
        """A proper 404 page: status and words agree."""
        page = self.render("missing", title="Không tìm thấy trang")
        return Response(page.body, status=404)

    def edit(self, number: int, at: datetime) -> Entry:
        """Have an article edited at a time; answers with its new state."""
        self.entries[number] = edited(self.entries[number])
        self.edited_at[number] = at
        return self.entries[number]

    def by_slug(self, name: str) -> Entry | None:
        """The article of a slug, for platforms whose addresses have no id."""
        return next((self.entries[number] for number, own in self.slugs.items() if own == name), None)

    def _unique_slugs(self) -> dict[int, str]:
        """A slug for each article's number; a title used again gets ``-2``, as every CMS does it."""
        slugs: dict[int, str] = {}
        for number, entry in sorted(self.entries.items()):
            wanted = slug(entry.text.title)
            again = sum(taken == wanted or taken.startswith(f"{wanted}-") for taken in slugs.values())
            slugs[number] = f"{wanted}-{again + 1}" if again else wanted
        return slugs

    # listings

    def section(self, slug_or_path: str) -> DemoSection | None:
        """The section of a slug."""
        return next((section for section in self.portal.sections if section.slug == slug_or_path), None)

    def listed(self, section: DemoSection) -> list[Entry]:
        """Articles of a section, newest first."""
        return [entry for entry in self.entries.values() if section.slug in entry.sections]

    def pages(self, section: DemoSection) -> int:
        """How many listing pages a section has."""
        return -(-len(self.listed(section)) // self.portal.page_size)

    def listing(self, section: DemoSection, number: int, **more: object) -> Response | None:
        """The ``number``-th page of a section (from 1), None past the end."""
        if not 1 <= number <= self.pages(section):
            return None
        first = (number - 1) * self.portal.page_size
        rows = self.listed(section)[first : first + self.portal.page_size]
        return self.render(
            "listing",
            title=section.name,
            section=section,
            rows=rows,
            page=number,
            pages=self.pages(section),
            modified=max(self.modified(row) for row in rows),
            **more,
        )

    # articles

    def article(self, entry: Entry, **more: object) -> Response:
        """The page of an article with its related and most-read boxes."""
        section = self.own_section(entry)
        same = [other for other in self.listed(section) if other.number != entry.number]
        at = sum(other.published > entry.published for other in same)
        return self.render(
            "article",
            title=entry.text.title,
            section=section,
            entry=entry,
            body=self.body(entry),
            related=same[at : at + 5],
            newer=same[max(0, at - 3) : at],
            modified=self.modified(entry),
            **more,
        )

    def own_section(self, entry: Entry) -> DemoSection:
        """The section that an article's page names."""
        return next(section for section in self.portal.sections if section.slug == entry.sections[0])

    def body(self, entry: Entry) -> Markup:
        """The article's body in the mark-up of whoever entered it."""
        text = entry.text
        rng = random.Random(f"{self.portal.id}/{entry.number}")
        editor = rng.choice(self.editors)
        found = bodies.blocks(
            text.lead if self.lead_in_body else None,
            text.paragraphs,
            text.captions,
            text.credit.printed if self.credit_in_body else None,
            rng,
        )
        return bodies.write(editor, found, lambda picture: self.image_path(entry, picture))

    def image_path(self, entry: Entry, picture: int) -> str:
        """Where a picture of an article lies."""
        return f"/uploads/{entry.published:%Y/%m}/anh-{entry.number}-{picture}.jpg"

    def attachment_path(self, entry: Entry) -> str:
        """Where the file that an article links to lies."""
        return f"/uploads/tai-lieu/{entry.number}/{slug(entry.attachment or '')[:-4]}.pdf"

    def modified(self, entry: Entry) -> datetime:
        """When an article last changed."""
        return self.edited_at.get(entry.number, entry.published)

    def by_number(self, number: str) -> Entry | None:
        """The article of a CMS id written in digits."""
        return self.entries.get(int(number)) if number.isdecimal() else None

    # pages

    def render(self, kind: str, *, title: str, modified: datetime | None = None, **more: object) -> Response:
        """A page of the theme's template; ``kind``: article, listing, home, missing."""
        newest = list(self.entries.values())
        page = TEMPLATES.get_template(self.template).render(
            kind=kind,
            title=title,
            theme=self,
            portal=self.portal,
            newest=newest[:6],
            most_read=newest[7:40:8],
            clock=self.clock(),
            hits=f"{1_204_377 + len(title) * 31:,}".replace(",", "."),
            **more,
        )
        return Response(page.encode(), modified=modified)

    def clock(self) -> str:
        """The page's own clock: today, the trap beside every article's date."""
        return f"{WEEKDAYS[self.today.weekday()]}, ngày {self.today:%d/%m/%Y}"

    def views(self, entry: Entry) -> int:
        """A counter beside an article."""
        return 40 + entry.number * 7919 % 1900
