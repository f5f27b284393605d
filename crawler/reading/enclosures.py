"""Pictures and files of an article that stand outside of its text: above, below, in boxes and frames."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from lxml.etree import _Element as Element

from crawler.reading import attachments, printed_times
from crawler.reading import tree as trees
from crawler.reading.body import CAPTION_LIMIT, LEAD_MINIMUM, Body
from crawler.reading.lines import Line, read_lines
from storage.records import Attachment, Image

_BOX_DEPTH = 4
"""Elements from a link up to the box of an article's files, from a caption up to what holds its picture."""
_MOST_CAPTIONS = 40
WHOLE_PAGE = ("body", "html", "form")
"""Elements around title and text that are the page's own: what stands in them may be a sidebar's."""
_ROWS_ABOVE = 6
"""Rows of a table above the text's that are looked at: headline, time, summary, picture, its line."""
_CAPTION_WORDS = 3
_FEATURED = re.compile(
    r"featured[_-]?(?:image|img|media|thumb)|(?:post|entry|article|news|item|detail)-?_?(?:thumb|image(?!s)|img\b)"
    r"|wp-post-image|field-{1,2}name-field-(?:image|anh|hinh)",
    re.I,
)
"""What themes call the picture of an article that its author set apart from the text."""
_OF_A_PERSON = re.compile(r"avatar|author|user|icon|logo|share|social|button|btn|print|qr", re.I)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp)(?:$|[?#])", re.I)
_MOST_AHEAD = 1_000
"""Elements of a part of a page in which a text is looked for."""


def attached_below(lines: Sequence[Line], base: str) -> list[Attachment]:
    """The files of a list "Tệp đính kèm" that a theme prints outside of the text's element."""
    found: list[Attachment] = []
    listing = False
    for line in lines:
        listing = listing or attachments.heads_files(line.text)
        if not listing:
            continue
        files = [attachments.attachment(base, address, name) for address, name in line.links]
        if line.links and not any(files):
            listing = False
        found += [file for file in files if file is not None]
    return found


def attached_in_boxes(scope: Element, base: str) -> list[Attachment]:
    """The files in boxes that call themselves the article's files by class, whatever they print above them.

    None where the smallest element around title and text is the page: such a box may be a sidebar's there."""
    if scope.tag in WHOLE_PAGE:
        return []
    found: list[Attachment | None] = []
    for link in scope.iter("a"):
        address = link.get("href") or ""
        if attachments.file_type(address) is None:
            continue
        boxes = takewhile(lambda up: up is not scope, link.iterancestors())
        if any(attachments.is_files_box(trees.names_of(up)) for up in islice(boxes, _BOX_DEPTH)):
            found.append(attachments.attachment(base, address, trees.text_of(link)))
    return [file for file in found if file is not None]


def illustrate(body: Body, scope: Element, text: Element, captions: Sequence[Element], base: str) -> None:
    """Adds the pictures above a text with captions of their own, which themes set between it and the headline
    (K2's ``itemImageBlock``); cards of other articles stand outside of ``scope`` or below."""
    if not captions or scope.tag in WHOLE_PAGE:
        return
    before = {sibling for up in _up_to(text, scope) for sibling in up.itersiblings(preceding=True)}
    shown: list[Image] = []
    for element in captions[:_MOST_CAPTIONS]:
        chain = list(_up_to(element, scope))
        caption = trees.text_of(element)
        if not caption or not any(up in before for up in chain) or any(map(trees.is_hidden, chain)):
            continue
        for up in islice(chain, _BOX_DEPTH):
            picture = next((line.image for line in read_lines(up) if line.image), None)
            if picture is not None:
                shown += filter(None, [attachments.picture(base, picture, caption)])
                break
    known = {image.url for image in body.images}
    body.images[:0] = [image for image in shown if image.url not in known]
    body.captions[:0] = [
        image.caption for image in shown if image.caption and image.caption not in body.captions
    ]


def feature(body: Body, scope: Element, text: Element, title: Element | None, base: str) -> None:
    """Adds the picture above a text that has no caption of its own: one in a box called the article's
    (WordPress's ``post-thumbnail``, Drupal's ``field-name-field-image``), or the only one between headline
    and text, right above that or its summary: above a name or the time stands the author's portrait."""
    first = next(scope.iter("img"), None)
    if first is None or scope.tag in WHOLE_PAGE or trees.is_within(first, text):
        return  # in page order: on most pages the first picture is the text's
    ahead = _pictures_ahead(scope, text)
    own = next((image for image in ahead if _FEATURED.search(_names_about(image, scope))), None)
    if own is None and ahead and not _leads_on(ahead[-1]):
        own = _only_one_below(title, scope, text)
    shown = next((line.image for line in read_lines(own) if line.image), None) if own is not None else None
    picture = attachments.picture(base, shown, None) if shown else None
    if picture is not None and picture.url not in {known.url for known in body.images}:
        body.images.insert(0, picture)


def _pictures_ahead(scope: Element, text: Element) -> list[Element]:
    """The pictures of an element that stand before its text and are shown, in page order."""
    found: list[Element] = []
    before: set[Element] = set()
    for image in islice(scope.iter("img"), _MOST_CAPTIONS):
        chain = list(_up_to(image, scope))
        if text in chain:
            break
        before = before or {x for up in _up_to(text, scope) for x in up.itersiblings(preceding=True)}
        if not any(up in before for up in chain):
            break
        if not any(map(trees.is_hidden, chain)):
            found.append(image)
    return found


def _names_about(image: Element, scope: Element) -> str:
    return " ".join(trees.names_of(up) for up in islice(_up_to(image, scope), _BOX_DEPTH + 1))


def _only_one_below(title: Element | None, scope: Element, text: Element) -> Element | None:
    """The picture between headline and text, if it is the only one, with no short line under it."""
    around = set(text.iterancestors())
    between: list[Element] = []
    words = 0  # characters between the last picture and the text
    is_below = False
    for node in islice(scope.iter(), _MOST_AHEAD):
        if node is text:
            break
        is_below = is_below or node is title
        if node.tag == "img" and is_below:
            between.append(node)
            words = 0
        else:
            words += len((node.text or "").strip())
        words += len((node.tail or "").strip()) if node not in around else 0
    return between[0] if len(between) == 1 and not 0 < words < 2 * LEAD_MINIMUM else None


def _leads_on(image: Element) -> bool:
    """Whether a picture is called a person's or a button's, or is part of a link to a page."""
    link = next(image.iterancestors("a"), None)
    address = link.get("href") or "" if link is not None else ""
    names = " ".join(map(trees.names_of, (image, *islice(image.iterancestors(), 2))))
    is_page = bool(address) and not address.startswith("#") and not _PICTURE.search(address)
    return is_page or _OF_A_PERSON.search(names) is not None


def illustrate_by_rows(body: Body, text: Element, title: Element | None, base: str) -> None:
    """Adds the picture, and the line under it, that old pages set in rows of a table between the row of the
    headline, or the table's beginning, and that of the text."""
    row = next((up for up in (text, *text.iterancestors()) if up.tag in ("tr", "table")), None)
    if row is None or row.tag != "tr" or title is None or trees.is_within(title, row):
        return  # what stands above the headline's own row is the page's
    shown: list[tuple[str, str | None]] = []
    below: str | None = None
    for above in islice(row.itersiblings("tr", preceding=True), _ROWS_ABOVE):
        if trees.is_within(title, above):
            break
        pictures = [line.image for line in read_lines(above) if line.image]
        words = trees.text_of(above)
        if len(words) > CAPTION_LIMIT or len(pictures) > 1 or next(above.iter("a"), None) is not None:
            break
        if pictures and pictures[0] is not None:
            shown.append((pictures[0], words or below))
        is_line = not pictures and not printed_times.is_date_line(words)
        is_summary = len(words) >= 2 * LEAD_MINIMUM and words.endswith((".", "!", "…"))
        below = words if is_line and len(words.split()) >= _CAPTION_WORDS and not is_summary else None
    found = [picture for at, caption in shown if (picture := attachments.picture(base, at, caption))]
    known = {image.url for image in body.images}
    body.images[:0] = [image for image in reversed(found) if image.url not in known]
    told = [image.caption for image in reversed(found) if image.caption]
    body.captions[:0] = [caption for caption in told if caption not in body.captions]


def _up_to(element: Element, scope: Element) -> Iterator[Element]:
    """An element and those around it, below ``scope``; none where it does not stand in ``scope``."""
    chain = [element, *takewhile(lambda up: up is not scope, element.iterancestors())]
    return iter(chain if chain[-1].getparent() is scope else ())


def embed(body: Body, files: Sequence[tuple[str, str]], base: str) -> None:
    """Adds files shown in a frame (a PDF viewer) to the attachments."""
    seen = {file.url for file in body.attachments}
    for address, name in files:
        found = attachments.attachment(base, address, name)
        if found and found.url not in seen:
            seen.add(found.url)
            body.attachments.append(found)
