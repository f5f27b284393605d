"""The ops room as one application: pages for people, and the read API of dashboard.api beside them."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from dashboard import api, metrics
from dashboard.access import Access
from dashboard.api.answers import problem_of
from dashboard.gate import FOR_PROGRAMS, Gate
from dashboard.languages import messages
from dashboard.pages import alerts, articles, login, map, operations, overview, portal, portals, runs
from dashboard.room import ReadAgain, Room, StoredPage, language_of, page
from storage.engine import DatabaseProblem

LARGEST_FORM = 64 * 1024
"""Bytes; the longest form is that of a schedule."""

_STATIC = Path(__file__).parent / "static"
_PAGES = (login, overview, portals, portal, map, articles, runs, alerts, operations)


def create_app(
    engine: Engine,
    access: Access | None = None,
    stored_page: StoredPage | None = None,
    read_again: ReadAgain | None = None,
) -> FastAPI:
    """The application over a migrated database; ``stored_page`` and ``read_again`` come with an archive."""
    access = access or Access()
    app = FastAPI(
        title="Frontnews", docs_url=None, redoc_url=None, openapi_url=None, max_body_size=LARGEST_FORM
    )
    app.state.room = Room(engine, access, stored_page, read_again)
    app.state.streams = 0  # open event streams
    app.state.closing = False  # set when the server is asked to stop: streams end by themselves
    for group in _PAGES:
        app.include_router(group.router)
    app.include_router(api.router(engine))
    app.include_router(metrics.router(engine))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_api_route("/favicon.ico", _icon, include_in_schema=False)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(DatabaseProblem, _no_database)
    app.add_middleware(Gate, engine=engine, access=access)
    return app


def _icon() -> FileResponse:
    return FileResponse(_STATIC / "icon.svg", media_type="image/svg+xml")


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    return _answer(request, problem, problem.status_code, str(problem.detail))


async def _not_understood(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)
    return _answer(request, problem, 422, "parameters")


async def _no_database(request: Request, problem: Exception) -> Response:
    return _answer(request, problem, 503, "database", str(problem))


def _answer(request: Request, error: Exception, status: int, what: str, said: str = "") -> Response:
    """A program gets a problem (RFC 9457), a person a page in their language."""
    problem = problem_of(error) if request.url.path.startswith(FOR_PROGRAMS) else None
    if problem is not None:
        return problem.response()
    t = messages(language_of(request))
    known = [key for key in (f"problem.{what}", f"problem.{status}") if t.has(key)]
    title = f"problem.title_{status}"
    return page(
        request, "problem.html", status=status, text=said or t((known or ["problem.other"])[0]),
        title=t(title) if t.has(title) else t("problem.title_other", status=status),
    )  # fmt: skip
