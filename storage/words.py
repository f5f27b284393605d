"""What counts as the same words: the keys by which a text is recognised at another address, and as edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from storage.bulk import chunks
from storage.records import Article
from vietnam.letters import folded, folded_and_spelled
from vietnam.values import quickly_made

SHORT_WORDS = 30
"""Bodies below this many words (photo news, "see the attached file") say too little: they are the same
text only where the title is the same too, and never near copies. The brief's figure; at 30 words two
changed words already take the Jaccard of 3-shingles below 0.65."""

_TOGETHER = 10
"""Texts that are folded at once: what is computed of them stays in the processor's cache."""


@quickly_made
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
    short: bool
    """Whether ``body`` has fewer than SHORT_WORDS words."""


def words_of(article: Article) -> Words:
    """The words of an article as the reader gave it (NFC, clean)."""
    return words_of_all([article])[0]


def words_of_all(articles: Sequence[Article]) -> list[Words]:
    """The :func:`words_of` of each article."""
    texts = [(each.title, each.lead or "", " ".join(each.paragraphs)) for each in articles]
    return [_words(*of_text) for some in chunks(texts, _TOGETHER) for of_text in folded_and_spelled(some)]


def _words(parts: Sequence[bytes], spelled: bytes) -> Words:
    title, lead, paragraphs = parts
    body = b" ".join(filter(None, (lead, paragraphs)))
    short = _is_short(body)
    if not short:
        keys = {_digest(body)}
        if lead and not _is_short(paragraphs):
            keys.add(_digest(paragraphs))
    else:
        keys = {_digest((title + b" | " + body).rstrip())}
    return Words(
        edition=_digest(spelled),
        text_keys=tuple(sorted(keys)),
        title=title.decode(),
        body=body.decode(),
        short=short,
    )


def words_of_row(row: Mapping[str, Any]) -> Words:
    """The words of a stored article (a row of the table)."""
    return words_of(
        Article(url="", title=row["title"], lead=row["lead"], paragraphs=tuple(row["paragraphs"]))
    )


def body_of_row(row: Mapping[str, Any]) -> str:
    """The folded words of a stored article's lead and paragraphs: ``words_of_row(row).body``."""
    return folded("\n".join((row["lead"] or "", *row["paragraphs"]))).decode()


def _is_short(words: bytes) -> bool:
    return len(words.split(b" ", SHORT_WORDS)) < SHORT_WORDS  # 3 thousand instructions; to count all, 20


def _digest(words: bytes) -> bytes:
    return blake2b(words, digest_size=16).digest()
