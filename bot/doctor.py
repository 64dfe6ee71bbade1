"""What is missing or wrong, and how to mend it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import available_timezones

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.db.database import Database
from bot.db.migrations.schema import Schema, schema_of
from bot.features.workspaces.oauth import store as installs
from bot.features.workspaces.oauth.encryption import Vault, unknown
from bot.jobs.store import Depth, depth, parked
from bot.manifest import SCOPES
from bot.settings import BadSettings, Settings
from bot.slack.blockkit.text import count

PATIENCE = timedelta(minutes=5)  # until what is due and not done is a sign that something is wrong
SKEW = timedelta(minutes=2)  # Slack's signatures are good for five minutes


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    right: bool
    says: str

    def __str__(self) -> str:
        return f"{'ok   ' if self.right else 'WRONG'} {self.what}: {self.says}"


async def examine(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    yield _settings(settings)
    async for finding in _slack(settings, now):
        yield finding
    async for finding in _database(settings, now):
        yield finding
    zones = len(available_timezones())
    yield Finding("time zones", zones > 0, f"{zones} known" if zones else "none: install the package tzdata")


def _settings(settings: Settings) -> Finding:
    try:
        settings.require_slack()
    except BadSettings as error:
        return Finding("settings", right=False, says=str(error))
    how = "Socket Mode" if settings.socket_mode else "HTTP"
    return Finding(
        "settings", right=True, says=f"many workspaces over {how}" if settings.many_workspaces else how
    )


async def _slack(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    if not settings.bot_token:
        return
    slack = AsyncWebClient(token=settings.bot_token, base_url=settings.api_url, retry_handlers=[], timeout=10)
    try:
        answer = await slack.auth_test()
    except SlackApiError as error:
        reason = error.response.get("error")
        yield Finding(
            "bot token", right=False, says=f"Slack answers {reason}: copy the token from your app's page"
        )
        return
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        yield Finding(
            "Slack", right=False, says=f"{settings.api_url} does not answer ({type(error).__name__})"
        )
        return
    yield Finding("bot token", right=True, says=f"{answer.get('team')}, {answer.get('url')}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip()}
    missing = sorted(SCOPES.keys() - granted) if granted else []
    says = f"missing {', '.join(missing)}: add them and reinstall the app" if missing else "all granted"
    yield Finding(
        "scopes", right=not missing, says=says if granted else "Slack does not say which are granted"
    )
    if "date" in headers:
        skew = abs(now - parsedate_to_datetime(headers["date"]).astimezone(UTC))
        says = f"{skew.total_seconds():.0f} s off Slack's"
        yield Finding("clock", skew <= SKEW, says if skew <= SKEW else f"{says}: set it by NTP")
    if settings.app_token:
        yield await _socket_mode(slack, settings.app_token)


async def _socket_mode(slack: AsyncWebClient, token: str) -> Finding:
    try:
        await slack.apps_connections_open(app_token=token)
    except SlackApiError as error:
        return Finding("app token", right=False, says=f"Slack answers {error.response.get('error')}")
    return Finding("app token", right=True, says="Socket Mode connects")


def _waiting(waiting: Depth, now: datetime) -> Finding:
    """Say what is due and not done. A little always is."""
    if waiting.waits_since is None:
        return Finding("waiting", right=True, says="nothing")
    age = now - waiting.waits_since
    says = f"{count(waiting.due, 'errand')}, the oldest for {count(age // timedelta(minutes=1), 'minute')}"
    if age <= PATIENCE:
        return Finding("waiting", right=True, says=says)
    return Finding("waiting", right=False, says=f"{says}: is a worker running, does Slack answer?")


async def _database(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    database = Database(settings.database_url)
    try:
        schema = await schema_of(database)
        yield Finding("database", right=True, says=database.url.render_as_string(hide_password=True))
        mend = "" if schema is Schema.RIGHT else ": run 'python -m bot migrate'"
        if schema is Schema.UNKNOWN:
            mend = ": it belongs to a newer release or to another program"
        yield Finding("schema", schema is Schema.RIGHT, f"{schema}{mend}")
        if schema is Schema.RIGHT:
            async with database.reading(None) as session:
                hopeless = await parked(session)
                waiting = await depth(session, now)
            says = "; ".join(f"{errand} in {channel}: {reason}" for channel, errand, reason in hopeless[:5])
            yield Finding("outbox", not hopeless, says or "nothing is stuck")
            yield _waiting(waiting, now)
            if settings.many_workspaces and settings.encryption_keys:
                async for finding in _installations(database, Vault(settings.encryption_keys)):
                    yield finding
    except Exception as error:  # noqa: BLE001 - whatever keeps the database from answering
        yield Finding("database", right=False, says=f"does not answer ({type(error).__name__})")
    finally:
        await database.close()


async def _installations(database: Database, vault: Vault) -> AsyncIterator[Finding]:
    async with database.reading(None) as session:
        number = await installs.number(session)
        missing = await installs.unknown_keys(session, vault)
        lacking = await installs.lacking(session, frozenset(SCOPES))
    says = f"{number}, all with a token that can be read"
    yield Finding("installations", not missing, unknown(missing[0]) if missing else says)
    some = ", ".join(lacking[:5])
    mend = f"{len(lacking)} have fewer than are needed now ({some}): let them install again at /slack/install"
    yield Finding("scopes", not lacking, mend if lacking else "all granted")
