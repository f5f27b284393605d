"""What the pages show, read from the database: one module a page group, no HTML."""
