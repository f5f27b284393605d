"""Compaction drops steps and no state, and no reader falls into the gap without being told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from storage import changes, compaction, housekeeping
from storage.backup import LEAP, lost_after
from storage.changes import CursorLost, CursorTooOld
from storage.columns import now
from storage.compaction import compact
from storage.engine import DatabaseProblem, writing
from storage.saving import save_batch
from storage.tables import changes as change_rows
from tests.storage.texts import article, seen

View = Callable[[str], list[dict[str, object]]]


def edit(engine: Engine, number: int, *titles: str) -> None:
    for title in titles:
        save_batch(engine, None, [seen(replace(article(number), title=title))])


def age(engine: Engine, days: int, up_to: int) -> None:
    with writing(engine) as connection:
        connection.execute(
            update(change_rows)
            .where(change_rows.c.change_seq <= up_to)
            .values(changed_at=now() - timedelta(days=days))
        )


def numbers(engine: Engine, after: int = 0) -> list[int]:
    return [change.change_seq for change in changes.read(engine, after)]


def meta(view: View) -> dict[object, object]:
    return {row["name"]: row["value"] for row in view("meta")}


def test_of_old_changes_the_latest_of_each_article_is_kept(engine: Engine, view: View) -> None:
    edit(engine, 1, "Một", "Hai", "Ba")  # 1 2 3
    edit(engine, 2, "Bốn", "Năm")  # 4 5
    age(engine, 91, up_to=5)
    edit(engine, 1, "Sáu", "Bảy")  # 6 7, not old
    assert compact(engine, timedelta(days=90)) == 4
    assert numbers(engine, 4) == [5, 6, 7]
    assert compact(engine, timedelta(days=90)) == 0
    assert meta(view)["oldest_change_seq"] == "5"
    assert meta(view)["last_change_seq"] == "7"


def test_a_reader_from_before_the_mark_is_told_where_to_go_on(engine: Engine) -> None:
    edit(engine, 1, "Một", "Hai", "Ba")
    age(engine, 91, up_to=3)
    compact(engine, timedelta(days=90))
    for cursor in (0, 1):
        with pytest.raises(CursorTooOld, match="frontnews changes --after 3") as caught:
            changes.read(engine, cursor)
        assert (caught.value.oldest, caught.value.cursor) == (3, 3)
    assert numbers(engine, 2) == [3], "who had seen all that was dropped missed nothing"
    assert numbers(engine, 3) == []


def test_a_cursor_that_a_restore_lost_is_refused(engine: Engine) -> None:
    edit(engine, 1, "Một", "Hai", "Ba")
    with pytest.raises(CursorLost, match=r"there is no change 4.*frontnews changes --after 3"):
        changes.read(engine, 4)
    with writing(engine) as connection:
        lost_after(connection)
    edit(engine, 1, "Bốn")
    resumed = 3 + LEAP
    for cursor in (4, resumed - 1):
        with pytest.raises(CursorLost) as caught:
            changes.read(engine, cursor)
        assert (caught.value.after, caught.value.cursor) == (cursor, resumed + 1)
    assert numbers(engine, 3) == [resumed, resumed + 1], "who was no further than the backup goes on"
    assert numbers(engine, resumed) == [resumed + 1]
    assert numbers(engine, 0)[-1] == resumed + 1


def test_where_nothing_old_was_replaced_nobody_is_sent_back(engine: Engine, view: View) -> None:
    for number in range(4):
        edit(engine, number, "Một")
    age(engine, 400, up_to=4)
    assert compact(engine, timedelta(days=90)) == 0
    assert numbers(engine) == [1, 2, 3, 4]
    assert meta(view)["oldest_change_seq"] == "1"


def test_numbers_go_on_after_everything_was_compacted(engine: Engine) -> None:
    edit(engine, 1, "Một", "Hai")
    age(engine, 91, up_to=2)
    compact(engine, timedelta(days=90))
    edit(engine, 1, "Ba")
    assert numbers(engine, 2) == [3]


def test_more_changes_than_one_transaction_takes_are_all_dropped(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "_AT_ONCE", 2)
    edit(engine, 1, *(f"Bài {n}" for n in range(8)))
    age(engine, 91, up_to=8)
    assert compact(engine, timedelta(days=90)) == 7
    assert numbers(engine, 7) == [8]


def test_housekeeping_compacts_by_the_setting(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(engine, 1, "Một", "Hai")
    age(engine, 10, up_to=2)
    housekeeping.tidy(engine)
    assert numbers(engine) == [1, 2], "ten days are not old"
    monkeypatch.setenv(compaction.SETTING, "9")
    housekeeping.tidy(engine)
    assert numbers(engine, 1) == [2]
    with pytest.raises(CursorTooOld):
        changes.read(engine, 0)
    monkeypatch.setenv(compaction.SETTING, "soon")
    with pytest.raises(DatabaseProblem, match="no number of days"):
        housekeeping.tidy(engine)
