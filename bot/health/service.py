"""What others ask of the process: whether it lives, whether it can work, and its figures."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.db.database import Database
from bot.db.migrations.schema import Schema, schema_of
from bot.health import store
from bot.health.model import Numbers
from bot.observability.logs import code
from bot.observability.metrics import Metrics
from bot.slack.errors import is_read_only

PATIENCE = 2  # seconds that the database may take
FRESH = timedelta(seconds=5)  # how long figures of the database are good


class Watch:
    """One process, seen from outside."""

    def __init__(self, db: Database, now: Callable[[], datetime], metrics: Metrics) -> None:
        self._db, self._now, self.metrics = db, now, metrics
        self.ticked_at: datetime | None = None  # by the clock, in a process that has one
        self._ready = Asked(self._readiness)
        self._numbers = Asked(self._read)
        self._read_at: datetime | None = None
        self._had_its_schema = False

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics_page),
        ]

    async def close(self) -> None:
        await self._ready.close()
        await self._numbers.close()

    async def _healthz(self, _request: Request) -> Response:
        return PlainTextResponse("ok")

    async def _readyz(self, _request: Request) -> Response:
        try:
            wrong = await self._ready.answer()
        except TimeoutError:
            wrong = f"the database does not answer within {PATIENCE} seconds"
        return PlainTextResponse(wrong or "ready", 503 if wrong else 200)

    async def _readiness(self) -> str:
        """Return what keeps the process from working; "" where nothing does."""
        try:
            schema = await schema_of(self._db)
            read_only = await store.is_read_only(self._db)
        except Exception as error:  # noqa: BLE001 - whatever keeps the database from answering
            if not is_read_only(error):
                return f"the database does not answer: {type(error).__name__} {code(error)}".rstrip()
            return "the database can only be read"
        self._had_its_schema = self._had_its_schema or schema is Schema.RIGHT
        # A newer release has migrated: what it adds does not trouble the processes that are to be replaced.
        if schema is not Schema.RIGHT and not (schema is Schema.UNKNOWN and self._had_its_schema):
            return f"the database's schema is {schema}: run 'python -m bot migrate'"
        return "the database can only be read" if read_only else ""

    async def _metrics_page(self, _request: Request) -> Response:
        self.metrics.take_over(self._db.connections(), self.ticked_at)
        now = self._now()
        if self._read_at is None or not self._read_at <= now < self._read_at + FRESH:
            with contextlib.suppress(TimeoutError):
                await self._numbers.answer()
        return Response(self.metrics.page(), media_type=CONTENT_TYPE_LATEST)

    async def _read(self) -> str:
        self.metrics.is_up.set(0)
        numbers: Numbers | None = None
        now = self._now()
        with contextlib.suppress(Exception):
            async with self._db.reading(None) as session:
                numbers = await store.numbers(session, now)
            self._read_at = now
        self.metrics.take_over_numbers(numbers)
        return ""


class Asked:
    """Something that is asked for once at a time, and not waited for longer than patience lasts.

    A connection to a database that hangs may not be given up at once, so the asking goes on behind.
    """

    def __init__(self, ask: Callable[[], Awaitable[str]]) -> None:
        self._ask = ask
        self._going: asyncio.Future[str] | None = None

    async def answer(self) -> str:
        """Return the answer; raise TimeoutError where there is none in time."""
        if self._going is None or self._going.done():
            self._going = asyncio.ensure_future(self._ask())
        await asyncio.wait({self._going}, timeout=PATIENCE)
        if not self._going.done():
            raise TimeoutError
        return self._going.result()

    async def close(self) -> None:
        if self._going is not None and not self._going.done():
            self._going.cancel()
            await asyncio.wait({self._going}, timeout=PATIENCE)
