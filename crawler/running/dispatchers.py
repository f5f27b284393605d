"""Being in the list of those who may hold claims, for as long as some work takes."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Engine

from crawler.fetching.permit import PERMIT, boot_seconds, permitted_from
from crawler.running.owners import is_gone, this_process
from storage import claims, takeover
from storage.engine import DatabaseProblem
from storage.lease import BEAT_SECONDS

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def dispatcher(engine: Engine) -> Iterator[str]:
    """Join the list as this process (``host:pid``), beat in a thread, and leave; what is still claimed then
    is due again.

    The permit to ask servers lasts as long as the database hears of us. Once others took over it is lost.
    """
    owner = this_process()
    takeover.bury(engine, datetime.now(UTC), is_gone)  # where no clock runs, nobody else does
    heard_at = boot_seconds()
    claims.join(engine, owner, "command", datetime.now(UTC))
    PERMIT.until, PERMIT.lost = permitted_from(heard_at), False
    ended = threading.Event()

    def beat() -> None:
        while not PERMIT.lost and not ended.wait(BEAT_SECONDS):
            heard_at = boot_seconds()
            try:
                if claims.beat(engine, owner):
                    PERMIT.until = permitted_from(heard_at)
                else:
                    PERMIT.until, PERMIT.lost = 0.0, True
            except DatabaseProblem as problem:
                logger.warning("%s; tried again until it answers", problem)

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    try:
        yield owner
    finally:
        ended.set()
        beating.join()
        PERMIT.until = math.inf
        try:
            claims.leave(engine, owner, datetime.now(UTC))
        except DatabaseProblem as problem:
            # What was done is told all the same; who has ended is taken out of the list by the next command.
            logger.warning("%s; what was saved is kept, and the next command goes on from there", problem)
