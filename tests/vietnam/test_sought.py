"""Expressions with their letters first match what they matched, and a search can skip through them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vietnam import kinds, organizations
from vietnam.sought import _split, matches_at, places_of, sought, standing

PATTERNS = (
    (r"\bđảng\b", r"của đảng"),
    (r"(?<!chào mừng )(?<!ngày )\bđại hội\b(?! đảng)", "bầu cử"),
    (r"\b(?:tỉnh|huyện|quận)\s*đoàn\b(?!\s+thể)", r"\bđtn\b"),
    (r"(?<!^\()mttq", r"^cử tri phản ánh"),
    (r"(?<=chủ tịch )mặt trận\b", r"(?:lúa|tôm)(?: sú)?"),
    (r"h[ằà]ng năm", r"\bhội (?:nông dân|nd(?:vn)?)\b"),
)
SYLLABLES = (
    "đảng", "của", "đại hội", "chào mừng", "ngày", "bầu cử", "tỉnh", "huyện", "quận", "đoàn", "thể", "đtn",
    "mttq", "(mttq", "cử tri", "phản ánh", "chủ tịch", "mặt trận", "lúa", "tôm", "sú", "hằng", "hàng", "năm",
    "hội", "nông dân", "nd", "ndvn", "bộ",
)  # fmt: skip
TEXTS = st.lists(st.tuples(st.sampled_from(SYLLABLES), st.sampled_from((" ", "", "\n", ", ")))).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)


@pytest.mark.parametrize("alternatives", PATTERNS)
@given(text=TEXTS)
@settings(max_examples=50)
def test_the_same_places_are_found(alternatives: tuple[str, ...], text: str) -> None:
    plain, quick = re.compile("|".join(alternatives)), sought(*alternatives)
    assert quick.pattern != plain.pattern
    assert [m.span() for m in quick.finditer(text)] == [m.span() for m in plain.finditer(text)]


@pytest.mark.parametrize("pattern", [r"\d+ người", r"(?:các )?hội", r"đ?ảng", r"[đd]ảng", r"(?P<kind>hội)"])
def test_what_has_no_certain_first_letter_is_compiled_as_it_stands(pattern: str) -> None:
    assert sought(r"\bđảng", pattern).pattern == rf"\bđảng|{pattern}"


def test_brackets_and_bars_that_are_letters_part_nothing() -> None:
    assert sought(r"\ba[|)]b", r"\bc\|\(d").pattern == r"a(?<!\wa)[|)]b|c(?<!\wc)\|\(d"


def test_every_alternative_of_the_tagger_begins_with_a_letter() -> None:
    """Where one did not, its whole expression would be tried at every letter of every article."""
    compiled = [*kinds._COMPILED.values(), *(row.pattern for row in organizations._PATTERNS)]
    slow = [p for p in compiled if not all(part[:1].isalnum() for part in _split(p.pattern))]
    assert slow == [organizations._PATTERNS[8].pattern]  # "Tuổi trẻ" as the first words of a sentence


def test_of_alternatives_that_begin_alike_the_first_that_matches_wins() -> None:
    pattern = sought(r"\bđoàn", "chi đoàn", "đoàn thể", r"\bđo")
    assert [match[0] for match in pattern.finditer("xđoàn thể, đoàn thể, chi đoàn")] == [
        "đoàn thể", "đoàn", "chi đoàn",
    ]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_matches_at_the_places_of_its_first_words_are_all_matches(text: str) -> None:
    pattern = re.compile(r"(?:đoàn|hội đoàn|hội)\s?\w*")
    found = matches_at(pattern, text, places_of(text, ("hội", "đoàn")))
    assert [match.span() for match in found] == [match.span() for match in pattern.finditer(text)]


def test_one_of_the_standing_texts_is_in_every_match() -> None:
    assert standing(r"giao,? (?:nhận )?quân", r"\brác\b") == {"giao", "rác"}
    assert standing(r"(?:tặng|trao) (?:\S+ ){0,5}?(?:quà|nhà)\b") == {"tặng", "trao"}
    assert standing(r"(?<!toàn )quốc hội", r"^gặp (?:nữ|anh)") == {"quốc hội", "gặp "}
    assert standing(r"xanh[ ,-]+sạch đẹp+", r"a(?:bc|de)?fgh") == {"sạch đẹ", "fgh"}
    assert standing(r"/portal/\d+", r"\bvi\.js\?v=\w", r"dn\.?n_ctr") == {"/portal/", "vi.js?v=", "n_ctr"}


def test_what_stands_everywhere_is_chosen_where_nothing_else_stands() -> None:
    pattern = r"class=[\"'][^\"']{0,80}\b(?:item|row)\b"
    assert standing(pattern) == {"class="}
    assert standing(pattern, common=("class=",)) == {"item", "row"}
    assert standing(r"class=\w", common=("class=",)) == {"class="}


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(kinds._CUES)), st.data())
def test_what_a_kind_is_known_by_has_a_standing_text(kind: str, data: st.DataObject) -> None:
    match = data.draw(
        st.from_regex(
            sought(*kinds._CUES[kind]),
        )
    )
    assert any(text in match for text in standing(*kinds._CUES[kind]))
