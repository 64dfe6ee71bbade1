"""Whatever happens in a workshop, the log has nothing that somebody typed, and no secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.fake_slack.people import Person
from bot.fake_slack.things import Channel
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
    logs.set_up("json", "DEBUG")
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def test_a_workshop_leaves_nothing_that_was_typed_in_the_log(world: World, log: io.StringIO) -> None:
    ana, ben = world.bench.person("Ana"), world.bench.person("Ben")
    channel = world.bench.channel("product", ana, ben)
    await _work(world, ana, ben, channel)
    await _go_wrong(world, ana, channel)
    world.bench.troubles.clear()
    told = log.getvalue()
    secrets = {world.slack.bot_token, world.slack.signing_secret, "/response/R"}
    assert [text for text in {*TYPED, *SAID} | secrets if text in told] == []
    for words in ("a request failed", "so Slack hears of it", "Slack answered 500", '"team": "T0PLAYGROUND"'):
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


async def _work(world: World, ana: Person, ben: Person, channel: Channel) -> None:
    """Go once through everything that takes words."""
    name, segment, job, pain, gain, product, reliever = TYPED
    await ana.types(channel, f"/valuemap new {name} for {segment}")
    await ana.types(channel, f"/valuemap add job: {job}; pain: {pain}; gain: {gain}; product: {product}")
    await ana.types(channel, "/valuemap add reliever")
    await ana.modal.fill("The pain reliever", reliever)
    await ana.modal.fill("Delivered by", [product])
    await ana.modal.submit()
    await ben.reacts(card(ana, channel, pain), "five")
    await ben.types(channel, "/valuemap review")
    await ben.modal.fill("Fits strongly", [pain])
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
        await ana.types(channel, f"/valuemap {words}")
    await ana.types(channel, "/valuemap show")
    await ana.clicks(ana.finds(channel, "[Keep as a document]"), "Keep as a document")
    await ana.types(channel, "/valuemap import")
    await ana.modal.fill("Paste text", f"pain: {pain}\njob: {gain}")
    await ana.modal.submit()
    await ana.clicks(card(ana, channel, gain), "⋯", "Delete")
    await world.passes(hours=2)


SAID = ("we lose the big customer", "our secret plan", "nobody may know")


async def _go_wrong(world: World, ana: Person, channel: Channel) -> None:
    """Let fail what can fail, with something typed in each."""
    lost, plan, known = SAID
    world.slack.fail("chat.postMessage", status=500, times=3)
    world.slack.fail("chat.postEphemeral", cut=True, times=1)
    world.slack.fail("chat.update", error="invalid_blocks", times=2)
    await ana.types(channel, f"/valuemap add pain: {lost}")
    await world.bench.send_event(said(ana, channel, f"add gain: {known}"))
    await world.passes(minutes=5)
    await execute(world, "ALTER TABLE delivery RENAME TO away")
    await ana.member.says(channel, f"/valuemap add job: {plan}")
    await world.bench.delivery.event(said(ana, channel, f"add gain: {plan}"))
    await world.bot.deps.tasks.drain()
    await execute(world, "ALTER TABLE away RENAME TO delivery")
    await execute(world, "ALTER TABLE said RENAME TO away")
    await world.bench.delivery.event(said(ana, channel, f"add gain: {plan}"))
    await world.bot.deps.tasks.drain()
    await execute(world, "ALTER TABLE away RENAME TO said")


async def test_the_reference_that_a_person_reads_is_in_the_log(world: World, log: io.StringIO) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap new Reports")
    await execute(world, "ALTER TABLE delivery RENAME TO away")
    await ana.member.says(channel, "/valuemap add job: report")
    await world.bot.deps.tasks.drain()
    reference = ana.last(channel).text.partition("(Reference ")[2].partition(")")[0]
    (line,) = (line for line in log.getvalue().splitlines() if reference in line)
    told = json.loads(line)
    assert told["reference"] == reference
    assert (told["team"], told["channel"], told["request"]) == ("T0PLAYGROUND", channel.id, "command")
    assert told["error"][-1].startswith("sqlalchemy.exc.")
    assert told["error"][-1].endswith(("Error SQLITE_ERROR", "Error 42P01"))
