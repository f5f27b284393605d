"""Names of persons, and the offices that stand behind them, as credits write them.

Judged by form: capitals, initials, syllables that can be Vietnamese. Names of the minorities (Y Quí
Niê Siêng, Rah Lan Chung, H'Uyên Niê) pass, because half of the syllables are enough.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vietnam import credit_words
from vietnam.tones import match_form
from vietnam.writing import fold

LONGEST_UNIT = 14  # words; the longest office seen behind a name has eight
_LONGEST_NAME = 6  # syllables, "Công Tằng Tôn Nữ Bích Ngọc"

_DEGREE = re.compile(
    r"(?:(?:PGS|GS|TS|Th[Ss]|BS|BSCK(?:I|II)?|KS|LS|CN|NCS|NSƯT|NSND)\.?\s?)+(?=[^\W\d_])"
    r"|(?:Thạc sĩ|Tiến sĩ|Bác sĩ|Luật sư|Nhà báo|(?:Đại|Trung|Thượng|Thiếu) (?:úy|uý|tá|tướng))\s"
)
_STAFF_BEFORE_NAME = re.compile(
    r"(?:CTV|PV|P\.V|BTV|Phóng viên|Cộng tác viên|Biên tập viên)[\s.:,-]{1,3}(?=[^\W\d_])"
)
_SYLLABLE = re.compile(r"(?:[A-Za-zĐđ]{1,3}['’‘`])?[^\W\d_]{1,7}")
_ROMAN = re.compile("[IVX]+")  # "Chương I"; a single Y is a name of the highlands
_APOSTROPHE = re.compile("['’‘`]")
_INITIALS = re.compile(
    r"(?:[^\W\d_]{1,3}\.\s?){1,3}[^\W\d_]{2,7}(?:\s[^\W\d_]{2,7})?|(?:[^\W\d_]\.\s?){1,4}[^\W\d_]?\.?"
)  # P.Hằng, Th.Lan, A.V.
_LETTERS = re.compile(r"[BCDĐGHKLMNPQRSTVX][ABCDĐGHKLMNPQRSTUVXY]{1,3}")  # TN
_PEN_NAME = re.compile(r"Trường [^\W\d_a-z][^\W\d_A-Z]{1,6}")
"""Trường Giang, Trường Sơn: of two syllables a school's name is none."""
_BETWEEN_NAMES = re.compile(r"\s?[,;&+–—/]\s?|\s?-\s|\s-\s?|\s(?:và|&)\s|(?<=[^\W\d_])-(?=[^\W\d_])")


@lru_cache(maxsize=1024)  # one line is compared with half a dozen vocabularies
def spelled(text: str) -> str:
    """Return what the phrases of :mod:`vietnam.credit_words` are compared with."""
    return match_form(text).lower()


def persons(credit: str, *, labelled: bool = False) -> tuple[str, ...] | None:
    """Return the persons that a credit begins with, None where it does not begin with a name or mark.

    Names may be joined by commas, dashes, slashes or "và"; the first piece that is no name must be a
    unit to the end. Marks ("PV") are passed over, so a credit of marks alone gives no person. With a
    label before it ("Người viết: Lan") one syllable is enough for a name.
    """
    names: list[str] = []
    staff = False
    start, gap = 0, _BETWEEN_NAMES.search(credit)
    whole = gap is None
    while True:
        piece = (credit[start : gap.start()] if gap else credit[start:]).strip()
        if fold(piece) in credit_words.STAFF:
            staff = True
        else:
            name = _name(piece, whole=whole, labelled=labelled)
            if name is None or (names and _begins_like_office(piece)):
                return tuple(names) if (names or staff) and _is_office(credit[start:]) else None
            names.append(name)
        if gap is None:
            return tuple(names) if names or staff else None
        start = gap.end()
        gap = _BETWEEN_NAMES.search(credit, start)


def _name(piece: str, *, whole: bool, labelled: bool) -> str | None:
    """Return the person's name that a piece is, without degree or "CTV", None where it is none.

    ``whole`` tells that the piece is the whole credit: alone and without a label more is asked of it.
    """
    unmarked = _STAFF_BEFORE_NAME.sub("", piece, count=1) if _STAFF_BEFORE_NAME.match(piece) else piece
    degree = _DEGREE.match(unmarked)
    name = unmarked[degree.end() :].strip() if degree else unmarked
    if _INITIALS.fullmatch(name):
        behind = spelled(name.rpartition(".")[2]).strip()  # "KT. CHỦ TỊCH"
        acronym = fold(behind.partition(" ")[0])  # "VP.UBND xã"
        is_office = behind in credit_words.NOT_A_CREDIT or acronym in credit_words.ACRONYMS
        return name if name[0].isupper() and not is_office else None
    if whole and _LETTERS.fullmatch(name) and fold(name) not in credit_words.ACRONYMS:
        return name
    syllables = name.split()
    if not 1 <= len(syllables) <= _LONGEST_NAME or not all(map(_SYLLABLE.fullmatch, syllables)):
        return None
    if not _is_written_like_a_name(name, syllables):
        return None
    phrase = spelled(name)
    if phrase in credit_words.NOT_A_CREDIT:
        return None
    if f"{phrase} ".startswith(credit_words.NOT_A_NAME) and not _PEN_NAME.fullmatch(name):
        return None
    alone = whole and not labelled
    highland = len(_APOSTROPHE.findall(name))
    if len(syllables) == 1 and (alone or unmarked != piece) and not highland:
        return None
    keys = [fold(syllable).split()[-1] for syllable in syllables]  # H'Uyên counts as Uyên
    has_surname = keys[0] in credit_words.SURNAMES
    if len(syllables) > 4 and not has_surname:
        return None
    vietnamese = sum(map(credit_words.is_syllable, keys)) + highland
    if 2 * vietnamese < len(keys) + (not has_surname):
        return None
    return None if name.isupper() and alone and credit_words.NAME_SYLLABLES.isdisjoint(keys) else name


def _begins_like_office(piece: str) -> bool:
    return f"{spelled(piece)} ".startswith(credit_words.ORGANIZATIONS) and not _PEN_NAME.fullmatch(piece)


def _is_written_like_a_name(name: str, syllables: list[str]) -> bool:
    """Tell whether capitals stand where a name has them: "CCB Lê Quang" and "Chương II" are no names."""
    if not all(syllable[0].isupper() for syllable in syllables) or any(map(_ROMAN.fullmatch, syllables)):
        return False
    return name.isupper() or not any(len(syllable) > 1 and syllable.isupper() for syllable in syllables)


def _is_office(text: str) -> bool:
    """Tell whether what follows a name is its office or place, and not the second half of a heading."""
    words = text.split()
    opening = f"{spelled(text)} "
    acronym = re.split(r"[^\w]", words[0])[0] if words else ""
    known = opening.startswith(credit_words.ORGANIZATIONS) or fold(acronym) in credit_words.ACRONYMS
    short = len(words) == 1 if text.isupper() else len(words) <= 3
    return (known or short) and is_unit(text)


def is_unit(text: str) -> bool:
    """Tell whether a text can be the unit behind a name: capitals, acronyms and words of offices."""
    words = re.findall(r"[^\s,;()/&–—-]+", text)
    if not words or len(words) > LONGEST_UNIT or text.rstrip().endswith((".", "!", "?")):
        return False
    index = 0
    while index < len(words):
        for length in (4, 3, 2, 1):
            if fold(" ".join(words[index : index + length])) in credit_words.UNIT_PHRASES:
                break
        else:
            if not (words[index][0].isupper() or words[index].isdigit()):
                return False
            length = 1
        index += length
    return True


def is_organization(text: str, *, labelled: bool = False) -> bool:
    """Tell whether a text is the name of an organization, and not a sentence or heading about one.

    With a label before it any short text that begins like one counts, small letters included.
    """
    opening = f"{spelled(text)} ".replace(".", " ")
    if not opening.startswith(credit_words.ORGANIZATIONS) and fold(text) not in credit_words.ACRONYMS:
        return False
    if labelled:
        return len(text.split()) <= LONGEST_UNIT and not text.endswith((".", "!", "?"))
    is_place = opening.startswith(credit_words.NOT_ALONE) and not opening.startswith(
        credit_words.YOUTH_UNIONS
    )
    if is_place or any(map(str.isdigit, text)):
        return False
    return text[0].isupper() and is_unit(text)
