"""What can be told of an article page in a hundred bytes: enough to see later that a layout has changed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.fetching.outcomes import FetchProblem
from crawler.reading.page import Page
from storage.records import Article
from vietnam.stamps import VIETNAM

KEPT = 60
"""Pages of a run whose facts are kept: the first ones, as a first crawl may read a thousand."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One article page as it was read.

    ``title`` and ``body``: checksums of the text, None where the page gave none. ``length``: letters of
    the body. ``day``: of publication, in Vietnam. ``redated``: the page now has today's date and had
    an earlier one when it was read before; None where it had none. ``charset``: ``utf-8`` if the bytes are
    that, else what the server or the page calls it.
    """

    url: str
    title: int | None = None
    body: int | None = None
    length: int = 0
    day: str | None = None
    redated: bool | None = None
    charset: str = "utf-8"

    def as_row(self) -> dict[str, object]:
        """Return the facts as they are stored."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> PageFacts:
        """Read stored facts; those that a later version added are left out."""
        return cls(**{name: value for name, value in row.items() if name in cls.__slots__})  # type: ignore[arg-type]


@dataclass(slots=True)
class PageLog:
    """The facts of a run's pages: the first KEPT."""

    pages: list[PageFacts] = field(default_factory=list)

    def add(self, page: Page, read: Article | FetchProblem, known_day: datetime | None) -> PageFacts | None:
        """Note a page; ``known_day``: when the article was published as the crawls before had it.

        Returns the facts; None of a page of another kind (a login), and of those past KEPT.
        """
        wrong_kind = isinstance(read, FetchProblem) and read.error != "parse_incomplete"
        if len(self.pages) >= KEPT or wrong_kind:
            return None
        self.pages.append(facts_of(page, read, known_day))
        return self.pages[-1]


def facts_of(page: Page, read: Article | FetchProblem, known_day: datetime | None = None) -> PageFacts:
    """Return what is kept of a page that was ``read``, or could not be."""
    charset = charset_of(page)
    if isinstance(read, FetchProblem):
        return PageFacts(page.url, charset=charset)
    body = "\n".join(filter(None, (read.lead, *read.paragraphs)))
    day = read.published_at.astimezone(VIETNAM).date() if read.published_at else None
    today = page.fetched_at.astimezone(VIETNAM).date()
    before = known_day.astimezone(VIETNAM).date() if known_day else None
    return PageFacts(
        page.url,
        title=_checksum(read.title),
        body=_checksum(body),
        length=len(body),
        day=day.isoformat() if day else None,
        redated=day == today if day is not None and before is not None and before < today else None,
        charset=charset,
    )


def charset_of(page: Page) -> str:
    """Return ``utf-8`` where the bytes are that, else the name that the server or the page gives."""
    try:
        page.body.decode("utf-8")
    except UnicodeDecodeError:
        claims = f"{page.content_type or ''} {page.body[:4096].decode('latin-1')}"
        found = _CHARSET.search(claims)
        return found.group(1).lower() if found else "unknown"
    return "utf-8"


def _checksum(text: str | None) -> int | None:
    return zlib.crc32(text.encode()) if text else None
