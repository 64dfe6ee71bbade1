"""The token of each workspace: found, kept for a moment, renewed before it ends, forgotten in time."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.concurrency.single_flight import SingleFlight
from bot.db.database import Database
from bot.features.workspaces.oauth import store
from bot.features.workspaces.oauth.encryption import DecryptionError, TokenEncryption, unknown_key_message
from bot.features.workspaces.oauth.store import InstallationStore, InstalledApp
from bot.features.workspaces.oauth.state_store import StateStore
from bot.features.workspaces.service import UNINSTALL_EVENTS
from bot.settings import InvalidSettings, Settings
from bot.slack.outgoing.errors import SLACK_CALL_ERRORS, read_slack_error

log = logging.getLogger(__name__)

CACHED_TOKEN_AGE = timedelta(seconds=30)  # how long a token is good that another process may have renewed or deleted
MAX_CACHED_TOKENS = 2000
CLOCK_SKEW_TOLERANCE = timedelta(seconds=10)  # between Slack's clock and the bot's
RENEWAL_MARGIN = timedelta(hours=2)  # before its end a token is renewed; they live for twelve
ROTATION_BATCH_SIZE = 100  # tokens in one transaction


class TokenPending(TimeoutError):
    """The token has ended, and a new one is not there yet."""


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Who this app is to Slack."""

    client_id: str
    client_secret: str = field(repr=False)


class TokenProvider:
    """The tokens of all workspaces. `slack` is a client without one."""

    def __init__(
        self, app: OAuthClient, installations: InstallationStore, slack: AsyncWebClient, now: Callable[[], datetime]
    ) -> None:
        self._app, self._installations, self._slack, self._now = app, installations, slack, now
        self._known: dict[str, tuple[InstalledApp | None, datetime]] = {}
        self._lookups = SingleFlight[InstalledApp | None]()

    async def find_installation(self, team: str, enterprise: str | None = None) -> InstalledApp | None:
        """Return what a workspace has installed, with a token that is good; None where it has not."""
        installed, until = self._known.get(team, (None, None))
        if installed is not None and until is not None and self._now() < until:
            return installed
        return await self._lookups.run(team, lambda: self._find(team, enterprise))

    async def attach_token(self, team: str, client: AsyncWebClient, method: str) -> None:
        """Give a client its token, right before it calls Slack; raise what Slack would say without one."""
        installed = await self.find_installation(team)
        if installed is None:
            raise SlackApiError("not installed", _not_installed(client, method))  # type: ignore[no-untyped-call]
        client.token = installed.token
        if installed.team_id is None:  # a token of the organisation: Slack asks for which workspace
            client.default_params = {"team_id": team}

    def clear_cache(self) -> None:
        """Forget what is known, because something was installed or removed."""
        self._known.clear()

    async def _find(self, team: str, enterprise: str | None) -> InstalledApp | None:
        installed = await self._installations.find_installation(team, enterprise)
        if installed is not None:
            installed = await self._renewed(installed)
            if len(self._known) >= MAX_CACHED_TOKENS:
                self._known.clear()
            self._known[team] = (installed, self._now() + CACHED_TOKEN_AGE)
        return installed

    async def _renewed(self, installed: InstalledApp) -> InstalledApp:
        """Renew a token that ends soon. Of several processes one does so: a refresh token is good once."""
        if installed.expires_at is None or self._now() < installed.expires_at - RENEWAL_MARGIN:
            return installed
        ended = self._now() >= installed.expires_at
        if not await self._installations.start_renewal(installed):
            if ended:
                raise TokenPending
            return installed
        try:
            return await self._renew(installed)
        except SLACK_CALL_ERRORS as error:
            why = read_slack_error(error) if isinstance(error, SlackApiError) else None
            log.warning("a token is not renewed: %s", why.reason if why else type(error).__name__)
            if not ended:
                return installed
            if why is not None and not why.is_temporary:
                raise
            raise TokenPending from error

    async def _renew(self, installed: InstalledApp) -> InstalledApp:
        answer = await self._slack.oauth_v2_access(
            client_id=self._app.client_id,
            client_secret=self._app.client_secret,
            grant_type="refresh_token",
            refresh_token=installed.refresh_token,
        )
        lives = timedelta(seconds=int(answer["expires_in"]))
        return await self._installations.save_renewed_token(
            installed, answer["access_token"], answer["refresh_token"], lives
        )


def _not_installed(client: AsyncWebClient, method: str) -> AsyncSlackResponse:
    return AsyncSlackResponse(
        client=client,
        http_verb="POST",
        api_url=f"{client.base_url}{method}",
        req_args={},
        data={"ok": False, "error": "not_authed"},
        headers={},
        status_code=200,
    )


@dataclass(frozen=True, slots=True)
class MultiWorkspace:
    """What there is where many workspaces install the app, and not where it serves one."""

    oauth_client: OAuthClient
    slack: AsyncWebClient  # without a token
    installations: InstallationStore
    states: StateStore
    tokens: TokenProvider

    def authorize_function(self) -> Callable[..., Awaitable[AuthorizeResult | None]]:
        """Return what tells Bolt who the bot is in the workspace that a request comes from."""

        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
            installed = await self.tokens.find_installation(team_id, enterprise_id) if team_id else None
            if installed is None:
                return None
            return AuthorizeResult(
                enterprise_id=installed.enterprise_id,
                team_id=team_id,
                bot_id=installed.bot_id,
                bot_user_id=installed.bot_user_id,
                bot_token=installed.token,
            )

        return authorize

    def uninstall_middleware(self, leave: Callable[[str], Awaitable[None]]) -> Callable[..., Awaitable[Any]]:
        """Return a Bolt middleware that deletes the tokens of who removes the app, at once.

        Slack may tell of it late and again: what was installed after it stands.
        """

        async def see_off(
            context: AsyncBoltContext, body: dict[str, Any], next_: Callable[[], Awaitable[Any]]
        ) -> Any:
            if not _leaves(body.get("event") or {}):
                return await next_()
            at = datetime.fromtimestamp(int(body["event_time"]), UTC) + CLOCK_SKEW_TOLERANCE
            enterprise = context.enterprise_id if context.is_enterprise_install else None
            gone = await self.installations.delete_installation(None if enterprise else context.team_id, enterprise, at)
            self.tokens.clear_cache()
            if not gone:
                return BoltResponse(status=200)
            if enterprise is None:
                return await next_()
            for team in await self.installations.list_teams_of_enterprise(enterprise):
                await leave(team)
            return BoltResponse(status=200)

        return see_off


def build_multi_workspace(settings: Settings, db: Database, slack: AsyncWebClient, now: Callable[[], datetime]) -> MultiWorkspace:
    """Return what many workspaces need; raise InvalidSettings where a setting is missing for that."""
    settings.require_slack()
    app = OAuthClient(settings.client_id, settings.client_secret)
    installations = InstallationStore(db, app.client_id, TokenEncryption(settings.encryption_keys), now)
    return MultiWorkspace(app, slack, installations, StateStore(db, now), TokenProvider(app, installations, slack, now))


def _leaves(event: dict[str, Any]) -> bool:
    if event.get("type") == "tokens_revoked":
        return bool((event.get("tokens") or {}).get("bot"))
    return event.get("type") in UNINSTALL_EVENTS


async def require_keys(database: Database, vault: TokenEncryption) -> None:
    """Raise InvalidSettings where a token cannot be decrypted with the keys at hand."""
    async with database.reading(None) as session:
        missing = await store.find_unknown_keys(session, vault)
    if missing:
        raise InvalidSettings(unknown_key_message(missing[0]))


async def reencrypt_all_tokens(database: Database, vault: TokenEncryption) -> int:
    """Encrypt all tokens with the newest key; return how many were not yet. Others may read meanwhile."""
    last, changed = 0, 0
    while True:
        try:
            async with database.transaction(None) as session:
                last, some = await store.reencrypt_tokens(session, vault, last, ROTATION_BATCH_SIZE)
        except DecryptionError as error:
            raise InvalidSettings(str(error)) from error
        changed += some
        if not last:
            return changed
