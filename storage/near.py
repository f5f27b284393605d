"""Stories: articles that are near-copies of each other, found by shared windows and proved word for word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from storage import sketch
from storage.batch import Batch
from storage.kept import Kept
from storage.words import Words, body_of_row

SAME_STORY = 0.6
"""Jaccard of folded word 3-shingles from which two texts are one story (DESIGN.md)."""

SPREAD = 0.36
"""Jaccard from which two texts may still be one story, if edits are spread over both of them: Jaccard falls
with the third power of the words that stayed. 15 % of the words replaced: 0.44, and a lead added: 0.39."""

COVERED = (0.72, 2 / 3)
"""Shares of the words of the one text, and of the other, that then must stand in shared shingles, in order:
0.80 with 15 % of the words replaced (docs/decisions.md has the figures)."""

NUMBERS = (4, 0.5)
"""How many numbers of the one text say something, and the share of them that then must be in the other too.
A form that is filled in anew (a bulletin of each day, the report of each commune's meeting) shares 0.1 to
0.46 of them, a copy with 15 % of its words replaced 0.5 at the least."""

BRIDGE = 0.7
"""From which a text also joins two stories (or articles) that were apart so far. Distances of Jaccard
obey the triangle rule: two texts at 0.7 from a third share 0.4 with each other at least; at 0.6 it
would be 0.2, which boilerplate alone reaches."""

_PROMISING = 0.3
"""Estimate from which the texts themselves are compared: two standard deviations below 0.39, and above the
0.2 of two texts that share a third as boilerplate."""

_COMPARED = 6
"""Candidates of one text that are compared at most, the likeliest first: forms that hundreds fill in would
cost half a millisecond for each of forty."""

_LOOKED_AT = 12
"""Owners of a text's windows whose signatures are read, those of the most windows first. A near-copy shares
some; those with one are mostly phrases that everybody uses."""


@dataclass(slots=True, eq=False)
class Sketch:
    """What near-copies of a text are found by. ``signature`` and ``windows`` are empty for short texts.

    Not frozen: it keeps what its comparisons worked out.
    """

    sequence: sketch.Sequence64
    signature: bytes | None
    """As the column keeps it: little-endian 32-bit numbers."""
    windows: tuple[int, ...]
    alike: dict[bytes, float] = field(default_factory=dict)
    """What was estimated so far: the similarity to a text with this stored signature. A batch asks for all
    pairs at once, and then article by article: 1 µs a pair together, 30 µs an article alone."""

    _shingles: sketch.Shingles | None = field(default=None, init=False)

    @property
    def shingles(self) -> sketch.Shingles:
        """What the text is compared by. Sorted at the first comparison: most texts never come to one."""
        if self._shingles is None:
            self._shingles = sketch.distinct(self.sequence)
        return self._shingles


def sketch_of(words: Words) -> Sketch:
    """The sketch of a text's lead and paragraphs."""
    return sketches_of([words])[0]


def sketches_of(texts: Sequence[Words]) -> list[Sketch]:
    """The sketches of several texts."""
    sequences = sketch.runs_of([words.body for words in texts], sketch.SHINGLE, sketch.WINDOW)
    return [
        Sketch(sequence, None, ())
        if words.short
        else Sketch(sequence, _stored(sketch.signature(sequence)), tuple(sketch.windows(of_windows)))
        for words, (sequence, of_windows) in zip(texts, sequences, strict=True)
    ]


def _stored(signature: sketch.Signature) -> bytes:
    return signature.astype("<u4", copy=False).tobytes()


def similarity(one: Sketch, kept: Kept) -> float:
    """The true Jaccard similarity of a text and an article's present words."""
    return sketch.jaccard(one.shingles, _shingles(body_of_row(kept.row))[1])


def story_similarity(one: Sketch, kept: Kept, other: Kept) -> float | None:
    """The Jaccard similarity of two articles if they are one story, None if not. ``one``: of ``kept``."""
    body = body_of_row(other.row)
    sequence, shingles = _shingles(body)
    jaccard = sketch.jaccard(one.shingles, shingles)
    if jaccard >= SAME_STORY or jaccard < SPREAD:
        return jaccard if jaccard >= SAME_STORY else None
    shares = sketch.covered(one.sequence, sequence), sketch.covered(sequence, one.sequence)
    spread = max(shares) >= COVERED[0] and min(shares) >= COVERED[1]
    return jaccard if spread and _numbers_agree(body_of_row(kept.row), body) else None


def _numbers_agree(one: str, other: str) -> bool:
    """Whether two texts, folded, tell the same dates and amounts, as far as they tell any."""
    numbers = [Counter(word for word in body.split() if word.isdecimal()) for body in (one, other)]
    fewest = min(of_text.total() for of_text in numbers)
    return fewest < NUMBERS[0] or (numbers[0] & numbers[1]).total() >= NUMBERS[1] * fewest


def load_candidates(batch: Batch, sketches: Sequence[Sketch]) -> None:
    """Load what :func:`join_story` will need for ``sketches``, in few queries."""
    every = {*chain.from_iterable(one.windows for one in sketches)}
    # in their order, by which they stand in the tree; Python's sort takes 35 thousand instructions an article
    batch.owners.load_windows(np.sort(np.array([*every], dtype=np.int64)).tolist())
    owners = [_owners(batch, one) for one in sketches]
    stored = batch.signatures({id for ids in owners for id in ids})
    batch.require({id for ids in _likeliest(sketches, owners, stored) for id in ids})


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
    owners = {*batch.owners.of_windows(one.windows)}
    loaded = [batch.article(id) for id in owners if batch.loaded(id)]
    candidates = {other.id: other for other in loaded if other is not kept}
    if not candidates:
        return []
    signatures = {
        id: bytes(other.row["signature"])
        for id, other in candidates.items()
        if other.row["signature"] and other.row["sig_version"] == sketch.VERSION
    }
    near = []
    for id in _likeliest([one], [list(signatures)], signatures)[0]:
        jaccard = story_similarity(one, kept, candidates[id])
        if jaccard is not None:
            near.append((jaccard, candidates[id]))
    return sorted(near, key=lambda entry: (-entry[0], entry[1].id))


def _owners(batch: Batch, one: Sketch) -> list[int]:
    """The articles that own the most of a text's windows."""
    owned = [*batch.owners.of_windows(one.windows)]
    distinct = dict.fromkeys(owned)
    if len(distinct) <= _LOOKED_AT:
        return [*distinct]
    return [id for id, _ in Counter(owned).most_common(_LOOKED_AT)]


def _likeliest(
    sketches: Sequence[Sketch], candidates: Sequence[Sequence[int]], signatures: Mapping[int, bytes]
) -> list[list[int]]:
    """For each text, those of its candidates that are worth comparing with it, the likeliest first."""
    known = [[id for id in ids if id in signatures] for ids in candidates]
    _estimate([(one, signatures[id]) for one, ids in zip(sketches, known, strict=True) for id in ids])
    likeliest: list[list[int]] = []
    for one, ids in zip(sketches, known, strict=True):
        alike = {id: one.alike.get(signatures[id], 0.0) for id in ids}
        promising = [id for id in ids if alike[id] >= _PROMISING]
        promising.sort(key=alike.__getitem__, reverse=True)
        likeliest.append(promising[:_COMPARED])
    return likeliest


def _estimate(pairs: Sequence[tuple[Sketch, bytes]]) -> None:
    """Estimate what was not yet, of texts that are long enough and stored signatures."""
    wanted = [
        (one, one.signature, other)
        for one, other in pairs
        if one.signature is not None and other not in one.alike
    ]
    if not wanted:
        return
    ones = np.frombuffer(b"".join([own for _, own, _ in wanted]), dtype="<u4").reshape(-1, sketch.SIGNED)
    others = np.frombuffer(b"".join([other for _, _, other in wanted]), dtype="<u4").reshape(ones.shape)
    for (one, _, other), alike in zip(wanted, sketch.estimates(ones, others).tolist(), strict=True):
        one.alike[other] = alike


def _shingles(body: str) -> tuple[sketch.Sequence64, sketch.Shingles]:
    (sequence,) = sketch.runs(body, sketch.SHINGLE)
    return sequence, sketch.distinct(sequence)


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
