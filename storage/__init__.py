"""Records and how they are kept: tables, migrations, saving, duplicates, changes, search, runs, exports."""
