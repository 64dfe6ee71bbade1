"""The workspace's clock: it stands still until it is moved, or runs once it is started."""

import time
from datetime import UTC, datetime, timedelta

DEFAULT_START = datetime(2026, 10, 12, 7, 0, tzinfo=UTC)


class FakeClock:
    """A clock that tests and the demo move forward."""

    def __init__(self, start: datetime = DEFAULT_START) -> None:
        self._base_time = start
        self._started_at: float | None = None  # time.monotonic(); None while the clock stands still

    def now(self) -> datetime:
        if self._started_at is None:
            return self._base_time
        return self._base_time + timedelta(seconds=time.monotonic() - self._started_at)

    def start(self) -> None:
        """Let time pass at the speed of the real clock from now on."""
        self._base_time = self.now()
        self._started_at = time.monotonic()

    def advance(self, duration: timedelta) -> None:
        self.move_to(self.now() + duration)

    def move_to(self, moment: datetime) -> None:
        """Set the time. A moment before now is an error of the caller."""
        assert moment >= self.now(), "time does not run backwards"
        self._base_time = moment
        if self._started_at is not None:
            self._started_at = time.monotonic()
