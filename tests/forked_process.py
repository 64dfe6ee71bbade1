"""Processes that start at once: forked from one that has imported the bot, which takes over a second.

A process has the environment that `fork_process` is given. What an import reads, such as SSL_CERT_FILE, is
read before the fork, from the environment of the tests.
"""

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["bot.cli"])


class ForkedProcess:
    """A process that is waited for as for one of asyncio's own."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self._ending = asyncio.create_task(self._wait_for_end())

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        assert self._process.pid is not None
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(self._process.pid, number)

    async def wait(self) -> int:
        await asyncio.shield(self._ending)
        assert self.returncode is not None
        return self.returncode

    async def _wait_for_end(self) -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()


def fork_process(
    run: Callable[[], int], environ: Mapping[str, str], stdout: int = 1, stderr: int = 2
) -> ForkedProcess:
    """Start a process that ends with what `run` returns.

    `run` can be pickled; `stdout` and `stderr` are file descriptors of this process.
    """
    outputs = [Connection(os.dup(output), readable=False) for output in (stdout, stderr)]
    process = _CONTEXT.Process(target=_run_in_fork, args=(run, dict(environ), *outputs))
    process.start()
    for output in outputs:
        output.close()
    return ForkedProcess(process)


def _run_in_fork(
    run: Callable[[], int], environ: Mapping[str, str], stdout: Connection, stderr: Connection
) -> None:
    os.environ.clear()
    os.environ.update(environ)
    os.dup2(stdout.fileno(), 1)
    os.dup2(stderr.fileno(), 2)
    sys.exit(run())
