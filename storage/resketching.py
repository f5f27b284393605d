"""What storage.words and storage.sketch make of stored texts, made anew: for migrations."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select, update

from storage import sketch
from storage.near import sketch_of
from storage.owners import Owners
from storage.tables import articles, copies, window_owners
from storage.words import words_of_row

_AT_ONCE = 500
"""Articles whose texts are in memory at once."""


def resketch(connection: Connection) -> int:
    """Give every stored article the words, signature and windows of today; how many there were.

    A copy that shows its article's words goes on doing so. What another one showed is forgotten: it is looked
    at as if it were new when it is seen again.
    """
    connection.execute(delete(window_owners))
    names = ("id", "title", "lead", "paragraphs", "words")  # a migration runs before later columns exist
    query = select(*(articles.c[name] for name in names)).order_by(articles.c.id).limit(_AT_ONCE)
    last, count = 0, 0
    while rows := connection.execute(query.where(articles.c.id > last)).mappings().all():
        texts = {row["id"]: words_of_row(dict(row)) for row in rows}
        sketches = {id: sketch_of(words) for id, words in texts.items()}
        owners = Owners(connection)
        owners.load_windows(sorted({window for one in sketches.values() for window in one.windows}))
        for id, one in sketches.items():
            owners.own(id, (), one.windows)
        owners.write()
        connection.execute(
            update(articles).where(articles.c.id == bindparam("at_id")).values(sig_version=sketch.VERSION),
            [
                {"at_id": id, "words": texts[id].edition, "signature": one.signature}
                for id, one in sketches.items()
            ],
        )
        connection.execute(
            update(copies).where(
                copies.c.article_id == bindparam("of_id"), copies.c.words == bindparam("old")
            ),
            [{"of_id": row["id"], "old": row["words"], "words": texts[row["id"]].edition} for row in rows],
        )
        last, count = rows[-1]["id"], count + len(rows)
    return count
