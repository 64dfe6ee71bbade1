"""The composition root: settings in, a wired bot out."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.concurrency.background import Tasks
from bot.db.database import TROUBLE, Database
from bot.features.canvases import listeners as canvases, show
from bot.features.cards import service as ranking_service
from bot.features.channels import service as canvas_service
from bot.features.digest import listeners as digest, service as digest_service
from bot.features.documents import listeners as document, service as document_service
from bot.features.entries import adding as canvas, listeners as entries, service as entries_service
from bot.features.fit import listeners as fit
from bot.features.home import listeners as home
from bot.features.imports import listeners as exchange
from bot.features.ranking import listeners as ranking
from bot.features.rounds import listeners as rounds, service as rounds_service
from bot.features.workspaces.data_deletion import listeners as leaving, service as leaving_service
from bot.features.workspaces.oauth import listeners as installs
from bot.features.workspaces.oauth.service import many
from bot.features.workspaces.service import Spared, acquaintance, require_there
from bot.features.workspaces.single_workspace import Own
from bot.health.service import Watch
from bot.jobs import store as outbox_store, throttles as pauses
from bot.jobs.incoming_messages import Inbox
from bot.jobs.store import Errand
from bot.jobs.worker import Doer, Outbox
from bot.manifest import SCOPES
from bot.method.kinds import kind_named
from bot.observability.metrics import Metrics
from bot.observability.slack import WatchedApp, WatchedClient, watched
from bot.settings import Settings
from bot.slack.incoming.limits import Limits
from bot.slack.incoming.listeners import Door
from bot.slack.incoming.middleware import Guard, mended
from bot.slack.incoming.router import Router
from bot.slack.incoming.team_resolution import placed
from bot.slack.request import Deps
from bot.store import workspaces as workspaces_store
from bot.timing import USUAL, Pace

log = logging.getLogger(__name__)

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
    leaving.ROUTES,
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
TOLERATED = timedelta(seconds=2)  # between two machines' clocks
KEEP_RECEIPTS = timedelta(days=7)


def utc_now() -> datetime:
    return datetime.now(UTC)


async def common_clock(database: Database, own: Callable[[], datetime] = utc_now) -> Callable[[], datetime]:
    """Return this machine's clock, put right by the database's, which all processes share.

    What is leased is another's once the lease has ended: a clock that is minutes ahead would take it at once.
    """
    shows = await database.clock()
    off = own() - shows if shows else timedelta(0)
    if abs(off) <= TOLERATED:
        return own
    log.error("this machine's clock is %.0f s off the database's: set it by NTP", off.total_seconds())
    return lambda: own() - off


class Bot:
    """One process of the bot: what answers Slack, and what does things by itself."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = utc_now, pace: Pace = USUAL) -> None:
        self.db = Database(settings.database_url)
        # No retries by the client: a post sent again when a connection breaks would stand there twice.
        metrics = Metrics()
        self._how: dict[str, Any] = {"base_url": settings.api_url, "retry_handlers": []}
        self._metrics = metrics
        slack = WatchedClient(metrics, token=settings.bot_token or None, **self._how)
        self._many = many(settings, self.db, slack, now) if settings.many_workspaces else None
        clients = self._client if self._many else None
        self.deps = Deps(self.db, slack, now, Tasks(), Spared(self.db, now), pace, clients)
        self.router = Router(ROOMS, self.deps, ORDER, guess, (Limits(pace).admit, require_there))
        own = Own(slack)
        self.bolt = WatchedApp(
            metrics,
            now,
            name="valuemap",  # else Bolt looks through all modules for one, which is a twentieth of the start
            client=slack,
            authorize=(self._many or own).authorization(),
            before_authorize=placed(settings.api_url),
            signing_secret=settings.signing_secret or None,
            process_before_response=True,
            request_verification_enabled=bool(settings.signing_secret),
        )
        if self._many:
            self.bolt.use(self._many.departure(partial(leaving_service.leave, self.deps)))
        else:
            self.bolt.use(own.gate())
        self.bolt.use(acquaintance(self.deps))
        self.inbox = Inbox(self.deps, self.router.hear)
        Door(self.router, self.deps, self.inbox).bind(self.bolt)
        self._behind = replace(self.deps, db=self.db.behind())  # for what the bot does by itself
        self.outbox = Outbox(self._behind, {errand: watched(doer) for errand, doer in DOERS.items()})
        self.watch = Watch(self.db, now, metrics)
        self._secret = settings.signing_secret
        self._forget_after = timedelta(days=settings.forget_after_days)
        self._started = now()
        self._swept = now() - pace.sweep
        self._planning = asyncio.Lock()
        self._stop_by: float | None = None

    def web(self) -> ASGIApp:
        """Return the HTTP side: events, commands and interactivity, and what others ask of the process."""
        heard = Route("/slack/events", self._events, methods=["POST"])
        installing = installs.routes(self._many, self.deps, SCOPES) if self._many else ()
        return Guard(Starlette(routes=[heard, *installing, *self.watch.routes()]), self._secret)

    def _client(self, team: str) -> WatchedClient:
        """Return what speaks to Slack for one of many workspaces."""
        assert self._many is not None
        arm = partial(self._many.tokens.arm, team)
        return WatchedClient(self._metrics, arm, session=self.deps.slack.session, **self._how)

    def probes(self) -> ASGIApp:
        """Return the HTTP side of a process that hears nothing from Slack this way."""
        return Guard(Starlette(routes=self.watch.routes()), self._secret, hears=False)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the connection to Slack open; at the end let what was accepted finish."""
        timeout = aiohttp.ClientTimeout(total=self.deps.pace.call.total_seconds())
        async with aiohttp.ClientSession(timeout=timeout) as http:
            self.deps.slack.session = http
            try:
                yield
            finally:
                with contextlib.suppress(TimeoutError):
                    await self.deps.tasks.drain(self._left())
                self.deps.slack.session = None
                await self.watch.close()
                await self.db.close()

    @contextlib.asynccontextmanager
    async def clock(self) -> AsyncIterator[None]:
        """Do what is due each second. APScheduler only ticks: what is due is in the database."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415 - 20 ms that `web` needs not

        await self.start_anew()
        scheduler = AsyncIOScheduler(timezone=UTC)
        each = {"seconds": self.deps.pace.tick.total_seconds(), "max_instances": 1, "coalesce": True}
        for work in (self.plan, self.outbox.run_due):  # what is long in the sending holds up no planning
            scheduler.add_job(_calmly, "interval", args=[work], misfire_grace_time=None, **each)
        scheduler.start()
        try:
            yield
        finally:
            scheduler.pause()
            await self.outbox.stop(self._left())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._left()), self._planning:
                    pass
            scheduler.shutdown(wait=False)

    def _left(self) -> float:
        """Return the seconds that are left for what was begun, counted from the first call on."""
        now = asyncio.get_running_loop().time()
        self._stop_by = self._stop_by or now + self.deps.pace.drain.total_seconds()
        return max(self._stop_by - now, 0.1)

    async def start_anew(self) -> None:
        """Try again what was hopeless, and map planned digests to UTC anew."""
        async with self.db.transaction(None) as session:
            await outbox_store.unpark_all(session, self.deps.now())
        await digest_service.replan(self.deps)

    async def tick(self) -> None:
        """Do everything that is due now."""
        await self.plan()
        await self.outbox.run_due()

    async def plan(self) -> None:
        """Turn what is due now into errands. What fails keeps nothing else from its turn."""
        async with self._planning:
            self.watch.ticked_at = self.deps.now()
            failed: list[Exception] = []
            digests, rounds_ = (
                partial(room.take_due, self._behind) for room in (digest_service, rounds_service)
            )
            for work in (digests, rounds_, self.inbox.take_left, self._sweep):
                try:
                    await work()
                except Exception as error:  # noqa: BLE001 - whatever it was, it is raised in the end
                    failed.append(error)
            if failed:
                raise failed[0]

    async def _sweep(self) -> None:
        """Do once in a while what needs no hurry."""
        if self.deps.now() < self._swept + self.deps.pace.sweep:
            return
        self._swept = self.deps.now()
        since = max(self._started, self.deps.now() - self.deps.pace.read_back)
        voted_on = await rounds_service.voted_on(self.deps)
        await ranking_service.plan_reading_back(self._behind, since, voted_on)
        async with self.db.transaction(None) as session:
            await workspaces_store.forget_receipts(session, self.deps.now() - KEEP_RECEIPTS)
            await pauses.forget(session, self.deps.now())
        if self._many:
            await self._many.states.forget_old()
        await leaving_service.forget_gone(self.deps, self._forget_after)

    async def _events(self, request: HttpRequest) -> Response:
        heard = mended(to_async_bolt_request(request, await request.body()))
        return to_starlette_response(await self.bolt.async_dispatch(heard))


async def _calmly(work: Callable[[], Awaitable[None]]) -> None:
    """Do what comes again in a moment; a database that is away needs no more than a line."""
    try:
        await work()
    except TROUBLE as error:
        log.warning("the database fails: %s", type(error).__name__)


def guess(typed: str) -> str | None:
    """Return the command that words were meant to be that begin with a kind: "pain: too slow"."""
    before, colon, _ = typed.partition(":")
    return f"add {typed.strip()}" if colon and kind_named(before) else None
