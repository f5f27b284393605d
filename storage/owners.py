"""Which article had a text, or some words in a row of it, before all others: how copies are found.

No foreign key: each of thirteen rows an article would be looked up among the articles, and none of these is
ever deleted (a merged one stays as a row that names its successor), so that an owner is always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from storage import sketch
from storage.bulk import insert_missing, insert_missing_columns, plain_rows_with
from storage.tables import text_owners, window_owners


class Owners:
    """The owners that a batch has asked for, and those that it adds. Articles go by their internal id."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._texts: dict[bytes, int] = {}
        self._windows: dict[int, int] = {}
        self._new_texts: dict[bytes, int] = {}
        self._new_windows: dict[int, int] = {}

    def load_texts(self, keys: Sequence[bytes]) -> None:
        """Load who owns texts (storage.words.Words.text_keys)."""
        columns = (text_owners.c.text_key, text_owners.c.article_id)
        for key, owner in plain_rows_with(self.connection, columns, text_owners.c.text_key, keys):
            self._texts[bytes(key)] = owner

    def load_windows(self, windows: Sequence[int]) -> None:
        """Load who owns windows (storage.sketch.windows)."""
        columns = (window_owners.c.window_key, window_owners.c.article_id)
        rows = plain_rows_with(self.connection, columns, window_owners.c.window_key, windows)
        self._windows.update(dict(rows))

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
        free = [window for window in windows if self._windows.get(window, article_id) == article_id]
        for window in free[: sketch.OWNED]:
            self._windows[window] = self._new_windows[window] = article_id

    def write(self) -> None:
        """Write what was added, in the order of the keys."""
        texts, windows = sorted(self._new_texts.items()), sorted(self._new_windows.items())
        insert_missing(
            self.connection, text_owners, [{"text_key": key, "article_id": owner} for key, owner in texts]
        )
        columns = {
            "window_key": [key for key, _ in windows],
            "article_id": [owner for _, owner in windows],
        }
        insert_missing_columns(self.connection, window_owners, columns)
