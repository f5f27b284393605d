"""Charts as SVG, drawn on the server: no script, no style of their own (dashboard.css has the colours).

Each has a title for whoever cannot see it, and never tells anything by colour alone: height, position or a
sign says the same. Numbers are in the table that the page puts behind the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from dashboard.lights import Level, PastRun
from vietnam.stamps import VIETNAM

SIGNS: dict[Level, str] = {
    "ok": "●", "unknown": "○", "paused": "❙❙", "pending": "◐", "degraded": "▲", "down": "■",
}  # fmt: skip
"""The shape of each level beside its colour."""

_SHAPES = {  # verdict -> (class, top, height) in a strip 16 high: good stands, quiet is low, bad hangs down
    "new": ("good", 2, 14),
    "nothing_new": ("quiet", 11, 5),
    "running": ("now", 6, 6),
    "cancelled": ("quiet", 8, 3),
    "partial": ("warn", 0, 9),
    "suspicious_empty": ("bad", 0, 12),
    "layout_drift": ("bad", 0, 12),
    "blocked": ("bad", 0, 12),
    "failed": ("bad", 0, 14),
    "lost": ("bad", 0, 14),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the map: where it stands, what it says, how it looks and where it leads."""

    column: int
    row: int
    label: str
    value: str
    css: str
    title: str
    href: str


def strip(runs: Sequence[PastRun], title: str, length: int) -> Markup:
    """The last ``length`` runs of a portal, the newest on the right, one bar each; a verdict is one path."""
    paths: dict[str, list[str]] = {}
    for position, run in enumerate(runs[:length]):
        css, top, height = _SHAPES.get(run.verdict, ("quiet", 6, 4))
        left = (length - 1 - position) * 5
        paths.setdefault(css, []).append(f"M{left} {top}h4v{height}h-4z")
    drawn = "".join(f'<path class="{css}" d="{"".join(d)}"/>' for css, d in paths.items())
    return _svg("strip", length * 5 - 1, 16, title, [drawn])


def spark(values: Sequence[int], title: str) -> Markup:
    """A line of small bars, as high as their share of the highest."""
    top = max(values, default=0) or 1
    bars = "".join(
        f"M{i * 5} {16 - (h := max(1, round(value / top * 16)) if value else 0)}h4v{h}h-4z"
        for i, value in enumerate(values) if value
    )  # fmt: skip
    width = len(values) * 5 - 1
    parts = [f'<path class="axis" d="M0 15.5h{width}"/><path class="bar" d="{bars}"/>']
    return _svg("spark", width, 16, title, parts)


def bars(points: Sequence[tuple[str, int]], title: str, *, mark: str = "") -> Markup:
    """Bars with their numbers above and their names below; the last is today's: ``mark`` is its name."""
    width, height, base = 72, 150, 128
    top = max((value for _, value in points), default=0) or 1
    parts = [f'<path class="axis" d="M0 {base}.5h{len(points) * width}"/>']
    for i, (name, value) in enumerate(points):
        last = i == len(points) - 1
        left, middle = i * width + 14, i * width + width // 2
        high = max(2, round(value / top * (base - 24))) if value else 0
        size = f'x="{left}" y="{base - high}" width="{width - 28}" height="{high}" rx="2"'
        number = f"{value:,}".replace(",", "\u202f")
        below = mark if last and mark else name
        parts += [
            f'<rect class="{"bar today" if last else "bar"}" {size}/>' if high else "",
            f'<text class="number" x="{middle}" y="{base - high - 6}">{number}</text>',
            f'<text class="name" x="{middle}" y="{height - 4}">{escape(below)}</text>',
        ]
    return _svg("bars", len(points) * width, height, title, parts)


def week(counts: Sequence[float], days: Sequence[str], title: str, unit: str) -> Markup:
    """The hours of a week: 168 numbers, Monday 0 h first; a square is large as its share of the highest."""
    cell, left, up = 20, 34, 18
    top = max(counts, default=0.0) or 1.0
    parts = [
        f'<text class="name" x="{left + hour * cell + cell // 2}" y="12">{hour}</text>'
        for hour in range(0, 24, 3)
    ]
    for day, name in enumerate(days):
        parts.append(f'<text class="row" x="0" y="{up + day * cell + 14}">{escape(name)}</text>')
        for hour in range(24):
            count = counts[day * 24 + hour]
            side = max(2.0, (count / top) ** 0.5 * (cell - 2)) if count > 0 else 2.0
            shade = 0 if count <= 0 else 1 + min(3, int(count / top * 3.999))
            x, y = left + hour * cell + (cell - side) / 2, up + day * cell + (cell - side) / 2
            size = f'x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" rx="2"'
            said = f"{name} {hour}–{hour + 1} h: {count:.2g} {unit}"
            parts.append(f'<rect class="h{shade}" {size}><title>{escape(said)}</title></rect>')
    return _svg("week", left + 24 * cell, up + 7 * cell, title, parts)


def timeline(due: Iterable[datetime], now: datetime, title: str) -> Markup:
    """How many crawls are due in each quarter of an hour of the next day, with the hours in Vietnam below."""
    hours, step, height = 24, 9, 96
    slots = hours * 4
    counts = [0] * slots
    for moment in due:
        position = int(max(0.0, (moment - now) / timedelta(minutes=15)))
        if position < slots:
            counts[position] += 1
    top = max(counts, default=0) or 1
    parts = [f'<path class="axis" d="M0 {height}.5h{slots * step}"/>']
    for i, count in enumerate(counts):
        if count:
            high = max(3, round(count / top * (height - 18)))
            begins = now.astimezone(VIETNAM) + timedelta(minutes=15 * i)
            size = f'x="{i * step}" y="{height - high}" width="{step - 2}" height="{high}" rx="1"'
            parts.append(f'<rect class="bar" {size}><title>{begins:%H:%M}: {count}</title></rect>')
    parts.append(f'<text class="number" x="2" y="11">{top}</text>')
    local = now.astimezone(VIETNAM)
    first = (local + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    for n in range(0, hours, 2):
        moment = first + timedelta(hours=n)
        x = (moment - local) / timedelta(minutes=15) * step
        if 12 < x < slots * step - 12:
            parts.append(f'<path class="tick" d="M{x:.1f} {height}v5"/>')
            parts.append(f'<text class="name" x="{x:.1f}" y="{height + 18}">{moment:%H} h</text>')
    return _svg("timeline", slots * step, height + 24, title, parts)


def tiles(cells: Sequence[Tile], title: str) -> Markup:
    """A map of squares that are links."""
    wide, high, gap = 68, 50, 4
    parts = []
    for tile in cells:
        x, y = tile.column * (wide + gap), tile.row * (high + gap)
        parts.append(
            f'<a href="{escape(tile.href)}"><title>{escape(tile.title)}</title>'
            f'<rect class="tile {tile.css}" x="{x}" y="{y}" width="{wide}" height="{high}" rx="6"/>'
            f'<text class="label" x="{x + wide // 2}" y="{y + 20}">{escape(tile.label)}</text>'
            f'<text class="value" x="{x + wide // 2}" y="{y + 39}">{escape(tile.value)}</text></a>'
        )
    width = (max((tile.column for tile in cells), default=0) + 1) * (wide + gap) - gap
    height = (max((tile.row for tile in cells), default=0) + 1) * (high + gap) - gap
    return _svg("tiles", width, height, title, parts, role="group")


def _svg(css: str, width: int, height: int, title: str, parts: Iterable[str], role: str = "img") -> Markup:
    """The picture of parts in which every text was escaped."""
    return Markup(  # noqa: S704 - the parts are ours, with what they quote escaped
        f'<svg class="{css}" viewBox="0 0 {width} {height}" role="{role}" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )
