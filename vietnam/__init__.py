"""What we know of the country: its writing, dates, places, organizations. Pure functions and data; no I/O."""
