"""A feed for every question: ``/api/v1/feed.atom?province=Thanh+Hóa&organization=HND&q=…``."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response
from sqlalchemy import Engine

from dashboard.api.answers import answer
from dashboard.api.parameters import Filtered, Words
from dashboard.api.told import Get, said
from dashboard.feeds import ATOM, JSON_FEED, JSON_FEED_SCHEMA, Record, atom_of, feed_title, json_feed_of
from storage import articles_query, changes
from storage.engine import reading
from storage.facets import Filters, checked

Size = Annotated[int, Query(ge=1, le=200, description="Entries in the feed")]


def add_feeds(get: Get, engine: Engine) -> None:
    """Add the feeds to the API."""

    def read(filters: Filters, q: str, limit: int) -> tuple[list[Record], str, datetime | None]:
        with reading(engine) as connection:
            filters = checked(connection, filters)
            changed_at = changes.last_changed_at(connection)  # before the page: never later than its content
        page = articles_query.page(engine, filters, query=q, limit=limit)
        return [json.loads(record) for record in page.records], feed_title(filters, q), changed_at

    told = said(media_type=JSON_FEED, schema=JSON_FEED_SCHEMA)

    @get("/feed.json", tags=["feeds"], response_model=None, responses=told)
    def json_feed(request: Request, filters: Filtered, q: Words = "", limit: Size = 50) -> Response:
        """The newest articles as a JSON Feed 1.1."""
        records, title, changed_at = read(filters, q, limit)
        body = json_feed_of(records, title, str(request.url))
        return answer(request, body, media_type=JSON_FEED, modified=changed_at)

    @get("/feed.atom", tags=["feeds"], response_model=None, responses=said(media_type=ATOM))
    def atom_feed(request: Request, filters: Filtered, q: Words = "", limit: Size = 50) -> Response:
        """The newest articles as an Atom feed (RFC 4287)."""
        records, title, changed_at = read(filters, q, limit)
        body = atom_of(records, title, str(request.url))
        return answer(request, body, media_type=ATOM, modified=changed_at)
