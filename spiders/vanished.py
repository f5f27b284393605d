"""Articles that were taken down without a 404: their addresses answer with something else.

Portals send a deleted article's readers to the front page or to its section, or print "bài viết không tồn
tại" inside their usual page, with status 200; some print so much around it that it reads as an article. A
known article that answers so is a suspect, and suspects are judged together at the end of a walk. Each is
taken for missing, which storage.takedowns believes on the third day, only where

- the portal lists articles, and another one of it answers as an article in the same walk: one under repair
  sends every reader to its front page, and deletes nothing;
- the page says that there is nothing, or stands at another address, or is what the portal answers to an
  address that nobody can have published: one request more, once a walk.

What is not proved goes the way of any page: an edit is saved, a page that cannot be read is a failure.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin, urlsplit

from crawler.fetching.outcomes import FetchProblem
from crawler.reading.markup import parse
from crawler.reading.page import ListingRow, Page
from crawler.reading.page_numbers import position
from storage.frontier import Known, Queued
from storage.records import Article
from vietnam.writing import clean, fold

if TYPE_CHECKING:
    from spiders.walk import Walk

logger = logging.getLogger(__name__)

ECHO = 120
"""Letters by which two answers "there is no such page" may differ: the address, a clock, a counter."""

SHARED_WORDS = 0.3
"""Share of the shorter title's words below which two titles are of two texts; corrections keep most."""

_NUMBER = re.compile(r"\d+(?=\D*$)")
_SLUG = re.compile(r"(?=(?:\.\w{2,5})?/?$)")
_HOME = re.compile(r"/(?:(?:vi|en|vn|vi-vn)/?)?(?:(?:index|default|home|trang-?chu)(?:\.\w+)?/?)?", re.I)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A known article whose address answered with something else. ``read``: what the reader made of it;
    ``proved``: it says so itself, or was sent elsewhere."""

    queued: Queued
    known: Known
    page: Page
    read: Article | FetchProblem
    proved: bool
    look: bool


def suspect(
    walk: Walk, queued: Queued, known: Known, page: Page, read: Article | FetchProblem, *, look: bool
) -> Suspect | None:
    """The suspect that a known article's page makes it; None where the page is the article's, or another
    fault's (a login, a firewall)."""
    elsewhere = walk.key(page.url) != queued.key
    if isinstance(read, FetchProblem):
        if read.error not in ("soft_404", "parse_incomplete"):
            return None
        return Suspect(queued, known, page, read, elsewhere or read.error == "soft_404", look)
    if elsewhere or are_unlike(read.title, known.title):
        proved = elsewhere and is_front_or_section(walk, page.url)
        return Suspect(queued, known, page, read, proved, look)
    return None


async def settle(walk: Walk) -> None:
    """Judge the suspects of a walk: note the missing ones, and let the others go their way."""
    suspects, walk.suspects = walk.suspects, []
    if not suspects:
        return
    trusted = bool(walk.tally.counts.listed) and (walk.met_an_article or await _answers(walk, suspects))
    nowhere = Nowhere(walk)
    for one in suspects:
        if trusted and (one.proved or await _is_another_article(walk, one) or await nowhere.answers(one)):
            logger.info("%s: seems to be taken down; %s stands there", one.queued.url, one.page.url)
            await walk.ledger.missing(one.queued.key, "gone")
        else:
            await walk.take(one.queued, one.page, one.read, one.known, look=one.look)


class Nowhere:
    """What the portal answers where there is nothing, asked for once, and only if a suspect calls for it."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self._text: frozenset[str] | None = None
        self._asked = False

    async def answers(self, one: Suspect) -> bool:
        """Whether a suspect's page is what the portal answers to an address that no article has."""
        if isinstance(one.read, Article) and not are_unlike(one.read.title, one.known.title):
            return False
        if not self._asked:
            self._asked = True
            outcome = await self.walk.fetch(impossible(one.queued.url))
            self._text = text_of(outcome) if isinstance(outcome, Page) else None
        return self._text is not None and sum(map(len, text_of(one.page) - self._text)) <= ECHO


def is_front_or_section(walk: Walk, url: str) -> bool:
    """Whether an address is that of the portal's front page, or of one of its sections."""
    parts = urlsplit(url)
    if not parts.query and _HOME.fullmatch(parts.path or "/"):
        return True
    stem = position(url).stem
    return any(position(urljoin(walk.portal.url, path)).stem == stem for path in walk.sections)


def are_unlike(one: str | None, other: str | None) -> bool:
    """Whether two titles are surely not of one text."""
    words, others = set(fold(one or "").split()), set(fold(other or "").split())
    return bool(words and others) and len(words & others) < SHARED_WORDS * min(len(words), len(others))


def impossible(url: str) -> str:
    """An address of the same make that no article has: with another number, or another slug."""
    parts = urlsplit(url)
    if parts.query and _NUMBER.search(parts.query):
        return parts._replace(query=_NUMBER.sub(_another, parts.query)).geturl()
    if _NUMBER.search(parts.path):
        return parts._replace(path=_NUMBER.sub(_another, parts.path)).geturl()
    return parts._replace(path=_SLUG.sub("-khong-co", parts.path, count=1)).geturl()


def _another(number: re.Match[str]) -> str:
    return "9" * max(7, len(number[0]))


async def _answers(walk: Walk, suspects: list[Suspect]) -> bool:
    """Whether another known article, the youngest that is listed, answers as itself."""
    doubted = {one.queued.key for one in suspects}
    known = await walk.ledger.known([key for key in walk.met.first if key not in doubted])
    there = [one for one in known.values() if one.article_id is not None and one.missing_at is None]
    if not there:
        return False
    other = max(there, key=lambda one: one.published_at or one.first_seen_at)
    outcome = await walk.fetch(other.url, row=ListingRow(url=other.url))
    if not isinstance(outcome, Page):
        return False
    read = await walk.read(outcome)
    return isinstance(read, Article) and not are_unlike(read.title, other.title)


async def _is_another_article(walk: Walk, one: Suspect) -> bool:
    """Whether the address leads to another article that is stored."""
    key = walk.key(one.page.url)
    if key == one.queued.key:
        return False
    other = (await walk.ledger.known([key])).get(key)
    return other is not None and other.article_id not in (None, one.known.article_id)


def text_of(page: Page) -> frozenset[str]:
    """The pieces of text of a page outside of links, scripts and its head; lists of the newest change."""
    tree = parse(page)
    if tree is None:
        return frozenset()
    body = next(tree.iter("body"), tree)
    pieces = cast(
        "list[str]", body.xpath(".//text()[not(ancestor::a or ancestor::script or ancestor::style)]")
    )
    return frozenset(filter(None, (clean(str(piece)) for piece in pieces)))
