"""Share one running call among all callers that ask for the same key."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs at most one call at a time for each key; further callers wait for its result.

    A call continues when its callers time out or are cancelled: a hanging database connection cannot always
    be aborted at once, and the next caller must not open a second one beside it.
    """

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[T]] = {}

    async def run(
        self, key: Hashable, call: Callable[[], Awaitable[T]], timeout_seconds: float | None = None
    ) -> T:
        """Return the result of the running call, or of a new one.

        Raises whatever the call raises, and TimeoutError where it takes longer than the timeout.
        """
        if (task := self._running.get(key)) is None:
            task = self._running[key] = asyncio.ensure_future(call())
            task.add_done_callback(lambda _: self._running.pop(key))
        await asyncio.wait({task}, timeout=timeout_seconds)
        if not task.done():
            raise TimeoutError
        return task.result()

    async def close(self, timeout_seconds: float) -> None:
        """Cancel the running calls and wait for them, at most this long."""
        running = set(self._running.values())
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=timeout_seconds)
