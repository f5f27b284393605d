"""The ledger of a walk: batches, what storage refuses, and the database's thread."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.saving import BATCH, Ledger, Writer
from storage import frontier, runs
from storage.frontier import Queued
from storage.records import Article, Sighting
from storage.saving import Saved
from tests.databases import fresh_sqlite_database


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer.open(fresh_sqlite_database(tmp_path))


def sighting(number: int, *, published_at: datetime | None = None) -> Sighting:
    words = f"Hội nghị số {number} của xã bàn việc số {number * 7} và việc số {number * 13} trong năm tới"
    url = f"http://a.vn/tin-{number}.html"
    article = Article(url=url, title=f"Tin {number}", paragraphs=(words,), published_at=published_at)
    return Sighting("a/b", str(number), article, fetched_at=datetime.now(UTC))


class Heard:
    """What the ledger told."""

    def __init__(self, writer: Writer) -> None:
        self.saved: list[Saved] = []
        self.refused: list[tuple[str, str]] = []
        run = runs.begin(writer.engine, "a/b")
        self.ledger = Ledger(
            writer, "a/b", run.id, self.saved.extend, lambda url, why: self.refused.append((url, why))
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
