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
from bot.db.database import opened
from bot.db.migrations.schema import Schema, schema_of
from bot.db.migrations.upgrade import migrate
from bot.demo import workshop
from bot.demo.guide import AN_EXAMPLE, YOUR_OWN
from bot.fake_slack import memory
from bot.fake_slack.changes import What
from bot.fake_slack.clock import Clock
from bot.fake_slack.delivery import over_http
from bot.fake_slack.people import Bench
from bot.fake_slack.slack import Playground
from bot.fake_slack.things import BOT, GUIDE, Channel, Posted, User
from bot.fake_slack.web.server import Page
from bot.manifest import manifest
from bot.server import serving
from bot.settings import BadSettings, Settings
from bot.timing import UNPACED

FOLDER = Path("valuemap-demo")
BERLIN = ZoneInfo("Europe/Berlin")  # where the example's canvas was started, so that its digests come at nine
BEFORE_MONDAY = timedelta(days=5)  # when the example's team held its workshop
ACTORS = 6
SAVE_EVERY = 5  # seconds
PREPARING = "Eight people are holding the example's workshop: a few seconds…"


@contextlib.asynccontextmanager
async def running(
    port: int, *, reset: bool = False, folder: Path = FOLDER, now: Callable[[], datetime] = utc_now
) -> AsyncIterator["Demo"]:
    """Run the demo for a while. It goes on where it was the last time.

    Raises BadSettings where the port is in use or another demo runs in the folder.
    """
    with _alone(folder), _bound() as listening:
        if reset:
            (folder / "workspace.json").unlink(missing_ok=True)
        async with aiohttp.ClientSession() as http:
            demo = Demo(folder, port, listening, http, now())
            async with demo.running():
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
        self._snapshot = memory.read(self._kept)
        begin = max(self._snapshot.now, now) if self._snapshot else last_monday(now) - BEFORE_MONDAY
        self._clock = Clock(begin)
        self.slack = Playground(self._clock, manifest(bot_url, socket_mode=False), port)
        self._bench = Bench(self.slack, over_http(http, bot_url), self._settle)
        self._bot: Bot | None = None

    @property
    def url(self) -> str:
        return f"{self.slack.url}/"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        actors = self._remember() if self._snapshot else self._set_up()
        page = Page(self.slack, self._bench.delivery, actors)
        async with _served(self.slack, page):
            self._bot = Bot(await self._settings(), self._clock.now, UNPACED)
            async with self._bot.running(), serving(self._bot, self._listening), asyncio.TaskGroup() as tasks:
                going = [tasks.create_task(self._play()), tasks.create_task(self._keep())]
                yield
                for task in going:
                    task.cancel()
        if not self.slack.preparing:
            memory.save(self.slack, self._kept)

    def _remember(self) -> list[User]:
        assert self._snapshot is not None
        memory.recall(self.slack, self._snapshot)
        return self._actors()

    def _set_up(self) -> list[User]:
        """Set up a new workspace; its bot remembers nothing of an older one."""
        for suffix in (
            "",
            "-wal",
            "-shm",
        ):  # what a killed process left of its log would be read into the new one
            self._database.with_name(f"{self._database.name}{suffix}").unlink(missing_ok=True)
        self._people = workshop.team(self._bench, workshop.load())
        everybody = self._people.values()
        self.slack.users[GUIDE] = User(GUIDE, "Guide")
        self._bench.channel("duolingo", *everybody).topic = "The example: a canvas that is worked out"
        self._bench.channel("your-product", *everybody).topic = "Empty, for your own value proposition"
        self.slack.preparing = PREPARING
        return self._actors()

    def _actors(self) -> list[User]:
        channel = next(iter(self.slack.channels.values()))
        return [user for key, user in self.slack.users.items() if key in channel.members - {BOT}][:ACTORS]

    async def _settings(self) -> Settings:
        url = f"sqlite:///{self._database}"
        async with opened(url) as database:
            if await schema_of(database) is Schema.UNKNOWN:
                raise BadSettings(f"{self._database} is of a newer release: start the demo with --reset.")
            await migrate(database)
        return Settings(
            self.slack.bot_token, self.slack.signing_secret, api_url=self.slack.api_url, database_url=url
        )

    async def _play(self) -> None:
        """Let the example's team hold its workshop, if it has not; then let time run."""
        assert self._bot is not None
        if self.slack.preparing:
            await self._hold_workshop(self._bot)
        self._clock.run()
        self.slack.tell(What.CLOCK)
        self.ready.set()
        async with self._bot.clock():
            await asyncio.Event().wait()

    async def _hold_workshop(self, bot: Bot) -> None:
        async def passes() -> None:
            self._clock.advance(timedelta(minutes=20))
            await self._settle()
            await bot.tick()

        example, own, *_ = self.slack.channels.values()  # who looks on already has a direct message
        await workshop.hold(workshop.load(), self._people, example, passes)
        for moment in (last_monday(self._begun), self._begun):  # its digest comes, and then today
            self._clock.set(moment)
            await bot.tick()
        self.slack.forget_ephemerals()
        self._say(example, AN_EXAMPLE.format(own=own.id))
        self._say(own, YOUR_OWN)
        self.slack.preparing = ""
        memory.save(self.slack, self._kept)
        self.slack.tell(What.PREPARING)

    def _say(self, channel: Channel, words: str) -> None:
        self.slack.post(Posted(channel.id, self.slack.ts(), GUIDE, words, []))

    async def _settle(self) -> None:
        assert self._bot is not None
        await self._bot.deps.tasks.drain()

    async def _keep(self) -> None:
        """Save what has changed, now and then."""
        watch = self.slack.watch()
        while True:
            await watch.fetch()
            await asyncio.sleep(SAVE_EVERY)
            if not self.slack.preparing:
                memory.save(self.slack, self._kept)


def last_monday(now: datetime) -> datetime:
    """Return the last Monday 09:00 in Berlin that is not after now. Pure."""
    local = now.astimezone(BERLIN)
    monday = local.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    return (monday if monday <= local else monday - timedelta(days=7)).astimezone(UTC)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    try:
        with FileLock(folder / "lock", timeout=0):
            yield
    except Timeout as taken:
        raise BadSettings(
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
async def _served(slack: Playground, page: Page) -> AsyncIterator[None]:
    slack.more_routes = page.routes()
    try:
        async with slack:
            yield
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise BadSettings(
            f"Port {slack.port} is in use: stop what listens there, or choose another with --port."
        ) from error
