"""Pages go by age and size; those that articles were read from, and the bodies of others, stay."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from crawler.archive import rewriting
from crawler.archive.records import Context, first_id, warcinfo
from crawler.archive.retention import Retention, prune
from crawler.archive.verify import verify
from crawler.archive.writer import Archive
from storage import archive as index
from storage.archive import ArchivedPage
from storage.archive_use import to_read_again
from tests.crawler.archive.conftest import Crawl, a_page
from tests.crawler.archive.test_verify import readable
from tests.crawler.archive.test_writing import warcio_accepts
from tests.spiders.small_portal import SmallPortal

WEEK = Retention(keep=timedelta(days=7))


def write(
    engine: Engine, folder: Path, ages: dict[int, float], bodies: dict[int, bytes] | None = None
) -> None:
    """Archive pages of some ages in days, in one file."""
    archive = Archive(folder, engine)
    for number, days_old in ages.items():
        page = a_page(number, days_old=days_old, body=(bodies or {}).get(number))
        index.add(engine, [archive.write(page, Context("xa", "article", str(number)))])
    archive.close()


def numbers(engine: Engine) -> set[str | None]:
    return {page.key for page in index.newest(engine)}


def test_pages_past_their_age_go_and_the_others_stay_readable(engine: Engine, folder: Path) -> None:
    write(engine, folder, {1: 30, 2: 8, 3: 6, 4: 0})
    write(engine, folder, {5: 30})
    rehearsed = prune(engine, folder, WEEK, rehearse=True)
    assert (rehearsed.pages, rehearsed.files, len(numbers(engine))) == (3, 2, 5)
    assert replace(prune(engine, folder, WEEK)) == rehearsed
    assert numbers(engine) == {"3", "4"}
    assert readable(engine, folder) == 2
    assert len(list(folder.rglob("*.warc.gz"))) == 1
    assert warcio_accepts(folder.rglob("*.warc.gz"))
    assert verify(engine, folder).problems == []
    assert prune(engine, folder, WEEK).pages == 0


def test_the_oldest_go_until_the_rest_fits(engine: Engine, folder: Path) -> None:
    write(engine, folder, {n: 10 - n for n in range(10)})
    size = sum(page.length for page in index.newest(engine))
    pruned = prune(engine, folder, Retention(max_bytes=size // 2))
    assert pruned.kept_bytes <= size // 2 < pruned.kept_bytes + size // 10 + 100
    assert numbers(engine) == {str(n) for n in range(10 - pruned.kept_pages, 10)}


def test_a_body_stays_as_long_as_a_page_refers_to_it(engine: Engine, folder: Path) -> None:
    same = a_page(1).body
    write(engine, folder, {1: 30, 2: 20, 3: 1}, {1: same, 2: same, 3: same})
    prune(engine, folder, WEEK)
    assert numbers(engine) == {"1", "3"}
    assert readable(engine, folder) == 2
    assert prune(engine, folder, Retention(keep=timedelta(hours=1))).pages == 2


def test_a_body_goes_with_the_last_page_that_refers_to_it_and_younger_ones_stay(
    engine: Engine, folder: Path
) -> None:
    same = a_page(1).body
    write(engine, folder, {1: 30, 2: 20, 3: 10, 4: 5}, {1: same, 2: same})
    sizes = {page.key: page.length for page in index.newest(engine)}
    rehearsed = prune(engine, folder, Retention(max_bytes=sizes["3"] + sizes["4"]), rehearse=True)
    pruned = prune(engine, folder, Retention(max_bytes=sizes["3"] + sizes["4"]))
    assert pruned == rehearsed
    assert (numbers(engine), pruned.kept_bytes, pruned.over) == ({"3", "4"}, sizes["3"] + sizes["4"], 0)


def test_a_prune_that_is_interrupted_leaves_every_page_readable_and_the_next_one_ends_it(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "_AT_ONCE", 2)
    write(engine, folder, {n: 1 if n % 2 else 30 for n in range(8)})
    told: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def interrupt(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement.split()[0])
        if told.count("DELETE") == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prune(engine, folder, WEEK)
    event.remove(engine, "before_cursor_execute", interrupt)
    assert len(list(folder.rglob("*.warc.gz"))) == 2
    assert readable(engine, folder) == len(numbers(engine)) == 7
    pruned = prune(engine, folder, WEEK)
    assert (pruned.pages, numbers(engine)) == (3, {"1", "3", "5", "7"})
    assert verify(engine, folder).problems == []
    assert readable(engine, folder) == 4


def test_choosing_takes_no_more_memory_for_ten_times_the_pages(engine: Engine, folder: Path) -> None:
    peaks = []
    for count in (500, 5_000):
        rows = [made_up(number) for number in range(count)]
        index.add(engine, rows)
        file = folder / rows[0].file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(warcinfo(file.name, "test", {}) + bytes(100))
        del rows
        tracemalloc.start()
        pruned = prune(engine, folder, Retention(max_bytes=50 * count // 2), rehearse=True)
        assert (pruned.pages, pruned.kept_pages) == (count // 2, count // 2)
        assert sum(1 for _ in to_read_again(engine)) == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 500_000, "rows of 400 bytes would be two million"


def made_up(number: int) -> ArchivedPage:
    """A row of the index for a page that is in no file."""
    fetched = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return ArchivedPage(
        f"{first_id(fetched)}-7000-8000-{number:012x}", "xa", "article", str(number), f"https://x.vn/{number}",
        fetched, f"sha1:{number}", "2026-01/made-up.warc.gz", 50 * number, 50,
    )  # fmt: skip


def test_what_an_article_was_read_from_stays_unless_it_is_asked_for(
    site: SmallPortal, crawled: Crawl, engine: Engine, folder: Path
) -> None:
    crawled(site.portal())
    listings = sum(page.kind == "listing" for page in index.newest(engine))
    nothing = Retention(max_bytes=0)
    pruned = prune(engine, folder, nothing)
    assert (pruned.pages, pruned.kept_pages) == (listings, 12)
    assert pruned.over == pruned.kept_bytes > 0
    site.edit(3)
    crawled(site.portal())
    assert prune(engine, folder, replace(nothing, drop_latest=True)).kept_pages == 0
    assert list(folder.rglob("*.warc.gz")) == []


def test_a_file_that_is_being_written_waits(engine: Engine, folder: Path) -> None:
    archive = Archive(folder, engine)
    index.add(engine, [archive.write(a_page(1, days_old=30), Context("xa", "article", "1"))])
    assert prune(engine, folder, WEEK).pages == 0
    archive.close()
    assert prune(engine, folder, WEEK).pages == 1


def test_a_file_that_a_killed_process_left_open_is_closed_and_pruned_as_the_others(
    engine: Engine, folder: Path
) -> None:
    write(engine, folder, {1: 30, 2: 0})
    (file,) = folder.rglob("*.warc.gz")
    file.rename(file.with_name(file.name + ".open"))
    assert prune(engine, folder, WEEK, rehearse=True).pages == 1
    assert [path.suffix for path in folder.rglob("*.warc.gz*")] == [".open"], "a rehearsal closes nothing"
    assert prune(engine, folder, WEEK).pages == 1
    assert (numbers(engine), readable(engine, folder)) == ({"2"}, 1)
    assert verify(engine, folder).problems == []
