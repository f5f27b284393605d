"""Searching as the page shows it: hits with their words marked, facets, the accents that were left out."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape
from sqlalchemy import Engine, RowMapping, select

from storage import search
from storage.bulk import chunks
from storage.engine import reading
from storage.tables import articles
from vietnam.writing import fold

PAGE = 20
DEEPEST = 200
"""Hits that are ranked, paged through and counted for the facets."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: the state of the page, all of it in its address."""

    q: str = ""
    province: str | None = None
    organization: str | None = None
    portal: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MarkedHit:
    """A hit with the words of the query marked."""

    article_id: str
    title: Markup
    snippet: Markup
    portal: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: one page of ``total`` hits (at most DEEPEST), the facets of all of them.

    ``accented`` is the query with the accents that its matches mostly have, where it was typed without any.
    """

    hits: list[MarkedHit]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    accented: str | None


def find(engine: Engine, asked: Asked, page: int) -> Found:
    """Search; ``page`` counts from 1."""
    hits = search.search(
        engine, asked.q, province=asked.province, organization=asked.organization, since=asked.since,
        limit=DEEPEST,
    )  # fmt: skip
    facts = _facts(engine, [hit.article_id for hit in hits])
    kept = [hit for hit in hits if hit.article_id in facts and _fits(asked, facts[hit.article_id])]
    shown = kept[(page - 1) * PAGE : page * PAGE]
    words = set(fold(asked.q).split())
    marked = [
        MarkedHit(
            hit.article_id, mark(hit.title, words), mark(hit.snippet, words), hit.portal, hit.published_at
        )
        for hit in shown
    ]
    rows = [facts[hit.article_id] for hit in kept]
    return Found(marked, len(kept), _facets(rows), accented(asked.q, [hit.title for hit in kept]))


def mark(text: str, words: set[str]) -> Markup:
    """``text`` as HTML with the words marked that the folded query names."""
    pieces = [
        f"<mark>{escape(word)}</mark>" if words & set(fold(word).split()) else str(escape(word))
        for word in text.split()
    ]
    return Markup(" ".join(pieces).replace("</mark> <mark>", " "))  # noqa: S704 - every word is escaped


def accented(query: str, titles: Sequence[str]) -> str | None:
    """The query with the accents that most titles give it; None where it has some, or is right as it is."""
    decomposed = unicodedata.normalize("NFD", query)
    if "đ" in query.lower() or any(unicodedata.combining(letter) for letter in decomposed):
        return None
    wanted = fold(query).split()
    forms: Counter[str] = Counter()
    for title in titles:
        words = ["".join(c for c in word if c.isalnum()) for word in title.split()]
        for start in range(len(words) - len(wanted) + 1):
            some = words[start : start + len(wanted)]
            if [fold(word) for word in some] == wanted:
                forms[" ".join(some).lower()] += 1
    best = forms.most_common(1)
    return best[0][0] if best and best[0][0] != query.strip().lower() else None


def _facts(engine: Engine, ids: Sequence[str]) -> dict[str, RowMapping]:
    table = articles.c
    query = select(
        table.public_id, table.provinces_2024, table.provinces_2025, table.organizations, table.kind,
        table.portal, table.portals, table.published_at,
    )  # fmt: skip
    with reading(engine) as connection:
        return {
            row["public_id"]: row
            for some in chunks(ids)
            for row in connection.execute(query.where(table.public_id.in_(some))).mappings()
        }


def _fits(asked: Asked, row: RowMapping) -> bool:
    return (
        (asked.portal is None or asked.portal in row["portals"])
        and asked.kind in (None, row["kind"])
        and (asked.until is None or (row["published_at"] is not None and row["published_at"] < asked.until))
    )


def _facets(rows: Sequence[RowMapping]) -> dict[str, list[tuple[str, int]]]:
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("organization", "province", "kind", "portal")
    }
    for row in rows:
        counts["organization"].update(row["organizations"])
        counts["province"].update({*row["provinces_2024"], *row["provinces_2025"]})
        counts["kind"].update([row["kind"]] if row["kind"] else [])
        counts["portal"].update([row["portal"]])
    return {name: count.most_common(8) for name, count in counts.items()}
