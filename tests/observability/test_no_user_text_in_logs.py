"""Whatever happens in a workshop, the log has nothing that somebody typed, and no secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from bot.observability import logs
from tests.conftest import World
from tests.stories.test_events import build_mention, execute_sql
from tests.stories.voting import find_card

LOGGERS = ("", "bot", "uvicorn.error", "apscheduler")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a process would write at the level DEBUG."""
    root, written = logging.getLogger(), io.StringIO()
    levels, handlers = {name: logging.getLogger(name).level for name in LOGGERS}, root.handlers[:]
    logs.set_up_logging("json", "DEBUG")
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def test_a_workshop_leaves_nothing_that_was_typed_in_the_log(world: World, log: io.StringIO) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await _use_every_command(world, ana, ben, channel)
    await _cause_failures(world, ana, channel)
    world.harness.failures.clear()
    written = log.getvalue()
    secrets = {world.slack.bot_token, world.slack.signing_secret, "/response/R"}
    assert [text for text in {*TYPED, *TYPED_BEFORE_FAILURES} | secrets if text in written] == []
    for words in ("a request failed", "so Slack gets an error", "Slack answered 500", '"team_id": "T0FAKE"'):
        assert words in written, words


TYPED = (
    "Merger",
    "rich heirs",
    "sell in secret",
    "they may sue",
    "no questions",
    "a hush fund",
    "deny it all",
)


async def _use_every_command(world: World, ana: Person, ben: Person, channel: SlackChannel) -> None:
    """Use each command that takes text."""
    name, segment, job, pain, gain, product, reliever = TYPED
    await ana.type_text(channel, f"/valuemap new {name} for {segment}")
    await ana.type_text(channel, f"/valuemap add job: {job}; pain: {pain}; gain: {gain}; product: {product}")
    await ana.type_text(channel, "/valuemap add reliever")
    await ana.modal.fill_field("The pain reliever", reliever)
    await ana.modal.fill_field("Delivered by", [product])
    await ana.modal.submit()
    await ben.add_reaction(find_card(ana, channel, pain), "five")
    await ben.type_text(channel, "/valuemap review")
    await ben.modal.fill_field("Fits strongly", [pain])
    await ben.modal.submit()
    for words in (
        "",
        "show",
        "rank",
        "fit",
        f"why {pain}",
        "export csv",
        "vote pains until in 1 hour",
        "digest now",
    ):
        await ana.type_text(channel, f"/valuemap {words}")
    await ana.type_text(channel, "/valuemap show")
    await ana.click_button(ana.find_message(channel, "[Keep as a document]"), "Keep as a document")
    await ana.type_text(channel, "/valuemap import")
    await ana.modal.fill_field("Paste text", f"pain: {pain}\njob: {gain}")
    await ana.modal.submit()
    await ana.click_button(find_card(ana, channel, gain), "⋯", "Delete")
    await world.advance_time(hours=2)


TYPED_BEFORE_FAILURES = ("we lose the big customer", "our secret plan", "nobody may know")


async def _cause_failures(world: World, ana: Person, channel: SlackChannel) -> None:
    """Let everything fail that can, with something typed each time."""
    job_text, plan_text, gain_text = TYPED_BEFORE_FAILURES
    world.slack.inject_fault("chat.postMessage", status=500, times=3)
    world.slack.inject_fault("chat.postEphemeral", drops_connection=True, times=1)
    world.slack.inject_fault("chat.update", error="invalid_blocks", times=2)
    await ana.type_text(channel, f"/valuemap add pain: {job_text}")
    await world.harness.send_event(build_mention(ana, channel, f"add gain: {gain_text}"))
    await world.advance_time(minutes=5)
    await execute_sql(world, "ALTER TABLE entry RENAME TO away")
    await ana.member.send_text(channel, f"/valuemap add job: {plan_text}")
    await world.harness.delivery.send_event(build_mention(ana, channel, f"add gain: {plan_text}"))
    await world.bot.deps.background.drain()
    await execute_sql(world, "ALTER TABLE away RENAME TO entry")
    await execute_sql(world, "ALTER TABLE incoming_message RENAME TO away")
    await world.harness.delivery.send_event(build_mention(ana, channel, f"add gain: {plan_text}"))
    await world.bot.deps.background.drain()
    await execute_sql(world, "ALTER TABLE away RENAME TO incoming_message")


async def test_the_reference_that_a_person_reads_is_in_the_log(world: World, log: io.StringIO) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await execute_sql(world, "ALTER TABLE entry RENAME TO away")
    await ana.member.send_text(channel, "/valuemap add job: report")
    await world.bot.deps.background.drain()
    reference = ana.last_message(channel).text.partition("(Reference ")[2].partition(")")[0]
    (line,) = (line for line in log.getvalue().splitlines() if reference in line)
    fields = json.loads(line)
    assert fields["reference"] == reference
    assert (fields["team_id"], fields["channel_id"], fields["request"]) == ("T0FAKE", channel.id, "command")
    assert fields["error"][-1].startswith("sqlalchemy.exc.")
    assert fields["error"][-1].endswith(("Error SQLITE_ERROR", "Error 42P01"))
