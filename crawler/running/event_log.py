"""What happens in a run, written down for people: in batches, off the event loop, bounded."""

from __future__ import annotations

import logging
from collections import deque

from crawler.logging import is_configured
from crawler.running.options import Event, OnEvent
from crawler.running.telling import TOLD, counted
from crawler.saving import Writer
from crawler.utc import utc_now
from storage import run_events
from storage.run_events import FIRST, LAST, Level, RunEvent
from storage.said import Said, many

logger = logging.getLogger(__name__)

_GRADES = {
    "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR,
    "article": logging.DEBUG, "listing": logging.DEBUG, "saved": logging.DEBUG,
}  # fmt: skip


class EventLog:
    """The log of one run: it hears what the tally tells, and hands it on to whoever else listens."""

    def __init__(self, writer: Writer, run_id: int, listener: OnEvent) -> None:
        self._writer = writer
        self._run_id = run_id
        self._listener = listener
        self._seq = 0
        self._said_of_saving: str | None = None
        self._first: list[RunEvent] = []
        self._last: deque[RunEvent] = deque(maxlen=LAST)

    def hear(self, event: Event) -> None:
        """Note an event of the crawl."""
        self._listener(event)
        match event.kind:
            case "listing":
                pages, listed = event.counts["pages"], event.counts["listed"]
                text = f"page {pages}, {many(listed, 'article')} listed so far"
                listing = Said("event.listing", {"pages": pages, "listed": listed})
                self.note("info", "listing", event.url, text, listing)
            case "article":
                self.note("info", "article", event.url, event.article.title if event.article else None)
            case "saved" if (said := counted(event.counts)) != self._said_of_saving:
                self._said_of_saving = said
                counts = {name: event.counts.get(name, 0) for name in TOLD}
                self.note("info", "saved", None, said, Said("event.saved", counts))
            case "problem":
                message = (event.message or "").removeprefix(f"{event.url}: ")
                met = Said("event.problem", {"error": event.error}) if event.error else None
                self.note("warning", "problem", event.url, message, met)

    def note(
        self,
        level: Level,
        event: str,
        url: str | None = None,
        message: str | None = None,
        said: Said | None = None,
    ) -> None:
        """Take a line for the next batch; ``said``: the message in codes."""
        self._seq += 1
        if is_configured():
            line = f"{event}: {message}" if message else event
            grade = _GRADES.get(event, _GRADES[level])
            logger.log(grade, line, extra={"url": url} if url else None)
        rows = self._first if self._seq <= FIRST else self._last
        rows.append(RunEvent(self._seq, utc_now(), level, event, url, message, said))

    async def flush(self) -> None:
        """Write what was noted. Raises storage.engine.DatabaseProblem, and what was noted is lost then."""
        rows = [*self._first, *self._last]
        self._first, self._last = [], deque(maxlen=LAST)
        if rows:
            await self._writer.run(run_events.append, self._run_id, rows)
