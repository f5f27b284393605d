"""Alarms move by judgements; people are told of transitions, once, and of what nobody looks after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from crawler.notifying import Notifying, NotifyProblem, deliver, send
from storage import alarms, outbox
from storage.alarms import Judgement, Raised
from tests.health.conftest import Receiver

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""Apprise imports it when it first looks for its services."""

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
PORTAL = "thanh_hoa/tho_xuan"
BAD = Judgement((Raised("body_short", "the bodies are short", 200.0, 500.0, ("http://a.vn/1.html",)),))
WELL = Judgement(cleared=frozenset({"body_short"}))
MINUTE = timedelta(minutes=1)


def judged(engine: Engine, *judgements: Judgement, first_run: int = 1) -> None:
    for n, judgement in enumerate(judgements):
        alarms.judge(engine, PORTAL, first_run + n, judgement, AT + n * MINUTE)


def state(engine: Engine) -> str:
    return alarms.read(engine, states=("ok", "pending", "down"))[0].state


def told(engine: Engine) -> list[str]:
    return [message.kind for message in outbox.waiting(engine)]


def test_one_bad_run_is_pending_and_nobody_is_told(engine: Engine) -> None:
    judged(engine, BAD)
    assert (state(engine), told(engine)) == ("pending", [])
    judged(engine, WELL, first_run=2)
    assert (state(engine), told(engine)) == ("ok", [])


def test_the_second_bad_run_in_a_row_is_told_and_the_third_is_not(engine: Engine) -> None:
    judged(engine, BAD, BAD)
    assert (state(engine), told(engine)) == ("down", ["down"])
    judged(engine, BAD, first_run=3)
    assert told(engine) == ["down"]
    alarm = alarms.read(engine)[0]
    assert (alarm.observed, alarm.bound, alarm.urls) == (200.0, 500.0, ["http://a.vn/1.html"])
    assert alarm.since == AT + MINUTE


def test_a_run_is_counted_once(engine: Engine) -> None:
    judged(engine, BAD)
    judged(engine, BAD)
    assert state(engine) == "pending"


def test_a_run_that_says_nothing_leaves_an_alarm_as_it_is(engine: Engine) -> None:
    judged(engine, BAD, Judgement(), BAD)
    assert state(engine) == "down"


def test_a_recovery_is_told_to_those_who_were_told_of_the_alarm(engine: Engine, receiver: Receiver) -> None:
    to = Notifying((receiver.url,), allow=("127.0.0.0/8",))
    judged(engine, BAD, BAD)
    assert deliver(engine, to, AT + 2 * MINUTE) == 1
    judged(engine, WELL, first_run=3)
    assert deliver(engine, to, AT + 4 * MINUTE) == 1
    assert [message["title"] for message in receiver.told] == ["Frontnews: 1 down", "Frontnews: 1 well again"]
    assert "the bodies are short" in receiver.told[0]["message"]
    assert deliver(engine, to, AT + 5 * MINUTE) == 0


def test_an_alarm_that_has_passed_before_anybody_was_told_is_not_told(engine: Engine) -> None:
    judged(engine, BAD, BAD, WELL)
    assert (state(engine), told(engine)) == ("ok", [])


def test_nobody_is_woken_in_quiet_hours(engine: Engine, receiver: Receiver) -> None:
    to = Notifying((receiver.url,), quiet_hours="22:00-11:00", allow=("127.0.0.0/8",))
    judged(engine, BAD, BAD)
    assert deliver(engine, to, AT + 2 * MINUTE) == 0  # 10:02 in Vietnam
    assert deliver(engine, to, AT + timedelta(hours=2)) == 1


def test_what_nobody_acknowledges_is_told_again_after_a_while(engine: Engine, receiver: Receiver) -> None:
    to = Notifying((receiver.url,), resend=timedelta(hours=4), allow=("127.0.0.0/8",))
    judged(engine, BAD, BAD)
    sent = [deliver(engine, to, AT + timedelta(hours=hours)) for hours in (1, 2, 5, 6)]
    assert sent == [1, 0, 1, 0]
    alarms.acknowledge(engine, PORTAL, None, "lan", AT + timedelta(hours=7))
    assert deliver(engine, to, AT + timedelta(hours=20)) == 0
    assert alarms.read(engine)[0].acknowledged_by == "lan"


def test_a_muted_alarm_is_seen_and_not_told_until_its_time_has_come(
    engine: Engine, receiver: Receiver
) -> None:
    to = Notifying((receiver.url,), allow=("127.0.0.0/8",))
    alarms.mute(engine, PORTAL, "body_short", AT + timedelta(days=1), "lan", AT)
    judged(engine, BAD, BAD)
    assert state(engine) == "down"
    assert deliver(engine, to, AT + timedelta(hours=1)) == 0
    assert deliver(engine, to, AT + timedelta(days=2)) == 1
    assert alarms.unmute(engine, PORTAL) == 1


def test_what_cannot_be_sent_waits_and_is_tried_again_later(engine: Engine, receiver: Receiver) -> None:
    to = Notifying((receiver.url,), allow=("127.0.0.0/8",))
    judged(engine, BAD, BAD)
    receiver.status = 500
    assert deliver(engine, to, AT + 2 * MINUTE) == 0
    problem = outbox.waiting(engine)[0].problem
    assert problem is not None and "JSON" in problem and "canary" not in problem
    receiver.status = 200
    assert deliver(engine, to, AT + 2 * MINUTE + timedelta(seconds=30)) == 0, "its next try is in a minute"
    assert deliver(engine, to, AT + 4 * MINUTE) == 1


def test_an_address_that_is_gone_keeps_nobody_else_from_being_told_once(
    engine: Engine, receiver: Receiver
) -> None:
    """A chat that was closed: the others got nothing, or the same message for two days."""
    gone = f"json://127.0.0.1:{receiver.port}/gone"
    to = Notifying(("json://nobody.invalid/x", gone, receiver.url), allow=("127.0.0.0/8",))
    receiver.gone = "/gone"
    judged(engine, BAD, BAD)
    for hours in range(1, 4):
        assert deliver(engine, to, AT + timedelta(hours=hours)) == 0
    assert [message["title"] for message in receiver.told] == ["Frontnews: 1 down"]
    problem = outbox.waiting(engine)[0].problem
    assert problem is not None and "number 1" in problem and "number 2" in problem
    judged(engine, WELL, first_run=3)
    with pytest.raises(NotifyProblem, match="number 1"):
        send(to, "title", "text")
    assert receiver.told[-1]["title"] == "title", "a test reaches whom it can"


def test_two_senders_tell_nothing_twice(engine: Engine) -> None:
    judged(engine, BAD, BAD)
    later = AT + 2 * MINUTE
    assert (len(outbox.claim(engine, later)), len(outbox.claim(engine, later))) == (1, 0)


def test_an_outage_of_many_portals_is_one_message(engine: Engine, receiver: Receiver) -> None:
    for n in range(30):
        for run in (1, 2):
            alarms.judge(engine, f"x/{n}", run, BAD, AT)
    assert deliver(engine, Notifying((receiver.url,), allow=("127.0.0.0/8",)), AT) == 30
    assert [message["title"] for message in receiver.told] == ["Frontnews: 30 down"]
    assert "… and 10 more" in receiver.told[0]["message"]


def test_a_message_that_waits_for_a_time_that_was_set_back_is_sent(
    engine: Engine, receiver: Receiver
) -> None:
    for run in (1, 2):
        alarms.judge(engine, PORTAL, run, BAD, AT + timedelta(days=30))
    assert deliver(engine, Notifying((receiver.url,), allow=("127.0.0.0/8",)), AT) == 1


def test_a_message_never_goes_to_a_private_address(receiver: Receiver) -> None:
    for url in (receiver.url, f"json://2130706433:{receiver.port}/", f"json://localhost:{receiver.port}/"):
        with pytest.raises(NotifyProblem, match="private address"):
            send(Notifying((url,)), "title", "text")
    assert receiver.told == []
