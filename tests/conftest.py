"""Fixtures: a migrated database for each test, and a whole bot on the fake Slack."""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from bot.app import Bot
from bot.db.database import Database, open_database
from bot.db.migrations.upgrade import migrate_database
from bot.fake_slack.client.harness import Harness, Person, VisibleMessage
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import SlackChannel, SlackUser
from bot.fake_slack.server.delivery import asgi_sender
from bot.fake_slack.server.http_server import FakeSlack
from bot.manifest import build_manifest
from bot.picture.png import render_png
from bot.picture.renderer import Renderer
from bot.server import build_http_app
from bot.settings import Settings
from bot.timing import UNTHROTTLED_TIMING, Timing
from tests.fake_slack.contract.checked_slack import CheckedFakeSlack
from tests.postgresql import PostgresqlServer
from tests.saved_state import SavedState, can_restore_state, restore_state, save_state
from tests.shared_statements import share_compiled_statements
from tests.statements_run import StatementsRun

# Without a deadline, a busy machine does not fail a property test. Forty examples keep the unit tests fast;
# `--hypothesis-profile=long` tries more. In CI the examples are the same each time: a green run stays green.
settings.register_profile(
    "tests",
    max_examples=40,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", settings.get_profile("tests"), max_examples=1000, derandomize=False, print_blob=True
)
settings.load_profile("tests")

# The bot answers a form that takes 2.3 real seconds with "submit again". On a busy machine any form may take
# so long; the test of that answer sets a limit of its own.
TEST_TIMING = replace(UNTHROTTLED_TIMING, form_timeout=timedelta(minutes=1))
SMALL_PICTURE_WIDTH = 480  # pixels; wide enough for each change of a word to show
TESTS = Path(__file__).parent
# A module that has one of these names speaks HTTP or SQL, or starts processes.
INTEGRATION_NAMES = frozenset({"FakeSlack", "call_asgi", "open_database", "run_bot_process", "subprocess"})
STATEMENTS_RUN = StatementsRun()


def pytest_configure() -> None:
    """Share compiled statements and note them, in test runs only: the benchmark imports this module, too."""
    share_compiled_statements()
    STATEMENTS_RUN.listen()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with its tier, and with `postgresql` if it runs on that database.

    A test with the mark `databases` runs on these. Without it, a story runs on SQLite, any other test on
    both: `tests.statements_run` sees to it that each statement runs on PostgreSQL too.
    """
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        fixtures = [*getattr(item, "fixturenames", ())]
        callspec = getattr(item, "callspec", None)
        parameters = [*callspec.params.values()] if callspec else []
        module_names = vars(item.module) if isinstance(item, pytest.Function) else {}
        databases = {
            name for name in (*fixtures, *parameters) if str(name).startswith(("sqlite", "postgresql"))
        }
        if folder in {"browser", "chaos"}:
            item.add_marker(folder)
        elif databases or "database_url" in fixtures or INTEGRATION_NAMES & module_names.keys():
            item.add_marker("integration")
        else:
            item.add_marker("unit")
        if any(str(name).startswith("postgresql") for name in databases):
            item.add_marker("postgresql")
    config.hook.pytest_deselected(items=[item for item in items if not _is_wanted(item)])
    items[:] = [item for item in items if _is_wanted(item)]


def _is_wanted(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("databases")
    if not item.get_closest_marker("postgresql"):
        return mark is None or "sqlite" in mark.args
    return "postgresql" in mark.args if mark else not item.path.is_relative_to(TESTS / "stories")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Collect the statements that a process of pytest-xdist ran."""
    STATEMENTS_RUN.add(getattr(node, "workeroutput", {}).get("statements", {}))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a complete run in which a statement ran on SQLite alone.

    pytest then collects the garbage five times, to find errors in what is thrown away. What is no garbage the
    first time is none later.
    """
    gc.collect()
    gc.freeze()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["statements"] = STATEMENTS_RUN.dump()
    elif _is_complete(session.config) and STATEMENTS_RUN.list_missing():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _is_complete(config) and (missing := STATEMENTS_RUN.list_missing()):
        terminalreporter.section("run on SQLite alone: mark a story of each with `databases`", red=True)
        for statement in missing:
            terminalreporter.write_line(statement)


def _is_complete(config: pytest.Config) -> bool:
    is_narrowed = config.option.markexpr or config.option.keyword or config.option.collectonly
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not is_narrowed


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives to the end of the run: all modules and all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """A folder for what the whole run needs.

    It is none of pytest's own: pytest keeps the folders of three runs, so a fourth run that starts meanwhile
    would delete the database of this one.
    """
    with TemporaryDirectory(prefix="valuemap-tests-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def sqlite_template(session_folder: Path) -> Path:
    database_file = session_folder / "migrated.db"
    asyncio.run(_migrate(f"sqlite:///{database_file}"))
    return database_file


@pytest.fixture(scope="session")
def postgresql_server(session_folder: Path) -> Iterator[PostgresqlServer]:
    """A real PostgreSQL, one for each pytest worker."""
    server = PostgresqlServer(session_folder / "postgresql")
    server.configure()
    yield server
    server.delete()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgresqlServer) -> str:
    """The name of a migrated database without rows. Copying it is faster than migrating another one."""
    url = postgresql_server.create_database("migrated")
    asyncio.run(_migrate(url))
    return "migrated"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'bot.db')}"


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer, postgresql_template: str) -> str:
    """The URL of a migrated database without rows."""
    return postgresql_server.provide_empty_copy("bot", postgresql_template)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    return server.create_database("empty")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as database:
        yield database


async def _migrate(url: str) -> None:
    async with open_database(url) as database:
        await migrate_database(database)


@dataclass
class World:
    """A workspace of the fake Slack with the bot in it."""

    slack: FakeSlack
    bot: Bot
    harness: Harness
    clock: FakeClock
    saved_states: Mapping[str, SavedState] = field(default_factory=dict)  # by the words of SAVED_STATES

    async def advance_time(self, **time: float) -> None:
        """Advance the clock, as timedelta(**time), and let the bot do what is due."""
        self.clock.advance(timedelta(**time))
        await self.settle()

    async def advance_to(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        await self.settle()

    async def settle(self) -> None:
        """Let the bot finish its background work, and do all that a second brings."""
        await self.bot.deps.background.drain()
        await self.bot.scheduler.tick()

    async def finish_jobs(self) -> None:
        """Let the bot finish its background work and its due jobs.

        This follows each action of a person: as long as the clock stands, a tick plans nothing more.
        """
        await self.bot.deps.background.drain()
        await self.bot.scheduler.run_due_jobs()

    def find_digests(self, person: Person, channel: SlackChannel) -> list[VisibleMessage]:
        return [message for message in person.visible_messages(channel) if "Fit digest" in message.text]

    async def start_canvas(self, channel: SlackChannel) -> None:
        """Start a canvas with an entry of each kind, and with the digest that it gets at the next tick."""
        if not await self.restore_state("canvas"):
            await self.play_canvas(channel)

    async def restore_state(self, name: str) -> bool:
        """Give the world a copy of a saved state; say whether there is one and nothing is in its way."""
        state = self.saved_states.get(name)
        if state is None or not can_restore_state(self, state):
            return False
        await restore_state(self, state)
        return True

    async def play_canvas(self, channel: SlackChannel) -> None:
        """Play the commands that `start_canvas` spares."""
        starter = Person(self.harness, SlackUser("U9000", "Starter"))
        self.slack.users[starter.id] = starter.user
        channel.member_ids.add(starter.id)
        await starter.type_text(channel, "/valuemap new Reports for small shops")
        entries = "job: report; pain: slow; gain: right; product: builder; reliever: robot; creator: sources"
        await starter.type_text(channel, f"/valuemap add {entries}")
        await self.settle()

    async def play_team(self) -> tuple[Person, SlackChannel]:
        """Start a canvas with three pains and a job in a channel of Ana, who is in Berlin."""
        ana = self.harness.add_person("Ana", "Europe/Berlin")
        channel = self.harness.add_channel("product", ana)
        await ana.type_text(channel, "/valuemap new Reports for small shops")
        await ana.type_text(channel, "/valuemap add pain: slow; dear; dull; job: report")
        await self.settle()
        return ana, channel


def build_settings(slack: FakeSlack, database_url: str) -> Settings:
    """Return the settings of a bot with the token of the fake Slack's workspace."""
    return Settings(
        bot_token=slack.bot_token,
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
        database_url=database_url,
    )


@asynccontextmanager
async def open_world(database_url: str, timing: Timing = TEST_TIMING) -> AsyncIterator[World]:
    """Start a fake Slack, and a bot on this database."""
    clock = FakeClock()
    app = build_manifest("https://bot.example/slack/events", socket_mode=False)
    async with CheckedFakeSlack(clock, app) as slack:
        bot = Bot(build_settings(slack, database_url), clock.now, timing)
        async with bot.running():

            async def finish_jobs() -> None:
                await world.finish_jobs()

            world = World(slack, bot, Harness(slack, asgi_sender(build_http_app(bot)), finish_jobs), clock)
            yield world


async def _play_canvas(world: World) -> None:
    await world.play_canvas(world.harness.add_channel("product"))


# What stories begin with, and how it is played.
SAVED_STATES: dict[str, Callable[[World], Awaitable[Any]]] = {"team": World.play_team, "canvas": _play_canvas}


@pytest.fixture(scope="session")
def sqlite_saved_states(sqlite_template: Path, session_folder: Path) -> dict[str, SavedState]:
    def provide_copy(name: str) -> str:
        return f"sqlite:///{shutil.copy(sqlite_template, session_folder / f'{name}.db')}"

    return asyncio.run(_save_states(provide_copy))


@pytest.fixture(scope="session")
def postgresql_saved_states(
    postgresql_server: PostgresqlServer, postgresql_template: str
) -> dict[str, SavedState]:
    def provide_copy(name: str) -> str:
        return postgresql_server.provide_empty_copy(name, postgresql_template)

    return asyncio.run(_save_states(provide_copy))


async def _save_states(provide_copy: Callable[[str], str]) -> dict[str, SavedState]:
    states = {}
    for name, play in SAVED_STATES.items():
        async with open_world(provide_copy(name)) as world:
            await play(world)
            states[name] = await save_state(world)
    return states


@pytest.fixture
def saved_states(database_url: str, request: pytest.FixtureRequest) -> Mapping[str, SavedState]:
    database, _, _ = database_url.partition(":")
    states: dict[str, SavedState] = request.getfixturevalue(f"{database}_saved_states")
    return states


@pytest.fixture
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Render the pictures of stories small, in a third of the time; `tests/picture` looks at large ones."""
    render = Renderer.render
    monkeypatch.setattr(Renderer, "render", lambda self, svg, _width: render(self, svg, SMALL_PICTURE_WIDTH))
    yield
    render_png.cache_clear()


@pytest_asyncio.fixture(name="world")
async def world_fixture(
    database_url: str, saved_states: Mapping[str, SavedState], small_pictures: None
) -> AsyncIterator[World]:
    async with open_world(database_url) as world:
        world.saved_states = saved_states
        yield world
        assert world.harness.failures == []
