"""Everything that one batch touches: loaded at once, changed in memory, written at once.

The batch holds the lock of all writers (see :func:`lock_writers`), so that what it has loaded stays
true until it commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, delete, func, insert, select, text

from storage import search_index, sketch
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
from storage.lease import STALLED_SECONDS
from storage.owners import Owners
from storage.tables import (
    article_organizations,
    article_places,
    articles,
    changes,
    copies,
    former_addresses,
    kept_apart,
    metadata_history,
    revisions,
    stories,
)

_WRITERS = 7_240_001
"""Advisory lock of PostgreSQL. Any number that no other part uses (storage.migrate has 7_240_002)."""


def lock_writers(connection: Connection, *, by_key: bool = False) -> None:
    """Let one batch at a time be saved, until the end of the transaction.

    On SQLite BEGIN IMMEDIATE has done so already. The same on PostgreSQL makes copies, stories and
    change numbers right by construction, in one code path; hashing, the slow half, is done before.
    The price is that batches queue up: some 50 ms for 50 articles, where polite crawling brings 20 to
    100 articles a second (reference/engine.md section 4).

    ``by_key``: all that the transaction asks is by key, so PostgreSQL plans each question once, by its
    indexes. To plan it for each batch anew, and to read tables of 20,000 rows whole since random access is
    thought dear, took 0.8 of the 3.0 million instructions that its server spent on an article.
    """
    if connection.dialect.name == "postgresql":
        parameters = {"limit": f"{STALLED_SECONDS}s", "lock": _WRITERS}
        connection.execute(_LOCK_BY_KEY if by_key else _LOCK, parameters)


_SETTINGS = "SELECT set_config('idle_in_transaction_session_timeout', :limit, true), "
_BY_KEY = (
    "set_config('plan_cache_mode', 'force_generic_plan', true), "
    "set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), "
)
_LOCK = text(f"{_SETTINGS} pg_advisory_xact_lock(:lock)")
_LOCK_BY_KEY = text(f"{_SETTINGS} {_BY_KEY} pg_advisory_xact_lock(:lock)")


FORMER = 10
"""Former addresses of an article that are kept: some portals change them with each visit."""


class Batch:
    """The unit of work of storage.saving, and of what people do by hand. ``cause`` goes into the feed."""

    def __init__(self, connection: Connection, moment: datetime, cause: Cause = "fetch") -> None:
        self.connection = connection
        self.moment = moment
        self.cause = cause
        self.owners = Owners(connection)
        self.copies: dict[Address, dict[str, Any]] = {}
        self._articles: dict[int, Kept] = {}
        self._touched_copies: set[Address] = set()
        self._absent_copies: set[Address] = set()
        """Addresses that were looked for and are not there."""
        self._regrouped: set[int] = set()
        self._addresses_lost: dict[int, set[str]] = defaultdict(set)
        """Addresses that stand for another article now."""
        self._renamed: dict[int, list[str]] = defaultdict(list)
        """Addresses that copies had until now."""
        self._addresses_won: dict[int, list[str]] = defaultdict(list)
        """Those of articles that were merged into this one."""
        self._former: dict[int, list[str]] = {}
        """Of articles whose former addresses may be others now: those of today."""
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
        if before is None or before["article_id"] != kept.id or before["url"] != row["url"]:
            self._regrouped.add(kept.id)
            if before is not None:
                self._regrouped.add(before["article_id"])
                if before["article_id"] == kept.id:
                    self._renamed[kept.id].append(before["url"])
                else:
                    self._addresses_lost[before["article_id"]].add(before["url"])
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
        self._regrouped.add(into.id)
        self._addresses_won[into.id] += gone.row["urls"]
        if left is not None:
            self._end_if_alone(left)

    def unmerge(self, id: int) -> Kept:
        """Give a merged article back to the readers; its copies stay where they are."""
        kept = self._articles[id]
        self._addresses_lost[kept.row["merged_into"]].update(kept.row["urls"])
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
        self._list_copies_of_regrouped()
        insert_rows(self.connection, stories, self._stories)
        fresh = [kept for kept in self._articles.values() if kept.fresh]
        if fresh:
            insert_rows(self.connection, articles, [kept.row for kept in fresh])
        self._update_articles()
        self._write_copies()
        self._write_former_addresses()
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

    def _list_copies_of_regrouped(self) -> None:
        """Renew ``urls`` and ``portals`` of the articles that won or lost a copy.

        An address at which a copy stood before it was renamed stays, behind those of today: who has kept it
        finds the article by it, and the portal sends its own readers on from there.
        """
        self._former |= {id: [] for id, kept in self._articles.items() if "merged_into" in kept.changed}
        ids = [id for id in self._regrouped if self._articles[id].row["merged_into"] is None]
        present: dict[Address, Mapping[str, Any]] = {}
        stored = [id for id in ids if not self._articles[id].fresh]
        if stored:
            for row in rows_with(self.connection, tuple(copies.c), copies.c.article_id, stored):
                present[row.portal, row.key] = dict(row._mapping)
        present.update(self.copies)  # moved ones too
        seen: dict[int, dict[Address, Mapping[str, Any]]] = defaultdict(dict)
        for address, copy in present.items():
            seen[copy["article_id"]][address] = copy
        for id in ids:
            kept = self._articles[id]
            had_others = id in self._renamed or id in self._addresses_won
            if kept.fresh and len(seen[id]) == 1 and not had_others:  # as most are
                ((portal, _), copy), *_ = seen[id].items()
                kept.set(urls=[copy["url"]], portals=[portal])
                continue
            ordered = sorted(
                seen[id].items(),
                key=lambda entry: (entry[0] != kept.address, entry[1]["first_seen_at"], entry[1]["url"]),
            )
            today = dict.fromkeys(copy["url"] for _, copy in ordered)
            before = [*kept.row["urls"], *self._addresses_won[id]]
            before = [url for url in before if url not in self._renamed[id]] + self._renamed[id]
            former = [url for url in before if url not in today and url not in self._addresses_lost[id]]
            self._former[id] = list(dict.fromkeys(former[-FORMER:]))
            urls = [*today, *self._former[id]]
            portals = list(dict.fromkeys(portal for (portal, _), _ in ordered))
            if kept.set(urls=urls, portals=portals):
                kept.announce()

    def _write_former_addresses(self) -> None:
        known = [id for id in self._former if not self._articles[id].fresh]
        if known:
            gone = former_addresses.c.article_id.in_(known)
            self.connection.execute(delete(former_addresses).where(gone))
        rows = [{"url": url, "article_id": id} for id, urls in self._former.items() for url in urls]
        if rows:
            insert_rows(self.connection, former_addresses, rows)

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
