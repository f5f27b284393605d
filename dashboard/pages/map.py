"""The country as a map of squares: what needs somebody where, and where the news comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from dashboard import charts
from dashboard.languages import Messages, messages
from dashboard.lights import Level
from dashboard.queries.fleet import PortalState, fleet
from dashboard.room import language_of, page, room_of
from dashboard.tile_map import Era, cells, label
from vietnam.writing import fold

router = APIRouter()

Shows = Literal["health", "news"]


@router.get("/map", response_class=HTMLResponse)
def province_map(request: Request, era: Era = "2025", show: Shows = "health") -> HTMLResponse:
    """A square a province; a click shows its portals."""
    t = messages(language_of(request))
    of_province: defaultdict[str, list[PortalState]] = defaultdict(list)
    outside: list[PortalState] = []
    for state in fleet(room_of(request).engine):
        name = state.province_2024 if era == "2024" else state.province_2025
        (of_province[name] if name else outside).append(state)
    most = max((sum(s.new for s in states) for states in of_province.values()), default=0)
    drawn = [
        _tile(name, column, row, of_province.get(name, ()), show, most, t) for name, column, row in cells(era)
    ]
    rows = [
        (name, len(states), sum(s.needs_person for s in states), sum(s.new for s in states), level_of(states))
        for name, states in sorted(of_province.items(), key=lambda item: fold(item[0]))
    ]
    return page(
        request, "map.html", era=era, show=show, outside=len(outside), rows=rows,
        map=charts.tiles(drawn, t(f"map.title_{show}")),
    )  # fmt: skip


def level_of(states: Sequence[PortalState]) -> Level:
    """What a province counts as, by the share of its portals that need somebody: a tenth, a quarter, more."""
    watched = [state for state in states if state.lights.worst != "paused"]
    if not watched:
        return "unknown"
    share = sum(state.needs_person for state in watched) / len(watched)
    return "ok" if share == 0 else "pending" if share <= 0.1 else "degraded" if share <= 0.25 else "down"


def _tile(
    name: str, column: int, row: int, states: Sequence[PortalState], show: Shows, most: int, t: Messages
) -> charts.Tile:
    needing, new = sum(s.needs_person for s in states), sum(s.new for s in states)
    level = level_of(states)
    if show == "health":
        value = f"{charts.SIGNS[level]} {needing}/{len(states)}" if states else "–"
        css: str = level if states else "none"
    else:
        value = t.number(new) if states else "–"
        css = f"n{min(3, 1 + int(new / most * 2.999))}" if new and most else "none"
    said = t("map.tile", name=name, n=len(states), needing=needing, new=t.number(new))
    href = f"/portals?{urlencode({'province': name})}"
    return charts.Tile(column, row, label(name), value, css, said, href)
