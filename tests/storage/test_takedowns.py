"""Pages that are gone: believed late, told with a reason, and forgiven when they come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text, update

from storage import changes, frontier, runs
from storage.columns import now
from storage.engine import reading, writing
from storage.lookup import find
from storage.saving import save_batch, touch
from storage.search import search
from storage.tables import copies
from storage.takedowns import MISSING_APART, note_missing, remove, restore
from tests.storage.texts import FETCHED, article, edited, report, seen

View = Callable[[str], list[dict[str, object]]]

ONE = article(1)


def a_day_passes(engine: Engine) -> None:
    with writing(engine) as connection:
        earlier = now() - MISSING_APART - timedelta(seconds=1)
        connection.execute(update(copies).where(copies.c.missing_at.is_not(None)).values(missing_at=earlier))


def missed(engine: Engine, times: int, portal: str = "xa", key: str = "1") -> list[str]:
    """Find the page missing on ``times`` days; the public ids that this deleted."""
    deleted: list[str] = []
    for _ in range(times):
        a_day_passes(engine)
        deleted += note_missing(engine, None, portal, [key], "gone")
    return deleted


def last(engine: Engine) -> tuple[str, str, str | None]:
    change = changes.read(engine, 0)[-1]
    return change.op, change.cause, change.reason


def internal(engine: Engine, name: str) -> int:
    with reading(engine) as connection:
        return int(find(connection, name).row["id"])


def test_a_page_that_is_missing_on_three_days_is_a_delete_with_its_reason(engine: Engine, view: View) -> None:
    (saved,) = save_batch(engine, None, [seen(ONE, "xa", "1")])
    assert missed(engine, 2) == []
    assert len(changes.read(engine, 0)) == 1, "twice is no proof, and nothing that readers need to know"
    assert missed(engine, 1) == [saved.article_id]
    assert last(engine) == ("delete", "fetch", "gone")
    for name in (
        "articles",
        "article_copies",
        "article_revisions",
        "article_organizations",
        "article_places",
    ):
        assert view(name) == [], name
    assert search(engine, "tho lam").hits == ()
    assert missed(engine, 5) == [], "it is deleted once"
    assert len(changes.read(engine, 0)) == 2


def test_looks_on_one_day_count_as_one(engine: Engine, view: View) -> None:
    save_batch(engine, None, [seen(ONE, "xa", "1")])
    for _ in range(9):
        note_missing(engine, None, "xa", ["1"], "gone")
    assert len(view("articles")) == 1
    assert missed(engine, 2) != []


@pytest.mark.parametrize("answer", ["200", "304"])
def test_a_page_that_answers_in_between_is_there_and_counting_begins_anew(
    engine: Engine, view: View, answer: str
) -> None:
    save_batch(engine, None, [seen(ONE, "xa", "1")])
    missed(engine, 2)
    if answer == "200":
        save_batch(engine, None, [seen(ONE, "xa", "1", fetched_at=now())])
    else:
        touch(engine, None, "xa", ["1"])
    assert missed(engine, 2) == []
    assert len(view("articles")) == 1


@pytest.mark.parametrize("answer", ["the same page", "an edited page", "304", "another portal"])
def test_what_was_gone_comes_back_under_its_id_and_is_found_again(
    engine: Engine, view: View, answer: str
) -> None:
    (saved,) = save_batch(engine, None, [seen(ONE, "xa", "1")])
    missed(engine, 3)
    if answer == "304":
        touch(engine, None, "xa", ["1"])
    else:
        again = {
            "the same page": seen(ONE, "xa", "1", fetched_at=now()),
            "an edited page": seen(
                replace(ONE, paragraphs=(*report(1), "Tin bổ sung.")), "xa", "1", fetched_at=now()
            ),
            "another portal": seen(replace(ONE, url="https://bao.vn/1"), "bao"),
        }[answer]
        save_batch(engine, None, [again])
    assert last(engine) == ("insert", "fetch", None)
    (record,) = view("articles")
    assert record["id"] == saved.article_id
    assert record["revision"] == (2 if answer == "an edited page" else 1)
    assert view("article_organizations") and view("article_places")
    assert [hit.article_id for hit in search(engine, "tho lam").hits] == [saved.article_id]


def test_an_archived_page_that_is_read_again_brings_nothing_back(engine: Engine, view: View) -> None:
    save_batch(engine, None, [seen(ONE, "xa", "1")])
    missed(engine, 3)
    save_batch(engine, None, [seen(replace(ONE, byline="PV"), "xa", "1", fetched_at=FETCHED)], cause="reader")
    assert view("articles") == []
    assert last(engine) == ("delete", "fetch", "gone"), "a change of what nobody sees is no news"


def test_an_article_lives_while_one_copy_lives(engine: Engine, view: View) -> None:
    save_batch(engine, None, [seen(ONE, "xa", "1"), seen(replace(ONE, url="https://bao.vn/1"), "bao", "7")])
    before = len(changes.read(engine, 0))
    assert missed(engine, 3) == []
    assert len(changes.read(engine, 0)) == before
    gone = {row["portal"]: row["gone_at"] is not None for row in view("article_copies")}
    assert gone == {"xa": True, "bao": False}
    assert len(missed(engine, 3, "bao", "7")) == 1
    assert view("articles") == []


def test_what_a_person_removed_stays_removed_however_often_it_is_crawled(engine: Engine, view: View) -> None:
    (saved,) = save_batch(engine, None, [seen(ONE, "xa", "1")])
    number = internal(engine, saved.article_id)
    assert remove(engine, number, "takedown")
    assert last(engine) == ("delete", "hand", "takedown")
    assert not remove(engine, number, "wrong_portal"), "it was deleted before"
    count = len(changes.read(engine, 0))
    save_batch(engine, None, [seen(ONE, "xa", "1", fetched_at=now())])
    save_batch(engine, None, [seen(replace(ONE, title="Tin mới"), "xa", "1", fetched_at=now())])
    save_batch(engine, None, [seen(replace(ONE, url="https://bao.vn/1"), "bao")])
    touch(engine, None, "xa", ["1"])
    assert view("articles") == []
    assert len(changes.read(engine, 0)) == count
    assert search(engine, "tho lam").hits == ()
    assert restore(engine, number)
    assert not restore(engine, number)
    (record,) = view("articles")
    assert (record["id"], record["title"]) == (saved.article_id, "Tin mới")
    assert last(engine) == ("insert", "hand", None)


def test_a_deleted_member_leaves_the_count_of_its_story_and_comes_back_into_it(
    engine: Engine, view: View
) -> None:
    save_batch(
        engine, None, [seen(ONE, "xa", "1"), seen(article(2, paragraphs=edited(report(1), 0.03)), "bao")]
    )
    (story,) = view("stories")
    missed(engine, 3)
    assert [row["articles"] for row in view("stories")] == [1]
    save_batch(engine, None, [seen(ONE, "xa", "1", fetched_at=now())])
    assert view("stories") == [story]


def test_a_missing_page_leaves_the_frontier_and_is_remembered_by_the_walk(engine: Engine) -> None:
    run = runs.begin(engine, "xa")
    save_batch(engine, run.id, [seen(ONE, "xa", "1")])
    assert note_missing(engine, run.id, "xa", ["1", "unknown"], "gone") == []
    known = frontier.known(engine, "xa", ["1"])["1"]
    assert known.missing_at is not None
    assert known.gone_at is None
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM frontier")).scalar_one() == 0
    runs.finish(engine, run.id, verdict="new", counts={}, errors={})
    with pytest.raises(runs.LeaseLost):
        note_missing(engine, run.id, "xa", ["1"], "gone")
