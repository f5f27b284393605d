"""The matrix of all portals, and one portal in detail with what can be done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from dashboard import charts
from dashboard.languages import Messages, messages
from dashboard.queries.fleet import STRIP, PortalState, fleet
from dashboard.reasons import reason
from dashboard.room import Times, language_of, page, room_of
from storage.columns import now as real_now
from vietnam.writing import fold

router = APIRouter()

FIELDS = ("province", "owner", "platform", "level")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the portals is shown; None: whatever it is. ``q`` is looked for in names and ids."""

    q: str | None = None
    province: str | None = None
    owner: str | None = None
    platform: str | None = None
    level: str | None = None

    def takes(self, state: PortalState) -> bool:
        """Whether a portal is among the chosen."""
        return (
            (not self.q or fold(self.q) in fold(f"{state.name} {state.id.replace('_', ' ')} {state.url}"))
            and self.province in (None, state.province_2024, state.province_2025)
            and self.owner in (None, state.owner)
            and self.platform in (None, state.platform)
            and self.level in (None, state.lights.worst)
        )


@router.get("/portals", response_class=HTMLResponse)
def portals(
    request: Request,
    q: str = "",
    province: str = "",
    owner: str = "",
    platform: str = "",
    level: str = "",
) -> HTMLResponse:
    """Every portal, the worst first, with its four lights."""
    t, now = messages(language_of(request)), real_now()
    when = Times(t, now)
    every = fleet(room_of(request).engine, now)
    chosen = Chosen(q or None, province or None, owner or None, platform or None, level or None)
    rows = [state for state in every if chosen.takes(state)]
    return page(
        request,
        "portals.html",
        rows=rows,
        all=len(every),
        chosen={name: getattr(chosen, name) for name in Chosen.__slots__},
        filtered=chosen != Chosen(),
        filters=filters(every, t),
        levels=Counter(state.lights.worst for state in rows),
        drawn={state.id: pictures(state, t) for state in rows},
        reasons={state.id: reason(state, t, when).text for state in rows},
    )


def pictures(state: PortalState, t: Messages) -> tuple[str, str]:
    """The strip of a portal's runs and the line of its new articles."""
    said = Counter(run.verdict for run in state.runs)
    runs = ", ".join(f"{count} {t.name('verdict', verdict)}" for verdict, count in said.most_common())
    new = t("matrix.spark", n=t.number(state.new))
    return charts.strip(state.runs, runs or t("reason.never_run"), STRIP), charts.spark(state.new_by_day, new)


def filters(every: Sequence[PortalState], t: Messages) -> dict[str, list[tuple[str, str]]]:
    """The choices of each filter, with how many portals each would show."""
    provinces = Counter(
        name for state in every for name in {state.province_2024, state.province_2025} if name is not None
    )
    owners, platforms = Counter(s.owner for s in every), Counter(s.platform for s in every)
    levels: Counter[str] = Counter(s.lights.worst for s in every)
    return {
        "province": _options(provinces, lambda name: name, sorted(provinces, key=fold)),
        "owner": _options(owners, lambda name: t.name("owner", name), (n for n, _ in owners.most_common())),
        "platform": _options(platforms, lambda name: name, (n for n, _ in platforms.most_common())),
        "level": _options(levels, lambda name: t.name("level", name), (n for n, _ in levels.most_common())),
    }


def _options(
    counts: Mapping[str, int], name_of: Callable[[str], str], order: Iterable[str]
) -> list[tuple[str, str]]:
    return [(value, f"{name_of(value)} ({counts[value]})") for value in order]
