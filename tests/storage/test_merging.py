"""Merged and split by hand, without breaking a reader, and remembered by the next crawl."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from storage import changes, frontier, migrate
from storage.columns import now
from storage.engine import reading
from storage.lookup import Found, NoSuchArticle, find
from storage.merging import CannotMerge, CannotSplit, merge, split
from storage.saving import save_batch
from storage.search import search
from storage.takedowns import remove
from tests.storage.texts import article, edited, report, seen

View = Callable[[str], list[dict[str, object]]]

ONE = article(1, url="https://xa.vn/1")
COPY = replace(ONE, url="https://bao.vn/1", title="Tin từ cơ sở")


def look(engine: Engine, name: str) -> Found:
    with reading(engine) as connection:
        return find(connection, name)


def internal(engine: Engine, name: str) -> int:
    return int(look(engine, name).row["id"])


def urls(view: View) -> dict[object, object]:
    return {row["url"]: row["id"] for row in view("articles")}


def test_two_articles_become_one_and_the_old_id_leads_to_it(engine: Engine, view: View) -> None:
    saved = save_batch(engine, None, [seen(article(1), "xa"), seen(article(2), "bao")])
    stays, gone = (entry.article_id for entry in saved)
    merge(engine, internal(engine, stays), internal(engine, gone))
    change = changes.read(engine, 0)
    assert [(c.op, c.article_id, c.merged_into, c.cause) for c in change[2:]] == [
        ("update", stays, None, "merge"),
        ("merge", gone, stays, "merge"),
    ]
    (record,) = view("articles")
    assert record["id"] == stays
    assert {row["article_id"] for row in view("article_copies")} == {stays}
    found = look(engine, gone)
    assert found.was_merged and found.row["public_id"] == stays
    with pytest.raises(CannotMerge, match="one article already"):
        merge(engine, internal(engine, stays), internal(engine, gone))
    assert migrate.check(engine) == []


def test_a_merge_holds_when_its_pages_are_crawled_again(engine: Engine, view: View) -> None:
    saved = save_batch(engine, None, [seen(article(1), "xa"), seen(article(2), "bao")])
    merge(engine, internal(engine, saved[0].article_id), internal(engine, saved[1].article_id))
    count = len(changes.read(engine, 0))
    again = save_batch(engine, None, [seen(article(1), "xa"), seen(article(2), "bao")])
    assert {entry.article_id for entry in again} == {saved[0].article_id}
    assert {entry.outcome for entry in again} == {"unchanged"}
    assert len(changes.read(engine, 0)) == count


def test_a_deleted_article_is_not_merged(engine: Engine) -> None:
    saved = save_batch(engine, None, [seen(article(1)), seen(article(2))])
    ids = [internal(engine, entry.article_id) for entry in saved]
    remove(engine, ids[1], "takedown")
    with pytest.raises(CannotMerge, match="restore it first"):
        merge(engine, ids[0], ids[1])


def test_a_copy_that_is_split_off_is_an_article_and_stays_one(engine: Engine, view: View) -> None:
    (first, _) = save_batch(engine, None, [seen(ONE, "xa"), seen(COPY, "bao", etag='"7"')])
    new = split(engine, internal(engine, first.article_id), COPY.url)
    assert urls(view) == {ONE.url: first.article_id, COPY.url: new}
    by_id = {row["id"]: row for row in view("articles")}
    assert by_id[new]["title"] == COPY.title
    assert [(c.op, c.article_id, c.cause) for c in changes.read(engine, 0)[-2:]] == [
        ("update", first.article_id, "split"),
        ("insert", new, "split"),
    ]
    assert frontier.known(engine, "bao", [COPY.url])[COPY.url].etag is None, "its page is read anew"
    assert {hit.article_id for hit in search(engine, "tho lam").hits} == {first.article_id, new}
    for again in (COPY, replace(COPY, paragraphs=edited(COPY.paragraphs, 0.02)), COPY, ONE):
        portal = "xa" if again is ONE else "bao"
        save_batch(engine, None, [seen(again, portal, fetched_at=now())])
        assert urls(view) == {ONE.url: first.article_id, COPY.url: new}
    assert "merge" not in {change.op for change in changes.read(engine, 0)}


def test_without_a_split_the_same_edit_does_merge(engine: Engine, view: View) -> None:
    """The control of the test above: an edit that makes two articles equal is a merge."""
    drifted = replace(COPY, paragraphs=edited(COPY.paragraphs, 0.02))
    save_batch(engine, None, [seen(ONE, "xa"), seen(drifted, "bao")])
    assert len(urls(view)) == 2
    save_batch(engine, None, [seen(COPY, "bao")])
    assert len(urls(view)) == 1


def test_a_split_of_what_was_merged_gives_the_old_id_back(engine: Engine, view: View) -> None:
    saved = save_batch(engine, None, [seen(article(1), "xa"), seen(article(2), "bao")])
    stays, gone = (entry.article_id for entry in saved)
    before = view("articles")
    merge(engine, internal(engine, stays), internal(engine, gone))
    assert split(engine, internal(engine, stays), article(2).url) == gone
    assert changes.read(engine, 0)[-1].op == "insert"
    assert sorted(view("articles"), key=lambda row: str(row["id"])) == before
    assert not look(engine, gone).was_merged
    merge(engine, internal(engine, stays), internal(engine, gone))  # a person may change their mind
    assert len(view("articles")) == 1


def test_what_is_kept_apart_from_an_article_is_kept_apart_from_what_it_becomes(
    engine: Engine, view: View
) -> None:
    saved = save_batch(engine, None, [seen(ONE, "xa"), seen(COPY, "bao"), seen(article(9), "dai")])
    new = split(engine, internal(engine, saved[0].article_id), COPY.url)
    merge(engine, internal(engine, saved[2].article_id), internal(engine, saved[0].article_id))
    for text in (edited(COPY.paragraphs, 0.02), COPY.paragraphs):
        save_batch(engine, None, [seen(replace(COPY, paragraphs=text), "bao", fetched_at=now())])
    assert {row["id"] for row in view("articles")} == {saved[2].article_id, new}


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (ONE.url, "leading copy"),
        ("https://bao.vn/none", "no copy at https://bao.vn/none; its copies: https://bao.vn/1"),
    ],
)
def test_what_cannot_be_split_says_why(engine: Engine, address: str, why: str) -> None:
    (first, _) = save_batch(engine, None, [seen(ONE, "xa"), seen(COPY, "bao")])
    with pytest.raises(CannotSplit, match=why):
        split(engine, internal(engine, first.article_id), address)


def test_an_article_with_one_copy_has_nothing_to_split(engine: Engine) -> None:
    (first,) = save_batch(engine, None, [seen(ONE, "xa")])
    with pytest.raises(CannotSplit, match="one copy only"):
        split(engine, internal(engine, first.article_id), ONE.url)


def test_an_article_goes_by_its_id_the_beginning_of_it_and_the_address_of_any_copy(engine: Engine) -> None:
    (first, _) = save_batch(engine, None, [seen(ONE, "xa"), seen(COPY, "bao")])
    for name in (first.article_id, first.article_id[:23], first.article_id.upper(), ONE.url, COPY.url):
        assert look(engine, name).row["public_id"] == first.article_id
    assert look(engine, COPY.url).siblings == ()
    for name, why in (
        ("0190", "first 8 letters"),
        ("thọ xuân", "is no article"),
        ("ffffffff", "there is no article"),
        ("https://bao.vn/9", "no article was seen"),
    ):
        with pytest.raises(NoSuchArticle, match=why):
            look(engine, name)
    save_batch(engine, None, [seen(article(number, paragraphs=report(number))) for number in range(5, 9)])
    with pytest.raises(NoSuchArticle, match="beginning of several ids"):
        look(engine, first.article_id[:8])
