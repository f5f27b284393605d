"""The read API: /api/v1, for programs.

``router(engine)`` is mounted by the dashboard, which guards it (dashboard.gate); ``app(engine)`` is the
API alone. It reads: GET and HEAD, each question in one read-only transaction. What it writes is the cursor
of a reader of the change feed that says its name (dashboard.api.following).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.params import Depends
from fastapi.routing import APIRouter
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from dashboard.api.answers import PROBLEM, ReadRoute, answer, problem_of
from dashboard.api.feed_routes import add_feeds
from dashboard.api.routes import add_routes
from dashboard.api.told import reader
from storage.engine import DatabaseProblem, compact_json

PREFIX = "/api/v1"

_ABOUT = """Articles of Vietnam's Fatherland Front and the mass organizations, each once however many portals
carry it. Reading only. Within v1 keys are added and never renamed or removed. Every answer has an ETag: send
it back as If-None-Match. Errors are problem+json (RFC 9457). A parameter that does not exist is an error."""


def router(engine: Engine, dependencies: Sequence[Depends] = ()) -> APIRouter:
    """The routes of /api/v1, its feeds and its OpenAPI document. ``dependencies`` are for an application that
    mounts them behind a guard of its own (docs/api.md); the dashboard's is in front of all its pages."""
    routes = APIRouter(prefix=PREFIX, route_class=ReadRoute, dependencies=list(dependencies))
    get = reader(routes)
    add_routes(get, engine)
    add_feeds(get, engine)

    def openapi(request: Request) -> Response:
        return answer(request, compact_json(openapi_of(routes)))

    for method in ("GET", "HEAD"):
        routes.add_api_route("/openapi.json", openapi, methods=[method], include_in_schema=False)
    return routes


def app(engine: Engine) -> FastAPI:
    """The API alone, for tests and for who wants no dashboard."""
    application = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    application.include_router(router(engine))
    answer_with_problems(application)
    return application


def answer_with_problems(application: FastAPI) -> None:
    """Let paths and methods that do not exist end in problem+json too."""

    async def problem(_: Request, error: Exception) -> Response:
        found = problem_of(error)
        assert found is not None
        response = found.response()
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    for kind in (HTTPException, DatabaseProblem):
        application.add_exception_handler(kind, problem)


def openapi_of(routes: APIRouter) -> dict[str, Any]:
    """The OpenAPI document of the API."""
    document = get_openapi(title="Frontnews", version="1", description=_ABOUT, routes=routes.routes)
    for path in document["paths"].values():
        for operation in path.values():
            for status, told in operation["responses"].items():
                content = told.get("content", {})
                if (
                    status >= "400" and "application/json" in content
                ):  # FastAPI knows one kind of body a route
                    told["content"] = {PROBLEM: content["application/json"]}
    return document
