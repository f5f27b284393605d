"""Records and how they are kept: tables, migrations, saving a batch, duplicates, changes, search, runs, portals, exports."""
