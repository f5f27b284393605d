"""The rows of a listing whose markup nobody has described: repeated blocks, each about one article.

A block is the largest element that links to one article only. Blocks of the same shape form a group;
the group with the most headline text, dates and summaries is the listing. Menus, sidebars, "most
read" and "related" boxes are left out by name first, since they repeat as well.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from crawler.reading import noise, urls
from crawler.reading.blocks import MORE, own_headline, rows_behind
from crawler.reading.markup import Element, anchors_of, base_of, is_longer, names_of, text_of
from crawler.reading.page import Page
from crawler.reading.page_numbers import position
from crawler.reading.sheet import Sheet
from crawler.reading.starts import HEADINGS
from vietnam.writing import clean

_MENU = re.compile(
    r"(?:^|[_-])(?:nav|navbar|(?:main|top|left|right|sub|mega|head(?:er)?|bottom)?-?menus?(?:top|main|left|right|bar|chinh)?"
    r"|dropdown-menu|breadcrumbs?|footer|copyright|tagcloud)(?:$|[_-])"
)
"""Class and id words of menus and footers, whatever they hold."""
_BESIDE = re.compile(
    r"(?:^|[_-])(?:header|top-?bar|sidebars?|side|aside|widgets?|right-?col(?:umn)?|col(?:umn)?-?right|related|relate|lien-?quan"
    r"|most\w*|popular|xem-?nhieu|doc-?nhieu|share|social|comments?|binh-?luan|banners?|qc|ads?|advert\w*"
    r"|lien-?ket|weblinks?|slider|slide|carousel|owl|swiper|marquee|ticker|login|search|calendar|thong-?ke|counter"
    r"|poll|voting|popup|modal)(?:$|[_-])"
)
"""Words of boxes beside a listing; a box that holds most of the page's headlines is the listing all the
same (``has-sidebar`` on the page's wrapper), unless it is called by nothing else."""
_SIDEBARS = frozenset(
    {"sidebar", "widget", "widget-area", "related", "related-posts", "most-read", "most-view"}
)
_MOST = 0.8
"""Share of the page's headlines above which a box is the page: a wrapper has all of them."""
_HEADING_TEXT = 60
_HEADING_PARTS = 8
_ROW_OF_LINKS = 3
"""Links beside each other from which they are a menu; a box has one heading, or two tabs."""
_BOX_HEADING = re.compile(
    r"(?:(?:các )?(?:tin|bài)(?: (?:bài|viết|tức))? )?"
    r"(?:(?:xem|đọc|được quan tâm|được xem|được đọc) nhiều(?: nhất)?|(?:có )?liên quan|cùng chuyên mục)"
    r"|tiêu điểm|nổi bật trong tuần|(?:có thể )?bạn quan tâm|liên kết(?: website)?|thông báo"
    r"|văn bản(?: mới)?|video(?: clips?)?|thư viện ảnh"
    r"|(?:các )?(?:tin|bài)(?: viết| đăng)? gần đây|(?:các )?bài viết mới(?: nhất| đăng)?"
    r"|most (?:read|viewed|popular)|related (?:posts|articles|news)|(?:popular|recent|latest) posts"
    r"|you may also like",
    re.IGNORECASE,
)
_OWN_PART = re.compile(
    r"(?:entry|post|article|item|news|card|block|list|box|panel)[_-](?:header|footer|share)"
)
"""Parts of one article's block: its own header holds its title."""
_ASIDE_TAGS = frozenset({"nav", "footer", "aside"})
_TITLE_WORDS = 4
"""Fewest syllables of a headline: 3 of the 256 titles of the two recorded sites have fewer than 6."""
_UNSTABLE = re.compile(
    r"\d|^(?:first|last|odd|even|active|alt|item-?(?:first|last)|clearfix|has-\S+|post-\S+|category-\S+|tag-\S+)"
)
_HAS_DATE = re.compile(
    r"(?<![\d/.-])\d{1,2}\s*[/.-]\s*\d{1,2}(?:\s*[/.-]\s*\d{2,4})?\b|\btháng\s+\d", re.IGNORECASE
)
"""A date in a block's text, where the title may run into it: nothing stands between two inline elements."""
_LEAST_ROWS = 2
_SUMMARY = 40
"""Characters of a block beside its headline that are more than a date and a name."""
_FEATURED_NAMES = re.compile(r"(?:^|[_-])(?:featured|hero|highlight|headline-?news|tin-?noi-?bat)(?:$|[_-])")
_FEATURED = 3
_FEATURED_LEVELS = 3
"""Articles that a theme sets above its list, and how far above: one in NukeViet's page view, up to three in
newspaper themes."""
_DEEPEST = 12
"""Folders of an address; the deepest of the recorded sites have four."""
_PAGE_TAGS = ("body", "html", "form")
_HEADINGS = ("h1", "h2", "h3")
_ENDING = re.compile(r"\.\w{3,5}$")
_ROLES = re.compile(r"\b(?:tag|category|author|nofollow|home)\b")
_LABEL_TIMES = 4
"""As often as this, one text that links to one address is a section's label on its articles' cards; an
article's title stands in its card, a slider and a "most read" box at most."""


Place = tuple[str, ...]
"""What a link and the elements around it are called, the innermost first."""


def find_blocks(tree: Element, sheet: Sheet) -> list[Element]:
    """The blocks of the page's main listing in page order, empty where nothing repeats.

    ``tree`` is the page or the part that holds its listing.
    """
    anchors = _headline_anchors(tree, sheet)
    blocks = _blocks(anchors)
    if not blocks:
        return []
    groups: dict[tuple[str, ...], list[Element]] = defaultdict(list)
    around: dict[Element, tuple[str, ...]] = {}
    for block in blocks:
        groups[_shape(block, around)].append(block)
    columns = {shape: _by_column(group, sheet) for shape, group in groups.items()}
    lists = [column for some in columns.values() for column in some]
    best = max(lists, key=lambda group: _weight(group, sheet)) if len(lists) > 1 else lists[0]
    is_column = any(best in some for shape, some in columns.items() if some != [groups[shape]])
    if len(best) < _LEAST_ROWS and len(blocks) >= _LEAST_ROWS and not is_column:
        best = list(blocks)
    if len(best) < _LEAST_ROWS and not _HAS_DATE.search(sheet.text(best[0])):
        return []  # one block without a date repeats nothing: a page of text, an empty section
    container = _common_ancestor(best)
    if container is None or container.tag in _PAGE_TAGS:
        return best
    container = _with_featured(container, blocks, sheet)
    kept = [block for block in blocks if block is container or container in block.iterancestors()]
    ahead = blocks[: blocks.index(kept[0])] if kept else []
    featured = [
        block for block in ahead if any(_is_featured(up, sheet) for up in (block, *block.iterancestors()))
    ]
    return [*featured[-_FEATURED:], *kept]


def _by_column(group: list[Element], sheet: Sheet) -> list[list[Element]]:
    """The blocks of one shape, apart by the cells of the table that lays out the page: its menu, its list and
    its box of the newest are tables of links all alike; where one has summaries it is the list. A grid has
    one article in each of its cells, or cells that are all alike."""
    row = _common_ancestor(group) if len(group) > 1 else None
    if row is None or row.tag != "tr":
        return [group]
    columns: dict[Element, list[Element]] = defaultdict(list)
    for block in group:
        cell = next(up for up in (block, *block.iterancestors()) if up.getparent() is row)
        columns[cell].append(block)
    looks = {(cell.get("class"), cell.get("id"), cell.get("width")) for cell in columns}
    if len(looks) < len(columns) or all(len(column) < _LEAST_ROWS for column in columns.values()):
        return [group]
    told = [column for column in columns.values() if all(_has_summary(block, sheet) for block in column)]
    return told or list(columns.values())


def _has_summary(block: Element, sheet: Sheet) -> bool:
    """Whether a block has far more text than its longest link and a date."""
    longest = max((len(sheet.text(anchor)) for anchor in block.iter("a")), default=0)
    text = sum(len(sheet.text(row)) for row in (block, *rows_behind(block)))
    return text - longest >= _SUMMARY


def _is_featured(element: Element, sheet: Sheet) -> bool:
    """Whether an element calls itself the newest article's place (Pelican's ``<aside id="featured">``)."""
    names = sheet.names(element)
    return bool(names) and element.tag not in _PAGE_TAGS and _named(element.tag, names, _FEATURED_NAMES)


def _with_featured(container: Element, blocks: list[Element], sheet: Sheet) -> Element:
    """The container widened over the few articles that stand above the list in a shape of their own."""
    inside = {block for block in blocks if container in block.iterancestors()}
    first = next((index for index, block in enumerate(blocks) if block in inside), 0)
    for parent in islice(container.iterancestors(), _FEATURED_LEVELS):
        if parent.tag in _PAGE_TAGS:
            break
        beside = [
            index
            for index, block in enumerate(blocks)
            if block not in inside and parent in block.iterancestors()
        ]
        if len(beside) > _FEATURED or any(
            index > first or not _is_rich(blocks[index], sheet) for index in beside
        ):
            break
        if beside:
            return parent
    return container


def _is_rich(block: Element, sheet: Sheet) -> bool:
    """Whether a block has more than a link: a heading, a picture, a date. An entry of a menu has not."""
    return next(block.iter("h1", "h2", "h3", "h4", "img"), None) is not None or bool(
        _HAS_DATE.search(sheet.text(block))
    )


def placed_links(tree: Element, page: Page) -> Iterator[tuple[str, Place]]:
    """The links of a page, each with its place: shape and, in a table, column."""
    base = base_of(tree, page.url)
    around: dict[Element, Place] = {}
    for anchor in anchors_of(tree):
        link = urls.absolute(base, anchor.get("href"))
        box = anchor.getparent()
        if link is None or box is None:
            continue
        if box not in around:
            around[box] = tuple(map(_place_of, (box, *box.iterancestors())))
        yield link, (_step(anchor.tag, anchor.get("class")), *around[box])


def _place_of(element: Element) -> str:
    step, parent = _step(element.tag, element.get("class")), element.getparent()
    return f"{step}{parent.index(element)}" if element.tag == "td" and parent is not None else step


def is_menu(element: Element) -> bool:
    """Whether an element is by tag or name a menu, a breadcrumb or the page's footer."""
    return element.tag in _ASIDE_TAGS or _named(element.tag, names_of(element), _MENU)


def _named(tag: str, names: str, pattern: re.Pattern[str]) -> bool:
    """Whether one of the ``names`` of an element says what the pattern has."""
    # WordPress gives each article classes of its tags and categories ("tag-banner").
    return tag != "article" and any(_is_called(name, pattern) for name in names.split())


@lru_cache(maxsize=4096)
def _is_called(name: str, pattern: re.Pattern[str]) -> bool:
    return pattern.search(name) is not None and not _OWN_PART.search(name)


def _headline_anchors(tree: Element, sheet: Sheet) -> list[tuple[Element, str]]:
    found: list[tuple[Element, str]] = []
    paths: dict[str, str] = {}
    here = position(sheet.page.url).stem
    for anchor in anchors_of(tree):
        link = sheet.target(anchor)
        if (
            link is not None
            and sheet.may_be_article(anchor)
            and not _ROLES.search(anchor.get("rel") or "")
            and position(link).stem != here  # another page of this listing
            and not _is_pointer(anchor)
        ):
            key = urls.article_key(link, sheet.platform)
            paths[key] = _folder_path(link)
            found.append((anchor, key))
    labels = Counter((key, sheet.text(anchor)) for anchor, key in found)
    sections = {key for (key, label), times in labels.items() if label and times >= _LABEL_TIMES}
    folders = Counter(folder for path in paths.values() for folder in _folders_above(path))
    sections |= {key for key, path in paths.items() if folders[path] >= _LEAST_ROWS}
    found = [(anchor, key) for anchor, key in found if key not in sections]
    below: Counter[Element] = Counter()
    headlines: set[str] = set()
    for anchor, key in found:
        if _is_headline(anchor, sheet):
            headlines.add(key)
            below.update(anchor.iterancestors())
    for anchor, key in _of_headed_cards(found, headlines):
        headlines.add(key)
        below.update(anchor.iterancestors())
    anchors = {anchor for anchor, key in found if key in headlines}
    boxes = set(_boxes_by_heading(tree, below, anchors, sheet))
    verdicts = dict.fromkeys((box for box in boxes if box.tag not in ("body", "html")), True)

    def is_aside(element: Element) -> bool:
        names, tag = sheet.names(element), element.tag
        if not names:
            return tag in _ASIDE_TAGS
        if tag in ("body", "html"):
            return False
        menu = is_menu(element) and not (tag == "aside" and _is_featured(element, sheet))
        # One headline is no box but a card ("elementor-widget"), nearly all of them are the page.
        return menu or (
            (2 <= below[element] <= _MOST * below[tree] or not _SIDEBARS.isdisjoint(names.split()))
            and _named(tag, names, _BESIDE)
        )

    def is_beside(anchor: Element) -> bool:
        if anchor in boxes:  # of links one below the other, the link itself follows the heading
            return True
        for up in anchor.iterancestors():
            aside = verdicts.get(up)
            if aside is None:
                aside = verdicts[up] = is_aside(up)
            if aside:
                return True
        return False

    return [(anchor, key) for anchor, key in found if key in headlines and not is_beside(anchor)]


def _of_headed_cards(found: list[tuple[Element, str]], headlines: set[str]) -> list[tuple[Element, str]]:
    """Links of cards whose headline is not linked: the picture is, or "Xem chi tiết"."""
    bare = [(anchor, key) for anchor, key in found if key not in headlines]
    if len({key for _, key in bare}) < _LEAST_ROWS:
        return []
    around = {up for anchor, _ in bare for up in (anchor, *anchor.iterancestors())}
    blocks = (block for block in _blocks(found) if block in around)
    cards = {block for block in blocks if _has_title_words(own_headline(block))}
    return [
        (anchor, key)
        for anchor, key in bare
        if anchor in cards or any(up in cards for up in anchor.iterancestors())
    ]


def _is_pointer(anchor: Element) -> bool:
    """Whether "Xem thêm:" stands before a link in its paragraph: a listing that prints whole texts prints
    their pointers to other articles as well."""
    parent = anchor.getparent()
    if parent is not None and parent.tag in ("strong", "b", "em", "i", "span"):
        anchor, parent = parent, parent.getparent()
    if parent is None or parent.tag not in ("p", "li", "div", "td"):
        return False
    before = [parent.text or ""]
    for sibling in islice(anchor.itersiblings(preceding=True), 3):
        before.insert(1, f"{text_of(sibling) if not is_longer(sibling, 60) else ''}{sibling.tail or ''}")
    label = clean("".join(before))
    return 0 < len(label) <= 40 and noise.is_see_also(label)


def _folder_path(link: str) -> str:
    """The path under which a section has its articles: ``/tin-tuc`` of ``/tin-tuc.html`` or ``/tin-tuc/``."""
    plain = urls.plain_parts(link)
    return _ENDING.sub("", plain[1] if plain else urlsplit(link).path).rstrip("/")


def _folders_above(path: str) -> list[str]:
    parts = path.split("/")[:_DEEPEST]
    return ["/".join(parts[:depth]) for depth in range(2, len(parts))]


def _boxes_by_heading(
    tree: Element, below: Counter[Element], anchors: set[Element], sheet: Sheet
) -> list[Element]:
    """Boxes that their own heading calls "most read", "related" and the like, whatever their class; each of
    ``anchors``, the headlines' links, that follows such a heading without an element around it is one."""
    boxes: list[Element] = []
    for heading in tree.iter(*HEADINGS, "div", "span", "strong", "b", "p", "a", "li", "td"):
        # A heading is a small element; asked first, so that nested markup is not read again and again.
        if heading in below:
            continue
        if len(heading) and next(islice(heading.iter(), _HEADING_PARTS, None), None) is not None:
            continue
        if is_longer(heading, _HEADING_TEXT) or not _BOX_HEADING.fullmatch(sheet.text(heading)):
            continue
        if _is_menu_entry(heading, below):
            continue
        branch = heading
        for parent in heading.iterancestors():
            if below[parent]:
                break
            branch = parent
        if branch.tag in ("td", "th"):
            continue  # what stands beside a cell is the next column of the page, not the heading's box
        # What follows the heading is its box; what stands before it is not.
        for sibling in branch.itersiblings():
            if not below[sibling] and sibling.tag in ("h1", "h2", "h3", "h4"):
                break
            if below[sibling] or (branch.tag in HEADINGS and sibling in anchors):
                boxes.append(sibling)
    return boxes


def _is_menu_entry(heading: Element, below: Counter[Element]) -> bool:
    """Whether a text is one of a row of links: "Văn bản" and "Thư viện ảnh" stand in most menus, and what
    follows the menu is the page."""
    if heading.tag != "a" and next(heading.iter("a"), None) is None:
        return False
    entry = heading
    for parent in heading.iterancestors():
        links = [child for child in parent if child.tag == entry.tag and _is_link(child) and not below[child]]
        if len(links) >= _ROW_OF_LINKS:
            return True
        if len(parent) > 1:
            return False
        entry = parent
    return False


def _is_link(element: Element) -> bool:
    """Whether an element is a link or has one, and little text."""
    linked = element.tag == "a" or next(element.iter("a"), None) is not None
    return linked and not is_longer(element, _HEADING_TEXT)


def _is_headline(anchor: Element, sheet: Sheet) -> bool:
    text = sheet.text(anchor) or clean(anchor.get("title") or "")
    return _has_title_words(text) and not MORE.fullmatch(text)


def _has_title_words(text: str) -> bool:
    lettered = 0
    for word in text.split():
        lettered += word.isalpha() or any(map(str.isalpha, word))
        if lettered == _TITLE_WORDS:
            return True
    return False


def _blocks(anchors: Iterable[tuple[Element, str]]) -> list[Element]:
    """The largest elements that link to one article alone, in page order. An article may have several: a
    slider shows what the list shows as well."""
    keys_below: dict[Element, set[str]] = defaultdict(set)
    anchors = list(anchors)
    for anchor, key in anchors:
        keys_below[anchor].add(key)
        for parent in anchor.iterancestors():
            keys_below[parent].add(key)
    blocks: dict[Element, None] = {}
    for anchor, _ in anchors:
        block = anchor
        for parent in anchor.iterancestors():
            if len(keys_below[parent]) > 1 or parent.tag in _PAGE_TAGS:
                break
            block = parent
        blocks[block] = None
    return list(blocks)


def _shape(block: Element, around: dict[Element, tuple[str, ...]]) -> tuple[str, ...]:
    """Tag and stable classes of a block and its ancestors: equal for the rows of one list. ``around`` are the
    shapes of parents that were told before."""
    parent = block.getparent()
    if parent is None:
        return (_step(block.tag, block.get("class")),)
    if parent not in around:
        around[parent] = tuple(_step(up.tag, up.get("class")) for up in (parent, *parent.iterancestors()))
    return (_step(block.tag, block.get("class")), *around[parent])


@lru_cache(maxsize=4096)
def _step(tag: str, names: str | None) -> str:
    classes = sorted(name for name in (names or "").lower().split() if not _UNSTABLE.search(name))
    return f"{tag}.{'.'.join(classes)}"


def _weight(group: list[Element], sheet: Sheet) -> float:
    """How much a group looks like the listing: headline text, more where dates and summaries stand by it."""
    weight = 0.0
    for block in group:
        anchors = list(block.iter("a"))
        titles = [sheet.text(anchor) or clean(anchor.get("title") or "") for anchor in anchors]
        title = max(titles, key=len, default="") or own_headline(block)
        text = " ".join(map(sheet.text, (block, *rows_behind(block))))
        worth = min(len(title), 120) + 0.3 * min(max(len(text) - len(title), 0), 300)
        if _HAS_DATE.search(text.replace(title, "")):
            worth += 60
        if _is_headed(block):
            worth += 60
        link = next(filter(None, map(sheet.target, anchors)), "")
        if sheet.platform is not None and urls.is_article(link, sheet.platform):
            worth *= 2
        weight += worth
    return weight if len(group) >= _LEAST_ROWS else weight / 4


def _is_headed(block: Element) -> bool:
    """Whether a block's title is a heading, as in a listing; a "recent posts" box has plain links. A
    theme that sets headings between texts gives the heading alone for a block."""
    return block.tag in _HEADINGS or next(block.iter(*_HEADINGS), None) is not None


def _common_ancestor(elements: list[Element]) -> Element | None:
    first, *rest = elements
    if not rest:
        return first.getparent()
    chains = [set(element.iterancestors()) for element in rest]
    return next(
        (parent for parent in first.iterancestors() if all(parent in chain for chain in chains)), None
    )
