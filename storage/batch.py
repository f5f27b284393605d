"""Everything that one batch touches: loaded at once, changed in memory, written at once.

The batch holds the lock of all writers (see :func:`lock_writers`), so that what it has loaded stays
true until it commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from storage import search, sketch
from storage.article_rows import PLACE_LEVELS
from storage.bulk import at_addresses, chunks, insert_missing, is_one_of, upsert
from storage.changes import Op
from storage.columns import new_public_id
from storage.lease import STALLED_SECONDS
from storage.tables import (
    article_organizations,
    article_places,
    articles,
    changes,
    copies,
    dup_bands,
    revisions,
    stories,
    text_owners,
)

Address = tuple[str, str]
"""(portal, key)"""

_WRITERS = 7_240_001
"""Advisory lock of PostgreSQL. Any number that no other part uses (storage.migrate has 7_240_002)."""


def lock_writers(connection: Connection) -> None:
    """Let one batch at a time be saved, until the end of the transaction.

    On SQLite BEGIN IMMEDIATE has done so already. The same on PostgreSQL makes copies, stories and
    change numbers right by construction, in one code path; hashing, the slow half, is done before.
    The price is that batches queue up: some 50 ms for 50 articles, where polite crawling brings 20 to
    100 articles a second (reference/engine.md section 4).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "SELECT set_config('idle_in_transaction_session_timeout', :limit, true), "
                "pg_advisory_xact_lock(:lock)"
            ),
            {"limit": f"{STALLED_SECONDS}s", "lock": _WRITERS},
        )


@dataclass(slots=True, eq=False)
class Kept:
    """An article of the database, with what this batch changed of it. ``row`` has every column."""

    id: int
    row: dict[str, Any]
    fresh: bool = False
    changed: set[str] = field(default_factory=set)
    op: Op | None = None
    search_text: tuple[str, str] | None = None
    """Folded title and body, where they are new to the index."""

    def set(self, **columns: object) -> bool:
        """Write columns; whether any of them was different before."""
        different = {name for name, value in columns.items() if self.row[name] != value}
        self.changed |= different
        self.row.update(columns)
        return bool(different)

    def announce(self) -> None:
        """Ask for a row in the change feed."""
        if self.op is None:
            self.op = "update"

    @property
    def address(self) -> Address:
        """Where the leading copy stands."""
        return self.row["portal"], self.row["key"]


class Batch:
    """The unit of work of storage.saving."""

    def __init__(self, connection: Connection, moment: datetime) -> None:
        self.connection = connection
        self.moment = moment
        self.copies: dict[Address, dict[str, Any]] = {}
        self._articles: dict[int, Kept] = {}
        self._text_owners: dict[bytes, int] = {}
        self._band_owners: dict[int, int] = {}
        self._new_text_owners: dict[bytes, int] = {}
        self._new_band_owners: dict[int, int] = {}
        self._touched_copies: set[Address] = set()
        self._regrouped: set[int] = set()
        self._revisions: list[dict[str, object]] = []
        self._stories: list[dict[str, object]] = []
        self._next_id: int | None = None

    # --- loading ---

    def load(self, addresses: Sequence[Address], text_keys: Sequence[bytes]) -> None:
        """Load the copies at ``addresses`` and the articles that they or ``text_keys`` belong to."""
        for some in chunks(addresses):
            for row in self.connection.execute(select(copies).where(at_addresses(copies, some))).mappings():
                self.copies[row["portal"], row["key"]] = dict(row)
        for keys in chunks(text_keys):
            query = select(text_owners.c.text_key, text_owners.c.article_id)
            for key, owner in self.connection.execute(query.where(text_owners.c.text_key.in_(keys))):
                self._text_owners[bytes(key)] = owner
        self.require({*self._text_owners.values(), *(copy["article_id"] for copy in self.copies.values())})

    def load_bands(self, bands: Sequence[int]) -> None:
        """Load which articles own the buckets ``bands``."""
        query = select(dup_bands.c.band, dup_bands.c.article_id)
        query = query.where(is_one_of(self.connection, dup_bands.c.band, bands))
        self._band_owners.update((row[0], row[1]) for row in self.connection.execute(query))

    def signatures(self, ids: Iterable[int]) -> dict[int, bytes]:
        """The stored signatures of articles, by id; those too short or merged away have none."""
        unknown = [id for id in ids if id not in self._articles]
        query = select(articles.c.id, articles.c.signature).where(
            is_one_of(self.connection, articles.c.id, unknown),
            articles.c.signature.is_not(None),
            articles.c.sig_version == sketch.VERSION,
        )
        return {row[0]: bytes(row[1]) for row in self.connection.execute(query)} if unknown else {}

    def require(self, ids: Iterable[int]) -> None:
        """Load articles, and where one was merged the one that it went into."""
        missing = {id for id in ids if id not in self._articles}
        while missing:
            query = select(articles).where(is_one_of(self.connection, articles.c.id, sorted(missing)))
            for row in self.connection.execute(query).mappings():
                self._articles[row["id"]] = Kept(row["id"], dict(row))
            into = {self._articles[id].row["merged_into"] for id in missing}
            missing = {id for id in into if id is not None and id not in self._articles}

    def require_members(self, story: int) -> list[Kept]:
        """Load and give the articles of a story, this batch's changes included."""
        query = select(articles.c.id).where(articles.c.story_id == story)
        self.require(row[0] for row in self.connection.execute(query))
        return [kept for kept in self._articles.values() if kept.row["story_id"] == story]

    # --- looking up ---

    def article(self, id: int) -> Kept:
        """The article, or the one that it was merged into."""
        self.require((id,))
        kept = self._articles[id]
        while kept.row["merged_into"] is not None:
            kept = self._articles[kept.row["merged_into"]]
        return kept

    def loaded(self, id: int) -> bool:
        return id in self._articles

    def owner_of_text(self, text_keys: Iterable[bytes]) -> Kept | None:
        """The article that had this text first."""
        owners = [self._text_owners[key] for key in text_keys if key in self._text_owners]
        return self.article(min(owners)) if owners else None

    def owners_of_bands(self, bands: Iterable[int]) -> set[int]:
        """Ids of the articles that own one of the buckets."""
        return {self._band_owners[band] for band in bands if band in self._band_owners}

    # --- changing ---

    def new_article(self, row: Mapping[str, object]) -> Kept:
        """Take up an article that is not in the database yet."""
        id = self._allocate_id()
        full = {
            "id": id,
            "public_id": new_public_id(),
            "urls": [],
            "portals": [],
            "story_id": None,
            "merged_into": None,
            "revision": 1,
            "first_seen_at": self.moment,
            **row,
        }
        self._articles[id] = kept = Kept(id, full, fresh=True, op="insert")
        return kept

    def put_copy(self, address: Address, kept: Kept, row: Mapping[str, object]) -> None:
        """Write a copy of ``kept``; it may have belonged to another article before."""
        before = self.copies.get(address)
        if before is None or before["article_id"] != kept.id or before["url"] != row["url"]:
            self._regrouped.add(kept.id)
            if before is not None:
                self._regrouped.add(before["article_id"])
        first_seen_at = before["first_seen_at"] if before else self.moment
        portal, key = address
        self.copies[address] = {
            "portal": portal,
            "key": key,
            "article_id": kept.id,
            **row,
            "first_seen_at": first_seen_at,
        }
        self._touched_copies.add(address)

    def own_text(self, kept: Kept, text_keys: Iterable[bytes], bands: Iterable[int]) -> None:
        """Let ``kept`` own the text and the buckets that nobody owned before."""
        for key in text_keys:
            if self._text_owners.setdefault(key, kept.id) == kept.id:
                self._new_text_owners[key] = kept.id
        for band in bands:
            if self._band_owners.setdefault(band, kept.id) == kept.id:
                self._new_band_owners[band] = kept.id

    def keep_revision(self, kept: Kept) -> None:
        """Put the present words of ``kept`` aside as an earlier revision."""
        words = {name: kept.row[name] for name in ("revision", "title", "lead", "paragraphs")}
        self._revisions.append({"article_id": kept.id, **words, "seen_at": kept.row["words_seen_at"]})

    def new_story(self) -> int:
        """Begin a story; its id."""
        id = (self.connection.scalar(select(func.max(stories.c.id))) or 0) + 1 + len(self._stories)
        self._stories.append({"id": id, "public_id": new_public_id(), "first_seen_at": self.moment})
        return id

    def story_public_ids(self, ids: Iterable[int]) -> dict[int, str]:
        """Public ids of stories, new ones included."""
        found = {cast(int, row["id"]): cast(str, row["public_id"]) for row in self._stories}
        unknown = [id for id in set(ids) if id not in found]
        query = select(stories.c.id, stories.c.public_id)
        query = query.where(is_one_of(self.connection, stories.c.id, unknown))
        found.update((row[0], row[1]) for row in self.connection.execute(query))
        return found

    def merge(self, gone: Kept, into: Kept) -> None:
        """Let ``gone`` become ``into``: its copies move, its row stays as a tombstone."""
        query = select(copies).where(copies.c.article_id == gone.id)
        for row in self.connection.execute(query).mappings():
            self.copies.setdefault((row["portal"], row["key"]), dict(row))
        for address, copy in self.copies.items():
            if copy["article_id"] == gone.id:
                copy["article_id"] = into.id
                self._touched_copies.add(address)
        query_earlier = select(articles.c.id).where(articles.c.merged_into == gone.id)
        self.require(row[0] for row in self.connection.execute(query_earlier))
        for kept in self._articles.values():
            if kept.row["merged_into"] == gone.id:
                kept.set(merged_into=into.id)
        left = gone.row["story_id"]
        gone.set(merged_into=into.id, story_id=None)
        gone.op = "merge"
        self._regrouped.add(into.id)
        if left is not None:
            self._end_if_alone(left)

    def leave_story(self, kept: Kept) -> None:
        """Take ``kept`` out of its story, if it is in one."""
        left = kept.row["story_id"]
        if kept.set(story_id=None):
            kept.announce()
            self._end_if_alone(left)

    def _end_if_alone(self, story: int) -> None:
        """A story is of two articles at least."""
        members = self.require_members(story)
        if len(members) == 1:
            members[0].set(story_id=None)
            members[0].announce()

    def _allocate_id(self) -> int:
        """The next internal id; no other writer can take it, and no article is ever deleted."""
        if self._next_id is None:
            self._next_id = (self.connection.scalar(select(func.max(articles.c.id))) or 0) + 1
        self._next_id += 1
        return self._next_id - 1

    # --- writing ---

    def write(self) -> None:
        """Write everything, the change rows last: their order is the order of commits."""
        self._list_copies_of_regrouped()
        if self._stories:
            self.connection.execute(insert(stories), self._stories)
        fresh = [kept for kept in self._articles.values() if kept.fresh]
        if fresh:
            self.connection.execute(insert(articles), [kept.row for kept in fresh])
        self._update_articles()
        upsert(
            self.connection,
            copies,
            [self.copies[address] for address in sorted(self._touched_copies)],
            key=("portal", "key"),
            keep=("first_seen_at",),
        )
        if self._revisions:
            self.connection.execute(insert(revisions), self._revisions)
        insert_missing(
            self.connection,
            text_owners,
            [{"text_key": key, "article_id": id} for key, id in sorted(self._new_text_owners.items())],
        )
        insert_missing(
            self.connection,
            dup_bands,
            [{"band": band, "article_id": id} for band, id in sorted(self._new_band_owners.items())],
        )
        self._index(fresh)
        self._announce()

    def _list_copies_of_regrouped(self) -> None:
        """Renew ``urls`` and ``portals`` of the articles that won or lost a copy."""
        ids = [id for id in self._regrouped if self._articles[id].row["merged_into"] is None]
        seen: dict[int, dict[Address, Mapping[str, Any]]] = defaultdict(dict)
        stored = [id for id in ids if not self._articles[id].fresh]
        query = select(copies).where(is_one_of(self.connection, copies.c.article_id, stored))
        for row in self.connection.execute(query).mappings() if stored else ():
            seen[row["article_id"]][row["portal"], row["key"]] = dict(row)
        for address, copy in self.copies.items():
            for group in seen.values():
                group.pop(address, None)
            seen[copy["article_id"]][address] = copy
        for id in ids:
            kept = self._articles[id]
            ordered = sorted(
                seen[id].items(),
                key=lambda entry: (entry[0] != kept.address, entry[1]["first_seen_at"], entry[1]["url"]),
            )
            urls = list(dict.fromkeys(copy["url"] for _, copy in ordered))
            portals = list(dict.fromkeys(portal for (portal, _), _ in ordered))
            if kept.set(urls=urls, portals=portals):
                kept.announce()

    def _update_articles(self) -> None:
        groups: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
        for kept in self._articles.values():
            if kept.changed and not kept.fresh:
                names = tuple(sorted(kept.changed))
                groups[names].append({"at_id": kept.id, **{name: kept.row[name] for name in names}})
        for names, rows in groups.items():
            statement = update(articles).where(articles.c.id == bindparam("at_id"))
            self.connection.execute(statement.values({name: bindparam(name) for name in names}), rows)

    def _index(self, fresh: Sequence[Kept]) -> None:
        known = [kept for kept in self._articles.values() if not kept.fresh]
        gone = [kept for kept in known if "merged_into" in kept.changed]
        retagged = [kept for kept in known if kept.changed & {"organizations", *PLACE_LEVELS}]
        reworded = [kept for kept in self._articles.values() if kept.search_text and kept not in gone]
        if retagged:
            ids = [kept.id for kept in retagged]
            for table in (article_organizations, article_places):
                self.connection.execute(delete(table).where(table.c.article_id.in_(ids)))
        tagged = [*fresh, *retagged]
        insert_missing(
            self.connection,
            article_organizations,
            [
                {"article_id": kept.id, "organization": organization}
                for kept in tagged
                for organization in kept.row["organizations"]
            ],
        )
        insert_missing(
            self.connection,
            article_places,
            [
                {"article_id": kept.id, "level": level, "name": name}
                for kept in tagged
                for level in PLACE_LEVELS
                for name in kept.row[level]
            ],
        )
        search.remove(self.connection, [kept.id for kept in (*gone, *reworded) if not kept.fresh])
        search.add(self.connection, [(kept.id, *kept.search_text) for kept in reworded if kept.search_text])

    def _announce(self) -> None:
        due = sorted((kept for kept in self._articles.values() if kept.op), key=lambda kept: kept.id)
        last: int = self.connection.scalar(select(func.max(changes.c.change_seq))) or 0
        rows = [
            {
                "change_seq": last + number,
                "article_id": kept.id,
                "op": kept.op,
                "revision": kept.row["revision"],
                "merged_into": kept.row["merged_into"],
                "changed_at": self.moment,
            }
            for number, kept in enumerate(due, start=1)
        ]
        if rows:
            self.connection.execute(insert(changes), rows)
