"""Article -> organizations, places, kind, documents, officials, event date and relevance, from vietnam/."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from storage.portals import Portal
from storage.records import Article, Document, Official
from vietnam import byte_letters, dates, officials, organizations, phrases, places, writing
from vietnam.documents import find_documents
from vietnam.event_dates import READ, event_day
from vietnam.hosts import host_of
from vietnam.kinds import kind_of
from vietnam.officials import find_officials
from vietnam.organizations import find_organizations, named, owner_of_host
from vietnam.places import Home, Places, find_places
from vietnam.relevance import THRESHOLD, relevance

__all__ = ["Home", "Tags", "home_of", "tag", "tag_row"]

# Owners of the registry -> the organization that speaks on their portals.
_OWNERS = {
    "front": "MTTQ",
    "trade_union": "LDLD",
    "farmers": "HND",
    "women": "HLHPN",
    "youth": "DTN",
    "veterans": "HCCB",
}

_HEAD = 700
"""Letters of the body in which organizations are looked at one by one; further on each counts once."""
_BEGINNING = 1_510
"""Letters behind the title of which places are told."""
_ANYWHERE = (*organizations.ANCHORS, *organizations.ANCHOR_WORDS, *officials.POSTS, *officials.POST_WORDS)
_PHRASES = phrases.Phrases(
    (*organizations.ANCHORS, *officials.POSTS, *places.PHRASES),
    (*organizations.ANCHOR_WORDS, *officials.POST_WORDS, *places.WORDS),
    later=_ANYWHERE,
)
"""What all parts of tagging look for, in one look: each by itself took 570,000 instructions an article."""

_NAMES = [field.name for field in dataclasses.fields(Article)]
_AS_READ = attrgetter(*_NAMES[: _NAMES.index("event_date")])
"""What reading filled: the fields before those of tagging."""


class Tags(NamedTuple):
    """What is known of an article from its words: the CONTRACT keys that `tag` adds."""

    relevant: bool
    relevance: float
    organizations: tuple[str, ...]
    places: Places
    kind: str
    event_date: date | None
    documents: tuple[Document, ...]
    officials: tuple[Official, ...]


def tag(article: Article, *, home: Home | None = None, owner: str | None = None) -> Article:
    """Return the article with its knowledge fields filled.

    ``home``: the place of the portal's record; without it the host of the URL is asked. ``owner``: the
    record's owner ("front", "youth", …), whose own organization then needs less proof of being the subject.
    """
    stamp = (
        dates.Stamp(article.published_at, article.published_precision or "day")
        if article.published_at
        else None
    )
    tags = _tags(
        article.title,
        article.lead,
        article.paragraphs,
        url=article.url,
        published=_last_day(stamp, article.url),
        home=home,
        owner=_OWNERS.get(owner or ""),
    )
    places = tags.places
    fields: list[Any] = [  # in their order, for half the instructions of dataclasses.replace
        *_AS_READ(article),
        tags.event_date,
        tags.relevant,
        tags.relevance,
        tags.organizations,
        places.provinces_2024,
        places.districts_2024,
        places.provinces_2025,
        places.communes_2025,
        tags.kind,
        tags.documents,
        tags.officials,
        article.provenance,
    ]
    return Article(*fields)


def tag_row(
    title: str,
    text: str,
    url: str,
    published_at: str | None,
    *,
    home: Home | None = None,
    owner: str | None = None,
) -> dict[str, object]:
    """Return what `frontnews tag` adds to one row, in CONTRACT order and JSON types.

    ``text``: paragraphs separated by line breaks. ``published_at``: ISO 8601, or any form that
    :func:`vietnam.dates.parse_stamp` reads; what it cannot read counts as unknown.
    """
    paragraphs = [line for line in map(writing.clean, text.splitlines()) if line]
    tags = _tags(
        writing.clean(title),
        None,
        paragraphs,
        url=url,
        published=_last_day(_stamp(published_at), url),
        home=home,
        owner=_OWNERS.get(owner or ""),
    )
    return {
        "event_date": tags.event_date.isoformat() if tags.event_date else None,
        "relevant": tags.relevant,
        "relevance": tags.relevance,
        "organizations": list(tags.organizations),
        "provinces_2024": list(tags.places.provinces_2024),
        "districts_2024": list(tags.places.districts_2024),
        "provinces_2025": list(tags.places.provinces_2025),
        "communes_2025": list(tags.places.communes_2025),
        "kind": tags.kind,
        "documents": [dataclasses.asdict(document) for document in tags.documents],
        "officials": [dataclasses.asdict(official) for official in tags.officials],
    }


def _stamp(published_at: str | None) -> dates.Stamp | None:
    if not published_at:
        return None
    try:
        return dates.Stamp(datetime.fromisoformat(published_at), "minute")
    except ValueError:
        return dates.parse_stamp(published_at)


def _last_day(stamp: dates.Stamp | None, url: str) -> date | None:
    """The day of publication; many an address has it where the page has none (/202303/)."""
    stamp = stamp or dates.stamp_from_url(url)
    return stamp.last_day if stamp else None


def _tags(
    title: str,
    lead: str | None,
    paragraphs: Sequence[str],
    *,
    url: str,
    published: date | None,
    home: Home | None,
    owner: str | None,
) -> Tags:
    """Title, lead and paragraphs: clean, as the record keeps them."""
    body = [lead, *paragraphs] if lead else list(paragraphs)
    text = "\n".join(body)
    whole = "\n".join((title, *body))
    letters, matched, lowered, words = byte_letters.in_forms(whole)  # clean already: each line stays a line
    grams = phrases.grams_of(words)
    at = _PHRASES.places(lowered, grams, len(title) + _BEGINNING)
    of_body = letters[len(title) + 1 :]
    headline, *segments = lowered.split("\n", READ + 1)[: READ + 1]
    title_length = len(headline)
    owner = owner or owner_of_host(host_of(url))
    is_aligned = len(lowered) == len(whole)  # İ: "i̇", two letters
    found = find_organizations(matched, lowered, title_length + _HEAD, owner=owner, at=at)
    weight = relevance(found, lowered, title_length, owner=owner)
    relevant = weight >= THRESHOLD
    return Tags(
        relevant=relevant,
        relevance=round(weight, 3),
        organizations=named(found),
        places=find_places(
            title,
            text,
            published=published,
            home=home,
            url=url,
            letters=letters,
            lowered=lowered if is_aligned else None,
            at=at,
        ),
        kind=kind_of(headline, lowered[title_length + 1 :], relevant=relevant, grams=grams),
        event_date=event_day(headline, segments if lead else segments[: READ - 1], published),
        documents=tuple(
            Document(row.kind, row.number, row.date, row.issuer) for row in find_documents(text, of_body)
        ),
        officials=tuple(
            Official(row.name, row.position)
            for row in find_officials(text, of_body, _posts(at, title_length + 1) if is_aligned else None)
        ),
    )


def _posts(at: Mapping[str, Sequence[int]], body: int) -> list[int]:
    """Where positions of officials may begin, counted from the beginning of the body."""
    named = (*officials.POSTS, *officials.POST_WORDS)
    return sorted(place - body for post in named for place in at.get(post, ()) if place >= body)


def home_of(portal: Portal) -> Home:
    """The place of a portal, as tagging wants it."""
    return Home(portal.province_2024, portal.district_2024, portal.province_2025, portal.communes_2025)
