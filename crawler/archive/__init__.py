"""The raw archive: every page that a walk reads, as WARC 1.1, before it is read."""
