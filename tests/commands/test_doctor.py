"""`frontnews doctor`: each thing that can be wrong is seen to be found, with what to do about it."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert
from typer.testing import CliRunner, Result

from cli import app
from commands import doctor
from commands.doctor import Check
from crawler.fetching import browser
from storage import alarms, migrate, outbox
from storage.alarms import Judgement, Raised
from storage.engine import open_database
from storage.portals import Portal
from storage.tables import dispatchers
from tests.databases import fresh_sqlite_database
from tests.hostile.web import certificate

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""Apprise imports it when it first looks for its services."""

RECORD = """
province: Hà Nội
portals:
  - id: ha_noi/vidu
    name: Ví dụ
    url: https://vidu.example.gov.vn/
    owner: front
    platform: unknown
    evidence: made for tests
"""


@pytest.fixture
def now() -> datetime:
    """The time of this very test: what beat when the file was read may have stopped since."""
    return datetime.now(UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "f.db"


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    engine = open_database(fresh_sqlite_database(file.parent, file.name))
    yield engine
    engine.dispose()


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "ha_noi.yaml").write_text(RECORD)
    return folder


@pytest.fixture(autouse=True)
def nobody_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FRONTNEWS_NOTIFY", "FRONTNEWS_NOTIFY_FILE"):
        monkeypatch.delenv(name, raising=False)


def ask(file: Path, registry: Path, *more: str) -> tuple[Result, dict[str, tuple[str, str]]]:
    """Run the command; its exit and what it found by name: level and message with what to do."""
    given = ["doctor", "--json", "--database", f"sqlite:///{file}", "--registry", str(registry)]
    done = CliRunner().invoke(app, [*given, *(more or ("--offline",))])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return done, {row["what"]: (row["level"], f"{row['message']} | {row['do']}") for row in rows}


def test_a_machine_that_is_well_is_told_so(file: Path, registry: Path, engine: Engine, now: datetime) -> None:
    beaten(engine, now)
    done, found = ask(file, registry)
    assert done.exit_code == 0
    assert {what for what, (level, _) in found.items() if level == "problem"} == set()
    assert found["database"][0] == found["migrations"][0] == found["clock"][0] == found["alarms"][0] == "ok"
    assert found["registry"] == ("ok", "1 portal | ")


def test_no_database_is_a_note_and_one_that_is_none_a_problem(file: Path, registry: Path) -> None:
    done, found = ask(file, registry)
    assert (done.exit_code, found["database"][0]) == (0, "note")
    assert "frontnews db upgrade" in found["database"][1]
    file.write_bytes(b"this is no database" * 100)
    done, found = ask(file, registry)
    assert (done.exit_code, found["database"][0]) == (8, "problem")


def test_migrations_that_are_behind_are_found(file: Path, registry: Path, engine: Engine) -> None:
    migrate.downgrade(engine, "0020")
    done, found = ask(file, registry)
    assert (done.exit_code, found["migrations"][0]) == (8, "problem")
    assert "frontnews db upgrade" in found["migrations"][1]


def beaten(engine: Engine, at: datetime) -> None:
    with engine.begin() as connection:
        row = {"owner": "here:1", "kind": "clock", "started_at": at, "beat_at": at}
        connection.execute(insert(dispatchers).values(row))


def test_a_clock_that_has_stopped_is_a_problem_and_none_at_all_a_note(
    file: Path, registry: Path, engine: Engine, now: datetime
) -> None:
    assert ask(file, registry)[1]["clock"][0] == "note"
    beaten(engine, now - timedelta(hours=5))
    done, found = ask(file, registry)
    assert (done.exit_code, found["clock"][0]) == (3, "problem")
    assert "5 h ago" in found["clock"][1] and "frontnews schedule run" in found["clock"][1]


def test_alarms_and_messages_that_could_not_be_sent_are_found(
    file: Path, registry: Path, engine: Engine, now: datetime
) -> None:
    for run in (1, 2):
        alarms.judge(engine, "x/y", run, Judgement((Raised("moved", "elsewhere"),)), now)
    outbox.failed(engine, outbox.claim(engine, now), "not sent to number 1 (JSON)", now)
    done, found = ask(file, registry)
    assert found["alarms"][0] == "note" and "x/y moved" in found["alarms"][1]
    unsent = [json.loads(line) for line in done.stdout.splitlines() if '"messages"' in line]
    assert [row["level"] for row in unsent] == ["problem", "note"]
    assert "1 could not be sent: not sent to number 1 (JSON)" in unsent[0]["message"]
    assert done.exit_code == 3


def test_a_disk_that_is_nearly_full_is_a_problem(
    file: Path, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(file, registry)[1]["disk"][0] == "ok"
    monkeypatch.setattr(doctor, "LITTLE_DISK", shutil.disk_usage(file.parent).free + 2**40)
    done, found = ask(file, registry)
    assert (done.exit_code, found["disk"][0]) == (3, "problem")


@pytest.mark.parametrize(
    ("text", "said"), [("province: Hà Nội\nportals: []\n", "no portals"), ("portals: [\n", "ha_noi.yaml:")]
)
def test_a_registry_without_portals_or_with_a_broken_record_is_a_problem(
    file: Path, registry: Path, text: str, said: str
) -> None:
    (registry / "ha_noi.yaml").write_text(text)
    done, found = ask(file, registry)
    assert (done.exit_code, found["registry"][0]) == (3, "problem")
    assert said in found["registry"][1]


def test_addresses_of_messages_that_are_wrong_are_a_problem_and_none_a_note(
    file: Path, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(file, registry)[1]["messages"][0] == "note"
    monkeypatch.setenv("FRONTNEWS_NOTIFY", "nonsense://secret-hook")
    done, found = ask(file, registry)
    assert (done.exit_code, found["messages"][0]) == (3, "problem")
    assert "secret-hook" not in done.stdout
    monkeypatch.setenv("FRONTNEWS_NOTIFY", "json://93.184.215.14/hook")
    assert ask(file, registry)[1]["messages"] == ("ok", "alarms go to JSON | ")


def test_a_part_that_is_not_installed_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._part("PDF extra", "json", "nothing", "pdf").level == "ok"
    missing = doctor._part("PDF extra", "no_such_module", "text of PDFs is not read", "pdf")
    assert (missing.level, missing.do) == ("note", "install frontnews[pdf] if you want it")
    monkeypatch.setattr(browser, "NAMES", ("no-such-browser",))
    monkeypatch.delenv("FRONTNEWS_CHROMIUM", raising=False)
    assert doctor._chromium().do == "install chromium"


def test_a_name_without_an_address_is_a_problem_that_points_to_the_network(
    file: Path, registry: Path
) -> None:
    (registry / "ha_noi.yaml").write_text(RECORD.replace("vidu.example.gov.vn", "vidu.invalid"))
    done, found = ask(file, registry, "--quiet")
    assert (done.exit_code, found["DNS"][0]) == (3, "problem")
    assert "vidu.invalid has no address" in found["DNS"][1] and "firewall" in found["DNS"][1]


def network(url: str) -> dict[str, Check]:
    portal = Portal("ha_noi/vidu", "Ví dụ", url, "front")
    return {check.what: check for check in doctor._network(portal)}


def test_a_certificate_that_does_not_hold_and_a_port_that_is_closed_are_notes() -> None:
    with listening(tls=True) as port:
        found = network(f"https://localhost:{port}/")
    assert (found["DNS"].level, found["TLS"].level) == ("ok", "note")
    assert "self-signed certificate" in found["TLS"].message
    closed = network(f"https://localhost:{port}/")["TLS"]
    assert closed.level == "note" and closed.do == "only this portal? frontnews portals check ha_noi/vidu"
    with listening(tls=False) as port:
        assert "asked without TLS" in network(f"http://localhost:{port}/")["TLS"].message


@contextmanager
def listening(*, tls: bool) -> Iterator[int]:
    """A server on loopback that takes one connection, and its handshake."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def take() -> None:
            connection, _ = listener.accept()
            with connection:
                if tls:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(certificate("localhost"))
                    try:
                        context.wrap_socket(connection, server_side=True).close()
                    except ssl.SSLError:
                        return  # the doctor does not trust it, as it should

        thread = threading.Thread(target=take)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def test_an_archive_without_a_bound_is_noted_and_its_own_disk_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_at(*more: str) -> dict[str, dict[str, str]]:
        said = CliRunner().invoke(
            app, ["doctor", "--offline", "--json", "--database", f"sqlite:///{tmp_path / 'f.db'}", *more]
        )
        return {row["what"]: row for row in map(json.loads, said.stdout.splitlines())}

    found = looked_at()
    assert found["archive"]["level"] == "note" and "MAX_SIZE" in found["archive"]["do"]
    assert "archive's disk" not in found
    monkeypatch.setenv("FRONTNEWS_ARCHIVE_MAX_SIZE", "20G")
    assert looked_at()["archive"]["message"] == "FRONTNEWS_ARCHIVE_MAX_SIZE=20G"
    assert looked_at("--archive", "off")["archive"]["message"] == "none is kept"
    if Path("/dev/shm").stat().st_dev != tmp_path.stat().st_dev:
        assert "/dev/shm" in looked_at("--archive", "/dev/shm/frontnews")["archive's disk"]["message"]
