"""The ops room as one application: pages for people, and the read API of dashboard.api beside them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from dashboard.access import Access
from dashboard.gate import Gate
from dashboard.languages import messages
from dashboard.pages import articles, login, map, operations, overview, portal, portals, runs
from dashboard.room import Room, StoredPage, language_of, page
from storage.engine import DatabaseProblem

LARGEST_FORM = 64 * 1024
"""Bytes; the longest form is that of a schedule."""

_STATIC = Path(__file__).parent / "static"
_PAGES = (login, overview, portals, portal, map, articles, runs, operations)


def create_app(engine: Engine, access: Access | None = None, stored_page: StoredPage | None = None) -> FastAPI:
    """The application over a migrated database. ``stored_page`` finds pages in the archive, where there is one."""
    access = access or Access()
    app = FastAPI(
        title="Frontnews", docs_url=None, redoc_url=None, openapi_url=None, max_body_size=LARGEST_FORM
    )
    app.state.room = Room(engine, access, stored_page)
    for group in _PAGES:
        app.include_router(group.router)
    if importlib.util.find_spec("dashboard.api") is not None:
        from dashboard import api

        app.include_router(api.router(engine))
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
    return _problem(request, problem.status_code, str(problem.detail))


async def _not_understood(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)
    return _problem(request, 422, "parameters")


async def _no_database(request: Request, problem: Exception) -> Response:
    return _problem(request, 503, "database", str(problem))


def _problem(request: Request, status: int, what: str, said: str = "") -> Response:
    t = messages(language_of(request))
    key = what if t.has(f"problem.{what}") else str(status) if t.has(f"problem.{status}") else "other"
    return page(
        request, "problem.html", status=status, title=t(f"problem.title_{status}")
        if t.has(f"problem.title_{status}") else t("problem.title_other", status=status),
        text=said or t(f"problem.{key}"),
    )  # fmt: skip
