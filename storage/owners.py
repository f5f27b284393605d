"""Which article had a text, or some words in a row of it, before all others: how copies are found.

No foreign key: each of thirteen rows an article would be looked up among the articles, and none of these is
ever deleted (a merged one stays as a row that names its successor), so that an owner is always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, Table

from storage import sketch
from storage.bulk import insert_columns, insert_missing_columns, plain_rows_with
from storage.tables import text_owners, window_owners

Key = TypeVar("Key", bytes, int)


class Owners:
    """The owners that a batch has asked for, and those that it adds. Articles go by their internal id."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._texts: dict[bytes, int] = {}
        self._windows: dict[int, int] = {}
        self._new_texts: dict[bytes, int] = {}
        self._new_windows: dict[int, int] = {}
        self._asked: set[bytes | int] = set()
        """Keys that were looked for: what of them was not found is not there."""
        self._stored: set[bytes | int] = set()

    def load_texts(self, keys: Sequence[bytes]) -> None:
        """Load who owns texts (storage.words.Words.text_keys)."""
        columns = (text_owners.c.text_key, text_owners.c.article_id)
        for key, owner in plain_rows_with(self.connection, columns, text_owners.c.text_key, keys):
            self._texts[bytes(key)] = owner
        self._asked.update(keys)
        self._stored.update(self._texts)

    def load_windows(self, windows: Sequence[int]) -> None:
        """Load who owns windows (storage.sketch.windows)."""
        columns = (window_owners.c.window_key, window_owners.c.article_id)
        rows = plain_rows_with(self.connection, columns, window_owners.c.window_key, windows)
        found = dict(rows)
        self._windows.update(found)
        self._asked.update(windows)
        self._stored.update(found)

    @property
    def loaded(self) -> Iterable[int]:
        """The owners of the texts that were loaded."""
        return self._texts.values()

    def of_text(self, keys: Iterable[bytes]) -> int | None:
        """The article that had the text first."""
        return min(filter(None, map(self._texts.get, keys)), default=None)

    def of_windows(self, windows: Iterable[int]) -> Iterator[int]:
        """The article that owns a window, for each that is owned."""
        return filter(None, map(self._windows.get, windows))

    def own(self, article_id: int, text_keys: Iterable[bytes], windows: Iterable[int]) -> None:
        """Let an article own the text, and the first sketch.OWNED windows, that nobody owned before."""
        for key in text_keys:
            if self._texts.setdefault(key, article_id) == article_id:
                self._new_texts[key] = article_id
        owner = self._windows.get
        free = (window for window in windows if owner(window, article_id) == article_id)
        owned = dict.fromkeys(islice(free, sketch.OWNED), article_id)
        self._windows.update(owned)
        self._new_windows.update(owned)

    def write(self) -> None:
        """Write what was added, in the order of the keys."""
        self._write(text_owners, "text_key", self._new_texts)
        self._write(window_owners, "window_key", self._new_windows)

    def _write(self, table: Table, name: str, owners: Mapping[Key, int]) -> None:
        missing = sorted(owners.keys() - self._stored)
        columns: dict[str, Sequence[object]] = {name: missing, "article_id": [owners[key] for key in missing]}
        insert = insert_columns if self._asked.issuperset(missing) else insert_missing_columns
        insert(self.connection, table, columns)
