"""The ledger of a walk: batches, what storage refuses, and the database's thread."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from crawler import saving
from crawler.saving import Ledger, Writer
from crawler.shared_batch import BATCH
from storage import frontier, runs
from storage.frontier import Queued
from storage.records import Article, Sighting
from storage.saving import Saved
from tests.databases import fresh_sqlite_database


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer.open(fresh_sqlite_database(tmp_path))


def sighting(number: int, portal: str = "a/b", *, published_at: datetime | None = None) -> Sighting:
    words = f"Hội nghị số {number} của xã bàn việc số {number * 7} và việc số {number * 13} trong năm tới"
    url = f"http://a.vn/tin-{number}.html"
    article = Article(url=url, title=f"Tin {number}", paragraphs=(words,), published_at=published_at)
    return Sighting(portal, str(number), article, fetched_at=datetime.now(UTC))


class Heard:
    """What the ledger told."""

    def __init__(self, writer: Writer, portal: str = "a/b") -> None:
        self.saved: list[Saved] = []
        self.refused: list[tuple[str, str]] = []
        run = runs.begin(writer.engine, portal)
        self.ledger = Ledger(
            writer, portal, run.id, self.saved.extend, lambda url, why: self.refused.append((url, why))
        )


def test_articles_are_saved_when_the_batch_is_full_or_at_the_end(writer: Writer) -> None:
    heard = Heard(writer)

    async def save(count: int) -> None:
        for number in range(count):
            await heard.ledger.save(sighting(number))

    asyncio.run(save(BATCH + 3))
    assert len(heard.saved) == BATCH
    asyncio.run(heard.ledger.flush())
    assert [s.outcome for s in heard.saved] == ["new"] * (BATCH + 3)
    writer.close()


def test_one_article_that_storage_refuses_does_not_take_its_batch_with_it(writer: Writer) -> None:
    heard = Heard(writer)
    without_zone = datetime(2026, 1, 1)  # noqa: DTZ001 - the fault that is tried

    async def save() -> None:
        await heard.ledger.queue([Queued("1", "http://a.vn/tin-1.html")])
        for number, moment in enumerate([None, without_zone, None]):
            await heard.ledger.save(sighting(number, published_at=moment))
        await heard.ledger.flush()

    asyncio.run(save())
    assert sorted(s.key for s in heard.saved) == ["0", "2"]
    ((url, why),) = heard.refused
    assert url == "http://a.vn/tin-1.html" and "zone" in why
    assert [q.key for q in frontier.pending(writer.engine, "a/b")] == ["1"], "kept for a mended version"
    writer.close()


def test_a_lost_lease_stops_the_saving_and_nothing_of_the_batch_is_kept(writer: Writer) -> None:
    heard = Heard(writer)
    runs.finish(writer.engine, heard.ledger.run_id, verdict="lost", counts={}, errors={})

    async def save() -> None:
        await heard.ledger.save(sighting(1))
        await heard.ledger.flush()

    with pytest.raises(runs.LeaseLost):
        asyncio.run(save())
    assert heard.saved == [] and frontier.known(writer.engine, "a/b", ["1"]) == {}
    writer.close()


def test_the_articles_of_all_portals_are_saved_in_one_commit(writer: Writer) -> None:
    all_heard = [Heard(writer, f"a/{number}") for number in range(5)]
    commits: list[Connection] = []
    event.listen(writer.engine, "commit", commits.append)

    async def save() -> None:
        for number, heard in enumerate(all_heard):
            await heard.ledger.save(sighting(number, heard.ledger.portal))
        await all_heard[0].ledger.flush()

    asyncio.run(save())
    assert [[s.key for s in heard.saved] for heard in all_heard] == [["0"], ["1"], ["2"], ["3"], ["4"]]
    assert len(commits) == 1
    writer.close()


def test_a_portal_that_lost_its_lease_takes_no_others_articles_with_it(writer: Writer) -> None:
    lost, well = Heard(writer, "a/lost"), Heard(writer, "a/well")
    runs.finish(writer.engine, lost.ledger.run_id, verdict="lost", counts={}, errors={})

    async def save() -> None:
        await lost.ledger.save(sighting(1, "a/lost"))
        await well.ledger.save(sighting(2, "a/well"))
        await well.ledger.flush()
        with pytest.raises(runs.LeaseLost):
            await lost.ledger.save(sighting(3, "a/lost"))
            await lost.ledger.flush()

    asyncio.run(save())
    assert [s.key for s in well.saved] == ["2"] and lost.saved == []
    assert frontier.known(writer.engine, "a/lost", ["1", "3"]) == {}
    writer.close()


def test_an_article_that_storage_refuses_takes_no_other_portals_articles_with_it(writer: Writer) -> None:
    bad, well = Heard(writer, "a/bad"), Heard(writer, "a/well")
    without_zone = datetime(2026, 1, 1)  # noqa: DTZ001 - the fault that is tried

    async def save() -> None:
        await bad.ledger.save(sighting(1, "a/bad", published_at=without_zone))
        await bad.ledger.save(sighting(2, "a/bad"))
        await well.ledger.save(sighting(3, "a/well"))
        await well.ledger.flush()

    asyncio.run(save())
    assert [s.key for s in well.saved] == ["3"] and [s.key for s in bad.saved] == ["2"]
    assert [url for url, _ in bad.refused] == ["http://a.vn/tin-1.html"] and well.refused == []
    writer.close()


def test_a_walk_that_is_cancelled_while_the_batch_is_saved_leaves_the_others_their_answers(
    writer: Writer,
) -> None:
    cut, other = Heard(writer, "a/cut"), Heard(writer, "a/other")

    async def save() -> None:
        await cut.ledger.save(sighting(1, "a/cut"))
        await other.ledger.save(sighting(2, "a/other"))
        walk = asyncio.create_task(cut.ledger.flush())
        while not writer.batch.is_saving:
            await asyncio.sleep(0)
        walk.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walk
        await other.ledger.flush()

    asyncio.run(save())
    assert [s.outcome for s in other.saved] == ["new"], "not saved a second time, as an unchanged one"
    assert [s.outcome for s in cut.saved] == ["new"]
    writer.close()


def test_reading_waits_while_sqlite_works(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "PEACE_SECONDS", 60.0)
    may_end = threading.Event()

    async def work() -> tuple[bool, bool]:
        saved = asyncio.create_task(writer.run(lambda _: may_end.wait(60)))
        await asyncio.sleep(0)
        read = asyncio.create_task(writer.peace())
        await asyncio.sleep(0)
        waited = not read.done()
        may_end.set()
        return waited, (await asyncio.gather(saved, read))[0]

    assert asyncio.run(work()) == (True, True)
    writer.close()


def test_reading_goes_on_while_the_database_is_locked(writer: Writer) -> None:
    run = runs.begin(writer.engine, "a/b")
    row = Queued(key="1", url="http://a.vn/tin-1.html")

    async def work() -> tuple[bool, float]:
        saved = asyncio.create_task(writer.run(frontier.add, run.id, "a/b", [row]))
        await asyncio.sleep(0)
        await writer.peace()  # comes back although nothing can be saved
        began = time.monotonic()
        await writer.peace()  # and is not asked for again by the next page
        waited, locked = time.monotonic() - began, not saved.done()
        other.rollback()
        await saved
        return locked, waited

    with closing(sqlite3.connect(writer.engine.url.database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        locked, waited = asyncio.run(work())
    assert locked
    assert waited < saving.PEACE_SECONDS
    assert frontier.pending(writer.engine, "a/b")
    writer.close()
