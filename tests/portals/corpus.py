"""What each demo portal has published: originals, copies, light edits, off-topic news, on which day.

The truth about copies is exact by construction: an original is redrawn until it shares less than a
third of its word 3-shingles with every other, a light edit until it shares at least 0.7.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone

from tests.portals.bylines import draw_source
from tests.portals.districts import MERGER
from tests.portals.events import Text, write_news, write_other_news
from tests.portals.portals import PORTALS, DemoPortal, DemoSection
from tests.portals.rewriting import edit_lightly
from tests.portals.shingles import Shelf, shingles

VIETNAM = timezone(timedelta(hours=7))
UNRELATED = 0.33
"""Below this Jaccard two originals are called unrelated; stories start at 0.6, tests demand < 0.4."""
EXACT, LIGHT, BOTH, OFF_TOPIC = 14, 12, 3, 2
"""How many articles are copied word for word, edited lightly, both; and copies of off-topic ones."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article on one portal.

    ``text_id`` is shared by identical copies, ``story`` by near-copies too (None: told only once),
    ``taken_from`` is the text_id of the original that this is a copy of. ``sections`` are slugs.
    """

    portal: DemoPortal
    number: int
    text: Text
    published: datetime
    sections: tuple[str, ...]
    text_id: str
    story: str | None = None
    taken_from: str | None = None
    attachment: str | None = None
    """Name of a file that the page links to, None for most."""

    @property
    def source(self) -> str:
        """The text_id of the original: its own where it is one."""
        return self.taken_from or self.text_id

    @property
    def on_topic(self) -> bool:
        """Whether the Front or a mass organization is the actor."""
        return self.text.organization is not None

    @property
    def kept(self) -> bool:
        """Whether ``--scope front`` keeps it: all of a front section, the relevant ones of the others."""
        scopes = {section.slug: section.scope for section in self.portal.sections}
        return self.on_topic or any(scopes[slug] == "front" for slug in self.sections)


def write_corpus(today: date, seed: str = "frontnews") -> dict[str, tuple[Entry, ...]]:
    """Entries by portal id, newest first, numbered in the order of publication.

    ``today`` is a day in Vietnam; nothing is published on it or later. The oldest are 18 months old,
    or from February 2025 where that is earlier, so that some come from before the merger.
    """
    drafts = list(_originals(today, seed))
    drafts += list(_copies(drafts, today, seed))
    told_again = {entry.taken_from for entry in drafts if entry.taken_from not in (None, entry.text_id)}
    corpus: dict[str, tuple[Entry, ...]] = {}
    for portal in PORTALS:
        own = sorted((e for e in drafts if e.portal is portal), key=lambda e: (e.published, e.text_id))
        corpus[portal.id] = tuple(
            replace(
                e, number=portal.first_number + 3 * at, story=e.source if e.source in told_again else None
            )
            for at, e in reversed(list(enumerate(own)))
        )
    return corpus


def edited(entry: Entry) -> Entry:
    """The entry after its editor came back: one paragraph says more, everything else is as before."""
    paragraphs = list(entry.text.paragraphs)
    paragraphs[1] += (
        " Theo số liệu ban tổ chức bổ sung sau khi tin được đăng, có thêm mười bảy hộ ở ba khu dân cư đăng ký"
        " tham gia, nâng tổng số hộ hưởng ứng lên gấp rưỡi so với đợt đầu năm."
    )
    return replace(entry, text=replace(entry.text, paragraphs=tuple(paragraphs)))


def _originals(today: date, seed: str) -> Iterator[Entry]:
    shelf = Shelf()
    for portal in PORTALS:
        rng = random.Random(f"{seed}/{portal.id}")
        for at in range(portal.articles):
            published = _published(at, portal.articles, today, rng)
            section = _section(portal, at, rng)
            on_topic = section.scope == "front" or rng.random() < 0.4
            for attempt in range(60):
                draw = random.Random(f"{seed}/{portal.id}/{at}/{attempt}")
                day = published.date() - timedelta(days=draw.choice((0, 0, 0, 1, 2)))
                lead = draw.random() < 0.55
                if on_topic:
                    organization = draw.choice(section.organizations)
                    text = write_news(
                        draw, day, portal.district, organization, lead=lead, named_province=True
                    )
                else:
                    text = write_other_news(draw, day, portal.district, lead=lead)
                run = shingles((text.lead or "", *text.paragraphs))
                if shelf.closest(run) < UNRELATED:
                    break
            else:
                raise ValueError(f"{portal.id}: no text unlike all others for article {at}")
            shelf.add(run)
            sections: tuple[str, ...] = (section.slug,)
            if section.scope == "front" and rng.random() < 0.12:
                sections += (portal.sections[-1].slug,)
            attachment = f"Tài liệu số {at + 1}.pdf" if on_topic and rng.random() < 0.12 else None
            yield Entry(portal, 0, text, published, sections, f"{portal.id}#{at}", attachment=attachment)


def _published(at: int, count: int, today: date, rng: random.Random) -> datetime:
    """The ``at``-th newest of ``count``: yesterday, then ever further apart; a fifth before the merger."""
    oldest = min(today - timedelta(days=548), date(2025, 2, 3))
    span = (today - oldest).days
    before_merger = round(count * 0.8)
    reach = (today - MERGER).days - 4 if today > MERGER + timedelta(days=60) else span * 8 // 10
    if at < before_merger:
        days = 1 + reach * (at / before_merger) ** 1.5
    else:
        days = reach + 8 + (span - reach - 8) * (at - before_merger) / (count - before_merger)
    clock = time(rng.randint(7, 19), rng.randint(0, 59), tzinfo=VIETNAM)
    return datetime.combine(today - timedelta(days=max(1, round(days))), clock)


def _section(portal: DemoPortal, at: int, rng: random.Random) -> DemoSection:
    front = [section for section in portal.sections if section.scope == "front"]
    if at < len(front):
        return front[at]  # each front section has something of yesterday
    news = [section for section in portal.sections if section.scope == "news"]
    return rng.choice(news) if rng.random() < 0.38 else rng.choice(front)


def _copies(originals: list[Entry], today: date, seed: str) -> Iterator[Entry]:
    rng = random.Random(f"{seed}/copies")
    latest = datetime.combine(today - timedelta(days=6), time(), tzinfo=VIETNAM)
    old = [entry for entry in originals if entry.published < latest]
    news = [entry for entry in old if entry.on_topic]
    plain = rng.sample([entry for entry in news if entry.text.lead is None], LIGHT + BOTH)
    exact = rng.sample([entry for entry in news if entry not in plain], EXACT)
    for source in [*exact, *plain[LIGHT:], *rng.sample([e for e in old if not e.on_topic], OFF_TOPIC)]:
        yield _taken_over(source, 1, rng, light=False)
    for source in plain:
        yield _taken_over(source, 2, rng, light=True)


def _taken_over(source: Entry, turn: int, rng: random.Random, *, light: bool) -> Entry:
    """``source`` as another portal prints it some hours later; ``turn`` steps on in the list of portals."""
    portal = PORTALS[(PORTALS.index(source.portal) + turn + 2 * rng.randint(0, 2)) % len(PORTALS)]
    if light:
        text = edit_lightly(source.text, rng)
    else:
        text = replace(source.text, credit=draw_source(rng, source.portal.name))
    front = [section.slug for section in portal.sections if section.scope == "front"]
    slug = rng.choice(front) if source.on_topic and rng.random() < 0.5 else portal.sections[-1].slug
    return Entry(
        portal,
        0,
        text,
        source.published + timedelta(hours=rng.randint(2, 70), minutes=rng.randint(0, 59)),
        (slug,),
        f"{source.text_id}~{turn}" if light else source.text_id,
        taken_from=source.text_id,
    )
