"""A portal's rhythm in words: how much is expected of it, and when in the week. Pure functions."""

from __future__ import annotations

from crawler.running.rates import HOURS, Array

_UNEVEN = 1.5
"""How far above the mean the busiest hour stands in a week that is worth words."""

_MOST = 0.6
"""Share of a week's articles that is most of them."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def in_words(expected: Array) -> str:
    """Say what is expected: ``about 3 new a day, mostly in office hours``.

    ``expected``: articles per hour, in 168 hours of the week from Monday 00:00 in Vietnam.
    """
    per_day = float(expected.mean()) * 24
    digits = ".0f" if per_day >= 10 else ".2g"
    return f"about {per_day:{digits}} new a day, {_mostly_when(expected)}"


def _mostly_when(expected: Array) -> str:
    """When in the week most is expected: at times that people have a name for, or in the busiest hour."""
    week = expected.reshape(7, 24) / expected.sum()
    if week.max() < _UNEVEN / HOURS:
        return "at any hour"
    for name, share in (
        ("mostly in office hours", week[:5, 7:17].sum()),
        ("mostly at weekends", week[5:].sum()),
        ("mostly in the evening", week[:, 17:23].sum()),
        ("mostly in the morning", week[:, 5:12].sum()),
    ):
        if share >= _MOST:
            return name
    day, hour = divmod(int(expected.argmax()), 24)
    return f"most on {_DAYS[day]} from {hour} to {hour + 1} h"
