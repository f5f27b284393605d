"""Faults that break a demo portal the way real ones break: each changes what the portal answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tests.portals.corpus import VIETNAM
from tests.portals.http_values import Request, Response
from tests.portals.serve import PortalServer
from tests.portals.theme import Theme

Change = Callable[[Request, Response, bool], Response]
"""From the request, the answer of the healthy portal, and whether it is an article's page."""

DATE = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{4}|\d{4}-\d{2}-\d{2}")
TITLE = "Trang thông tin điện tử Ủy ban MTTQ huyện"


@dataclass
class Broken:
    """Stands before a portal's theme and changes its answers."""

    theme: Theme
    change: Change
    articles: frozenset[str]

    def respond(self, request: Request) -> Response:
        """Answer a request as the broken portal does."""
        answer = self.theme.respond(request)
        return self.change(request, answer, request.path in self.articles)

    def __getattr__(self, name: str) -> object:
        return getattr(self.theme, name)


def break_portal(server: PortalServer, change: Change) -> None:
    """Let the portal answer with a fault from now on, until :func:`mend_portal`."""
    mend_portal(server)
    theme = server.theme
    articles = frozenset("/" + theme.article_path(entry).lstrip("/") for entry in theme.entries.values())
    server.theme = Broken(theme, change, articles)  # type: ignore[assignment]


def mend_portal(server: PortalServer) -> None:
    """Let the portal be well again."""
    if isinstance(server.theme, Broken):
        server.theme = server.theme.theme


def text_of(answer: Response) -> str:
    return answer.body.decode("utf-8")


def with_text(answer: Response, text: str) -> Response:
    return replace(answer, body=text.encode(), modified=None)


def listing_emptied(request: Request, answer: Response, article: bool) -> Response:
    """A template without its list: frame and menu stay, the links to articles are gone."""
    if article or answer.status != 200 or request.path.endswith((".txt", ".xml")):
        return answer
    return with_text(
        answer, re.sub(r"(?s)<main.*?</main>|<article.*?</article>", "", _unlinked(text_of(answer)))
    )


def _unlinked(text: str) -> str:
    return re.sub(r'(?s)<a [^>]*href="[^"]*\d{2,}[^"]*"[^>]*>.*?</a>', "", text)


def dates_gone(request: Request, answer: Response, article: bool) -> Response:
    """No page and no listing shows when anything was published."""
    if answer.status != 200:
        return answer
    return with_text(answer, DATE.sub("", text_of(answer)))


def title_captured(request: Request, answer: Response, article: bool) -> Response:
    """Every article page is headed by the site's own name."""
    if not article or answer.status != 200:
        return answer
    text = text_of(answer)
    found = re.search(r"(?s)<h1[^>]*>(.*?)</h1>", text) or re.search(r"(?s)<title>(.*?)</title>", text)
    title = re.sub(r"<[^>]*>", "", found[1]).strip() if found else ""
    return with_text(answer, text.replace(title, TITLE) if title else text)


def body_halved(request: Request, answer: Response, article: bool) -> Response:
    """Of the body only the first paragraphs are left."""
    if not article or answer.status != 200:
        return answer
    text = text_of(answer)
    paragraphs = [m for m in re.finditer(r"(?s)<p[^>]*>(.*?)</p>", text) if len(m[1]) > 80]
    for match in reversed(paragraphs[max(1, len(paragraphs) // 3) :]):
        text = text[: match.start()] + text[match.end() :]
    return with_text(answer, text)


def all_503(request: Request, answer: Response, article: bool) -> Response:
    """The server is overloaded."""
    return Response(b"<h1>Service Unavailable</h1>", status=503)


def moved_to(address: str) -> Change:
    """Every page redirects to another host."""

    def moved(request: Request, answer: Response, article: bool) -> Response:
        return Response(b"", status=301, headers={"Location": address + request.path.lstrip("/")})

    return moved


def waf(request: Request, answer: Response, article: bool) -> Response:
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


def dated_today(request: Request, answer: Response, article: bool) -> Response:
    """Every page and every listing shows today's date for everything."""
    if answer.status != 200:
        return answer
    today = datetime.now(VIETNAM)

    def as_written(match: re.Match[str]) -> str:
        found = match[0]
        if re.match(r"\d{4}-", found):
            return f"{today:%Y-%m-%d}"
        return f"{today:%d/%m/%Y}" if "/" in found else f"{today:%d-%m-%Y}"

    return with_text(answer, DATE.sub(as_written, text_of(answer)))
