"""The questions of /api/v1 and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import Path, Query, Request, Response
from sqlalchemy import Engine, text

from dashboard.api.answers import Problem, answer, joined
from dashboard.api.following import ReaderName, note_reader, noted_cursor
from dashboard.api.models import (
    ArticlePage,
    ChangePage,
    MetaShape,
    PortalList,
    PortalShape,
    SearchPage,
    StoryPage,
    StoryShape,
    WholeArticle,
)
from dashboard.api.parameters import Cursor, Cursors, Filtered, Limit, Words
from dashboard.api.told import Get, said
from storage import articles_query, changes, portal_list
from storage.engine import compact_json, reading
from storage.records import in_vietnam
from storage.search import Hit, search
from storage.snippets import Passage
from storage.views import view_name

Id = Annotated[str, Path(max_length=100, description="Public id")]


def add_routes(get: Get, engine: Engine) -> None:
    """Add every question to the API."""

    @get("/articles", tags=["articles"], response_model=ArticlePage, responses=said())
    def list_articles(
        request: Request, filters: Filtered, q: Words = "", limit: Limit = 50, cursor: Cursor = None
    ) -> Response:
        """Articles, the newest published first, with every field; page after page without an end."""
        cursors = Cursors(("articles", filters, q))
        page = articles_query.page(engine, filters, query=q, limit=limit, below=cursors.read(cursor))
        body = joined(articles=f"[{','.join(page.records)}]", next=compact_json(cursors.write(page.last)))
        return answer(request, body)

    @get(
        "/articles/{article_id}", tags=["articles"], response_model=WholeArticle,
        responses=said(301),
    )  # fmt: skip
    def read_article(request: Request, article_id: Id) -> Response:
        """One article with its copies, the states of its words, its provenance and its story."""
        try:
            whole = articles_query.whole(engine, article_id)
        except articles_query.MergedArticle as merged:
            there = request.url.path.removesuffix(quote(article_id)) + merged.into
            return Response(status_code=301, headers={"Location": there, "Cache-Control": "no-store"})
        body = joined(
            article=whole.record,
            copies=compact_json(whole.copies),
            revisions=compact_json(whole.revisions),
            story=compact_json(whole.story),
        )
        last_seen = max(str(copy["last_seen_at"]) for copy in whole.copies) if whole.copies else None
        modified = max(whole.changed_at, datetime.fromisoformat(last_seen)) if last_seen else whole.changed_at
        return answer(request, body, modified=modified)

    @get("/stories", tags=["stories"], response_model=StoryPage, responses=said())
    def list_stories(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Response:
        """Stories, the latest begun first: what several portals tell in nearly the same words."""
        cursors = Cursors(("stories",))
        found, last = articles_query.story_page(engine, limit=limit, below=cursors.read(cursor))
        return answer(request, compact_json({"stories": found, "next": cursors.write(last)}))

    @get("/stories/{story_id}", tags=["stories"], response_model=StoryShape, responses=said())
    def read_story(request: Request, story_id: Id) -> Response:
        """One story with its articles, the first published first."""
        return answer(request, compact_json(articles_query.story(engine, story_id)))

    @get("/changes", tags=["changes"], response_model=ChangePage, responses=said(403, 409, 410))
    def list_changes(
        request: Request,
        after: Annotated[
            int | None,
            Query(
                ge=0,
                le=2**63 - 1,
                description="The last change_seq that you applied; without it 0, or what `reader` said last",
            ),
        ] = None,
        limit: Annotated[int, Query(ge=1, le=1000, description="Changes in one answer")] = 200,
        reader: ReaderName = None,
    ) -> Response:
        """Every change after a cursor, in the order of commits. 410: the cursor is too old."""
        if reader is not None and after is not None and request.method == "GET":
            note_reader(request, engine, reader, after)
        if after is None:
            after = noted_cursor(engine, reader) if reader is not None else 0
        found = changes.read(engine, after, limit)
        with reading(engine) as connection:
            last = changes.last_seq(connection)
        rows = [
            {
                "change_seq": c.change_seq, "article_id": c.article_id, "op": c.op, "revision": c.revision,
                "merged_into": c.merged_into, "changed_at": in_vietnam(c.changed_at),
            }
            for c in found
        ]  # fmt: skip
        next_after = found[-1].change_seq if found else after
        return answer(
            request, compact_json({"changes": rows, "next_after": next_after, "last_change_seq": last})
        )

    @get("/search", tags=["search"], response_model=SearchPage, responses=said())
    def find_articles(
        request: Request, filters: Filtered, q: Words, limit: Limit = 20, cursor: Cursor = None
    ) -> Response:
        """Articles, best first: the words in a row, with the accents that were typed, newest."""
        cursors = Cursors(("search", filters, q))
        offset = min(cursors.read(cursor) or 0, 10_000)
        results = search(engine, q, filters, limit=limit, offset=offset)
        following = offset + limit if offset + limit < results.ranked else None
        body = {
            "hits": [_hit(hit) for hit in results.hits],
            "total": {"value": results.total, "exact": not results.is_more},
            "facets": results.facets,
            "next": cursors.write(following),
        }
        return answer(request, compact_json(body))

    @get("/portals", tags=["portals"], response_model=PortalList, responses=said())
    def list_portals(request: Request) -> Response:
        """The portals, each with how fresh what we have of it is."""
        return answer(request, compact_json({"portals": portal_list.read(engine)}))

    @get("/portals/{portal_id:path}", tags=["portals"], response_model=PortalShape, responses=said())
    def read_portal(
        request: Request,
        portal_id: Annotated[
            str, Path(max_length=200, description="Registry id", examples=["ha_noi/ba_dinh"])
        ],
    ) -> Response:
        """One portal."""
        found = portal_list.read(engine, portal_id)
        if not found:
            raise Problem(404, "Not found", f"no portal has the id {portal_id!r}; /api/v1/portals lists them")
        return answer(request, compact_json(found[0]))

    @get("/meta", tags=["meta"], response_model=MetaShape, responses=said())
    def read_meta(request: Request) -> Response:
        """The version of the contract, the newest and the oldest change, the last completed cycle."""
        # Without the time of the answer, which the header Date tells: it would make every answer a new one.
        query = f"SELECT name, value FROM {view_name('meta', engine.dialect.name)} "  # noqa: S608
        with reading(engine) as connection:
            rows = connection.execute(text(f"{query} WHERE name <> 'generated_at' ORDER BY name"))
            return answer(request, compact_json({"meta": {row[0]: row[1] for row in rows}}))


def _hit(hit: Hit) -> Mapping[str, object]:
    return {
        "id": hit.article_id,
        "url": hit.url,
        "title": _passage(hit.title),
        "snippet": _passage(hit.snippet),
        "published_at": in_vietnam(hit.published_at),
        "published_precision": hit.published_precision,
        "portal": hit.portal,
        "site_name": hit.site_name,
        "organizations": hit.organizations,
        "provinces_2024": hit.provinces_2024,
        "provinces_2025": hit.provinces_2025,
        "kind": hit.kind,
    }


def _passage(passage: Passage) -> Mapping[str, object]:
    return {"text": passage.text, "marks": passage.marks}
