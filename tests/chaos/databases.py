"""The databases of a run, and how they fail."""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.db.database import open_database
from bot.db.migrations.upgrade import migrate_database
from tests.postgresql import PostgresqlServer


@dataclass
class DatabaseServer:
    """A migrated database. SQLite has no server that could fail."""

    url: str
    postgresql: PostgresqlServer | None = None
    connection_cuts: int = 0
    restarts: int = 0

    async def cut_connections(self, rng: random.Random) -> None:
        """Cut half of all connections."""
        if self.postgresql is None:
            return
        with suppress(SQLAlchemyError):
            async with open_database(self.url) as database, database.engine.begin() as connection:
                others = (
                    "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
                )
                pids = [pid for (pid,) in await connection.execute(text(others))]
                for pid in rng.sample(pids, len(pids) // 2):
                    await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            self.connection_cuts += 1

    async def restart(self) -> None:
        """Crash the server, as a power cut does, and start it again."""
        if self.postgresql is None:
            return
        await asyncio.to_thread(self.postgresql.restart)
        self.restarts += 1


@asynccontextmanager
async def serve_database(kind: str, folder: Path) -> AsyncIterator[DatabaseServer]:
    """Provide an empty database of this kind for a while."""
    if kind == "sqlite":
        server = DatabaseServer(f"sqlite:///{folder / 'chaos.db'}")
        await _migrate(server)
        yield server
        return
    with tempfile.TemporaryDirectory() as data:
        postgresql = PostgresqlServer(Path(data) / "postgresql")
        try:
            server = DatabaseServer(postgresql.url, postgresql)
            await _migrate(server)
            yield server
        finally:
            postgresql.delete()


async def _migrate(server: DatabaseServer) -> None:
    async with open_database(server.url) as database:
        await migrate_database(database)
