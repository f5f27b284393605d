"""Processes that work through jobs for this one, which goes on with what they give back.

They are forks: what this process has imported and compiled is theirs at once, where a process begun anew
spends a second and a half of CPU on it (M: 2026-11). A fork has the same connections to a database too, and
two that speak on one connection break it; so the processes are begun before a database is opened.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import TypeAlias, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")
WorkThrough: TypeAlias = Callable[[Iterable[Job]], Iterator[Done]]
"""Does jobs, and gives what came of them in their order; raises ReaderLost."""

AHEAD = 2
"""Jobs a process that are taken before the first is given back."""


class ReaderLost(Exception):
    """A process ended in the middle of a job; the message says by what."""


@contextlib.contextmanager
def reading_processes(work: Callable[[Job], Done], workers: int) -> Iterator[WorkThrough[Job, Done]]:
    """Begin ``workers`` forks of this process that do ``work``, and end them; one is this process itself.

    To be entered while this process has no thread and no open connection. SIGINT and SIGTERM are left to this
    process. An exception of ``work`` is raised where its result is taken.
    """
    if workers == 1:
        yield lambda jobs: map(work, jobs)
        return
    context = multiprocessing.get_context("fork")
    forks: list[_Fork] = []
    try:
        for _ in range(workers):
            here, there = context.Pipe()
            mine = [here, *(fork.pipe for fork in forks)]
            process = context.Process(target=_do_jobs, args=(work, there, mine), daemon=True)
            process.start()
            there.close()
            forks.append(_Fork(process, here))
        yield lambda jobs: _in_order(forks, jobs)
    finally:
        for fork in forks:
            fork.end()


class _Fork:
    """A process that does one job at a time, and this process's end of the pipe to it."""

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe

    def do(self, job: object) -> object:
        """Have a job done. Raises ReaderLost, and what the work raised."""
        try:
            self.pipe.send(job)
            done, problem = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(1)
            code = self.process.exitcode
            how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
            raise ReaderLost(f"a process that read pages ended {how}") from None
        if problem is not None:
            raise problem
        return done

    def end(self) -> None:
        """End the process, whatever it does: what it has not given back is not wanted any more."""
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _in_order(forks: list[_Fork], jobs: Iterable[Job]) -> Iterator[Done]:
    """A thread for each process waits for it: it has its next job while this thread does other things."""
    free: SimpleQueue[_Fork] = SimpleQueue()
    for fork in forks:
        free.put(fork)

    def ask(job: Job) -> Done:
        fork = free.get()
        try:
            return fork.do(job)  # type: ignore[return-value]
        finally:
            free.put(fork)

    coming = iter(jobs)
    with ThreadPoolExecutor(len(forks), thread_name_prefix="readers") as threads:
        waiting: deque[Future[Done]] = deque()
        try:
            while True:
                few = itertools.islice(coming, AHEAD * len(forks) - len(waiting))
                waiting.extend(threads.submit(ask, job) for job in few)
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            for late in waiting:
                late.cancel()


def _do_jobs(work: Callable[[Job], Done], pipe: Connection, of_others: list[Connection]) -> None:
    """Do what comes through the pipe until it is closed at its other end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for other in of_others:  # or the pipes stay open in here when the parent is gone
        other.close()
    _follow_parent()
    with contextlib.suppress(EOFError, OSError):
        while True:
            job = pipe.recv()
            try:
                answer: tuple[Done | None, Exception | None] = (work(job), None)
            except Exception as problem:
                answer = (None, problem)
            pipe.send(answer)


def _follow_parent() -> None:
    """End with the parent, also in the middle of a job."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
