"""The addresses that a walk has met: a backfill meets a hundred thousand, and remembers them to its end."""

from __future__ import annotations

from collections.abc import Collection

FIRST = 200
"""Keys that are kept as they are, of those that were listed first: the newest on most portals."""


class MetKeys:
    """Keys of articles, each known by its hash: 100 bytes, where the keys themselves took 300 (M).

    By hashes of 64 bits one address of a million is taken for another once in 40 million walks.
    """

    def __init__(self) -> None:
        self._hashes: set[int] = set()
        self._unlisted: set[str] = set()
        self.first: list[str] = []
        """Up to FIRST keys that listings showed."""

    def __contains__(self, key: str) -> bool:
        return hash(key) in self._hashes

    def add(self, key: str) -> None:
        """Note an article that is asked for, perhaps before any listing shows it."""
        if key not in self:
            self._hashes.add(hash(key))
            self._unlisted.add(key)

    def listed(self, keys: Collection[str]) -> tuple[int, set[str]]:
        """Note a listing page's keys: how many no listing showed before, and the keys never met before."""
        new = {key for key in keys if key not in self}
        late = self._unlisted.intersection(keys)
        self._unlisted -= late
        self._hashes.update(map(hash, new))
        self.first += [key for key in keys if key in new or key in late][: FIRST - len(self.first)]
        return len(new) + len(late), new
