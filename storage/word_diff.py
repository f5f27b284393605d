"""What changed between two texts, word by word, in bounded time whatever the texts are.

Myers' greedy algorithm (1986) with a limit on the number of edits: its work is at most the square of that
limit, where ``difflib`` takes the square of the text, and on repetitive text more. Paragraphs are paired
first, so that a moved or inserted one does not turn all that follow red.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

PieceOp = Literal["equal", "insert", "delete"]

MOST_EDITS = 600
"""Words inserted and deleted in a text that are told apart: 0.2 s at worst (November 2026). Beyond it the
whole is shown as replaced."""

_ALIKE = 0.4
"""Share of common words from which two paragraphs are shown as one that was edited."""

_MOST_PAIRS = 2_500
"""Pairs of paragraphs between two unchanged ones that are compared: 50 of each."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row that were kept, added or taken out."""

    op: PieceOp
    text: str


Pieces = tuple[Piece, ...]


def diff_words(old: str, new: str, most_edits: int = MOST_EDITS) -> Pieces:
    """The pieces of which ``old`` (equal and delete) and ``new`` (equal and insert) consist, in order."""
    return tuple(
        Piece(op, " ".join(words))
        for op, words in _runs(_readable(_edits(old.split(), new.split(), most_edits)))
    )


def diff_paragraphs(old: Sequence[str], new: Sequence[str]) -> tuple[Pieces, ...]:
    """One entry for each paragraph of either text, in reading order: kept, edited, added or taken out."""
    shown: list[Pieces] = []
    many = max(len(old), len(new))
    most_edits = int(MOST_EDITS * min(1.0, 2 / max(1, many) ** 0.5))  # all together as much work as four
    for same, before, after in _gaps(old, new):
        if same:
            shown += [(Piece("equal", paragraph),) for paragraph in before]
            continue
        pairs = dict(_pair(before, after))
        taken = 0
        for number, paragraph in enumerate(after):
            if number in pairs:
                shown += [(Piece("delete", gone),) for gone in before[taken : pairs[number]] if gone]
                taken = pairs[number] + 1
                shown.append(diff_words(before[pairs[number]], paragraph, most_edits))
            else:
                shown.append((Piece("insert", paragraph),))
        shown += [(Piece("delete", gone),) for gone in before[taken:]]
    return tuple(shown)


def is_change(pieces: Pieces) -> bool:
    """Whether anything was added or taken out."""
    return any(piece.op != "equal" for piece in pieces)


_Edit = tuple[PieceOp, str]


def _edits(old: Sequence[str], new: Sequence[str], most: int = MOST_EDITS) -> list[_Edit]:
    start = 0
    shortest = min(len(old), len(new))
    while start < shortest and old[start] == new[start]:
        start += 1
    end = 0
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    script = _shortest_script(before, after, most)
    replaced: list[_Edit] = [("delete", word) for word in before]
    replaced += [("insert", word) for word in after]
    middle = replaced if script is None else script
    kept: list[_Edit] = [("equal", word) for word in old[:start]]
    return kept + middle + [("equal", word) for word in old[len(old) - end :]]


def _shortest_script(old: Sequence[str], new: Sequence[str], most: int) -> list[_Edit] | None:
    """The shortest edit script, None if it has more than ``most`` edits."""
    reach = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(len(old) + len(new), most) + 1):
        trace.append(
            dict(reach) if edits < 2 else {k: reach[k] for k in range(-edits, edits + 1) if k in reach}
        )
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            y = x - diagonal
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            reach[diagonal] = x
            if x >= len(old) and y >= len(new):
                return _walk_back(trace, old, new)
    return None


def _walk_back(trace: Sequence[dict[int, int]], old: Sequence[str], new: Sequence[str]) -> list[_Edit]:
    script: list[_Edit] = []
    x, y = len(old), len(new)
    for edits in range(len(trace) - 1, -1, -1):
        reach = trace[edits]
        diagonal = x - y
        down = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
        before = diagonal + 1 if down else diagonal - 1
        from_x = reach[before] if edits else 0
        from_y = from_x - before if edits else 0
        while x > from_x and y > from_y:
            x, y = x - 1, y - 1
            script.append(("equal", old[x]))
        if edits:
            script.append(("insert", new[from_y]) if down else ("delete", old[from_x]))
            x, y = from_x, from_y
    script.reverse()
    return script


def _readable(edits: list[_Edit]) -> list[_Edit]:
    """Take single kept words between changes for changed: "của" alone in a rewritten sentence tells nothing.

    Within a change, what was taken out comes before what was added.
    """
    runs = _runs(edits)
    tidy: list[_Edit] = []
    gone: list[str] = []
    added: list[str] = []

    def close() -> None:
        tidy.extend(("delete", word) for word in gone)
        tidy.extend(("insert", word) for word in added)
        gone.clear()
        added.clear()

    for number, (op, words) in enumerate(runs):
        between = 0 < number < len(runs) - 1
        if op == "equal" and between and gone and added and len(words) == 1:
            gone.extend(words)
            added.extend(words)
        elif op == "equal":
            close()
            tidy.extend((op, word) for word in words)
        else:
            (gone if op == "delete" else added).extend(words)
    close()
    return tidy


def _runs(edits: list[_Edit]) -> list[tuple[PieceOp, list[str]]]:
    return [(op, [word for _, word in run]) for op, run in groupby(edits, key=lambda edit: edit[0])]


def _gaps(old: Sequence[str], new: Sequence[str]) -> list[tuple[bool, list[str], list[str]]]:
    """Runs of paragraphs that both have, and between them what only one has."""
    gaps: list[tuple[bool, list[str], list[str]]] = []
    for same, run in groupby(_edits(old, new), key=lambda edit: edit[0] == "equal"):
        edits = list(run)
        before = [text for op, text in edits if op != "insert"]
        after = [text for op, text in edits if op != "delete"]
        gaps.append((same, before, after))
    return gaps


def _pair(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Which paragraph of ``after`` is which of ``before``, in order, so that most words are common."""
    if len(before) * len(after) > _MOST_PAIRS:
        return list(zip(range(len(after)), range(len(before)), strict=False))
    old_words, new_words = ([Counter(text.split()) for text in texts] for texts in (before, after))
    best = [[(0.0, 0)] * (len(after) + 1) for _ in range(len(before) + 1)]  # (score, step back)
    for i, old in enumerate(old_words, 1):
        for j, new in enumerate(new_words, 1):
            shared = sum((old & new).values())
            alike = 2 * shared / max(1, old.total() + new.total())
            paired = best[i - 1][j - 1][0] + (shared if alike >= _ALIKE else -1)
            best[i][j] = max((paired, 2), (best[i - 1][j][0], 1), (best[i][j - 1][0], 0))
    pairs = []
    i, j = len(before), len(after)
    while i and j:
        step = best[i][j][1]
        if step == 2:
            i, j = i - 1, j - 1
            pairs.append((j, i))
        elif step == 1:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
