"""Run work in forks of this process: they have its imports, and what goes wrong in them stays in them."""

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

# Then a fork is ended: it loops, or waits, for ever.
MAX_CPU_SECONDS = 60
MAX_SECONDS = 600

Task = TypeVar("Task")


def run_in_fork(work: Callable[[], bool]) -> bool:
    """Return whether the work succeeded."""
    return os.waitpid(_fork(work), 0)[1] == 0


def run_in_forks(
    tasks: Iterable[Task], work: Callable[[Task], bool], workers: int
) -> Iterator[tuple[Task, bool]]:
    """Yield each task with whether its work succeeded, as they end; so many run at once."""
    running: dict[int, Task] = {}
    for task in tasks:
        if len(running) == workers:
            yield _wait_for_one(running)
        running[_fork(lambda task=task: _run_limited(work, task))] = task  # type: ignore[misc]
    while running:
        yield _wait_for_one(running)


def _fork(work: Callable[[], bool]) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    succeeded = False
    try:
        succeeded = work()
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - the fork ends here, whatever it is
        traceback.print_exc()
    os._exit(0 if succeeded else 1)


def _run_limited(work: Callable[[Task], bool], task: Task) -> bool:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    signal.alarm(MAX_SECONDS)
    return work(task)


def _wait_for_one(running: dict[int, Task]) -> tuple[Task, bool]:
    pid, status = os.wait()
    return running.pop(pid), status == 0
