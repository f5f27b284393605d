"""Merging and splitting by hand: what the crawl took for two articles and is one, or the other way round.

The feed shows a merge with its survivor; the id that is gone leads to it for ever. A split is
remembered: the two never become one article again unless a person merges them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, delete, select, tuple_, update

from storage.batch import Batch
from storage.columns import now
from storage.engine import writing
from storage.kept import Address, Kept
from storage.near import join_story, load_candidates, sketch_of
from storage.tables import articles, copies, kept_apart
from storage.words import words_of_row
from storage.writers_lock import lock_writers


class CannotSplit(Exception):
    """This copy cannot leave its article; the message says why and what can be done."""


class CannotMerge(Exception):
    """These articles cannot become one; the message says why."""


def merge(engine: Engine, survivor_id: int, gone_id: int) -> None:
    """Let the second article become the first (internal ids): its copies move, readers see a merge.

    The survivor keeps its words and fields. Raises CannotMerge.
    """
    with writing(engine) as connection:
        lock_writers(connection)
        batch = Batch(connection, now(), "merge")
        survivor, gone = batch.article(survivor_id), batch.article(gone_id)
        if survivor is gone:
            raise CannotMerge("both are one article already")
        for kept in (survivor, gone):
            if not kept.served:
                raise CannotMerge(
                    f"{kept.row['public_id']} is deleted ({kept.row['deletion_reason']}); restore it first"
                )
        pair = (min(survivor.id, gone.id), max(survivor.id, gone.id))
        connection.execute(
            delete(kept_apart).where(tuple_(kept_apart.c.low_id, kept_apart.c.high_id).in_([pair]))
        )
        batch.merge(gone, survivor)
        batch.write()


def split(engine: Engine, article_id: int, url: str) -> str:
    """Let the copy at ``url`` leave its article (internal id) and be one of its own; its public id.

    A copy that was an article before the merge is that one again, under its old id. Otherwise it begins
    with the words of the article that it leaves, and is read anew by the next crawl. Raises CannotSplit.
    """
    with writing(engine) as connection:
        lock_writers(connection)
        batch = Batch(connection, now(), "split")
        kept = batch.article(article_id)
        query = select(copies).where(copies.c.article_id == kept.id).order_by(copies.c.first_seen_at)
        of_article = {(row["portal"], row["key"]): dict(row) for row in connection.execute(query).mappings()}
        address = _address_of(kept, of_article, url)
        copy = of_article[address]
        batch.copies.update(of_article)
        own = _former_article(batch, kept, address) or _new_article(batch, kept, copy)
        batch.put_copy(
            address, own, {name: copy[name] for name in copy if name not in ("portal", "key", "article_id")}
        )
        batch.keep_apart(kept, own)
        words = words_of_row(own.row)
        own.search_text = words.title, words.body
        sketch = sketch_of(words)
        load_candidates(batch, [sketch])
        join_story(batch, own, sketch)
        batch.write()
        # what its page says now is not known: no server may answer that nothing changed
        connection.execute(
            update(copies)
            .where(tuple_(copies.c.portal, copies.c.key).in_([address]))
            .values(etag=None, last_modified=None)
        )
        return str(own.row["public_id"])


def _former_article(batch: Batch, kept: Kept, address: Address) -> Kept | None:
    """The article that the copy at an address led until it was merged into ``kept``, on its own again."""
    former = batch.connection.scalar(
        select(articles.c.id).where(
            articles.c.merged_into == kept.id,
            articles.c.portal == address[0],
            articles.c.key == address[1],
        )
    )
    if former is None:
        return None
    batch.require((former,))
    return batch.unmerge(former)


def _new_article(batch: Batch, kept: Kept, copy: Mapping[str, object]) -> Kept:
    """An article that a copy of ``kept`` begins, with the words of ``kept``."""
    content = {name: value for name, value in kept.row.items() if name not in _OWN}
    printed = {name: copy[name] for name in ("portal", "key", "url", "title", "section", "published_at")}
    return batch.new_article({**content, **printed, "words_seen_at": batch.moment})


_OWN = frozenset(
    [
        "id",
        "public_id",
        "urls",
        "portals",
        "story_id",
        "merged_into",
        "deleted_at",
        "deletion_reason",
        "revision",
        "first_seen_at",
    ]
)
"""Columns that a new article does not take over from the one that it leaves."""


def _address_of(kept: Kept, of_article: dict[Address, dict[str, object]], url: str) -> Address:
    """Where the copy at ``url`` stands. Raises CannotSplit."""
    others = [str(copy["url"]) for address, copy in of_article.items() if address != kept.address]
    if not others:
        raise CannotSplit("it has one copy only: there is nothing to split")
    at = next((address for address, copy in of_article.items() if copy["url"] == url), None)
    if at is None:
        raise CannotSplit(f"it has no copy at {url}; its copies: {_listed(others)}")
    if at == kept.address:
        raise CannotSplit(f"{url} is its leading copy; split the others from it: {_listed(others)}")
    return at


def _listed(urls: Sequence[str]) -> str:
    return ", ".join(urls)
