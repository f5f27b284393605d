"""Credits: who wrote a text, as Vietnamese portals and newspapers print it.

``reference/vietnamese_text.md`` names the forms, ``data/bylines_dev.csv`` has them as seen. What is
a credit and what is only a short line is judged by structure (capitals, initials, labels, units) and
by the small vocabularies of :mod:`vietnam.credit_words`; no list of persons is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vietnam import credit_words
from vietnam.writing import clean, fold, match_form, unaccented

Kind = Literal["person", "staff", "board", "organization", "source"]


@dataclass(frozen=True, slots=True)
class Byline:
    """A credit.

    ``byline`` is what is printed, without its label and with its unit; ``authors`` are the persons
    alone, as printed but without degree; ``source_credit`` is another publisher ("Theo X", "Nguồn:
    X"), for which ``byline`` is None. A photographer is no author.
    """

    byline: str | None
    authors: tuple[str, ...]
    source_credit: str | None
    kind: Kind


_LONGEST = 160  # characters; the longest credit seen has 79 (name, position and office)
_LONGEST_UNIT = 14  # words, of the same credit and some more

# --- labels ---------------------------------------------------------------------------------------

_WORK = r"(?:tin|bài viết|bài|ảnh|hình|video|clip|đồ họa|text|photo)"
_ROLE = (
    r"(?:(?:nhóm )?thực hiện|tác giả(?: bài viết)?|người viết|viết bài|người đăng|đăng bởi|biên soạn"
    r"|tổng hợp|lược ghi|ghi chép|biên tập|by|posted by|author|ctv|cộng tác viên|pv|phóng viên)"
)
_AND = r"\s?(?:,|&|và|-|–|/|\+|\s)\s?"
_LABEL = re.compile(
    rf"(?P<label>{_ROLE}|{_WORK}(?:{_AND}{_WORK}){{0,3}})\s?(?P<colon>[:：])\s?(?P<rest>\S.*)", re.IGNORECASE
)
_LABEL_WITHOUT_COLON = re.compile(rf"(?:tin|bài){_AND}ảnh\s(?P<rest>[A-ZÀ-ỸĐ].*)", re.IGNORECASE)
_SOURCE_LABEL = re.compile(
    r"(?:nguồn(?: tin| bài| bài viết)?\s?(?P<colon>[:：])|nguồn|theo\s?[:：]?)\s?(?P<rest>\S.*)",
    re.IGNORECASE,
)
_SOURCE_WITH_LINK = re.compile(r"nguồn\s(?P<rest>\S{2,30})\s?:\s?https?://\S+", re.IGNORECASE)
_LABEL_ALONE = re.compile(
    rf"(?:{_ROLE}|{_WORK}(?:{_AND}{_WORK}){{0,3}}|nguồn(?: tin| bài| bài viết)?|theo)\s?[:：]?", re.IGNORECASE
)
_PHOTO_LABEL = re.compile(
    r"(?:ảnh|hình|photo|video|clip)(?: minh họa| tư liệu)?\s?[:：]\s?\S.*", re.IGNORECASE
)
_PHOTO_AFTER_NAME = re.compile(r"[\s;,.(–-]{1,3}(?:và\s)?(?:ảnh|video|clip)\s?[:：].*", re.IGNORECASE)

# --- what is cut off ------------------------------------------------------------------------------

_TAIL = re.compile(
    r"(?:\s*(?:\./\.|/\.|…|\.{2,}|loading|\[?trở về\]?|tin cùng chuyên mục.*|số lần đọc.*|lượt xem.*|ý kiến bạn đọc.*))+$",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"[\s,|•·(–-]{0,4}(?:(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\b[\s,]{0,3}(?:ngày\s)?[0-9]"
    r"|(?:ngày\s)?[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]{1,2}[:h][0-9]{2}).*",
    re.IGNORECASE,
)
_SOURCE_PREFIX = re.compile(
    r"\((?P<bracketed>[^()\d]{2,24})\)\s?[-–—:]?\s?|(?P<bare>[A-ZĐ][A-ZĐ&.]{0,7}|[A-Z][A-Za-z]{2,14}(?:\.vn)?)\s?[-–—]\s"
)

# --- names ----------------------------------------------------------------------------------------

_DEGREE = re.compile(
    r"^(?:(?:PGS|GS|TS|ThS|Ths|BS|BSCK(?:I|II)?|KS|LS|CN|NCS|NSƯT|NSND)\.?\s?)+(?=[^\W\d_])|^(?:Thạc sĩ|Tiến sĩ|Bác sĩ|Luật sư|Nhà báo"
    r"|(?:Đại|Trung|Thượng|Thiếu) (?:úy|uý|tá|tướng))\s"
)
_STAFF_BEFORE_NAME = re.compile(
    r"^(?:CTV|PV|P\.V|BTV|Phóng viên|Cộng tác viên|Cộng tác viên)[\s.:,-]{1,3}(?=[^\W\d_])"
)
_UPPER = "A-ZÀ-ÖØ-ÝĂĐĨŨƠƯẠ-Ỹ"
_SYLLABLE = re.compile(rf"(?:[A-Za-zĐđ]{{1,3}}['’‘`])?[^\W\d_]{{1,7}}")
_INITIALS = re.compile(
    r"(?:[^\W\d_]{1,3}\.\s?){1,3}[^\W\d_]{2,7}(?:\s[^\W\d_]{2,7})?|(?:[^\W\d_]\.\s?){1,4}[^\W\d_]?\.?"
)
_LETTERS = re.compile(r"[BCDĐGHKLMNPQRSTVX][ABCDĐGHKLMNPQRSTUVXY]{1,3}")
_BETWEEN_NAMES = re.compile(r"\s?[,;&+–—/]\s?|\s?-\s|\s-\s?|\s(?:và|&)\s|(?<=[^\W\d_])-(?=[^\W\d_])")
_BRACKET = re.compile(r"\s?\((?P<inside>[^()]{1,80})\)?$")
_DOMAIN = re.compile(r"(?:[a-z0-9-]{2,40}\.){1,3}(?:vn|com|net|org|info)\b\.?", re.IGNORECASE)


def parse_byline(text: str) -> Byline | None:
    """Return the credit that a line is, None where the line is none.

    Takes one line of any length: with a label ("Tin, ảnh: Lam Hồng"), a bare signature ("Hồ Thuý
    Vinh", "P.Hằng", "Lê Thơ- Hồng Tăng, Trung tâm VHTT, TT&DL huyện"), a mark ("PV", "BBT"), an
    organization, or a source ("Theo X", "Nguồn: X"). A name with a date behind it ("Văn Hoa -
    05:32, 24/11/2023") is read too. Photo credits, login names, sentences and headings are none.
    """
    if len(text) > 4 * _LONGEST:  # cheap, before cleaning: nearly every paragraph ends here
        return None
    line = clean(text)
    if line.endswith(("-", "–", "—")):  # "TP -", "(ĐN)-": a publisher's code before its text
        return None
    line = _without_tail(line)
    if not line or len(line) > _LONGEST:
        return None
    return _labelled(line) or _source(line) or _signature(line)


def find_signature(paragraphs: Sequence[str]) -> tuple[Byline, int] | None:
    """Return the credit at the end of a body and the index of its line, None where there is none.

    Looked for from the end, over photo credits, download links, counters and what else a theme
    prints below a text, but never past a line of text. A credit printed twice counts at its first
    line; a name above the line of its office is one credit. Lines after the index are no text.
    """
    last = len(paragraphs) - 1
    for index in range(last, max(-1, last - _LINES_BELOW), -1):
        line = paragraphs[index]
        found = parse_byline(line)
        if found is None:
            if _is_below_text(line):
                continue
            return None
        return _joined(found, paragraphs, index)
    return None


def trailing_signature(paragraph: str) -> tuple[Byline, str] | None:
    """Return the credit glued to the end of a paragraph's last sentence, and the text without it.

    "… Việt Nam - Nhật Bản. Huy Hoàng" gives the credit of Huy Hoàng. Persons and marks only, and
    only after a sentence's end, because nothing else tells a name from the sentence's own words.
    """
    match = _GLUED.search(paragraph)
    if match is None:
        return None
    found = parse_byline(match["credit"])
    if found is None or found.kind in ("organization", "source"):
        return None
    return found, paragraph[: match.start("credit")].rstrip()


def is_photo_credit(text: str) -> bool:
    """Tell whether a line credits a photographer alone: "Ảnh: Vũ Chi"."""
    line = clean(text)
    return len(line) <= _LONGEST and _PHOTO_LABEL.fullmatch(line) is not None


def is_credit_label(text: str) -> bool:
    """Tell whether a text is the label of a credit and nothing else: "Tác giả:", "Tin, ảnh"."""
    return _LABEL_ALONE.fullmatch(clean(text)) is not None


def is_login_name(text: str) -> bool:
    """Tell whether an author field holds an account of the CMS (admin, quantri, bbt_xa), no person.

    Known account words, mail addresses, and single words of lower-case ASCII letters and digits.
    """
    name = clean(text)
    if _DOMAIN.fullmatch(name):
        return False
    key = fold(name)
    if key in credit_words.LOGINS or key.replace(" ", "") in credit_words.LOGINS or "@" in name:
        return True
    if " " in name or not name.isascii():
        return False
    return _LOGIN.fullmatch(name) is not None


def split_source_prefix(text: str) -> tuple[str | None, str]:
    """Return the code of the publisher that opens a text, and the text without it.

    "(ĐN)- Sáng 5/6 …" gives ("ĐN", "Sáng 5/6 …"); a text without such a code is returned whole.
    """
    match = _SOURCE_PREFIX.match(text)
    if match is None or (match["bare"] and fold(match["bare"]) in credit_words.NO_PREFIX):
        return None, text
    code = match["bracketed"] or match["bare"]
    if match["bracketed"] and not match[0].rstrip().endswith(("-", "–", "—", ":")) and not code.isupper():
        return None, text  # "(Mặt trận) -" is a code, "(Ảnh minh họa)" is a caption
    return code, text[match.end() :]


_LINES_BELOW = 8  # lines a theme prints below the signature; five were seen at most
_GLUED = re.compile(r"[.!?…”\"’)](?:/\.)?\s+(?P<credit>[^.!?…]{2,60}|(?:[^\W\d_]\.){1,2}\s?[^\W\d_]{1,7})$")
_LOGIN = re.compile(
    r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*|[A-Za-z]+[_0-9][A-Za-z0-9_]*|(?:[A-Z][a-z]+){2,4}[0-9]*"
)


def _without_tail(line: str) -> str:
    line = _TAIL.sub("", line).strip(" \t-–—*•>|,;:")
    if line.startswith("(") and line.endswith(")") and line.count("(") == 1:
        line = line[1:-1].strip()
    if line.endswith(".") and not _INITIALS.fullmatch(line):
        line = line[:-1] if line.count(".") == 1 and len(line.split()) <= 5 else line
    return line


def _labelled(line: str) -> Byline | None:
    match = _LABEL.fullmatch(line) or _LABEL_WITHOUT_COLON.fullmatch(line)
    if match is None:
        return None
    label = match.groupdict().get("label") or ""
    if unaccented(label) in ("anh", "hinh", "video", "clip", "photo", "do hoa"):
        return None
    rest = match["rest"].strip()
    if is_login_name(rest):
        return None
    source = _source(rest)
    if source is not None:
        return source
    found = _signature(rest, labelled=True)
    if found is not None:
        return found
    # a label says that it is a credit; what kind of one cannot be told, so it names no person
    if rest[0].isupper() and len(rest.split()) <= _LONGEST_UNIT and not rest.endswith((".", "!", "?")):
        return Byline(rest, (), None, "organization") if label and not _is_work_alone(label) else None
    return None


def _is_work_alone(label: str) -> bool:
    return unaccented(label) in ("tin", "bai", "text", "tong hop")  # "Tin: Bão số 3 …" is a heading


def _source(line: str) -> Byline | None:
    if match := _SOURCE_WITH_LINK.fullmatch(line):
        return Byline(None, (), match["rest"], "source")
    match = _SOURCE_LABEL.fullmatch(line)
    if match is None:
        return None
    rest = match["rest"].strip(" .()")
    words = rest.split()
    if not words or len(words) > 12:
        return None
    if not match["colon"]:
        key = fold(rest)
        publisher = key.startswith(credit_words.PUBLISHERS) or _DOMAIN.search(rest) or key.endswith("online")
        proper = all(word[0].isupper() or not word[0].isalpha() for word in words)
        if key.startswith(credit_words.NOT_A_SOURCE) or not (publisher or proper) or len(words) > 9:
            return None
    before_slash, slash, _ = rest.partition("/")
    persons = _persons(before_slash.strip()) if slash and not rest.startswith("http") else None
    return Byline(None, persons or (), rest, "source")


def _signature(line: str, *, labelled: bool = False) -> Byline | None:
    line = _STAMP.sub("", line).strip(" -–—|,") if _STAMP.search(line, 1) else line
    if (
        not line
        or line[-1] in "!?:;"
        or fold(line) in credit_words.NOT_A_CREDIT
        or (is_login_name(line) and line.islower() and fold(line) not in credit_words.STAFF)
    ):
        return None
    key = fold(line)
    if key in credit_words.STAFF:
        return Byline(line, (), None, "staff")
    if key.startswith(credit_words.BOARDS) and _is_unit(line):
        return Byline(line, (), None, "board")
    credit, source = line, None
    if (photo := _PHOTO_AFTER_NAME.search(credit, 1)) is not None:
        credit = credit[: photo.start()]
    if (bracket := _BRACKET.search(credit)) is not None:
        inside = bracket["inside"].strip()
        credit = credit[: bracket.start()]
        if (of_source := _source(inside)) is not None:
            source, line = of_source.source_credit, credit
        elif len(inside.split()) > 10:
            return None
    if (domain := _DOMAIN.search(credit)) is not None and domain.start() > 0:
        source = domain[0].rstrip(".")
        line = credit = credit[: domain.start()].rstrip(" /-–—,")
    parts = _split_names(credit, labelled=labelled)
    if parts is not None:
        kind: Kind = "person" if parts else "staff"
        return Byline(line, parts, source, kind)
    if (not bracket or labelled) and _is_organization(credit, labelled=labelled):
        return Byline(line, (), source, "organization")
    return None


def _persons(text: str) -> tuple[str, ...] | None:
    return _split_names(text, labelled=False)


def _split_names(credit: str, *, labelled: bool) -> tuple[str, ...] | None:
    """Return the persons of a credit without its unit, None where it does not begin with a name."""
    gaps = [match.span() for match in _BETWEEN_NAMES.finditer(credit)]
    starts, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(credit)]
    names: list[str] = []
    staff = False
    for start, end in zip(starts, ends, strict=True):
        piece = credit[start:end].strip()
        if fold(piece) in credit_words.STAFF:
            staff = True
            continue
        name = _name(piece, alone=not gaps and not labelled)
        if name is None or (names and fold(piece).startswith(credit_words.ORGANIZATIONS)):
            return tuple(names) if (names or staff) and _is_unit(credit[start:]) else None
        names.append(name)
    return tuple(names) if names or staff else None


def _name(piece: str, *, alone: bool) -> str | None:
    """Return the person's name that a piece is, without degree or "CTV", None where it is none."""
    marked = _STAFF_BEFORE_NAME.sub("", piece)
    name = _DEGREE.sub("", marked).strip()
    if _INITIALS.fullmatch(name):
        return name if name[0].isupper() else None
    if _LETTERS.fullmatch(name) and fold(name) not in credit_words.ACRONYMS:
        return name
    syllables = name.split()
    if not 1 <= len(syllables) <= 6 or not all(map(_SYLLABLE.fullmatch, syllables)):
        return None
    if not all(syllable[0].isupper() for syllable in syllables):
        return None
    spelled = match_form(name).lower()
    if spelled in credit_words.NOT_A_CREDIT or f"{spelled} ".startswith(credit_words.NOT_A_NAME):
        return None
    keys = [fold(syllable).replace(" ", "") for syllable in syllables]
    if len(syllables) == 1 and (alone or marked != piece):
        return None
    if len(syllables) > 4 and keys[0] not in credit_words.SURNAMES:
        return None
    if 2 * sum(map(credit_words.is_syllable, keys)) < len(keys):
        return None
    if (
        name.isupper()
        and alone
        and not any(k in credit_words.SURNAMES or k in credit_words.GIVEN for k in keys)
    ):
        return None
    return name


def _is_unit(text: str) -> bool:
    """Tell whether a text can be the unit behind a name: capitals, acronyms and words of offices."""
    words = re.findall(r"[^\s,;()/&–—-]+", text)
    if not words or len(words) > _LONGEST_UNIT or text.rstrip().endswith((".", "!", "?")):
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


def _is_organization(text: str, *, labelled: bool) -> bool:
    key = fold(text)
    if not key.startswith(credit_words.ORGANIZATIONS) and key not in credit_words.ACRONYMS:
        return False
    if labelled:
        return len(text.split()) <= _LONGEST_UNIT and not text.endswith((".", "!", "?"))
    return text[0].isupper() and _is_unit(text) and not any(map(str.isdigit, text))


def _is_below_text(line: str) -> bool:
    """Tell whether a line is what themes print below a text, so that the signature may stand above."""
    text = clean(line)
    if not text or is_photo_credit(text) or is_credit_label(text):
        return True
    return len(text) <= 200 and fold(text).startswith(credit_words.BELOW_TEXT)


def _joined(found: Byline, paragraphs: Sequence[str], index: int) -> tuple[Byline, int]:
    """Return the credit with the line above it, where that is the same credit or its person."""
    above = parse_byline(paragraphs[index - 1]) if index else None
    if above is None:
        return found, index
    if above == found:
        return found, index - 1
    if found.kind == "organization" and above.kind == "person" and above.byline and found.byline:
        return Byline(
            f"{above.byline}, {found.byline}", above.authors, found.source_credit, "person"
        ), index - 1
    return found, index
