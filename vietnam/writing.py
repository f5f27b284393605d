"""Vietnamese writing: clean text for the record, and folded keys for matching.

Display keeps the author's spelling; matching never looks at :func:`clean` text but at :func:`fold`
or :func:`vietnam.tones.match_form` of it. All functions take and give ``str`` and are safe on any input.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from vietnam import one_byte
from vietnam.syllables import TONE_OF, is_syllable

# Letters that stand for Đ on real portals: eth U+00D0 (thuvienkiengiang, baotayninh, nhandan) and
# African D U+0189. Lower-casing does not help: ``"Ð".lower()`` is eth again.
_LOOKALIKES = str.maketrans("ÐðƉɖ", "ĐđĐđ")

# Control characters that are no white space, everything of category Cf (zero-width, soft hyphen,
# direction marks, tags), lone surrogates (they cannot be encoded), grapheme joiner, noncharacters.
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
_REMOVED = re.compile(f"[{_INVISIBLE}]+")
_RARE = re.compile(f"[{_INVISIBLE}ÐðƉɖ]")
_MARKS = re.compile("[\u0300-\u036f]+")
_MARKED_LETTER = re.compile("[^\\W\\d_][\u0300-\u036f]+")
_SHAPE_MARKS = "\u0302\u0306\u031b"  # circumflex, breve, horn: they make a letter, tones only sit on it
_LETTER_MARKS = "\u0300\u0301\u0309\u0303\u0323\u0302\u0306\u031b"  # the five tones, then what makes a letter
_TYPOGRAPHY = "“”‘’–—…\xa0"
_ASCII_KEY = bytes(code if code > 127 or chr(code).isalnum() else 0x20 for code in range(256))
_MARK_BYTES = b"\xcc" + bytes(range(0x80, 0xC0))
"""UTF-8 of U+0300 to U+033F, and the bytes that follow in all other letters: of a text whose marks are
taken out by these, what is left is ASCII unless it had letters above ASCII besides."""
_SEPARATORS = re.compile(r"[\W_]+")
_SPACED = re.compile(r"(?<!\w)[^\W\d_](?:\s+[^\W\d_](?!\w)){3,60}")
_GAP = re.compile(r"(\s+)")
_PLAIN_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_BEGINNING = 12
"""Characters that tell whether a text begins letter-spaced."""
_HEADLINE = 1_000
"""Characters: what is longer is no headline, and reading stays linear."""
_LONGEST_SYLLABLE = 7
"""Letters: "nghiêng"."""
_RECURRING = 64
"""Characters of a text that may recur: a portal prints its menu, its labels and an article's title again
and again. Looked up in 0.2 µs, against 2 to 4 µs to clean or fold (November 2026)."""
_LONGEST_HEADLINE, _HEADLINES = 300, 64
"""Characters of a text that recurs on its own page, and how many are remembered: a headline stands in the
title tag, in what machines are told and above the text, and ten rules ask for its key."""


def clean(text: str) -> str:
    """Return text as the record keeps it.

    NFC, ``Ð`` (eth) as ``Đ``, no zero-width or control characters, one space between words, trimmed.
    A tone typed before the letter's own mark (a + acute + circumflex) is put right, and so is
    letter-spaced text ("T H Ô N G  B Á O", :func:`close_up`). Idempotent.
    """
    if len(text) <= _RECURRING:
        return _clean_recurring(text)
    return _clean_headline(text) if len(text) <= _LONGEST_HEADLINE else _clean(text)


def _clean(text: str) -> str:
    letters = one_byte.encoded(text)
    if letters is None:
        return _clean_any(text)
    # of these letters all are composed, and all but white space is printable: that is left to tidy
    others = letters.translate(None, _NOT_SPACES)
    if one_byte.NUL in others:
        return _clean_any(text)
    return _tidied(text, has_other_spaces=bool(others))


def _tidied(text: str, *, has_other_spaces: bool) -> str:
    """:func:`clean` text of letters to which nothing else is done; ``has_other_spaces``: than plain ones."""
    is_tidy = not has_other_spaces and "  " not in text and text[:1] != " " and text[-1:] != " "
    tidy = text if is_tidy else " ".join(text.split())
    return _closed_up_if_spaced(text, tidy) if _begins_spaced(tidy) else tidy


def _begins_spaced(tidy: str) -> bool:
    """Whether a text may be letter-spaced: every second character of its beginning is then a space, of prose
    one in four or five."""
    spaces = tidy.count(" ", 0, _BEGINNING)
    return 2 * spaces >= _BEGINNING - 2 or (spaces > 1 and len(tidy) < _BEGINNING)


def clean_all(texts: Sequence[str]) -> list[str]:
    """Return what :func:`clean` makes of each text, their letters looked at in one go: of 23 paragraphs
    180,000 instructions, one by one 520,000 (November 2026)."""
    units = np.frombuffer(" ".join(texts).encode("utf-16-le", "surrogatepass"), dtype="<u2")
    worst = _oddness().take(units, mode="wrap").max(initial=_ORDINARY)
    if worst == _ODD:
        return [clean(text) for text in texts]
    if worst == _ORDINARY and len(units):
        # a text that begins or ends with a space has two at its seam
        blank = units == _BLANK
        if not (blank[0] or blank[-1] or (blank[1:] & blank[:-1]).any()):
            return [
                _closed_up_if_spaced(text, text)
                # of a letter-spaced beginning the first word has three letters at most, two words have five
                if " " in text[:4] and " " in text[3:6] and _begins_spaced(text)
                else text
                for text in texts
            ]
    # of these letters all but white space is printable
    return [_tidied(text, has_other_spaces=worst > _ORDINARY and not text.isprintable()) for text in texts]


_BLANK = ord(" ")
_ORDINARY, _SPACE, _ODD = 0, 1, 2
"""Letters to which :func:`clean` does nothing, white space but for the plain one, and all others."""


@cache
def _oddness() -> npt.NDArray[np.uint8]:
    """What each letter of UTF-16 is. Marks, and what composes with letters, stand in no range named here."""
    table = np.full(1 << 16, _ODD, np.uint8)
    for first, end in ((0x20, 0x300), (0x1E00, 0x1F00), (0x2010, 0x2028), (0x2190, 0x2200), (0x25A0, 0x2600)):
        for letter in map(chr, range(first, end)):
            if _clean_any(f"a{letter}a") == f"a{letter}a":
                table[ord(letter)] = _ORDINARY
    for space in "\t\n\r\xa0":
        table[ord(space)] = _SPACE
    return table


_NOT_SPACES = one_byte.bytes_where(str.isprintable)
"""Of white space only the plain space is printable."""


def _clean_any(text: str) -> str:
    text = _without_rare(text)
    # nothing but plain spaces is printable white space: such a text is tidy unless two stand together
    is_tidy = text.isprintable() and "  " not in text and not text.startswith(" ") and not text.endswith(" ")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        # 0xCC begins U+0300 to U+033F in UTF-8: one look in place of eight (0.2 µs, not 1.1)
        if b"\xcc" in text.encode() and any(mark in text for mark in _LETTER_MARKS):
            text = _MARKED_LETTER.sub(_shape_marks_first, text)
    return _closed_up_if_spaced(text, text if is_tidy else " ".join(text.split()))


def _closed_up_if_spaced(text: str, tidy: str) -> str:
    # every second character of the beginning a space: in prose it is one in four or five
    if 2 * tidy.count(" ", 0, _BEGINNING) >= min(len(tidy), _BEGINNING) - 2 > 3 and len(tidy) < _HEADLINE:
        return " ".join(close_up(text).split())
    return tidy


_clean_recurring = lru_cache(maxsize=4096)(_clean)
_clean_headline = lru_cache(maxsize=_HEADLINES)(_clean)


def close_up(text: str) -> str:
    """Return the text with its letter-spaced words closed up; all other text stays as it is.

    Editors space out headlines: "T H Ô N G   B Á O", "H ộ i  n g h ị". At least four single letters in a
    row are joined where they come out as Vietnamese syllables, parted by the wider gaps or, where all
    gaps are alike, by the syllables themselves. "A B C D" and the letters of the alphabet are no
    syllables and stay.
    """
    return _SPACED.sub(_closed_up, text)


def _closed_up(match: re.Match[str]) -> str:
    pieces = _GAP.split(match[0])  # letter, gap, letter, gap, letter
    letters, gaps = pieces[::2], [len(gap) for gap in pieces[1::2]]
    narrow = min(gaps)
    groups = [letters[0]]
    for letter, gap in zip(letters[1:], gaps, strict=True):
        if gap > narrow:
            groups.append(letter)
        else:
            groups[-1] += letter
    found = [_syllables(group) for group in groups]
    if not all(found):
        return match[0]
    closed = [word for group in found for word in group]
    marked = any(letter.lower() not in _PLAIN_LETTERS for letter in letters)
    if len(groups) > 1:
        fits = len(letters) >= (2 if marked else 3) * len(closed)
    else:
        fits = marked and len(letters) >= 2.5 * len(closed)
    return " ".join(closed) if fits else match[0]


def _syllables(letters: str) -> list[str]:
    """Return the fewest syllables that letters without spaces are made of, the first one the longest of
    equal choices; none where they are not Vietnamese."""
    best: list[list[str] | None] = [None] * len(letters) + [[]]
    for start in range(len(letters) - 1, -1, -1):
        for end in range(min(start + _LONGEST_SYLLABLE, len(letters)), start, -1):
            rest = best[end]
            if rest is None or not _is_one_syllable(letters[start:end]):
                continue
            so_far = best[start]
            if so_far is None or len(rest) + 1 < len(so_far):
                best[start] = [letters[start:end], *rest]
    return best[0] or []


def _is_one_syllable(letters: str) -> bool:
    return sum(bool(TONE_OF.get(letter)) for letter in letters.lower()) <= 1 and is_syllable(letters)


def _without_rare(text: str) -> str:
    # isprintable is false for every invisible character and costs a tenth of the regex; a few of
    # what it refuses (no-break space, line break) are ordinary, and only there is the regex run
    if text.isprintable() and (
        text.isascii() or not ("Ð" in text or "ð" in text or "Ɖ" in text or "ɖ" in text or "\u034f" in text)
    ):  # spelled out: any() over the five letters takes 0.4 µs more
        return text
    return _REMOVED.sub("", text).translate(_LOOKALIKES) if _RARE.search(text) else text


def _shape_marks_first(match: re.Match[str]) -> str:
    letters = sorted(unicodedata.normalize("NFD", match[0])[1:], key=lambda mark: mark not in _SHAPE_MARKS)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", match[0])[0] + "".join(letters))


def unaccented(text: str) -> str:
    """Return text in lower case without marks, ``đ`` as ``d``; punctuation and spacing stay.

    What date and place patterns run on, so that "Tháng", "THÁNG" and "thang" are one word.
    """
    letters = one_byte.encoded(text)
    if letters is None or one_byte.NUL in letters:
        return _unaccented_any(text)
    return one_byte.decoded(letters, _UNACCENTED)


def _unaccented_any(text: str) -> str:
    text = _without_rare(text).casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFD", text).replace("đ", "d")
    plain = text.encode().translate(None, _MARK_BYTES)
    if plain.isascii():  # half the time of taking out mark by mark
        return plain.decode("ascii")
    for mark in _LETTER_MARKS:  # half the time of the regex, which is left for other languages' marks
        text = text.replace(mark, "")
    return text if text.isascii() else _MARKS.sub("", text)


_UNACCENTED = one_byte.text_table(_unaccented_any)


def fold(text: str) -> str:
    """Return the key under which text is searched and compared.

    Unaccented lower case, every run of punctuation and space as one space: "Uỷ ban MTTQ", "ỦY BAN
    MTTQ" and "Ủy-ban MTTQ" are one key, whatever the tone placement. Idempotent.
    """
    if len(text) <= _RECURRING:
        return _fold_recurring(text)
    return _fold_headline(text) if len(text) <= _LONGEST_HEADLINE else _fold(text)


def _fold(text: str) -> str:
    letters = one_byte.encoded(text)
    if letters is None or one_byte.NUL in letters:
        return _fold_any(text)
    key = letters.translate(_FOLDED)
    while b"  " in key:  # a comma and its space; a third of the time of split and join
        key = key.replace(b"  ", b" ")
    return key.strip().decode("ascii")


def _fold_any(text: str) -> str:
    key = _without_rare(text).casefold()
    if not key.isascii():
        for mark in _TYPOGRAPHY:
            key = key.replace(mark, " ")
        key = unicodedata.normalize("NFD", key).replace("đ", "d")
    # a byte table is fifty times as fast as the regex, and nearly always enough
    plain = key.encode().translate(_ASCII_KEY, _MARK_BYTES)
    if plain.isascii():
        return " ".join(plain.decode("ascii").split())
    return _SEPARATORS.sub(" ", _MARKS.sub("", key)).strip()


_FOLDED = one_byte.bytes_table(_fold_any)
_fold_recurring = lru_cache(maxsize=4096)(_fold)
_fold_headline = lru_cache(maxsize=_HEADLINES)(_fold)


def same_words(one: str, other: str) -> bool:
    """Tell whether two texts have one :func:`fold` key; for long texts that mostly differ.

    The key of a beginning is the beginning of the key, so that two texts are told apart by their first
    words, and only those that begin alike are folded whole.
    """
    return all(_begin_alike(one[:size], other[:size]) for size in (_BEGINNING, _RECURRING)) and (
        fold(one) == fold(other)
    )


def _begin_alike(one: str, other: str) -> bool:
    ahead, behind = fold(one), fold(other)
    shorter = min(len(ahead), len(behind))
    return ahead[:shorter] == behind[:shorter]


def words(folded: str) -> list[str]:
    """Return the words of a :func:`fold` key."""
    return folded.split()


def is_all_caps(text: str) -> bool:
    """Tell whether a text of at least two letters is written in capitals throughout."""
    return text.isupper() and sum(map(str.isalpha, text)) > 1
