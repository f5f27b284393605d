"""Forks that do jobs for this process: in order, heard when they fail, and gone when it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from spiders.reading_processes import ReaderLost, reading_processes


def slowest_first(job: tuple[int, int]) -> tuple[int, int]:
    """The number of a job, and the process that did it; the first jobs have the most to do."""
    number, of = job
    sum(range((of - number) * 100_000))
    return number, os.getpid()


def test_jobs_are_done_by_all_processes_and_given_back_in_their_order() -> None:
    jobs = [(number, 20) for number in range(20)]
    with reading_processes(slowest_first, 2) as work_through:
        done = list(work_through(jobs))
    assert [number for number, _ in done] == list(range(20))
    assert len({process for _, process in done} - {os.getpid()}) == 2


def test_one_worker_is_this_process() -> None:
    with reading_processes(slowest_first, 1) as work_through:
        assert list(work_through([(0, 1)])) == [(0, os.getpid())]


def test_jobs_are_taken_as_they_are_needed() -> None:
    taken: list[int] = []

    def jobs() -> Iterator[tuple[int, int]]:
        for number in range(1000):
            taken.append(number)
            yield number, number

    with reading_processes(slowest_first, 2) as work_through:
        done = work_through(jobs())
        assert next(done)[0] == 0
        assert len(taken) <= 5


def divide(number: int) -> float:
    return 1 / number


def test_what_the_work_raised_is_raised_where_its_result_is_taken_and_the_process_goes_on() -> None:
    with reading_processes(divide, 2) as work_through:
        done = work_through([1, 0])
        assert next(done) == 1
        with pytest.raises(ZeroDivisionError):
            next(done)
        assert list(work_through([4, 2])) == [0.25, 0.5]


def obey(order: str) -> str:
    if order == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if order == "interrupt":  # of a terminal or a service: every process of a command gets them
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
    return order


def test_a_process_that_dies_is_told_after_all_that_was_done_before() -> None:
    with reading_processes(obey, 2) as work_through:
        done = work_through(["one", "two", "three", "die", "five"])
        assert [next(done) for _ in range(3)] == ["one", "two", "three"]
        with pytest.raises(ReaderLost, match="ended by signal 9"):
            next(done)


def test_signals_are_left_to_the_parent() -> None:
    with reading_processes(obey, 2) as work_through:
        assert list(work_through(["interrupt"] * 4)) == ["interrupt"] * 4


ABANDONED = """
import os, sys
from spiders.reading_processes import reading_processes

def never_ends(path):
    with open(path, "w") as file:  # held open, and so its lock, for as long as this process lives
        import fcntl
        fcntl.flock(file, fcntl.LOCK_EX)
        os.write(1, b"reading\\n")  # at once: print writes line and end apart where nothing is buffered
        while True:
            sum(range(1000))

with reading_processes(never_ends, 2) as work_through:
    list(work_through(sys.argv[1:]))
"""


def test_processes_end_with_a_parent_that_is_killed_in_the_middle_of_a_job(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    paths = [str(tmp_path_factory.mktemp("lock") / "file") for _ in range(2)]
    parent = subprocess.Popen([sys.executable, "-c", ABANDONED, *paths], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert [parent.stdout.readline() for _ in paths] == ["reading\n"] * 2
    parent.kill()
    assert parent.stdout.read() == "", "their output is closed when the last of them has ended"
    parent.stdout.close()
    assert parent.wait() == -signal.SIGKILL
