"""Exported records against the truth of the demo portals, in plain counts.

For the integration test and the demo's own check: nothing is rounded and nothing is forgiven but the
order of query parameters, which a canonical address may change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tests.portals.truth import Truth

Record = Mapping[str, object]
TEXTS = (
    "title",
    "lead",
    "paragraphs",
    "captions",
    "byline",
    "authors",
    "source_credit",
    "section",
    "event_date",
)
ONE_PER_COPY = frozenset({"captions", "byline", "authors", "source_credit", "section"})
"""Fields in which identical copies differ: right if right for any of the article's copies."""


@dataclass(slots=True)
class Score:
    """What an export came to. ``wrong`` says each fault in a line, ``fields`` counts the right values."""

    wanted: int
    """Addresses that the scope keeps."""
    found: int = 0
    spurious: int = 0
    """Stored addresses that are no article of the demo, or one that the scope leaves."""
    split: int = 0
    """Texts that were stored as more than one record."""
    joined: int = 0
    """Records that hold more than one text."""
    records: int = 0
    story_pairs: int = 0
    story_pairs_found: int = 0
    story_pairs_invented: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """One line of counts."""
        right = ", ".join(f"{name} {count}" for name, count in self.fields.items())
        return (
            f"{self.found} of {self.wanted} addresses, {self.spurious} spurious, {self.records} records"
            f" ({self.split} split, {self.joined} joined), near-copies {self.story_pairs_found} of"
            f" {self.story_pairs} found, {self.story_pairs_invented} invented; of {self.records}: {right}"
        )


def score(
    records: Iterable[Record], truth: Sequence[Truth], scope: Literal["front", "all"] = "front"
) -> Score:
    """Compare an export (CONTRACT records with their ``urls`` and ``story_id``) with the truth."""
    wanted = {same_address(row.url): row for row in truth if row.kept or scope == "all"}
    result = Score(wanted=len(wanted))
    stories: dict[str, set[str]] = defaultdict(set)
    held: Counter[str] = Counter()
    for record in records:
        result.records += 1
        urls = {same_address(url) for url in _texts(record["urls"])}
        rows = [wanted[url] for url in sorted(urls & set(wanted))]
        result.found += len(rows)
        for url in sorted(urls - set(wanted)):
            result.spurious += 1
            result.wrong.append(f"spurious: {url}")
        texts = {row.text_id for row in rows}
        held.update(texts)
        if len(texts) > 1:
            result.joined += 1
            result.wrong.append(f"joined: {sorted(texts)}")
        if rows:
            story = record["story_id"]  # null: told in one wording only, so far
            stories[f"of {own_url(record)}" if story is None else str(story)] |= texts
            _score_fields(record, rows, result)
    for text, times in held.items():
        if times > 1:
            result.split += 1
            result.wrong.append(f"split into {times}: {text}")
    missing = set(wanted) - {same_address(row.url) for row in truth if held[row.text_id]}
    result.wrong += (f"missing: {url}" for url in sorted(missing))
    _score_stories(stories, wanted.values(), result)
    return result


def own_url(record: Record) -> str:
    """The canonical address of a record."""
    return same_address(str(record["url"]))


def same_address(url: str) -> str:
    """An address with its parameters in order and without a fragment."""
    parts = urlsplit(url)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, (list, tuple)) else ()


def _score_fields(record: Record, rows: Sequence[Truth], result: Score) -> None:
    own = next((row for row in rows if same_address(row.url) == own_url(record)), rows[0])
    for name in TEXTS:
        got = record[name]
        got = tuple(got) if isinstance(got, list) else got
        of = rows if name in ONE_PER_COPY else [own]
        values = [str(row.event_date) if name == "event_date" else getattr(row, name) for row in of]
        _count(name, got in values, f"{own.url} {name}: {got!r} is not {values[0]!r}", result)
    published = record["published_at"]
    at = datetime.fromisoformat(published) if isinstance(published, str) else None
    dates = {row.published_at.date() for row in rows}
    line = f"{own.url} published_at: {published!r} is not {own.published_at}"
    _count("day", at is not None and at.astimezone(own.published_at.tzinfo).date() in dates, line, result)
    _count(
        "relevant", record["relevant"] is own.on_topic, f"{own.url} relevant: {record['relevant']}", result
    )
    organizations = set(own.organizations) <= set(_texts(record["organizations"]))
    _count("organizations", organizations, f"{own.url} organizations: {record['organizations']}", result)


def _count(name: str, right: bool, line: str, result: Score) -> None:
    result.fields[name] += right
    if not right:
        result.wrong.append(line)


def _score_stories(stories: Mapping[str, set[str]], rows: Iterable[Truth], result: Score) -> None:
    """Pairs of different texts in one story: those that should be, those that are."""
    groups: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.story:
            groups[row.story].add(row.text_id)
    should = {pair for texts in groups.values() for pair in combinations(sorted(texts), 2)}
    are = {pair for texts in stories.values() for pair in combinations(sorted(texts), 2)}
    result.story_pairs = len(should)
    result.story_pairs_found = len(should & are)
    result.story_pairs_invented = len(are - should)
    result.wrong += (f"story not found: {pair}" for pair in sorted(should - are))
    result.wrong += (f"story invented: {pair}" for pair in sorted(are - should))
