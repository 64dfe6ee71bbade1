"""The composition root: build a bot from its settings, for every process and every test."""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.concurrency.background import BackgroundTasks
from bot.concurrency.shutdown import ShutdownBudget
from bot.db.database import Database
from bot.features.assumption_tests import feature as assumption_tests
from bot.features.canvases import feature as canvases
from bot.features.cards import feature as cards
from bot.features.channels import feature as channels
from bot.features.channels.membership import reject_group_message, require_membership
from bot.features.channels.mentions import read_text
from bot.features.digest import feature as digest
from bot.features.discussions import feature as discussions
from bot.features.documents import feature as documents
from bot.features.entries import feature as entries
from bot.features.evidence import feature as evidence
from bot.features.exports import feature as exports
from bot.features.feature import Feature, Maintenance, collect_job_handlers
from bot.features.fit import feature as fit
from bot.features.home import feature as home
from bot.features.imports import feature as imports
from bot.features.ranking import feature as ranking
from bot.features.rounds import feature as rounds
from bot.features.tickets import feature as tickets
from bot.features.votes import feature as votes
from bot.features.workspaces.data_deletion import feature as data_deletion
from bot.features.workspaces.data_deletion.service import delete_uninstalled_workspaces, handle_uninstall
from bot.features.workspaces.oauth.service import build_multi_workspace
from bot.features.workspaces.service import WorkspaceBlockSupport, build_workspace_middleware
from bot.features.workspaces.single_workspace import SingleWorkspace
from bot.health.service import HealthChecks
from bot.jobs.incoming_messages import IncomingMessageQueue
from bot.jobs.worker import Worker
from bot.observability.metrics import Metrics
from bot.observability.slack import InstrumentedApp, InstrumentedClient
from bot.proxies import open_session
from bot.scheduler import Scheduler
from bot.settings import Settings
from bot.slack.deps import Deps
from bot.slack.incoming.limits import RateLimiter
from bot.slack.incoming.listeners import SlackListeners
from bot.slack.incoming.router import Router
from bot.slack.incoming.team_resolution import resolve_team_middleware
from bot.slack.scopes import GrantedScopes
from bot.timing import DEFAULT_TIMING, Timing

log = logging.getLogger(__name__)

# A new feature needs a line here, and its layer in the import contracts.
FEATURES: tuple[Feature, ...] = (
    home.FEATURE,
    canvases.FEATURE,
    entries.FEATURE,
    channels.FEATURE,
    cards.FEATURE,
    votes.FEATURE,
    ranking.FEATURE,
    rounds.FEATURE,
    fit.FEATURE,
    tickets.FEATURE,
    evidence.FEATURE,
    assumption_tests.FEATURE,
    digest.FEATURE,
    exports.FEATURE,
    imports.FEATURE,
    discussions.FEATURE,
    documents.FEATURE,
    data_deletion.FEATURE,
)
CLOCK_TOLERANCE = timedelta(seconds=2)  # between this machine's clock and the database's

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time by this machine's clock, in UTC."""
    return datetime.now(UTC)


async def synchronize_clock(database: Database, local_clock: Clock = utc_now) -> Clock:
    """Return this machine's clock, corrected to the database's clock, which all processes share.

    A worker whose clock is minutes ahead would claim the jobs of other workers before their leases end.
    """
    server_time = await database.read_server_clock()
    offset = local_clock() - server_time if server_time else timedelta(0)
    if abs(offset) <= CLOCK_TOLERANCE:
        return local_clock
    log.error(
        "this machine's clock differs from the database's by %.0f s: synchronize it by NTP",
        offset.total_seconds(),
    )
    return lambda: local_clock() - offset


class Bot:
    """One process of the bot: the listeners that answer Slack, the worker and the scheduler.

    `clock` returns the time in UTC; tests pass a clock that they set.
    """

    def __init__(self, settings: Settings, clock: Clock = utc_now, timing: Timing = DEFAULT_TIMING) -> None:
        self.settings = settings
        self.db = Database(settings.database_url)
        self._metrics = Metrics()
        scopes = GrantedScopes()
        slack = self._build_client(token=settings.bot_token or None, record_scopes=partial(scopes.record, ""))
        self.oauth = (
            build_multi_workspace(settings, self.db, slack, clock) if settings.many_workspaces else None
        )
        self.deps = Deps(
            db=self.db,
            slack=slack,
            clock=clock,
            background=BackgroundTasks(),
            block_support=WorkspaceBlockSupport(self.db, clock),
            timing=timing,
            client_for_team=self._build_client_for_team if self.oauth else None,
            scopes=scopes,
            started_at=clock(),
        )
        self.router = Router(
            FEATURES,
            self.deps,
            guess_command,
            (RateLimiter(timing).check_request, reject_group_message, require_membership),
            read_text,
        )
        self.incoming_messages = IncomingMessageQueue(self.deps, self.router.answer_message)
        self.bolt = self._build_bolt_app(slack, clock)
        self.health = HealthChecks(self.db, clock, self._metrics)
        background_deps = replace(self.deps, db=self.db.background())
        self.worker = Worker(background_deps, collect_job_handlers(FEATURES))
        self._shutdown = ShutdownBudget(timing.drain_timeout)
        self.scheduler = self._build_scheduler(background_deps)

    def _build_scheduler(self, deps: Deps) -> Scheduler:
        return Scheduler(
            deps,
            self.worker,
            self.health,
            self._shutdown,
            at_start=[work for feature in FEATURES for work in feature.at_start],
            each_tick=[
                *(work for feature in FEATURES for work in feature.each_tick),
                self._answer_abandoned_messages,
            ],
            each_sweep=[
                *(work for feature in FEATURES for work in feature.each_sweep),
                *self._workspace_maintenance(),
            ],
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the HTTP session with Slack open. At the end, wait for the background tasks."""
        async with open_session(self.settings.proxies, self.deps.timing.call_timeout) as http_session:
            self.deps.slack.session = http_session
            try:
                yield
            finally:
                with contextlib.suppress(TimeoutError):
                    await self.deps.background.drain(self._shutdown.remaining_seconds())
                self.deps.slack.session = None
                await self.health.close()
                await self.db.close()

    def _build_client(self, **options: Any) -> InstrumentedClient:
        # The client must not retry: a post that it repeats after a broken connection may appear twice.
        return InstrumentedClient(self._metrics, base_url=self.settings.api_url, retry_handlers=[], **options)

    def _build_client_for_team(self, team_id: str) -> InstrumentedClient:
        """Return a Web API client with the token of one of many workspaces."""
        assert self.oauth is not None
        attach_token = partial(self.oauth.tokens.attach_token, team_id)
        record_scopes = partial(self.deps.scopes.record, team_id)
        return self._build_client(
            attach_token=attach_token, record_scopes=record_scopes, session=self.deps.slack.session
        )

    def _build_bolt_app(self, slack: InstrumentedClient, clock: Clock) -> InstrumentedApp:
        single_workspace = SingleWorkspace(slack)
        app = InstrumentedApp(
            self._metrics,
            clock,
            name="valuemap",  # else Bolt searches all modules for a name, 5 % of the start
            client=slack,
            authorize=(self.oauth or single_workspace).build_authorize_function(),
            before_authorize=resolve_team_middleware(self.settings.api_url),
            signing_secret=self.settings.signing_secret or None,
            process_before_response=True,
            request_verification_enabled=bool(self.settings.signing_secret),
        )
        if self.oauth:
            app.use(self.oauth.build_uninstall_middleware(partial(handle_uninstall, self.deps)))
        else:
            app.use(single_workspace.build_reject_others_middleware())
        app.use(build_workspace_middleware(self.deps))
        SlackListeners(self.router, self.deps, self.incoming_messages).register(app)
        return app

    def _workspace_maintenance(self) -> tuple[Maintenance, ...]:
        """Return the maintenance of workspaces, which depends on the settings."""
        retention = timedelta(days=self.settings.forget_after_days)

        async def delete_expired_workspaces(deps: Deps, _started_at: datetime) -> None:
            await delete_uninstalled_workspaces(deps, retention)

        async def delete_expired_oauth_states(_deps: Deps, _started_at: datetime) -> None:
            assert self.oauth is not None
            await self.oauth.states.delete_expired()

        return (delete_expired_workspaces, *((delete_expired_oauth_states,) if self.oauth else ()))

    async def _answer_abandoned_messages(self, _deps: Deps) -> None:
        await self.incoming_messages.answer_abandoned_messages()


def guess_command(command_text: str) -> str | None:
    """Return the suggestion of the first feature that has one for an unknown command."""
    guesses = (feature.guess_command(command_text) for feature in FEATURES if feature.guess_command)
    return next((guess for guess in guesses if guess), None)
