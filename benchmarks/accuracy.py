"""`make accuracy`: Frontnews and its peers on the same pages, field by field.

    python -m benchmarks.accuracy [--no-peers] [--wrong FIELD] [--group GROUP] [--quick]

Reads the project's own pages (tests/pages), the two recorded sites and the labelled openings of ../shared
where they are here; prints the tables and writes them to docs/accuracy.md. The exit status is 1 where a
floor of :data:`FLOORS` is missed or a peer is better in a field that it has.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import accuracy_tags, peers
from benchmarks.accuracy_pages import Case, known_platform, own_pages, site_pages
from benchmarks.accuracy_scoring import FIELDS, Answer, score
from benchmarks.shared_data import SHARED
from crawler.reading.page import Reading
from crawler.reading.reader import read

PAGE = Path(__file__).resolve().parents[1] / "docs" / "accuracy.md"
FLOORS = {
    "title": 0.995, "day": 0.995, "minute": 0.99, "byline": 0.97, "no byline": 0.99, "captions": 0.97,
    "lead": 0.98, "paragraphs": 0.99, "kind": 0.98,
}  # fmt: skip
"""What the second step of the project asks of the reader that is told the platform."""
OURS, GENERIC = "frontnews", "frontnews, unknown markup"
COMPARED = tuple(name for name in FLOORS if name != "no byline")
"""Fields in which no peer may be better. A system that never gives a byline is always right where there is
none."""


@dataclass(slots=True)
class Tally:
    """Sums over pages; ``seconds`` of CPU."""

    right: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    of: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: float = 0.0
    pages: int = 0

    def add(self, marks: dict[str, tuple[float, int]], seconds: float) -> None:
        for name, (right, of) in marks.items():
            self.right[name] += right
            self.of[name] += of
        self.seconds += seconds
        self.pages += 1

    def share(self, name: str) -> float | None:
        return self.right[name] / self.of[name] if self.of.get(name) else None


def answer_of(reading: Reading) -> Answer:
    """Frontnews's reading as an answer."""
    article = reading.article
    if article is None:
        return Answer(kind=reading.kind, captions=())
    return Answer(
        kind=reading.kind,
        title=article.title,
        published_at=article.published_at.isoformat() if article.published_at else None,
        precision=article.published_precision,
        byline=article.byline,
        lead=article.lead,
        paragraphs=article.paragraphs,
        captions=article.captions,
    )


def peer_answer(row: dict[str, Any]) -> Answer:
    """A peer's row as an answer."""
    return Answer(
        title=row.get("title"),
        published_at=row.get("published_at"),
        byline=row.get("byline"),
        lead=row.get("lead"),
        paragraphs=tuple(row.get("paragraphs") or ()),
        is_peer=True,
    )


Tallies = dict[tuple[str, str], Tally]
"""By (system, group)."""


def read_all(found: Sequence[Case], wrong: str | None) -> Tallies:
    """Our two ways of reading every page; ``wrong`` prints the pages on which that field is not right."""
    tallies: Tallies = defaultdict(Tally)
    for case in found:
        for system, platform in ((OURS, known_platform(case)), (GENERIC, None)):
            started = time.process_time()
            answer = answer_of(read(case.page, platform))
            spent = time.process_time() - started
            marks = score(case.truth, answer)
            tallies[system, case.group].add(marks, spent)
            if wrong in marks and marks[wrong][0] < marks[wrong][1]:
                tell(case, system, wrong, answer)
    return tallies


def tell(case: Case, system: str, name: str, answer: Answer) -> None:
    """Prints what was expected of a page and what came."""
    truth = case.truth
    print(f"- {case.name} [{case.group}] by {system}")
    if name in ("paragraphs", "words", "clean", "captions"):
        wanted, given = set(truth.paragraphs or ()), set(answer.paragraphs)
        for sign, lines in (("missing", wanted - given), ("too many", given - wanted)):
            for line in lines:
                print(f"    {sign}: {line[:160]}")
        print(f"    captions {list(truth.captions)} != {list(answer.captions or ())}")
        return
    values = {
        "title": (sorted(truth.titles), answer.title),
        "day": (truth.published_at and truth.published_at.isoformat(), answer.published_at),
        "lead": (truth.lead, answer.lead),
        "kind": (truth.kind, answer.kind),
    }
    values["minute"] = values["day"]
    expected, came = values.get(name, (sorted(truth.bylines), answer.byline))
    print(f"    expected {expected!r}\n    came     {came!r}")


def ask_peers(found: Sequence[Case]) -> tuple[Tallies, dict[str, str]]:
    """The peers' tallies, and why some are missing."""
    answers, missing = peers.ask((case.page.url, case.html) for case in found)
    tallies: Tallies = defaultdict(Tally)
    for case in found:
        key = peers.key_of(case.page.url, case.html)
        for system in peers.NAMES:
            row = answers.get((key, system))
            if row is not None:
                marks = score(case.truth, peer_answer(row))
                tallies[system, case.group].add(_told(system, marks), row["milliseconds"] / 1000)
    return tallies, missing


def _told(system: str, marks: dict[str, tuple[float, int]]) -> dict[str, tuple[float, int]]:
    """The marks of the fields that a peer has at all."""
    lacks = {
        "htmldate": set(FIELDS) - {"day", "minute"},
        "readability-lxml": {"day", "minute", "byline", "no byline", "lead"},
        "resiliparse": {"day", "minute", "byline", "no byline", "lead"},
    }.get(system, set())
    return {name: mark for name, mark in marks.items() if name not in lacks}


def total(tallies: Tallies, system: str, group: str | None = None) -> Tally:
    """A system's sums over all groups, or of one."""
    whole = Tally()
    for (name, where), tally in tallies.items():
        if name == system and group in (None, where):
            for key, of in tally.of.items():
                whole.right[key] += tally.right[key]
                whole.of[key] += of
            whole.seconds += tally.seconds
            whole.pages += tally.pages
    return whole


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as a Markdown table, the first one the head; the columns stand under each other."""
    lines = [list(row) for row in rows]
    wide = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
    lines.insert(1, ["-" * (wide[0]), *("-" * (w - 1) + ":" for w in wide[1:])])
    return "\n".join(
        "| "
        + " | ".join(c.rjust(w) if n else c.ljust(w) for n, (c, w) in enumerate(zip(line, wide, strict=True)))
        + " |"
        for line in lines
    )


def shown(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"


def by_system(tallies: Tallies, missing: dict[str, str]) -> str:
    """The first table: systems by fields."""
    rows = [["system", *FIELDS, "ms a page"]]
    for system in (OURS, GENERIC, *peers.NAMES):
        tally = total(tallies, system)
        if system in missing:
            rows.append([f"{system}: {missing[system]}", *("–" for _ in FIELDS), "–"])
        elif tally.pages:
            speed = f"{tally.seconds / tally.pages * 1000:.1f}"
            rows.append([system, *(shown(tally.share(name)) for name in FIELDS), speed])
    return table(rows)


def by_group(tallies: Tallies, system: str) -> str:
    """A table of one system: platforms by fields."""
    rows = [[f"{system} on", "pages", *FIELDS]]
    for group in sorted({where for name, where in tallies if name == system}):
        tally = total(tallies, system, group)
        rows.append([group, str(tally.pages), *(shown(tally.share(name)) for name in FIELDS)])
    return table(rows)


def faults_of(tallies: Tallies) -> list[str]:
    """Floors that are missed, and fields in which a peer is better."""
    ours = total(tallies, OURS)
    found = []
    for name, floor in FLOORS.items():
        share = ours.share(name)
        if share is not None and share < floor:
            found.append(f"{name} {share:.4f} is below {floor}")
    for system in peers.NAMES:
        theirs = total(tallies, system)
        for name in COMPARED:
            mine, other = ours.share(name), theirs.share(name)
            if mine is not None and other is not None and other > mine:
                found.append(f"{system} has {name} {other:.3f}, we have {mine:.3f}")
    return found


def tags() -> tuple[str, list[str], int]:
    """The labelled openings: their table, missed floors, how many; nothing where they are not here."""
    if SHARED is None:
        return "", [], 0
    shares, rows = accuracy_tags.shares(SHARED / accuracy_tags.LABELLED)
    lines = [["tag", "share", "floor"]]
    lines += [[name, f"{share:.3f}", f"{accuracy_tags.FLOORS[name]:.2f}"] for name, share in shares.items()]
    low = [
        f"tag {n} {s:.3f} is below {accuracy_tags.FLOORS[n]}"
        for n, s in shares.items()
        if s < accuracy_tags.FLOORS[n]
    ]
    return (table(lines) if rows else "", low, rows)


def main() -> int:
    """Prints and writes the tables."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--no-peers", action="store_true", help="Frontnews alone; docs/accuracy.md is left")
    cli.add_argument("--quick", action="store_true", help="tests/pages alone; docs/accuracy.md is left")
    cli.add_argument("--wrong", choices=FIELDS, help="print the pages on which a field is not right")
    cli.add_argument("--group", help="only the pages of one platform")
    given = cli.parse_args()
    own = list(own_pages())
    recorded = [] if given.quick else list(site_pages())
    found = [case for case in [*own, *recorded] if given.group in (None, case.group)]
    tallies = read_all(found, given.wrong)
    missing: dict[str, str] = {}
    if not given.no_peers:
        theirs, missing = ask_peers(found)
        tallies |= theirs
    tag_table, low_tags, openings = tags()
    parts = [
        f"{len(own)} pages of the project and {len(recorded)} articles of two recorded sites.",
        by_system(tallies, missing),
        "The same, platform by platform.",
        by_group(tallies, OURS),
        by_group(tallies, GENERIC),
    ]
    if not given.no_peers and "trafilatura" not in missing:
        parts.append(by_group(tallies, "trafilatura"))
    if tag_table:
        parts += [f"Tags of {openings} labelled openings.", tag_table]
    print("\n\n".join(parts))
    if not recorded and not given.quick:
        print("\nskipped: the recorded sites of ../shared are not here (FRONTNEWS_SHARED)")
    if not openings:
        print("\nskipped: the labelled openings of ../shared are not here (FRONTNEWS_SHARED)")
    faults = [*faults_of(tallies), *low_tags]
    for fault in faults:
        print(f"fault: {fault}")
    if not (given.no_peers or given.quick or given.group):
        write(parts)
    systems = len({name for name, _ in tallies})
    print(
        f"accuracy: {len(found)} pages, {openings} openings, {systems} systems, {len(FLOORS)} floors; "
        f"{len(faults)} faults"
    )
    return 1 if faults else 0


def write(parts: Sequence[str]) -> None:
    """Writes docs/accuracy.md."""
    fields = "\n".join(f"- **{name}**: {meaning}" for name, meaning in FIELDS.items())
    head = (
        f"# How well pages are read\n\nWritten by `make accuracy` on {date.today().isoformat()}.\n\n"  # noqa: DTZ011
        f"{fields}\n\n"
        f"*{GENERIC}* is the same reader told nothing of the platform. Peers are as in "
        "`benchmarks/peers.lock`;\nwhat they do not offer is –, a title or lead in their text costs them "
        "nothing, and their authors may come in any order."
    )
    PAGE.write_text("\n\n".join([head, *parts]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
