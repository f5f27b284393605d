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
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.portals import bodies, districts
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


@dataclass(frozen=True, slots=True)
class Saved:
    """One page to write; the keys are explained in ``pages.toml``."""

    shell: str
    platform: str
    address: str
    editor: str
    dated: Literal["minute", "day", "unclear", "none"]
    traps: list[str]
    lead: Literal["element", "bold", "none"] = "element"
    credit: Literal["body", "field"] = "body"
    form: Literal["NFC", "NFD"] = "NFC"
    eth: bool = False
    capitals: bool = False
    source: str | None = None


def write_page(saved: Saved, name: str) -> None:
    """Write ``name``.html and ``name``.json."""
    rng = random.Random(f"pages/{name}")
    text, at = draw(saved, rng)
    others = [draw(replace(saved, lead="none"), random.Random(f"pages/{name}/{n}")) for n in range(4)]
    in_body = saved.credit == "body" and saved.source is None
    body = bodies.blocks(
        text.lead if saved.lead == "bold" else None,
        text.paragraphs,
        text.captions,
        text.credit.printed if in_body else None,
        rng,
    )
    address = saved.address.format(slug=slug(text.title), month=f"{at:%Y%m}")
    page = SHELLS.get_template(f"{saved.shell}.html").render(
        title=text.title,
        lead=text.lead if saved.lead == "element" else None,
        body=bodies.write(saved.editor, body, lambda n: f"/uploads/tin/{slug(text.title)[:30]}-{n}.jpg"),
        credit=text.credit.byline if saved.credit == "field" and saved.source is None else None,
        source=saved.source,
        url=address,
        base=address.split("/", 3)[0] + "//" + address.split("/", 3)[2],
        site=SITES[len(name) % len(SITES)],
        section="Tin hoạt động",
        at=at,
        edited=at + timedelta(days=2, minutes=11),
        weekday=WEEKDAYS[at.weekday()],
        long_date=long_date(at),
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


def draw(saved: Saved, rng: random.Random) -> tuple[Text, datetime]:
    """An article for a page and the moment of its publication."""
    published = date(2026, 10, 28) - timedelta(days=rng.randint(0, 600))
    at = datetime.combine(published, time(rng.randint(7, 17), rng.randint(0, 59)), VIETNAM)
    organization = rng.choice(list(ORGANIZATIONS))
    district = rng.choice(DISTRICTS)
    text = write_news(rng, published, district, organization, lead=saved.lead != "none", named_province=True)
    if saved.capitals:
        text = replace(text, title=text.title.upper())
    if saved.credit == "field":
        text = replace(text, credit=Credit("Hồng Lam", "Hồng Lam", ("Hồng Lam",)))
    if saved.source:
        text = replace(text, credit=replace(NO_CREDIT, source=saved.source))
    return text, at


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
    if saved.dated == "day":
        found["published_at"] = at.replace(hour=0, minute=0).isoformat()
    if saved.dated != "unclear":
        found["published_precision"] = None if saved.dated == "none" else saved.dated
    return found


def long_date(at: datetime) -> str:
    """``21 Tháng Sáu 2022 5:35:00 CH``."""
    half = "SA" if at.hour < 12 else "CH"
    return f"{at.day} Tháng {MONTHS[at.month - 1]} {at.year} {(at.hour - 1) % 12 + 1}:{at:%M}:00 {half}"


def main() -> int:
    """Write every page anew."""
    numbers: dict[str, int] = {}
    pages = tomllib.loads((FOLDER / "pages.toml").read_text(encoding="utf-8"))["page"]
    for saved in (Saved(**page) for page in pages):
        numbers[saved.shell] = numbers.get(saved.shell, 0) + 1
        write_page(saved, f"{saved.shell}-{numbers[saved.shell]}")
    print(f"{len(pages)} pages written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
