"""The lock of all writers of articles: one batch at a time is saved."""

from __future__ import annotations

from sqlalchemy import Connection, text

from storage.lease import STALLED_SECONDS

_WRITERS = 7_240_001
"""Advisory lock of PostgreSQL. Any number that no other part uses (storage.migrate has 7_240_002)."""


def lock_writers(connection: Connection, *, by_key: bool = False) -> None:
    """Let one batch at a time be saved, until the end of the transaction.

    On SQLite BEGIN IMMEDIATE has done so already. The same on PostgreSQL makes copies, stories and
    change numbers right by construction, in one code path; hashing, the slow half, is done before.
    The price is that batches queue up: some 50 ms for 50 articles, where polite crawling brings 20 to
    100 articles a second (reference/engine.md section 4).

    ``by_key``: all that the transaction asks is by key, so PostgreSQL plans each question once, by its
    indexes. To plan it for each batch anew, and to read tables of 20,000 rows whole since random access is
    thought dear, took 0.8 of the 3.0 million instructions that its server spent on an article.
    """
    if connection.dialect.name == "postgresql":
        parameters = {"limit": f"{STALLED_SECONDS}s", "lock": _WRITERS}
        connection.execute(_LOCK_BY_KEY if by_key else _LOCK, parameters)


_SETTINGS = "SELECT set_config('idle_in_transaction_session_timeout', :limit, true), "
_BY_KEY = (
    "set_config('plan_cache_mode', 'force_generic_plan', true), "
    "set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), "
)
_LOCK = text(f"{_SETTINGS} pg_advisory_xact_lock(:lock)")
_LOCK_BY_KEY = text(f"{_SETTINGS} {_BY_KEY} pg_advisory_xact_lock(:lock)")
