"""Unknown markup: where on a page the article stands.

One pass over the lines of the whole page. Every line is worth something (text) or costs something
(links, crumbs, counters); what the lines below an element are worth together is the element's worth,
and the article is the smallest element that is worth nearly the most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from lxml.etree import _Element as Element

from crawler.reading import attachments, credits, noise, printed_times
from crawler.reading.judging import LONG, Judged, judged, judged_all
from crawler.reading.lines import Line, Outline, read_outline
from crawler.reading.related import related_cards
from crawler.reading.tree import Tree, is_within, names_of
from vietnam import bylines, writing

_SUMMARY = (30, 900)
"""Characters under a headline in a listing: a summary with its date; ColorMag shows up to 600."""
_TOLERANCE = 0.92
"""An inner element is the article if it is worth this share of the best one."""
_MORE_THAN_A_WIDGET = 400
"""Characters of prose that no sidebar's box has: an empty section shows its widgets alone."""
_AFTER_END = 0.2
"""Weight of text after "Tin cùng chuyên mục" and the like: comments, other articles' summaries. Links
there weigh nothing, or a short text would be worth less than the titles under it."""
_ABOVE = 8
"""Lines before a text among which its headline may be told by its looks: date, counter and tools stand
between them."""
_SECTION_WORDS = 7
"""Words: a section's name has fewer, of the 133 labelled headlines 9 in 10 have as many."""
_LIST = 5
"""Entries that make a list."""
_OWN = 200
"""Characters of text under the title that make the page an article's whatever stands beside it."""
_HEADS, _TITLES = 60, 3
"""Characters of a line that heads titles of other articles, and how many of them it stands above."""
_BOX = -15.0
"""Worth of a line in a card of another article: that of a link, so that no region reaches over them."""
_FEW, _MUCH_BESIDE = 100, 5
"""Characters of text that an ``<article>`` needs to be believed, and how many times as much may stand beside
it: comments, summaries of other articles."""
_VERSE = (12, 80)
"""Characters of a line of verse."""
_STANZA = 4
"""Lines of verse in one element."""
_FOOT = 12
"""Lines from the end in which a footer may stand."""
_OF_ITS_TITLE = 0.55
"""Share of a region's worth from which the part around the headline is the article, and not the part's
neighbours, if those read like a sidebar."""
_LINK_IN_SIDEBAR = 300
"""Characters of prose to each line that is all link, at most, in a sidebar; texts have fewer links."""


@dataclass(slots=True)
class Region:
    """Where the article stands: its lines, those around it, and how sure that is.

    Only ``lines`` and ``above`` know their blocks, and may be changed: the others stand on other pages too.
    ``between`` are the lines between title and text, ``ahead`` a few before the title, nearest first,
    ``after`` those that follow the text. ``prose`` and ``linked`` count characters.
    """

    element: Element
    scope: Element
    """The smallest element around title and text: what is printed of the article stands in it."""
    lines: list[Line]
    above: list[Line]
    """The last lines before the text of a page without a headline, page order."""
    between: list[Line]
    ahead: list[Line]
    after: list[Line]
    prose: int
    linked: int
    titles: int
    """Lines that are all link and as long as a headline: a listing has many."""
    carded: int
    """Characters of prose that stand under such a line like a summary under its headline."""
    cards: int
    """Such headlines with a summary."""
    shown: list[str]
    """All that the page shows outside of its menus and widgets, for telling what it is if no article."""
    files: list[tuple[str, str]]
    """Embedded files: address and name."""
    headlines: int
    """Lines all over the page, but for its menus and widgets, that are a headline's link."""
    in_card: bool
    """Whether the region is itself one summary among several on the page."""


def locate(tree: Tree, title: str | None, title_element: Element | None) -> Region | None:
    """The article's region, or None where the page has no text."""
    outline = read_outline(tree.body, title=title_element)
    lines, places = outline.lines, outline.places
    if not lines:
        return None
    headline = outline.number_of(title_element)
    start = _title_line(outline, headline, title)
    _doubt_noise_class(outline, start)
    told = judged_all(lines)
    others = related_cards(outline, start, told)
    heads = _heads_of_titles(lines, told)
    worth = _worths(lines, told, heads, start)
    for n in others:
        worth[n] = _BOX
    if (article := _article_around(title_element, headline, outline)) is not None:
        last = outline.ends[article]
        worth = [
            value * _AFTER_END if value > 0 and not article <= place < last else value
            for place, value in zip(places, worth, strict=True)
        ]
    sums = _sums(outline, worth)
    innermost = _innermost(sums, outline)
    if start >= 0 and sums[innermost] < _OWN and (verses := list(_verses(outline, start))):
        for n in verses:
            worth[n] = float(len(lines[n].text))
        innermost = _innermost(sums := _sums(outline, worth), outline)
    place = _beside_sidebar(innermost, headline, outline, sums)
    place = _box_of_paragraph(place, headline, outline, sums)
    chosen, end = outline.nodes[place], outline.ends[place]
    inside = [n for n, number in enumerate(places) if place <= number < end]
    first, last = inside[0], inside[-1]
    if first <= start <= last:
        first = start + 1
    last = _without_imprint(outline, first, _until_label(lines, told, heads, first, last), place)
    scope = common(chosen, title_element)
    around = outline.number_of(scope)
    last = _extended(outline, last, around)
    region_lines = [
        lines[n]
        for n in range(first, last + 1)
        if n not in others and not (n + 1 in others and told[n].is_end)
    ]
    between = [line for line in lines[start + 1 : first] if line.image is None] if start >= 0 else []
    ahead = [n for n in range(max(0, start - 4), max(start, 0)) if lines[n].image is None]
    # portals set section and day in a box of their own, right above the one of headline and text
    nearest = ahead[-1] if ahead and _prints_day(lines[ahead[-1]]) else -1
    following = range(last + 1, min(last + 16, len(lines)))
    after = [lines[n] for n in following if lines[n].image is None and n not in others]
    own = [judged(line) for line in region_lines]
    prose = sum(
        len(x.text) - x.linked
        for x, line in zip(region_lines, own, strict=True)
        if x.image is None and not line.is_link
    )
    cards, carded = _cards(region_lines)
    above = range(max(0, first - _ABOVE), first) if start < 0 else ()
    return Region(
        element=chosen,
        scope=scope,
        lines=region_lines,
        above=[lines[n] for n in above if lines[n].image is None],
        between=between,
        ahead=[lines[n] for n in reversed(ahead) if n == nearest or _stands_in(places[n], around, outline)],
        after=after,
        prose=prose,
        linked=sum(x.linked for x in region_lines),
        titles=len([line for line in own if line.is_headline]),
        carded=carded,
        cards=cards,
        shown=[line.text for line, own in zip(lines, told, strict=True) if own.is_shown],
        files=[file for _, file in outline.files],
        headlines=len([n for n, own in enumerate(told) if own.is_entry and lines[n].role != "noise"]),
        in_card=_is_card(lines, first, start, prose),
    )


def _verses(outline: Outline, start: int) -> Iterator[int]:
    """The lines of a poem under the headline: several one below the other in one element, each short, without
    a link, a figure or a label."""
    lines = outline.lines
    stanza: list[int] = []
    for n in range(start + 1, len(lines) + 1):
        line = lines[n] if n < len(lines) else None
        is_verse = (
            line is not None
            and line.image is None
            and line.role is None
            and not line.links
            and _VERSE[0] <= len(line.text) <= _VERSE[1]
            and line.text[0].isupper()
            and not any(mark.isdigit() or mark in ":@" for mark in line.text)
            and not noise.is_imprint(line.text)
        )
        if is_verse and (not stanza or outline.places[stanza[-1]] == outline.places[n]):
            stanza.append(n)
            continue
        if len(stanza) >= _STANZA:
            yield from stanza
        stanza = [n] if is_verse else []


def _prints_day(line: Line) -> bool:
    return line.role != "noise" and not line.links and printed_times.is_date_line(line.text)


def _stands_in(place: int, number: int, outline: Outline) -> bool:
    """Whether a place is in an element; the whole page has no number of its own."""
    return number < 0 or number <= place < outline.ends[number]


def _article_around(title_element: Element | None, headline: int, outline: Outline) -> int | None:
    """The ``<article>`` that holds the headline and a fair share of the page's text, as HTML means it."""
    around = title_element.iterancestors("article") if title_element is not None else iter(())
    article = outline.number_of(next(around, None))
    if article < 0:
        return None
    end = outline.ends[article]
    within = outside = 0
    for line, place in zip(outline.lines, outline.places, strict=True):
        if line.role == "noise" or len(line.text) < _SUMMARY[0] or judged(line).is_link:
            continue
        if not article <= place < end:
            outside += len(line.text)
        elif place != headline:
            within += len(line.text)
    return article if within >= _FEW and outside <= _MUCH_BESIDE * within else None


def _extended(outline: Outline, last: int, around: int) -> int:
    """The region's last line, moved on over what ends a text in a box of its own: the signature,
    files, and in the element ``around`` title and text a picture with its caption. Anything else, such as a
    widget or a link, ends it."""
    lines, moved = outline.lines, last
    for n in range(last + 1, min(last + 8, len(lines))):
        line = lines[n]
        if line.image is not None or line.role == "caption" or line.frame:
            pictured = line.role == "caption" and not line.links
            if pictured and lines[n - 1].image is not None and not lines[n - 1].links:
                moved = n if _stands_in(outline.places[n], around, outline) else moved
            continue
        if line.role in ("noise", "byline") or judged(line).is_end:
            break  # what the theme calls the author is read as its field
        if attachments.heads_files(line.text):
            continue
        files = bool(line.links) and all(attachments.file_type(address) for address, _ in line.links)
        signed = bylines.parse_byline(line.text) or (line.align == "right" and credits.name_abroad(line.text))
        if not files and (line.links or not signed):
            break
        moved = n
    return moved


def _cards(lines: list[Line]) -> tuple[int, int]:
    """How many linked headlines have a summary under them, and the characters of the summaries.

    A related box has headlines in a row, an article at most a few links between long texts; a listing
    has headline, summary, headline, summary.
    """
    cards = carded = 0
    run: int | None = None
    for line in lines:
        if judged(line).is_headline:
            if run is not None and _SUMMARY[0] <= run <= _SUMMARY[1]:
                cards += 1
                carded += run
            run = 0
        elif run is not None and line.image is None:
            run += len(line.text)
    if run is not None and _SUMMARY[0] <= run <= _SUMMARY[1]:
        cards += 1
        carded += run
    return cards, carded


def _until_label(lines: list[Line], told: list[Judged], heads: list[int], first: int, last: int) -> int:
    """The region's last line, moved back before a label such as "Tin khác" that only links follow."""
    written = 0
    for n in range(first, last + 1):
        line = lines[n]
        if written >= _OWN and line.text and (told[n].is_end or n in heads):
            rest = [x for x in lines[n + 1 : last + 1] if len(x.text) >= LONG]
            prose = sum(len(x.text) for x in rest if x.linked < len(x.text) / 2)
            if prose <= written * _AFTER_END:
                return n - 1
        if not told[n].is_link:
            written += len(line.text)
    return last


def _without_imprint(outline: Outline, first: int, last: int, chosen: int) -> int:
    """The region's last line, moved back over a closing part of the page that claims the copyright."""
    lines, places = outline.lines, outline.places
    end = last
    for n in range(last, max(first, last - _FOOT), -1):
        if lines[n].image is None and noise.is_copyright(lines[n].text):
            block = _part_of(places[n], chosen, outline)
            if block in (-1, _part_of(places[first], chosen, outline)):
                return end
            while n > first and _part_of(places[n], chosen, outline) == block:
                n -= 1
            end = n
    return end


def _part_of(place: int, chosen: int, outline: Outline) -> int:
    """The element right below ``chosen`` that a place is in, -1 for itself and places elsewhere."""
    if not chosen < place < outline.ends[chosen]:
        return -1
    while (parent := outline.parents[place]) != chosen:
        place = parent
    return place


def _is_card(lines: list[Line], first: int, start: int, prose: int) -> bool:
    """Whether the region that begins at ``first`` stands under a headline's link, on a page of such."""
    if prose > _SUMMARY[1]:
        return False
    above = [line for line in lines[max(start + 1, first - 4, 0) : first] if line.image is None]
    if not any(judged(line).is_headline for line in above):
        return False
    section = start < 0 or len(lines[start].text.split()) < _SECTION_WORDS
    if section and judged(above[-1]).is_headline and sum(judged(x).is_entry for x in lines[first:]) >= _LIST:
        return True  # the first article of a listing, with its summary, and the titles of the others
    return _cards([line for line in lines[start + 1 :] if line.role != "noise"])[0] >= 3


def _doubt_noise_class(outline: Outline, start: int) -> None:
    """Where most of a page's prose stands in boxes called widgets, "print" or "slider", the theme calls
    the article so; unless a text stands between the title and them, whose comments they are then."""
    lines, own = outline.lines, 0
    for line in lines[max(start, 0) :]:
        if len(line.text) >= LONG and not line.linked:
            if line.role == "noise":
                break
            own += len(line.text)
            if start >= 0 and own >= _OWN:
                return
    prose = [line for line in lines if len(line.text) >= LONG and not line.linked]
    called = sum(len(line.text) for line in prose if line.role == "noise")
    if called >= _MORE_THAN_A_WIDGET and called > 0.6 * sum(len(line.text) for line in prose):
        title = outline.nodes[outline.places[start]] if start >= 0 else None
        doubted = {
            box
            for n, line in enumerate(lines)
            if line.role == "noise" and len(line.text) >= LONG and not line.linked
            for box in _boxes(outline.nodes[outline.places[n]])
        }
        for n, line in enumerate(lines):
            if line.role != "noise" or line.links:
                continue
            block = outline.nodes[outline.places[n]]
            within_another = any(box not in doubted and _is_called_noise(box) for box in _boxes(block))
            if not within_another and not _is_comment(block, title):
                line.role = line.judged = None


def _boxes(block: Element) -> Iterator[Element]:
    """A line's block and what stands around it."""
    return chain((block,), block.iterancestors())


def _is_called_noise(box: Element) -> bool:
    return noise.role(names_of(box)) == "noise"


def _is_comment(block: Element, title: Element | None) -> bool:
    """Whether a line stands in a box of readers' comments: one so called that the headline is not in."""
    return any(
        noise.names_comments(names_of(up)) and (title is None or not is_within(title, up))
        for up in _boxes(block)
    )


def title_line(lines: list[Line], title: str | None, element: Element | None) -> int:
    """Index of the line that is the title, -1 where none is."""
    if element is not None:
        for n, line in enumerate(lines):
            if line.block is element or (line.block is not None and element in line.block.iterancestors()):
                return n
    if title:
        key = writing.fold(title)
        for n, line in enumerate(lines):
            if line.text and abs(len(line.text) - len(title)) < 20 and writing.fold(line.text) == key:
                return n
    return -1


def _title_line(outline: Outline, headline: int, title: str | None) -> int:
    """:func:`title_line`, ``headline`` being the number of the headline's element."""
    if headline >= 0:
        end = outline.ends[headline]
        for n, place in enumerate(outline.places):
            if headline <= place < end:
                return n
    return title_line(outline.lines, title, None)


def _worths(lines: list[Line], told: list[Judged], heads: list[int], start: int) -> list[float]:
    """What each line is worth where it stands: little before the headline, and behind a label such as "Tin
    khác" that follows a text."""
    worth = [own.worth for own in told]
    positive = [n for n, value in enumerate(worth) if value > 0.0]
    for n in positive:
        if n < start:
            worth[n] = 0.0 if len(lines[n].text) < 400 else worth[n] * 0.3
    labels = [n for n, own in enumerate(told) if n > start and (own.is_end or n in heads)]
    ended = next((n for n in labels if sum(int(worth[k]) for k in positive if k < n) > 200), len(lines))
    of_readers = (n for n in labels if n >= ended and noise.is_comments_label(lines[n].text))
    comments = next(of_readers, len(lines))
    worth[ended:comments] = [max(value, 0.0) * _AFTER_END for value in worth[ended:comments]]
    worth[comments:] = [0.0] * (len(lines) - comments)
    return worth


def _heads_of_titles(lines: list[Line], told: list[Judged]) -> list[int]:
    """The lines that :func:`_heads_titles`."""
    above = [n for n, (own, below) in enumerate(pairwise(told)) if below.is_entry and not own.is_entry]
    return [n for n in above if _heads_titles(lines, told, n)]


def _heads_titles(lines: list[Line], told: list[Judged], n: int) -> bool:
    """Whether a heading, or a short line with a colon, stands right above titles that lead to other articles
    and are all that follows, whatever it calls them ("Xem thêm:", "Tin nóng")."""
    line = lines[n]
    if not (line.heading or line.text.endswith(":")) or line.links or not 0 < len(line.text) <= _HEADS:
        return False
    below = [k for k in range(n + 1, min(n + 1 + 2 * _TITLES, len(lines))) if lines[k].image is None][
        :_TITLES
    ]
    if len(below) < _TITLES or not all(told[k].is_entry for k in below):
        return False
    if any(attachments.file_type(address) for k in below for address, _ in lines[k].links):
        return False
    return not any(own.worth >= LONG and lines[n + k].role != "noise" for k, own in enumerate(told[n:]))


def _sums(outline: Outline, worth: list[float]) -> dict[int, float]:
    """What the lines below each element are worth together."""
    sums: dict[int, float] = {}
    parents = outline.parents
    for number, value in zip(outline.places, worth, strict=True):
        while number >= 0:
            sums[number] = sums.get(number, 0.0) + value
            number = parents[number]
    return sums


def _innermost(sums: dict[int, float], outline: Outline) -> int:
    """The deepest element that is worth nearly as much as the best."""
    best = max(sums.values())
    limit = best * _TOLERANCE
    node = next(number for number, value in sums.items() if value == best)
    if best <= 0:
        return node
    worthy = sorted(number for number, value in sums.items() if value >= limit)
    while inner := [number for number in worthy if outline.parents[number] == node]:
        node = max(inner, key=sums.__getitem__)
    return node


def _box_of_paragraph(chosen: int, headline: int, outline: Outline, sums: dict[int, float]) -> int:
    """The element around the only paragraph of a text, where that is worth nearly as much: the picture, its
    caption and the signature stand there as well."""
    parent = outline.parents[chosen]
    if outline.nodes[chosen].tag != "p" or parent < 0 or parent <= headline < outline.ends[parent]:
        return chosen
    return parent if sums[parent] >= sums[chosen] * _TOLERANCE else chosen


def _beside_sidebar(chosen: int, headline: int, outline: Outline, sums: dict[int, float]) -> int:
    """The part of the chosen element that holds the headline and most of the text, where the other parts
    read like a sidebar: prose ("About this blog") among lines that are all link."""
    if not chosen < headline < outline.ends[chosen]:
        return chosen
    node = chosen
    while sums.get(node, 0.0) > 0:
        children = list(outline.children(node))
        part = next((child for child in children if child <= headline < outline.ends[child]), None)
        if part is None or sums.get(part, 0.0) < _OF_ITS_TITLE * sums[node]:
            return node
        if len(children) > 1 and not _reads_like_sidebar(node, part, outline):
            return node
        node = part
    return node


def _reads_like_sidebar(node: int, part: int, outline: Outline) -> bool:
    """Whether what stands in ``node`` outside of ``part`` has a line of links to every few of prose."""
    end, part_end = outline.ends[node], outline.ends[part]
    rest = [
        line
        for line, place in zip(outline.lines, outline.places, strict=True)
        if node <= place < end and not part <= place < part_end
    ]
    prose = sum(len(line.text) for line in rest if not judged(line).is_link)
    links = sum(judged(line).is_link for line in rest)
    return prose == 0 or links * _LINK_IN_SIDEBAR >= prose


def common(chosen: Element, title_element: Element | None) -> Element:
    """The smallest element around a text's element and its headline's."""
    if title_element is None:
        return chosen
    around = set(title_element.iterancestors())
    node: Element = chosen
    while node not in around and (parent := node.getparent()) is not None:
        node = parent
    return node
