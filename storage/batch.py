"""Everything that one batch touches: loaded at once, changed in memory, written at once.

The batch holds the lock of all writers (storage.writers_lock), so that what it has loaded stays true until
it commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, delete, func, insert, select

from storage import search_index, sketch
from storage.address_lists import AddressLists
from storage.article_rows import PLACE_LEVELS, metadata_of
from storage.bulk import (
    insert_missing,
    insert_rows,
    plain_rows_with,
    rows_at,
    rows_with,
    update_rows,
    upsert,
)
from storage.changes import Cause, last_seq
from storage.columns import new_public_id
from storage.engine import asked
from storage.kept import COME_BACK, Address, Kept
from storage.owners import Owners
from storage.tables import (
    article_organizations,
    article_places,
    articles,
    changes,
    copies,
    kept_apart,
    metadata_history,
    revisions,
    stories,
)


class Batch:
    """The unit of work of storage.saving, and of what people do by hand. ``cause`` goes into the feed."""

    def __init__(self, connection: Connection, moment: datetime, cause: Cause = "fetch") -> None:
        self.connection = connection
        self.moment = moment
        self.cause = cause
        self.owners = Owners(connection)
        self._addresses = AddressLists(connection)
        self.copies: dict[Address, dict[str, Any]] = {}
        self._articles: dict[int, Kept] = {}
        self._touched_copies: set[Address] = set()
        self._absent_copies: set[Address] = set()
        """Addresses that were looked for and are not there."""
        self._revisions: list[dict[str, object]] = []
        self._metadata: list[dict[str, object]] = []
        self._apart: list[tuple[int, int]] = []
        self._stories: list[dict[str, object]] = []
        self._next_id: int | None = None
        self._next_story: int | None = None

    # --- loading ---

    def load(self, addresses: Sequence[Address], text_keys: Sequence[bytes]) -> None:
        """Load the copies at ``addresses`` and the articles that they or ``text_keys`` belong to."""
        for row in rows_at(self.connection, copies, addresses):
            self.copies[row["portal"], row["key"]] = dict(row)
        self._absent_copies |= set(addresses) - self.copies.keys()
        self.owners.load_texts(text_keys)
        self.require({*self.owners.loaded, *(copy["article_id"] for copy in self.copies.values())})

    def signatures(self, ids: Iterable[int]) -> dict[int, bytes]:
        """The stored signatures of articles, by id; those too short or merged away have none."""
        unknown = [id for id in ids if id not in self._articles]
        if not unknown:
            return {}
        columns = (articles.c.id, articles.c.signature, articles.c.sig_version)
        rows = plain_rows_with(self.connection, columns, articles.c.id, unknown)
        return {id: bytes(kept) for id, kept, version in rows if kept and version == sketch.VERSION}

    def require(self, ids: Iterable[int]) -> None:
        """Load articles, and where one was merged the one that it went into."""
        missing = {id for id in ids if id not in self._articles}
        while missing:
            rows = rows_with(self.connection, tuple(articles.c), articles.c.id, sorted(missing))
            for row in rows:
                self._articles[row.id] = Kept(row.id, dict(row._mapping))
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
        if id not in self._articles:
            self.require((id,))
        kept = self._articles[id]
        while kept.row["merged_into"] is not None:
            kept = self._articles[kept.row["merged_into"]]
        return kept

    def loaded(self, id: int) -> bool:
        """Whether an article is in memory, merged or not."""
        return id in self._articles

    def owner_of_text(self, text_keys: Iterable[bytes]) -> Kept | None:
        """The article that had this text first."""
        owner = self.owners.of_text(text_keys)
        return None if owner is None else self.article(owner)

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
            "deleted_at": None,
            "deletion_reason": None,
            "revision": 1,
            "first_seen_at": self.moment,
            **row,
        }
        self._articles[id] = kept = Kept(id, full, fresh=True, op="insert")
        return kept

    def put_copy(self, address: Address, kept: Kept, row: Mapping[str, object]) -> None:
        """Write a copy of ``kept``; it may have belonged to another article before.

        A copy that is there brings a deleted article back, unless a person had removed it.
        """
        before = self.copies.get(address)
        self._addresses.put(before, kept.id, str(row["url"]))
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
        if kept.row["deletion_reason"] in COME_BACK and row["gone_at"] is None:
            kept.bring_back()

    def keep_revision(self, kept: Kept) -> None:
        """Put the present words of ``kept`` aside as an earlier revision."""
        words = {name: kept.row[name] for name in ("revision", "title", "lead", "paragraphs")}
        self._revisions.append(
            {
                "article_id": kept.id,
                **words,
                "seen_at": kept.row["words_seen_at"],
                "metadata": metadata_of(kept.row),
            }
        )

    def keep_metadata(self, kept: Kept) -> None:
        """Put aside what ``kept`` says besides its words; they stay."""
        self._metadata.append(
            {
                "article_id": kept.id,
                "revision": kept.row["revision"],
                "metadata": metadata_of(kept.row),
                "changed_at": self.moment,
            }
        )

    def new_story(self) -> int:
        """Begin a story; its id."""
        if self._next_story is None:
            self._next_story = (self.connection.scalar(select(func.max(stories.c.id))) or 0) + 1
        id, self._next_story = self._next_story, self._next_story + 1
        self._stories.append({"id": id, "public_id": new_public_id(), "first_seen_at": self.moment})
        return id

    def story_public_ids(self, ids: Iterable[int]) -> dict[int, str]:
        """Public ids of stories, new ones included."""
        found = {cast(int, row["id"]): cast(str, row["public_id"]) for row in self._stories}
        unknown = [id for id in set(ids) if id not in found]
        if unknown:
            columns = (stories.c.id, stories.c.public_id)
            rows = plain_rows_with(self.connection, columns, stories.c.id, unknown)
            found.update(dict(rows))
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
        for id in self._apart_from(gone):
            self.keep_apart(self.article(id), into)
        left = gone.row["story_id"]
        gone.set(merged_into=into.id, story_id=None)
        gone.op = "merge"
        self._addresses.merge(into.id, gone.row["urls"])
        if left is not None:
            self._end_if_alone(left)

    def unmerge(self, id: int) -> Kept:
        """Give a merged article back to the readers; its copies stay where they are."""
        kept = self._articles[id]
        self._addresses.unmerge(kept.row["merged_into"], kept.row["urls"])
        kept.bring_back()
        return kept

    def are_apart(self, one: Kept, other: Kept) -> bool:
        """Whether a person said that these two are different articles."""
        return other.id in self._apart_from(one)

    def keep_apart(self, one: Kept, other: Kept) -> None:
        """Never let these two become one article."""
        if one is not other:
            self._apart.append((min(one.id, other.id), max(one.id, other.id)))

    def _apart_from(self, kept: Kept) -> set[int]:
        low, high = kept_apart.c.low_id, kept_apart.c.high_id
        query = select(low, high).where((low == kept.id) | (high == kept.id))
        pairs = [*self.connection.execute(query), *(pair for pair in self._apart if kept.id in pair)]
        return {id for pair in pairs for id in pair} - {kept.id}

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
            self._next_id = (asked(self.connection, "SELECT max(id) FROM articles") or 0) + 1
        self._next_id += 1
        return self._next_id - 1

    # --- writing ---

    def write(self) -> None:
        """Write everything, the change rows last: their order is the order of commits."""
        self._addresses.renew(self._articles, self.copies)
        insert_rows(self.connection, stories, self._stories)
        fresh = [kept for kept in self._articles.values() if kept.fresh]
        if fresh:
            insert_rows(self.connection, articles, [kept.row for kept in fresh])
        self._update_articles()
        self._write_copies()
        self._addresses.write_former(self._articles)
        if self._revisions:
            self.connection.execute(insert(revisions), self._revisions)
        if self._metadata:
            self.connection.execute(insert(metadata_history), self._metadata)
        insert_missing(
            self.connection,
            kept_apart,
            [{"low_id": low, "high_id": high, "since": self.moment} for low, high in sorted(self._apart)],
        )
        self.owners.write()
        self._index(fresh)
        self._announce()

    def _write_copies(self) -> None:
        touched = sorted(self._touched_copies)
        known = [self.copies[address] for address in touched if address not in self._absent_copies]
        insert_rows(self.connection, copies, [self.copies[a] for a in touched if a in self._absent_copies])
        upsert(self.connection, copies, known, key=("portal", "key"), keep=("first_seen_at",))

    def _update_articles(self) -> None:
        groups: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
        for kept in self._articles.values():
            if kept.changed and not kept.fresh:
                names = tuple(sorted(kept.changed))
                groups[names].append({"id": kept.id, **{name: kept.row[name] for name in names}})
        for rows in groups.values():
            update_rows(self.connection, articles, rows)

    def _index(self, fresh: Sequence[Kept]) -> None:
        known = [kept for kept in self._articles.values() if not kept.fresh]
        gone = [kept for kept in known if kept.changed & {"merged_into", "deleted_at"} and not kept.served]
        retagged = [kept for kept in known if kept.changed & {"organizations", *PLACE_LEVELS}]
        moved = search_index.COLUMNS | {"merged_into", "deleted_at"}
        stale = [kept for kept in known if kept.served and kept.changed & moved]
        if retagged:
            ids = [kept.id for kept in retagged]
            for table in (article_organizations, article_places):
                self.connection.execute(delete(table).where(table.c.article_id.in_(ids)))
        tagged = [*fresh, *retagged]
        insert_rows(
            self.connection,
            article_organizations,
            [
                {"article_id": kept.id, "organization": organization}
                for kept in tagged
                for organization in dict.fromkeys(kept.row["organizations"])
            ],
        )
        insert_rows(
            self.connection,
            article_places,
            [
                {"article_id": kept.id, "level": level, "name": name}
                for kept in tagged
                for level in PLACE_LEVELS
                for name in dict.fromkeys(kept.row[level])
            ],
        )
        stale += [kept for kept in fresh if kept.served]
        search_index.remove(self.connection, [kept.id for kept in (*gone, *stale) if not kept.fresh])
        search_index.add(self.connection, [search_index.entry(kept.row, kept.search_text) for kept in stale])

    def _announce(self) -> None:
        due = [kept for kept in self._articles.values() if kept.op and (kept.served or kept.op != "update")]
        due.sort(key=lambda kept: kept.id)
        last = last_seq(self.connection)
        rows = [
            {
                "change_seq": last + number,
                "article_id": kept.id,
                "op": kept.op,
                "revision": kept.row["revision"],
                "merged_into": kept.row["merged_into"],
                "changed_at": self.moment,
                "cause": self.cause,
                "reason": kept.row["deletion_reason"] if kept.op == "delete" else None,
                "public_id": kept.row["public_id"],
                "merged_public_id": self._public_id(kept.row["merged_into"]),
            }
            for number, kept in enumerate(due, start=1)
        ]
        if rows:
            insert_rows(self.connection, changes, rows)

    def _public_id(self, id: int | None) -> str | None:
        return None if id is None else str(self._articles[id].row["public_id"])
