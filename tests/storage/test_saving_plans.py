"""A batch asks PostgreSQL by key, however small the tables are and whatever it thinks of them."""

from __future__ import annotations

from sqlalchemy import text

from benchmarks.saving import grow
from storage import migrate
from storage.engine import open_database
from storage.saving import save_batch
from tests.databases import fresh_postgresql_database
from tests.storage.texts import article, seen

READ_WHOLE = text("SELECT relname FROM pg_stat_xact_user_tables WHERE seq_scan > 0")


def test_no_table_is_read_whole_to_save_a_batch(postgresql: str) -> None:
    engine = open_database(fresh_postgresql_database(postgresql))
    try:
        migrate.upgrade(engine)
        grow(engine, 5_000)
        engine.dispose()  # a connection remembers for a second what it read before
        with engine.begin() as connection:
            save_batch(connection, None, [seen(article(number)) for number in range(50)])
            assert connection.execute(READ_WHOLE).all() == []
    finally:
        engine.dispose()
