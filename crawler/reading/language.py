"""Which language a text is in, as far as the record needs it."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt

_VIETNAMESE = re.compile("[ăđơưĂĐƠƯạ-ỹẠ-Ỹ]")
_STOP_WORDS = {
    "en": frozenset(
        [
            "the",
            "of",
            "and",
            "to",
            "in",
            "is",
            "that",
            "for",
            "with",
            "was",
            "are",
            "this",
            "from",
            "have",
            "has",
            "been",
            "by",
            "on",
        ]
    ),
    "fr": frozenset(
        [
            "le",
            "la",
            "les",
            "des",
            "et",
            "est",
            "une",
            "dans",
            "pour",
            "que",
            "qui",
            "sur",
            "avec",
            "par",
            "du",
        ]
    ),
    "de": frozenset(
        ["der", "die", "das", "und", "ist", "nicht", "ein", "eine", "mit", "für", "auf", "den", "von", "zu"]
    ),
    "es": frozenset(
        ["el", "la", "los", "las", "de", "que", "y", "en", "un", "una", "por", "con", "para", "se", "del"]
    ),
    "it": frozenset(
        ["il", "la", "di", "che", "e", "un", "una", "per", "con", "del", "della", "non", "sono", "gli"]
    ),
    "pt": frozenset(
        ["o", "a", "os", "as", "de", "que", "e", "em", "um", "uma", "para", "com", "não", "do", "da"]
    ),
}
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of Chinese, Japanese and Korean, of which each says as much as three of an alphabet."""
_FIRST_DENSE = 0x3040
_DENSE_BYTES = bytes(range(0xE3, 0xEE))
"""Of which UTF-8 begins every one of them; no letter of Vietnamese has one."""
_SAMPLE = 4000
"""Characters that are enough to tell."""
_BEGINNING = 800
"""Characters whose Vietnamese letters nearly always decide; every fifth or sixth is one."""
_SHARE, _FEWEST = 0.03, 20
"""Of a Vietnamese text's letters, how many at least are no other language's; letters that tell a language."""


def language_of(text: str, declared: str | None) -> str | None:
    """``"vi"`` by its letters, another language by its stop words, else what the page declares (an
    ISO 639-1 code, region cut off); None for no text and no declaration."""
    sample = text[:_SAMPLE]
    # more than the share of all characters is more than that of the letters among them
    if _vietnamese_letters(sample[:_BEGINNING]) > max(_FEWEST, len(sample) * _SHARE):
        return "vi"
    letters = sum(map(str.isalpha, sample))
    if letters >= _FEWEST:
        if _vietnamese_letters(sample) > letters * _SHARE:
            return "vi"
        words = re.findall(r"[^\W\d_]+", sample.casefold())
        if words:
            counts = {code: sum(w in stop for w in words) / len(words) for code, stop in _STOP_WORDS.items()}
            code = max(counts, key=lambda c: counts[c])
            if counts[code] > 0.15 and len(words) > 20:
                return code
    if declared and (found := re.match(r"[A-Za-z]{2,3}(?=$|[-_])", declared.strip())):
        return found.group(0).lower()
    return None


def _vietnamese_letters(text: str) -> int:
    """How many letters of a text no other language has: 15,000 instructions for 800 characters, where a byte
    for each letter took 60,000."""
    return int(np.count_nonzero(_is_vietnamese().take(_units(text), mode="wrap")))


@cache
def _is_vietnamese() -> npt.NDArray[np.bool_]:
    """Of each unit of UTF-16 whether it is such a letter."""
    table = np.zeros(1 << 16, dtype=np.bool_)
    for letter in _VIETNAMESE.findall("".join(map(chr, range(0xD800)))):
        table[ord(letter)] = True
    return table


def _units(text: str) -> npt.NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")


def has_dense(text: str) -> bool:
    """Whether a text may have a letter that counts as more than one in :func:`size_of`."""
    return bool((_units(text) >= _FIRST_DENSE).any())


def size_of(text: str) -> int:
    """How long a text is, in characters of an alphabet."""
    size = len(text)
    if text.isascii():
        return size
    written = text.encode(errors="replace")
    if len(written.translate(None, _DENSE_BYTES)) == len(written):
        return size  # a fifth of what it takes to look for such letters one by one
    return size + 2 * len(_DENSE.findall(text))
