"""What a person types into the search box, understood: words, "phrases in quotes", -words to leave out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.newest import Run
from storage.search_index import accented
from vietnam.writing import clean, fold

_TERM = re.compile(r"""(?P<minus>(?<!\S)[-−–])?(?:["“”„](?P<phrase>[^"“”„]*)["“”„]?|(?P<word>[^\s"“”„]+))""")
_MOST_WORDS = 32
"""Of a query; the rest is left out. More do not make it clearer, and each costs a look-up."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query. ``runs`` are folded: a word is a run of one, a phrase in quotes longer."""

    runs: tuple[Run, ...]
    without: tuple[Run, ...]
    exact: tuple[str, ...]
    """The words with their accents, where any was typed with one; else empty: accents do not matter."""

    @property
    def words(self) -> tuple[str, ...]:
        """Every folded word that must be there, in the order of the query."""
        return tuple(word for run in self.runs for word in run)


def parse(text: str) -> Query:
    """Understand a query; never fails. Quotes may stay open, straight or curly, and anything may be NFD."""
    runs: list[Run] = []
    without: list[Run] = []
    exact: list[str] = []
    words = 0
    for term in _TERM.finditer(clean(text)):
        phrase, word = term["phrase"], term["word"]
        folded = tuple(fold(phrase if phrase is not None else word).split())
        words += len(folded)
        if not folded or words > _MOST_WORDS:
            continue
        found = [folded] if phrase is not None else [(one,) for one in folded]
        if term["minus"]:
            without += [folded]
        else:
            runs += found
            exact += accented(phrase if phrase is not None else word).split()
    has_accents = any(not word.isascii() for word in exact)
    return Query(
        tuple(dict.fromkeys(runs)), tuple(dict.fromkeys(without)), tuple(exact) if has_accents else ()
    )
