"""Lines to a body: lead, paragraphs, captions, pictures, attachments, and nothing else.

The rules look at structure and looks, never at one site's words: a caption is what is set apart
beside its picture, a related title is a line that is all link, a lead is what stands wholly bold first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise, takewhile

from lxml.etree import _Element as Element

from crawler.reading import attachments, noise
from crawler.reading.lines import Line, is_data_row
from crawler.reading.patterns import any_of
from crawler.reading.starts import BESIDE
from storage.records import Attachment, Image
from vietnam import bylines, writing

CAPTION_LIMIT = 400
"""Characters; the longest caption of the two recorded sites has 190 (November 2026)."""
LEAD_MINIMUM = 40
_WRITTEN = 200
"""Characters of text above a label such as "Bình luận" that make it that of the comments."""
_LAST = 4
"""Lines from the end in which a copyright line may stand."""
_BUTTONS = 60
"""Characters of a row of links that only scripts answer ("In trang  Gửi phản hồi")."""
_PHOTO_CREDIT = re.compile(
    r"^\(?\s*(?:ảnh|hình|photo|clip|video|đồ họa)\s*(?:minh họa|tư liệu|chụp|cắt)?\b.{0,60}$", re.I
)
_ENDS_IN_CREDIT = re.compile(r"[.!;(/|–-]\s{0,2}(?:ảnh|photo)(?: minh họa)?\s?[:：]\s?\S.{0,40}$", re.I)
_RUNS_BESIDE = 80
"""Characters of a line from which it is text that runs on beside a picture, and not its caption."""
_QUESTION = re.compile(r"(?:p\.?v|phóng viên|hỏi)\s?[:：]", re.I)
"""The first question of an interview stands in bold as a lead does."""
_OF_A_VIDEO = re.compile(r"(?:video|clip)(?: clip)?\s?[:：]\s?\S", re.I)
_OPENED = ("(", "[")
_QUOTES = ("“", '"', "«", "‘", "'", "-", "–")
_PARENTHESES = re.compile(r"^[(\[].*[)\]]\.?$")
_CAPTION_WORDS = any_of(
    r"(?:toàn|quang|khung) cảnh|ảnh|hình(?: ảnh)?|chụp ảnh",
    r"(?:các )?đại biểu|đồng chí|đ/c|ông|bà|lãnh đạo|đoàn",
    start=r"^[(\[]?\s*",
    end=r"\b",
)
_FILE_LABEL = re.compile(
    r"^(?:tải|download|files?|tệp|tập tin|văn bản|tài liệu|phụ lục|xem (?:file|văn bản|chi tiết)"
    r"|(?:các |danh sách )?(?:file|tệp|tập tin|văn bản|tài liệu)|đính kèm|attachments?)\b",
    re.I,
)
_FILE_DETAILS = re.compile(
    r"(?:[\s()\[\],;:|•·–-]|\.?\b(?:pdf|docx?|xlsx?|pptx?|rar|zip)\b|\b\d+(?:[.,]\d+)? ?(?:[KMG]i?B?|bytes)\b"
    r"|\b\d+ (?:lượt|lần) tải(?: về| xuống)?\b|\b(?:lượt|lần) tải(?: về| xuống)?:? ?\d+\b"
    r"|\b\d{1,2}([/.-])\d{1,2}\1\d{4}\b|\b\d{1,2}:\d{2}\b"
    r"|\b(?:dung lượng|kích thước|ngày(?: đăng| tạo)?|tải về|tải xuống|download|xem)\b)*",
    re.I,
)
_COMMENTS = re.compile(r"[^#]*#(?:comments?|respond|disqus_thread|reply)\b", re.I)
_PAGES = re.compile(
    r"[\W_]*(?:(?:trang|pages?|đầu|trước|sau|tiếp|theo|cuối|next|prev(?:ious)?|\d{1,2})(?:[\W_]+|$))+", re.I
)
"""Links to the pages of a text that stands on several: "Trang: 1 2 3", "[1] [2] Trang sau »"."""
_PAGER = 200
_BETWEEN_TAGS = 2
"""Characters between two tags: a comma, "| #"."""
_GALLERY = 40
"""Pictures in a row, the last of which a caption may belong to."""
_ROW_OF_BOXES = 3
_UNDER = 250
"""Characters of a caption that nothing but its place tells."""
_PARAGRAPH = 150
"""Characters of a line right behind a picture from which it may be text."""
_SECOND_SENTENCE = re.compile(r".{40}[.!?…] [^\W\d_a-z].{40}")
_SPACES = 40
"""Characters between the tags of a box."""
_LABEL_LIMIT = 40
"""Characters of a label over a list of files, the longest thought of being half of that."""


@dataclass(slots=True)
class Body:
    """What the lines of an article came to. ``lead_source`` tells how the lead was set apart."""

    paragraphs: list[str] = field(default_factory=list)
    lead: str | None = None
    lead_source: str | None = None
    captions: list[str] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    credits: list[str] = field(default_factory=list)
    """Last lines in elements that name themselves author or source."""
    dropped: list[tuple[str, str]] = field(default_factory=list)
    """(line, why) for --explain."""


def read_body(lines: Sequence[Line], base: str, *, title: str | None = None) -> Body:
    """Sorts the lines of a body element. ``base`` makes addresses absolute; ``title`` is the
    article's, so that its repetition is not text."""
    body = Body()
    _doubt_lead_class(lines)
    kept = _without_noise(lines, body, title)
    kept = _take_links(kept, base, body)
    kept = _take_pictures(kept, base, body)
    kept = _take_lead(kept, body)
    body.paragraphs = [line.text for line in kept]
    body.credits = [line.text for line in kept[-_LAST:] if line.role == "byline"]
    return body


def _doubt_lead_class(lines: Sequence[Line]) -> None:
    """A class such as "summary" on most of a text of several lines is the theme's name for the text
    (ColorMag); the only line of photo or video news is its lead."""
    leads = [line for line in lines if line.role == "lead"]
    if not leads:
        return
    written = [len(line.text) for line in lines if line.image is None and line.role != "caption"]
    led = sum(len(line.text) for line in leads if line.image is None)
    if len(written) > 1 and led > sum(written) / 2:
        for line in leads:
            line.role = None


def _without_noise(lines: Sequence[Line], body: Body, title: str | None) -> list[Line]:
    title_key = writing.fold(title) if title else None
    called_noise = [len(line.text) for line in lines if line.role == "noise"]
    # a theme may call the body itself a widget
    believe = bool(called_noise) and sum(called_noise) < sum([len(line.text) for line in lines]) / 2
    last = len(lines) - _LAST
    kept: list[Line] = []
    for n, line in enumerate(lines):
        text = line.text
        if line.image is not None:
            if not (believe and line.role == "noise"):
                kept.append(line)
            continue
        why = None
        if believe and line.role == "noise":
            why = "a widget by its class"
        elif kept and n < last and len(text) > noise.LONGEST:
            pass  # nearly every line of a text
        elif line.heading and noise.is_comments_label(text) and sum(len(x.text) for x in kept) >= _WRITTEN:
            body.dropped.append((text, "heads the comments: the body ends"))
            break
        elif noise.is_widget(text) and not any(attachments.file_type(a) for a, _ in line.links):
            why = "a widget's text"
        elif title_key and not kept and len(text) < 400 and writing.fold(text) == title_key:
            why = "the title again"
        elif n >= last and noise.is_copyright(text):
            why = "a copyright line"
        elif n >= last and noise.is_author_note(text):
            why = "about the author"
        elif noise.is_comments_label(text) and sum(len(x.text) for x in kept) >= _WRITTEN:
            body.dropped.append((text, "heads the comments: the body ends"))
            break
        elif noise.is_end_label(text) and _ends_here(lines, n):
            body.dropped.append((text, "heads other articles: the body ends"))
            break
        if why:
            body.dropped.append((text, why))
        else:
            kept.append(line)
    return kept


def _ends_here(lines: Sequence[Line], n: int) -> bool:
    """Whether what follows a label such as "Tin cùng chuyên mục" is links, or nothing."""
    rest = [line for line in lines[n + 1 :] if line.image is None and line.role != "noise"]
    text = sum(len(line.text) for line in rest)
    plain = sum(len(line.text) for line in rest if not line.linked and len(line.text) > 80)
    before = sum(len(line.text) for line in lines[:n])
    return plain <= 0.3 * text or text < before / 4


def _take_links(lines: list[Line], base: str, body: Body) -> list[Line]:
    """Takes out lines that are links to files (attachments) or to other articles."""
    kept: list[Line] = []
    seen: set[str] = set()
    elsewhere: set[str] = set()
    for line in lines:
        if line.image is not None or not line.links:
            if line.image is None and len(line.text) < 40 and noise.is_see_also(line.text):
                body.dropped.append((line.text, "a pointer to other articles"))
            else:
                kept.append(line)
            continue
        files = 0
        for address, name in line.links:
            if found := attachments.attachment(base, address, name):
                files += 1
                if found.url not in seen:
                    seen.add(found.url)
                    body.attachments.append(found)
        size = len(line.text.replace(" ", ""))
        unlinked = size - line.linked
        if files and (
            unlinked <= 12 or (_FILE_LABEL.match(line.text) and unlinked <= 40) or _tells_of_file(line)
        ):
            body.dropped.append((line.text, "links to a file"))
            if kept and _heads_files(kept[-1]):
                body.dropped.append((kept.pop().text, "heads links to files"))
        elif (
            not files
            and unlinked <= 2 * len(line.links)  # "[Quay lại] [Đầu trang]"
            and len(line.text) <= _BUTTONS
            and _leads_nowhere(line)
        ):
            body.dropped.append((line.text, "buttons"))
        elif not files and len(line.text) <= _PAGER and _PAGES.fullmatch(line.text):
            body.dropped.append((line.text, "links to the text's pages"))
        elif not files and _points_elsewhere(line, unlinked):
            body.dropped.append((line.text, "a link to another article"))
            elsewhere.update(address for address, _ in line.links)
        else:
            kept.append(line)
    # the picture of a card leads to what its headline leads to
    if not elsewhere:
        return kept
    return [x for x in kept if x.image is None or not any(address in elsewhere for address, _ in x.links)]


def _tells_of_file(line: Line) -> bool:
    """Whether beside its links a line has nothing but a file's label, type, size, day and downloads."""
    rest = line.text
    for _, name in line.links:
        rest = rest.replace(name, " ", 1)
    if (label := attachments.FILES_LABEL.match(rest)) is not None:
        rest = rest[label.end() :]
    return bool(_FILE_DETAILS.fullmatch(rest))


def _heads_files(line: Line) -> bool:
    """Whether a line right before a link to a file is that list's label ("Tài liệu đính kèm:")."""
    if line.image is not None or line.links or len(line.text) > _LABEL_LIMIT:
        return False
    return bool(_FILE_LABEL.match(line.text)) and not line.text.endswith((".", "!", "?", ";"))


def _leads_nowhere(line: Line) -> bool:
    return all(address.startswith(("#", "javascript:")) for address, _ in line.links)


def _points_elsewhere(line: Line, unlinked: int) -> bool:
    if all(_COMMENTS.match(address) for address, _ in line.links):
        return line.linked >= unlinked
    if all(address.startswith(("#", "mailto:", "tel:")) for address, _ in line.links):
        return False
    if noise.is_see_also(line.text):
        return line.linked >= unlinked
    if label := noise.tags_label(line.text):
        return unlinked <= len(label) + _BETWEEN_TAGS * len(line.links)
    if line.mostly(line.linked):
        return len(line.text) <= 250 and not (len(line.text) > 80 and line.text.endswith("."))
    return False


def _take_pictures(lines: list[Line], base: str, body: Body) -> list[Line]:
    """Takes out pictures and what stands beside them as caption."""
    habits = _Habits(lines)
    kept: list[Line] = []
    waiting: list[tuple[Line, str | None]] = []
    after_picture = 0  # 1: the line right after one, 2: the second, 0: elsewhere
    for n, line in enumerate(lines):
        if line.image is not None:
            waiting.append((line, None))
            after_picture = 1
            continue
        if (
            not after_picture
            and not line.frame
            and line.role != "caption"
            and line.align != "center"
            and not line.text.startswith(_OPENED)
        ):
            kept.append(line)  # nearly every line of a text
            continue
        why = _caption_reason(line, after_picture, waiting, habits, lines[n - 1] if n else None)
        if why is None:
            kept.append(line)
            after_picture = 0
            continue
        body.captions.append(line.text)
        body.dropped.append((line.text, f"caption: {why}"))
        for k in range(max(0, len(waiting) - _GALLERY), len(waiting)):
            picture, caption = waiting[k]
            if caption is None and (k == len(waiting) - 1 or picture.frame):
                waiting[k] = (picture, line.text)
                break
        after_picture = 2 if after_picture == 1 else after_picture
    seen = {image.url for image in body.images}
    for picture, caption in waiting:
        found = attachments.picture(base, picture.image or "", caption)
        if found and found.url not in seen:
            seen.add(found.url)
            body.images.append(found)
    return kept


class _Habits:
    """How a text is laid out; told when first asked for, as most captions are known by themselves."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines

    @cached_property
    def usual(self) -> set[tuple[str, str | None]]:
        """How its paragraphs look."""
        long = (line for line in self._lines if line.image is None and len(line.text) > 120)
        plain = Counter((line.look, line.align) for line in long)
        return {look for look, _ in plain.most_common(3)}

    @cached_property
    def boxes(self) -> set[Element]:
        """The boxes of a gallery: each has a picture and a line under it."""
        told = {
            box
            for picture, line in pairwise(self._lines)
            if picture.image is not None and line.image is None and len(line.text) <= _UNDER
            if (box := _box_with_line(picture, line)) is not None
        }
        return told if len(told) >= _ROW_OF_BOXES else set()

    @cached_property
    def centred(self) -> bool:
        """Whether most of it is centred."""
        centred = sum(len(line.text) for line in self._lines if line.align == "center")
        return centred * 2 > sum(len(line.text) for line in self._lines)


def _box_with_line(picture: Line, line: Line) -> Element | None:
    """The element around a picture and one line of text after it, if it has nothing else."""
    if picture.block is None or line.block is None or line.links or line.heading or line.item:
        return None
    box = line.block if line.block is picture.block else line.block.getparent()
    if box is None or (box is not picture.block and box not in picture.block.iterancestors()):
        return None
    has_one = next(islice(box.iter("img"), 1, None), None) is None
    size = sum(len(text) for text in box.itertext(with_tail=False))
    return box if has_one and size <= 2 * len(line.text) + _SPACES else None


def _caption_reason(
    line: Line,
    after_picture: int,
    pictures: list[tuple[Line, str | None]],
    habits: _Habits,
    before: Line | None,
) -> str | None:
    """Why a line is a caption, or None where it is none."""
    size = len(line.text)
    if size > CAPTION_LIMIT:
        return None
    if line.role == "caption":
        return "by its element"
    if line.role == "lead":
        return None
    if line.frame:
        return "in the frame of a picture"
    parenthesised = bool(_PARENTHESES.match(line.text))
    italic = line.mostly(line.italic)
    apart = line.align == "center" and not habits.centred
    if after_picture == 0:
        if parenthesised and (apart or italic) and _CAPTION_WORDS.match(line.text):
            return "parenthesised and set apart"
        if parenthesised and size <= 200 and _CAPTION_WORDS.match(line.text) and len(line.text.split()) >= 3:
            return "parenthesised, a picture's words"
        if apart and size <= 200 and _OF_A_VIDEO.match(line.text):
            return "a video's"  # a player is no picture
        return None
    picture = pictures[-1][0]
    if after_picture == 2:
        return "a photo credit under a caption" if _PHOTO_CREDIT.match(line.text) and size <= 80 else None
    if line.heading or line.align == "right" or _is_row_of_figures(line):
        return None
    if italic:
        return "italic after a picture"
    if parenthesised:
        return "parenthesised after a picture"
    if apart:
        return "centred after a picture"
    if picture.alt and writing.fold(picture.alt) == writing.fold(line.text):
        return "the picture's own words"
    if _PHOTO_CREDIT.match(line.text):
        return "a photo credit"
    if (
        ":" in line.text
        and size <= _UNDER
        and _ENDS_IN_CREDIT.search(line.text)
        and bylines.parse_byline(line.text) is None
    ):
        return "ends in a photo credit"
    if picture.align == BESIDE and size >= _RUNS_BESIDE:
        return None
    if (box := _box_with_line(picture, line)) is not None and box in habits.boxes:
        return "in a row of boxes with a picture each"
    if (
        line.block is not None
        and line.block is picture.block
        and before is picture
        and size <= _UNDER
        and line.tag in ("p", "figure", "td", "span")
        and not (_runs_on(line.text) and (line.look, line.align) in habits.usual)
    ):
        return "in the paragraph of a picture"
    if size <= 200 and line.tag != "li" and not line.mostly(line.bold):
        looks_usual = not habits.usual or (line.look, line.align) in habits.usual
        return None if looks_usual else "unlike the text, after a picture"
    return None


def _runs_on(text: str) -> bool:
    """Whether a line is as long as a paragraph and has a second sentence."""
    return len(text) > _PARAGRAPH and _SECOND_SENTENCE.search(text) is not None


def _is_row_of_figures(line: Line) -> bool:
    """Whether a line is a row of a table, read across: its table may follow a picture."""
    row = line.block.getparent() if line.tag in ("td", "th") and line.block is not None else None
    return row is not None and row.tag == "tr" and is_data_row(row)


def _take_lead(lines: list[Line], body: Body) -> list[Line]:
    """Takes out a summary that stands in its own element, or wholly bold, before the text."""
    marked = [line for line in lines[:4] if line.role == "lead"]
    size = sum(len(line.text) for line in lines)
    first = next((n for n, line in enumerate(lines) if line.role not in ("date", "byline")), 0)
    if marked and marked[0] is lines[first]:
        run = list(takewhile(lambda line: line.role == "lead", lines[first:]))
        body.lead = " ".join(line.text for line in run)
        body.lead_source = "own element"
        return [*lines[:first], *lines[first + len(run) :]]
    if _is_quoted_summary(lines, first):
        body.lead = lines[first].text
        body.lead_source = "set apart as a block quote"
        return [*lines[:first], *lines[first + 1 :]]
    for n, line in enumerate(lines[:2]):
        if _QUESTION.match(line.text):
            break
        if not (line.mostly(line.bold) and len(line.text) >= LEAD_MINIMUM and not line.item):
            if n == 0 and line.role in ("date", "byline"):
                continue
            break
        bold = sum(len(x.text) for x in lines if x.bold and x.mostly(x.bold))
        rest = size - len(line.text)
        if rest and bold - len(line.text) <= rest / 2:
            body.lead = line.text
            body.lead_source = "first paragraph, wholly bold"
            return [*lines[:n], *lines[n + 1 :]]
        break
    return lines


def _is_quoted_summary(lines: list[Line], first: int) -> bool:
    """Whether a text begins with a block quote of one sentence that quotes nobody: editors set summaries
    apart so."""
    line = lines[first] if first < len(lines) - 1 else None
    if line is None or line.block is None or line.links or line.item or len(line.text) < 2 * LEAD_MINIMUM:
        return False
    if line.text.startswith(_QUOTES) or not line.text.endswith((".", "!", "…")):
        return False
    near = (line.block, *islice(line.block.iterancestors(), 2))
    quote = next((up for up in near if up.tag == "blockquote"), None)
    return quote is not None and writing.clean("".join(map(str, quote.itertext()))) == line.text


def without_repeats(paragraphs: list[str], lead: str) -> list[str]:
    """The paragraphs without the lead's repetition among the first three."""
    return [p for n, p in enumerate(paragraphs) if n > 2 or not writing.same_words(p, lead)]
