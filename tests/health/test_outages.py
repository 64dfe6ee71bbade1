"""A database that is down, slow or read-only: /readyz and people hear of it, and work goes on afterwards."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import Bot
from bot.db.database import open_database
from bot.db.migrations.upgrade import migrate_database
from bot.fake_slack.server.delivery import call_asgi
from bot.health import service
from bot.server import build_http_app
from bot.settings import Settings
from tests.conftest import World, build_settings
from tests.postgresql import DeadServerWarning, PostgresqlServer
from tests.stories.test_events import build_mention
from tests.stories.voting import find_card, start_team


@pytest.fixture(scope="module")
def postgresql(session_folder: Path) -> Iterator[PostgresqlServer]:
    """A server of this file's own: other tests must not meet its outages."""
    server = PostgresqlServer(session_folder / "outages")
    yield server
    server.delete()


@pytest.fixture
def database_url(postgresql: PostgresqlServer) -> str:
    url = postgresql.create_database("bot")

    async def prepare() -> None:
        async with open_database(url) as database:
            await migrate_database(database)

    asyncio.run(prepare())
    return url


def set_writable(postgresql: PostgresqlServer, *, is_writable: bool) -> None:
    postgresql.run_sql(
        f"ALTER DATABASE bot SET default_transaction_read_only = {'off' if is_writable else 'on'}"
    )


def test_a_server_that_died_is_started_again_and_named(postgresql: PostgresqlServer) -> None:
    postgresql.crash()
    with pytest.warns(DeadServerWarning, match="immediate shutdown"):
        postgresql.run_sql("SELECT 1")
    postgresql.run_sql("SELECT 1")


async def fetch_page(bot: Bot, path: str) -> tuple[int, str]:
    status, page = await call_asgi(build_http_app(bot), path, {}, b"")
    return status, page.decode()


@asynccontextmanager
async def lock_table(world: World, table: str) -> AsyncIterator[None]:
    """Lock a table for a while."""
    url = world.bot.db.url.render_as_string(hide_password=False)
    async with open_database(url) as other, other.engine.begin() as connection:
        await connection.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


async def finish_failing_work(world: World) -> None:
    """Let the process finish what it has begun. It may answer 500, so that Slack repeats an event."""
    await world.bot.deps.background.drain()
    assert {trouble[:3] for trouble in world.harness.failures} <= {"500"}
    world.harness.failures.clear()


async def test_a_database_that_is_stopped_and_started(world: World, postgresql: PostgresqlServer) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await ben.type_text(channel, "/valuemap add pain")
    form = ben.modal
    await form.fill_field("The pain", "no figures")
    slow_card = find_card(ana, channel, "slow")
    mention, vote = (
        build_mention(ana, channel, "add gain: in time"),
        ana.reaction_event(slow_card, "five", "reaction_added"),
    )
    assert await fetch_page(world.bot, "/readyz") == (200, "ready")

    with postgresql.stopped():
        status, says = await fetch_page(world.bot, "/readyz")
        assert (status, says) == (503, "the database does not answer: OperationalError")
        assert await fetch_page(world.bot, "/healthz") == (200, "ok")
        assert "valuemap_database_up 0.0" in (await fetch_page(world.bot, "/metrics"))[1]
        await ana.member.send_text(channel, "/valuemap add job: lost")
        await finish_failing_work(world)
        assert (
            "I can't reach my storage at the moment, so nothing was changed."
            in ana.last_message(channel).text
        )
        for event in (mention, vote):
            await world.harness.delivery.send_event(event)
            assert [trouble[:3] for trouble in world.harness.failures] == ["500"]
            await finish_failing_work(world)
        assert "I'll try again for some minutes" in ana.last_message(channel).text
        errors = await ben.member.submit_view(form._view, form._form_input)
        assert "I can't reach my storage" in next(iter(errors.values()))

    assert await fetch_page(world.bot, "/readyz") == (200, "ready")
    for event in (mention, vote):
        await world.harness.send_event(event)
    await form.submit()
    await world.advance_time(seconds=2)
    assert "1 vote (one 5)" in slow_card.text
    assert find_card(ana, channel, "in time").text
    assert find_card(ana, channel, "no figures").text


async def test_a_database_that_can_only_be_read(world: World, postgresql: PostgresqlServer) -> None:
    (ana, *_), channel = await start_team(world)
    slow_card = find_card(ana, channel, "slow")
    vote = ana.reaction_event(slow_card, "five", "reaction_added")
    set_writable(postgresql, is_writable=False)
    await world.bot.db.engine.dispose()  # as a failover does
    assert await fetch_page(world.bot, "/readyz") == (503, "the database can only be read")
    await ana.member.send_text(channel, "/valuemap add job: lost")
    await finish_failing_work(world)
    assert (
        "My storage lets me only read at the moment, so nothing was changed."
        in ana.last_message(channel).text
    )
    await ana.member.send_text(channel, "/valuemap fit")
    await finish_failing_work(world)
    assert "Fit: Reports for small shops" in ana.last_message(channel).text
    await world.harness.delivery.send_event(vote)
    await finish_failing_work(world)

    set_writable(postgresql, is_writable=True)
    await world.harness.send_event(vote)
    await ana.type_text(channel, "/valuemap add job: found")
    await world.advance_time(seconds=2)
    assert await fetch_page(world.bot, "/readyz") == (200, "ready")
    assert "1 vote (one 5)" in slow_card.text
    assert find_card(ana, channel, "found").text


async def test_a_process_that_starts_while_the_database_is_read_only_says_so_too(
    world: World, postgresql: PostgresqlServer, database_url: str
) -> None:
    (ana, *_), channel = await start_team(world)
    set_writable(postgresql, is_writable=False)
    settings = build_settings(world.slack, database_url)
    new = Bot(settings, world.clock.now)
    async with new.running():
        world.harness.delivery.send_raw = lambda body, headers: call_asgi(
            build_http_app(new), "/slack/events", headers, body
        )
        await ana.member.send_text(channel, "/valuemap add job: lost")
        await new.deps.background.drain()
    set_writable(postgresql, is_writable=True)
    assert world.harness.failures == []
    assert "My storage lets me only read" in ana.last_message(channel).text


async def test_a_database_that_is_slow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap add pain")
    form = ana.modal
    await form.fill_field("The pain", "no figures")
    soon = timedelta(seconds=0.1)
    deps = world.bot.deps
    impatient = replace(deps, timing=replace(deps.timing, answer_timeout=soon, form_timeout=soon))
    monkeypatch.setattr(world.bot.router, "_deps", impatient)
    async with lock_table(world, "entry"):
        errors = await ana.member.submit_view(form._view, form._form_input)
        assert "wait a moment, then submit again" in next(iter(errors.values()))
        world.slack.response_received.clear()
        await ana.member.send_text(channel, "/valuemap fit")
        await world.slack.response_received.wait()
        assert "This takes longer than usual" in ana.last_message(channel).text
    await world.settle()
    assert ana.find_message(channel, "Fit: Reports for small shops").message.ephemeral_user_id == ana.id
    monkeypatch.setattr(world.bot.router, "_deps", deps)
    await form.submit()
    assert len([one for one in ana.visible_messages(channel) if "no figures\nby" in one.text]) == 1


class SilentServer(asyncio.Protocol):
    """Accepts connections and never answers."""

    def __init__(self, connections: dict[asyncio.BaseTransport, asyncio.Event]) -> None:
        self._connections, self._lost = connections, asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._connections[transport] = self._lost

    def connection_lost(self, _error: Exception | None) -> None:
        self._lost.set()


@pytest.mark.enable_socket
async def test_a_database_that_hangs_does_not_delay_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "DATABASE_TIMEOUT_SECONDS", 0.1)

    connections: dict[asyncio.BaseTransport, asyncio.Event] = {}  # with the event of their end
    hanging = await asyncio.get_running_loop().create_server(
        lambda: SilentServer(connections), "127.0.0.1", 0
    )
    port = hanging.sockets[0].getsockname()[1]
    bot = Bot(
        Settings(
            bot_token="xoxb-x", signing_secret="secret", database_url=f"postgresql://bot@127.0.0.1:{port}/bot"
        )
    )
    try:
        for _ in range(2):
            assert await fetch_page(bot, "/readyz") == (
                503,
                "the database does not answer within 0.1 seconds",
            )
        assert "valuemap_database_up 0.0" in (await fetch_page(bot, "/metrics"))[1]
    finally:
        await bot.health.close()
        await bot.db.close()
        hanging.close()
        for transport, lost in connections.items():
            transport.close()
            await lost.wait()
        await hanging.wait_closed()
