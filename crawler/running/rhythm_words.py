"""A portal's rhythm in words: how much is expected of it, and when in the week. Pure functions."""

from __future__ import annotations

from crawler.running.rates import HOURS, Array
from storage.said import Said

_UNEVEN = 1.5
"""How far above the mean the busiest hour stands in a week that is worth words."""

_MOST = 0.6
"""Share of a week's articles that is most of them."""

WEEK_TIMES = {
    "any_hour": "at any hour",
    "office_hours": "mostly in office hours",
    "weekends": "mostly at weekends",
    "evening": "mostly in the evening",
    "morning": "mostly in the morning",
}
"""Times of the week that people have a name for, in English; the dashboard's are ``week_time.…``."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def in_words(expected: Array) -> tuple[str, Said]:
    """Say what is expected: ``about 3 new a day, mostly in office hours``, and the same in codes.

    ``expected``: articles per hour, in 168 hours of the week from Monday 00:00 in Vietnam.
    """
    per_day = float(expected.mean()) * 24
    count = f"{per_day:.0f}" if per_day >= 10 else f"{per_day:.2g}"
    week = expected.reshape(7, 24) / expected.sum()
    time = _named_time(week)
    if time is not None:
        said = Said("due.rhythm", {"count": count, "week_time": time})
        return f"about {count} new a day, {WEEK_TIMES[time]}", said
    busiest, hour = divmod(int(week.argmax()), 24)
    day = DAYS[busiest]
    said = Said("due.rhythm_peak", {"count": count, "weekday": day.lower(), "hour": hour, "until": hour + 1})
    return f"about {count} new a day, most on {day} from {hour} to {hour + 1} h", said


def _named_time(week: Array) -> str | None:
    """When most is expected, if people have a name for it. ``week``: the share of each hour, day by day."""
    if week.max() < _UNEVEN / HOURS:
        return "any_hour"
    shares = {
        "office_hours": week[:5, 7:17].sum(),
        "weekends": week[5:].sum(),
        "evening": week[:, 17:23].sum(),
        "morning": week[:, 5:12].sum(),
    }
    return next((time for time, share in shares.items() if share >= _MOST), None)
