"""The JSON of an article's columns is that of every other JSON column."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from storage.column_json import column_json
from storage.engine import compact_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\n\x00\x1f\x7f\u2028ệ'))
FLAT = st.dictionaries(TEXTS, TEXTS | st.none(), max_size=4)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@given(st.lists(TEXTS, max_size=20) | st.lists(FLAT, max_size=4) | FLAT | ANY)
def test_a_column_is_written_as_json_writes_it(value: object) -> None:
    assert column_json(value) == compact_json(value)
    assert json.loads(column_json(value)) == value


@given(st.lists(st.text(min_size=100, max_size=300), min_size=9, max_size=12), TEXTS)
def test_a_long_text_is_escaped_wherever_that_is_due(texts: list[str], odd: str) -> None:
    value = [*texts, odd]
    assert column_json(value) == compact_json(value)


def test_equal_values_of_different_kinds_are_told_apart() -> None:
    for value in (["a", 1], ["a", True], ["a", 1.0], {"a": 1}, {"a": True}, {"a": 1.0}):
        assert column_json(value) == compact_json(value)
