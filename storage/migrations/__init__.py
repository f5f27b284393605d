"""How the tables came to be, step by step (Alembic). Run through storage.migrate, never by hand."""
