"""Run the demo: the fake Slack, its page and the real bot in one process, which talk over HTTP."""

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
from bot.demo.guide import EMPTY_CHANNEL_GUIDE, EXAMPLE_GUIDE
from bot.fake_slack.client.harness import Harness
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import BOT_USER_ID, GUIDE_USER_ID, SlackChannel, SlackMessage, SlackUser
from bot.fake_slack.server import persistence
from bot.fake_slack.server.change_feed import ChangeKind
from bot.fake_slack.server.delivery import http_sender
from bot.fake_slack.server.http_server import FakeSlack
from bot.fake_slack.web.server import SlackPage
from bot.manifest import build_manifest
from bot.server import build_http_app, serve_on_socket
from bot.settings import InvalidSettings, Settings
from bot.timing import UNTHROTTLED_TIMING

DEFAULT_FOLDER = Path("valuemap-demo")
# Of the member who starts the example's canvas: its digests come at nine there.
EXAMPLE_TIME_ZONE = ZoneInfo("Europe/Berlin")
WORKSHOP_AGE = timedelta(days=5)  # the example's team holds its workshop so long before the last Monday
STEP_DURATION = timedelta(minutes=20)  # between the steps of the workshop
SAVE_INTERVAL_SECONDS = 5
PREPARING_TEXT = "Eight people are holding the example's workshop: a few seconds…"


@contextlib.asynccontextmanager
async def run_demo(
    port: int, *, reset: bool = False, folder: Path = DEFAULT_FOLDER, clock: Callable[[], datetime] = utc_now
) -> AsyncIterator["Demo"]:
    """Run the demo, from where it was stopped the last time, or from the beginning with `reset`.

    Port 0 takes any free port. Raises InvalidSettings if the port is in use, if another demo runs in the
    folder, or if the folder has the database of a newer release.
    """
    with _lock_folder(folder), _bind_bot_port() as bot_socket:
        if reset:
            (folder / "workspace.json").unlink(missing_ok=True)
        async with aiohttp.ClientSession() as http:
            demo = Demo(folder, port, bot_socket, http, clock())
            async with demo.run():
                yield demo


class Demo:
    """A workspace, restored or new, and the bot in it."""

    def __init__(
        self,
        folder: Path,
        port: int,
        bot_socket: socket.socket,
        http: aiohttp.ClientSession,
        now: datetime,
    ) -> None:
        bot_url = f"http://127.0.0.1:{bot_socket.getsockname()[1]}/slack/events"
        self._workspace_file, self.database_file = folder / "workspace.json", folder / "bot.db"
        self._bot_socket, self._started_at = bot_socket, now
        self.ready = asyncio.Event()  # set once the example is worked out and visitors can act
        self._snapshot = persistence.read_snapshot(self._workspace_file)
        start = max(self._snapshot.now, now) if self._snapshot else find_last_monday(now) - WORKSHOP_AGE
        self._clock = FakeClock(start)
        self.slack = FakeSlack(self._clock, build_manifest(bot_url, socket_mode=False), port)
        self._harness = Harness(self.slack, http_sender(http, bot_url), self._drain_background)
        self._bot: Bot | None = None

    @property
    def url(self) -> str:
        return f"{self.slack.url}/"

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Run the workspace and the bot until the context is left, and save the workspace then."""
        actors = self._restore_workspace() if self._snapshot else self._create_workspace()
        page = SlackPage(self.slack, self._harness.delivery, actors)
        async with _serve_page(self.slack, page):
            self._bot = Bot(await self._prepare_settings(), self._clock.now, UNTHROTTLED_TIMING)
            async with (
                self._bot.running(),
                serve_on_socket(build_http_app(self._bot), self._bot_socket),
                asyncio.TaskGroup() as group,
            ):
                tasks = [group.create_task(self._play_workspace()), group.create_task(self._save_changes())]
                yield
                for task in tasks:
                    task.cancel()
        # A workshop that was interrupted is not saved: it is held again at the next start.
        if not self.slack.preparation_notice:
            persistence.save_workspace(self.slack, self._workspace_file)

    def _restore_workspace(self) -> list[SlackUser]:
        assert self._snapshot is not None
        persistence.restore_workspace(self.slack, self._snapshot)
        return self._list_actors()

    def _create_workspace(self) -> list[SlackUser]:
        """Create a workspace with the example's members and two channels, and delete an older one's database.

        SQLite's write-ahead log is deleted too: a killed process leaves it, and SQLite would apply it to the
        new database.
        """
        for suffix in ("", "-wal", "-shm"):
            self.database_file.with_name(f"{self.database_file.name}{suffix}").unlink(missing_ok=True)
        self._people = workshop.create_people(self._harness, workshop.load_example())
        everybody = self._people.values()
        self.slack.users[GUIDE_USER_ID] = SlackUser(GUIDE_USER_ID, "Guide")
        self._harness.add_channel("duolingo", *everybody).topic = "The example: a canvas that is worked out"
        self._harness.add_channel("your-product", *everybody).topic = "Empty, for your own value proposition"
        self.slack.preparation_notice = PREPARING_TEXT
        return self._list_actors()

    def _list_actors(self) -> list[SlackUser]:
        """Return the members that a visitor can act as."""
        channel = next(iter(self.slack.channels.values()))
        member_ids = channel.member_ids - {BOT_USER_ID}
        return [user for user_id, user in self.slack.users.items() if user_id in member_ids]

    async def _prepare_settings(self) -> Settings:
        """Migrate the database and return the bot's settings for this workspace."""
        url = f"sqlite:///{self.database_file}"
        async with open_database(url) as database:
            if await read_schema_state(database) is SchemaState.UNKNOWN:
                raise InvalidSettings(
                    f"{self.database_file} is of a newer release: start the demo with --reset."
                )
            await migrate_database(database)
        return Settings(
            bot_token=self.slack.bot_token,
            signing_secret=self.slack.signing_secret,
            api_url=self.slack.api_url,
            database_url=url,
        )

    async def _play_workspace(self) -> None:
        """Hold the example's workshop if the workspace is new;

        then start the clock and the bot's scheduler.
        """
        assert self._bot is not None
        if self.slack.preparation_notice:
            await self._hold_workshop(self._bot)
        self._clock.start()
        self.slack.publish_change(ChangeKind.CLOCK)
        self.ready.set()
        async with self._bot.scheduler.running():
            await asyncio.Event().wait()

    async def _hold_workshop(self, bot: Bot) -> None:
        async def pass_time() -> None:
            self._clock.advance(STEP_DURATION)
            await self._drain_background()
            await bot.scheduler.tick()

        # A page that is open already may have added direct messages after the two channels.
        example, empty, *_ = self.slack.channels.values()
        await workshop.hold_workshop(workshop.load_example(), self._people, example, pass_time)
        # The digest comes on Monday; then the workspace's clock shows today.
        for moment in (find_last_monday(self._started_at), self._started_at):
            self._clock.move_to(moment)
            await bot.scheduler.tick()
        self.slack.drop_ephemeral_messages()
        self._post_as_guide(example, EXAMPLE_GUIDE.format(own=empty.id))
        self._post_as_guide(empty, EMPTY_CHANNEL_GUIDE)
        self.slack.preparation_notice = ""
        persistence.save_workspace(self.slack, self._workspace_file)
        self.slack.publish_change(ChangeKind.PREPARING)

    def _post_as_guide(self, channel: SlackChannel, text: str) -> None:
        self.slack.post_message(SlackMessage(channel.id, self.slack.new_ts(), GUIDE_USER_ID, text, []))

    async def _drain_background(self) -> None:
        assert self._bot is not None
        await self._bot.deps.background.drain()

    async def _save_changes(self) -> None:
        """Save the workspace after changes, every few seconds at most."""
        feed = self.slack.open_change_feed()
        while await feed.wait_for_changes():
            await asyncio.sleep(SAVE_INTERVAL_SECONDS)
            if not self.slack.preparation_notice:
                persistence.save_workspace(self.slack, self._workspace_file)


def find_last_monday(now: datetime) -> datetime:
    """Return the last Monday 09:00 in EXAMPLE_TIME_ZONE that is not after now."""
    local = now.astimezone(EXAMPLE_TIME_ZONE)
    monday = local.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    return (monday if monday <= local else monday - timedelta(days=7)).astimezone(UTC)


@contextlib.contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    """Create the folder and keep other demos out of it.

    The lock does not outlive the process, even a killed one.
    """
    try:
        folder.mkdir(exist_ok=True)
        lock = FileLock(folder / "lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise InvalidSettings(
            "The demo is running already in this folder: use the page that is open, or stop it first."
        ) from error
    except OSError as error:
        raise InvalidSettings(
            f"The demo keeps its state in the folder {folder.absolute()}, which cannot be written to "
            f"({error.strerror}): start it in another folder."
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _bind_bot_port() -> Iterator[socket.socket]:
    """Listen on a free port for the bot. What connects before the bot is ready waits."""
    # Only for sockets whose protocol is given as TCP does asyncio turn off Nagle's algorithm, which delays
    # answers.
    with socket.socket(proto=socket.IPPROTO_TCP) as bot_socket:
        bot_socket.bind(("127.0.0.1", 0))
        bot_socket.listen()
        yield bot_socket


@contextlib.asynccontextmanager
async def _serve_page(slack: FakeSlack, page: SlackPage) -> AsyncIterator[None]:
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
