"""Messages that wait to be sent: written with what they tell of in one transaction, sent until it works.

A message has a key, so the same news is told once. Whoever sends claims first: two clocks tell nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Engine, delete, func, insert, null, or_, select, update

from storage.engine import reading, writing
from storage.tables import outbox

Kind = Literal["down", "reminder", "recovered"]

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""Between two tries: doubled each time. A chat service is down for minutes, a wrong address for ever."""

TRIES = 60
"""With LONGEST_WAIT between them: more than two days. Then the news is old; `alerts list` still has it."""

CLAIMED_FOR = timedelta(minutes=5)
"""A sender that died with messages in hand is waited for so long."""

KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Message:
    """One line of news. ``attempts``: tries so far."""

    id: int
    kind: Kind
    portal: str | None
    alarm: str | None
    text: str
    created_at: datetime
    attempts: int
    sent_at: datetime | None = None
    problem: str | None = None


def put(
    connection: Connection, key: str, kind: Kind, text: str, now: datetime, *, portal: str, alarm: str
) -> bool:
    """Put a message into the outbox, in the caller's transaction; False where its key was there before."""
    if connection.scalar(select(outbox.c.id).where(outbox.c.key == key)) is not None:
        return False
    connection.execute(
        insert(outbox).values(
            key=key, kind=kind, portal=portal, alarm=alarm, text=text,
            created_at=now, next_try_at=now, attempts=0,
        )
    )  # fmt: skip
    return True


def withdraw(connection: Connection, portal: str, alarm: str) -> bool:
    """Take back what was not sent yet of an alarm; tell whether the alarm itself was among it."""
    waiting = (outbox.c.portal == portal, outbox.c.alarm == alarm, outbox.c.sent_at.is_(None))
    fresh = connection.scalar(
        select(func.count()).where(*waiting, outbox.c.kind == "down", outbox.c.given_up_at.is_(None))
    )
    connection.execute(delete(outbox).where(*waiting))
    return bool(fresh)


def claim(engine: Engine, now: datetime) -> list[Message]:
    """Take the messages that are to be sent now, oldest first; nobody else gets them for CLAIMED_FOR."""
    with writing(engine) as connection:
        taken = connection.execute(
            update(outbox)
            .where(outbox.c.sent_at.is_(None), outbox.c.given_up_at.is_(None))
            # no message waits for longer than that: it was written before the machine's time was set back
            .where(or_(outbox.c.next_try_at <= now, outbox.c.next_try_at > now + LONGEST_WAIT))
            .values(next_try_at=now + CLAIMED_FOR)
            .returning(*_COLUMNS)
        )
        return sorted((Message(*row) for row in taken), key=lambda message: message.id)


def sent(engine: Engine, messages: Sequence[Message], now: datetime) -> None:
    """Note that messages were sent."""
    ids = [message.id for message in messages]
    with writing(engine) as connection:
        connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(sent_at=now, problem=null()))


def failed(engine: Engine, messages: Sequence[Message], problem: str, now: datetime) -> None:
    """Note that messages could not be sent; each is tried again later, TRIES times in all."""
    with writing(engine) as connection:
        for message in messages:
            attempts = message.attempts + 1
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(message.attempts, 10))
            connection.execute(
                update(outbox)
                .where(outbox.c.id == message.id)
                .values(
                    attempts=attempts,
                    next_try_at=now + wait,
                    problem=problem,
                    given_up_at=now if attempts >= TRIES else null(),
                )
            )


def waiting(engine: Engine) -> list[Message]:
    """The messages that were not sent yet, those given up among them."""
    query = select(*_COLUMNS).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.id)
    with reading(engine) as connection:
        return [Message(*row) for row in connection.execute(query)]


def forget(engine: Engine, now: datetime) -> None:
    """Drop messages that were written longer than KEPT ago."""
    with writing(engine) as connection:
        connection.execute(delete(outbox).where(outbox.c.created_at < now - KEPT))


_COLUMNS = tuple(outbox.c[name] for name in Message.__slots__)
