"""What a process does before it serves: say what it is, and open, check and migrate its database."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot import __version__
from bot.app import Bot, synchronize_clock
from bot.database_url import describe_database, parse_database_url
from bot.db.database import Database, open_database
from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.db.problems import explain_database_error
from bot.features.workspaces.oauth.encryption import TokenEncryption
from bot.features.workspaces.oauth.service import require_keys_of_tokens
from bot.proxies import describe_proxies
from bot.settings import InvalidSettings, Settings
from bot.timing import Timing

log = logging.getLogger(__name__)


def log_start(subcommand: str, settings: Settings) -> None:
    """Log what an operator wants to know first: version, database, and how the bot speaks with Slack."""
    log.info("value map bot %s starts as '%s'", __version__, subcommand)
    log.info("database: %s", describe_database(parse_database_url(settings.database_url)))
    transport = "Socket Mode" if settings.socket_mode and subcommand == "run" else "HTTP"
    receiver = "no requests, calls only" if subcommand == "worker" else f"requests over {transport}"
    count = "many workspaces" if settings.many_workspaces else "one workspace"
    log.info("Slack: %s, %s, %s, %s", settings.api_url, count, receiver, describe_proxies(settings.proxies))


@asynccontextmanager
async def open_settings_database(settings: Settings) -> AsyncIterator[Database]:
    """Open the database of the settings; raise InvalidSettings where it is away or not set up."""
    async with open_database(settings.database_url) as database:
        try:
            yield database
        except Exception as error:
            if sentence := explain_database_error(error, database.url):
                raise InvalidSettings(sentence) from None
            raise


async def build_bot(settings: Settings, timing: Timing) -> Bot:
    """Build the bot, with the clock of its database."""
    async with open_settings_database(settings) as database:
        return Bot(settings, await synchronize_clock(database), timing)


async def prepare_database(settings: Settings) -> None:
    """Migrate an empty or older database to the newest schema.

    Raises InvalidSettings where the database belongs to a newer release or to another program.
    """
    async with open_settings_database(settings) as database:
        schema = await read_schema_state(database)
        if schema is SchemaState.UNKNOWN:
            raise InvalidSettings(
                "DATABASE_URL leads to a database of a newer release or of another program."
            )
        if schema is not SchemaState.CURRENT:
            await migrate_to_newest(database)
        await _require_known_keys(settings, database)


async def migrate_to_newest(database: Database) -> None:
    """Bring the database to the newest schema."""
    from bot.db.migrations.upgrade import migrate_database  # noqa: PLC0415 - Alembic needs 11 MiB and 10 % of the start

    await migrate_database(database)


async def require_current_schema(settings: Settings) -> None:
    """Raise InvalidSettings unless the database has the schema and the keys that this release needs."""
    async with open_settings_database(settings) as database:
        schema = await read_schema_state(database)
        if schema is not SchemaState.CURRENT:
            raise InvalidSettings(f"The database's schema is {schema}: run 'python -m bot migrate' first.")
        await _require_known_keys(settings, database)


async def _require_known_keys(settings: Settings, database: Database) -> None:
    if settings.many_workspaces:
        await require_keys_of_tokens(database, TokenEncryption(settings.encryption_keys))
