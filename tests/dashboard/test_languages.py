"""The two catalogues say the same, and every message that a page asks for is there."""

from __future__ import annotations

import re
import string
from typing import get_args

import pytest

from crawler.fetching.outcomes import ErrorClass
from crawler.running.drift import ALARMS
from crawler.running.expectations import FIELDS
from crawler.running.options import EventKind
from crawler.running.rhythm_words import DAYS, WEEK_TIMES
from crawler.running.tally import EXIT_OF_VERDICT
from dashboard.languages import NAMED, messages, preferred
from dashboard.lights import LEVELS, LIGHTS
from dashboard.room import _TEMPLATES
from spiders.registry import OWNERS
from storage.said import Said
from storage.timetable import duration
from tests.conftest import ROOT
from vietnam.kinds import KINDS


def placeholders(text: str) -> set[str]:
    """The values that a text shows; ``{n:one|many}`` only picks a word by one."""
    return {name for _, name, spec, _ in string.Formatter().parse(text) if name and "|" not in (spec or "")}


def test_both_languages_have_the_same_messages_with_the_same_values() -> None:
    vi, en = messages("vi").texts, messages("en").texts
    assert vi.keys() == en.keys()
    assert [key for key in vi if placeholders(vi[key]) != placeholders(en[key])] == []
    assert [key for key, text in (*vi.items(), *en.items()) if not isinstance(text, str) or not text] == []


def test_a_number_has_its_word_in_english_and_vietnamese_needs_none() -> None:
    en, vi = messages("en"), messages("vi")
    assert [en("search.found", n=n) for n in ("0", "1", "2.345")] == [
        "0 articles.", "1 article.", "2.345 articles.",
    ]  # fmt: skip
    assert en("overview.calling", n=1) == "portal needs a person"
    assert vi("search.found", n=1) == "1 bài."
    said = Said("event.listing", {"pages": 1, "listed": 1})
    assert en.said(said, None).text == "page 1, 1 article listed so far"


def test_every_message_that_is_asked_for_is_there_and_none_is_left_over() -> None:
    known = set(messages("vi").texts)
    loader = _TEMPLATES.loader
    assert loader is not None
    sources = [loader.get_source(_TEMPLATES, name)[0] for name in _TEMPLATES.list_templates()]
    sources += [
        path.read_text("utf-8")
        for room in ("dashboard", "crawler", "storage")
        for path in (ROOT / room).rglob("*.py")
    ]
    asked = {key for text in sources for key in re.findall(r"""\bt\(f?["'](\w+\.\w+)["']""", text)}
    groups = {group for text in sources for group in re.findall(r"""\bt\(f?["'](\w+)\.["{]""", text)}
    groups |= {group for text in sources for group in re.findall(r"""\bt\.name\(["'](\w+)["']""", text)}
    said_in_codes = {
        key for text in sources for key in re.findall(r"""\bSaid\(\s*["'](\w+\.\w+)["']""", text)
    }
    asked |= said_in_codes
    groups |= {group for text in sources for group in re.findall(r"""\bSaid\(\s*f["'](\w+)\.""", text)}
    prefixes = {key for text in sources for key in re.findall(r"""\bt\(f?["'](\w+\.\w+_)["{]""", text)}
    said = {key for text in sources for key in re.findall(r"""["'](\w+\.\w+)["']""", text)}
    assert said_in_codes, "the crawler's messages are looked for where they are"
    assert {key for key in asked - known if not key.endswith("_")} == set()
    loose = known - asked - said
    loose = {k for k in loose if k.split(".")[0] not in {*groups, *NAMED, "done", "problem", "time"}}
    assert {k for k in loose if not any(k.startswith(prefix) for prefix in prefixes)} == set()


def test_every_word_of_a_closed_list_has_a_name() -> None:
    known = messages("vi").texts
    words = {f"verdict.{v}" for v in EXIT_OF_VERDICT} | {f"owner.{o}" for o in OWNERS}
    words |= {f"level.{level}" for level in LEVELS} | {f"light.{light}" for light in LIGHTS}
    words |= {f"kind.{kind}" for kind in KINDS} | {f"error.{error}" for error in get_args(ErrorClass)}
    words |= {f"alarm.{alarm}" for alarm in ALARMS} | {f"event_name.{e}" for e in get_args(EventKind)}
    words |= {f"unmet.{name}" for name in ("listed", "newest", *(f"filled_{field}" for field in FIELDS))}
    words |= {f"week_time.{time}" for time in WEEK_TIMES} | {f"weekday.{day.lower()}" for day in DAYS}
    words |= {f"unit.{duration(seconds).split()[1]}" for seconds in (45, 90, 3600, 90_000, 864_000)}
    assert words - known.keys() == set()


def test_a_message_in_codes_is_told_in_the_language_and_one_that_is_not_known_in_english() -> None:
    vi, en = messages("vi"), messages("en")
    known = Said("raised.unreachable", {"error": "dns"})
    assert vi.said(known, "no address") == ("Không đọc được chuyên mục nào: tên miền không có địa chỉ.", None)
    assert en.said(known, "no address") == ("No section could be read: host name not found.", None)
    for other in (
        None,
        Said("raised.of_tomorrow"),
        Said("raised.unreachable"),
        Said("unmet.listed", {"observed": "x"}),
    ):
        assert (vi.said(other, "no address"), en.said(other, "no address")) == (
            ("no address", "en"),
            ("no address", None),
        )
    assert vi.all_said([known, known], "x").text.count("tên miền") == 2
    assert vi.all_said([known, Said("raised.of_tomorrow")], "both") == ("both", "en")


@pytest.mark.parametrize(
    ("accepted", "chosen", "language"),
    [("", None, "vi"), ("fr", None, "vi"), ("en-US,en;q=0.9", None, "en"),
     ("vi-VN,vi;q=0.9,en;q=0.8", None, "vi"),
     ("en;q=0.5,vi;q=0.4", None, "en"), ("en", "vi", "vi"), ("vi", "en", "en"), ("en", "xx", "en"),
     ("*;q=1, en;q=0.1", None, "vi"), ("en;q=x", None, "vi")],
)  # fmt: skip
def test_the_language_follows_the_choice_then_the_browser(
    accepted: str, chosen: str | None, language: str
) -> None:
    assert preferred(accepted, chosen) == language
