"""What counts as the same words: the keys by which a text is recognised at another address, and as edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from storage.records import Article
from vietnam.letters import folded, folded_and_spelled

SHORT_WORDS = 30
"""Bodies below this many words (photo news, "see the attached file") say too little: they are the same
text only where the title is the same too, and never near copies. The brief's figure; at 30 words two
changed words already take the Jaccard of 3-shingles below 0.65."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one article, folded for comparing.

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
    count: int
    """Of the words of ``body``."""


def words_of(article: Article) -> Words:
    """The words of an article as the reader gave it (NFC, clean)."""
    parts = article.title, article.lead or "", "\n".join(article.paragraphs)
    (title, lead, paragraphs), spelled = folded_and_spelled(parts)
    body = b" ".join(filter(None, (lead, paragraphs)))
    count = _count(body)
    if count >= SHORT_WORDS:
        keys = {_digest(body)}
        if lead and _count(paragraphs) >= SHORT_WORDS:
            keys.add(_digest(paragraphs))
    else:
        keys = {_digest((title + b" | " + body).rstrip())}
    return Words(
        edition=_digest(spelled),
        text_keys=tuple(sorted(keys)),
        title=title.decode(),
        body=body.decode(),
        count=count,
    )


def words_of_row(row: Mapping[str, Any]) -> Words:
    """The words of a stored article (a row of the table)."""
    return words_of(
        Article(url="", title=row["title"], lead=row["lead"], paragraphs=tuple(row["paragraphs"]))
    )


def body_of_row(row: Mapping[str, Any]) -> str:
    """The folded words of a stored article's lead and paragraphs: ``words_of_row(row).body``."""
    return folded("\n".join((row["lead"] or "", *row["paragraphs"]))).decode()


def _count(words: bytes) -> int:
    return words.count(b" ") + bool(words)


def _digest(words: bytes) -> bytes:
    return blake2b(words, digest_size=16).digest()
