"""How long a process may take to stop."""

import asyncio
from datetime import timedelta

MIN_REMAINING_SECONDS = 0.1  # each part can still collect what has finished


class ShutdownBudget:
    """One time budget that all parts of a stopping process share. The first call starts it."""

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._stop_by: float | None = None

    def remaining_seconds(self) -> float:
        """Return the seconds that are left, at least MIN_REMAINING_SECONDS."""
        loop_time = asyncio.get_running_loop().time()
        if self._stop_by is None:
            self._stop_by = loop_time + self._limit.total_seconds()
        return max(self._stop_by - loop_time, MIN_REMAINING_SECONDS)
