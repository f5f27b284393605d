"""Words in PostgreSQL's own binary form, of many texts at once: as of each alone, and as PostgreSQL reads."""

from __future__ import annotations

import random
from collections.abc import Sequence

from sqlalchemy import text

from storage import migrate
from storage.engine import open_database
from storage.search_index import Entry, add
from storage.tsvectors import MOST_PLACES, POSITIONS, Text, tsvector, tsvectors
from tests.databases import fresh_postgresql_database

USUAL: Text = ("hoi nghi", "mat tran to quoc mat tran nghieng", ["t:hoi", "x:hội", "x:nghị", "m:202611"])


def texts() -> list[Text]:
    """Texts of all sorts of words: one letter to many, on both sides of eight; other alphabets; marks."""
    rng = random.Random(20261123)
    lengths = [*range(1, 10), 16, 500]

    def words(count: int) -> str:
        return " ".join("".join(rng.choices("aăz0²ф", k=rng.choice(lengths))) for _ in range(count))

    return [
        (
            words(rng.randint(0, 4)),
            words(rng.choice([0, 1, 5, 300])),
            sorted({f"t:{words(1)}" for _ in range(3)}),
        )
        for _ in range(200)
    ]


def test_texts_together_are_as_each_alone() -> None:
    every = [USUAL, *texts()]
    assert tsvectors(every) == [tsvector(each) for each in every]


def test_a_text_without_words_has_its_marks_alone() -> None:
    assert tsvectors([("", "", ["r:1", "k:tin"])]) == [b"\0\0\0\2k:tin\0\0\0r:1\0\0\0"]
    assert tsvectors([("", "", [])]) == [bytes(4)]


def test_a_text_that_says_a_word_very_often_or_is_very_long_is_written_by_itself() -> None:
    often = ("a", " ".join(["lap"] * (MOST_PLACES + 1)), ["m:1"])
    just = ("a", " ".join(["lap"] * MOST_PLACES), ["m:1"])
    longest: Text = ("a", " ".join(f"w{n}" for n in range(POSITIONS - 2)), [])
    longer: Text = ("a", " ".join(f"w{n}" for n in range(POSITIONS)), [])
    every = [USUAL, often, just, longest, longer, USUAL]
    assert tsvectors(every) == [tsvector(each) for each in every]


def test_a_short_word_stands_before_a_long_one_that_begins_as_it_does() -> None:
    (written,) = tsvectors([("", "abcdefghi abcdefgh abcdefghij b abcdefg", ["abcdefgh:"])])
    order = [b"abcdefg", b"abcdefgh", b"abcdefgh:", b"abcdefghi", b"abcdefghij", b"b"]
    places = [written.index(word + b"\0") for word in order]
    assert places == sorted(places)


def test_postgresql_reads_what_was_written_together(postgresql: str) -> None:
    every = texts()
    engine = open_database(fresh_postgresql_database(postgresql))
    migrate.upgrade(engine)
    with engine.begin() as connection:
        add(
            connection,
            [Entry(n, n, title, body, tuple(m), "") for n, (title, body, m) in enumerate(every)],
        )
        read = (
            connection.execute(text("SELECT CAST(words AS text) FROM article_search ORDER BY key"))
            .scalars()
            .all()
        )
        expected = [
            connection.scalar(text("SELECT CAST(CAST(:each AS tsvector) AS text)"), {"each": placed(*each)})
            for each in every
        ]
    engine.dispose()
    assert read == expected


def placed(title: str, body: str, marks: Sequence[str]) -> str:
    """A text in the form in which people write a tsvector."""
    of_title = title.split()
    words = [*enumerate(of_title, start=1), *enumerate(body.split(), start=len(of_title) + 2)]
    return " ".join([*(f"'{mark}'" for mark in marks), *(f"{word}:{place}" for place, word in words)])
