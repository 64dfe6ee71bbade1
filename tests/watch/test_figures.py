"""What /metrics says after something happened, and that the page about running the bot explains all of it."""

import re
from datetime import timedelta
from pathlib import Path

from bot.server import build_health_app, build_http_app
from bot.fake_slack.server.delivery import call_asgi

from bot.observability.metrics import Metrics
from tests.conftest import World
from tests.stories.test_events import execute, said
from tests.stories.voting import another, card, team

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


async def figures(world: World) -> dict[str, float]:
    """Read the page as Prometheus would."""
    world.clock.advance(timedelta(seconds=10))
    status, page = await call_asgi(build_http_app(world.bot), "/metrics", {}, b"")
    assert status == 200
    lines = (line for line in page.decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


async def test_requests_events_and_calls_are_counted(world: World) -> None:
    (ana, *_), channel = await team(world)
    seen = card(ana, channel, "slow")
    await ana.add_reaction(seen, "five")
    world.clock.advance(timedelta(seconds=40))
    vote = ana.reaction_event(seen, "four", "reaction_added")
    await ana.click_button(seen, "Why?")
    world.clock.advance(timedelta(seconds=40))
    await world.harness.send_event(vote)
    world.slack.inject_fault("chat.update", retry_after=7)
    world.slack.inject_fault("chat.update", drops_connection=True)
    await world.passes(seconds=2)
    await world.passes(minutes=5)
    now = await figures(world)
    assert now['valuemap_answer_seconds_count{kind="command",status="200"}'] == 2
    assert now['valuemap_answer_seconds_count{kind="action",status="200"}'] == 1
    assert now['valuemap_answer_seconds_count{kind="reaction_added",status="200"}'] == 2
    assert now['valuemap_event_lag_seconds_bucket{le="15.0",type="reaction_added"}'] == 1
    assert now['valuemap_event_lag_seconds_bucket{le="60.0",type="reaction_added"}'] == 2
    assert now['valuemap_slack_call_seconds_count{method="chat.update",outcome="ratelimited"}'] == 1
    assert now['valuemap_slack_call_seconds_count{method="chat.update",outcome="no_answer"}'] == 1
    assert now['valuemap_slack_call_seconds_count{method="chat.update",outcome="ok"}'] >= 1
    assert now["valuemap_clock_ticked_timestamp_seconds"] > 0
    assert now['valuemap_database_connections{state="in_use"}'] == 0
    assert now["valuemap_database_up"] == 1


async def test_what_fails_is_counted_as_what_slack_heard(world: World) -> None:
    (ana, *_), channel = await team(world)
    await execute(world, "ALTER TABLE said RENAME TO away")
    await world.harness.delivery.send_event(said(ana, channel, "fit"))
    await world.bot.deps.background.drain()
    await execute(world, "ALTER TABLE away RENAME TO said")
    world.harness.failures.clear()
    assert (await figures(world))['valuemap_answer_seconds_count{kind="app_mention",status="500"}'] == 1


async def test_nobody_outside_can_make_up_names(world: World) -> None:
    for body in (
        b"command=x",
        b"payload=%7B%22type%22%3A%22made-up%22%7D",
        b'{"event": {"type": "made-up"}}',
    ):
        kind = "application/json" if body[:1] == b"{" else "application/x-www-form-urlencoded"
        status, _ = await call_asgi(build_http_app(world.bot), "/slack/events", {"content-type": kind}, body)
        assert status == 401
    assert not [name for name in await figures(world) if "made-up" in name]


async def test_the_outbox_and_the_digests_are_seen(world: World) -> None:
    (ana, *_), channel = await team(world)
    await ana.type_text(channel, "/valuemap digest now")
    now = await figures(world)
    assert (now['valuemap_digests{state="on_time"}'], now['valuemap_digests{state="late"}']) == (1, 0)
    await world.passes(days=7, hours=3)
    now = await figures(world)
    assert (now['valuemap_digests{state="on_time"}'], now['valuemap_digests{state="late"}']) == (0, 1)
    assert now['valuemap_digests{state="parked"}'] == 0
    assert now["valuemap_outbox_oldest_due_seconds"] == 0

    channel.member_ids.discard("U0BOT")
    world.slack.inject_fault("chat.postMessage", error="is_archived", times=9)
    await ana.type_text(channel, "/valuemap digest now")
    await ana.type_text(channel, "/valuemap add job: another")
    await world.bot.db.engine.dispose()
    now = await figures(world)
    assert now['valuemap_digests{state="parked"}'] == 1
    assert now['valuemap_outbox_errands{errand="digest",state="parked"}'] == 1


async def test_what_waits_says_for_how_long(world: World) -> None:
    (ana, *_), channel = await team(world)
    await ana.member.add_reaction(card(ana, channel, "slow").posted, "five")
    world.clock.advance(timedelta(minutes=9, seconds=51))
    now = await figures(world)
    assert now['valuemap_outbox_errands{errand="card",state="waiting"}'] == 1
    assert now["valuemap_outbox_oldest_due_seconds"] == 600
    assert now["valuemap_votes_oldest_reading_seconds"] >= 0


async def test_a_process_stays_ready_while_a_newer_release_migrates(world: World) -> None:
    async with another(world) as other:
        assert (await call_asgi(build_http_app(world.bot), "/readyz", {}, b""))[0] == 200
        await execute(world, "UPDATE alembic_version SET version_num = '9999'")
        assert (await call_asgi(build_http_app(world.bot), "/readyz", {}, b""))[0] == 200
        status, says = await call_asgi(build_health_app(other), "/readyz", {}, b"")
        assert (status, b"schema is unknown" in says) == (503, True)
        await execute(world, "UPDATE alembic_version SET version_num = '0001'")
        status, says = await call_asgi(build_health_app(world.bot), "/readyz", {}, b"")
        assert (status, b"schema is behind: run 'python -m bot migrate'" in says) == (503, True)
        assert (await call_asgi(build_health_app(world.bot), "/slack/events", {}, b""))[0] == 404


def test_the_page_explains_every_figure_and_no_other() -> None:
    told = {*re.findall(r"`(valuemap_\w+)`", PAGE.read_text())}
    counted = set()
    for family in Metrics()._registry.collect():
        counted.add(f"{family.name}_total" if family.type == "counter" else family.name)
    assert told == counted


async def test_the_cards_of_a_workspace_that_left_wait_for_nobody(world: World) -> None:
    await team(world)
    await world.passes(minutes=20)  # the cards are read back once
    await world.passes(minutes=1)
    assert (await figures(world))["valuemap_votes_oldest_reading_seconds"] > 0
    await world.harness.send_event({"type": "app_uninstalled"})
    await world.passes(days=2)
    assert (await figures(world))["valuemap_votes_oldest_reading_seconds"] == 0
