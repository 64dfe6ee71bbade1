"""The composition root: settings in, a wired bot out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import aiohttp
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.canvas import listeners as canvas, service as canvas_service
from bot.canvases import listeners as canvases
from bot.db import Database
from bot.digest import listeners as digest, service as digest_service
from bot.document import listeners as document, service as document_service
from bot.entries import listeners as entries, service as entries_service
from bot.exchange import listeners as exchange
from bot.fit import listeners as fit
from bot.home import listeners as home
from bot.kit.bolt import Door
from bot.kit.request import Deps
from bot.kit.router import Router
from bot.kit.tasks import Tasks
from bot.method.kinds import kind_named
from bot.migrations.upgrade import Schema, schema_of
from bot.outbox import store as outbox_store
from bot.outbox.service import Doer, Outbox
from bot.outbox.store import Errand
from bot.ranking import listeners as ranking, service as ranking_service
from bot.rounds import listeners as rounds, service as rounds_service
from bot.settings import Settings
from bot.show import listeners as show
from bot.workspaces import store as workspaces_store
from bot.workspaces.service import Spared, acquaintance

ROOMS = (
    home.ROUTES,
    canvas.ROUTES,
    entries.ROUTES,
    ranking.ROUTES,
    rounds.ROUTES,
    fit.ROUTES,
    digest.ROUTES,
    exchange.ROUTES,
    document.ROUTES,
    show.ROUTES,
    canvases.ROUTES,
)
ORDER = (
    "",
    "new",
    "add",
    "show",
    "rank",
    "vote",
    "review",
    "fit",
    "why",
    "digest",
    "export",
    "import",
    "canvases",
    "settings",
    "help",
)
DOERS: dict[Errand, Doer] = {
    Errand.CANVAS: canvas_service.post_canvas,
    Errand.DIGEST: digest_service.post_digest,
    Errand.PICTURE: digest_service.post_picture,
    Errand.DOCUMENT: document_service.keep,
    Errand.CARD: rounds_service.followed(ranking_service.post_card),
    Errand.OLD_CARD: entries_service.close_old_card,
    Errand.EDITION: entries_service.tell_edition,
    Errand.MEMBER: rounds_service.followed(ranking_service.look_up_voter),
    Errand.ROUND: rounds_service.post_call,
    Errand.REMINDERS: rounds_service.find_absent,
    Errand.REMINDER: rounds_service.remind,
    Errand.RESULT: rounds_service.post_result,
    Errand.VOTES: ranking_service.read_back,
    Errand.SEEDS: ranking_service.seed_card,
}
SLACK_TIMEOUT = aiohttp.ClientTimeout(total=10)
TICK = 1  # seconds
SWEEP = timedelta(minutes=1)
KEEP_RECEIPTS = timedelta(days=7)
DRAIN = 8  # seconds


def utc_now() -> datetime:
    return datetime.now(UTC)


class Bot:
    """One process of the bot: what answers Slack, and what does things by itself."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = utc_now) -> None:
        self.db = Database(settings.database_url)
        # No retries by the client: a post sent again when a connection breaks would stand there twice.
        slack = AsyncWebClient(
            token=settings.bot_token, base_url=settings.api_url, retry_handlers=[], timeout=10
        )
        self.deps = Deps(self.db, slack, now, Tasks(), Spared(self.db, now))
        self.router = Router(ROOMS, self.deps, ORDER, guess)
        self.bolt = AsyncApp(
            client=slack,
            signing_secret=settings.signing_secret or None,
            process_before_response=True,
            request_verification_enabled=bool(settings.signing_secret),
        )
        self.bolt.use(acquaintance(self.deps))
        Door(self.router, self.deps).bind(self.bolt)
        self.outbox = Outbox(self.deps, DOERS)
        self._handler = AsyncSlackRequestHandler(self.bolt)
        self._started = now()
        self._swept = now() - SWEEP
        self._ticking = asyncio.Lock()

    def web(self) -> Starlette:
        """Return the HTTP side: events, commands and interactivity, and the probes."""
        return Starlette(
            routes=[
                Route("/slack/events", self._events, methods=["POST"]),
                Route("/healthz", self._healthy),
                Route("/readyz", self._ready),
            ]
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the connection to Slack open; at the end let what was accepted finish."""
        async with aiohttp.ClientSession(timeout=SLACK_TIMEOUT) as http:
            self.deps.slack.session = http
            try:
                yield
            finally:
                with contextlib.suppress(TimeoutError):
                    await self.deps.tasks.drain(DRAIN)
                self.deps.slack.session = None
                await self.db.close()

    @contextlib.asynccontextmanager
    async def clock(self) -> AsyncIterator[None]:
        """Do what is due each second. APScheduler only ticks: what is due is in the database."""
        await self.start_anew()
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.add_job(
            self.tick, "interval", seconds=TICK, max_instances=1, coalesce=True, misfire_grace_time=None
        )
        scheduler.start()
        try:
            yield
        finally:
            scheduler.pause()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAIN), self._ticking:
                    pass
            scheduler.shutdown(wait=False)

    async def start_anew(self) -> None:
        """Try again what was hopeless, and map planned digests to UTC anew."""
        async with self.db.transaction(None) as session:
            await outbox_store.unpark_all(session, self.deps.now())
        await digest_service.replan(self.deps)

    async def tick(self) -> None:
        """Do everything that is due now."""
        async with self._ticking:
            await digest_service.take_due(self.deps)
            await rounds_service.take_due(self.deps)
            if self.deps.now() >= self._swept + SWEEP:
                self._swept = self.deps.now()
                await self._sweep()
            await self.outbox.run_due()

    async def _sweep(self) -> None:
        since = max(self._started, self.deps.now() - ranking_service.READ_BACK_EVERY)
        await ranking_service.plan_reading_back(self.deps, since)
        async with self.db.transaction(None) as session:
            await workspaces_store.forget_receipts(session, self.deps.now() - KEEP_RECEIPTS)

    async def _events(self, request: HttpRequest) -> Response:
        return await self._handler.handle(request)

    async def _healthy(self, _request: HttpRequest) -> Response:
        return PlainTextResponse("ok")

    async def _ready(self, _request: HttpRequest) -> Response:
        try:
            schema = await schema_of(self.db)
        except Exception as error:  # noqa: BLE001 - whatever keeps the database from answering
            return PlainTextResponse(f"the database does not answer: {type(error).__name__}", 503)
        if schema is not Schema.RIGHT:
            return PlainTextResponse(f"the database's schema is {schema}: run 'python -m bot migrate'", 503)
        return PlainTextResponse("ready")


def guess(typed: str) -> str | None:
    """Return the command that words were meant to be that begin with a kind: "pain: too slow"."""
    before, colon, _ = typed.partition(":")
    return f"add {typed.strip()}" if colon and kind_named(before) else None
