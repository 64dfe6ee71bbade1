"""Work that would hold up the event loop, done in a thread of its own."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class WorkThread:
    """One thread, which does one thing at a time.

    Several threads would leave the event loop fewer turns, and asyncio's own are also needed to find hosts.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._start()
        os.register_at_fork(after_in_child=self._start)  # a fork has none of the threads

    def _start(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=self._name)

    async def run(self, work: Callable[[], T]) -> T:
        """Return what the function returns, once everything that was asked for earlier is done."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


# For long computations in Python, which take turns with the event loop.
COMPUTING_THREAD = WorkThread("computing")
