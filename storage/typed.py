"""Typed readers of the contract, for downstream programs in Python.

    connection = sqlite3.connect("file:data/frontnews.db?mode=ro", uri=True)   # or psycopg.connect(…)
    for change in typed.changes(connection, after=cursor):
        ...

They need a plain connection of ``sqlite3`` or ``psycopg`` and give the same values for both: times as
datetime in UTC, lists as tuples, objects as values with names. The classes have the columns that the data
dictionary lists; a test compares them. Columns that a newer database adds are left out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Protocol, TypeVar

from storage.records import Attachment, Document, Image, Official

AT_ONCE = 500
"""Rows fetched at once: about 3 MB of articles."""


class Cursor(Protocol):
    """What is used of a DB-API cursor."""

    def execute(self, query: str, parameters: Sequence[object], /) -> object: ...
    def fetchall(self) -> Sequence[Sequence[object]]: ...


class Connection(Protocol):
    """What is used of a DB-API connection: that of ``sqlite3`` or of ``psycopg``."""

    def cursor(self) -> Cursor: ...


class SnapshotNeeded(Exception):
    """The cursor cannot be followed any more: read all of :func:`articles` again, then go on from
    ``cursor``, which was read before them."""

    def __init__(self, why: str, cursor: int) -> None:
        super().__init__(f"{why}; read all articles again and go on from {cursor}")
        self.cursor = cursor


@dataclass(frozen=True, slots=True)
class Section:
    """A listing of a portal."""

    path: str
    scope: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A row of ``articles``."""

    id: str
    url: str
    urls: tuple[str, ...]
    portal: str
    portals: tuple[str, ...]
    site_name: str | None
    section: str | None
    title: str
    lead: str | None
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...]
    byline: str | None
    authors: tuple[str, ...]
    source_credit: str | None
    published_at: datetime | None
    published_precision: str | None
    modified_at: datetime | None
    event_date: str | None
    relevant: bool
    relevance: float
    organizations: tuple[str, ...]
    provinces_2024: tuple[str, ...]
    districts_2024: tuple[str, ...]
    provinces_2025: tuple[str, ...]
    communes_2025: tuple[str, ...]
    kind: str | None
    documents: tuple[Document, ...]
    officials: tuple[Official, ...]
    images: tuple[Image, ...]
    attachments: tuple[Attachment, ...]
    story_id: str | None
    revision: int
    language: str | None
    first_seen_at: datetime
    last_seen_at: datetime | None
    provenance: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ArticleCopy:
    """A row of ``article_copies``."""

    article_id: str
    portal: str
    key: str
    url: str
    title: str
    section: str | None
    published_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class ArticleRevision:
    """A row of ``article_revisions``."""

    article_id: str
    revision: int
    title: str
    lead: str | None
    paragraphs: tuple[str, ...]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleOrganization:
    """A row of ``article_organizations``."""

    article_id: str
    organization: str


@dataclass(frozen=True, slots=True)
class ArticlePlace:
    """A row of ``article_places``."""

    article_id: str
    level: str
    name: str


@dataclass(frozen=True, slots=True)
class Story:
    """A row of ``stories``."""

    id: str
    first_seen_at: datetime
    articles: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Portal:
    """A row of ``portals``."""

    id: str
    name: str
    url: str
    owner: str
    platform: str
    sections: tuple[Section, ...]
    province_2024: str | None
    district_2024: str | None
    province_2025: str | None
    communes_2025: tuple[str, ...]
    aliases: tuple[str, ...]
    active_from: str | None
    active_until: str | None
    successor: str | None
    confidence: str
    in_registry: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A row of ``runs``."""

    id: int
    portal: str
    trigger: str
    status: str
    verdict: str | None
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    errors: Mapping[str, int]
    message: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A row of ``changes``."""

    change_seq: int
    article_id: str
    op: str
    revision: int
    merged_into: str | None
    changed_at: datetime
    cause: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of ``meta``."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class PortalFreshness:
    """A row of ``portal_freshness``."""

    portal: str
    last_run_at: datetime | None
    last_success_at: datetime | None
    last_new_at: datetime | None
    expected_gap_seconds: int | None
    age_seconds: int | None
    next_due_at: datetime | None
    verdict: str
    last_verdict: str | None


CLASSES: Mapping[str, type] = {
    "articles": Article,
    "article_copies": ArticleCopy,
    "article_revisions": ArticleRevision,
    "article_organizations": ArticleOrganization,
    "article_places": ArticlePlace,
    "stories": Story,
    "portals": Portal,
    "runs": Run,
    "changes": Change,
    "meta": Fact,
    "portal_freshness": PortalFreshness,
}
"""The class of each view's rows."""

_VIEW_OF = {row: view for view, row in CLASSES.items()}

Row = TypeVar("Row")


def rows(
    connection: Connection, of: type[Row], where: str = "", parameters: Sequence[object] = ()
) -> list[Row]:
    """The rows of the view that ``of`` is the class of.

    ``where`` is what follows the view's name in SQL (``WHERE portal = ? ORDER BY id``), with ``?`` for each
    parameter on both engines.
    """
    sqlite = isinstance(connection, sqlite3.Connection)
    names = [field.name for field in fields(of)]  # type: ignore[arg-type]  # all classes are dataclasses
    view = f"v1_{_VIEW_OF[of]}" if sqlite else f"api_v1.{_VIEW_OF[of]}"
    query = f"SELECT {', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)} FROM {view} {where}"  # noqa: S608
    cursor = connection.cursor()
    cursor.execute(query if sqlite else query.replace("?", "%s"), parameters)
    converters = _converters(of)  # type: ignore[arg-type]  # a class is hashable
    return [
        of(
            *(
                value if value is None else convert(value)
                for convert, value in zip(converters, row, strict=True)
            )
        )
        for row in cursor.fetchall()
    ]


def articles(connection: Connection) -> Iterator[Article]:
    """All articles, in the order of their ids, in constant memory."""
    last = ""
    while batch := rows(connection, Article, "WHERE id > ? ORDER BY id LIMIT ?", (last, AT_ONCE)):
        yield from batch
        last = batch[-1].id


def article(connection: Connection, article_id: str) -> Article | None:
    """One article; None where it was deleted or merged into another."""
    return next(iter(rows(connection, Article, "WHERE id = ?", (article_id,))), None)


def changes(connection: Connection, after: int) -> Iterator[Change]:
    """The changes after the cursor, in order. Store the last ``change_seq`` with the rows it brought.

    Raises SnapshotNeeded where changes after the cursor are kept no more, or were lost in a restore.
    """
    facts = meta(connection)
    newest = int(facts["last_change_seq"] or 0)
    if after > newest or any(restored < after < resumed for restored, resumed in _lost(facts)):
        raise SnapshotNeeded(f"change {after} was lost: the database was restored from a backup", newest)
    if 0 < after < int(facts["oldest_change_seq"] or 0) - 1:
        raise SnapshotNeeded(f"the changes just after {after} are kept no more", newest)
    while batch := rows(
        connection, Change, "WHERE change_seq > ? ORDER BY change_seq LIMIT ?", (after, AT_ONCE)
    ):
        yield from batch
        after = batch[-1].change_seq


def _lost(facts: Mapping[str, str | None]) -> list[tuple[int, int]]:
    """Between which numbers changes were lost in restores."""
    if every := facts.get("lost_change_seqs"):
        return [(restored, resumed) for restored, resumed in json.loads(every)]
    restored, resumed = facts.get("restored_from_change_seq"), facts.get("resumed_at_change_seq")
    return [(int(restored), int(resumed))] if restored and resumed else []


def meta(connection: Connection) -> dict[str, str | None]:
    """The facts of ``meta`` by name."""
    return {fact.name: fact.value for fact in rows(connection, Fact)}


@cache
def _converters(of: type) -> tuple[Callable[[object], object], ...]:
    return tuple(_CONVERTERS[str(field.type).removesuffix(" | None")] for field in fields(of))


def _time(value: object) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(UTC)


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_parsed(value))  # type: ignore[arg-type]  # a JSON list


def _objects(of: type) -> Callable[[object], object]:
    names = {field.name for field in fields(of)}

    def convert(value: object) -> object:
        entries: Sequence[Mapping[str, str | None]] = _parsed(value)  # type: ignore[assignment]  # a JSON list
        return tuple(of(**{name: entry[name] for name in names & entry.keys()}) for entry in entries)

    return convert


_CONVERTERS: Mapping[str, Callable[[object], object]] = {
    "str": str,
    "int": int,  # type: ignore[dict-item]  # of what the driver gives for a number
    "float": float,  # type: ignore[dict-item]
    "bool": bool,
    "datetime": _time,
    "tuple[str, ...]": _texts,
    "Mapping[str, str]": _parsed,
    "Mapping[str, int]": _parsed,
    "tuple[Section, ...]": _objects(Section),
    "tuple[Document, ...]": _objects(Document),
    "tuple[Official, ...]": _objects(Official),
    "tuple[Image, ...]": _objects(Image),
    "tuple[Attachment, ...]": _objects(Attachment),
}
