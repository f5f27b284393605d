"""Reading archived pages again in the process of the test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spiders.reprocessing import Job, JobDone, read_again


def read_here(jobs: Iterable[Job]) -> Iterator[JobDone]:
    """Read jobs one by one, where ``reprocess`` asks for something that does them."""
    return map(read_again, jobs)
