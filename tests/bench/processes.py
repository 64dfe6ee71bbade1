"""The processes that are measured: the bot, the bare app, and the fake Slack that they call."""

import asyncio
import os
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
from bot.settings import Settings
from tests.bench.constants import BOT_TOKEN, SIGNING_SECRET
from tests.ports import find_free_port
from tests.postgresql import PostgresqlServer

START_TIMEOUT_SECONDS = 60
POLL_INTERVAL_SECONDS = 0.003
DELAY_SECONDS = 0.05  # until the fake Slack answers, where it is not said otherwise


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """A process that answers."""

    port: int
    pid: int
    startup_seconds: float  # until it answered

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory_mib(self) -> float:
        """Its memory in MiB, shared pages included."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    @property
    def processor_seconds(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def run_bare_app(slack: RunningProcess) -> AsyncIterator[RunningProcess]:
    async with _run_process("tests.bench.bare", "/healthz", **_make_environ(slack, "")) as running:
        yield running


@asynccontextmanager
async def run_bot(slack: RunningProcess, url: str, verb: str = "web") -> AsyncIterator[RunningProcess]:
    async with _run_process("bot", "/healthz", verb, **_make_environ(slack, url)) as running:
        yield running


@asynccontextmanager
async def run_worker(
    slack: RunningProcess, url: str, *, with_health: bool = False
) -> AsyncIterator[RunningProcess]:
    """Run a worker; return at once, or when it answers about its health."""
    answers = "/healthz" if with_health else ""
    async with _run_process("bot", answers, "worker", **_make_environ(slack, url)) as running:
        yield running


@asynccontextmanager
async def run_fake_slack(delay: float = 0) -> AsyncIterator[RunningProcess]:
    """Run a fake Slack that answers every call with success, after a delay."""
    async with _run_process("tests.bench.slack", "/called", DELAY=str(delay)) as running:
        yield running


async def count_calls(slack: RunningProcess, method: str) -> int:
    """Return how often a method of the fake Slack was called."""
    async with aiohttp.ClientSession() as http, http.get(f"{slack.url}/called") as answer:
        counts: dict[str, int] = await answer.json()
        return counts.get(method, 0)


async def wait_for_calls(slack: RunningProcess, method: str, times: int) -> None:
    async with asyncio.timeout(START_TIMEOUT_SECONDS * 3):
        while await count_calls(slack, method) < times:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.01)


def make_settings(slack: RunningProcess, url: str) -> Settings:
    """Return the settings of a bot within this process."""
    return Settings(
        bot_token=BOT_TOKEN, signing_secret=SIGNING_SECRET, api_url=f"{slack.url}/api/", database_url=url
    )


def _make_environ(slack: RunningProcess, url: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": f"{slack.url}/api/",
        "DATABASE_URL": url,
        "LOG_LEVEL": "WARNING",
    }


@asynccontextmanager
async def _run_process(
    module: str, answers: str, *arguments: str, **environ: str
) -> AsyncIterator[RunningProcess]:
    port = find_free_port()
    compiled = {"PYTHONDONTWRITEBYTECODE": ""}  # once, as where packages are installed
    env = {**os.environ, **environ, **compiled, "PORT": str(port)}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, *arguments, env=env)
    try:
        if answers:
            await _wait_until_it_answers(f"http://127.0.0.1:{port}{answers}")
        yield RunningProcess(port, process.pid, time.perf_counter() - began)
    finally:
        if process.returncode is None:
            process.kill()  # what it still had to do is not measured
        await process.wait()


async def _wait_until_it_answers(url: str) -> None:
    async with asyncio.timeout(START_TIMEOUT_SECONDS), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(POLL_INTERVAL_SECONDS)


@contextmanager
def create_sqlite() -> Iterator[str]:
    """Create an empty database in a file; return its address."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        yield url


@contextmanager
def create_postgresql() -> Iterator[str]:
    """Start a PostgreSQL; return its address."""
    with TemporaryDirectory() as folder:
        server = PostgresqlServer(Path(folder) / "postgresql")
        yield server.url
        server.delete()


DATABASES = {"SQLite": create_sqlite, "PostgreSQL": create_postgresql}


@asynccontextmanager
async def open_migrated(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as database:
        await migrate_database(database)
        yield database
