"""What is counted, each figure once with its meaning. docs/operations.md lists them; labels name no one."""

from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

from bot.health.model import Numbers

QUICK = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10)  # seconds; Slack waits for three
LAGS = (0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600)
PREFIX = "valuemap_"


class Metrics:
    """The figures of one process, and those of the database, which are the same in all."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.answers = self._seconds(
            "answer_seconds", "How long Slack waited for an answer.", ("kind", "status"), QUICK
        )
        self.lag = self._seconds(
            "event_lag_seconds", "How long after it happened an event came.", ("type",), LAGS
        )
        self.calls = self._seconds(
            "slack_call_seconds",
            "How long calls to Slack took; the outcome is ok, or what was wrong.",
            ("method", "outcome"),
            QUICK,
        )
        self.ticked = self._number(
            "clock_ticked_timestamp_seconds", "When this process's clock looked last for what is due."
        )
        self.connections = self._number(
            "database_connections", "Connections of this process to its database.", "state"
        )
        self.is_up = self._number("database_up", "1 where the figures of the database could be read.")
        self.errands = self._number("outbox_errands", "What is to be done at Slack.", "errand", "state")
        self.overdue = self._number(
            "outbox_oldest_due_seconds", "How long the errand waits that has been due longest."
        )
        self.said = self._number("inbox_messages", "What was said to the bot and is not answered yet.")
        self.digests = self._number(
            "digests",
            "The digests that were sent in the last 24 hours, and all that are parked.",
            "state",
        )
        self.unread = self._number(
            "votes_oldest_reading_seconds",
            "How long ago that live card's votes were read back that waits longest.",
        )

    def take_over(self, connections: Mapping[str, int], ticked: datetime | None) -> None:
        """Take over what this process knows of itself."""
        for state, count in connections.items():
            self.connections.labels(state).set(count)
        if ticked is not None:
            self.ticked.set(ticked.timestamp())

    def take_over_numbers(self, numbers: Numbers | None) -> None:
        """Take over what the database says; None where it does not answer."""
        self.is_up.set(numbers is not None)
        self.errands.clear()
        self.digests.clear()
        if numbers is None:
            return
        for (errand, state), count in numbers.errands.items():
            self.errands.labels(errand, state).set(count)
        for state, count in numbers.digests.items():
            self.digests.labels(state).set(count)
        self.overdue.set(numbers.overdue)
        self.said.set(numbers.said)
        self.unread.set(numbers.unread)

    def page(self) -> bytes:
        return generate_latest(self._registry)

    def _seconds(
        self, name: str, meaning: str, labels: tuple[str, ...], buckets: tuple[float, ...]
    ) -> Histogram:
        return Histogram(PREFIX + name, meaning, labels, registry=self._registry, buckets=buckets)

    def _number(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(PREFIX + name, meaning, labels, registry=self._registry)
