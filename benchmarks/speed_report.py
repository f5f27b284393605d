"""The section "Crawling" of docs/performance.md: its table between two marks, and the picture beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE, PICTURE = DOCS / "performance.md", DOCS / "speed.svg"
_PLACE = re.compile(r"(<!-- crawling: measured -->\n).*?(<!-- end -->)", re.DOTALL)
WIDTH, LEFT, ROW, TOP = 760, 230, 30, 44


@dataclass(frozen=True, slots=True)
class Line:
    """What one more page took: ``rate`` pages a second, ``cpu`` seconds for a thousand, ``memory`` MB."""

    name: str
    pages: int
    rate: float
    cpu: float
    memory: float


def told_rate(line: Line) -> str:
    """Pages a second, a dash where others took the machine: the run over sixty pages was the longer one."""
    return f"{line.rate:,.0f}" if line.rate > 0 else "–"


def write_report(lines: Sequence[Line], ratios: Sequence[tuple[str, float, float, bool]]) -> None:
    """Put ratios (what, value, bound, whether at least), table and picture into the documentation."""
    claims = [
        f"| {what} | {value:.2f} | {'≥' if least else '≤'} {bound:g} |"
        for what, value, bound, least in ratios
    ]
    rows = [
        f"| {line.name} | {line.pages:,} | {told_rate(line)} | {line.cpu:.2f} | {line.memory:.0f} |"
        for line in lines
    ]
    text = "\n".join(
        [
            "| ratio, within one run | measured | bound |", "| --- | ---: | ---: |", *claims, "",
            "| | pages | pages/s | CPU-s per 1,000 | peak MB |", "| --- | ---: | ---: | ---: | ---: |", *rows,
        ]
    )  # fmt: skip
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_PLACE.sub(lambda place: f"{place[1]}{text}\n{place[2]}", page), encoding="utf-8")
    PICTURE.write_text(draw(lines), encoding="utf-8")


def draw(lines: Sequence[Line]) -> str:
    """A bar a system: CPU seconds for a thousand pages, ours in another colour."""
    most = max(line.cpu for line in lines)
    parts = [_text(12, 24, "CPU seconds for 1,000 pages of 40 kB: less is better", bold=True)]
    for n, line in enumerate(sorted(lines, key=lambda line: line.cpu)):
        y = TOP + n * ROW
        length = max(2.0, (WIDTH - LEFT - 80) * line.cpu / most)
        colour = "#0b6e75" if line.name.startswith("Frontnews") else "#b9b9b9"
        parts += [
            _text(LEFT - 10, y + 16, line.name, anchor="end"),
            f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="22" fill="{colour}"/>',
            _text(LEFT + length + 8, y + 16, f"{line.cpu:.2f}"),
        ]
    height = TOP + len(lines) * ROW + 12
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="sans-serif" font-size="13" fill="#222">'
        "<title>CPU seconds for a thousand pages, by system</title>"
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>' + "\n".join(parts) + "</svg>\n"
    )


def _text(x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'
