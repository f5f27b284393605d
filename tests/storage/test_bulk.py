"""Rows by the dozen: all of them arrive, whatever their number is, and what the driver says is understood."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from storage.bulk import insert_missing, insert_rows, plain_rows_with, rows_at
from storage.engine import reading, writing
from storage.tables import frontier, window_owners

KEY, OWNER = window_owners.c.window_key, window_owners.c.article_id


@pytest.mark.parametrize("count", [1, 9, 10, 11, 50, 51, 127])
def test_all_rows_arrive_and_are_found_again_once(engine: Engine, count: int) -> None:
    rows = [{"window_key": number * 3, "article_id": number} for number in range(count)]
    with writing(engine) as connection:
        insert_rows(connection, window_owners, rows)
        insert_missing(connection, window_owners, [{**row, "article_id": -1} for row in rows])
    with reading(engine) as connection:
        found = plain_rows_with(connection, (KEY, OWNER), KEY, range(count * 3))
    assert sorted(map(tuple, found)) == [(row["window_key"], row["article_id"]) for row in rows]


@pytest.mark.parametrize("count", [2, 10, 23])
def test_of_rows_that_clash_none_is_kept_and_the_error_is_that_of_sqlalchemy(
    engine: Engine, count: int
) -> None:
    rows = [{"window_key": max(1, number), "article_id": number} for number in range(count)]
    with pytest.raises(IntegrityError), writing(engine) as connection:
        insert_rows(connection, window_owners, rows)
    with reading(engine) as connection:
        assert not plain_rows_with(connection, (KEY, OWNER), KEY, range(count))


def test_nothing_is_asked_of_no_values(engine: Engine) -> None:
    with reading(engine) as connection:
        assert not plain_rows_with(connection, (KEY, OWNER), KEY, [])


@pytest.mark.parametrize("odd", ["\\", "\\N", "\\.", "a\tb\nc\rd", '"{}"', "", "x\\t", "đ\u2028\U0001f600"])
def test_a_text_arrives_as_it_is_whatever_its_letters_mean_elsewhere(engine: Engine, odd: str) -> None:
    row = {
        "portal": odd,
        "key": odd,
        "url": odd,
        "title": odd,
        "state": "pending",
        "attempts": 0,
        "lead": None,
    }
    moment = datetime(2026, 11, 23, 14, tzinfo=UTC)
    row |= {"queued_at": moment, "updated_at": moment, "kind": "article"}
    with writing(engine) as connection:
        insert_rows(connection, frontier, [row])
        (found,) = rows_at(connection, frontier, [(odd, odd)])
    assert {name: found[name] for name in row} == row
