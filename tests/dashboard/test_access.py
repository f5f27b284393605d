"""Who is let in, who may act, and what is refused before anything is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, update

from dashboard.access import Access, Account, BadSecret, LoginLimit, accounts_of, tokens_of
from dashboard.app import create_app
from storage import audit, sessions, tables
from storage.columns import now
from storage.portal_table import sync
from storage.portals import Portal
from storage.schedules import ensure, read
from tests.dashboard.serving import csrf_of, serving, visit

LAN = Account("lan", "operator", "mot mat khau dai")
MINH = Account("minh", "viewer", "mat khau cua minh")
TOKEN = "token-of-a-program"
PORTAL = "ha_noi/ba_dinh"


@pytest.fixture
def guarded(engine: Engine) -> Iterator[str]:
    """A dashboard with two accounts and a token over one portal."""
    portal = Portal(PORTAL, "Quận Ba Đình", "https://badinh.example.gov.vn/", "front", province_2024="Hà Nội")
    sync(engine, [portal])
    ensure(engine, {PORTAL: "203.0.113.1"}, now())
    with serving(create_app(engine, Access((LAN, MINH), (TOKEN,), ("ops.example.org",)))) as address:
        yield address


def signed_in(client: httpx.Client, account: Account) -> httpx.Response:
    return client.post(
        "/login", data={"name": account.name, "password": account.password, "then": "/portals"}
    )


def paused(engine: Engine) -> bool:
    return not read(engine)[0].enabled


def test_a_stranger_is_sent_to_sign_in_and_then_to_where_they_wanted(guarded: str) -> None:
    with visit(guarded) as client:
        answer = client.get("/portals?level=down")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/login?then=%2Fportals%3Flevel%3Ddown",
        )
        assert 'value="/portals?level=down"' in client.get(answer.headers["location"]).text
        assert client.get("/portals/x/y").status_code == 303
        entered = signed_in(client, LAN)
        assert entered.headers["location"] == "/portals"
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
        assert client.get("/portals").status_code == 200


@pytest.mark.parametrize(
    "then", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", ""]
)
def test_signing_in_leads_nowhere_else(guarded: str, then: str) -> None:
    with visit(guarded) as client:
        answer = client.post("/login", data={"name": "lan", "password": LAN.password, "then": then})
    assert answer.headers["location"] == "/"


def test_a_wrong_password_is_refused_and_the_sixth_try_has_to_wait(guarded: str) -> None:
    with visit(guarded) as client:
        tries = [client.post("/login", data={"name": "lan", "password": f"guess {n}"}) for n in range(6)]
        assert [answer.status_code for answer in tries] == [401] * 5 + [429]
        assert int(tries[5].headers["retry-after"]) > 200
        assert signed_in(client, LAN).status_code == 429  # the right one too: else it would tell


def test_failures_are_forgotten_after_the_window() -> None:
    seconds = [0.0]
    limit = LoginLimit(lambda: seconds[0])
    for _ in range(5):
        limit.failed(["from a"])
    assert limit.wait(["from a", "as b"]) == 300
    assert limit.wait(["from c"]) == 0
    seconds[0] = 301.0
    assert limit.wait(["from a"]) == 0


def test_a_viewer_sees_everything_and_changes_nothing(guarded: str, engine: Engine) -> None:
    with visit(guarded) as client:
        signed_in(client, MINH)
        page = client.get(f"/portals/{PORTAL}")
        assert 'value="pause"' not in page.text
        refused = client.post(f"/portals/{PORTAL}", data={"action": "pause", "csrf": csrf_of(page)})
    assert refused.status_code == 403
    assert not paused(engine)


def test_a_form_needs_the_visitors_own_token(guarded: str, engine: Engine) -> None:
    with visit(guarded) as lan, visit(guarded) as minh:
        signed_in(lan, LAN)
        signed_in(minh, MINH)
        others = csrf_of(minh.get("/"))
        for token in ("", "x", others):
            assert lan.post(f"/portals/{PORTAL}", data={"action": "pause", "csrf": token}).status_code == 403
        assert not paused(engine)
        own = csrf_of(lan.get("/"))
        assert lan.post(f"/portals/{PORTAL}", data={"action": "pause", "csrf": own}).status_code == 303
    assert paused(engine)
    assert [(e.who, e.action, e.target) for e in audit.entries(engine, target=PORTAL)] == [
        ("lan", "pause", PORTAL)
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(
    guarded: str, engine: Engine, headers: dict[str, str]
) -> None:
    with visit(guarded) as client:
        signed_in(client, LAN)
        data = {"action": "pause", "csrf": csrf_of(client.get("/"))}
        assert client.post(f"/portals/{PORTAL}", data=data, headers=headers).status_code == 403
    assert not paused(engine)


def test_the_open_dashboard_wants_the_token_of_its_forms_too(engine: Engine) -> None:
    sync(engine, [Portal(PORTAL, "Ba Đình", "https://badinh.example.gov.vn/", "front")])
    ensure(engine, {PORTAL: "203.0.113.1"}, now())
    with serving(create_app(engine)) as address, visit(address) as client:
        token = csrf_of(client.get(f"/portals/{PORTAL}"))
        with visit(address) as stranger:
            assert (
                stranger.post(f"/portals/{PORTAL}", data={"action": "pause", "csrf": token}).status_code
                == 403
            )
        assert client.post(f"/portals/{PORTAL}", data={"action": "pause", "csrf": token}).status_code == 303
    assert paused(engine)


def test_a_token_lets_a_program_read_and_do_nothing_else(guarded: str, engine: Engine) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    with visit(guarded) as client:
        assert client.get("/api/v1/articles").status_code == 401
        assert client.get("/portals", headers=bearer).status_code == 200
        assert client.get("/portals", headers={"Authorization": "Bearer wrong"}).status_code == 303
        data = {"action": "pause", "csrf": ""}
        assert client.post(f"/portals/{PORTAL}", data=data, headers=bearer).status_code == 403
    assert not paused(engine)


@pytest.mark.parametrize(
    ("host", "let_in"),
    [("evil.example", False), ("evil.example:80", False), ("localhost", True), ("127.0.0.1:9", True),
     ("ops.example.org", True), ("OPS.example.org:443", True), ("[::1]:80", True), ("", False),
     ("127.0.0.1.evil.example", False)],
)  # fmt: skip
def test_the_server_answers_to_its_own_names_alone(guarded: str, host: str, let_in: bool) -> None:
    with visit(guarded) as client:
        assert (client.get("/livez", headers={"Host": host}).status_code == 200) is let_in


def test_a_session_ends_when_it_is_idle_too_old_or_signed_out(guarded: str, engine: Engine) -> None:
    table = tables.dashboard_sessions
    for column, age in (("seen_at", sessions.IDLE), ("begun_at", sessions.LONGEST)):
        with visit(guarded) as client:
            signed_in(client, LAN)
            assert client.get("/runs").status_code == 200
            with engine.begin() as connection:
                connection.execute(update(table).values({column: now() - age - timedelta(seconds=5)}))
            assert client.get("/runs").status_code == 303
    with visit(guarded) as client:
        signed_in(client, LAN)
        kept = client.cookies["frontnews_session"]
        client.post("/logout", data={"csrf": csrf_of(client.get("/"))})
        with visit(guarded, cookies={"frontnews_session": kept}) as thief:
            assert thief.get("/runs").status_code == 303


def test_a_cookie_that_was_planted_is_not_the_session(guarded: str) -> None:
    with visit(guarded, cookies={"frontnews_session": "planted"}) as client:
        entered = signed_in(client, LAN)
        assert "frontnews_session=planted" not in entered.headers["set-cookie"]
        with visit(guarded, cookies={"frontnews_session": "planted"}) as attacker:
            assert attacker.get("/runs").status_code == 303


def test_every_answer_carries_a_strict_policy(guarded: str) -> None:
    with visit(guarded) as client:
        for path in ("/login", "/", "/static/dashboard.css", "/livez", "/nowhere"):
            headers = client.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"


def test_secrets_are_read_strictly() -> None:
    assert accounts_of("mot mat khau\n", "f") == (Account("operator", "operator", "mot mat khau"),)
    assert accounts_of("# ops\nlan:operator:a:b:c:d:e\nminh:viewer:12345678\n", "f") == (
        Account("lan", "operator", "a:b:c:d:e"), Account("minh", "viewer", "12345678"),
    )  # fmt: skip
    assert "12345678" not in repr(accounts_of("12345678", "f"))
    for text in ("", "short", "a:operator:12345678\nbroken line", "a:viewer:12345678\na:viewer:87654321"):
        with pytest.raises(BadSecret):
            accounts_of(text, "f")
    assert tokens_of("# x\ntoken-one\n\ntoken-two\n", "f") == ("token-one", "token-two")
    with pytest.raises(BadSecret):
        tokens_of("short", "f")


def test_a_monitor_needs_a_token_for_numbers_and_none_to_ask_whether_we_work(guarded: str) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    with visit(guarded) as client:
        assert client.get("/livez").text == "ok\n"
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "ok"), "no clock runs"
        refused = client.get("/metrics")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
        scraped = client.get("/metrics", headers=bearer)
        assert scraped.status_code == 200 and "\nfrontnews_articles 0.0\n" in scraped.text
        assert scraped.headers["content-type"].startswith("text/plain; version=")
