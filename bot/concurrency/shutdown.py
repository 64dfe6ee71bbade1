"""How long a process that is told to stop may still take."""

import asyncio
from datetime import timedelta

MIN_SECONDS = 0.1  # so that each part of the process gets at least a look at what has finished


class ShutdownBudget:
    """One budget of time that all parts of a stopping process share. The first call starts it."""

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._stop_by: float | None = None

    def remaining_seconds(self) -> float:
        """Return the seconds that are left."""
        loop_time = asyncio.get_running_loop().time()
        if self._stop_by is None:
            self._stop_by = loop_time + self._limit.total_seconds()
        return max(self._stop_by - loop_time, MIN_SECONDS)
