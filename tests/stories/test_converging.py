"""Votes converge: whatever became of the events, one pass over the cards stores what stands on them."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bot.server import build_http_app
from bot.fake_slack.client.harness import Person, VisibleMessage

from bot.app import Bot
from bot.demo.workshop import NUMBERS
from bot.fake_slack.models import FakeSlackError
from bot.fake_slack.server import web_api
from bot.fake_slack.server.delivery import Delivery, asgi_sender
from bot.fake_slack.server.workspace import FakeWorkspace
from bot.store import votes as store
from bot.timing import UNTHROTTLED_TIMING
from tests.conftest import World
from tests.stories.voting import another, card, team

Standing = dict[str, set[tuple[str, int]]]


async def stored(world: World) -> Standing:
    """Return who stands with which number on each card, by the card's time."""
    async with world.bot.db.engine.begin() as connection:
        rows = await connection.exec_driver_sql("SELECT id, card_ts FROM entry WHERE card_ts IS NOT NULL")
        cards: list[Any] = rows.all()  # type: ignore[assignment]
    async with world.bot.db.reading("T0FAKE") as session:
        return {ts: await store.current_reactions(session, entry) for entry, ts in cards}


def standing(world: World) -> Standing:
    """Return the same as it is to be seen in Slack."""
    return {
        posted.ts: {
            (user, level)
            for level, name in enumerate(NUMBERS, start=1)
            for user in posted.reactions.get(name, ())
            if user != "U0BOT"
        }
        for posted in world.slack.messages
        if "[Why?]" in VisibleMessage(posted).text
    }


def ways_to(world: World, *bots: Bot) -> list[Delivery]:
    return [Delivery(world.slack, asgi_sender(build_http_app(bot))) for bot in bots]


class Weather:
    """What becomes of events on their way: from a seed."""

    def __init__(self, world: World, *bots: Bot, seed: int) -> None:
        self._world, self._chance = world, random.Random(seed)
        self.ways = ways_to(world, *bots)
        self._late: list[Mapping[str, Any]] = []

    async def votes(self, people: list[Person], cards: list[VisibleMessage]) -> None:
        """Let somebody change a vote, and its event be lost, repeated, late, or come as it should."""
        person, posted = self._chance.choice(people), self._chance.choice(cards).posted
        name = self._chance.choice(NUMBERS)
        try:
            self._world.slack.add_reaction(posted, name, person.id)
            kind = "reaction_added"
        except FakeSlackError:
            self._world.slack.remove_reaction(posted, name, person.id)
            kind = "reaction_removed"
        event = person.member.reaction_event(posted, name, kind)
        fate = self._chance.choice(["lost", "late", "twice", "once", "once"])
        if fate == "late":
            self._late.append(event)
        for _ in range({"lost": 0, "late": 0, "twice": 2, "once": 1}[fate]):
            await self._chance.choice(self.ways).send_event(event)
        self._world.clock.advance(timedelta(seconds=self._chance.choice([0, 0, 1, 30])))

    async def clears(self) -> None:
        """Let half of what is late come, in any order."""
        self._chance.shuffle(self._late)
        half = len(self._late) // 2
        for event in self._late[:half]:
            await self._chance.choice(self.ways).send_event(event)
        del self._late[:half]


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_weather_and_a_restart_one_pass_is_enough(world: World, seed: int) -> None:
    people, channel = await team(world, number=4)
    cards = [card(people[0], channel, text) for text in ("slow", "dear", "dull", "report")]
    async with another(world) as other:
        weather = Weather(world, world.bot, other, seed=seed)
        for _ in range(40):
            await weather.votes(people, cards)
        await weather.clears()
        await other.deps.background.drain()
    assert await stored(world) != standing(world), "the weather was too fine"
    async with another(world) as restarted:
        world.clock.advance(timedelta(seconds=61))
        await restarted.scheduler.tick()
        assert await stored(world) == standing(world)
        weather.ways = ways_to(world, world.bot, restarted)
        await weather.clears()  # what is older than the pass changes nothing
        assert await stored(world) == standing(world)


async def test_events_of_one_member_on_two_processes_at_once_agree(world: World) -> None:
    (ana, *_), channel = await team(world)
    seen = card(ana, channel, "slow")
    async with another(world) as other:
        ways = ways_to(world, world.bot, other)
        for _ in range(5):
            events = [ana.reaction_event(seen, name, "reaction_added") for name in NUMBERS]
            events += [ana.reaction_event(seen, name, "reaction_removed") for name in NUMBERS[1:]]
            await asyncio.gather(*(way.send_event(event) for event in events for way in ways))
        assert [way.failures for way in ways] == [[], []]
        await world.passes(seconds=2)
    assert (await stored(world))[seen.posted.ts] == {(ana.id, 1)}
    assert "1 vote (:one: 1)" in seen.text


def readings(world: World, since: int = 0) -> list[str]:
    """Return the cards that were read, in this order."""
    return [args["timestamp"] for method, args in world.slack.calls[since:] if method == "reactions.get"]


async def restarted(world: World, bot: Bot) -> int:
    """Let a process that has just started sweep; return how many calls there were before."""
    world.clock.advance(timedelta(seconds=61))
    before = len(world.slack.calls)
    await bot.scheduler.tick()
    return before


async def test_what_is_voted_on_is_read_first_then_what_waits_longest_at_slacks_pace(world: World) -> None:
    (ana, *_), channel = await team(world)
    await ana.type_text(channel, "/valuemap add gain: in time; cheap; quiet; exact")
    await ana.type_text(channel, "/valuemap vote pains until in 10 hours")
    await world.passes(minutes=3)
    pains = {card(ana, channel, text).posted.ts for text in ("slow", "dear", "dull")}
    world.clock.advance(timedelta(seconds=1))
    slow = replace(UNTHROTTLED_TIMING, readings=5)
    async with another(world, slow) as new, another(world, slow) as beside:
        first = readings(world, await restarted(world, new))
        assert {*first[:3]} == pains
        assert len(first) == 5
        before = len(world.slack.calls)
        await beside.scheduler.tick()  # its sweep in the same minute finds no room
        assert readings(world, before) == []
        second = readings(world, await restarted(world, new))
        assert len(second) == 8 - 5
        assert not {*first} & {*second}
        assert readings(world, await restarted(world, new)) == []


async def test_a_full_workspace_holds_up_no_other_and_slack_is_heeded(world: World) -> None:
    (ana, *_), channel = await team(world)
    await ana.add_reaction(card(ana, channel, "slow"), "five")
    world.slack.inject_fault("reactions.get", retry_after=90)
    async with another(world) as new:
        before = await restarted(world, new)
        assert len(readings(world, before)) == 1
        world.clock.advance(timedelta(seconds=60))
        await new.scheduler.tick()
        assert len(readings(world, before)) == 1
        world.clock.advance(timedelta(seconds=31))
        await new.scheduler.tick()
        assert len({*readings(world, before)}) == 4


async def test_a_part_of_who_reacted_adds_and_takes_nothing_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, channel = await team(world)
    seen = card(people[0], channel, "slow")
    for person in people[:2]:
        await person.add_reaction(seen, "five")
    world.slack.add_reaction(seen.posted, "five", people[2].id)  # and nobody told the bot
    world.slack.add_reaction(seen.posted, "two", people[2].id)

    def partly(slack: FakeWorkspace, args: Mapping[str, Any]) -> dict[str, Any]:
        """Slack tells of the last to react alone, beside how many they are."""
        answer = whole(slack, args)
        for reaction in answer["message"]["reactions"]:
            reaction["users"] = reaction["users"][-1:]
        return answer

    whole = web_api.API_METHODS["reactions.get"]
    monkeypatch.setitem(web_api.API_METHODS, "reactions.get", partly)
    await world.passes(minutes=20)
    assert (await stored(world))[seen.posted.ts] == {
        *((person.id, 5) for person in people),
        (people[2].id, 2),
    }
