"""What every page needs: the database, the rules of access, and how a page is written for its visitor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine

from crawler.reading.page import Page
from dashboard import charts
from dashboard.access import Access, LoginLimit, Visitor
from dashboard.languages import COOKIE, LANGUAGES, Language, Messages, messages, preferred
from storage.columns import now as real_now
from vietnam.stamps import VIETNAM

StoredPage = Callable[[str, str], Page | None]
"""From a portal and the key of a copy to the page as it was fetched, where the archive has it.

Raises crawler.archive.reading.ArchiveDamage."""

ReadAgain = Callable[[str, str], bool]
"""Begins to read a portal's archived pages again for somebody; False while that is being done already."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


@dataclass(frozen=True, slots=True)
class Room:
    """One dashboard: what its pages read from, and who may come in."""

    engine: Engine
    access: Access
    stored_page: StoredPage | None = None
    read_again: ReadAgain | None = None
    limit: LoginLimit = field(default_factory=LoginLimit)


def room_of(request: Request) -> Room:
    """The dashboard that a request came to."""
    room = request.app.state.room
    assert isinstance(room, Room)
    return room


def visitor_of(request: Request) -> Visitor | None:
    """Who sends a request; None on the few pages that are open to all."""
    visitor = getattr(request.state, "visitor", None)
    assert visitor is None or isinstance(visitor, Visitor)
    return visitor


def language_of(request: Request) -> Language:
    """The language of a visitor: the switch, what they chose before, what their browser asks for."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    return preferred(request.headers.get("accept-language", ""), chosen)


def page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Write a page in the visitor's language; ``values`` are the template's."""
    language = language_of(request)
    told = messages(language)
    text = _TEMPLATES.get_template(template).render(
        t=told,
        lang=language,
        visitor=visitor_of(request),
        path=request.url.path,
        links=Links(request),
        signs=charts.SIGNS,
        when=Times(told, real_now()),
        done=_told_of(request, told),
        **values,
    )
    response = HTMLResponse(text, status)
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=365 * 86400, samesite="strict", httponly=True)
    return response


def missing(what: str) -> HTTPException:
    """The answer where a page's subject does not exist."""
    return HTTPException(404, what)


def back(path: str, done: str) -> RedirectResponse:
    """After a form: see the page, with one line on what was done (a key of the messages)."""
    return RedirectResponse(f"{path}?{urlencode({'done': done})}", status_code=303)


class Links:
    """Addresses of this page with other parameters: the state of a page is its address."""

    def __init__(self, request: Request) -> None:
        self._path = request.url.path
        self._given = [(k, v) for k, v in parse_qsl(request.url.query) if k not in ("done", "lang")]

    def __call__(self, **changes: str | int | None) -> str:
        """This page's address with parameters set, or taken away by None; a filter begins at page one."""
        kept = [(k, v) for k, v in self._given if k not in changes and k != "page"]
        query = urlencode(kept + [(k, str(v)) for k, v in changes.items() if v is not None])
        return f"{self._path}?{query}" if query else self._path


class Times:
    """Moments and lengths of time as a visitor reads them, in Vietnam's time."""

    def __init__(self, told: Messages, now: datetime) -> None:
        self._told = told
        self.now = now

    def at(self, moment: datetime | None) -> str:
        """Day and time: 22/11/2026 15:40."""
        return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if moment else "–"

    def clock(self, moment: datetime) -> str:
        """The time of the day: 15:40:12."""
        return f"{moment.astimezone(VIETNAM):%H:%M:%S}"

    def day(self, moment: datetime | None) -> str:
        """The day: 22/11/2026."""
        return f"{moment.astimezone(VIETNAM):%d/%m/%Y}" if moment else "–"

    def ago(self, moment: datetime | None) -> str:
        """How long ago, or in how long."""
        if moment is None:
            return "–"
        distance = self.now - moment
        if timedelta() <= distance < timedelta(seconds=60):
            return self._told("time.now")
        if timedelta(seconds=-5) < distance < timedelta():
            return self._told("time.soon")
        key = "time.ago" if distance > timedelta() else "time.ahead"
        return self._told(key, time=self.length(abs(distance)))

    def due(self, moment: datetime | None) -> str:
        """When something that is planned comes; for how long it has been due where that has passed."""
        if moment is None or moment > self.now:
            return self.ago(moment)
        distance = self.now - moment
        if distance < timedelta(seconds=60):
            return self._told("time.soon")
        return self._told("time.overdue", time=self.length(distance))

    def length(self, time: timedelta | float) -> str:
        """A length of time in its one or two largest units."""
        seconds = time.total_seconds() if isinstance(time, timedelta) else float(time)
        for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
            if seconds >= size * (2 if unit == "days" else 1):
                return self._told(f"time.{unit}", n=f"{seconds / size:.0f}")
        return self._told("time.seconds", n=f"{seconds:.0f}")


def _told_of(request: Request, told: Messages) -> str | None:
    key = f"done.{request.query_params.get('done', '')}"
    return told(key) if told.has(key) else None
