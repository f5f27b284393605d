"""Who is credited: the signature at the end of the text, what the theme prints, what machines are told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from lxml.etree import _Element as Element

from crawler.reading import details, noise
from crawler.reading import tree as trees
from crawler.reading.ledger import Ledger
from crawler.reading.lines import Line
from crawler.reading.machine import Machine
from crawler.reading.markup import is_longer
from crawler.reading.patterns import any_of
from crawler.reading.platform import Platform
from crawler.reading.tree import Tree
from vietnam import bylines, writing
from vietnam.bylines import Byline

_AUTHOR_LABEL = any_of(
    r"tác giả(?: bài viết)?|người (?:viết|đăng|gửi)|(?:được )?(?:đăng |viết |gửi )?bởi|tin bài",
    r"(?:posted |written |created )?by|author",
    start="^",
    end=r"\s*[:：]?\s+",
)
_LABEL_ALONE = re.compile(
    r"(?:tác giả(?: bài viết)?|người (?:viết|đăng|thực hiện)|thực hiện|bài(?: viết)?|tin,? bài|tin,? ảnh"
    r"|(?:written )?by|authors?|words|text)\s*:?",
    re.I,
)
"""A label in a box of its own, with the name in the next (Drupal's fields)."""
_SOURCE_LABEL = re.compile(r"^(?:nguồn(?: tin)?|nguồn bài viết|theo|source)\s*[:：]?\s+", re.I)
_SOURCE_FIELD = re.compile(r"nguồn(?: tin| bài viết)?\s?[:：]\s?(\S.*)", re.I)
_SOURCE_BEGINS = ("Nguồn", "nguồn", "NGUỒN")
_THEME_LABEL = re.compile(
    r"^(?:tác giả(?: bài viết)?|nguồn tin|nguồn bài viết|người (?:đăng|viết|gửi)|(?:đăng|viết) bởi"
    r"|author|posted by)\s*[:：]",
    re.I,
)
_NAMED_AUTHOR = re.compile(r"uthor|yline|ac-?gia|riter", re.I)
_AUTHOR_LINKS = "descendant::a[@rel='author' or contains(@href, '/author/') or contains(@href, '/tac-gia/')]"
_AUTHOR_BOX = re.compile(r"author-?_?(?:box|bio|info|card)|about-?_?(?:the-)?author|tac-?gia", re.I)
_BOX = 600
"""Characters of a box about an author."""
_PERSON_ICON = re.compile(
    r"(?:fas?|far|bi|icon|glyphicon|ti|la|ri|bx|bxs|mdi|uil)-(?:user|pen|pencil|person)\b", re.I
)
_ICONS = ("i", "span", "svg", "em")
_ENDS_BESIDE_ICON = re.compile(r"[|•·/()\d]")
_NAME_ABROAD = re.compile(
    r"[^\W\d_a-z][\w'’.-]{0,20}(?: (?:de|da|di|do|dos|van|von|der|den|la|le|del|el|bin|al))?"
    r"(?: [^\W\d_a-z][\w'’.-]{0,20}){1,3}"
)
_BY_ABROAD = re.compile(r"^(?:by|par|von|por|di|oleh|text|texto|texte)\s*:?\s+", re.I)
_NAME_LIMIT = 90
"""Characters; the longest credit of bylines_dev.csv with its unit has 74."""


def find_credit(
    tree: Tree,
    platform: Platform | None,
    machine: Machine,
    paragraphs: list[str],
    marked: Callable[[], Sequence[str]],
    scope: Element,
    fields: Sequence[str],
    around: Callable[[], Sequence[Line]],
    ledger: Ledger,
    *,
    abroad: bool = False,
) -> Byline | None:
    """The credit, and ``paragraphs`` without the line that it stood in.

    The signature of the body comes first; a source there ("Theo TTXVN") leaves the byline empty, as the
    contract says. Then the credit above the text ("Bài, ảnh: Lê Nam"), then what the theme prints as author
    (``marked`` are such lines of unknown markup, ``fields`` those that stood under its text), unless it is a
    login name; then JSON-LD and meta. ``abroad``: the text is not in Vietnamese, so that names may be of any
    country.
    """
    signature = _signature(paragraphs, ledger)
    if signature is None and abroad:
        signature = _signature_abroad(paragraphs, ledger)
    opening = _opening(paragraphs, ledger) if signature is None else None
    signed = signature or opening
    printed = (
        _printed(tree, platform, marked, scope, ledger, abroad) if signed is None or ledger.explain else None
    )
    told = _told(machine, platform, ledger, abroad) if signed is None and printed is None else None
    source = _source(tree, platform, scope, ledger)
    if source is None and (signed is None or signed.source_credit is None):
        source = (_source_in(fields) if fields else None) or _source_among(around(), ledger)
    if printed is not None and source is not None and printed.byline == source:
        printed = None  # a field of the source stands among the lines that a theme credits somebody in
    for credit, where, why in (
        (signature, "signature", "signs the text"),
        (opening, "opening", "stands above the text, and the text is not signed"),
        (printed, "printed", "the theme prints it, and the text is not signed"),
        (told, "machine", "nothing else names an author"),
    ):
        if credit is None:
            continue
        if credit.source_credit is None and source is not None:
            credit = Byline(credit.byline, credit.authors, source, credit.kind)
            ledger.choose("source_credit", "platform")
        elif credit.source_credit is not None:
            ledger.choose("source_credit", where, why)
        if credit.byline is not None:
            ledger.choose("byline", where, why)
        if credit.authors:
            ledger.choose("authors", where, why)
        return credit
    if source is not None:
        ledger.choose("source_credit", "platform")
        return Byline(None, (), source, "source")
    return None


def labelled_names(lines: Sequence[str]) -> Iterator[str]:
    """The lines beside a headline that a theme prints the author in, with the label before the name or in a
    line of its own above it."""
    for n, line in enumerate(lines):
        if len(line) > _NAME_LIMIT + 20:
            continue
        if bylines.is_credit_label(line) and n + 1 < len(lines):
            yield f"{line.rstrip(':： ')}: {lines[n + 1]}"
        elif (named := _THEME_LABEL.match(line)) is not None:
            yield next((part for part in details.parts(line) if len(part) > len(named[0])), line)
        else:
            yield from details.labelled_credits(line)


def take_printed(paragraphs: list[str], fields: Sequence[str] = ()) -> list[str]:
    """Takes the lines off the end of unknown markup's text that a theme prints under it ("Tác giả: …",
    "Nguồn tin: …"), and returns them, first line first. ``fields`` are lines in elements that call themselves
    author or source: "Nguồn: …" is an editor's line elsewhere."""
    taken: list[str] = []
    while paragraphs and len(last := paragraphs[-1]) <= _NAME_LIMIT + 20:
        of_source = bylines.parse_byline(last) if last in fields else None
        if not _THEME_LABEL.match(last) and (of_source is None or of_source.kind != "source"):
            break
        taken.insert(0, paragraphs.pop())
    return taken


def printed_in(tree: Tree, scope: Element) -> list[str]:
    """What elements that call themselves author print within an element of unknown markup."""
    found = []
    named = [e for e in tree.index.named_like(_NAMED_AUTHOR) if noise.role(trees.names_of(e)) == "byline"]
    for node in [*named, *trees.xpath(scope, _AUTHOR_LINKS)][:8]:
        if not trees.is_within(node, scope):
            continue
        if any(map(trees.is_hidden, (node, *node.iterancestors()))):
            continue
        text = trees.text_of(node)
        if text and len(text) <= _NAME_LIMIT:
            found.append(text)
    return [*found, *_in_boxes(tree, scope)]


def _in_boxes(tree: Tree, scope: Element) -> Iterator[str]:
    """The full names in bold over what a theme says about the author in a box called so."""
    for box in islice(tree.index.named_like(_AUTHOR_BOX), 4):
        if not trees.is_within(box, scope) or is_longer(box, _BOX):
            continue
        names = map(trees.text_of, box.iter("h3", "h4", "h5", "h6", "strong", "b", "a"))
        yield from islice(filter(bylines.is_full_name, names), 1)


def beside_icons(tree: Tree, scope: Element) -> list[str]:
    """What stands behind the icon of a person or a pen within an element, in a line of details about a
    headline: ``<i class="fa fa-user"></i> Vàng A Dính``."""
    found = []
    for icon in tree.index.named_like(_PERSON_ICON)[:8]:
        if icon.tag not in _ICONS or trees.text_of(icon) or not trees.is_within(icon, scope):
            continue
        following = icon.getnext()
        text = icon.tail or ""
        if not text.strip() and following is not None and not is_longer(following, _NAME_LIMIT):
            text = trees.text_of(following)
        told = _ENDS_BESIDE_ICON.split(writing.clean(text), maxsplit=1)[0]
        if told and (credit := read_name(told)) is not None and credit.byline is not None:
            found.append(told)
    return found


def _signature(paragraphs: list[str], ledger: Ledger) -> Byline | None:
    found = bylines.find_signature(paragraphs)
    if found is None:
        return None
    credit, index = found
    ledger.propose("byline", paragraphs[index], "signature")
    signed = paragraphs.pop(index)
    for near in (index, index - 1):  # some editors sign twice, or credit the photographer in a line beside
        if 0 <= near < len(paragraphs) and _stands_by(paragraphs[near], signed):
            paragraphs.pop(near)
            index = min(index, near)
    while index < len(paragraphs) and (
        bylines.parse_byline(paragraphs[index]) is not None
        or (credit.byline or "").endswith(f", {writing.clean(paragraphs[index])}")
    ):
        paragraphs.pop(index)  # its office, its source, the person's position
    _take_label(paragraphs, index)
    return credit


def _stands_by(line: str, signed: str) -> bool:
    """Whether a line right beside a signature is the same again, or the credit of its photographer."""
    if writing.same_words(line, signed):
        return True
    if len(line) > _NAME_LIMIT or ":" not in line or not bylines.is_photo_credit(line):
        return False
    photographer = bylines.parse_byline(line.partition(":")[2])
    return photographer is not None and photographer.kind in ("person", "staff")


def _opening(paragraphs: list[str], ledger: Ledger) -> Byline | None:
    """The credit above the text, which keeps what stands above that (a place, a heading)."""
    found = bylines.find_opening_credit(paragraphs)
    if found is None:
        return None
    credit, index = found
    ledger.propose("byline", paragraphs.pop(index), "opening")
    return credit


def _take_label(paragraphs: list[str], index: int) -> None:
    """Takes out the label that stood alone above a signature taken from ``index``."""
    if not 0 < index <= len(paragraphs):
        return
    above = paragraphs[index - 1]
    if _LABEL_ALONE.fullmatch(above) or (above.endswith(":") and bylines.is_credit_label(above)):
        paragraphs.pop(index - 1)


def _signature_abroad(paragraphs: list[str], ledger: Ledger) -> Byline | None:
    """A name alone under a text in another language."""
    if len(paragraphs) < 2 or (credit := name_abroad(paragraphs[-1])) is None:
        return None
    ledger.propose("byline", paragraphs.pop(), "signature")
    _take_label(paragraphs, len(paragraphs))
    return credit


def name_abroad(text: str) -> Byline | None:
    """The credit of a line that is one person's name in Latin letters, with "by" before it or not."""
    bare = _BY_ABROAD.sub("", writing.clean(text))
    if not _NAME_ABROAD.fullmatch(bare) or bylines.is_login_name(bare):
        return None
    return Byline(bare, (bare,), None, "person")


def is_by_line(text: str) -> bool:
    """Whether a line is "By" and a name."""
    return bool(_BY_ABROAD.match(text)) and name_abroad(text) is not None


def _printed(
    tree: Tree,
    platform: Platform | None,
    marked: Callable[[], Sequence[str]],
    scope: Element,
    ledger: Ledger,
    abroad: bool,
) -> Byline | None:
    texts: list[tuple[str, str]] = []
    if platform is not None:
        for css in platform.article.byline:
            if texts := [
                (trees.text_of(e), f"platform:{css}") for e in trees.preferring(tree.select(css), scope)[:3]
            ]:
                break
    own_field = bool(texts)
    texts = texts or [(text, "byline line") for text in marked()]
    for text, source in texts:
        credit = read_name(text, own_field=own_field) or (name_abroad(text) if abroad else None)
        if credit is not None:
            ledger.propose("byline", credit.byline or credit.source_credit or "", source)
            if credit.source_credit is None and not own_field:
                others = (bylines.parse_byline(x) for x, _ in texts if x != text and _SOURCE_LABEL.match(x))
                told = next((x.source_credit for x in others if x is not None and x.source_credit), None)
                credit = replace(credit, source_credit=told)
            return credit
        ledger.propose("byline", text, source, "no name: a login, a date, or a sentence")
    return None


def read_name(text: str, *, own_field: bool = False) -> Byline | None:
    """The credit in a line that a theme labels as author: a name, a unit, or a source. None for a
    login name, a time, or anything that is no name. In the author's ``own_field`` one syllable is a name,
    and what has no known form ("Tuổi trẻ Phước An") is somebody's."""
    text = writing.clean(text)
    bare = _AUTHOR_LABEL.sub("", text).strip(" :-–|,")
    if not bare or len(bare) > _NAME_LIMIT:
        return None
    if _SOURCE_LABEL.match(bare):
        return bylines.parse_byline(bare) or Byline(None, (), _SOURCE_LABEL.sub("", bare), "source")
    # the label tells that a line is a credit: "Tác giả: xã đoàn thạnh hòa"
    found = bylines.parse_byline(bare) or (bylines.parse_byline(text) if bare != text else None)
    return found or (bylines.parse_author_field(bare) if own_field else None)


def _told(machine: Machine, platform: Platform | None, ledger: Ledger, abroad: bool) -> Byline | None:
    distrust = platform.article.distrust if platform is not None else ()
    sites = {writing.fold(name) for name, _ in machine.site_name}
    for text, source in machine.author:
        key = writing.fold(text)
        if source in distrust or (source == "microdata" and "microdata" in distrust):
            ledger.propose("byline", text, source, "known to lie on this platform")
        elif key in sites or any(key in site or site in key for site in sites if len(key) > 12):
            ledger.propose("byline", text, source, "the site's own name")
        elif _names_site(text):
            ledger.propose("byline", text, source, "a site, not a person")
        elif (credit := read_name(text) or (name_abroad(text) if abroad else None)) is not None:
            ledger.propose("byline", text, source)
            return credit
    return None


def _names_site(text: str) -> bool:
    return bool(re.search(r"cổng thông tin|trang thông tin|://|www\.|\.(?:vn|com|org|net)\b|@", text, re.I))


def _source_in(fields: Sequence[str]) -> str | None:
    """The source among the lines that a theme prints about an article."""
    told = (bylines.parse_byline(text) for text in fields)
    return next((x.source_credit for x in told if x is not None and x.kind == "source"), None)


def _source_among(lines: Sequence[Line], ledger: Ledger) -> str | None:
    """The source that a theme prints in a line of its own about the text, with its label; other news ends
    what is the article's."""
    texts = [line.text for line in lines]
    shown = "\n".join(texts)
    if "guồn" not in shown and "GUỒN" not in shown and "heo " not in shown:
        return None
    for n, text in enumerate(texts):
        if not text.startswith(_SOURCE_BEGINS) or len(text) > _NAME_LIMIT:
            if (beside_time := details.source_beside_time(text)) is None:
                continue
            ledger.propose("source_credit", beside_time, "date line")
            return None if any(map(noise.is_end_label, texts[:n])) else beside_time
        if any(map(noise.is_end_label, texts[:n])):
            return None
        told = _SOURCE_FIELD.fullmatch(text)
        if told is not None and (source := bylines.parse_byline(text)) is not None:
            ledger.propose("source_credit", told[1], "source line")
            return source.source_credit
    return None


def _source(tree: Tree, platform: Platform | None, scope: Element, ledger: Ledger) -> str | None:
    if platform is None:
        return None
    for css in platform.article.source:
        for element in trees.preferring(tree.select(css), scope)[:3]:
            printed = trees.text_of(element)
            if _AUTHOR_LABEL.match(printed):
                continue  # themes print author and source in elements alike
            text = _SOURCE_LABEL.sub("", printed).strip(" :-")
            if text and len(text) <= _NAME_LIMIT:
                ledger.propose("source_credit", text, f"platform:{css}")
                return text
    return None
