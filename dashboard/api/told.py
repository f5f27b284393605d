"""How an endpoint joins the API: GET and HEAD, and what the OpenAPI document tells of its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from fastapi import APIRouter, Response

from dashboard.api.models import ProblemShape

Endpoint = Callable[..., Response]

_SAID = {
    301: "Found to be one with the article at Location",
    304: "Unchanged: you have it already (If-None-Match, If-Modified-Since)",
    403: "A page of another site asked for what is noted",
    404: "There is no such thing, or a filter names what does not exist; `detail` has the nearest names",
    409: "This reader cannot be noted: it is no name, or as many are known as are kept",
    410: "Changes after this cursor were compacted, or it was lost in a restore: take a snapshot and go on "
    "from `last_change_seq`",
    422: "A parameter was not understood; `errors` says which",
    503: "The database does not answer",
}
_VALIDATORS = {
    "ETag": {"description": "Send it back as If-None-Match", "schema": {"type": "string"}},
    "Cache-Control": {"description": "Ask every time", "schema": {"type": "string"}},
}


class Get(Protocol):
    """Adds an endpoint at a path; ``told`` goes to FastAPI's add_api_route."""

    def __call__(self, path: str, **told: Any) -> Callable[[Endpoint], Endpoint]: ...


def reader(router: APIRouter) -> Get:
    """A decorator that adds an endpoint for GET, and for HEAD beside it without a page of its own."""

    def get(path: str, **told: Any) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            router.add_api_route(path, endpoint, methods=["GET"], operation_id=endpoint.__name__, **told)
            router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
            return endpoint

        return add

    return get


def said(
    *statuses: int, media_type: str | None = None, schema: Mapping[str, Any] | None = None
) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI is told of an answer: its validators, and the errors beside the usual ones.

    ``media_type`` and ``schema`` are given where the body is no JSON of a model.
    """
    body = {"content": {media_type: {"schema": schema or {"type": "string"}}}} if media_type else {}
    told: dict[int | str, dict[str, Any]] = {200: {"headers": _VALIDATORS, **body}}
    for status in sorted({304, 404, 422, 503, *statuses}):
        told[status] = {"description": _SAID[status]} | ({"model": ProblemShape} if status >= 400 else {})
    return told
