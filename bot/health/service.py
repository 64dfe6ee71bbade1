"""Health checks of one process: /healthz (it runs), /readyz (it can work) and /metrics."""

import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from prometheus_client import CONTENT_TYPE_LATEST
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.concurrency.single_flight import SingleFlight
from bot.db.database import Database
from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.features.digest.model import DIGEST_JOB
from bot.features.digest.store import count_sent_digests
from bot.jobs import backlog_store
from bot.jobs.incoming_message_store import count_messages
from bot.observability.logs import error_code
from bot.observability.metrics import DatabaseMetrics, Metrics
from bot.slack.errors import is_read_only_error
from bot.store import vote_reading

log = logging.getLogger(__name__)

DATABASE_TIMEOUT_SECONDS = 2
METRICS_MAX_AGE = timedelta(seconds=5)  # so that several scrapers share one reading of the database
DIGEST_PERIOD = timedelta(hours=24)
READ_ONLY_PROBLEM = "the database can only be read"


class HealthChecks:
    """The HTTP endpoints for load balancers, orchestrators and Prometheus."""

    def __init__(self, db: Database, clock: Callable[[], datetime], metrics: Metrics) -> None:
        self._db, self._clock, self._metrics = db, clock, metrics
        self.ticked_at: datetime | None = None  # set by the scheduler; None in a process without one
        # Set by Socket Mode: why there is no link, "" while there is one; None in a process that needs none.
        self.link_problem: str | None = None
        # If the database hangs, a call outlasts its timeout. The next probe waits for the same call, so that
        # probes do not use up the connections.
        self._readiness_calls = SingleFlight[str]()
        self._metrics_calls = SingleFlight[None]()
        self._metrics_read_at: datetime | None = None
        self._had_current_schema = False

    def build_routes(self) -> list[Route]:
        """Return the routes of the three endpoints."""
        return [
            Route("/healthz", self._answer_healthz),
            Route("/readyz", self._answer_readyz),
            Route("/metrics", self._answer_metrics),
        ]

    async def close(self) -> None:
        """Cancel running readings of the database, and wait at most the timeout until they have ended."""
        await self._readiness_calls.close(DATABASE_TIMEOUT_SECONDS)
        await self._metrics_calls.close(DATABASE_TIMEOUT_SECONDS)

    async def _answer_healthz(self, _request: Request) -> Response:
        return PlainTextResponse("ok")

    async def _answer_readyz(self, _request: Request) -> Response:
        try:
            problem = await self._readiness_calls.run(
                "readiness", self._find_problem, DATABASE_TIMEOUT_SECONDS
            )
        except TimeoutError:
            problem = f"the database does not answer within {DATABASE_TIMEOUT_SECONDS} seconds"
        return PlainTextResponse(problem or "ready", 503 if problem else 200)

    async def _find_problem(self) -> str:
        """Return why the process cannot work; "" if it can."""
        if problem := self._db.find_file_problem():
            log.error("not ready: %s", problem)
            return problem
        try:
            schema = await read_schema_state(self._db)
            is_read_only = await self._db.is_read_only()
        except Exception as error:  # noqa: BLE001 - any error here means "not ready"
            if is_read_only_error(error):
                return READ_ONLY_PROBLEM
            return f"the database does not answer: {type(error).__name__} {error_code(error)}".rstrip()
        self._had_current_schema = self._had_current_schema or schema is SchemaState.CURRENT
        # If the schema was current and is unknown now, a newer release has migrated the database. Its
        # migrations do not break the processes that it replaces, so this one stays ready until it is stopped.
        is_newer_release = schema is SchemaState.UNKNOWN and self._had_current_schema
        if schema is not SchemaState.CURRENT and not is_newer_release:
            return f"the database's schema is {schema}: run 'python -m bot migrate'"
        return READ_ONLY_PROBLEM if is_read_only else self.link_problem or ""

    async def _answer_metrics(self, _request: Request) -> Response:
        self._metrics.record_process(
            self._db.count_connections(), self.ticked_at, is_linked=self.link_problem == ""
        )
        now, read_at = self._clock(), self._metrics_read_at
        if read_at is None or not read_at <= now < read_at + METRICS_MAX_AGE:
            with contextlib.suppress(TimeoutError):
                await self._metrics_calls.run(
                    "metrics", self._record_database_metrics, DATABASE_TIMEOUT_SECONDS
                )
        return Response(self._metrics.render_page(), media_type=CONTENT_TYPE_LATEST)

    async def _record_database_metrics(self) -> None:
        self._metrics.record_database_down()  # until the database has answered
        now = self._clock()
        with contextlib.suppress(Exception):  # /readyz reports the problem
            async with self._db.reading(None) as session:
                self._metrics.record_database(await read_database_metrics(session, now))
            self._metrics_read_at = now


async def read_database_metrics(session: AsyncSession, now: datetime) -> DatabaseMetrics:
    """Read the metrics of all workspaces from the database."""
    jobs = await backlog_store.count_jobs(session)
    on_time, late = await count_sent_digests(session, now - DIGEST_PERIOD)
    dead_digests = jobs.get((DIGEST_JOB.name, backlog_store.DEAD_LETTER_STATE), 0)
    return DatabaseMetrics(
        jobs=jobs,
        digests={"on_time": on_time, "late": late, backlog_store.DEAD_LETTER_STATE: dead_digests},
        oldest_due_job_seconds=_seconds_since(await backlog_store.find_oldest_due_at(session, now), now),
        incoming_messages=await count_messages(session),
        oldest_vote_reading_seconds=_seconds_since(await vote_reading.find_oldest_due_at(session), now),
    )


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0) if moment else 0
