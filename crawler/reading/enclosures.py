"""Pictures and files of an article that stand outside of its text: above, below, in boxes and frames."""

from __future__ import annotations

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
