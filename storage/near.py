"""Stories: articles that are near-copies of each other, found by MinHash bands and proved word for word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storage import sketch
from storage.batch import Batch
from storage.kept import Kept
from storage.words import SHORT_WORDS, Words, words_of_row

SAME_STORY = 0.6
"""Jaccard of folded word 3-shingles from which two texts are one story (DESIGN.md)."""

BRIDGE = 0.7
"""From which a text also joins two stories (or articles) that were apart so far. Distances of Jaccard
obey the triangle rule: two texts at 0.7 from a third share 0.4 with each other at least; at 0.6 it
would be 0.2, which boilerplate alone reaches."""

_PROMISING = 0.5
"""Estimate from which the texts themselves are compared: 2.3 standard deviations below SAME_STORY, so
that 1 in 100 pairs right at the limit is missed, and boilerplate (0.43 measured) is seldom read."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What near-copies of a text are found by. ``signature`` and ``bands`` are empty for short texts."""

    shingles: sketch.Shingles
    signature: sketch.Signature | None
    bands: tuple[int, ...]

    @property
    def stored_signature(self) -> bytes | None:
        """The signature as the column keeps it: little-endian 32-bit numbers."""
        return None if self.signature is None else self.signature.astype("<u4").tobytes()


def sketch_of(words: Words) -> Sketch:
    """The sketch of a text's lead and paragraphs."""
    shingles = sketch.shingles(words.body)
    if len(words.body) < SHORT_WORDS:
        return Sketch(shingles, None, ())
    signature = sketch.signature(shingles)
    return Sketch(shingles, signature, tuple(sketch.bands(signature)))


def similarity(one: Sketch, kept: Kept) -> float:
    """The true Jaccard similarity of a text and an article's present words."""
    return sketch.jaccard(one.shingles, sketch.shingles(words_of_row(kept.row).body))


def load_candidates(batch: Batch, sketches: list[Sketch]) -> None:
    """Load what :func:`join_story` will need for ``sketches``, in few queries."""
    batch.load_bands(sorted({band for one in sketches for band in one.bands}))
    stored = batch.signatures({id for one in sketches for id in batch.owners_of_bands(one.bands)})
    signatures = {id: np.frombuffer(column, dtype="<u4") for id, column in stored.items()}
    batch.require(
        id
        for one in sketches
        if one.signature is not None
        for id in batch.owners_of_bands(one.bands)
        if id in signatures and sketch.estimate(one.signature, signatures[id]) >= _PROMISING
    )


def join_story(batch: Batch, kept: Kept, one: Sketch) -> bool:
    """Put ``kept``, whose text is ``one``, into its nearest near-copy's story; whether that is a new one.

    Further near-copies from BRIDGE on bring their stories along. Short texts join nothing.
    """
    near = _near_copies(batch, kept, one)
    made = False
    for position, (jaccard, other) in enumerate(near):
        if position > 0 and jaccard < BRIDGE:
            break
        made |= _unite(batch, kept, other)
    return made


def _near_copies(batch: Batch, kept: Kept, one: Sketch) -> list[tuple[float, Kept]]:
    if one.signature is None:
        return []
    candidates = {
        other.id: other
        for other in (batch.article(id) for id in batch.owners_of_bands(one.bands) if batch.loaded(id))
        if other is not kept
    }
    near = []
    for other in candidates.values():
        signature = np.frombuffer(other.row["signature"] or b"", dtype="<u4")
        comparable = signature.size and other.row["sig_version"] == sketch.VERSION
        if comparable and sketch.estimate(one.signature, signature) >= _PROMISING:
            jaccard = similarity(one, other)
            if jaccard >= SAME_STORY:
                near.append((jaccard, other))
    return sorted(near, key=lambda entry: (-entry[0], entry[1].id))


def _unite(batch: Batch, kept: Kept, other: Kept) -> bool:
    """Put both articles, and those of their stories, into the older of their stories or a new one."""
    known = {article.row["story_id"] for article in (kept, other)} - {None}
    story = min(known) if known else batch.new_story()
    moving = [kept, other]
    for left in known - {story}:
        moving += batch.require_members(left)
    for article in moving:
        if article.set(story_id=story):
            article.announce()
    return not known
