"""The processes of the bot: started, killed, and started again."""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from tests.chaos.process import run_fast
from tests.forked_process import ForkedProcess, fork_process
from tests.hanging import HANG_TIMEOUT_SECONDS
from tests.ports import find_free_port


class Fleet:
    """Keeps one process for each verb running."""

    def __init__(self, verbs: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self._verbs, self._environ, self._log = verbs, environ, log
        self._ports = [find_free_port() for _ in verbs]
        self._running: dict[int, ForkedProcess] = {}
        self._is_stopping = False
        self.kill_count = 0
        self.crash_count = 0
        self.slowest_stop_seconds = 0.0

    @property
    def urls(self) -> list[str]:
        """The addresses of the processes that answer Slack over HTTP."""
        listening = [port for verb, port in zip(self._verbs, self._ports, strict=True) if verb != "worker"]
        return [f"http://127.0.0.1:{port}/slack/events" for port in listening]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        keeping = [asyncio.create_task(self._keep_running(index)) for index in range(len(self._verbs))]
        try:
            yield
            await self.stop()
        finally:
            self._is_stopping = True
            for process in self._running.values():
                process.send_signal(signal.SIGKILL)
            await asyncio.gather(*keeping)

    async def _keep_running(self, index: int) -> None:
        """Start a process, and start it again whenever it ends."""
        environ = {**os.environ, **self._environ, "PORT": str(self._ports[index])}
        with self._log.open("ab") as log:
            while not self._is_stopping:
                run = partial(run_fast, self._verbs[index])
                process = fork_process(run, environ, stdout=log.fileno(), stderr=log.fileno())
                self._running[index] = process
                code = await process.wait()
                self._running.pop(index, None)
                if code != -signal.SIGKILL and not self._is_stopping:
                    self.crash_count += 1
                    await asyncio.sleep(0.5)  # as a supervisor waits

    def kill_one(self, rng: random.Random) -> None:
        if self._running:
            self._running[rng.choice(sorted(self._running))].send_signal(signal.SIGKILL)
            self.kill_count += 1

    async def stop(self) -> None:
        """Stop all by SIGTERM, and measure how long the slowest takes."""
        self._is_stopping = True
        started_at = time.monotonic()
        processes = list(self._running.values())
        for process in processes:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(HANG_TIMEOUT_SECONDS):
            codes = await asyncio.gather(*(process.wait() for process in processes))
        self.slowest_stop_seconds = time.monotonic() - started_at
        assert set(codes) <= {0, -signal.SIGTERM}, codes
