"""A small fleet in every state, served on loopback, and a real Chromium to look at it with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine

from dashboard.app import create_app
from storage import migrate
from storage.engine import open_database
from tests.dashboard.seed import seed
from tests.dashboard.serving import serving
from tests.databases import fresh_sqlite_database

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def seeded_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite database with 60 portals in mixed states; tests that change it take portals of their own."""
    return filled(f"sqlite:///{tmp_path_factory.mktemp('dashboard')}/frontnews.db", portals=60, articles=48)


@pytest.fixture(scope="session")
def seeded(seeded_url: str) -> Iterator[Engine]:
    engine = open_database(seeded_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def address(seeded: Engine) -> Iterator[str]:
    """The open dashboard over ``seeded``."""
    with serving(create_app(seeded)) as address:
        yield address


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the test's own."""
    engine = open_database(fresh_sqlite_database(tmp_path))
    yield engine
    engine.dispose()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """The system's Chromium, without any network of its own.

    Started anew for each test: Playwright keeps an event loop running in the thread as long as it is up, and
    every other test of the process that wants one would fail.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


def filled(url: str, *, portals: int, articles: int) -> str:
    """Migrate and fill the database at ``url``; return the url."""
    engine = open_database(url)
    migrate.upgrade(engine)
    seed(engine, portals, articles)
    engine.dispose()
    return url
