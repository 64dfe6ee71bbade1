"""The metrics of /metrics, which docs/operations.md lists. No label contains a user's id or name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

CALL_BUCKETS_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10)  # Slack's timeout is 3 s
LAG_BUCKETS_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600)
PREFIX = "valuemap_"


@dataclass(frozen=True, slots=True)
class DatabaseMetrics:
    """Figures of all workspaces, read from the database; every process reports the same."""

    jobs: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by kind and state
    digests: Mapping[str, int] = field(default_factory=dict)  # by state
    oldest_due_job_seconds: float = 0
    incoming_messages: int = 0
    oldest_vote_reading_seconds: float = 0


class Metrics:
    """The metrics that one process exposes: its own, and those of the database."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.answer_seconds = self._histogram(
            "answer_seconds", "How long Slack waited for an answer.", ("kind", "status"), CALL_BUCKETS_SECONDS
        )
        self.event_lag_seconds = self._histogram(
            "event_lag_seconds", "Time from an event until the bot got it.", ("type",), LAG_BUCKETS_SECONDS
        )
        self.slack_call_seconds = self._histogram(
            "slack_call_seconds",
            "How long calls to Slack took; the outcome is ok or the error.",
            ("method", "outcome"),
            CALL_BUCKETS_SECONDS,
        )
        self._ticked_at = self._gauge(
            "clock_ticked_timestamp_seconds", "When this process's scheduler last looked for what is due."
        )
        self._is_linked = self._gauge("socket_mode_linked", "1 while this process is linked by Socket Mode.")
        self._connections = self._gauge(
            "database_connections", "Connections of this process to its database.", "state"
        )
        self._is_database_up = self._gauge(
            "database_up", "1 where the metrics of the database could be read."
        )
        self._jobs = self._gauge("jobs", "Jobs to be done at Slack.", "kind", "state")
        self._oldest_due_job = self._gauge(
            "jobs_oldest_due_seconds", "Time since the oldest due job became due."
        )
        self._incoming_messages = self._gauge(
            "incoming_messages", "Messages to the bot that are not answered yet."
        )
        self._digests = self._gauge(
            "digests",
            "The digests that were sent in the last 24 hours, and all that are dead letters.",
            "state",
        )
        self._oldest_vote_reading = self._gauge(
            "votes_oldest_reading_seconds",
            "How long the reading of votes back that has waited longest has been due; 0 if none is.",
        )

    def record_process(
        self, connections: Mapping[str, int], ticked_at: datetime | None, *, is_linked: bool
    ) -> None:
        """Record the metrics of this process: connections by state, last tick of the scheduler, link."""
        self._is_linked.set(is_linked)
        for state, count in connections.items():
            self._connections.labels(state).set(count)
        if ticked_at is not None:
            self._ticked_at.set(ticked_at.timestamp())

    def record_database_down(self) -> None:
        """Record that the database does not answer, and remove its counts: old ones would look current."""
        self._is_database_up.set(0)
        self._jobs.clear()
        self._digests.clear()

    def record_database(self, database: DatabaseMetrics) -> None:
        """Record the metrics that were read from the database."""
        self._is_database_up.set(1)
        self._jobs.clear()
        self._digests.clear()
        for (kind, state), count in database.jobs.items():
            self._jobs.labels(kind, state).set(count)
        for state, count in database.digests.items():
            self._digests.labels(state).set(count)
        self._oldest_due_job.set(database.oldest_due_job_seconds)
        self._incoming_messages.set(database.incoming_messages)
        self._oldest_vote_reading.set(database.oldest_vote_reading_seconds)

    def render_page(self) -> bytes:
        """Return the metrics in the text format of Prometheus."""
        return generate_latest(self._registry)

    def _histogram(
        self, name: str, meaning: str, labels: tuple[str, ...], buckets: tuple[float, ...]
    ) -> Histogram:
        return Histogram(PREFIX + name, meaning, labels, registry=self._registry, buckets=buckets)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(PREFIX + name, meaning, labels, registry=self._registry)
