"""One file per platform: its signs, listing, pagination, article selectors, noise, quirks."""
