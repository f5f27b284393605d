"""The frontier: nothing that a listing showed is forgotten, and nothing is fetched twice for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Engine

from storage import frontier
from storage.frontier import ATTEMPTS, Queued, SectionState
from storage.saving import save_batch, touch
from tests.storage.texts import article, seen

ROWS = [
    Queued(
        str(number),
        f"https://xa.vn/{number}",
        section="/tin/",
        title=f"Tin số {number}",
        published_at=datetime(2026, 1, number, 1, 30, tzinfo=UTC),
        published_precision="minute",
        lead="Tóm tắt",
        kind="recheck",
    )
    for number in range(1, 4)
]


def test_queued_addresses_come_back_whole_and_oldest_first(engine: Engine) -> None:
    frontier.add(engine, None, "xa", ROWS[:2])
    frontier.add(engine, None, "xa", [replace(ROWS[0], title="Tên khác"), ROWS[2]])
    frontier.add(engine, None, "bao", [ROWS[0]])
    assert frontier.pending(engine, "xa") == ROWS
    assert frontier.pending(engine, "xa", limit=1) == ROWS[:1]
    assert frontier.known(engine, "xa", ["1"]) == {}, "queued is not known: it must still be fetched"


def test_what_is_done_saved_or_unchanged_leaves_the_frontier(engine: Engine) -> None:
    frontier.add(engine, None, "xa", ROWS)
    frontier.done(engine, None, "xa", ["1"])
    save_batch(engine, None, [seen(article(), "xa", "2")])
    touch(engine, None, "xa", ["3"])
    assert frontier.pending(engine, "xa") == []


def test_a_failing_address_is_tried_again_and_given_up_in_the_end(engine: Engine) -> None:
    frontier.add(engine, None, "xa", ROWS[:1])
    for _ in range(ATTEMPTS - 1):
        frontier.failed(engine, None, "xa", "1", "timeout", "no answer in 30 s")
        assert frontier.pending(engine, "xa") == ROWS[:1]
    frontier.failed(engine, None, "xa", "1", "timeout", "no answer in 30 s")
    assert frontier.pending(engine, "xa") == []
    frontier.add(engine, None, "xa", ROWS[:1])
    assert frontier.pending(engine, "xa") == [], "its listing still shows it; it stays given up"
    known = frontier.known(engine, "xa", ["1"])["1"]
    assert (known.article_id, known.skipped, known.given_up) == (None, False, True)


def test_a_skipped_article_is_known_with_its_title_and_not_queued_again(engine: Engine) -> None:
    frontier.add(engine, None, "xa", ROWS[:1])
    frontier.skipped(engine, None, "xa", ROWS[:2], "off_topic")
    frontier.add(engine, None, "xa", ROWS)
    assert [row.key for row in frontier.pending(engine, "xa")] == ["3"]
    known = frontier.known(engine, "xa", ["1", "2", "3", "4"])
    assert set(known) == {"1", "2"}
    assert (known["2"].skipped, known["2"].title, known["2"].url) == (True, "Tin số 2", "https://xa.vn/2")


def test_a_stored_article_is_known_with_what_a_recheck_needs(engine: Engine) -> None:
    (saved,) = save_batch(
        engine,
        None,
        [seen(article(3), "xa", "3", etag='"abc"', last_modified="Mon, 05 Jan 2026 07:30:00 GMT")],
    )
    known = frontier.known(engine, "xa", [str(number) for number in range(1200)])["3"]
    assert (known.article_id, known.title, known.url) == (saved.article_id, article(3).title, article(3).url)
    assert (known.etag, known.last_modified) == ('"abc"', "Mon, 05 Jan 2026 07:30:00 GMT")
    assert known.published_at == article(3).published_at
    assert frontier.known(engine, "bao", ["3"]) == {}


def test_how_far_a_section_was_walked_is_remembered(engine: Engine) -> None:
    assert frontier.section_state(engine, "xa", "/tin/") == SectionState(complete=False, last_page=0)
    frontier.set_section_state(engine, None, "xa", "/tin/", complete=False, last_page=4)
    frontier.set_section_state(engine, None, "xa", "/tin/", complete=True, last_page=9)
    assert frontier.section_state(engine, "xa", "/tin/") == SectionState(complete=True, last_page=9)
