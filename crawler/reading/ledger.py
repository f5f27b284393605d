"""The book of candidates: who proposed what for a field, who won and why (``read --explain``)."""

from __future__ import annotations

from crawler.reading.page import Candidate


class Ledger:
    """Provenance of the chosen values, and all candidates where an explanation was asked for."""

    __slots__ = ("_candidates", "_chosen", "explain", "provenance")

    def __init__(self, explain: bool) -> None:
        self.explain = explain
        self.provenance: dict[str, str] = {}
        self._candidates: list[tuple[str, str, str, str | None]] = []
        self._chosen: dict[str, tuple[str, str | None]] = {}

    def propose(self, field: str, value: object, source: str, reason: str | None = None) -> None:
        """Notes a candidate; ``reason`` says why it cannot win."""
        if self.explain:
            self._candidates.append((field, str(value), source, reason))

    def choose(self, field: str, source: str, reason: str | None = None) -> None:
        """Notes which source won a field."""
        self.provenance[field] = source
        self._chosen[field] = (source, reason)

    def candidates(self) -> tuple[Candidate, ...]:
        """All candidates in the order of their proposal, the winners marked."""
        told: list[Candidate] = []
        open_fields = dict(self._chosen)
        for field, value, source, reason in self._candidates:
            winner = open_fields.get(field)
            chosen = winner is not None and winner[0] == source and reason is None
            if chosen and winner is not None:
                del open_fields[field]
                reason = winner[1]
            told.append(Candidate(field, value, source, chosen, reason))
        return tuple(told)
