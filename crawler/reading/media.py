"""Articles without prose: a headline over photographs, files or a video, on markup that nobody has described.

There is no text whose weight could tell where the article stands. What tells it is the order of the page:
pictures that lead nowhere else, files or a player, soon after the headline and before other articles begin.
"""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from crawler.reading import attachments, noise
from crawler.reading.generic import Region, common, title_line
from crawler.reading.judging import HEADLINE, is_entry
from crawler.reading.lines import Line, read_lines
from crawler.reading.starts import PASTED
from crawler.reading.tree import Tree, is_hidden

_SOON = 8
"""Lines between a headline and what stands under it: date, author, counter, tools."""
_AT_ONCE = 3
"""The same where headline and pictures share nothing but the page: else they may be a sidebar's."""
_SENTENCE = 60
"""Characters of a line that is text wherever it stands; labels and section names are shorter."""
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp)(?:$|[?#])", re.I)
_PLAYERS = re.compile(r"youtube|youtu\.be|vimeo|player|video|dailymotion|facebook\.com/plugins", re.I)
_PAGE = frozenset(("body", "html", "form"))


def locate_media(tree: Tree, title: str | None, title_element: Element | None) -> Region | None:
    """The pictures, files and players under the headline as a region, None where there are none or the
    page has no headline."""
    files: list[tuple[str, str]] = []
    lines = read_lines(tree.body, title=title_element, files=files)
    start = title_line(lines, title, title_element)
    if start < 0:
        return None
    own = _own(lines, start)
    shown = [n for n, line in enumerate(own) if _is_shown(line)]
    headline = lines[start].block
    players = [] if headline is None else _players(tree.body, headline)
    if shown and shown[0] <= _SOON:
        element = own[shown[0]].block
        last = shown[-1]
    elif players:
        element, last = players[0], -1
    else:
        return None
    if element is None:
        return None
    scope = common(element, headline)
    before = [line for line in own[: shown[0]] if line.image is None] if shown else []
    if scope.tag in _PAGE and len(before) > _AT_ONCE:
        return None
    around = [n for n, line in enumerate(own) if _belongs(line, n, shown)]
    return Region(
        element=element,
        scope=scope,
        lines=[own[n] for n in around],
        above=lines[max(0, start - _SOON) : start],
        between=[line for n, line in enumerate(own[: _SOON + 1]) if n not in around],
        ahead=[line for line in reversed(lines[max(0, start - 4) : start]) if line.image is None],
        after=[line for line in own[last + 1 : last + _SOON] if line.image is None],
        prose=sum(len(own[n].text) for n in around),
        linked=0,
        titles=0,
        carded=0,
        cards=0,
        shown=[x.text for x in lines if x.role != "noise" and not x.mostly(x.linked)],
        files=[file for file in files if attachments.file_type(file[0])],
        headlines=sum(1 for x in lines if x.role != "noise" and is_entry(x)),
        in_card=False,
    )


def _own(lines: list[Line], start: int) -> list[Line]:
    """The lines after a headline up to where other articles, comments or the imprint begin."""
    own: list[Line] = []
    for line in lines[start + 1 :]:
        if line.image is None:
            others = is_entry(line) and (not _links_files(line) or _leads_to_page(line))
            if others or noise.is_end_label(line.text) or noise.is_imprint(line.text):
                break
        if line.role != "noise":
            own.append(line)
    return own


def _is_shown(line: Line) -> bool:
    """Whether a line is a picture that leads nowhere but to itself, or links to files."""
    if line.image is not None:
        return line.image != PASTED and all(
            address.startswith("#") or _PICTURE.search(address) for address, _ in line.links
        )
    return _links_files(line)


def _links_files(line: Line) -> bool:
    return any(attachments.file_type(address) for address, _ in line.links)


def _leads_to_page(line: Line) -> bool:
    """Whether a headline in a line leads to a page: a row of a list of documents has its file beside it."""
    return any(len(text) >= HEADLINE and not attachments.file_type(address) for address, text in line.links)


def _belongs(line: Line, n: int, shown: list[int]) -> bool:
    """Whether a line is part of the article: what is shown, what stands between it, and sentences."""
    if line.image is not None:
        return n in shown
    among = bool(shown) and shown[0] <= n <= shown[-1] + 1
    return among or line.role in ("caption", "lead") or len(line.text) >= _SENTENCE


def _players(body: Element, headline: Element) -> list[Element]:
    """The players and framed files that stand after a headline, page order."""
    found = []
    after = False
    for node in body.iter():
        if node is headline:
            after = True
        elif after and node.tag in ("video", "audio", "iframe", "object", "embed"):
            address = node.get("src") or node.get("data") or ""
            plays = node.tag in ("video", "audio") or _PLAYERS.search(address)
            if (plays or attachments.file_type(address)) and not _is_within_widget(node):
                found.append(node)
    return found


def _is_within_widget(node: Element) -> bool:
    return any(is_hidden(up) or up.tag in ("aside", "footer", "nav") for up in (node, *node.iterancestors()))
