"""Articles: searching them, one of them, what changed in it, the story that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from crawler.archive.reading import ArchiveDamage
from crawler.reading.decoding import decode
from dashboard.queries.article import ArticlePage, article_page, story_members
from dashboard.queries.finding import PAGE, find
from dashboard.room import missing, page, room_of
from storage import archive, portal_names
from storage.facets import Filters
from storage.revisions import UnknownRevision, diff
from vietnam.organizations import NAMES
from vietnam.stamps import VIETNAM

router = APIRouter()

METADATA = (
    "byline", "authors", "source_credit", "published_at", "published_precision", "modified_at", "event_date",
    "section", "site_name", "organizations", "provinces_2024", "districts_2024", "provinces_2025",
    "communes_2025", "kind", "relevance", "documents", "officials", "language",
)  # fmt: skip
"""Fields of the record beside its text, in the order of the page."""

RAW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""For a stored page: no script, no picture, no form, and no origin either; its own inline style alone."""

LARGEST_RAW = 2_000_000
"""Letters of a stored page that are shown."""

Look = Literal["text", "page"]


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
        feed=feed_of({"q": q, **chosen, "since": since, "until": until}),
    )  # fmt: skip


def feed_of(asked: Mapping[str, str]) -> str:
    """The address of the feed that goes on telling what a search finds."""
    given = urlencode({name: value for name, value in asked.items() if value})
    return f"/api/v1/feed.atom?{given}" if given else "/api/v1/feed.atom"


@router.get("/articles/{public_id}", response_class=HTMLResponse)
def one(request: Request, public_id: str) -> HTMLResponse:
    """An article: its text, where each field came from, its copies and revisions."""
    room = room_of(request)
    found = _found(request, public_id)
    names = portal_names.names(room.engine, {copy.portal for copy in found.copies})
    stored = archive.latest_of(room.engine, [(copy.portal, copy.key) for copy in found.copies])
    return page(
        request, "article.html", article=found, f=found.fields, names=names, organizations=NAMES,
        metadata=[(name, shown(name, found.fields[name])) for name in METADATA],
        stored=stored.values() if room.stored_page is not None else (),
    )  # fmt: skip


@router.get("/articles/{public_id}/changes", response_class=HTMLResponse)
def changes(
    request: Request,
    public_id: str,
    old: Annotated[int | None, Query(alias="from", ge=1)] = None,
    new: Annotated[int | None, Query(alias="to", ge=1)] = None,
) -> HTMLResponse:
    """What changed between two revisions, word for word, and beside the words; the last two by default."""
    found = _found(request, public_id)
    try:
        changed = diff(found.revisions, old, new)
    except UnknownRevision:
        raise missing("revision") from None
    return page(
        request, "changes.html", article=found, numbers=[each.revision for each in found.revisions],
        diff=changed,
        metadata=[(c.key, shown(c.key, c.old), shown(c.key, c.new)) for c in changed.metadata],
    )  # fmt: skip


@router.get("/articles/{public_id}/raw", response_model=None)
def raw(request: Request, public_id: str, portal: str, key: str, look: Look = "text") -> Response:
    """The page as it was fetched: its source, or drawn without pictures, for a frame that may do nothing."""
    stored = room_of(request).stored_page
    found = _found(request, public_id)
    known = any((copy.portal, copy.key) == (portal, key) for copy in found.copies)
    try:
        page = stored(portal, key) if stored is not None and known else None
    except ArchiveDamage as damage:
        raise HTTPException(503, "archive_damage") from damage
    if page is None:
        raise missing("raw")
    is_text = not page.body.startswith(b"%PDF")
    text = decode(page)[:LARGEST_RAW] if is_text else f"PDF, {len(page.body)} bytes: {page.url}\n"
    kind = "html" if look == "page" and is_text else "plain"
    return Response(
        text.encode("utf-8", "replace"), media_type=f"text/{kind}; charset=utf-8",
        headers={"Content-Security-Policy": RAW_POLICY, "Referrer-Policy": "no-referrer"},
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


def shown(name: str, value: object) -> object:
    """The value of a field of the record as a person reads it; lists of objects as lists of lines."""
    if name == "documents" and isinstance(value, list):
        return [" ".join(str(d[k]) for k in ("kind", "number", "date", "issuer") if d.get(k)) for d in value]
    if name == "officials" and isinstance(value, list):
        return [f"{official['name']}, {official['position']}" for official in value]
    return value


def _midnight(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), VIETNAM)
    except ValueError:
        return None
