"""Runs: lease, crawl host, verdict, progress."""
