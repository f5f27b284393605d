"""A portal that moved to another host: its articles keep their records under the new address's keys.

The key of an article on a platform without ids is its address without scheme, so a new host would make a
new key, and a second copy, of each.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, Table, exists, func, literal, select, update

from storage.tables import articles, copies, frontier


def follow(connection: Connection, portal: str, before: str, after: str, aliases: tuple[str, ...]) -> int:
    """Give what is known of a portal the keys of its new address; return how many copies that were.

    ``before`` and ``after`` are base addresses. Nothing happens unless the old host is one of ``aliases``:
    a record that was put on another site altogether keeps nothing. A key that is taken already stays.
    """
    old, new = urlsplit(before).netloc.lower(), urlsplit(after).netloc.lower()
    if old == new or old.removeprefix("www.") not in {alias.removeprefix("www.") for alias in aliases}:
        return 0
    moved = 0
    for table in (copies, articles, frontier):
        count = _rename(connection, table, portal, f"{old}/", f"{new}/")
        moved += count if table is copies else 0
    return moved


def _rename(connection: Connection, table: Table, portal: str, old: str, new: str) -> int:
    begins = func.substr(table.c.key, 1, len(old)) == old
    key = literal(new) + func.substr(table.c.key, len(old) + 1)
    if table is articles:  # the leading copy's key: it goes where that copy went
        copy = copies.c.portal == portal, copies.c.key == key, copies.c.article_id == articles.c.id
        free: ColumnElement[bool] = exists(select(literal(1)).where(*copy))
    else:
        other = table.alias()
        free = ~exists(select(literal(1)).where(other.c.portal == portal, other.c.key == key))
    statement = update(table).where(table.c.portal == portal, begins, free).values(key=key)
    return connection.execute(statement).rowcount
