"""The workspace's time: it stands still until somebody moves it, or runs once it is told to."""

import time
from datetime import UTC, datetime, timedelta


class FakeClock:
    def __init__(self, start: datetime = datetime(2026, 10, 12, 7, 0, tzinfo=UTC)) -> None:
        self._at = start
        self._running_since: float | None = None

    def now(self) -> datetime:
        if self._running_since is None:
            return self._at
        return self._at + timedelta(seconds=time.monotonic() - self._running_since)

    def start(self) -> None:
        """Let time pass as it does outside."""
        self._at = self.now()
        self._running_since = time.monotonic()

    def advance(self, by: timedelta) -> None:
        self.move_to(self.now() + by)

    def move_to(self, to: datetime) -> None:
        assert to >= self.now(), "time does not run backwards"
        self._at = to
        if self._running_since is not None:
            self._running_since = time.monotonic()
