"""How the API answers: validators and caching, errors as problem+json (RFC 9457), nothing but reading.

A client that sends back the ETag it was given gets 304 without a body (RFC 9110, section 13).
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from storage.articles_query import UnknownArticle, UnknownStory
from storage.changes import CursorTooOld
from storage.engine import DatabaseProblem, compact_json
from storage.facets import UnknownValue

CACHED = "private, max-age=0, must-revalidate"
"""Ask every time, and be told "unchanged" in a hundred bytes: what the crawl stores is seen at once."""

PROBLEM = "application/problem+json"


class Problem(Exception):
    """An answer that is an error. ``more`` are members of their own beside those of RFC 9457."""

    def __init__(self, status: int, title: str, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.more = more

    def response(self) -> Response:
        """The problem as the client gets it."""
        body = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": str(self),
            **self.more,
        }
        return Response(
            compact_json(body), self.status, media_type=PROBLEM, headers={"Cache-Control": "no-store"}
        )


def answer(
    request: Request, body: str, *, media_type: str = "application/json", modified: datetime | None = None
) -> Response:
    """``body`` with its validators, or 304 where the client has it already.

    ``modified`` is the last moment at which anything in the body changed.
    """
    data = body.encode()
    etag = f'"{blake2b(data, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": CACHED}
    if modified is not None:
        headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    if _has_it(request.headers, etag, modified):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=media_type, headers=headers)


def _has_it(headers: Mapping[str, str], etag: str, modified: datetime | None) -> bool:
    known = headers.get("if-none-match")
    if known is not None:  # then the date does not count (RFC 9110, section 13.2.2)
        return known.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in known.split(","))
    since = headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return modified.replace(microsecond=0) <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


class ReadRoute(APIRoute):
    """A route whose errors are problems, and which refuses a parameter that it does not know."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of FastAPI with our errors around it."""
        answering = super().get_route_handler()
        known = {field.alias for field in _query_fields(self.dependant)}

        async def handle(request: Request) -> Response:
            try:
                for name in request.query_params:
                    if name not in known:
                        raise _unknown_parameter(name, known)
                _refuse_nul(request)
                return await answering(request)
            except Exception as error:
                problem = problem_of(error)
                if problem is None:
                    raise
                return problem.response()

        return handle


def _refuse_nul(request: Request) -> None:
    """Raise Problem where an id or a filter holds a NUL: no text of PostgreSQL does, and it may not be asked.

    Words to search are folded first, and a reader's name is judged where it is noted.
    """
    for name, value in (*request.path_params.items(), *request.query_params.items()):
        if "\0" in str(value) and name not in ("q", "reader"):
            raise Problem(404, "Not found", f"{name}: nothing is called {value!r}")


def problem_of(error: Exception) -> Problem | None:
    """What a failure is to the client; None for a fault of ours."""
    match error:
        case Problem():
            return error
        case UnknownArticle() | UnknownStory():
            return Problem(404, "Not found", str(error))
        case UnknownValue():
            return Problem(404, "Not found", str(error), parameter=error.facet)
        case CursorTooOld():
            return Problem(
                410,
                "Cursor too old",
                str(error),
                oldest_change_seq=error.oldest,
                last_change_seq=error.cursor,
            )
        case RequestValidationError():
            wrong = [
                {"parameter": ".".join(map(str, one["loc"][1:])), "message": str(one["msg"])}
                for one in error.errors()
            ]
            said = "; ".join(f"{one['parameter']}: {one['message']}" for one in wrong)
            return Problem(422, "Not understood", said, errors=wrong)
        case HTTPException():
            return Problem(error.status_code, str(error.detail), str(error.detail))
        case DatabaseProblem():
            return Problem(503, "The database does not answer", "try again in a minute")
    return None


def joined(**members: str) -> str:
    """A JSON object of members that are JSON already."""
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in members.items()) + "}"


def _unknown_parameter(name: str, known: set[str]) -> Problem:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    said = f"did you mean {near[0]}?" if near else f"known are: {', '.join(sorted(known)) or 'none'}"
    return Problem(
        422, "Not understood", f"there is no parameter {name!r}; {said}",
        errors=[{"parameter": name, "message": said}],
    )  # fmt: skip


def _query_fields(dependant: Any) -> list[Any]:
    fields = list(dependant.query_params)
    for below in dependant.dependencies:
        fields += _query_fields(below)
    return fields
