"""Finding one article by what a person has at hand: its id, the beginning of it, or an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from storage.tables import SERVED, articles, copies, former_addresses, stories

SHORTEST_PREFIX = 8
"""Letters of an id that are taken for its beginning: as many as people copy from a log."""


class NoSuchArticle(Exception):
    """Nothing, or more than one article, goes by this name; the message says which."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article and its surroundings, as rows of the tables.

    ``asked`` is the public id of the article that was asked for; it differs from that of ``row`` where that
    one was merged into this.
    """

    asked: str
    row: Mapping[str, Any]
    copies: tuple[Mapping[str, Any], ...]
    story: str | None
    siblings: tuple[Mapping[str, Any], ...]
    """The other served articles of the story."""

    @property
    def was_merged(self) -> bool:
        """Whether the article that was asked for is part of another one now."""
        return bool(self.asked != self.row["public_id"])


def find(connection: Connection, name: str) -> Found:
    """The article that goes by ``name``: an id, SHORTEST_PREFIX or more letters of one, or a copy's URL.

    An id that was merged leads to the survivor; deleted articles are found. Raises NoSuchArticle.
    """
    asked = _asked(connection, name)
    row = asked
    while row["merged_into"] is not None:
        query = select(articles).where(articles.c.id == row["merged_into"])
        row = dict(connection.execute(query).mappings().one())
    seen_at = (
        select(copies).where(copies.c.article_id == row["id"]).order_by(copies.c.first_seen_at, copies.c.url)
    )
    siblings = select(
        articles.c.public_id, articles.c.title, articles.c.portal, articles.c.published_at
    ).where(
        articles.c.story_id == row["story_id"],
        articles.c.id != row["id"],
        SERVED,
    )
    story = select(stories.c.public_id).where(stories.c.id == row["story_id"])
    in_story = row["story_id"] is not None  # SQLite would look for one without a number among all
    return Found(
        asked=asked["public_id"],
        row=row,
        copies=tuple(map(dict, connection.execute(seen_at).mappings())),
        story=connection.scalar(story) if in_story else None,
        siblings=tuple(map(dict, connection.execute(siblings.order_by(articles.c.id)).mappings()))
        if in_story
        else (),
    )


def _asked(connection: Connection, name: str) -> Mapping[str, Any]:
    name = name.strip()
    if "/" in name:
        for addresses in (copies, former_addresses):
            named = select(articles).join(addresses, addresses.c.article_id == articles.c.id)
            rows = connection.execute(named.where(addresses.c.url == name)).mappings().all()
            if rows:
                break
        unique = {row["id"]: dict(row) for row in rows}
        if not unique:
            raise NoSuchArticle(f"no article was seen at {name}")
        if len(unique) > 1:
            ids = ", ".join(str(row["public_id"]) for row in unique.values())
            raise NoSuchArticle(f"several articles were seen at {name}: {ids}")
        return next(iter(unique.values()))
    prefix = name.lower()
    if len(prefix) < SHORTEST_PREFIX or not set(prefix) <= set("0123456789abcdef-"):
        raise NoSuchArticle(
            f"{name!r} is no article: give an id (its first {SHORTEST_PREFIX} letters or more) "
            "or the address of a copy"
        )
    query = select(articles).where(articles.c.public_id.between(prefix, prefix + "g"))
    rows = connection.execute(query.order_by(articles.c.id).limit(4)).mappings().all()
    if not rows:
        raise NoSuchArticle(f"there is no article {name}")
    if len(rows) > 1:
        raise NoSuchArticle(
            f"{name} is the beginning of several ids: {', '.join(str(row['public_id']) for row in rows[:3])}"
            + (" …" if len(rows) > 3 else "")
        )
    return dict(rows[0])
