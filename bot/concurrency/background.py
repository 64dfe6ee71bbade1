"""Background tasks that continue after Slack has its acknowledgement; shutdown waits for them."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class BackgroundTasks:
    """The running background tasks.

    The set keeps a reference to each: the event loop holds only weak ones, so a task could be collected.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task and return it. An exception that it raises is logged too."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finish)
        return task

    async def drain(self, timeout_seconds: float | None = None) -> None:
        """Wait until no task is left; raise TimeoutError when the timeout passes first."""
        async with asyncio.timeout(timeout_seconds):
            while self._running:  # a task may have started another one
                await asyncio.wait(self._running)

    def _finish(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a background task failed", exc_info=error)
