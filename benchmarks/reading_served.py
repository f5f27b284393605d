"""What is asked over HTTP: the read API and the pages of the dashboard, served by a process of their own."""

from __future__ import annotations

import multiprocessing
import random
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
from sqlalchemy import Engine, func, select

from benchmarks.reading_figures import Figure, Stopwatch, backends
from storage.engine import open_database, reading
from storage.facets import Filters
from storage.tables import articles

Question = tuple[str, Filters]

LISTS, VISITS = 300, 60
_DEEP = 40
"""Pages that one question is followed for; by then the cursor is 2,000 articles down."""


def over_http(engine: Engine, asked: Sequence[Question]) -> list[Figure]:
    """The list of articles of the API, and the pages that people wait for."""
    with serving(engine) as (address, pid), httpx.Client(base_url=address, timeout=60) as client:
        others = [pid, *backends(engine)]
        return [*_lists(client, others, asked), *_pages(client, others, engine)]


def _lists(client: httpx.Client, others: Sequence[int], asked: Sequence[Question]) -> list[Figure]:
    """First pages by filter and by words, pages far below, and pages that the client has already."""
    first, deep, known = Stopwatch(others), Stopwatch(others), Stopwatch(others)
    cursor: str | None = None
    for number, (words, filters) in enumerate(asked[:LISTS]):
        parameters = {"province": filters.province, "organization": filters.organization}
        if number % 3 == 0:
            parameters["q"] = words
        given = {name: value for name, value in parameters.items() if value}
        answer = _get(client, first, "/api/v1/articles", given)
        _get(client, known, "/api/v1/articles", given, {"If-None-Match": answer.headers["ETag"]})
        if number % _DEEP == 0:
            question, cursor = given, answer.json()["next"]
        if cursor is not None:
            answer = _get(client, deep, "/api/v1/articles", {**question, "cursor": cursor})
            cursor = answer.json()["next"]
    return [
        first.figure("API article list p95", 50),
        deep.figure("API article list, pages below, p95", 50),
        known.figure("API article list, unchanged (304), p95", 50),
    ]


def _get(
    client: httpx.Client,
    watch: Stopwatch,
    path: str,
    parameters: dict[str, str],
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    request = client.build_request("GET", path, params=parameters, headers=headers)
    answers: list[httpx.Response] = []
    watch.run(lambda: answers.append(client.send(request)))
    if answers[0].status_code != 304:
        answers[0].raise_for_status()
    return answers[0]


def _pages(client: httpx.Client, others: Sequence[int], engine: Engine) -> list[Figure]:
    rng = random.Random(17)
    with reading(engine) as connection:
        last = connection.scalar(select(func.max(articles.c.id))) or 0
        ids = [rng.randint(1, last) for _ in range(VISITS)]
        names = [connection.scalar(select(articles.c.public_id).where(articles.c.id == id)) for id in ids]
    figures = []
    for what, paths, bound in (
        ("dashboard: overview p95", ["/"] * VISITS, 200),
        ("dashboard: 600 portals p95", ["/portals"] * VISITS, 300),
        ("dashboard: an article p95", [f"/articles/{name}" for name in names], 50),
    ):
        for path in paths[:3]:  # the first visit of a morning reads the file anew
            client.get(path).raise_for_status()
        watch = Stopwatch(others)
        for path in paths:
            _get(client, watch, path, {})
        figures.append(watch.figure(what, bound))
    return figures


def serve(url: str, port: int) -> None:
    """The dashboard with its API, in a process of its own."""
    import uvicorn

    from dashboard.app import create_app

    uvicorn.run(create_app(open_database(url)), port=port, log_level="error")


@contextmanager
def serving(engine: Engine) -> Iterator[tuple[str, int]]:
    """Address and process of the dashboard, which has answered once."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = engine.url.render_as_string(hide_password=False)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(url, port), daemon=True)
    server.start()
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{address}/api/v1/meta").raise_for_status()
            break
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    try:
        yield address, server.pid or 0
    finally:
        server.terminate()
        server.join()
