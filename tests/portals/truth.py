"""What a crawl of the demo portals should find: one row of truth for each article of each portal.

``published_precision`` is what the portal shows anywhere (page, listing or feed); times are +07:00.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from tests.portals.corpus import Entry
from tests.portals.districts import Place


@dataclass(frozen=True, slots=True)
class Truth:
    """One article on one portal. Keys mean what they mean in the CONTRACT record."""

    portal: str
    url: str
    key: str
    """The CMS's own id, as it stands in the address."""
    title: str
    lead: str | None
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...]
    byline: str | None
    authors: tuple[str, ...]
    source_credit: str | None
    published_at: datetime
    published_precision: Literal["minute", "day"]
    section: str
    sections: tuple[str, ...]
    """URLs of every section that lists it."""
    on_topic: bool
    kept: bool
    """Whether ``--scope front`` stores it."""
    kind: str
    """Topic of the text: a kind of organizations.yaml where ``on_topic``."""
    organizations: tuple[str, ...]
    """The actor; the text may mention more."""
    event_date: date
    place: Place
    text_id: str
    """Shared by identical copies."""
    story: str | None
    """Shared by near-copies; None where the event is told in one wording only."""
    copy_of: str | None
    """URL of the original, None where this is it."""
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PortalExpectation:
    """What a first and a second crawl of one portal come to.

    ``new`` and ``copies`` depend on which portal of a copied text is crawled first; their sum ``kept``
    does not. ``stories`` counts the groups of near-copies in which the portal has a part: a crawl that
    counts a story where its second wording is found agrees in the total of :class:`Expectation`.
    """

    portal: str
    listed: int
    kept: int
    new: int
    copies: int
    stories: int
    changed_in_second: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """What ``make demo`` should come to: rows by portal, and totals that no order of crawling changes."""

    portals: Mapping[str, PortalExpectation]
    listed: int
    new: int
    copies: int
    stories: int
    changed_in_second: int


def expect(
    truth: Sequence[Truth],
    order: Iterable[str],
    edited_urls: Iterable[str],
    scope: Literal["front", "all"] = "front",
) -> Expectation:
    """The outcome of crawling the portals one after another in ``order``, then again after the edits."""
    edits = set(edited_urls)
    wordings: dict[str, set[str]] = {}
    for row in truth:
        if row.story and (row.kept or scope == "all"):
            wordings.setdefault(row.story, set()).add(row.text_id)
    stories = {story for story, texts in wordings.items() if len(texts) > 1}
    seen: set[str] = set()
    portals: dict[str, PortalExpectation] = {}
    for portal in order:
        rows = [row for row in truth if row.portal == portal]
        stored = [row for row in rows if row.kept or scope == "all"]
        new = {row.text_id for row in stored} - seen
        seen |= new
        portals[portal] = PortalExpectation(
            portal,
            listed=len(rows),
            kept=len(stored),
            new=len(new),
            copies=len(stored) - len(new),
            stories=len({row.story for row in stored if row.story in stories}),
            changed_in_second=sum(row.url in edits for row in stored),
        )
    return Expectation(
        portals,
        listed=sum(row.listed for row in portals.values()),
        new=len(seen),
        copies=sum(row.copies for row in portals.values()),
        stories=len(stories),
        changed_in_second=sum(row.changed_in_second for row in portals.values()),
    )


def truth_of(entry: Entry, url: str, key: str, section_urls: Mapping[str, str], copy_of: str | None) -> Truth:
    """The row of one entry; ``section_urls`` by slug."""
    text, portal = entry.text, entry.portal
    names = {section.slug: section.name for section in portal.sections}
    day = entry.published.replace(hour=0, minute=0)
    return Truth(
        portal=portal.id,
        url=url,
        key=key,
        title=text.title,
        lead=text.lead,
        paragraphs=text.paragraphs,
        captions=text.captions,
        byline=text.credit.byline,
        authors=text.credit.authors,
        source_credit=text.credit.source,
        published_at=entry.published if portal.minute else day,
        published_precision="minute" if portal.minute else "day",
        section=names[entry.sections[0]],
        sections=tuple(section_urls[slug] for slug in entry.sections),
        on_topic=entry.on_topic,
        kept=entry.kept,
        kind=text.topic,
        organizations=(text.organization,) if text.organization else (),
        event_date=text.event_date,
        place=text.place,
        text_id=entry.text_id,
        story=entry.story,
        copy_of=copy_of,
        attachments=(entry.attachment,) if entry.attachment else (),
    )
