"""What /metrics says after something happened, and that docs/operations.md explains every metric."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.db.migrations import schema
from bot.fake_slack.client.events import build_uninstalled_event
from bot.fake_slack.server.delivery import call_asgi
from bot.observability.metrics import Metrics
from bot.server import build_health_app, build_http_app
from tests.conftest import World
from tests.stories.test_events import build_mention, execute_sql
from tests.stories.voting import find_card, run_second_bot, start_team

OPERATIONS_PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


async def read_metrics(world: World) -> dict[str, float]:
    """Read the metrics as Prometheus does."""
    world.clock.advance(timedelta(seconds=10))
    status, page = await call_asgi(build_http_app(world.bot), "/metrics", {}, b"")
    assert status == 200
    lines = (line for line in page.decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


async def test_requests_events_and_calls_are_counted(world: World) -> None:
    ana, channel = await world.play_team()
    seen = find_card(ana, channel, "slow")
    await ana.add_reaction(seen, "five")
    world.clock.advance(timedelta(seconds=40))
    vote = ana.reaction_event(seen, "four", "reaction_added")
    await ana.click_button(seen, "⋯", "Why?")
    world.clock.advance(timedelta(seconds=40))
    await world.harness.send_event(vote)
    world.slack.inject_fault("chat.update", retry_after=7)
    world.slack.inject_fault("chat.update", drops_connection=True)
    await world.advance_time(seconds=2)
    await world.advance_time(minutes=5)
    metrics = await read_metrics(world)
    assert metrics['valuemap_answer_seconds_count{kind="command",status="200"}'] == 2
    assert metrics['valuemap_answer_seconds_count{kind="action",status="200"}'] == 1
    assert metrics['valuemap_answer_seconds_count{kind="reaction_added",status="200"}'] == 2
    assert metrics['valuemap_event_lag_seconds_bucket{le="15.0",type="reaction_added"}'] == 1
    assert metrics['valuemap_event_lag_seconds_bucket{le="60.0",type="reaction_added"}'] == 2
    assert metrics['valuemap_slack_call_seconds_count{method="chat.update",outcome="ratelimited"}'] == 1
    assert metrics['valuemap_slack_call_seconds_count{method="chat.update",outcome="no_answer"}'] == 1
    # The canvas's message, when the first entries were added, and the card's first vote.
    assert metrics['valuemap_slack_call_seconds_count{method="chat.update",outcome="ok"}'] == 2
    assert metrics["valuemap_clock_ticked_timestamp_seconds"] > 0
    assert metrics['valuemap_database_connections{state="in_use"}'] == 0
    assert metrics["valuemap_database_up"] == 1


async def test_a_failed_request_is_counted_with_the_status_that_slack_got(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await execute_sql(world, "ALTER TABLE incoming_message RENAME TO away")
    await world.harness.delivery.send_event(build_mention(ana, channel, "fit"))
    await world.bot.deps.background.drain()
    await execute_sql(world, "ALTER TABLE away RENAME TO incoming_message")
    world.harness.failures.clear()
    assert (await read_metrics(world))['valuemap_answer_seconds_count{kind="app_mention",status="500"}'] == 1


async def test_a_stranger_cannot_add_a_label(world: World) -> None:
    for body in (
        b"command=x",
        b"payload=%7B%22type%22%3A%22made-up%22%7D",
        b'{"event": {"type": "made-up"}}',
    ):
        kind = "application/json" if body[:1] == b"{" else "application/x-www-form-urlencoded"
        status, _ = await call_asgi(build_http_app(world.bot), "/slack/events", {"content-type": kind}, body)
        assert status == 401
    assert not [name for name in await read_metrics(world) if "made-up" in name]


async def test_jobs_and_digests_are_counted(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap digest now")
    metrics = await read_metrics(world)
    assert (metrics['valuemap_digests{state="on_time"}'], metrics['valuemap_digests{state="late"}']) == (1, 0)
    await world.advance_time(days=7, hours=3)
    metrics = await read_metrics(world)
    assert (metrics['valuemap_digests{state="on_time"}'], metrics['valuemap_digests{state="late"}']) == (0, 1)
    assert metrics['valuemap_digests{state="dead_letter"}'] == 0
    assert metrics["valuemap_jobs_oldest_due_seconds"] == 0

    channel.member_ids.discard("U0BOT")
    world.slack.inject_fault("chat.postMessage", error="is_archived", times=9)
    await ana.type_text(channel, "/valuemap digest now")
    await ana.type_text(channel, "/valuemap add job: another")
    await world.bot.db.engine.dispose()
    metrics = await read_metrics(world)
    assert metrics['valuemap_digests{state="dead_letter"}'] == 1
    assert metrics['valuemap_jobs{kind="digest",state="dead_letter"}'] == 1


async def test_the_oldest_due_job_says_how_long_it_has_waited(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.member.add_reaction(find_card(ana, channel, "slow").message, "five")
    world.clock.advance(timedelta(minutes=9, seconds=51))
    metrics = await read_metrics(world)
    assert metrics['valuemap_jobs{kind="card",state="waiting"}'] == 1
    assert metrics["valuemap_jobs_oldest_due_seconds"] == 600
    assert metrics["valuemap_votes_oldest_reading_seconds"] == 0


async def test_a_process_stays_ready_while_a_newer_release_migrates(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_second_bot(world) as other:
        assert (await call_asgi(build_http_app(world.bot), "/readyz", {}, b""))[0] == 200
        await execute_sql(world, "UPDATE alembic_version SET version_num = '9999'")
        assert (await call_asgi(build_http_app(world.bot), "/readyz", {}, b""))[0] == 200
        status, says = await call_asgi(build_health_app(other), "/readyz", {}, b"")
        assert (status, b"schema is unknown" in says) == (503, True)
        older_and_current = ["0000", *schema.list_revisions()]
        monkeypatch.setattr(schema, "list_revisions", lambda: older_and_current)
        await execute_sql(world, "UPDATE alembic_version SET version_num = '0000'")
        status, says = await call_asgi(build_health_app(world.bot), "/readyz", {}, b"")
        assert (status, b"schema is outdated: run 'python -m bot migrate'" in says) == (503, True)
        assert (await call_asgi(build_health_app(world.bot), "/slack/events", {}, b""))[0] == 404


def test_the_operations_page_explains_every_metric_and_no_other() -> None:
    explained = {*re.findall(r"`(valuemap_\w+)`", OPERATIONS_PAGE.read_text())}
    exported = set()
    for family in Metrics()._registry.collect():
        exported.add(f"{family.name}_total" if family.type == "counter" else family.name)
    assert explained == exported


async def test_the_cards_of_an_uninstalled_workspace_do_not_count_as_waiting(world: World) -> None:
    await start_team(world)
    await world.advance_time(minutes=20)  # the cards are read back once
    assert (await read_metrics(world))["valuemap_votes_oldest_reading_seconds"] == 0
    world.clock.advance(timedelta(hours=2))
    assert (await read_metrics(world))["valuemap_votes_oldest_reading_seconds"] > 0
    await world.harness.send_event(build_uninstalled_event())
    await world.advance_time(days=2)
    assert (await read_metrics(world))["valuemap_votes_oldest_reading_seconds"] == 0
