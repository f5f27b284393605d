"""What a syllable is made of: vowels with their tones, and the consonants that stand about them."""

from __future__ import annotations

import re

TONES = {"": "aăâeêioôơuưy", "\u0300": "àằầèềìòồờùừỳ", "\u0301": "áắấéếíóốớúứý",
          "\u0309": "ảẳẩẻểỉỏổởủửỷ", "\u0303": "ãẵẫẽễĩõỗỡũữỹ", "\u0323": "ạặậẹệịọộợụựỵ"}  # fmt: skip
"""The combining mark of a tone -> the small vowels that have it, in one order."""
PLAIN = dict(zip("".join(TONES.values()), TONES[""] * len(TONES), strict=True))
"""A small vowel with or without a tone -> the same without."""
TONE_OF = {letter: tone for tone, letters in TONES.items() for letter in letters}
"""A small vowel -> the combining mark of its tone, empty where it has none."""
_SYLLABLE = re.compile(
    r"(?:ngh?|nh|n|gh|gi|g|kh|k|th|tr|t|ch|c|ph|p|qu|b|d|h|l|m|r|s|v|x)?"
    r"(?:uyê|iê|yê|ươ|uô|uâ|uê|uơ|oai|oay|oeo|uây|uya|uyu|oă|oa|oe|uy|[aăâeêioôơuưy])"
    r"(?:ch|ng|nh|[cmnptiouy])?"
)


def is_syllable(word: str) -> bool:
    """Whether a word of Vietnamese letters is built as a Vietnamese syllable is, whatever its tones."""
    plain = "".join(PLAIN.get(letter, letter) for letter in word.lower()).replace("đ", "d")
    return _SYLLABLE.fullmatch(plain) is not None
