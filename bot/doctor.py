"""The checks of `python -m bot doctor`: find what is missing or wrong, and say how to repair it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import available_timezones

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.database_url import describe_database
from bot.db.database import Database
from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.db.problems import explain_database_error
from bot.features.workspaces.oauth import key_rotation_store, store as oauth_store
from bot.features.workspaces.oauth.encryption import TokenEncryption, build_unknown_key_message
from bot.jobs.backlog_store import Backlog, list_dead_letters, measure_backlog
from bot.manifest import OPTIONAL_SCOPES, SCOPES
from bot.observability.metrics import Metrics
from bot.observability.slack import InstrumentedClient
from bot.picture.coverage import find_missing_scripts
from bot.proxies import describe_proxies, open_session
from bot.settings import InvalidSettings, Settings
from bot.slack.api_errors import SLACK_CALL_ERRORS, describe_call_error, read_slack_error
from bot.slack.blockkit.text import count_noun
from bot.slack.scopes import parse_scopes
from bot.timing import DEFAULT_TIMING

MAX_BACKLOG_AGE = timedelta(minutes=5)  # a job that is due for longer is a sign of a failure
MAX_NAMED_TEAMS = 5
TEST_MESSAGE = "A message of the doctor: it is deleted at once."
# Slack refuses a bot's message to itself in some workspaces. It has read the message by then.
NO_MESSAGE_TO_ITSELF = frozenset(
    {"cannot_dm_bot", "channel_not_found", "user_not_found", "messages_tab_disabled"}
)
POSTING_REPAIR = "the bot can post nothing until this is mended"
POSTING_REPAIRS = {
    "missing_scope": "add the scope chat:write to the app and reinstall it",
    "restricted_action": "an administrator has to let this app post",
    "account_inactive": "the app was removed: install it again and copy the new token",
}
CLOCK_TOLERANCE = timedelta(minutes=2)  # the bot rejects signatures that are five minutes old


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check, printed as one line."""

    subject: str
    is_ok: bool
    text: str  # the state, and where it is not ok how to repair it
    is_note: bool = False  # nothing is wrong, yet an operator may want to change it
    is_fatal: bool = False  # the bot does not start: every other command says the same and exits with 2

    @property
    def exit_code(self) -> int:
        """What the doctor exits with if no other finding is worse."""
        return 0 if self.is_ok else 2 if self.is_fatal else 1

    def __str__(self) -> str:
        label = "WRONG" if not self.is_ok else "note " if self.is_note else "ok   "
        return f"{label} {self.subject}: {self.text}"


async def run_checks(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Run every check and yield its result. No check raises."""
    yield _check_settings(settings)
    async for finding in _check_slack(settings, now):
        yield finding
    async for finding in _check_database(settings, now):
        yield finding
    yield await asyncio.to_thread(_check_fonts)
    zones = len(available_timezones())
    yield Finding("time zones", zones > 0, f"{zones} known" if zones else "none: install the package tzdata")


def _check_settings(settings: Settings) -> Finding:
    try:
        settings.require_slack()
    except InvalidSettings as error:
        return Finding("settings", is_ok=False, text=str(error), is_fatal=True)
    transport = "Socket Mode" if settings.socket_mode else "HTTP"
    return Finding(
        "settings",
        is_ok=True,
        text=f"many workspaces over {transport}" if settings.many_workspaces else transport,
    )


async def _check_slack(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Check the way to Slack and, of a single workspace, its token; many tokens are in the database."""
    async with open_session(settings.proxies, DEFAULT_TIMING.call_timeout) as session:
        slack = InstrumentedClient(
            Metrics(),
            token=settings.bot_token or None,
            base_url=settings.api_url,
            retry_handlers=[],
            session=session,
        )
        async for finding in _check_calls(settings, slack, now):
            yield finding


async def _check_calls(settings: Settings, slack: AsyncWebClient, now: datetime) -> AsyncIterator[Finding]:
    """Try what everything else needs: to reach Slack, to sign in, to post, and to link by Socket Mode."""
    way = describe_proxies(settings.proxies)
    try:
        answer = await slack.auth_test()
    except SLACK_CALL_ERRORS as error:
        is_answered = isinstance(error, SlackApiError) and not read_slack_error(error).is_temporary
        if not is_answered:
            text = f"{settings.api_url} cannot be used {way}: {describe_call_error(error)}"
            yield Finding("network", is_ok=False, text=text)
            return
        yield Finding("network", is_ok=True, text=f"{settings.api_url} answers {way}")
        if settings.bot_token:
            text = f"{describe_call_error(error)}: copy the token from your app's page"
            yield Finding("bot token", is_ok=False, text=text)
        return
    yield Finding("network", is_ok=True, text=f"{settings.api_url} answers {way}")
    yield Finding("bot token", is_ok=True, text=f"{answer.get('team')}, {answer.get('url')}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    for finding in _check_scopes(headers.get("x-oauth-scopes", "")):
        yield finding
    if "date" in headers:
        yield _check_clock(headers["date"], now)
    yield await _check_posting(slack, answer.get("user_id") or "")
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


async def _check_posting(slack: AsyncWebClient, own_user_id: str) -> Finding:
    """Post a message to the bot itself, which nobody sees, and delete it."""
    try:
        posted = await slack.chat_postMessage(channel=own_user_id, text=TEST_MESSAGE)
        await slack.chat_delete(channel=posted["channel"], ts=posted["ts"])
    except SLACK_CALL_ERRORS as error:
        reason = read_slack_error(error).reason if isinstance(error, SlackApiError) else ""
        if reason in NO_MESSAGE_TO_ITSELF:
            text = f"Slack takes the call, but lets no bot write to itself ({reason})"
            return Finding("posting", is_ok=True, text=text)
        text = f"{describe_call_error(error)}: {POSTING_REPAIRS.get(reason, POSTING_REPAIR)}"
        return Finding("posting", is_ok=False, text=text)
    return Finding("posting", is_ok=True, text="a message to the bot itself was posted and deleted")


async def _check_socket_mode(slack: AsyncWebClient, app_token: str) -> Finding:
    """Ask for the address of a link; not connect to it, which would take requests from a running bot."""
    from bot.socket_mode import explain_rejected_token  # noqa: PLC0415 - HTTP needs none of it

    try:
        await slack.apps_connections_open(app_token=app_token)
    except SLACK_CALL_ERRORS as error:
        return Finding(
            "Socket Mode", is_ok=False, text=explain_rejected_token(error) or describe_call_error(error)
        )
    return Finding("Socket Mode", is_ok=True, text="Slack lets the bot open a link")


def _check_fonts() -> Finding:
    """Find the scripts that the picture shows as boxes. Other pictures are as they should be: no failure."""
    missing = find_missing_scripts()
    if not missing:
        return Finding("fonts", is_ok=True, text="every script that was tried can be drawn")
    lists = [f"{', '.join(names)} (Debian's package {package})" for package, names in missing.items()]
    text = f"in pictures these are boxes until you install their fonts: {'; '.join(lists)}"
    return Finding("fonts", is_ok=True, text=text, is_note=True)


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
        pooler = (
            " (through a pooler: each transaction sets its own time limits)" if database.is_pooled else ""
        )
        yield Finding("database", is_ok=True, text=f"{describe_database(database.url)}{pooler}")
        repair = "" if schema is SchemaState.CURRENT else ": run 'python -m bot migrate'"
        if schema is SchemaState.UNKNOWN:
            repair = ": it belongs to a newer release or to another program"
        is_current = schema is SchemaState.CURRENT
        yield Finding("schema", is_current, f"{schema}{repair}", is_fatal=not is_current)
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
        text = explain_database_error(error, database.url) or f"it fails ({type(error).__name__})"
        yield Finding("database", is_ok=False, text=text, is_fatal=True)
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
