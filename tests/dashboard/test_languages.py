"""The two catalogues say the same, and every message that a page asks for is there."""

from __future__ import annotations

import re
import string

import pytest

from crawler.running.tally import EXIT_OF_VERDICT
from dashboard.languages import messages, preferred
from dashboard.lights import LEVELS, LIGHTS
from dashboard.room import _TEMPLATES
from spiders.registry import OWNERS
from tests.conftest import ROOT
from vietnam.kinds import KINDS


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_messages_with_the_same_values() -> None:
    vi, en = messages("vi").texts, messages("en").texts
    assert vi.keys() == en.keys()
    assert [key for key in vi if placeholders(vi[key]) != placeholders(en[key])] == []
    assert [key for key, text in (*vi.items(), *en.items()) if not isinstance(text, str) or not text] == []


def test_every_message_that_is_asked_for_is_there_and_none_is_left_over() -> None:
    known = set(messages("vi").texts)
    loader = _TEMPLATES.loader
    assert loader is not None
    sources = [loader.get_source(_TEMPLATES, name)[0] for name in _TEMPLATES.list_templates()]
    sources += [path.read_text("utf-8") for path in (ROOT / "dashboard").rglob("*.py")]
    asked = {key for text in sources for key in re.findall(r"""\bt\(f?["'](\w+\.\w+)["']""", text)}
    groups = {group for text in sources for group in re.findall(r"""\bt\(f?["'](\w+)\.["{]""", text)}
    groups |= {group for text in sources for group in re.findall(r"""\bt\.name\(["'](\w+)["']""", text)}
    prefixes = {key for text in sources for key in re.findall(r"""\bt\(f?["'](\w+\.\w+_)["{]""", text)}
    said = {key for text in sources for key in re.findall(r"""["'](\w+\.\w+)["']""", text)}
    assert {key for key in asked - known if not key.endswith("_")} == set()
    loose = known - asked - said
    loose = {k for k in loose if k.split(".")[0] not in {*groups, "done", "problem", "time"}}
    assert {k for k in loose if not any(k.startswith(prefix) for prefix in prefixes)} == set()


def test_every_word_of_a_closed_list_has_a_name() -> None:
    known = messages("vi").texts
    words = {f"verdict.{v}" for v in EXIT_OF_VERDICT} | {f"owner.{o}" for o in OWNERS}
    words |= {f"level.{level}" for level in LEVELS} | {f"light.{light}" for light in LIGHTS}
    words |= {f"kind.{kind}" for kind in KINDS}
    assert words - known.keys() == set()


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
