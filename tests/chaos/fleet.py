"""The bot's processes: started, killed, started again."""

import asyncio
import os
import random
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

LONGEST_STOP = 10  # seconds


class Fleet:
    def __init__(self, verbs: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self._verbs, self._environ, self._log = verbs, environ, log
        self._ports = [_free_port() for _ in verbs]
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self._stopping = False
        self.kills = 0
        self.fell = 0  # ended by themselves
        self.slowest_stop = 0.0

    @property
    def doors(self) -> list[str]:
        """Where those listen that answer over HTTP."""
        listening = [port for verb, port in zip(self._verbs, self._ports, strict=True) if verb != "worker"]
        return [f"http://127.0.0.1:{port}/slack/events" for port in listening]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        keepers = [asyncio.create_task(self._keep(place)) for place in range(len(self._verbs))]
        try:
            yield
            await self.stop()
        finally:
            self._stopping = True
            for process in self._running.values():
                with suppress(ProcessLookupError):
                    process.kill()
            await asyncio.gather(*keepers)

    async def _keep(self, place: int) -> None:
        """Start a process again whenever it ended."""
        environ = {**os.environ, **self._environ, "PORT": str(self._ports[place])}
        with self._log.open("ab") as log:
            while not self._stopping:
                command = (sys.executable, "-m", "tests.chaos.process", self._verbs[place])
                process = await asyncio.create_subprocess_exec(*command, env=environ, stdout=log, stderr=log)
                self._running[place] = process
                code = await process.wait()
                self._running.pop(place, None)
                if code != -signal.SIGKILL and not self._stopping:
                    self.fell += 1
                    await asyncio.sleep(0.5)  # as whatever watches over processes does

    def kill_one(self, chance: random.Random) -> None:
        if self._running:
            self._running[chance.choice(sorted(self._running))].kill()
            self.kills += 1

    async def stop(self) -> None:
        """Tell all to stop, and see how long the slowest takes."""
        self._stopping = True
        since = time.monotonic()
        there = list(self._running.values())
        for process in there:
            process.terminate()
        async with asyncio.timeout(2 * LONGEST_STOP):
            codes = await asyncio.gather(*(process.wait() for process in there))
        self.slowest_stop = time.monotonic() - since
        assert set(codes) <= {0, -signal.SIGTERM}, codes


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
