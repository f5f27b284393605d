"""What is kept of hosts and of the registry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from storage import holds, portal_table
from storage.columns import now
from storage.portals import Portal, Section

View = Callable[[str], list[dict[str, object]]]


def test_a_hold_stands_until_its_time_and_the_longer_of_two_wins(engine: Engine) -> None:
    later = now() + timedelta(hours=2)
    assert holds.held_until(engine, "xa.gov.vn:443") is None
    holds.hold(engine, "xa.gov.vn:443", later, "429 with Retry-After: 7200")
    holds.hold(engine, "xa.gov.vn:443", now() + timedelta(minutes=1), "503")
    assert holds.held_until(engine, "xa.gov.vn:443") == later
    holds.release(engine, "xa.gov.vn:443")
    assert holds.held_until(engine, "xa.gov.vn:443") is None
    holds.hold(engine, "bao.vn", now() - timedelta(seconds=5), "429")
    assert holds.held_until(engine, "bao.vn") is None, "a hold that is over holds nothing"


def test_a_hold_that_no_server_can_have_asked_for_holds_nothing_and_a_true_one_replaces_it(
    engine: Engine,
) -> None:
    """It was made while the machine's time was a month ahead."""
    holds.hold(engine, "xa.gov.vn", now() + timedelta(days=30), "429")
    assert holds.held_until(engine, "xa.gov.vn") is None
    later = now() + timedelta(hours=2)
    holds.hold(engine, "xa.gov.vn", later, "429 with Retry-After: 7200")
    assert holds.held_until(engine, "xa.gov.vn") == later


def test_the_last_robots_txt_of_a_host_is_kept_as_it_was_answered(engine: Engine) -> None:
    at = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    assert holds.robots(engine, "https://xa.gov.vn") is None
    holds.save_robots(engine, "https://xa.gov.vn", status=0, body=b"", fetched_at=at)
    rules = b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /\x00\r\n"
    holds.save_robots(engine, "https://xa.gov.vn", status=200, body=rules, fetched_at=at + timedelta(hours=1))
    kept = holds.robots(engine, "https://xa.gov.vn")
    assert kept == holds.Robots(200, rules, at + timedelta(hours=1))


def test_the_registry_is_written_whole_and_a_portal_that_left_it_is_marked(
    engine: Engine, view: View
) -> None:
    tho_xuan = Portal(
        id="thanh_hoa/tho_xuan",
        name="Trang thông tin điện tử huyện Thọ Xuân",
        url="https://thoxuan.thanhhoa.gov.vn/",
        owner="district_portal",
        platform="nukeviet",
        sections=(Section("/mat-tran/", "front", "Mặt trận"), Section("/tin/")),
        province_2024="Thanh Hóa",
        communes_2025=("Xã Thọ Xuân",),
        active_until=date(2025, 6, 30),
    )
    other = Portal(id="ha_noi/mttq", name="MTTQ Hà Nội", url="https://mttqhanoi.vn/", owner="front")
    portal_table.sync(engine, [tho_xuan, other])
    portal_table.sync(engine, [tho_xuan])
    rows = {str(row["id"]): row for row in view("portals")}
    assert bool(rows["thanh_hoa/tho_xuan"]["in_registry"]) is True
    assert bool(rows["ha_noi/mttq"]["in_registry"]) is False
    assert rows["thanh_hoa/tho_xuan"]["active_until"] == "2025-06-30"
    assert "Mặt trận" in str(rows["thanh_hoa/tho_xuan"]["sections"])
