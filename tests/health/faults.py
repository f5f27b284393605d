"""Faults that break a demo portal the way real ones break: each changes what the portal answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape
from urllib.parse import parse_qsl, unquote

from tests.portals.corpus import VIETNAM, Entry
from tests.portals.http_values import Request, Response
from tests.portals.serve import PortalServer
from tests.portals.theme import Theme

Change = Callable[[Request, Response, Entry | None, tuple[str, ...]], Response]
"""From the request, the healthy answer, the article whose page it is, and the addresses of all articles."""

DATE = re.compile(
    r"\d{1,2}([/.-])\d{1,2}\1\d{4}|(?<!/)\d{4}-\d{2}-\d{2}"
    r"|(?i:ngày )?\d{1,2} (?i:tháng) \d{1,2},? (?i:năm )?\d{4}"
)
"""A date as the themes print it, whole; not that of an address, or its link would lead nowhere."""

BETWEEN = r"(?:\s|&nbsp;|&ZeroWidthSpace;|[\u00ad\u200b-\u200d\ufeff]|<[^>]*>)+"
"""What an editor puts between two words."""

TITLE = "Trang thông tin điện tử Ủy ban MTTQ huyện"


class NotInjected(Exception):
    """A fault that did not change the page as it says: the test would measure nothing."""


@dataclass
class Broken:
    """Stands before a portal's theme and changes its answers; ``missed``: those that it could not change."""

    theme: Theme
    change: Change
    pages: dict[str, Entry]
    missed: list[str] = field(default_factory=list)

    def respond(self, request: Request) -> Response:
        """Answer a request as the broken portal does."""
        answer = self.theme.respond(request)
        entry = next((entry for path, entry in self.pages.items() if is_of(request, path)), None)
        try:
            return self.change(request, answer, entry, tuple(self.pages))
        except NotInjected as missed:
            self.missed.append(str(missed))
            return answer

    def __getattr__(self, name: str) -> object:
        return getattr(self.theme, name)


def is_of(request: Request, path: str) -> bool:
    """Tell whether a request asks for the page at ``path``, a query included."""
    bare, _, query = unquote(path).partition("?")
    return request.path == "/" + bare.lstrip("/") and all(
        request.query.get(name) == value for name, value in parse_qsl(query)
    )


def break_portal(server: PortalServer, change: Change, entries: Iterable[Entry]) -> Broken:
    """Let the portal answer with a fault from now on, until :func:`mend_portal`; ``entries``: its articles,
    those to come too."""
    mend_portal(server)
    theme = server.theme
    broken = Broken(theme, change, {theme.article_path(entry): entry for entry in entries})
    server.theme = broken  # type: ignore[assignment]
    return broken


def mend_portal(server: PortalServer) -> None:
    """Let the portal be well again."""
    if isinstance(server.theme, Broken):
        server.theme = server.theme.theme


def withhold(theme: Theme, count: int) -> list[Entry]:
    """Take away the ``count`` newest articles that a crawl keeps, as if to come; the oldest first."""
    newest = sorted(
        (entry for entry in theme.entries.values() if entry.kept), key=lambda entry: entry.published
    )[-count:]
    theme.entries = {number: entry for number, entry in theme.entries.items() if entry not in newest}
    return newest


def publish(theme: Theme, entry: Entry) -> None:
    """Publish an article that was withheld."""
    theme.entries = {entry.number: entry, **theme.entries}


def text_of(answer: Response) -> str:
    return answer.body.decode("utf-8")


def with_text(answer: Response, text: str) -> Response:
    return replace(answer, body=text.encode(), modified=None)


def listing_emptied(
    request: Request, answer: Response, entry: Entry | None, paths: tuple[str, ...]
) -> Response:
    """The template has lost its list: frame and menu stay, the links to articles are gone."""
    if answer.status != 200 or entry is not None:
        return answer
    text = text_of(answer)
    for path in paths:
        for spelling in {path, escape(path), path.lstrip("/"), escape(path.lstrip("/"))}:
            text = text.replace(spelling, "#")
    return with_text(answer, text)


def dates_gone(request: Request, answer: Response, entry: Entry | None, paths: tuple[str, ...]) -> Response:
    """No page and no listing shows when anything was published."""
    return with_text(answer, DATE.sub("", text_of(answer))) if answer.status == 200 else answer


def title_captured(
    request: Request, answer: Response, entry: Entry | None, paths: tuple[str, ...]
) -> Response:
    """Every article page is headed by the site's own name."""
    if entry is None or answer.status != 200:
        return answer
    text = text_of(answer)
    for spelling in {entry.text.title, escape(entry.text.title), entry.text.title.upper()}:
        text = text.replace(spelling, TITLE)
    return with_text(answer, text)


def body_halved(request: Request, answer: Response, entry: Entry | None, paths: tuple[str, ...]) -> Response:
    """Of the body only its beginning is left."""
    if entry is None or answer.status != 200:
        return answer
    text = text_of(answer)
    paragraphs = entry.text.paragraphs
    for paragraph in paragraphs[max(1, len(paragraphs) // 3) :]:
        words = ["|".join(map(re.escape, sorted({word, escape(word)}))) for word in paragraph.split()]
        text, count = re.subn(BETWEEN.join(f"(?:{word})" for word in words), "", text)
        if not count:
            raise NotInjected(f"{request.path}: not found in the page: {paragraph[:60]!r}")
    return with_text(answer, text)


def all_503(request: Request, answer: Response, entry: Entry | None, paths: tuple[str, ...]) -> Response:
    """The server is overloaded."""
    return Response(b"<h1>Service Unavailable</h1>", status=503)


def moved_to(address: str) -> Change:
    """Every page redirects to another host."""

    def moved(request: Request, answer: Response, entry: Entry | None, paths: tuple[str, ...]) -> Response:
        return Response(b"", status=301, headers={"Location": address + request.path.lstrip("/")})

    return moved


def waf(request: Request, answer: Response, entry: Entry | None, paths: tuple[str, ...]) -> Response:
    """A challenge page with status 200 stands before everything but robots.txt."""
    if request.path == "/robots.txt":
        return answer
    page = (
        "<html><head><title>Just a moment...</title></head><body><div id='cf-wrapper'>"
        "<h1>Checking your browser before accessing the site</h1>"
        "<script src='/cdn-cgi/challenge-platform/h/b/orchestrate/jsch/v1'></script>"
        "<noscript>Please enable JavaScript and cookies to continue</noscript></div></body></html>"
    )
    return Response(page.encode())


def dated_today(request: Request, answer: Response, entry: Entry | None, paths: tuple[str, ...]) -> Response:
    """Every page and every listing shows today's date for everything."""
    if answer.status != 200:
        return answer
    today = datetime.now(VIETNAM)

    def as_written(match: re.Match[str]) -> str:
        if re.match(r"\d{4}-", match[0]):
            return f"{today:%Y-%m-%d}"
        if match[1]:
            return today.strftime(f"%d{match[1]}%m{match[1]}%Y")
        return f"{today.day} tháng {today.month} năm {today.year}"

    return with_text(answer, DATE.sub(as_written, text_of(answer)))
