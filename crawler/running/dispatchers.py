"""Being in the list of those who may hold claims, for as long as some work takes."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Engine

from crawler.running.run import is_gone
from storage import claims, takeover

BEAT_SECONDS = 10.0


@contextlib.contextmanager
def dispatcher(engine: Engine) -> Iterator[str]:
    """Join the list as this process (``host:pid``), beat in a thread, and leave; what is still claimed then
    is due again."""
    owner = f"{socket.gethostname()}:{os.getpid()}"
    takeover.bury(engine, datetime.now(UTC), is_gone)  # where no clock runs, nobody else does
    claims.join(engine, owner, "command", datetime.now(UTC))
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            claims.beat(engine, owner)

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    try:
        yield owner
    finally:
        ended.set()
        beating.join()
        claims.leave(engine, owner, datetime.now(UTC))
