"""Score `tag` on the labelled openings of ../shared/data/labelled_dev.jsonl, field by field.

    python benchmarks/accuracy_tags.py [--show FIELD] [--file LABELLED.jsonl]

Lists are scored by micro F1 (exact names), relevance by F1 of true, kind and event date by the share of
rows that are right. ``--show kind`` prints the rows that are wrong in that field. Exit code 1 below a floor.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.shared_data import MISSING, SHARED
from crawler.tagging import tag_row

LABELLED = Path("data", "labelled_dev.jsonl")
"""Where the openings are in the shared data."""

FLOORS = {
    "relevant": 0.97, "organizations": 0.95, "provinces_2024": 0.95, "districts_2024": 0.92,
    "provinces_2025": 0.95, "kind": 0.85, "event_date": 0.93,
}  # fmt: skip
"""What issue 3 (Step 2) asks for."""
LABEL_OF = {
    "provinces_2024": "province_2024",
    "districts_2024": "district_2024",
    "provinces_2025": "province_2025",
}


def f1(pairs: Iterable[tuple[set[str], set[str]]]) -> float:
    """Return the micro F1 of (expected, found) sets."""
    right = wrong = missed = 0
    for expected, found in pairs:
        right += len(expected & found)
        wrong += len(found - expected)
        missed += len(expected - found)
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else 1.0


def as_set(value: object) -> set[str]:
    if isinstance(value, list):
        return {str(item) for item in value}
    return {"true"} if value is True else set()


def score(field: str, rows: Sequence[Mapping[str, object]], answers: Sequence[Mapping[str, object]]) -> float:
    label = LABEL_OF.get(field, field)
    if field == "event_date":  # null is right where the year cannot be known from the text
        right = (
            answer[field] == row[field] or (answer[field] is None and row["event_year_inferred"])
            for row, answer in zip(rows, answers, strict=True)
        )
        return sum(map(bool, right)) / len(rows)
    if field == "kind":
        return sum(row[label] == answer[field] for row, answer in zip(rows, answers, strict=True)) / len(rows)
    return f1((as_set(row[label]), as_set(answer[field])) for row, answer in zip(rows, answers, strict=True))


def shares(file: Path) -> tuple[dict[str, float], int]:
    """Return the share of every field and the number of rows; nothing where the file is not here."""
    if not file.is_file():
        return {}, 0
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    answers = [tag_row(str(row["title"]), str(row["text"]), str(row["url"]), None) for row in rows]
    return {field: score(field, rows, answers) for field in FLOORS}, len(rows)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--show", choices=sorted(FLOORS))
    options.add_argument("--file", type=Path, default=SHARED and SHARED / LABELLED)
    given = options.parse_args()
    if given.file is None or not given.file.is_file():
        print(f"accuracy_tags: skipped: {given.file or MISSING}", file=sys.stderr)
        return 0
    rows = [json.loads(line) for line in given.file.read_text(encoding="utf-8").splitlines()]

    def answer(row: Mapping[str, object]) -> dict[str, object]:
        return tag_row(str(row["title"]), str(row["text"]), str(row["url"]), None)

    answer(rows[0])  # the tables are read once
    start = time.process_time()
    answers = [answer(row) for row in rows]
    each = (time.process_time() - start) / len(rows)
    if given.show:
        label = LABEL_OF.get(given.show, given.show)
        for number, (row, found) in enumerate(zip(rows, answers, strict=True)):
            right = row[label] == found[given.show]
            if not right and as_set(row[label]) == as_set(found[given.show]) and isinstance(row[label], list):
                continue
            if not right:
                print(
                    f"{number}: expected {row[label]}, found {found[given.show]}",
                    *(row[part] for part in ("title", "text", "url", "note")),
                    sep="\n   ",
                )
    failed = False
    for field, floor in FLOORS.items():
        value = score(field, rows, answers)
        failed |= value < floor
        print(f"{field:16} {value:6.3f}   floor {floor:.2f}{'   BELOW' if value < floor else ''}")
    print(f"{len(rows)} rows, {each * 1000:.2f} ms each")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
