"""Searching as the page shows it: hits with their words marked, facets, the accents that were left out."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape
from sqlalchemy import Engine

from storage.facets import Filters, UnknownValue
from storage.search import Results, search
from storage.snippets import Passage
from vietnam.writing import fold

PAGE = 20
FACETS = 8
"""Values of a facet that are offered."""


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
    """What was found: one page of hits, how many in all (``is_more``: at least so many), and their facets.

    ``ranked`` hits can be paged through. ``accented`` is the query with the accents that its matches mostly
    have, where it was typed without any. ``unknown`` says, in a line, which filter names nothing.
    """

    hits: list[MarkedHit]
    total: int
    is_more: bool
    ranked: int
    facets: dict[str, list[tuple[str, int]]]
    accented: str | None
    unknown: str | None = None


def find(engine: Engine, query: str, filters: Filters, page: int) -> Found:
    """Search; ``page`` counts from 1."""
    try:
        found = search(engine, query, filters, limit=PAGE, offset=(page - 1) * PAGE)
    except UnknownValue as unknown:
        return Found([], 0, is_more=False, ranked=0, facets={}, accented=None, unknown=str(unknown))
    marked = [
        MarkedHit(hit.article_id, mark(hit.title), mark(hit.snippet), hit.portal, hit.published_at)
        for hit in found.hits
    ]
    titles = [hit.title.text for hit in found.hits]
    return Found(marked, found.total, found.is_more, found.ranked, _facets(found), accented(query, titles))


def mark(passage: Passage) -> Markup:
    """A passage as HTML with its places marked."""
    pieces = (
        f"<mark>{escape(text)}</mark>" if is_hit else str(escape(text)) for text, is_hit in passage.pieces()
    )
    return Markup("".join(pieces))  # noqa: S704 - every piece is escaped


def _facets(found: Results) -> dict[str, list[tuple[str, int]]]:
    """The facets of the page; a province counts under its names of either era."""
    provinces: Counter[str] = Counter()
    for era in ("province_2025", "province_2024"):
        for name, count in found.facets.get(era, {}).items():
            provinces[name] = max(provinces[name], count)
    shown: dict[str, Mapping[str, int]] = {
        "organization": found.facets.get("organization", {}),
        "province": provinces,
        "kind": found.facets.get("kind", {}),
        "portal": found.facets.get("portal", {}),
    }
    return {name: Counter(counts).most_common(FACETS) for name, counts in shown.items()}


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
