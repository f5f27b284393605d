"""Articles: searching them, one of them, what changed in it, the story that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from dashboard import word_diff
from dashboard.queries.article import ArticlePage, Revision, article_page, story_members
from dashboard.queries.finding import PAGE, find
from dashboard.room import missing, page, room_of
from storage import portal_names
from storage.facets import Filters
from storage.records import VIETNAM
from vietnam.organizations import NAMES

router = APIRouter()

METADATA = (
    "byline", "authors", "source_credit", "published_at", "published_precision", "modified_at", "event_date",
    "section", "site_name", "organizations", "provinces_2024", "districts_2024", "provinces_2025",
    "communes_2025", "kind", "relevance", "documents", "officials", "language",
)  # fmt: skip
"""Fields of the record beside its text, in the order of the page."""

RAW_POLICY = "sandbox; default-src 'none'"
"""For a stored page: no script, no style, no picture, no form, and no origin either."""

LARGEST_RAW = 2_000_000


@router.get("/search", response_class=HTMLResponse)
def search(
    request: Request,
    q: Annotated[str, Query(max_length=300)] = "",
    province: str = "",
    organization: str = "",
    portal: str = "",
    kind: str = "",
    since: str = "",
    until: str = "",
    number: Annotated[int, Query(alias="page", ge=1, le=50)] = 1,
) -> HTMLResponse:
    """Find articles; the address is the state, accents are optional."""
    engine = room_of(request).engine
    last = _midnight(until)
    filters = Filters(
        province=province or None, organization=organization or None, portal=portal or None,
        kind=kind or None, since=_midnight(since), until=last + timedelta(days=1) if last else None,
    )  # fmt: skip
    found = find(engine, q, filters, number) if q.strip() else None
    names = portal_names.names(
        engine,
        {hit.portal for hit in found.hits} | {name for name, _ in found.facets.get("portal", ())}
        if found
        else (),
    )
    chosen = {"province": province, "organization": organization, "portal": portal, "kind": kind}
    return page(
        request, "search.html", q=q, found=found, since=since, until=until, number=number, chosen=chosen,
        pages=-(-found.ranked // PAGE) if found else 0, names=names, organizations=NAMES,
    )  # fmt: skip


@router.get("/articles/{public_id}", response_class=HTMLResponse)
def one(request: Request, public_id: str) -> HTMLResponse:
    """An article: its text, where each field came from, its copies and revisions."""
    room = room_of(request)
    found = _found(request, public_id)
    names = portal_names.names(room.engine, {copy.portal for copy in found.copies})
    return page(
        request, "article.html", article=found, f=found.fields, names=names, organizations=NAMES,
        metadata=[(name, _shown(found.fields, name)) for name in METADATA], raw=room.stored_page is not None,
    )  # fmt: skip


@router.get("/articles/{public_id}/changes", response_class=HTMLResponse)
def changes(
    request: Request,
    public_id: str,
    old: Annotated[int | None, Query(alias="from", ge=1)] = None,
    new: Annotated[int | None, Query(alias="to", ge=1)] = None,
) -> HTMLResponse:
    """What changed between two revisions, word for word; the last two where none are named."""
    found = _found(request, public_id)
    by_number = {revision.revision: revision for revision in found.revisions}
    numbers = sorted(by_number)
    new = new or numbers[-1]
    old = old or max((n for n in numbers if n < new), default=new)
    if old not in by_number or new not in by_number:
        raise missing("revision")
    before, after = by_number[old], by_number[new]
    return page(
        request, "changes.html", article=found, numbers=numbers, before=before, after=after,
        title=word_diff.words(before.title, after.title),
        lead=word_diff.words(before.lead or "", after.lead or ""),
        text=word_diff.paragraphs(before.paragraphs, after.paragraphs), same=_same(before, after),
    )  # fmt: skip


@router.get("/articles/{public_id}/raw", response_model=None)
async def raw(request: Request, public_id: str, portal: str, key: str) -> Response:
    """The page as it was fetched, as text: for a frame that may do nothing."""
    stored = room_of(request).stored_page
    found = await to_thread.run_sync(_found, request, public_id)
    known = any((copy.portal, copy.key) == (portal, key) for copy in found.copies)
    body = await to_thread.run_sync(stored, portal, key) if stored is not None and known else None
    if body is None:
        raise missing("raw")
    return Response(
        body[:LARGEST_RAW].decode("utf-8", "replace"), media_type="text/plain; charset=utf-8",
        headers={"Content-Security-Policy": RAW_POLICY},
    )  # fmt: skip


@router.get("/stories/{public_id}", response_class=HTMLResponse)
def story(request: Request, public_id: str) -> HTMLResponse:
    """The articles that are near-copies of each other, the first publisher's in front."""
    engine = room_of(request).engine
    members = story_members(engine, public_id)
    if not members:
        raise missing("story")
    names = portal_names.names(engine, {member.portal for member in members})
    return page(request, "story.html", members=members, names=names)


def _found(request: Request, public_id: str) -> ArticlePage:
    found = article_page(room_of(request).engine, public_id)
    if found is None:
        raise missing("article")
    return found


def _shown(fields: Mapping[str, object], name: str) -> object:
    value = fields[name]
    if name == "documents" and isinstance(value, list):
        return [" ".join(str(d[k]) for k in ("kind", "number", "date", "issuer") if d.get(k)) for d in value]
    if name == "officials" and isinstance(value, list):
        return [f"{official['name']}, {official['position']}" for official in value]
    return value


def _same(one: Revision, other: Revision) -> bool:
    return (one.title, one.lead, one.paragraphs) == (other.title, other.lead, other.paragraphs)


def _midnight(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), VIETNAM)
    except ValueError:
        return None
