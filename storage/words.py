"""What counts as the same words: the keys by which a text is recognised at another address, and as edited."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from storage.records import Article
from vietnam.writing import fold, match_form

SHORT_WORDS = 30
"""Bodies below this many words (photo news, "see the attached file") say too little: they are the same
text only where the title is the same too, and never near copies. The brief's figure; at 30 words two
changed words already take the Jaccard of 3-shingles below 0.65."""

_WORD = re.compile(r"\w+")


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
    title = fold(article.title)
    lead = fold(article.lead or "").split()
    paragraphs = fold("\n".join(article.paragraphs)).split()
    body = lead + paragraphs
    keys = {
        _digest(words if len(words) >= SHORT_WORDS else [title, "|", *words])
        for words in ((body, paragraphs) if len(paragraphs) >= SHORT_WORDS else (body,))
    }
    return Words(
        edition=_digest(
            part
            for text in (article.title, article.lead or "", *article.paragraphs)
            for part in _WORD.findall(match_form(text).casefold())
        ),
        text_keys=tuple(sorted(keys)),
        title=title,
        body=tuple(body),
    )


def _digest(words: Iterable[str]) -> bytes:
    return blake2b(" ".join(words).encode(), digest_size=16).digest()
