"""The tokens of workspaces: cached, renewed before they expire, and deleted when the app is removed."""

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
from bot.features.workspaces.oauth import key_rotation_store
from bot.features.workspaces.oauth.encryption import (
    DecryptionError,
    TokenEncryption,
    build_unknown_key_message,
)
from bot.features.workspaces.oauth.state_store import StateStore
from bot.features.workspaces.oauth.store import InstallationStore, InstalledApp
from bot.features.workspaces.service import UNINSTALL_EVENTS
from bot.settings import InvalidSettings, Settings
from bot.slack.api_errors import SLACK_CALL_ERRORS, read_slack_error

log = logging.getLogger(__name__)

# Limited, because another process may renew or delete a token.
CACHED_TOKEN_AGE = timedelta(seconds=30)
MAX_CACHED_TOKENS = 2000
CLOCK_SKEW_TOLERANCE = timedelta(seconds=10)  # between Slack's clock and the bot's
RENEWAL_MARGIN = timedelta(hours=2)  # before the expiry; Slack's tokens live for twelve hours
ROTATION_BATCH_SIZE = 100  # tokens in one transaction


class TokenPending(TimeoutError):
    """The token has expired and its renewal has not succeeded yet."""


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """The app's credentials for OAuth."""

    client_id: str
    client_secret: str = field(repr=False)


class TokenProvider:
    """Finds, caches and renews the tokens of workspaces. `slack` is a Web API client without a token."""

    def __init__(
        self,
        oauth_client: OAuthClient,
        installations: InstallationStore,
        slack: AsyncWebClient,
        clock: Callable[[], datetime],
    ) -> None:
        self._oauth_client, self._installations = oauth_client, installations
        self._slack, self._clock = slack, clock
        self._cache: dict[str, tuple[InstalledApp | None, datetime]] = {}
        self._lookups = SingleFlight[InstalledApp | None]()

    async def find_installation(self, team_id: str, enterprise_id: str | None = None) -> InstalledApp | None:
        """Return a workspace's installation with a valid token; None if the app is not installed there.

        `enterprise_id` is the organisation that the request names. Raise TokenPending if the token has
        expired and cannot be renewed now, and DecryptionError if it cannot be decrypted.
        """
        cached, expires_at = self._cache.get(team_id, (None, None))
        if cached is not None and expires_at is not None and self._clock() < expires_at:
            return cached
        return await self._lookups.run(team_id, lambda: self._load_installation(team_id, enterprise_id))

    async def attach_token(self, team_id: str, client: AsyncWebClient, method: str) -> None:
        """Set a client's token before it calls `method`; raise SlackApiError if the app is not installed.

        The error has the code that Slack itself would answer, so that callers handle it in the same way.
        """
        installed = await self.find_installation(team_id)
        if installed is None:
            raise SlackApiError("not installed", _build_not_authed_response(client, method))  # type: ignore[no-untyped-call]
        client.token = installed.token
        if installed.team_id is None:
            # The token belongs to the whole organisation, so each call must name its workspace.
            client.default_params = {"team_id": team_id}

    def clear_cache(self) -> None:
        """Forget all cached tokens. Called when the app was installed or removed somewhere."""
        self._cache.clear()

    async def _load_installation(self, team_id: str, enterprise_id: str | None) -> InstalledApp | None:
        installed = await self._installations.find_installation(team_id, enterprise_id)
        if installed is not None:
            installed = await self._renew_if_due(installed)
            if len(self._cache) >= MAX_CACHED_TOKENS:  # simpler than an LRU, and they live for seconds only
                self._cache.clear()
            self._cache[team_id] = (installed, self._clock() + CACHED_TOKEN_AGE)
        return installed

    async def _renew_if_due(self, installed: InstalledApp) -> InstalledApp:
        """Renew a token that expires soon. Only one process does so, because a refresh token works once.

        Return the old token if it is still valid and cannot be renewed now. Raise TokenPending if it has
        expired and there is no new one yet, and SlackApiError if Slack refuses the renewal for good.
        """
        if installed.expires_at is None or self._clock() < installed.expires_at - RENEWAL_MARGIN:
            return installed
        is_expired = self._clock() >= installed.expires_at
        if not await self._installations.start_renewal(installed):
            if is_expired:
                raise TokenPending
            return installed
        try:
            return await self._renew(installed)
        except SLACK_CALL_ERRORS as error:
            slack_error = read_slack_error(error) if isinstance(error, SlackApiError) else None
            reason = slack_error.reason if slack_error else type(error).__name__
            log.warning("renewing a token failed: %s", reason)
            if not is_expired:
                return installed
            if slack_error is not None and not slack_error.is_temporary:
                raise
            raise TokenPending from error

    async def _renew(self, installed: InstalledApp) -> InstalledApp:
        answer = await self._slack.oauth_v2_access(
            client_id=self._oauth_client.client_id,
            client_secret=self._oauth_client.client_secret,
            grant_type="refresh_token",
            refresh_token=installed.refresh_token,
        )
        lifetime = timedelta(seconds=int(answer["expires_in"]))
        return await self._installations.save_renewed_token(
            installed, answer["access_token"], answer["refresh_token"], lifetime
        )


def _build_not_authed_response(client: AsyncWebClient, method: str) -> AsyncSlackResponse:
    """Return the response that Slack would send to a call without a token."""
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
    """The parts of a deployment in which many workspaces install the app."""

    oauth_client: OAuthClient
    slack: AsyncWebClient  # without a token
    installations: InstallationStore
    states: StateStore
    tokens: TokenProvider

    def build_authorize_function(self) -> Callable[..., Awaitable[AuthorizeResult | None]]:
        """Return Bolt's authorize function, which looks up the token of the request's workspace."""

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

    def build_uninstall_middleware(
        self, on_uninstall: Callable[[str], Awaitable[None]]
    ) -> Callable[..., Awaitable[Any]]:
        """Return a Bolt middleware that deletes the token of a workspace when it removes the app.

        Slack may send the event late or twice, so an installation that is newer than the event stays. A
        workspace's event goes on to the listeners. For an organisation, `on_uninstall` is called instead,
        with the id of each of its workspaces.
        """

        async def delete_tokens(
            context: AsyncBoltContext, body: dict[str, Any], next_: Callable[[], Awaitable[Any]]
        ) -> Any:
            if not _is_uninstall(body.get("event") or {}):
                return await next_()
            uninstalled_at = datetime.fromtimestamp(int(body["event_time"]), UTC) + CLOCK_SKEW_TOLERANCE
            enterprise_id = context.enterprise_id if context.is_enterprise_install else None
            team_id = None if enterprise_id else context.team_id
            is_deleted = await self.installations.delete_installation(team_id, enterprise_id, uninstalled_at)
            self.tokens.clear_cache()
            if not is_deleted:
                return BoltResponse(status=200)
            if enterprise_id is None:
                return await next_()
            for member_team_id in await self.installations.list_teams_of_enterprise(enterprise_id):
                await on_uninstall(member_team_id)
            return BoltResponse(status=200)

        return delete_tokens


def build_multi_workspace(
    settings: Settings, db: Database, slack: AsyncWebClient, clock: Callable[[], datetime]
) -> MultiWorkspace:
    """Build the parts for many workspaces; raise InvalidSettings if a setting is missing."""
    settings.require_slack()
    oauth_client = OAuthClient(settings.client_id, settings.client_secret)
    installations = InstallationStore(
        db, oauth_client.client_id, TokenEncryption(settings.encryption_keys), clock
    )
    tokens = TokenProvider(oauth_client, installations, slack, clock)
    return MultiWorkspace(oauth_client, slack, installations, StateStore(db, clock), tokens)


def _is_uninstall(event: dict[str, Any]) -> bool:
    if event.get("type") == "tokens_revoked":
        return bool((event.get("tokens") or {}).get("bot"))
    return event.get("type") in UNINSTALL_EVENTS


async def require_keys_of_tokens(database: Database, encryption: TokenEncryption) -> None:
    """Raise InvalidSettings if a stored token is encrypted with a key that is not configured."""
    async with database.reading(None) as session:
        missing = await key_rotation_store.find_unknown_keys(session, encryption)
    if missing:
        raise InvalidSettings(build_unknown_key_message(missing[0]))


async def reencrypt_all_tokens(database: Database, encryption: TokenEncryption) -> int:
    """Encrypt all tokens with the newest key, in batches; return how many changed.

    Raise InvalidSettings if a token cannot be decrypted.
    """
    last_id, changed = 0, 0
    while True:
        try:
            async with database.transaction(None) as session:
                last_id, changed_in_batch = await key_rotation_store.reencrypt_tokens(
                    session, encryption, last_id, ROTATION_BATCH_SIZE
                )
        except DecryptionError as error:
            raise InvalidSettings(str(error)) from error
        changed += changed_in_batch
        if not last_id:
            return changed
