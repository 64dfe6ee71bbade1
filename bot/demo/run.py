"""Running the demo: one process with the stand-in, its page and the real bot, which talk over HTTP."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
from filelock import FileLock, Timeout

from bot.app import Bot, utc_now
from bot.db.database import open_database
from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.db.migrations.upgrade import migrate_database
from bot.demo import workshop
from bot.demo.guide import EXAMPLE_GUIDE, EMPTY_CHANNEL_GUIDE
from bot.fake_slack.client.harness import Harness
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import BOT_USER_ID, GUIDE_USER_ID, SlackChannel, SlackMessage, SlackUser
from bot.fake_slack.server import persistence
from bot.fake_slack.server.change_feed import ChangeKind
from bot.fake_slack.server.delivery import http_sender
from bot.fake_slack.server.http_server import FakeSlack
from bot.fake_slack.web.server import SlackPage
from bot.manifest import build_manifest
from bot.server import serve_on_socket
from bot.settings import InvalidSettings, Settings
from bot.timing import UNTHROTTLED_TIMING

DEFAULT_FOLDER = Path("valuemap-demo") EXAMPLE_TIME_ZONE = ZoneInfo("Europe/Berlin")  # where the example's
canvas was started, so that its digests come at nine WORKSHOP_AGE = timedelta(days=5)  # when the example's
team held its workshop MAX_ACTORS = 6 SAVE_INTERVAL_SECONDS = 5  # seconds PREPARING_TEXT = "Eight people are
holding the example's workshop: a few seconds…"


@contextlib.asynccontextmanager
async def run_demo(
    port: int, *, reset: bool = False, folder: Path = DEFAULT_FOLDER, now: Callable[[], datetime] = utc_now
) -> AsyncIterator["Demo"]:
    """Run the demo for a while. It goes on where it was the last time.

    Raises InvalidSettings where the port is in use or another demo runs in the folder.
    """
    with _alone(folder), _bound() as listening:
        if reset:
            (folder / "workspace.json").unlink(missing_ok=True)
        async with aiohttp.ClientSession() as http:
            demo = Demo(folder, port, listening, http, now())
            async with demo.run():
                yield demo


class Demo:
    """A workspace, remembered or new, and the bot in it."""

    def __init__(
        self,
        folder: Path,
        port: int,
        listening: socket.socket,
        http: aiohttp.ClientSession,
        now: datetime,
    ) -> None:
        bot_url = f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events"
        self._kept, self._database = folder / "workspace.json", folder / "bot.db"
        self._listening, self._begun = listening, now
        self.ready = asyncio.Event()  # the example is there, people can work
        self._snapshot = persistence.read_snapshot(self._kept)
        begin = max(self._snapshot.now, now) if self._snapshot else find_last_monday(now) - WORKSHOP_AGE
        self._clock = FakeClock(begin)
        self.slack = FakeSlack(self._clock, build_manifest(bot_url, socket_mode=False), port)
        self._bench = Harness(self.slack, http_sender(http, bot_url), self._settle)
        self._bot: Bot | None = None

    @property
    def url(self) -> str:
        return f"{self.slack.url}/"

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        actors = self._remember() if self._snapshot else self._set_up()
        page = SlackPage(self.slack, self._bench.delivery, actors)
        async with _served(self.slack, page):
            self._bot = Bot(await self._settings(), self._clock.now, UNTHROTTLED_TIMING)
            async with self._bot.running(), serve_on_socket(self._bot, self._listening), asyncio.TaskGroup() as tasks:
                going = [tasks.create_task(self._play()), tasks.create_task(self._keep())]
                yield
                for task in going:
                    task.cancel()
        if not self.slack.preparation_notice:
            persistence.save_workspace(self.slack, self._kept)

    def _remember(self) -> list[SlackUser]:
        assert self._snapshot is not None
        persistence.restore_workspace(self.slack, self._snapshot)
        return self._actors()

    def _set_up(self) -> list[SlackUser]:
        """Set up a new workspace; its bot remembers nothing of an older one."""
        for suffix in (
            "",
            "-wal",
            "-shm",
        ):  # what a killed process left of its log would be read into the new one
            self._database.with_name(f"{self._database.name}{suffix}").unlink(missing_ok=True)
        self._people = workshop.create_people(self._bench, workshop.load_example())
        everybody = self._people.values()
        self.slack.users[GUIDE_USER_ID] = SlackUser(GUIDE_USER_ID, "Guide")
        self._bench.add_channel("duolingo", *everybody).topic = "The example: a canvas that is worked out"
        self._bench.add_channel("your-product", *everybody).topic = "Empty, for your own value proposition"
        self.slack.preparation_notice = PREPARING_TEXT
        return self._actors()

    def _actors(self) -> list[SlackUser]:
        channel = next(iter(self.slack.channels.values()))
        return [user for key, user in self.slack.users.items() if key in channel.member_ids - {BOT_USER_ID}][:MAX_ACTORS]

    async def _settings(self) -> Settings:
        url = f"sqlite:///{self._database}"
        async with open_database(url) as database:
            if await read_schema_state(database) is SchemaState.UNKNOWN:
                raise InvalidSettings(f"{self._database} is of a newer release: start the demo with --reset.")
            await migrate_database(database)
        return Settings(
            bot_token=self.slack.bot_token,
            signing_secret=self.slack.signing_secret,
            api_url=self.slack.api_url,
            database_url=url,
        )

    async def _play(self) -> None:
        """Let the example's team hold its workshop, if it has not; then let time run."""
        assert self._bot is not None
        if self.slack.preparation_notice:
            await self._hold_workshop(self._bot)
        self._clock.start()
        self.slack.publish_change(ChangeKind.CLOCK)
        self.ready.set()
        async with self._bot.scheduler.running():
            await asyncio.Event().wait()

    async def _hold_workshop(self, bot: Bot) -> None:
        async def passes() -> None:
            self._clock.advance(timedelta(minutes=20))
            await self._settle()
            await bot.scheduler.tick()

        example, own, *_ = self.slack.channels.values()  # who looks on already has a direct message
        await workshop.hold_workshop(workshop.load_example(), self._people, example, passes)
        for moment in (find_last_monday(self._begun), self._begun):  # its digest comes, and then today
            self._clock.move_to(moment)
            await bot.scheduler.tick()
        self.slack.drop_ephemeral_messages()
        self._say(example, EXAMPLE_GUIDE.format(own=own.id))
        self._say(own, EMPTY_CHANNEL_GUIDE)
        self.slack.preparation_notice = ""
        persistence.save_workspace(self.slack, self._kept)
        self.slack.publish_change(ChangeKind.PREPARING)

    def _say(self, channel: SlackChannel, words: str) -> None:
        self.slack.post_message(SlackMessage(channel.id, self.slack.new_ts(), GUIDE_USER_ID, words, []))

    async def _settle(self) -> None:
        assert self._bot is not None
        await self._bot.deps.background.drain()

    async def _keep(self) -> None:
        """Save what has changed, now and then."""
        watch = self.slack.open_change_feed()
        while True:
            await watch.wait_for_changes()
            await asyncio.sleep(SAVE_INTERVAL_SECONDS)
            if not self.slack.preparation_notice:
                persistence.save_workspace(self.slack, self._kept)


def find_last_monday(now: datetime) -> datetime:
    """Return the last Monday 09:00 in Berlin that is not after now. Pure."""
    local = now.astimezone(EXAMPLE_TIME_ZONE)
    monday = local.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    return (monday if monday <= local else monday - timedelta(days=7)).astimezone(UTC)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    try:
        with FileLock(folder / "lock", timeout=0):
            yield
    except Timeout as taken:
        raise InvalidSettings(
            "The demo is running already in this folder: use the page that is open, or stop it first."
        ) from taken


@contextlib.contextmanager
def _bound() -> Iterator[socket.socket]:
    """A socket for the bot, on a port that is free."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:  # named, or asyncio leaves Nagle's delay on
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who comes before the bot is ready waits
        yield listening


@contextlib.asynccontextmanager
async def _served(slack: FakeSlack, page: SlackPage) -> AsyncIterator[None]:
    slack.extra_routes = page.routes()
    try:
        async with slack:
            yield
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise InvalidSettings(
            f"Port {slack.port} is in use: stop what listens there, or choose another with --port."
        ) from error
