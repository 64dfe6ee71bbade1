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
from tests.stories.test_events import execute, said
from tests.stories.voting import card

NAMES = ("", "bot", "uvicorn.error", "apscheduler")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a process would write at its most talkative."""
    root, written = logging.getLogger(), io.StringIO()
    levels, handlers = {name: logging.getLogger(name).level for name in NAMES}, root.handlers[:]
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
    await _work(world, ana, ben, channel)
    await _go_wrong(world, ana, channel)
    world.harness.failures.clear()
    told = log.getvalue()
    secrets = {world.slack.bot_token, world.slack.signing_secret, "/response/R"}
    assert [text for text in {*TYPED, *SAID} | secrets if text in told] == []
    for words in ("a request failed", "so Slack hears of it", "Slack answered 500", '"team": "T0FAKE"'):
        assert words in told, words


TYPED = (
    "Merger",
    "rich heirs",
    "sell in secret",
    "they may sue",
    "no questions",
    "a hush fund",
    "deny it all",
)


async def _work(world: World, ana: Person, ben: Person, channel: SlackChannel) -> None:
    """Go once through everything that takes words."""
    name, segment, job, pain, gain, product, reliever = TYPED
    await ana.type_text(channel, f"/valuemap new {name} for {segment}")
    await ana.type_text(channel, f"/valuemap add job: {job}; pain: {pain}; gain: {gain}; product: {product}")
    await ana.type_text(channel, "/valuemap add reliever")
    await ana.modal.fill_field("The pain reliever", reliever)
    await ana.modal.fill_field("Delivered by", [product])
    await ana.modal.submit()
    await ben.add_reaction(card(ana, channel, pain), "five")
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
    await ana.click_button(card(ana, channel, gain), "⋯", "Delete")
    await world.passes(hours=2)


SAID = ("we lose the big customer", "our secret plan", "nobody may know")


async def _go_wrong(world: World, ana: Person, channel: SlackChannel) -> None:
    """Let fail what can fail, with something typed in each."""
    lost, plan, known = SAID
    world.slack.inject_fault("chat.postMessage", status=500, times=3)
    world.slack.inject_fault("chat.postEphemeral", drops_connection=True, times=1)
    world.slack.inject_fault("chat.update", error="invalid_blocks", times=2)
    await ana.type_text(channel, f"/valuemap add pain: {lost}")
    await world.harness.send_event(said(ana, channel, f"add gain: {known}"))
    await world.passes(minutes=5)
    await execute(world, "ALTER TABLE delivery RENAME TO away")
    await ana.member.send_text(channel, f"/valuemap add job: {plan}")
    await world.harness.delivery.send_event(said(ana, channel, f"add gain: {plan}"))
    await world.bot.deps.background.drain()
    await execute(world, "ALTER TABLE away RENAME TO delivery")
    await execute(world, "ALTER TABLE said RENAME TO away")
    await world.harness.delivery.send_event(said(ana, channel, f"add gain: {plan}"))
    await world.bot.deps.background.drain()
    await execute(world, "ALTER TABLE away RENAME TO said")


async def test_the_reference_that_a_person_reads_is_in_the_log(world: World, log: io.StringIO) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await execute(world, "ALTER TABLE delivery RENAME TO away")
    await ana.member.send_text(channel, "/valuemap add job: report")
    await world.bot.deps.background.drain()
    reference = ana.last_message(channel).text.partition("(Reference ")[2].partition(")")[0]
    (line,) = (line for line in log.getvalue().splitlines() if reference in line)
    told = json.loads(line)
    assert told["reference"] == reference
    assert (told["team"], told["channel"], told["request"]) == ("T0FAKE", channel.id, "command")
    assert told["error"][-1].startswith("sqlalchemy.exc.")
    assert told["error"][-1].endswith(("Error SQLITE_ERROR", "Error 42P01"))
