"""What the dashboard has of the archive: stored pages to look at, and a portal's pages read again."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator

from sqlalchemy import Engine

from commands.options import ExitCode, Settings
from crawler.archive.reading import Reader
from crawler.reading.page import Page
from crawler.running import children
from dashboard.room import ReadAgain, StoredPage
from storage import archive, audit

COUNTED = ("read", "changed", "revisions", "new", "unchanged")
"""What of a summary of `frontnews reprocess --json` is written down."""


@contextlib.contextmanager
def archive_of(engine: Engine, settings: Settings) -> Iterator[tuple[StoredPage | None, ReadAgain | None]]:
    """How the dashboard gets at the archive of the settings; nothing where it is switched off."""
    folder = settings.archive
    if folder is None:
        yield None, None
        return
    reader = Reader(folder, lambda id: archive.by_id(engine, [id]).get(id))

    def stored_page(portal: str, key: str) -> Page | None:
        row = archive.latest_of(engine, [(portal, key)]).get((portal, key))
        return reader.page(row) if row else None

    rereading = Rereading(engine, settings)
    try:
        yield stored_page, rereading.begin
    finally:
        rereading.stop()


class Rereading:
    """`frontnews reprocess --portal …` beside the dashboard, in a process of its own, one at a time.

    What came of it is written into the audit log.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._busy = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._reading: threading.Thread | None = None

    def begin(self, portal: str, who: str) -> bool:
        """Begin for somebody; False while another portal is being read again."""
        if not self._busy.acquire(blocking=False):
            return False
        self._reading = threading.Thread(target=self._read, args=(portal, who), daemon=True)
        self._reading.start()
        return True

    def wait(self, seconds: float) -> None:
        """Wait for the end of what is under way, so long at most."""
        if self._reading is not None:
            self._reading.join(seconds)

    def stop(self) -> None:
        """End what is under way, in good order: it keeps what it has done."""
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)

    def _read(self, portal: str, who: str) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own command, the portal by its id
                [sys.executable, "-m", "cli", "reprocess", "--portal", portal, "--json", "--quiet"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
                env=self._environment(),
            )  # fmt: skip
            said, problem = self._process.communicate()
            ended = self._process.returncode
            detail: dict[str, object]
            try:
                summary = json.loads(said)
                detail = {name: summary[name] for name in COUNTED}
            except (ValueError, KeyError):
                detail = {"problem": problem.strip().rpartition("\n")[2][:300]}
            good = ended in (ExitCode.OK, ExitCode.PARTIAL)
            audit.record(
                self._engine, who=who, place="dashboard", action="reprocess", target=portal, detail=detail,
                outcome="done" if good else "failed",
            )  # fmt: skip
        finally:
            self._process = None
            self._busy.release()

    def _environment(self) -> dict[str, str]:
        """The settings by variables: a database's password on a command line is seen by everybody."""
        given = self._settings
        registry = {"FRONTNEWS_REGISTRY": str(given.registry)} if given.registry else {}
        return children.environment() | registry | {
            "FRONTNEWS_DATABASE": given.database,
            "FRONTNEWS_ARCHIVE": str(given.archive),
        }  # fmt: skip
