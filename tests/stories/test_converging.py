"""Votes converge: whatever happened to the events, reading all cards once stores the reactions on them."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app import Bot
from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import FakeSlackError
from bot.fake_slack.server import web_api
from bot.fake_slack.server.delivery import Delivery, asgi_sender
from bot.fake_slack.server.workspace import FakeWorkspace
from bot.method.votes import NUMBER_REACTIONS
from bot.server import build_http_app
from bot.store import votes as store
from tests.conftest import TEST_TIMING, World
from tests.stories.voting import find_card, run_second_bot, start_team

MINUTE = timedelta(seconds=61)
OUTAGE = timedelta(minutes=5)
ReactionsByCard = dict[str, set[tuple[str, int]]]


async def load_stored_reactions(world: World) -> ReactionsByCard:
    """Return the stored reactions (user id, level) on each card, by its ts."""
    async with world.bot.db.engine.begin() as connection:
        rows = await connection.exec_driver_sql("SELECT id, card_ts FROM entry WHERE card_ts IS NOT NULL")
        cards: list[Any] = rows.all()  # type: ignore[assignment]
    async with world.bot.db.reading("T0FAKE") as session:
        return {ts: await store.load_current_reactions(session, entry) for entry, ts in cards}


def read_visible_reactions(world: World) -> ReactionsByCard:
    """Return the reactions that Slack shows on each card, by its ts."""
    return {
        posted.ts: {
            (user, level)
            for level, name in enumerate(NUMBER_REACTIONS, start=1)
            for user in posted.reactions.get(name, ())
            if user != "U0BOT"
        }
        for posted in world.slack.messages
        if "  [⋯]\n" in VisibleMessage(posted).text
    }


def build_deliveries(world: World, *bots: Bot) -> list[Delivery]:
    return [Delivery(world.slack, asgi_sender(build_http_app(bot))) for bot in bots]


class UnreliableDelivery:
    """Lose, delay or repeat events on their way to some bots, chosen by a seed."""

    def __init__(self, world: World, *bots: Bot, seed: int) -> None:
        self._world, self._random = world, random.Random(seed)
        self.deliveries = build_deliveries(world, *bots)
        self._late: list[Mapping[str, Any]] = []

    async def change_vote(self, people: list[Person], cards: list[VisibleMessage]) -> None:
        """Let somebody change a vote; its event is lost, repeated, late, or delivered once."""
        person, posted = self._random.choice(people), self._random.choice(cards).message
        name = self._random.choice(NUMBER_REACTIONS)
        try:
            self._world.slack.add_reaction(posted, name, person.id)
            kind = "reaction_added"
        except FakeSlackError:
            self._world.slack.remove_reaction(posted, name, person.id)
            kind = "reaction_removed"
        event = person.member.reaction_event(posted, name, kind)
        fate = self._random.choice(["lost", "late", "twice", "once", "once"])
        if fate == "late":
            self._late.append(event)
        for _ in range({"lost": 0, "late": 0, "twice": 2, "once": 1}[fate]):
            await self._random.choice(self.deliveries).send_event(event)
        self._world.clock.advance(timedelta(seconds=self._random.choice([0, 0, 1, 30])))

    async def deliver_late_events(self) -> None:
        """Deliver half of the late events, in any order."""
        self._random.shuffle(self._late)
        half = len(self._late) // 2
        for event in self._late[:half]:
            await self._random.choice(self.deliveries).send_event(event)
        del self._late[:half]


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("seed", range(4))
async def test_after_unreliable_delivery_and_a_restart_one_read_of_the_cards_is_enough(
    world: World, seed: int
) -> None:
    people, channel = await start_team(world, number=4)
    cards = [find_card(people[0], channel, text) for text in ("slow", "dear", "dull", "report")]
    async with run_second_bot(world) as other:
        unreliable = UnreliableDelivery(world, world.bot, other, seed=seed)
        for _ in range(40):
            await unreliable.change_vote(people, cards)
        await unreliable.deliver_late_events()
        await other.deps.background.drain()
    assert await load_stored_reactions(world) != read_visible_reactions(world), "no event was lost"
    async with run_second_bot(world) as restarted:
        world.clock.advance(OUTAGE)
        await restarted.scheduler.tick()
        assert await load_stored_reactions(world) == read_visible_reactions(world)
        unreliable.deliveries = build_deliveries(world, world.bot, restarted)
        await unreliable.deliver_late_events()  # events older than the read change nothing
        assert await load_stored_reactions(world) == read_visible_reactions(world)


@pytest.mark.databases("sqlite", "postgresql")
async def test_events_of_one_member_on_two_processes_at_once_agree(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    seen = find_card(ana, channel, "slow")
    async with run_second_bot(world) as other:
        deliveries = build_deliveries(world, world.bot, other)
        for _ in range(5):
            events = [ana.reaction_event(seen, name, "reaction_added") for name in NUMBER_REACTIONS]
            events += [ana.reaction_event(seen, name, "reaction_removed") for name in NUMBER_REACTIONS[1:]]
            await asyncio.gather(*(delivery.send_event(event) for event in events for delivery in deliveries))
        assert [delivery.failures for delivery in deliveries] == [[], []]
        await world.advance_time(seconds=2)
    assert (await load_stored_reactions(world))[seen.message.ts] == {(ana.id, 1)}
    assert "1 vote (one 1)" in seen.text


def list_read_cards(world: World, since: int = 0) -> list[str]:
    """Return the ts of the cards whose reactions were read, in this order."""
    return [args["timestamp"] for method, args in world.slack.calls[since:] if method == "reactions.get"]


async def sweep_after_pause(world: World, bot: Bot, pause: timedelta = OUTAGE) -> int:
    """Let a process sweep after a pause; return how many API calls there were before."""
    world.clock.advance(pause)
    before = len(world.slack.calls)
    await bot.scheduler.tick()
    return before


async def test_cards_in_a_round_are_read_first_then_those_that_wait_longest_within_the_rate_limit(
    world: World,
) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap add gain: in time; cheap; quiet; exact")
    await ana.type_text(channel, "/valuemap vote pains until in 10 hours")
    await world.advance_time(minutes=3)
    pains = {find_card(ana, channel, text).message.ts for text in ("slow", "dear", "dull")}
    world.clock.advance(timedelta(seconds=1))
    limited_timing = replace(TEST_TIMING, max_card_reads_per_sweep=5)
    async with run_second_bot(world, limited_timing) as new, run_second_bot(world, limited_timing) as beside:
        first = list_read_cards(world, await sweep_after_pause(world, new))
        assert {*first[:3]} == pains
        assert len(first) == 5
        before = len(world.slack.calls)
        await beside.scheduler.tick()  # the limit of this minute is used up
        assert list_read_cards(world, before) == []
        second = list_read_cards(world, await sweep_after_pause(world, new, MINUTE))
        assert len(second) == 8 - 5
        assert not {*first} & {*second}
        assert list_read_cards(world, await sweep_after_pause(world, new, MINUTE)) == []


async def test_reading_waits_as_long_as_slack_asks(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.add_reaction(find_card(ana, channel, "slow"), "five")
    world.slack.inject_fault("reactions.get", retry_after=90)
    async with run_second_bot(world) as new:
        before = await sweep_after_pause(world, new)
        assert len(list_read_cards(world, before)) == 1
        world.clock.advance(timedelta(seconds=60))
        await new.scheduler.tick()
        assert len(list_read_cards(world, before)) == 1
        world.clock.advance(timedelta(seconds=31))
        await new.scheduler.tick()
        assert len({*list_read_cards(world, before)}) == 4


async def test_an_incomplete_list_of_users_takes_no_vote_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, channel = await start_team(world)
    seen = find_card(people[0], channel, "slow")
    for person in people[:2]:
        await person.add_reaction(seen, "five")
    world.slack.add_reaction(seen.message, "five", people[2].id)  # without an event
    world.slack.add_reaction(seen.message, "two", people[2].id)

    def answer_incompletely(slack: FakeWorkspace, args: Mapping[str, Any]) -> dict[str, Any]:
        """Name only the last user of each reaction, beside the count of all."""
        answer = method.answer(slack, args)
        for reaction in answer["message"]["reactions"]:
            reaction["users"] = reaction["users"][-1:]
        return answer

    method = web_api.API_METHODS["reactions.get"]
    monkeypatch.setitem(web_api.API_METHODS, "reactions.get", replace(method, answer=answer_incompletely))
    await world.advance_time(minutes=20)
    assert (await load_stored_reactions(world))[seen.message.ts] == {
        *((person.id, 5) for person in people),
        (people[2].id, 2),
    }
