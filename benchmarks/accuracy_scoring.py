"""One answer against the truth of one page, field by field.

Texts are compared with one form of quotes, dashes and spaces; names without case and punctuation. What a
page does not decide is not counted. Peers are given every benefit of the doubt: a title or lead in their
text costs them nothing, their author names may come in any order, and a page without an article is right
if they give no text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from benchmarks.accuracy_pages import NO_BYLINE, Truth
from vietnam import writing
from vietnam.dates import VIETNAM

FIELDS = {
    "title": "title",
    "day": "publish date to the day, none where the page has none",
    "minute": "publish time to the minute, where the page has it",
    "byline": "byline, where there is one",
    "no byline": "no byline, where there is none",
    "captions": "captions recorded apart from the text",
    "clean": "captions kept out of the text",
    "lead": "lead, none where there is none",
    "paragraphs": "paragraph F1",
    "words": "F1 of the text's words, lead included",
    "kind": "page kind (peers: article or not)",
}
_ALIKE = str.maketrans(
    dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("‐‑‒–—―−", "-")
)
_PUNCTUATION = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system made of a page. ``captions`` is None for a system that has no such field."""

    kind: str | None = None
    title: str | None = None
    published_at: str | None = None
    precision: str | None = None
    byline: str | None = None
    lead: str | None = None
    paragraphs: tuple[str, ...] = ()
    captions: tuple[str, ...] | None = None
    is_peer: bool = False


def plain(text: str | None) -> str:
    """A text with one form of quotes, dashes, dots and spaces."""
    return " ".join(writing.clean(text or "").translate(_ALIKE).replace("…", "...").split())


def name(text: str | None) -> tuple[str, ...]:
    """The words of a byline in any order, without case and punctuation."""
    return tuple(sorted(_PUNCTUATION.sub(" ", plain(text).casefold()).split()))


def score(truth: Truth, answer: Answer) -> dict[str, tuple[float, int]]:
    """(right, of) by field of :data:`FIELDS`; a field that the page does not decide is absent."""
    kind = answer.kind
    if answer.is_peer:
        kind = "article" if answer.paragraphs else "none"
        right_kind = (kind == "article") == (truth.kind == "article")
    else:
        right_kind = kind == truth.kind
    found: dict[str, tuple[float, int]] = {"kind": (float(right_kind), 1)}
    if truth.kind != "article":
        return found
    if truth.titles:
        found["title"] = (float(plain(answer.title) in {plain(t) for t in truth.titles}), 1)
    found |= _times(truth, answer) | _names(truth, answer) | _texts(truth, answer)
    if truth.lead_decided:
        found["lead"] = (float(plain(answer.lead) == plain(truth.lead)), 1)
    return found


def _times(truth: Truth, answer: Answer) -> dict[str, tuple[float, int]]:
    if not truth.day_decided:
        return {}
    given = _moment(answer.published_at)
    if truth.published_at is None:
        return {"day": (float(given is None), 1)}
    at = truth.published_at.astimezone(VIETNAM)
    found = {"day": (float(given is not None and given.date() == at.date()), 1)}
    if truth.precision in ("minute", "second"):
        same = given is not None and given.replace(second=0, microsecond=0) == at.replace(
            second=0, microsecond=0
        )
        found["minute"] = (float(same and answer.precision in (None, "minute", "second")), 1)
    return found


def _moment(value: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat((value or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return at.astimezone(VIETNAM) if at.tzinfo else at.replace(tzinfo=VIETNAM)


def _names(truth: Truth, answer: Answer) -> dict[str, tuple[float, int]]:
    if not truth.bylines:
        return {}
    right = float(name(answer.byline) in {name(b) for b in truth.bylines})
    return {"no byline" if truth.bylines == {NO_BYLINE} else "byline": (right, 1)}


def _texts(truth: Truth, answer: Answer) -> dict[str, tuple[float, int]]:
    if truth.paragraphs is None:
        return {}
    loose = {plain(p) for p in truth.optional}
    if answer.is_peer:
        loose |= {plain(truth.lead), *map(plain, truth.titles)}
    wanted = Counter(p for p in map(plain, truth.paragraphs) if p not in loose)
    given = Counter(p for p in map(plain, answer.paragraphs) if p and p not in loose)
    same = (wanted & given).total()
    found = {"paragraphs": (2 * same / (wanted.total() + given.total()) if wanted or given else 1.0, 1)}
    if truth.paragraphs:
        found["words"] = (_words_f1(truth, answer), 1)
    if truth.captions:
        foreign = set(given) - set(wanted) - loose
        apart = [plain(c) for c in truth.captions]
        out = sum(not any(c in line for line in foreign) for c in apart) if given or not wanted else 0
        found["clean"] = (float(out), len(apart))
    if answer.captions is not None and (truth.captions or answer.captions):
        expected = Counter(map(plain, truth.captions))
        had = Counter(c for c in map(plain, answer.captions) if c not in loose)
        right = sum(n for c, n in (expected & had).items() if c not in given - wanted)
        if expected or had:
            found["captions"] = (float(right), (expected | had).total())
    return found


def _words_f1(truth: Truth, answer: Answer) -> float:
    lead = [] if truth.lead is None else [truth.lead]
    own_lead = [] if answer.is_peer or answer.lead is None else [answer.lead]
    wanted = Counter(writing.fold(" ".join([*lead, *(truth.paragraphs or ())])).split())
    given = Counter(writing.fold(" ".join([*own_lead, *answer.paragraphs])).split())
    if answer.is_peer and lead and plain(truth.lead) not in " ".join(map(plain, answer.paragraphs)):
        wanted -= Counter(writing.fold(lead[0]).split())
    return 2 * (wanted & given).total() / max(1, wanted.total() + given.total())
