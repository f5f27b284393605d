"""The ops room: what is wrong, who was told, who is signed in and what each did."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, Table, Text

from storage.columns import Json, UtcTime
from storage.tables.schema import RowId, metadata

alarms = Table(
    "alarms",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("name", Text, primary_key=True, doc="crawler.running.drift.ALARMS"),
    Column("state", Text, nullable=False, doc="pending | down | ok"),
    Column("since", UtcTime, nullable=False, doc="when it came into this state"),
    Column("seen", Integer, nullable=False, doc="judgements in a row that raised it"),
    Column("run_id", RowId, doc="the run that was judged last"),
    Column("judged_at", UtcTime, nullable=False),
    Column("message", Text, nullable=False),
    Column("observed", Float),
    Column("bound", Float),
    Column("urls", Json, nullable=False, doc="some addresses to look at"),
    Column("notified_at", UtcTime, doc="when a message of this state was last put in the outbox"),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", UtcTime),
    Column("muted_until", UtcTime),
    Column("muted_by", Text),
    Column("accepted_at", UtcTime, doc="what was seen before this is no measure any more"),
    Column("said", Json, doc="message in codes: storage.said.Said"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True, doc="the same message is taken once"),
    Column("kind", Text, nullable=False, doc="down | reminder | recovered"),
    Column("portal", Text),
    Column("alarm", Text),
    Column("text", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("next_try_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", UtcTime),
    Column("given_up_at", UtcTime),
    Column("problem", Text, doc="why the last try failed"),
    Index("ix_outbox_next_try_at", "next_try_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("who", Text, nullable=False, doc="name of the account, or of the user at the shell"),
    Column("place", Text, nullable=False, doc="dashboard | command"),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False, doc="a portal, a run …"),
    Column("detail", Json, nullable=False, doc="what was changed, as the action was given it"),
    Column("outcome", Text, nullable=False, doc="done, or why not"),
    Index("ix_audit_target", "target"),
)

dashboard_sessions = Table(
    "dashboard_sessions",
    metadata,
    Column("digest", Text, primary_key=True, doc="SHA-256 of the cookie; the cookie itself is not kept"),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False, doc="viewer | operator"),
    Column("begun_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
)
