"""Credits: who wrote a text, as Vietnamese portals and newspapers print it.

``reference/vietnamese_text.md`` names the forms, ``data/bylines_dev.csv`` has them as seen. What is
a credit and what is only a short line is judged by its form (:mod:`vietnam.persons`) and by small
vocabularies (:mod:`vietnam.credit_words`); no list of persons is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from vietnam import credit_words
from vietnam.persons import LONGEST_UNIT, is_organization, is_unit, persons, spelled
from vietnam.writing import clean, fold, unaccented

Kind = Literal["person", "staff", "board", "organization", "source"]


@dataclass(frozen=True, slots=True)
class Byline:
    """A credit.

    ``byline`` is what is printed, without its label and with its unit; ``authors`` are the persons
    alone, as printed but without degree; ``source_credit`` is another publisher ("Theo X", "Nguồn:
    X"). A credit that is a source alone has ``byline`` None. A photographer is no author.
    """

    byline: str | None
    authors: tuple[str, ...]
    source_credit: str | None
    kind: Kind


_LONGEST = 160  # characters; the longest credit seen has 79 (name, position and office)
_RECURRING = 64  # characters of a line that may recur: a portal has a few authors, 0.04 ms each
_LONGEST_BRACKET = 10  # words
_LONGEST_SOURCE = 12  # words
_POSITION = re.compile(
    r"(?:(?:Phó )?(?:Chủ tịch|Bí thư|Trưởng ban|Trưởng phòng|Giám đốc|Chủ nhiệm|Chi hội trưởng|Tổng biên tập)"
    r"|Ủy viên|Uỷ viên|Cộng tác viên|Phóng viên|Biên tập viên|Công chức|Cán bộ"
    r"|Chuyên viên|Chánh Văn phòng|Phó Chánh Văn phòng)\b",
    re.I,
)
_IN_OFFICE = re.compile(
    r"(?:(?:T/?M|KT|TL|TUQ|T\.M|K\.T)\b[./]{0,2}\s?[^\W\d_a-z]{2}.{0,80}|\(?(?i:đã ký)\)?\W{0,3}"
    r"|(?:PHÓ )?(?:CHỦ TỊCH|BÍ THƯ|TRƯỞNG BAN|GIÁM ĐỐC|CHÁNH VĂN PHÒNG|TỔNG THƯ KÝ)(?: [^a-zà-ỹ]{2,40})?)$"
)
"""What stands above the name under a document: "TM. BAN THƯỜNG TRỰC", "PHÓ CHỦ TỊCH", "(Đã ký)"."""
_SENTENCE_ENDS = (".", "!", "?", "…", "”", '"')
_LINES_BELOW = 8  # lines that a theme prints below the signature; five were seen at most

# --- labels ---------------------------------------------------------------------------------------

_WORK = r"(?:tin|bài viết|bài|ảnh|hình|video|clip|đồ họa|text|photo)"
_ROLE = (
    r"(?:(?:nhóm |người )?thực hiện|tác giả(?: bài viết)?|người viết(?: bài)?|viết bài|người đăng|đăng bởi"
    r"|(?:người )?(?:đưa|viết) tin|người gửi(?: bài)?|(?:người )?(?:biên soạn|soạn|tổng hợp|sưu tầm)|t/h"
    r"|lược ghi|ghi chép|ghi|biên tập|by|posted by|author|ctv|cộng tác viên|pv|phóng viên)"
)
_AND = r"\s?(?:,|&|và|-|–|/|\+|\s)\s?"
_WORKS = rf"{_WORK}(?:{_AND}{_WORK}){{0,3}}"
_SOURCE_WORD = r"nguồn(?: tin| bài| bài viết| trích| trích dẫn| dẫn| tham khảo)?"
_LABEL = re.compile(rf"(?P<label>{_ROLE}|{_WORKS})\s?[:：]\s?(?P<rest>\S.*)", re.IGNORECASE)
_LABEL_WITHOUT_COLON = re.compile(
    rf"(?:[Tt]in|[Bb]ài)(?P<label>)(?:{_AND}[Ảả]nh(?=\s)|(?=\s[^\W\d_].*[,;–-]\s?ảnh\s))\s(?P<rest>[^\W\d_].*)"
)  # "Tin ảnh Lam Hồng", "Bài Lam Hồng, ảnh Quốc Huy"
_WORK_OF = re.compile(
    rf"(?:{_WORKS}|ghi chép|ghi nhanh|bút ký|phóng sự|ký sự|tùy bút|tản văn) của (?P<rest>[^\W\d_].*)",
    re.IGNORECASE,
)
_CONTENT = re.compile(r"nội dung\s?[:：]\s?(?P<rest>[^\W\d_].*)", re.IGNORECASE)
"""Of an infographic the author; else a heading."""
_LABEL_ALONE = re.compile(rf"(?:{_ROLE}|{_WORKS}|{_SOURCE_WORD}|theo)\s?[:：]?", re.IGNORECASE)
_PHOTO_LABELS = ("anh", "hinh", "video", "clip", "photo", "do hoa")
_HEADING_LABELS = ("tin", "bai", "text", "tong hop", "ghi")  # "Tin: …" may head a piece of news as well
_PHOTO_CREDIT = re.compile(
    r"(?:ảnh|hình|photo|video|clip)(?: minh họa| tư liệu)?\s?[:：]\s?\S.*", re.IGNORECASE
)
_PHOTO_AFTER_NAME = re.compile(
    r"[\s;,.|(–-]{1,3}(?:và\s)?(?:[Ảả]nh|ẢNH|[Vv]ideo|[Cc]lip|[Đđ]ồ họa|[Tt]hiết kế|[Tt]rình bày)"
    r"\s?(?:[:：].*|[–-]?\s?(?=[^\W\d_a-zà-ỹ]).*)$"
)
_PHOTO_WORDS = ("Ảnh", "ảnh", "ẢNH", "ideo", "lip", "ồ họa", "hiết kế", "rình bày")
"""What a credit with a photographer behind the name holds: the search takes 20 µs on a sentence."""

# --- sources --------------------------------------------------------------------------------------

_SOURCE = re.compile(
    rf"(?:{_SOURCE_WORD}\s?(?P<colon>[:：])|nguồn|theo\s?[:：]?)\s?(?P<rest>\S.*)", re.IGNORECASE
)
_SOURCE_WITH_LINK = re.compile(r"nguồn\s(?P<rest>\S{2,30})\s?:\s?https?://\S+", re.IGNORECASE)
_SOURCE_INSIDE = re.compile(r"[\s/(,–-]{1,3}(?P<source>(?:Theo|theo)\s\S.*|[Nn]guồn\s?:\s?\S.*)$")
_DOMAIN = re.compile(r"(?:[a-z0-9-]{2,40}\.){1,3}(?:vn|com|net|org|info)\b\.?", re.IGNORECASE)

# --- what stands around a credit ------------------------------------------------------------------

_TAIL = re.compile(
    r"(?:\s*(?:\./\.|/\.|…|\.{2,}|loading|\[?trở về\]?"
    r"|tin cùng chuyên mục.*|số lần đọc.*|lượt xem.*|ý kiến bạn đọc.*))+$",
    re.IGNORECASE,
)
_TAIL_ENDS = ("/.", "..", "…", "loading", "trở về", "trở về]")
_TAIL_WORDS = ("tin cùng chuyên mục", "số lần đọc", "lượt xem", "ý kiến bạn đọc")
"""What a line with a tail ends with or holds, asked first: the search takes 100 µs on a paragraph."""
_STAMP = re.compile(
    r"[\s,|•·(–-]{0,4}(?:(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\b[\s,]{0,3}(?:ngày\s)?[0-9]"
    r"|(?:ngày\s)?[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]{1,2}[:h][0-9]{2}).*",
    re.IGNORECASE,
)
_DIGIT = re.compile("[0-9]")
_DIGITS = tuple("0123456789)")
_BRACKET = re.compile(r"\s?\((?P<inside>[^()]{1,80})\)?$")
_DONE = re.compile(
    r"\s(?:ghi|lược ghi|thực hiện|tổng hợp|biên soạn|sưu tầm|biên dịch|lược dịch|dịch|t/h|st)$"
)
"""What a person did, behind the name: "Lam Hồng lược ghi"."""
_DONE_ENDS = (" ghi", " hiện", " hợp", " soạn", " tầm", " dịch", " t/h", " st")
_CONTACT = re.compile(
    r"[\s,;(–-]{1,4}(?:(?:s?đt|điện thoại|tel|e-?mail)\b.*|0[0-9][0-9. ]{7,}.*"
    r"|[\w.+-]{2,40}@[\w-]{2,40}\..*)$",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?:[^\W\d_]\.\s?){1,4}")
_LOGIN = re.compile(
    r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*|[A-Za-z]+[_0-9][A-Za-z0-9_]*|(?:[A-Z][a-z]+){2,4}[0-9]*"
)


def parse_byline(text: str) -> Byline | None:
    """Return the credit that a line is, None where the line is none.

    Takes one line of any length: with a label ("Tin, ảnh: Lam Hồng"), a bare signature ("Hồ Thuý
    Vinh", "P.Hằng", "Lê Thơ- Hồng Tăng, Trung tâm VHTT, TT&DL huyện"), a mark ("PV", "BBT"), an
    organization, or a source ("Theo X", "Nguồn: X"). A name with a date behind it ("Văn Hoa -
    05:32, 24/11/2023") is read too. Photo credits, login names, sentences and headings are none.
    """
    if len(text) > 4 * _LONGEST:  # cheap, before cleaning
        return None
    return _recurring(text) if len(text) <= _RECURRING else _parsed(text)


def _parsed(text: str) -> Byline | None:
    line = clean(text)
    if line.endswith(("-", "–", "—", ",", "(")) and not line.startswith(("-", "–", "—")):
        return None  # a publisher's code ("TP -"), or a piece of a sentence
    line = _without_tail(line)
    if not line or len(line) > _LONGEST:
        return None
    line = _without_contact(line)
    return _labelled(line) or _source(line) or _signature(line)


_recurring = lru_cache(maxsize=1024)(_parsed)


def find_signature(paragraphs: Sequence[str]) -> tuple[Byline, int] | None:
    """Return the credit at the end of a body and the index of its line, None where there is none.

    Looked for from the end, over captions in brackets, photo credits, download links, counters and
    what else a theme prints below a text, but never past a line of text. A credit printed twice
    counts at its first line; a name above the line of its office is one credit. The line at the
    index and the lines after it are no text.
    """
    last = len(paragraphs) - 1
    for index in range(last, max(-1, last - _LINES_BELOW), -1):
        line = paragraphs[index]
        found = parse_byline(line)
        if found is not None:
            if found.kind == "person" and any(map(_IN_OFFICE.match, paragraphs[max(0, index - 4) : index])):
                return None  # who signs a document is not who wrote a report
            return _with_line_above(found, paragraphs, index)
        if (signed := _with_position_below(paragraphs, index)) is not None:
            return signed
        if not _is_below_text(line):
            return None
    return None


def find_opening_credit(paragraphs: Sequence[str]) -> tuple[Byline, int] | None:
    """Return the credit above a body and the index of its line, None where it begins with its text.

    "Bài, ảnh: Lê Nam" and "ThS. Lê Thị Huyền / Khoa …" stand there on some portals. An organization
    counts only with a label, because a first line that names one is a heading more often.
    """
    for index, line in enumerate(paragraphs[:2]):
        found = parse_byline(line)
        if found is None:
            return None
        if found.kind != "organization" or _LABEL.fullmatch(clean(line)):
            return found, index
    return None


def parse_author_field(text: str) -> Byline | None:
    """Return the credit that a theme's or feed's author field holds, None for a login name or nothing.

    The field says that it is a credit, so one syllable is a name there, and what has no known form
    is kept as an organization's.
    """
    line = _without_contact(_without_tail(clean(text)))
    if not line or len(line) > _LONGEST or is_login_name(line):
        return None
    found = _labelled(line) or _source(line) or _signature(line, labelled=True)
    if found is not None or len(line.split()) > LONGEST_UNIT or is_photo_credit(line):
        return found
    return Byline(line, (), None, "organization")


def is_photo_credit(text: str) -> bool:
    """Tell whether a line credits a photographer alone: "Ảnh: Vũ Chi"."""
    line = clean(text)
    return len(line) <= _LONGEST and _PHOTO_CREDIT.fullmatch(line) is not None


def is_full_name(text: str) -> bool:
    """Tell whether a text is nothing but one person's name of three syllables or more that begins with a
    surname: "Đặng Hữu Phước", but neither "Hoàng Lan" nor "Quảng Trị", which may be a place."""
    words = text.split(None, 5)  # a sentence is none, however long
    if not 3 <= len(words) <= 5 or fold(words[0]) not in credit_words.SURNAMES:
        return False
    credit = parse_byline(text)
    return credit is not None and credit.authors == (text,)


def is_credit_label(text: str) -> bool:
    """Tell whether a text is the label of a credit and nothing else: "Tác giả:", "Tin, ảnh"."""
    return _LABEL_ALONE.fullmatch(clean(text)) is not None


def is_login_name(text: str) -> bool:
    """Tell whether an author field holds an account of the CMS (admin, quantri, bbt_xa), no person.

    Known account words, mail addresses, and single words as accounts are spelled: small ASCII
    letters, digits, underscores, or capitals inside (ThuTrang). A domain is a source, no account.
    """
    name = clean(text)
    if _DOMAIN.fullmatch(name):
        return False
    if "@" in name or spelled(name) in credit_words.LOGIN_PHRASES:
        return True
    if " " in name:
        return False
    return fold(name).replace(" ", "") in credit_words.LOGINS or _LOGIN.fullmatch(name) is not None


# --- the parts ------------------------------------------------------------------------------------


def _without_tail(line: str) -> str:
    lower = line.lower()
    if lower.endswith(_TAIL_ENDS) or any(words in lower for words in _TAIL_WORDS):
        line = _TAIL.sub("", line)
    line = line.strip(" -–—*•>|,;:")
    if line.startswith("(") and line.endswith(")") and line.count("(") == 1:
        line = line[1:-1].strip()
    if line.endswith(".") and line.count(".") == 1 and not _DOTTED.fullmatch(line):
        line = line[:-1] if len(line.split()) <= 5 else line  # a longer line with a full stop is a sentence
    return line


def _without_contact(line: str) -> str:
    """Return a credit without the telephone number or mail address behind it."""
    if "@" not in line and not line.endswith(_DIGITS):
        return line
    contact = _CONTACT.search(line, 1)
    return line[: contact.start()].rstrip() if contact else line


def _labelled(line: str) -> Byline | None:
    if " của " in line and (work := _WORK_OF.fullmatch(line)) is not None:
        found = _signature(work["rest"], labelled=True)
        return found if found is not None and found.authors else None
    match = _LABEL.fullmatch(line) or _LABEL_WITHOUT_COLON.fullmatch(line)
    if match is None:
        said = _CONTENT.fullmatch(line) if line[0] in "Nn" else None
        found = _signature(said["rest"], labelled=True) if said and len(said["rest"].split()) > 1 else None
        return found if found is not None and found.authors else None
    label, rest = unaccented(match["label"]), match["rest"].strip()
    if label in _PHOTO_LABELS or is_login_name(rest):
        return None
    found = _source(rest) or _signature(rest, labelled=True)
    if found is not None or not label or label in _HEADING_LABELS:
        return found
    # the label says that it is a credit; what kind of one cannot be told, so it names no person
    credible = rest[0].isupper() and len(rest.split()) <= LONGEST_UNIT and rest[-1] not in ".!?"
    return Byline(rest, (), None, "organization") if credible else None


def _source(line: str) -> Byline | None:
    if match := _SOURCE_WITH_LINK.fullmatch(line):
        return Byline(None, (), match["rest"], "source")
    match = _SOURCE.fullmatch(line)
    if match is None:
        return None
    rest = match["rest"].strip(" .()")
    words = rest.split()
    if not words or len(words) > _LONGEST_SOURCE or (not match["colon"] and not _is_publisher(rest, words)):
        return None
    person, slash, _ = rest.partition("/")
    authors = persons(person.strip()) if slash and not rest.startswith("http") else None
    return Byline(None, authors or (), rest, "source")


def _is_publisher(text: str, words: Sequence[str]) -> bool:
    """Tell whether what follows "Theo" is a publisher or a name: "Theo kế hoạch, …" opens a sentence."""
    opening = f"{spelled(text)} "
    if opening.startswith(credit_words.NOT_A_SOURCE):
        return False
    if all(word[0].isupper() or not word[0].isalpha() for word in words):
        return True
    known = opening.startswith(credit_words.PUBLISHERS) or opening.endswith(" online ")
    return known or _DOMAIN.search(text) is not None


def _signature(line: str, *, labelled: bool = False) -> Byline | None:
    if _DIGIT.search(line) and (stamp := _STAMP.search(line, 1)) is not None:
        line = line[: stamp.start()].strip(" -–—|,")
    if not line or line[-1] in "!?:;":
        return None
    if fold(line) in credit_words.STAFF:
        return Byline(line, (), None, "staff")
    if spelled(line) in credit_words.NOT_A_CREDIT or is_login_name(line):
        return None
    if f"{spelled(line)} ".startswith(credit_words.BOARDS) and is_unit(line):
        return Byline(line, (), None, "board")
    line, source = _without_source(line)
    photo = _PHOTO_AFTER_NAME.search(line, 1) if any(word in line for word in _PHOTO_WORDS) else None
    if photo and photo[0].startswith(".") and not labelled:
        return None  # "Thanh Mẫn. Ảnh: Võ Hải" is a caption
    credit = line[: photo.start()] if photo else line
    bracket = _BRACKET.search(credit) if "(" in credit else None
    if bracket is not None:
        if len(bracket["inside"].split()) > _LONGEST_BRACKET:
            return None
        credit = credit[: bracket.start()]
    done = _DONE.search(credit, 1) if credit.endswith(_DONE_ENDS) else None
    authors = persons(credit[: done.start()] if done else credit, labelled=labelled)
    if authors is not None:
        return Byline(line, authors, source, "person" if authors else "staff")
    if credit and (bracket is None or labelled) and is_organization(credit, labelled=labelled):
        return Byline(line, (), source, "organization")
    return None


def _without_source(line: str) -> tuple[str, str | None]:
    """Return a credit without the source behind it ("Q.M (Theo Vientiane Times)"), and that source."""
    may_be_inside = "heo " in line or "guồn:" in line or "guồn :" in line
    inside = _SOURCE_INSIDE.search(line, 1) if may_be_inside else None
    if inside is not None and (found := _source(inside["source"].rstrip(")"))) is not None:
        return line[: inside.start()], found.source_credit
    domain = _DOMAIN.search(line, 1) if "." in line else None
    if domain is not None:
        return line[: domain.start()].rstrip(" /-–—,("), domain[0].rstrip(".")
    return line, None


def _is_below_text(line: str) -> bool:
    """Tell whether a line is what themes print below a text, so that the signature may stand above."""
    text = clean(line)
    if not text or is_photo_credit(text) or is_credit_label(text):
        return True
    if len(text) > 200:
        return False
    opening = re.sub(r"[:\])…. ]+", " ", spelled(text).lstrip(" >*•-–[(") + " ")
    return opening.startswith(credit_words.BELOW_TEXT) or (text[0] == "(" and text[-1] == ")")


def _with_position_below(paragraphs: Sequence[str], index: int) -> tuple[Byline, int] | None:
    """Return the credit of a person whose position stands below the name, None where it does not.

    Right below a sentence only: in a list of officials a name stands below another's position.
    """
    line = clean(paragraphs[index])
    if index < 2 or len(line) > _LONGEST or not _POSITION.match(line) or line.endswith((".", ":", ";")):
        return None
    name = parse_byline(paragraphs[index - 1])
    if name is None or name.kind != "person" or not clean(paragraphs[index - 2]).endswith(_SENTENCE_ENDS):
        return None
    return Byline(f"{name.byline}, {line}", name.authors, name.source_credit, "person"), index - 1


def _with_line_above(found: Byline, paragraphs: Sequence[str], index: int) -> tuple[Byline, int]:
    """Return the credit with the line above it, where that is the same credit, its person or its source."""
    if not index:
        return found, index
    byline = found.byline
    if byline is not None and found.kind != "organization" and byline not in clean(paragraphs[index - 1]):
        # only the same credit would count, and it takes 0.1 ms to read a sentence for one
        return found, index
    above = parse_byline(paragraphs[index - 1])
    if above == found:
        return found, index - 1
    if above and found.kind == "source" and above.kind in ("person", "staff"):
        return _above_source(above, found, paragraphs[index - 1], paragraphs[index]), index - 1
    if above is None or (found.kind, above.kind) != ("organization", "person"):
        return found, index
    whole = f"{above.byline}, {found.byline}"
    return Byline(whole, above.authors, found.source_credit, "person"), index - 1


def _above_source(above: Byline, found: Byline, name: str, source: str) -> Byline:
    """Return the credit of a name's line right above a source's line.

    A bare name is the source's own reporter: "Lan Anh" above "Theo TTXVN" is "Theo Lan Anh/TTXVN" in two:
    a source without a byline. A labelled name ("Tin, ảnh: Lan Anh") signs here, and brackets
    around the source ("(Theo TTXVN)") make it a remark to the name, as on one line.
    """
    signs = _LABEL.fullmatch(clean(name)) or _LABEL_WITHOUT_COLON.fullmatch(clean(name))
    if signs or clean(source).startswith("("):
        return replace(above, source_credit=above.source_credit or found.source_credit)
    return replace(found, authors=found.authors or above.authors)
