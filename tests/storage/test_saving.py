"""What becomes of an article that is seen: new, a copy, a revision, or known already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from storage import archive as index
from storage import changes, frontier, runs
from storage.archive import ArchivedPage
from storage.article_rows import CONTENT, values_of
from storage.frontier import Queued
from storage.records import Article, Image
from storage.saving import save_batch, save_runs, touch
from tests.storage.texts import FETCHED, article, edited, report, seen
from vietnam.stamps import VIETNAM

View = Callable[[str], list[dict[str, object]]]


def _ops(engine: Engine) -> list[str]:
    return [change.op for change in changes.read(engine, 0)]


def test_an_articles_row_names_every_column_that_comes_from_the_page() -> None:
    assert [*values_of(article())] == [*CONTENT, "provenance"]


def test_an_article_is_stored_once_and_seen_again_without_a_trace(engine: Engine, view: View) -> None:
    (first,) = save_batch(engine, None, [seen(article())])
    (again,) = save_batch(engine, None, [seen(article(), fetched_at=FETCHED + timedelta(hours=6))])
    assert (first.outcome, again.outcome) == ("new", "unchanged")
    assert (again.article_id, again.revision, again.story_id) == (first.article_id, 1, None)
    assert _ops(engine) == ["insert"]
    (copy,) = view("article_copies")
    assert str(copy["last_seen_at"]).replace(" ", "T").startswith("2026-11-20T09:00:00")


def test_the_same_words_at_another_portal_are_a_copy_of_the_same_article(engine: Engine, view: View) -> None:
    original = article(1)
    syndicated = replace(original, url="https://bao.vn/9", title="Tin từ cơ sở", byline="PV")
    (first,) = save_batch(engine, None, [seen(original)])
    (second,) = save_batch(engine, None, [seen(syndicated, "bao")])
    assert (second.outcome, second.article_id, second.story_id) == ("copy", first.article_id, None)
    assert _ops(engine) == ["insert", "update"]
    (record,) = view("articles")
    assert record["title"] == original.title
    assert len(view("article_copies")) == 2


def test_punctuation_capitals_spacing_and_tone_placement_make_no_other_words(engine: Engine) -> None:
    one = article(1, paragraphs=("Xã Hòa Bình hoà giải, thuỷ lợi. " + " ".join(report(1)),))
    other = replace(
        one, paragraphs=("XÃ HOÀ BÌNH hòa giải – thủy lợi " + " ".join(report(1)).replace(".", " !"),)
    )
    (first,) = save_batch(engine, None, [seen(one)])
    (copy,) = save_batch(engine, None, [seen(other, "bao", "7")])
    (again,) = save_batch(engine, None, [seen(other)])
    assert (copy.outcome, copy.article_id) == ("copy", first.article_id)
    assert (again.outcome, again.revision) == ("changed", 1), (
        "the record is rewritten, the words are the same"
    )


@pytest.mark.parametrize("form", ["lead set apart", "lead dropped", "lead as first paragraph"])
def test_a_copy_is_recognised_however_its_portal_treats_the_lead(engine: Engine, form: str) -> None:
    lead, *rest = report(2)
    (first,) = save_batch(engine, None, [seen(article(lead=lead, paragraphs=tuple(rest)))])
    copy = {
        "lead set apart": article(url="https://b.vn/1", lead=lead, paragraphs=tuple(rest)),
        "lead dropped": article(url="https://b.vn/1", paragraphs=tuple(rest)),
        "lead as first paragraph": article(url="https://b.vn/1", paragraphs=(lead, *rest)),
    }[form]
    (second,) = save_batch(engine, None, [seen(copy, "b")])
    assert (second.outcome, second.article_id) == ("copy", first.article_id)


def test_short_texts_are_the_same_only_under_the_same_title(engine: Engine) -> None:
    attached = ("Xem nội dung chi tiết tại tệp đính kèm.",)
    one = article(1, title="Kế hoạch giám sát năm 2026", paragraphs=attached)
    other = article(2, title="Báo cáo tổng kết năm 2025", paragraphs=attached)
    same = article(3, title="KẾ HOẠCH giám sát năm 2026", paragraphs=attached)
    saved = save_batch(engine, None, [seen(one), seen(other), seen(same)])
    assert [entry.outcome for entry in saved] == ["new", "new", "copy"]
    assert saved[2].article_id == saved[0].article_id
    assert {entry.story_id for entry in saved} == {None}


def test_new_words_at_a_known_address_are_a_revision_with_its_full_text(engine: Engine, view: View) -> None:
    before = article(4)
    after = replace(before, paragraphs=(*before.paragraphs, "Hội nghị kết thúc lúc 11 giờ cùng ngày."))
    save_batch(engine, None, [seen(before)])
    (saved,) = save_batch(engine, None, [seen(after)])
    assert (saved.outcome, saved.revision) == ("changed", 2)
    assert _ops(engine) == ["insert", "update"]
    assert [change.revision for change in changes.read(engine, 0)] == [1, 2]
    texts = {row["revision"]: row["paragraphs"] for row in view("article_revisions")}
    assert set(texts) == {1, 2}
    assert len(str(texts[2])) > len(str(texts[1]))
    (record,) = view("articles")
    assert record["revision"] == 2


def test_a_change_of_dates_or_pictures_updates_the_record_without_a_revision(engine: Engine) -> None:
    before = article(5)
    (_,) = save_batch(engine, None, [seen(before)])
    after = replace(
        before, images=(Image("https://a.vn/1.jpg", "Quang cảnh"),), modified_at=before.published_at
    )
    (saved,) = save_batch(engine, None, [seen(after)])
    assert (saved.outcome, saved.revision) == ("changed", 1)
    assert [(change.op, change.revision) for change in changes.read(engine, 0)] == [
        ("insert", 1),
        ("update", 1),
    ]


def test_what_only_the_listing_knew_is_kept_when_the_page_is_read_alone(engine: Engine) -> None:
    listed = article(
        6,
        lead="Tóm tắt mà chỉ trang danh sách in ra.",
        provenance={"lead": "listing", "published_at": "listing", "byline": "page"},
        byline="Lam Hồng",
    )
    save_batch(engine, None, [seen(listed)])
    assert listed.published_at is not None
    alone = replace(
        listed,
        lead=None,
        byline=None,
        published_at=listed.published_at.replace(hour=0, minute=0),
        published_precision="day",
        provenance={"published_at": "page"},
    )
    (saved,) = save_batch(engine, None, [seen(replace(alone, byline="Lam Hồng"))])
    assert saved.outcome == "unchanged"
    (saved,) = save_batch(engine, None, [seen(alone)])
    assert saved.outcome == "changed", "a byline that the page no longer has is gone"


def test_a_copy_whose_words_drift_away_becomes_an_article_of_the_same_story(
    engine: Engine, view: View
) -> None:
    original = article(7)
    copy = replace(original, url="https://bao.vn/7", published_at=None)
    saved = save_batch(engine, None, [seen(original), seen(copy, "bao")])
    drifted = replace(copy, paragraphs=edited(copy.paragraphs, 0.04))
    (after,) = save_batch(engine, None, [seen(drifted, "bao")])
    assert after.outcome == "changed"
    assert after.article_id != saved[0].article_id
    assert after.story_new
    assert {row["story_id"] for row in view("articles")} == {after.story_id}
    followed = replace(original, paragraphs=drifted.paragraphs)
    (merged,) = save_batch(engine, None, [seen(followed)])
    assert (merged.outcome, merged.article_id, merged.story_id) == ("changed", saved[0].article_id, None)
    (record,) = view("articles")
    assert record["id"] == saved[0].article_id
    last = changes.read(engine, 0)[-1]
    assert (last.op, last.article_id, last.merged_into) == ("merge", after.article_id, saved[0].article_id)


def test_pages_that_now_all_show_the_same_notice_do_not_swallow_each_other(engine: Engine) -> None:
    notice = ("Hệ thống đang bảo trì. " * 20,)
    save_batch(engine, None, [seen(article(number)) for number in range(3)])
    down = [seen(article(number, paragraphs=notice)) for number in range(3)]
    saved = save_batch(engine, None, down)
    assert len({entry.article_id for entry in saved}) == 3
    assert "merge" not in _ops(engine)


@pytest.mark.parametrize("order", ["source first", "source last"])
def test_the_record_is_that_of_the_copy_published_first_whatever_was_crawled_first(
    engine: Engine, view: View, order: str
) -> None:
    at_nine = datetime(2026, 3, 8, 9, 0, tzinfo=VIETNAM)
    source = article(8, url="https://xa.vn/1", published_at=at_nine, byline="Lam Hồng")
    copy = replace(source, url="https://bao.vn/2", published_at=at_nine + timedelta(minutes=40), byline="PV")
    sightings = [seen(source, "xa"), seen(copy, "bao")]
    for sighting in sightings if order == "source first" else reversed(sightings):
        save_batch(engine, None, [sighting])
    (record,) = view("articles")
    assert (record["url"], record["portal"], record["byline"]) == ("https://xa.vn/1", "xa", "Lam Hồng")


def test_a_bare_day_is_not_taken_for_midnight_when_copies_are_compared(engine: Engine, view: View) -> None:
    first = article(9, url="https://xa.vn/1", published_at=datetime(2026, 3, 8, 9, 0, tzinfo=VIETNAM))
    bare = replace(
        first,
        url="https://bao.vn/2",
        published_at=datetime(2026, 3, 8, tzinfo=VIETNAM),
        published_precision="day",
    )
    save_batch(engine, None, [seen(first, "xa"), seen(bare, "bao")])
    (record,) = view("articles")
    assert record["url"] == "https://xa.vn/1"


def test_one_batch_may_hold_an_article_its_copy_its_edit_and_itself_again(engine: Engine, view: View) -> None:
    original = article(10)
    near = article(11, paragraphs=edited(original.paragraphs, 0.03))
    saved = save_batch(
        engine,
        None,
        [seen(original), seen(original, "bao", "1"), seen(near, "xa"), seen(original), seen(near, "xa")],
    )
    assert [entry.outcome for entry in saved] == ["new", "copy", "new", "unchanged", "unchanged"]
    assert [entry.story_new for entry in saved] == [False, False, True, False, False]
    assert len({entry.story_id for entry in saved}) == 1
    assert len(view("articles")) == 2
    assert _ops(engine) == ["insert", "insert"], "one change row for an article in a batch"


def test_saving_takes_an_address_out_of_the_frontier_in_the_same_transaction(engine: Engine) -> None:
    run = runs.begin(engine, "xa")
    frontier.add(engine, run.id, "xa", [Queued("1", "https://xa.vn/1"), Queued("2", "https://xa.vn/2")])
    with pytest.raises(ValueError, match="without a zone"):
        naive = article(12, published_at=datetime(2026, 1, 1))  # noqa: DTZ001
        save_batch(engine, run.id, [seen(article(13), "xa", "1"), seen(naive, "xa", "2")])
    assert [row.key for row in frontier.pending(engine, "xa")] == ["1", "2"]
    assert frontier.known(engine, "xa", ["1", "2"]) == {}, "nothing of a batch that failed is kept"
    save_batch(engine, run.id, [seen(article(13), "xa", "1")])
    assert [row.key for row in frontier.pending(engine, "xa")] == ["2"]


def test_runs_are_saved_together_and_one_without_its_lease_is_left_out(engine: Engine) -> None:
    xa, huyen, lost = (runs.begin(engine, portal) for portal in ("xa", "huyen", "lost"))
    runs.finish(engine, lost.id, verdict="lost", counts={}, errors={})
    frontier.add(engine, None, "xa", [Queued("1", "https://xa.vn/1")])
    page = ArchivedPage("id-1", "xa", "article", "1", "https://xa.vn/1", FETCHED, "sha1:A", "a.warc.gz", 0, 9)
    saved = save_runs(
        engine,
        {
            lost.id: [seen(article(41), "lost", "1")],
            xa.id: [seen(article(42), "xa", "1"), seen(article(43), "xa", "2")],
            huyen.id: [seen(article(42), "huyen", "7")],
        },
        [page],
    )
    assert {run: [(one.key, one.outcome) for one in some] for run, some in saved.items()} == {
        xa.id: [("1", "new"), ("2", "new")],
        huyen.id: [("7", "copy")],
    }
    assert frontier.known(engine, "lost", ["1"]) == {}
    assert frontier.pending(engine, "xa") == []
    assert index.by_id(engine, ["id-1"]).keys() == {"id-1"}
    assert save_runs(engine, {}, []) == {}


def test_touch_moves_the_last_sight_and_nothing_else(engine: Engine) -> None:
    run = runs.begin(engine, "xa")
    save_batch(engine, run.id, [seen(article(14), "xa", "1", etag='"v1"')])
    before = frontier.known(engine, "xa", ["1"])["1"]
    touch(engine, run.id, "xa", ["1"])
    after = frontier.known(engine, "xa", ["1"])["1"]
    assert after.last_checked_at > before.last_checked_at
    assert (after.etag, after.first_seen_at) == ('"v1"', before.first_seen_at)
    assert _ops(engine) == ["insert"]


def test_an_archived_page_read_again_updates_the_record_but_not_when_it_was_last_seen(engine: Engine) -> None:
    save_batch(engine, None, [seen(article(16), "xa", "1", etag='"now"')])
    archived = seen(
        article(16, byline="Lam Hồng"), "xa", "1", fetched_at=FETCHED - timedelta(days=9), etag='"then"'
    )
    (saved,) = save_batch(engine, None, [archived])
    assert saved.outcome == "changed"
    known = frontier.known(engine, "xa", ["1"])["1"]
    assert (known.etag, known.last_checked_at) == ('"now"', FETCHED)


def test_a_form_of_the_lead_that_a_copy_brought_is_recognised_from_then_on(engine: Engine) -> None:
    lead, *rest = report(17)
    without = article(17, paragraphs=tuple(rest))
    apart = article(18, lead=lead, paragraphs=tuple(rest))
    within = article(19, paragraphs=(lead, *rest))
    saved = [save_batch(engine, None, [seen(one)])[0] for one in (without, apart, within)]
    assert [entry.outcome for entry in saved] == ["new", "copy", "copy"]


def test_a_portal_that_prints_an_article_under_two_keys_gives_one_article(engine: Engine, view: View) -> None:
    one: Article = article(15)
    twin = replace(one, url=one.url + "?danh-muc=2")
    saved = save_batch(engine, None, [seen(one), seen(twin)])
    assert [entry.outcome for entry in saved] == ["new", "copy"]
    (record,) = view("articles")
    assert record["portal"] == "thanh_hoa/tho_xuan"
