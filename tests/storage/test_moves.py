"""A portal on another host: its articles are those that they were."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from storage.engine import reading
from storage.portal_table import sync
from storage.portals import Portal
from storage.saving import save_batch
from storage.tables import articles, copies
from tests.storage.texts import article, seen

OLD = Portal(id="xa/dong", name="Xã", url="https://cu.vn/", owner="other")


def keys(engine: Engine) -> set[tuple[str, str]]:
    with reading(engine) as connection:
        return {(row.portal, row.key) for row in connection.execute(select(copies.c.portal, copies.c.key))}


@pytest.mark.parametrize(
    ("moved", "key"),
    [
        (replace(OLD, url="https://moi.vn/", aliases=("cu.vn",)), "moi.vn/bai-1"),
        (replace(OLD, url="https://moi.vn/"), "cu.vn/bai-1"),
        (replace(OLD, url="http://cu.vn/"), "cu.vn/bai-1"),
    ],
)
def test_the_keys_follow_a_portal_whose_old_host_is_an_alias_of_the_new(
    engine: Engine, moved: Portal, key: str
) -> None:
    sync(engine, [OLD])
    one = replace(seen(article(1)), portal="xa/dong", key="cu.vn/bai-1")
    with_id = replace(seen(article(2)), portal="xa/dong", key="77")
    elsewhere = replace(seen(article(3)), portal="xa/khac", key="cu.vn/bai-1")
    save_batch(engine, None, [one, with_id, elsewhere])
    sync(engine, [moved])
    assert keys(engine) == {("xa/dong", key), ("xa/dong", "77"), ("xa/khac", "cu.vn/bai-1")}
    (again,) = save_batch(engine, None, [replace(one, key=key)])
    assert again.outcome == "unchanged"
    with reading(engine) as connection:
        assert key in {row.key for row in connection.execute(select(articles.c.key))}


def test_a_key_that_is_taken_at_the_new_host_stays(engine: Engine) -> None:
    sync(engine, [OLD])
    both = [
        replace(seen(article(n)), portal="xa/dong", key=key)
        for n, key in ((1, "cu.vn/bai-1"), (2, "moi.vn/bai-1"))
    ]
    save_batch(engine, None, both)
    sync(engine, [replace(OLD, url="https://moi.vn/", aliases=("cu.vn",))])
    assert keys(engine) == {("xa/dong", "cu.vn/bai-1"), ("xa/dong", "moi.vn/bai-1")}
