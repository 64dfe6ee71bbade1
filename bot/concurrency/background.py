"""Work that goes on after Slack had its acknowledgement, kept track of so that stopping can wait for it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class BackgroundTasks:
    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def drain(self, seconds: float | None = None) -> None:
        """Wait until nothing is left, or for this long at most."""
        async with asyncio.timeout(seconds):
            while self._running:
                await asyncio.wait(self._running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("work after an acknowledgement failed", exc_info=error)
