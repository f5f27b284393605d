"""The plot of docs/freshness.md, written by hand: two panels of four curves need no plotting library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

COLOURS = ("#0b6e75", "#b4530a")
PANEL_WIDTH, PANEL_HEIGHT = 430, 270
LEFT, TOP, BETWEEN, BELOW = 62, 64, 70, 60


@dataclass(frozen=True, slots=True)
class Curves:
    """What is drawn of one budget: mean delay by day of publication, and all delays after the learning weeks,
    both in hours, and each for the fixed interval and for the adaptive rhythm."""

    name: str
    fixed_by_day: Array
    adaptive_by_day: Array
    fixed: Array
    adaptive: Array


@dataclass(frozen=True, slots=True)
class Panel:
    """A frame with its scales: ``x`` and ``y`` are the values at its right and its upper edge."""

    left: float
    x: float
    y: float

    def point(self, x: float, y: float) -> str:
        """Return where a pair of values lies, as SVG wants it."""
        across = self.left + PANEL_WIDTH * min(x / self.x, 1.0)
        return f"{across:.1f},{TOP + PANEL_HEIGHT * (1.0 - min(y / self.y, 1.0)):.1f}"

    def line(self, xs: Iterable[float], ys: Iterable[float], colour: str, *, dashed: bool) -> str:
        """Return a curve."""
        points = " ".join(self.point(x, y) for x, y in zip(xs, ys, strict=True))
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'

    def axes(self, title: str, xs: Iterable[float], ys: Iterable[float], x_name: str, unit: str = "") -> str:
        """Return frame, grid, numbers and names."""
        bottom, right = TOP + PANEL_HEIGHT, self.left + PANEL_WIDTH
        parts = [_text(self.left, TOP - 12, title, bold=True)]
        for y in ys:
            height = TOP + PANEL_HEIGHT * (1 - y / self.y)
            parts.append(f'<path d="M{self.left} {height:.1f}H{right}" stroke="#ddd"/>')
            parts.append(_text(self.left - 8, height + 4, f"{y:g}{unit}", anchor="end"))
        for x in xs:
            across = self.left + PANEL_WIDTH * x / self.x
            parts.append(f'<path d="M{across:.1f} {bottom}v5" stroke="#555"/>')
            parts.append(_text(across, bottom + 20, f"{x:g}", anchor="middle"))
        parts.append(f'<path d="M{self.left} {TOP}V{bottom}H{right}" fill="none" stroke="#555"/>')
        parts.append(_text(self.left + PANEL_WIDTH / 2, bottom + 42, x_name, anchor="middle"))
        return "".join(parts)


def draw(all_curves: list[Curves]) -> str:
    """Return the SVG: how the mean delay falls while the rhythm is learned, and how delays are distributed
    then."""
    days = len(all_curves[0].fixed_by_day)
    by_day = Panel(LEFT, days, 1.25 * max(float(curves.fixed_by_day.max()) for curves in all_curves))
    shares = Panel(LEFT + PANEL_WIDTH + BETWEEN, 5.0, 100.0)
    parts = [
        by_day.axes("Mean delay (hours)", range(0, days + 1, 7), _ticks(by_day.y), "day of publication"),
        shares.axes(
            "Articles discovered, weeks 3 and 4",
            range(6),
            (0, 25, 50, 75, 95, 100),
            "hours after publication",
            unit=" %",
        ),
    ]
    for number, (curves, colour) in enumerate(zip(all_curves, COLOURS, strict=False)):
        for kind, mean, delays in (
            ("fixed interval", curves.fixed_by_day, curves.fixed),
            ("adaptive", curves.adaptive_by_day, curves.adaptive),
        ):
            dashed = kind == "fixed interval"
            middle = (np.arange(days) + 0.5).tolist()
            parts.append(by_day.line(middle, mean.tolist(), colour, dashed=dashed))
            share = np.arange(0, 101)
            hours = np.quantile(delays, share / 100)
            shown = hours <= shares.x
            parts.append(
                shares.line(hours[shown].tolist(), share[shown].tolist(), colour, dashed=dashed),
            )
            across = LEFT + (2 * number + dashed) * 235
            parts.append(
                f'<path d="M{across} 18h26" stroke="{colour}" stroke-width="2"'
                + (' stroke-dasharray="5 4"/>' if dashed else "/>")
            )
            parts.append(_text(across + 32, 22, f"{curves.name}, {kind}"))
    width = LEFT + 2 * PANEL_WIDTH + BETWEEN + 24
    height = TOP + PANEL_HEIGHT + BELOW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="sans-serif" font-size="12" fill="#222">'
        "<title>Delay between publication and discovery, fixed interval and adaptive rhythm</title>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>' + "\n".join(parts) + "</svg>\n"
    )


def _ticks(top: float) -> Array:
    step = 0.5 if top < 4 else 1.0
    return np.arange(0, top, step)


def _text(x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'
