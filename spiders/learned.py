"""Listings of platforms that nobody has described, learned from their pages and kept as CSS selectors.

The structure of a page finds its rows each time anew (crawler.reading.structure): it may be misled by a page
with one article or by an empty section beside a full sidebar. What several pages of a portal share is written
down once, and only if it gives the very rows that the structure gave on each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from crawler.reading.listing import read_listing
from crawler.reading.markup import Element, parse, select, text_of
from crawler.reading.page import ListingRow, Page
from crawler.reading.platform import Platform
from crawler.reading.sheet import Sheet
from crawler.reading.structure import find_blocks
from spiders.platforms import PLATFORMS
from storage.portals import Portal, Selectors
from vietnam.dates import parse_stamp

GENERIC = PLATFORMS["generic"]
DEEPEST = 4
"""Elements of a selector: a block, and up to three around it that tell it from others like it."""
MOST_SHAPES = 3
"""Shapes of blocks in one listing: its rows, a featured article, a row with a picture."""
MOST_TRIED = 60
_SOUND_NAME = re.compile(r"[a-z_][\w-]*", re.IGNORECASE)
_CHANGING = re.compile(
    r"\d|^(?:first|last|odd|even|active|current|alt|clearfix)$|^(?:post|category|tag|item)-"
)
"""Names that a theme gives to one row and not to the next."""
_LANDMARKS = frozenset({"main", "article", "section", "time"})
"""Tags that say what they hold; others need a name before they tell one list from another."""
_DATE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class _Example:
    """One listing page: its tree, the blocks that structure found, and the rows that they gave."""

    page: Page
    tree: Element
    blocks: list[Element]
    rows: tuple[ListingRow, ...]

    @property
    def urls(self) -> list[str]:
        return [row.url for row in self.rows]


def platform_of(portal: Portal) -> Platform | None:
    """The platform of a record, with the record's own selectors for listings; None where neither is known."""
    return described(PLATFORMS.get(portal.platform), portal.selectors)


def described(platform: Platform | None, selectors: Selectors | None) -> Platform | None:
    """A platform whose listings are found by ``selectors``; where these find nothing, by structure."""
    if selectors is None:
        return platform
    base = platform or GENERIC
    rules = replace(
        base.listing,
        item=(selectors.item,),
        link=_one(selectors.link),
        title=_one(selectors.title),
        date=_one(selectors.date),
        lead=_one(selectors.lead),
        within=_one(selectors.within),
        next_page=(*_one(selectors.next_page), *base.listing.next_page),
    )
    return replace(base, listing=rules)


def fits(page: Page, selectors: Selectors) -> bool:
    """Whether a listing page has blocks that the selectors find."""
    tree = parse(page)
    return tree is not None and bool(select(tree, selectors.item))


def knows(platform: Platform | None, pages: Iterable[Page]) -> bool:
    """Whether a platform's own rules find blocks on one of these lists: those of an unknown one do not, nor
    of one that says nothing of its rows (DNN has those of whatever module it has), nor on a theme of the
    portal's own."""
    item = ", ".join(platform.listing.item) if platform is not None else ""
    return bool(item) and any(fits(page, Selectors(item)) for page in pages)


def learn(pages: Iterable[Page], platform: Platform = GENERIC) -> Selectors | None:
    """The selectors that give on each of ``pages`` the rows that its structure gives; None where none do."""
    examples = [example for page in pages if (example := _example(page, platform)) is not None]
    # One row says nothing of where a row begins: whatever holds it would fit, up to the whole page.
    if not any(len(example.rows) > 1 for example in examples):
        return None

    def is_good(selectors: Selectors) -> bool:
        return _gives_the_rows(described(platform, selectors), selectors, examples)

    item = next((css for css in _items(examples) if is_good(Selectors(css))), None)
    if item is None:
        return None
    learned = Selectors(item)
    for css in _containers(examples):
        if is_good(wider := replace(learned, within=css)):
            learned = wider
            break
    for css in _dates(examples, item):
        if is_good(dated := replace(learned, date=css)):
            return dated
    return learned


def _one(css: str | None) -> tuple[str, ...]:
    return (css,) if css is not None else ()


def _example(page: Page, platform: Platform) -> _Example | None:
    rows = read_listing(page, platform).rows
    tree = parse(page)
    if not rows or tree is None:
        return None
    blocks = find_blocks(tree, Sheet(tree, page, platform))
    return _Example(page, tree, blocks, rows) if blocks else None


def _gives_the_rows(trial: Platform | None, selectors: Selectors, examples: Sequence[_Example]) -> bool:
    """Whether a platform with the selectors gives each page's rows, with their dates, and no other."""
    for example in examples:
        if len(select(example.tree, selectors.item)) < len(example.rows):
            return False  # read_listing would fall back on the structure and seem to agree
        if selectors.within is not None and len(select(example.tree, selectors.within)) != 1:
            return False
        rows = read_listing(example.page, trial).rows
        if [(row.url, row.published_at) for row in rows] != [
            (row.url, row.published_at) for row in example.rows
        ]:
            return False
    return True


def _items(examples: Sequence[_Example]) -> Iterator[str]:
    """Selectors for the blocks, the shortest first: of all shapes of blocks together."""
    shapes: dict[tuple[str, ...], None] = {}
    for example in examples:
        for block in example.blocks:
            shapes.setdefault(_chain(block), None)
    if len(shapes) > MOST_SHAPES:
        return
    tried = 0
    for depth in range(1, DEEPEST + 1):
        parts = dict.fromkeys(" > ".join(reversed(chain[:depth])) for chain in shapes)
        if all(map(_tells, parts)):
            yield ", ".join(parts)
            tried += 1
        if tried == MOST_TRIED:
            return


def _chain(block: Element) -> tuple[str, ...]:
    """Block and ancestors, innermost first, as parts of a selector."""
    elements = (block, *block.iterancestors())
    return tuple(
        _part(element) for element in islice(elements, DEEPEST) if element.tag not in ("body", "html")
    )


def _part(element: Element) -> str:
    """``div.item``, ``ul#list``: tag and names that stay; an id is no name of a row."""
    own_id = element.get("id") or ""
    if _is_sound(own_id):
        return f"{element.tag}#{own_id}"
    names = [name for name in (element.get("class") or "").split() if _is_sound(name)]
    return "".join([str(element.tag), *(f".{name}" for name in names[:3])])


def _is_sound(name: str) -> bool:
    return bool(_SOUND_NAME.fullmatch(name)) and not _CHANGING.search(name)


def _tells(css: str) -> bool:
    """Whether a selector says more than "any cell of any table"."""
    return "." in css or "#" in css or any(part in _LANDMARKS for part in css.split(" > "))


def _containers(examples: Sequence[_Example]) -> Iterator[str]:
    """Selectors for what holds all blocks of the first page, the nearest first."""
    first, *others = examples[0].blocks
    around = [set(block.iterancestors()) for block in others]
    for up in first.iterancestors():
        if up.tag in ("body", "html"):
            return
        part = _part(up)
        if _tells(part) and all(up in chain for chain in around):
            yield part


def _dates(examples: Sequence[_Example], item: str) -> Iterator[str]:
    """Selectors for the element of a block that its date was read from."""
    when = {row.url: row.published_at for row in examples[0].rows if row.published_at is not None}
    if not when:
        return
    found: dict[str, None] = {}
    for block in islice(select(examples[0].tree, item), 5):
        for element in block.iter():
            text = text_of(element) if isinstance(element.tag, str) else ""
            if text and len(text) <= _DATE_LENGTH and element is not block and parse_stamp(text) is not None:
                part = _part(element)
                if _tells(part):
                    found.setdefault(part, None)
    yield from found
