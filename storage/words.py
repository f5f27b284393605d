"""What counts as the same words: the keys by which a text is recognised at another address, and as edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from storage.records import Article
from storage.sketch import word_hash
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
    body: str
    """Folded words of lead and paragraphs, one space between them."""
    hashes: bytes
    """storage.sketch.word_hash of each word of ``body``, one after the other."""

    @property
    def count(self) -> int:
        """Number of words of ``body``."""
        return len(self.hashes) // 8


def words_of(article: Article) -> Words:
    """The words of an article as the reader gave it (NFC, clean)."""
    title, _, exact_title = _forms_of(article.title)
    lead, lead_hashes, exact_lead = _forms_of(article.lead or "")
    paragraphs, paragraph_hashes, exact_paragraphs = _forms_of("\n".join(article.paragraphs))
    body = _joined(lead, paragraphs)
    hashes = lead_hashes + paragraph_hashes
    if len(paragraph_hashes) // 8 >= SHORT_WORDS:
        keys = {_digest(words) for words in ((body, paragraphs) if lead else (body,))}
    elif len(hashes) // 8 >= SHORT_WORDS:
        keys = {_digest(body)}
    else:
        keys = {_digest((title + b" | " + body).rstrip())}
    return Words(
        edition=_digest(_joined(exact_title, exact_lead, exact_paragraphs)),
        text_keys=tuple(sorted(keys)),
        title=title.decode(),
        body=body.decode(),
        hashes=hashes,
    )


def words_of_row(row: Mapping[str, Any]) -> Words:
    """The words of a stored article (a row of the table)."""
    return words_of(
        Article(url="", title=row["title"], lead=row["lead"], paragraphs=tuple(row["paragraphs"]))
    )


class _Forms:
    """The forms of each written word, remembered: folded, hashes of the folded words, exact.

    A form that is not empty ends with a space, so that a text's forms are its words' forms joined. Bytes,
    because they are joined three times as fast as letters of different widths.
    """

    def __init__(self) -> None:
        self.folded: dict[str, bytes] = {}
        self.hashes: dict[str, bytes] = {}
        self.exact: dict[str, bytes] = {}

    def of(self, words: Sequence[str]) -> tuple[bytes, bytes, bytes]:
        """The forms of words in a row. One may fold to nothing (a dash) or to several (12/7)."""
        try:
            exact = b"".join(map(self.exact.__getitem__, words))
        except KeyError:
            self._learn(set(words).difference(self.exact))
            exact = b"".join(map(self.exact.__getitem__, words))
        folded = b"".join(map(self.folded.__getitem__, words))
        hashes = b"".join(map(self.hashes.__getitem__, words))
        return folded[:-1], hashes, exact[:-1]

    def _learn(self, words: Iterable[str]) -> None:
        for word in words:
            folded = fold(word)
            exact = "".join(filter(str.isalnum, match_form(word).casefold()))
            self.folded[word] = f"{folded} ".encode() if folded else b""
            self.hashes[word] = b"".join(map(word_hash, folded.split()))
            self.exact[word] = f"{exact} ".encode() if exact else b""  # last: other threads look here first


_MEMORY = 100_000
"""Words in memory, about 30 MB. Vietnamese has some 7,000 syllables; the rest are numbers and marks."""

_forms = _Forms()


def _forms_of(text: str) -> tuple[bytes, bytes, bytes]:
    """A text in each of the forms."""
    global _forms
    if len(_forms.exact) >= _MEMORY:
        _forms = _Forms()  # not emptied: another thread may be reading it
    return _forms.of(text.split())


def _joined(*words: bytes) -> bytes:
    return b" ".join(filter(None, words))


def _digest(words: bytes) -> bytes:
    return blake2b(words, digest_size=16).digest()
