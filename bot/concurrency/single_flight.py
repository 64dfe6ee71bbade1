"""Share one running call among all that ask for the same thing meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs at most one call at a time for each key; whoever asks meanwhile waits for its result.

    A call goes on when those that wait for it time out or are cancelled: a database connection that hangs
    cannot always be given up at once, and whoever asks next must not start a second one beside it.
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
        """Cancel what runs, and wait for it that long at most."""
        running = set(self._running.values())
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=timeout_seconds)
