"""What counts as the same words: the keys by which a text is recognised at another address, and as edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from typing import Any

from storage.records import Article
from vietnam.writing import fold, match_form

SHORT_WORDS = 30
"""Bodies below this many words (photo news, "see the attached file") say too little: they are the same
text only where the title is the same too, and never near copies. The brief's figure; at 30 words two
changed words already take the Jaccard of 3-shingles below 0.65."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one article, folded for comparing, with their hashes.

    ``edition`` changes with any word of title, lead or paragraphs, accents included, but not with
    spacing, punctuation, capitals or tone placement: a new one at a known address is a revision.
    ``text_keys`` name the text apart from its title: its body with and without the lead, since one
    portal sets the lead apart, the next prints it as a paragraph and a third drops it.
    """

    edition: bytes
    text_keys: tuple[bytes, ...]
    title: str
    body: tuple[str, ...]
    """Folded words of lead and paragraphs."""


def words_of(article: Article) -> Words:
    """The words of an article as the reader gave it (NFC, clean)."""
    title = article.title.split()
    lead = (article.lead or "").split()
    paragraphs = "\n".join(article.paragraphs).split()
    folded_title = " ".join(filter(None, map(_folded.__getitem__, title)))
    folded_lead = " ".join(map(_folded.__getitem__, lead)).split()
    folded_paragraphs = " ".join(map(_folded.__getitem__, paragraphs)).split()
    body = folded_lead + folded_paragraphs
    if len(folded_paragraphs) >= SHORT_WORDS:
        keys = {_digest(body), _digest(folded_paragraphs)}
    else:
        keys = {_digest(body if len(body) >= SHORT_WORDS else [folded_title, "|", *body])}
    return Words(
        edition=_digest(filter(None, map(_exact.__getitem__, chain(title, lead, paragraphs)))),
        text_keys=tuple(sorted(keys)),
        title=folded_title,
        body=tuple(body),
    )


def words_of_row(row: Mapping[str, Any]) -> Words:
    """The words of a stored article (a row of the table)."""
    return words_of(
        Article(url="", title=row["title"], lead=row["lead"], paragraphs=tuple(row["paragraphs"]))
    )


class _Forms(dict[str, str]):
    """A form of each written word, remembered: a third of the time of working on whole texts."""

    def __init__(self, form: Callable[[str], str]) -> None:
        self._form = form

    def __missing__(self, word: str) -> str:
        if len(self) >= _MEMORY:
            self.clear()
        self[word] = form = self._form(word)
        return form


def _letters(word: str) -> str:
    return "".join(filter(str.isalnum, match_form(word).casefold()))


_MEMORY = 100_000
"""Words of each form in memory, about 15 MB."""

_folded = _Forms(fold)
_exact = _Forms(_letters)


def _digest(words: Iterable[str]) -> bytes:
    return blake2b(" ".join(words).encode(), digest_size=16).digest()
