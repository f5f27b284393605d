"""Addresses that a copy had before it was renamed: kept with the article, and found."""

from __future__ import annotations

from typing import cast

import pytest
from sqlalchemy import Connection, Engine, event, select

from storage import changes, export, migrate
from storage.address_lists import FORMER
from storage.engine import reading
from storage.lookup import NoSuchArticle, find
from storage.merging import merge, split
from storage.records import Sighting
from storage.saving import save_batch
from storage.tables import former_addresses
from tests.storage.texts import article, seen

HOST = "https://xa.gov.vn/"


def at(slug: str, number: int = 1, *, key: str | None = None) -> Sighting:
    """The article of a number at an address; its key is the number, as platforms with ids have it."""
    return seen(article(number, url=f"{HOST}{slug}"), key=key or str(number))


def urls_of(engine: Engine) -> list[list[str]]:
    return [
        [url.removeprefix(HOST) for url in cast("list[str]", record["urls"])]
        for record in export.records(engine)
    ]


def id_at(engine: Engine, slug: str) -> str:
    with reading(engine) as connection:
        return str(find(connection, f"{HOST}{slug}").row["public_id"])


def internal(engine: Engine, slug: str) -> int:
    with reading(engine) as connection:
        return int(find(connection, f"{HOST}{slug}").row["id"])


def test_an_article_that_is_renamed_is_found_by_its_old_address_too(engine: Engine) -> None:
    (first,) = save_batch(engine, None, [at("cu-1.html")])
    save_batch(engine, None, [at("moi-1.html")])
    save_batch(engine, None, [at("moi-hon-1.html")])
    assert urls_of(engine) == [["moi-hon-1.html", "cu-1.html", "moi-1.html"]]
    for slug in ("cu-1.html", "moi-1.html", "moi-hon-1.html"):
        assert id_at(engine, slug) == first.article_id
    with pytest.raises(NoSuchArticle):
        id_at(engine, "cu-2.html")


def test_what_was_renamed_before_addresses_had_an_index_is_found_after_the_upgrade(engine: Engine) -> None:
    (first, _) = save_batch(engine, None, [at("cu-1.html"), at("khac-2.html", 2)])
    save_batch(engine, None, [at("moi-1.html")])
    migrate.downgrade(engine, "0210")
    migrate.upgrade(engine)
    assert id_at(engine, "cu-1.html") == first.article_id
    with reading(engine) as connection:
        assert connection.scalars(select(former_addresses.c.url)).all() == [f"{HOST}cu-1.html"]


def test_an_address_is_listed_as_a_former_one_only_while_it_is_one(engine: Engine) -> None:
    """What the index of former addresses has are the addresses of the record at which no copy stands."""

    def listed() -> list[str]:
        with reading(engine) as connection:
            urls = connection.scalars(select(former_addresses.c.url).order_by(former_addresses.c.url))
            return [url.removeprefix(HOST) for url in urls]

    save_batch(engine, None, [at("cu-1.html"), at("khac-2.html", 2)])
    assert listed() == []
    save_batch(engine, None, [at("moi-1.html")])
    assert listed() == ["cu-1.html"]
    save_batch(engine, None, [at("cu-1.html")])
    assert listed() == ["moi-1.html"]
    merge(engine, internal(engine, "khac-2.html"), internal(engine, "cu-1.html"))
    assert listed() == ["moi-1.html"]
    split(engine, internal(engine, "khac-2.html"), f"{HOST}cu-1.html")
    assert listed() == ["moi-1.html"]


def test_readers_are_told_of_a_rename_once_and_of_a_second_look_not_at_all(engine: Engine) -> None:
    save_batch(engine, None, [at("cu-1.html")])
    save_batch(engine, None, [at("moi-1.html")])
    save_batch(engine, None, [at("moi-1.html")])
    assert [change.op for change in changes.read(engine, 0)] == ["insert", "update"]


def test_an_address_that_comes_back_is_no_former_one(engine: Engine) -> None:
    for slug in ("mot-1.html", "hai-1.html", "mot-1.html"):
        save_batch(engine, None, [at(slug)])
    assert urls_of(engine) == [["mot-1.html", "hai-1.html"]]


def test_a_portal_that_changes_addresses_with_each_visit_does_not_fill_the_record(engine: Engine) -> None:
    for visit in range(FORMER + 5):
        save_batch(engine, None, [at(f"lan-{visit:02}-1.html")])
    (urls,) = urls_of(engine)
    assert urls == [f"lan-{n:02}-1.html" for n in (FORMER + 4, *range(4, FORMER + 4))]


def test_former_addresses_follow_an_article_into_another_and_out_again(engine: Engine) -> None:
    save_batch(engine, None, [at("cu-1.html"), at("khac-2.html", 2)])
    save_batch(engine, None, [at("moi-1.html")])
    one, other = id_at(engine, "moi-1.html"), id_at(engine, "khac-2.html")
    merge(engine, internal(engine, "khac-2.html"), internal(engine, "moi-1.html"))
    assert urls_of(engine) == [["khac-2.html", "moi-1.html", "cu-1.html"]]
    assert id_at(engine, "cu-1.html") == other
    assert split(engine, internal(engine, "khac-2.html"), f"{HOST}moi-1.html") == one
    assert sorted(urls_of(engine)) == [["khac-2.html"], ["moi-1.html", "cu-1.html"]]
    assert id_at(engine, "cu-1.html") == one


def test_an_address_that_is_another_articles_now_is_lost(engine: Engine) -> None:
    save_batch(engine, None, [at("a.html", 1, key="a"), at("b.html", 1, key="b")])
    save_batch(engine, None, [at("b.html", 2, key="b")])
    assert sorted(urls_of(engine)) == [["a.html"], ["b.html"]]


def test_an_article_that_wins_a_copy_and_had_no_former_address_has_none_to_be_deleted(engine: Engine) -> None:
    save_batch(engine, None, [at("mot-1.html")])
    deletions = []

    def note(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("DELETE FROM former_addresses"):
            deletions.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    save_batch(engine, None, [at("hai-1.html", key="hai")])
    assert urls_of(engine) == [["mot-1.html", "hai-1.html"]] and deletions == []
    save_batch(engine, None, [at("ba-1.html", key="hai")])
    assert urls_of(engine) == [["mot-1.html", "ba-1.html", "hai-1.html"]] and len(deletions) == 1
