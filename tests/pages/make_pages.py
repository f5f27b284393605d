"""Writes the saved pages of this folder: invented articles in hand-written shells of many platforms.

    python -m tests.pages.make_pages

The pages are what tests read; this script is how they came to be, and how one is added: a shell in
``shells/``, an entry in ``pages.toml``. Pages that are no articles are written by hand and left alone.
"""

from __future__ import annotations

import json
import random
import sys
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from tests.portals import bodies, districts
from tests.portals.bodies import Block, Editor
from tests.portals.bylines import NO_CREDIT, Credit
from tests.portals.corpus import VIETNAM
from tests.portals.events import ORGANIZATIONS, Text, write_news
from tests.portals.theme import WEEKDAYS, slug
from tests.portals.themes.sharepoint import MONTHS

FOLDER = Path(__file__).parent
FETCHED = datetime(2026, 11, 22, 9, 0, tzinfo=VIETNAM)
SHELLS = Environment(loader=FileSystemLoader(FOLDER / "shells"), autoescape=True, undefined=StrictUndefined)
DISTRICTS = (districts.SON_DUONG, districts.HAU_LOC, districts.DAI_LOC, districts.CAI_NUOC)
SITES = ("Cổng thông tin điện tử địa phương", "Trang tin Mặt trận", "Ủy ban MTTQ Việt Nam", "Báo của tỉnh")

EDITORS = bodies.EDITORS | {
    name: Editor(**markup)
    for name, markup in tomllib.loads((FOLDER / "editors.toml").read_text(encoding="utf-8")).items()
}
INSERTS: dict[str, str] = tomllib.loads((FOLDER / "inserts.toml").read_text(encoding="utf-8"))
CREDITS: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "credits.toml").read_text(encoding="utf-8"))
BROKEN = ("hard_breaks", "hard_newlines")
"""Editors that break lines within sentences: with <br>, with nothing but an end of line."""
WORDS_A_LINE = 14


@dataclass(frozen=True, slots=True)
class Saved:
    """One page to write; the keys are explained in ``pages.toml``."""

    shell: str
    platform: str
    address: str
    editor: str
    dated: Literal["second", "minute", "day", "unclear", "none"]
    traps: list[str]
    lead: Literal["element", "bold", "twice", "none"] = "element"
    credit: Literal["body", "field", "account", "twice", "after_caption", "none"] = "body"
    sign: str | None = None
    inserts: list[str] = field(default_factory=list)
    only: Literal["all", "pictures", "file", "video"] = "all"
    form: Literal["NFC", "NFD"] = "NFC"
    eth: bool = False
    capitals: bool = False
    source: str | None = None
    account: str = "quantri"


def write_page(saved: Saved, name: str) -> None:
    """Write ``name``.html and ``name``.json."""
    rng = random.Random(f"pages/{name}")
    text, at = draw(saved, rng)
    others = [draw(replace(saved, lead="none"), random.Random(f"pages/{name}/{n}")) for n in range(4)]
    address = saved.address.format(
        slug=slug(text.title), month=f"{at:%Y%m}", day=f"{at:%Y-%m-%d}", stamp=int(at.timestamp() * 1000)
    )
    page = SHELLS.get_template(f"{saved.shell}.html").render(
        title=text.title,
        lead=text.lead if saved.lead in ("element", "twice") else None,
        body=body_of(saved, text, [other for other, _ in others], rng),
        credit=text.credit.byline if saved.credit == "field" and saved.source is None else None,
        account=saved.account,
        source=saved.source,
        url=address,
        base=address.split("/", 3)[0] + "//" + address.split("/", 3)[2],
        site=SITES[len(name) % len(SITES)],
        section="Tin hoạt động",
        at=at,
        edited=at + timedelta(days=2, minutes=11),
        weekday=WEEKDAYS[at.weekday()],
        long_date=long_date(at),
        half_day=half_day(at),
        this_year=FETCHED.year,
        today=FETCHED.date().isoformat(),
        clock=f"{WEEKDAYS[FETCHED.weekday()]}, ngày {FETCHED:%d/%m/%Y}",
        others=[
            {"title": other.title, "slug": slug(other.title), "day": f"{when:%d/%m/%Y}"}
            for other, when in others
        ],
    )
    page = unicodedata.normalize(saved.form, page.replace("Đ", "Ð") if saved.eth else page)
    (FOLDER / f"{name}.html").write_text(page + "\n", encoding="utf-8")
    record = {
        "url": address,
        "platform": saved.platform or None,
        "fetched_at": FETCHED.isoformat(),
        "traps": list(saved.traps),
        "expected": expected(saved, text, at),
    }
    lines = json.dumps(record, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(lines + "\n", encoding="utf-8")


def body_of(saved: Saved, text: Text, others: Sequence[Text], rng: random.Random) -> Markup:
    """The text in the editor's mark-up, with what the portal puts into it."""
    in_body = saved.credit in ("body", "twice", "after_caption") and saved.source is None
    credit = text.credit.printed if in_body else None
    lead = text.lead if saved.lead == "bold" else None
    blocks = bodies.blocks(lead, text.paragraphs, text.captions, credit, rng)
    if saved.lead == "twice" and text.lead:
        blocks.insert(0, ("text", text.lead))
    if saved.credit == "twice" and credit:
        blocks.append(("credit", credit))
    if saved.credit == "after_caption" and credit:
        pictures = [block for block in blocks if block[0] == "image"]
        rest = [block for block in blocks if block[0] not in ("image", "credit")]
        blocks = [*rest, *pictures[:1], ("credit", credit), *pictures[1:]]
        if len(pictures) > 1:  # a picture after the signature: it stands before the text instead
            blocks = [*pictures[1:], *rest, *pictures[:1], ("credit", credit)]
    if saved.editor in BROKEN:
        blocks = [(kind, broken(words) if kind == "text" else words) for kind, words in blocks]
    pictures_so_far = 0

    def picture(n: int) -> str:
        return f"/uploads/tin/{slug(text.title)[:30]}-{n + pictures_so_far}.jpg"

    if not saved.inserts:
        return mended(saved.editor, bodies.write(EDITORS[saved.editor], blocks, picture))
    parts: list[str] = []
    places = [1 + n * max(1, (len(blocks) - 1) // len(saved.inserts)) for n in range(len(saved.inserts))]
    start = 0
    for insert, end in zip(saved.inserts, places, strict=True):
        parts.append(written(saved, blocks[start:end], picture))
        pictures_so_far += sum(kind == "image" for kind, _ in blocks[start:end])
        other = rng.choice(others)
        parts.append(INSERTS[insert].format(title=escape(other.title), slug=slug(other.title)))
        start = end
    parts.append(written(saved, blocks[start:], picture))
    return Markup(EDITORS[saved.editor].join.join(part for part in parts if part))


def written(saved: Saved, blocks: list[Block], picture: Any) -> str:
    return str(mended(saved.editor, bodies.write(EDITORS[saved.editor], blocks, picture)))


def broken(text: str) -> str:
    """A text with a mark where its line is broken: before a word in lower case, after one without a
    closing mark."""
    words = text.split(" ")
    since = 0
    for n in range(1, len(words)):
        since += 1
        if since >= WORDS_A_LINE and words[n][:1].islower() and words[n - 1][-1:].isalpha():
            words[n] = "\x1f" + words[n]
            since = 0
    return " ".join(words)


def mended(editor: str, markup: Markup) -> Markup:
    """The mark-up with its broken lines as the editor breaks them."""
    return Markup(str(markup).replace(" \x1f", "<br />\n" if editor == "hard_breaks" else "\n"))


def draw(saved: Saved, rng: random.Random) -> tuple[Text, datetime]:
    """An article for a page and the moment of its publication."""
    published = date(2026, 10, 28) - timedelta(days=rng.randint(0, 600))
    at = datetime.combine(published, time(rng.randint(7, 17), rng.randint(0, 59)), VIETNAM)
    organization = rng.choice(list(ORGANIZATIONS))
    district = rng.choice(DISTRICTS)
    text = write_news(rng, published, district, organization, lead=saved.lead != "none", named_province=True)
    if saved.capitals:
        text = replace(text, title=text.title.upper())
    if saved.sign:
        text = replace(text, credit=credit_of(CREDITS[saved.sign]))
    elif saved.credit in ("account", "none"):
        text = replace(text, credit=NO_CREDIT)
    elif saved.credit == "field":
        text = replace(text, credit=Credit("Hồng Lam", "Hồng Lam", ("Hồng Lam",)))
    if saved.source:
        text = replace(text, credit=replace(NO_CREDIT, source=saved.source))
    if saved.credit == "after_caption" and not text.captions:
        text = replace(text, captions=("Quang cảnh buổi lễ.",))
    if saved.only == "pictures":
        text = replace(text, paragraphs=(), captions=(*text.captions, "Đại biểu dự lễ chụp ảnh lưu niệm."))
    elif saved.only != "all":
        text = replace(text, paragraphs=(), captions=())
    return text, at


def credit_of(told: dict[str, Any]) -> Credit:
    """A credit of ``credits.toml``."""
    return Credit(told["printed"], told.get("byline"), tuple(told.get("authors", ())), told.get("source"))


def expected(saved: Saved, text: Text, at: datetime) -> dict[str, object]:
    """The CONTRACT keys that the page decides; a key left out may come out as it likes."""
    found: dict[str, object] = {
        "page_kind": "article",
        "title": text.title,
        "lead": text.lead,
        "paragraphs": list(text.paragraphs),
        "captions": list(text.captions),
        "byline": text.credit.byline,
        "authors": list(text.credit.authors),
        "source_credit": text.credit.source,
        "published_at": None if saved.dated == "none" else at.isoformat(),
    }
    if "files" in saved.inserts or saved.only == "file":
        url = "/".join(saved.address.split("/")[:3]) + "/uploads/ke-hoach-35.pdf"
        found["attachments"] = [{"url": url, "name": "Kế hoạch số 35", "type": "pdf"}]
    if saved.dated == "day":
        found["published_at"] = at.replace(hour=0, minute=0).isoformat()
    if saved.dated != "unclear":
        found["published_precision"] = None if saved.dated == "none" else saved.dated
    return found


def long_date(at: datetime) -> str:
    """``21 Tháng Sáu 2022 5:35:00 CH``."""
    half = "SA" if at.hour < 12 else "CH"
    return f"{at.day} Tháng {MONTHS[at.month - 1]} {at.year} {(at.hour - 1) % 12 + 1}:{at:%M}:00 {half}"


def half_day(at: datetime) -> str:
    """``22/06/2022 5:35 PM``."""
    half = "AM" if at.hour < 12 else "PM"
    return f"{at:%d/%m/%Y} {(at.hour - 1) % 12 + 1}:{at:%M} {half}"


def pages() -> list[Saved]:
    """The entries of ``pages.toml``, one a page: an entry with several editors is several pages."""
    found: list[Saved] = []
    for entry in tomllib.loads((FOLDER / "pages.toml").read_text(encoding="utf-8"))["page"]:
        editors = entry.pop("editor")
        found += [
            Saved(editor=editor, **entry) for editor in ([editors] if isinstance(editors, str) else editors)
        ]
    return found


def stories() -> list[dict[str, Any]]:
    """The stories of ``foreign.toml``."""
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / "foreign.toml").read_text(encoding="utf-8"))[
        "story"
    ]
    return found


def write_story(story: dict[str, Any], name: str) -> None:
    """Write the page of a story in another language."""
    at = datetime.fromisoformat(story["at"])
    host = story["address"].split("/")[2]
    values = {"lead": None, "byline": None} | story
    page = SHELLS.get_template(f"{story['shell']}.html").render(
        values
        | {"at": at, "edited": at + timedelta(hours=5), "site": host.removeprefix("www.").split(".")[0]}
    )
    (FOLDER / f"{name}.html").write_text(page + "\n", encoding="utf-8")
    found: dict[str, object] = {
        "page_kind": "article",
        "title": story["title"],
        "lead": values["lead"],
        "paragraphs": story["paragraphs"],
        "captions": story["captions"],
        "byline": values["byline"],
        "authors": [values["byline"]] if values["byline"] else [],
        "source_credit": None,
        "published_at": at.astimezone(VIETNAM).isoformat(),
    }
    if story["language"] != "zh":  # told by neither its letters nor the page
        found["language"] = story["language"]
    if story["shell"] in ("abroad_plain", "abroad_office"):  # the page shows the day alone
        found["published_at"] = datetime.combine(at.date(), time(0, 0), VIETNAM).isoformat()
        found["published_precision"] = "day"
    else:
        found["published_precision"] = "second"
    record = {
        "url": story["address"],
        "platform": None,
        "fetched_at": FETCHED.isoformat(),
        "traps": [f"in the language “{story['language']}”", f"a line that is no text: {story['note']}"],
        "expected": found,
    }
    lines = json.dumps(record, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(lines + "\n", encoding="utf-8")


def main() -> int:
    """Write every page anew."""
    numbers: dict[str, int] = {}

    def named(shell: str) -> str:
        numbers[shell] = numbers.get(shell, 0) + 1
        return f"{shell}-{numbers[shell]}"

    for saved in pages():
        write_page(saved, named(saved.shell))
    for story in stories():
        write_story(story, named(story["shell"]))
    print(f"{sum(numbers.values())} pages written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
