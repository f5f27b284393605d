"""The alarms in the dashboard: who needs a person, and what a person does about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from lxml import html
from sqlalchemy import Engine

from dashboard.app import create_app
from storage import alarms, audit, schedules
from storage.alarms import Judgement, Raised, State
from storage.columns import now
from storage.portal_table import sync
from storage.portals import Portal
from storage.said import Said
from storage.schedules import ensure
from tests.dashboard.markup import values
from tests.dashboard.serving import csrf_of, serving, visit

HERE, THERE = "ha_noi/ba_dinh", "ha_noi/cau_giay"
NO_ANSWER = Raised(
    "unreachable", "no answer", urls=("https://a.example.gov.vn/tin",),
    said=Said("raised.unreachable", {"error": "dns"}),
)  # fmt: skip


@pytest.fixture
def client(engine: Engine) -> Iterator[httpx.Client]:
    """The dashboard over two portals, both down."""
    portals = [Portal(id, id, f"https://{id[7:]}.example.gov.vn/", "front") for id in (HERE, THERE)]
    sync(engine, portals)
    ensure(engine, {HERE: "203.0.113.1", THERE: "203.0.113.2"}, now())
    for portal in (HERE, THERE):
        raised(engine, portal, 1, 2)
    with serving(create_app(engine)) as address, visit(address) as client:
        yield client


def raised(engine: Engine, portal: str, *runs: int) -> None:
    for run in runs:
        alarms.judge(engine, portal, run, Judgement((NO_ANSWER,)), now() - timedelta(hours=5))


def act(client: httpx.Client, portal: str, action: str, **more: str) -> httpx.Response:
    data = {"csrf": csrf_of(client.get("/alerts")), "portal": portal, "alarm": "unreachable"}
    return client.post("/alerts", data=data | {"action": action} | more)


def calling(client: httpx.Client) -> list[str]:
    """The portals that need a person, as the overview and the page of alarms have them: the same."""
    overview = html.document_fromstring(client.get("/").text)
    alerts = html.document_fromstring(client.get("/alerts").text)
    first = values(overview, "//ol[@class='needs']/li/div/a/@href")
    second = values(alerts, "//section[@aria-labelledby='calling']//tbody/tr/th/a/@href")
    assert sorted(first) == sorted(second)
    return sorted(path.removeprefix("/portals/") for path in first)


def test_an_alarm_that_is_down_needs_a_person_and_says_why_since_when_and_where(client: httpx.Client) -> None:
    assert calling(client) == [HERE, THERE]
    page = client.get("/alerts", headers={"Accept-Language": "vi"}).text
    assert "Không đọc được chuyên mục nào: tên miền không có địa chỉ." in page
    assert "5 giờ trước" in page and 'href="https://a.example.gov.vn/tin"' in page
    assert "No section could be read" in client.get(f"/portals/{HERE}?lang=en").text


def test_one_that_is_looked_after_or_muted_needs_nobody_more(client: httpx.Client, engine: Engine) -> None:
    answer = act(client, HERE, "acknowledge")
    assert answer.headers["location"] == "/alerts?done=acknowledge"
    assert calling(client) == [THERE]
    assert act(client, THERE, "mute", days="30", origin="portal").headers["location"] == (
        f"/portals/{THERE}?done=mute"
    )
    assert calling(client) == []
    [muted] = alarms.read(engine, portal=THERE)
    assert muted.muted_until is not None and timedelta(29) < muted.muted_until - now() <= timedelta(30)
    act(client, THERE, "unmute")
    assert calling(client) == [THERE]
    assert act(client, THERE, "unmute").headers["location"] == "/alerts?done=no_alarm"
    told = [(e.who, e.action, e.target, e.outcome) for e in audit.entries(engine)]
    assert told == [
        ("local", "unmute", THERE, "no_alarm"), ("local", "unmute", THERE, "done"),
        ("local", "mute", THERE, "done"), ("local", "acknowledge", HERE, "done"),
    ]  # fmt: skip


def test_a_mute_that_has_ended_calls_again_and_so_does_a_new_alarm(
    client: httpx.Client, engine: Engine
) -> None:
    act(client, HERE, "acknowledge")
    alarms.mute(engine, THERE, "unreachable", now() - timedelta(seconds=1), "lan", now())
    assert calling(client) == [THERE]
    alarms.judge(engine, HERE, 3, Judgement(cleared=frozenset({"unreachable"})), now())
    raised(engine, HERE, 4)
    assert calling(client) == [THERE], "once is pending"
    raised(engine, HERE, 5)
    assert calling(client) == [HERE, THERE]


def test_what_is_right_as_it_is_is_accepted(client: httpx.Client, engine: Engine) -> None:
    act(client, HERE, "accept")
    assert calling(client) == [THERE]
    ok: tuple[State, ...] = ("ok",)
    [alarm] = alarms.read(engine, portal=HERE, states=ok)
    assert alarm.accepted_at is not None and alarm.state == "ok"
    assert act(client, HERE, "accept").headers["location"] == "/alerts?done=no_alarm"


def test_a_paused_portal_calls_nobody_but_its_alarm_is_shown(client: httpx.Client, engine: Engine) -> None:
    schedules.change(engine, HERE, now(), enabled=False)
    assert calling(client) == [THERE]
    in_hand = html.document_fromstring(client.get("/alerts").text).xpath(
        "//section[@aria-labelledby='in_hand']//tbody/tr/th/a/@href"
    )
    assert in_hand == [f"/portals/{HERE}"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"alarm": "no_such"}, 404), ({"portal": "no/such"}, 404), ({"days": "0"}, 422), ({"days": "9999"}, 422),
     ({"action": "explode"}, 422), ({"origin": "https://evil.example/"}, 422), ({"csrf": "x"}, 403)],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_changes(
    client: httpx.Client, engine: Engine, fields: dict[str, str], status: int
) -> None:
    before = alarms.read(engine)
    data = {"csrf": csrf_of(client.get("/alerts")), "portal": HERE, "alarm": "unreachable", "action": "mute"}
    assert client.post("/alerts", data=data | fields).status_code == status
    assert alarms.read(engine) == before and audit.entries(engine) == []
