"""The addresses of the articles that a batch touches: those of their copies, then those of before.

An address at which a copy stood before it was renamed stays, behind those of today: who has kept it finds
the article by it, and the portal sends its own readers on from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete

from storage.bulk import insert_rows, rows_with
from storage.kept import Address, Kept
from storage.tables import copies, former_addresses

FORMER = 10
"""Former addresses of an article that are kept: some portals change them with each visit."""


class AddressLists:
    """What a batch does to ``urls`` and ``portals`` of articles. They go by their internal id."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._regrouped: set[int] = set()
        """Articles that won or lost a copy, or one of whose copies was renamed."""
        self._lost: dict[int, set[str]] = defaultdict(set)
        """Addresses that stand for another article now."""
        self._renamed: dict[int, list[str]] = defaultdict(list)
        """Addresses that copies had until now."""
        self._won: dict[int, list[str]] = defaultdict(list)
        """Those of articles that were merged into this one."""
        self._former: dict[int, list[str]] = {}
        """Of articles whose former addresses are others now: those of today."""

    def put(self, before: Mapping[str, Any] | None, id: int, url: str) -> None:
        """Note that a copy of an article is to stand at ``url``; ``before``: the copy as it was until now."""
        if before is not None and before["article_id"] == id and before["url"] == url:
            return
        self._regrouped.add(id)
        if before is None:
            return
        self._regrouped.add(before["article_id"])
        if before["article_id"] == id:
            self._renamed[id].append(before["url"])
        else:
            self._lost[before["article_id"]].add(before["url"])

    def merge(self, into: int, urls: list[str]) -> None:
        """Note that an article with these addresses became another."""
        self._regrouped.add(into)
        self._won[into] += urls

    def unmerge(self, out_of: int, urls: list[str]) -> None:
        """Note that an article with these addresses is one of its own again."""
        self._lost[out_of].update(urls)

    def renew(self, articles: Mapping[int, Kept], touched: Mapping[Address, Mapping[str, Any]]) -> None:
        """Give the articles of the batch their lists anew, before its copies (``touched``) are written."""
        merged = {id for id, kept in articles.items() if "merged_into" in kept.changed}
        self._former |= {id: [] for id in merged}
        ids = [id for id in self._regrouped if articles[id].row["merged_into"] is None]
        present: dict[Address, Mapping[str, Any]] = {}
        stored_urls: dict[int, set[str]] = defaultdict(set)
        stored = [id for id in ids if not articles[id].fresh]
        if stored:
            for row in rows_with(self.connection, tuple(copies.c), copies.c.article_id, stored):
                present[row.portal, row.key] = dict(row._mapping)
                stored_urls[row.article_id].add(row.url)
        present.update(touched)  # moved ones too
        seen: dict[int, dict[Address, Mapping[str, Any]]] = defaultdict(dict)
        for address, copy in present.items():
            seen[copy["article_id"]][address] = copy
        for id in ids:
            kept = articles[id]
            had_others = id in self._renamed or id in self._won
            if kept.fresh and len(seen[id]) == 1 and not had_others:  # as most are
                ((portal, _), copy), *_ = seen[id].items()
                kept.set(urls=[copy["url"]], portals=[portal])
                continue
            ordered = sorted(
                seen[id].items(),
                key=lambda entry: (entry[0] != kept.address, entry[1]["first_seen_at"], entry[1]["url"]),
            )
            today = dict.fromkeys(copy["url"] for _, copy in ordered)
            stored_former = [url for url in kept.row["urls"] if url not in stored_urls[id]]
            former = self._former_of(kept, today)
            if id in merged or former != stored_former:
                self._former[id] = former
            portals = list(dict.fromkeys(portal for (portal, _), _ in ordered))
            if kept.set(urls=[*today, *former], portals=portals):
                kept.announce()

    def _former_of(self, kept: Kept, today: Mapping[str, object]) -> list[str]:
        renamed, lost = self._renamed[kept.id], self._lost[kept.id]
        before = [*kept.row["urls"], *self._won[kept.id]]
        before = [url for url in before if url not in renamed] + renamed
        former = [url for url in before if url not in today and url not in lost]
        return list(dict.fromkeys(former[-FORMER:]))

    def write_former(self, articles: Mapping[int, Kept]) -> None:
        """Write the former addresses, of the few articles where they are others now."""
        known = [id for id in self._former if not articles[id].fresh]
        if known:
            gone = former_addresses.c.article_id.in_(known)
            self.connection.execute(delete(former_addresses).where(gone))
        rows = [{"url": url, "article_id": id} for id, urls in self._former.items() for url in urls]
        if rows:
            insert_rows(self.connection, former_addresses, rows)
