"""What others ask of the process: whether it lives, whether it can work, and its figures."""

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.concurrency.single_flight import SingleFlight
from bot.db.database import Database
from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.health import store
from bot.health.model import Numbers
from bot.observability.logs import error_code
from bot.observability.metrics import Metrics
from bot.slack.errors import is_read_only_error

PATIENCE = 2  # seconds that the database may take
FRESH = timedelta(seconds=5)  # how long figures of the database are good


class Watch:
    """One process, seen from outside."""

    def __init__(self, db: Database, now: Callable[[], datetime], metrics: Metrics) -> None:
        self._db, self._now, self.metrics = db, now, metrics
        self.ticked_at: datetime | None = None  # by the clock, in a process that has one
        # A connection to a database that hangs may not be given up at once: the next probe joins the call.
        self._readiness_calls = SingleFlight[str]()
        self._metrics_calls = SingleFlight[None]()
        self._read_at: datetime | None = None
        self._had_its_schema = False

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics_page),
        ]

    async def close(self) -> None:
        await self._readiness_calls.close(PATIENCE)
        await self._metrics_calls.close(PATIENCE)

    async def _healthz(self, _request: Request) -> Response:
        return PlainTextResponse("ok")

    async def _readyz(self, _request: Request) -> Response:
        try:
            wrong = await self._readiness_calls.run("readiness", self._readiness, PATIENCE)
        except TimeoutError:
            wrong = f"the database does not answer within {PATIENCE} seconds"
        return PlainTextResponse(wrong or "ready", 503 if wrong else 200)

    async def _readiness(self) -> str:
        """Return what keeps the process from working; "" where nothing does."""
        try:
            schema = await read_schema_state(self._db)
            read_only = await store.is_read_only(self._db)
        except Exception as error:  # noqa: BLE001 - whatever keeps the database from answering
            if not is_read_only_error(error):
                return f"the database does not answer: {type(error).__name__} {error_code(error)}".rstrip()
            return "the database can only be read"
        self._had_its_schema = self._had_its_schema or schema is SchemaState.CURRENT
        # A newer release has migrated: what it adds does not trouble the processes that are to be replaced.
        if schema is not SchemaState.CURRENT and not (schema is SchemaState.UNKNOWN and self._had_its_schema):
            return f"the database's schema is {schema}: run 'python -m bot migrate'"
        return "the database can only be read" if read_only else ""

    async def _metrics_page(self, _request: Request) -> Response:
        self.metrics.take_over(self._db.count_connections(), self.ticked_at)
        now = self._now()
        if self._read_at is None or not self._read_at <= now < self._read_at + FRESH:
            with contextlib.suppress(TimeoutError):
                await self._metrics_calls.run("metrics", self._read, PATIENCE)
        return Response(self.metrics.page(), media_type=CONTENT_TYPE_LATEST)

    async def _read(self) -> None:
        self.metrics.is_up.set(0)
        numbers: Numbers | None = None
        now = self._now()
        with contextlib.suppress(Exception):
            async with self._db.reading(None) as session:
                numbers = await store.numbers(session, now)
            self._read_at = now
        self.metrics.take_over_numbers(numbers)
