"""The checks of `python -m bot doctor`: find what is missing or wrong, and say how to repair it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import available_timezones

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.db.database import Database
from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.features.workspaces.oauth import key_rotation_store, store as oauth_store
from bot.features.workspaces.oauth.encryption import TokenEncryption, build_unknown_key_message
from bot.jobs.backlog_store import Backlog, list_dead_letters, measure_backlog
from bot.manifest import OPTIONAL_SCOPES, SCOPES
from bot.settings import InvalidSettings, Settings
from bot.slack.api_errors import SLACK_UNREACHABLE, read_slack_error
from bot.slack.blockkit.text import count_noun
from bot.slack.scopes import parse_scopes

MAX_BACKLOG_AGE = timedelta(minutes=5)  # a job that is due for longer is a sign of a failure
MAX_NAMED_TEAMS = 5
CLOCK_TOLERANCE = timedelta(minutes=2)  # the bot rejects signatures that are five minutes old


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check, printed as one line."""

    subject: str
    is_ok: bool
    text: str  # the state, and where it is not ok how to repair it

    def __str__(self) -> str:
        return f"{'ok   ' if self.is_ok else 'WRONG'} {self.subject}: {self.text}"


async def run_checks(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Run every check and yield its result. No check raises."""
    yield _check_settings(settings)
    async for finding in _check_slack(settings, now):
        yield finding
    async for finding in _check_database(settings, now):
        yield finding
    zones = len(available_timezones())
    yield Finding("time zones", zones > 0, f"{zones} known" if zones else "none: install the package tzdata")


def _check_settings(settings: Settings) -> Finding:
    try:
        settings.require_slack()
    except InvalidSettings as error:
        return Finding("settings", is_ok=False, text=str(error))
    transport = "Socket Mode" if settings.socket_mode else "HTTP"
    return Finding(
        "settings",
        is_ok=True,
        text=f"many workspaces over {transport}" if settings.many_workspaces else transport,
    )


async def _check_slack(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Check the token of a single workspace with Slack; many workspaces' tokens are in the database."""
    if not settings.bot_token:
        return
    slack = AsyncWebClient(token=settings.bot_token, base_url=settings.api_url, retry_handlers=[], timeout=10)
    try:
        answer = await slack.auth_test()
    except SlackApiError as error:
        reason = read_slack_error(error).reason
        text = f"Slack answers {reason}: copy the token from your app's page"
        yield Finding("bot token", is_ok=False, text=text)
        return
    except (*SLACK_UNREACHABLE, OSError) as error:
        text = f"{settings.api_url} does not answer ({type(error).__name__})"
        yield Finding("Slack", is_ok=False, text=text)
        return
    yield Finding("bot token", is_ok=True, text=f"{answer.get('team')}, {answer.get('url')}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    for finding in _check_scopes(headers.get("x-oauth-scopes", "")):
        yield finding
    if "date" in headers:
        yield _check_clock(headers["date"], now)
    if settings.app_token:
        yield await _check_socket_mode(slack, settings.app_token)


def _check_scopes(header: str) -> Iterator[Finding]:
    """Compare the scopes that Slack lists in a header of each answer with those of the manifest."""
    granted = parse_scopes(header)
    if not granted:
        yield Finding("scopes", is_ok=True, text="Slack does not say which are granted")
        return
    missing = sorted(SCOPES.keys() - OPTIONAL_SCOPES.keys() - granted)
    text = (
        f"missing {', '.join(missing)}: add them and reinstall the app"
        if missing
        else "all needed ones granted"
    )
    yield Finding("scopes", is_ok=not missing, text=text)
    for scope in sorted(OPTIONAL_SCOPES.keys() - granted):
        yield Finding("optional scope", is_ok=True, text=f"without {scope}, {OPTIONAL_SCOPES[scope]}")


def _check_clock(date_header: str, now: datetime) -> Finding:
    difference = abs(now - parsedate_to_datetime(date_header).astimezone(UTC))
    text = f"{difference.total_seconds():.0f} s off Slack's"
    is_ok = difference <= CLOCK_TOLERANCE
    return Finding("clock", is_ok, text if is_ok else f"{text}: synchronize it by NTP")


async def _check_socket_mode(slack: AsyncWebClient, app_token: str) -> Finding:
    try:
        await slack.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        return Finding("app token", is_ok=False, text=f"Slack answers {error.response.get('error')}")
    return Finding("app token", is_ok=True, text="Socket Mode connects")


def _check_backlog(backlog: Backlog, now: datetime) -> Finding:
    """Report the jobs that are due and not done yet. A few are normal."""
    if backlog.oldest_due_at is None:
        return Finding("waiting", is_ok=True, text="nothing")
    age = now - backlog.oldest_due_at
    minutes = count_noun(age // timedelta(minutes=1), "minute")
    text = f"{count_noun(backlog.job_count, 'job')}, the oldest for {minutes}"
    if age <= MAX_BACKLOG_AGE:
        return Finding("waiting", is_ok=True, text=text)
    return Finding("waiting", is_ok=False, text=f"{text}: is a worker running, does Slack answer?")


async def _check_database(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    database = Database(settings.database_url)
    try:
        schema = await read_schema_state(database)
        yield Finding("database", is_ok=True, text=database.url.render_as_string(hide_password=True))
        repair = "" if schema is SchemaState.CURRENT else ": run 'python -m bot migrate'"
        if schema is SchemaState.UNKNOWN:
            repair = ": it belongs to a newer release or to another program"
        yield Finding("schema", schema is SchemaState.CURRENT, f"{schema}{repair}")
        if schema is SchemaState.CURRENT:
            async with database.reading(None) as session:
                dead_letters = await list_dead_letters(session)
                backlog = await measure_backlog(session, now)
            text = "; ".join(
                f"{kind} in {channel_id}: {reason}" for channel_id, kind, reason in dead_letters[:5]
            )
            yield Finding("jobs", not dead_letters, text or "no dead letters")
            yield _check_backlog(backlog, now)
            if settings.many_workspaces and settings.encryption_keys:
                async for finding in _check_installations(
                    database, TokenEncryption(settings.encryption_keys)
                ):
                    yield finding
    except Exception as error:  # noqa: BLE001 - every failure of the database is a finding
        yield Finding("database", is_ok=False, text=f"does not answer ({type(error).__name__})")
    finally:
        await database.close()


async def _check_installations(database: Database, encryption: TokenEncryption) -> AsyncIterator[Finding]:
    async with database.reading(None) as session:
        count = await oauth_store.count_installations(session)
        unknown_keys = await key_rotation_store.find_unknown_keys(session, encryption)
        granted_by_team = await oauth_store.load_granted_scopes(session)
    text = f"{count}, all with a token that can be read"
    yield Finding(
        "installations",
        not unknown_keys,
        build_unknown_key_message(unknown_keys[0]) if unknown_keys else text,
    )
    needed = SCOPES.keys() - OPTIONAL_SCOPES.keys()
    lacking = [team_id for team_id, granted in granted_by_team.items() if needed - granted]
    text = f"{_name_some(lacking)} lack scopes: they must install again at /slack/install"
    yield Finding("scopes", not lacking, text if lacking else "all needed ones granted")
    for scope, consequence in OPTIONAL_SCOPES.items():
        without = [team_id for team_id, granted in granted_by_team.items() if scope not in granted]
        if without:
            text = f"{_name_some(without)} did not grant {scope}: {consequence}"
            yield Finding("optional scope", is_ok=True, text=text)


def _name_some(team_ids: Sequence[str]) -> str:
    """Return the number of workspaces with the ids of the first ones."""
    return f"{len(team_ids)} ({', '.join(team_ids[:MAX_NAMED_TEAMS])})"
