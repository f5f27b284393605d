"""When portals are crawled, and by whom: schedules, the processes that crawl, what they have learned."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from storage.columns import Json, UtcTime
from storage.tables.schema import metadata

schedules = Table(
    "schedules",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("kind", Text, nullable=False, doc="interval | cron | adaptive"),
    Column("interval_seconds", Integer, nullable=False),
    Column("cron", Text, doc="five fields, in Vietnam's time"),
    Column("quiet_hours", Text, doc="22:00-05:00, several with a comma, in Vietnam's time"),
    Column("enabled", Boolean, nullable=False, doc="false: paused"),
    Column("next_due_at", UtcTime, nullable=False),
    Column("due_reason", Text, nullable=False),
    Column("due_said", Json, doc="due_reason in codes: [storage.said.Said]"),
    Column("planned_at", UtcTime, nullable=False, doc="when next_due_at was computed"),
    Column("last_dispatched_at", UtcTime),
    Column("claimed_by", Text, doc="the dispatcher that crawls it or has it in its queue"),
    Column("claimed_at", UtcTime),
    Column("server_group", Text, nullable=False, doc="portals of one server share one politeness slot"),
    Column("cooling_until", UtcTime, doc="the pause after the last request to its server"),
    Index("ix_schedules_next_due_at", "next_due_at"),
    Index("ix_schedules_claimed_by", "claimed_by"),
    Index("ix_schedules_server_group", "server_group"),
)

maintenance_windows = Table(
    "maintenance_windows",
    metadata,
    Column("name", Text, primary_key=True),
    Column("begins_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("portal", Text, doc="null: all portals"),
)

dispatchers = Table(
    "dispatchers",
    metadata,
    Column("owner", Text, primary_key=True, doc="host and process"),
    Column("kind", Text, nullable=False, doc="clock | command | worker"),
    Column("started_at", UtcTime, nullable=False),
    Column("beat_at", UtcTime, nullable=False),
    Column("places", Integer, doc="portals that a worker crawls at once"),
    Column("job_worker", BigInteger, doc="a worker's number in the queue (Procrastinate's worker_id)"),
)

server_visits = Table(
    "server_visits",
    metadata,
    Column("server_group", Text, primary_key=True),
    Column("owner", Text, doc="the dispatcher that asks it without a claim; null: it rests"),
    Column("begun_at", UtcTime, nullable=False),
    Column("cooling_until", UtcTime, doc="the pause after the last request to it"),
)

cycles = Table(
    "cycles",
    metadata,
    Column("schedule_class", Text, primary_key=True, doc="a kind of schedule, or all"),
    Column("begun_at", UtcTime, nullable=False),
    Column("completed_at", UtcTime, doc="of the last one that was completed, not of the present one"),
)

rhythms = Table(
    "rhythms",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("state", Json, nullable=False, doc="crawler.running.rhythm.Rhythm.to_json"),
    Column("updated_at", UtcTime, nullable=False),
)

rhythm_plans = Table(
    "rhythm_plans",
    metadata,
    Column("made_at", UtcTime, primary_key=True),
    Column("plan", Json, nullable=False, doc="crawler.running.rhythm.Plan.to_json"),
)
