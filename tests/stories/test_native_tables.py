"""Rankings as tables, and in words where a workspace's Slack does not know them: for a day at once."""

from collections.abc import Awaitable, Callable

import pytest
from bot.server import build_http_app
from bot.fake_slack.client.harness import Harness, Person, VisibleMessage

from bot.fake_slack.models import TEAM_ID, SlackChannel
from bot.fake_slack.server.delivery import asgi_sender
from tests.conftest import World
from tests.stories.voting import FRIDAY, another, card, results, team

NO_TABLES = frozenset({"data_table", "data_visualization"})
IN_WORDS = "1. slow — *3.67*, 1 vote"


def has_table(seen: VisibleMessage) -> bool:
    return any(block["type"] == "data_table" for block in seen.posted.blocks)


async def by_command(ana: Person, channel: SlackChannel) -> VisibleMessage:
    await ana.type_text(channel, "/valuemap rank pain")
    return ana.last_message(channel)


async def by_mention(ana: Person, channel: SlackChannel) -> VisibleMessage:
    await ana.type_text(channel, "@valuemap rank pain")
    return ana.last_message(channel)


async def by_button(ana: Person, channel: SlackChannel) -> VisibleMessage:
    await ana.click_button(ana.find_message(channel, "Every entry is a card"), "Show")
    await ana.click_button(ana.last_message(channel), "Rank")
    await ana.click_button(ana.last_message(channel), "Pains")
    return ana.last_message(channel)


Way = Callable[[Person, SlackChannel], Awaitable[VisibleMessage]]


async def workshop(world: World) -> tuple[Person, SlackChannel]:
    (ana, *_), channel = await team(world)
    await ana.add_reaction(card(ana, channel, "slow"), "five")
    await world.passes(seconds=2)
    return ana, channel


@pytest.mark.parametrize("way", [by_command, by_button])
async def test_where_tables_are_not_known_the_ranking_comes_in_words_for_a_day(
    world: World, way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.kit.answers")
    ana, channel = await workshop(world)
    assert has_table(await way(ana, channel))
    world.slack.unsupported_block_types = NO_TABLES
    for _ in range(2):
        answer = await way(ana, channel)
        assert not has_table(answer)
        assert IN_WORDS in answer.text
        assert answer.posted.ephemeral_user_id == ana.id
    refused = [record for record in caplog.records if "response_url answered" in record.getMessage()]
    assert len(refused) == 1  # it is remembered: the second is not tried
    world.slack.unsupported_block_types = frozenset()
    await world.passes(hours=23)
    assert not has_table(await way(ana, channel))
    await world.passes(hours=2)
    assert has_table(await way(ana, channel))


async def test_a_mention_is_answered_in_words_where_tables_are_not_known(world: World) -> None:
    ana, channel = await workshop(world)
    world.slack.unsupported_block_types = NO_TABLES
    before = world.slack.count_calls("chat.postEphemeral")
    assert IN_WORDS in (await by_mention(ana, channel)).text
    assert world.slack.count_calls("chat.postEphemeral") == before + 2
    assert IN_WORDS in (await by_mention(ana, channel)).text
    assert world.slack.count_calls("chat.postEphemeral") == before + 3


async def test_other_processes_and_later_ones_know_of_it_and_other_workspaces_do_not(world: World) -> None:
    ana, channel = await workshop(world)
    world.slack.unsupported_block_types = NO_TABLES
    await by_command(ana, channel)
    world.slack.unsupported_block_types = frozenset()
    async with another(world) as restarted:

        async def settle() -> None:
            await restarted.deps.background.drain()

        bench = Harness(world.slack, asgi_sender(build_http_app(restarted)), settle)
        answer = await by_command(Person(bench, ana.user), channel)
        assert not has_table(answer)
        assert IN_WORDS in answer.text
        assert await restarted.deps.block_support.is_spared(TEAM_ID)
        assert not await restarted.deps.block_support.is_spared("T0OTHER")


async def test_a_result_comes_once_and_in_words_where_tables_are_not_known(world: World) -> None:
    ana, channel = await workshop(world)
    await ana.type_text(channel, "/valuemap vote pains until friday 17:00")
    world.slack.unsupported_block_types = NO_TABLES
    await world.until(FRIDAY)
    await world.passes(minutes=5)
    (result,) = results(ana, channel)
    assert not has_table(result)
    assert "*Pains*\n1. slow — *3.67*, 1 vote" in result.text


async def test_a_result_tells_the_ranks_of_before(world: World) -> None:
    ana, channel = await workshop(world)
    await ana.type_text(channel, "/valuemap vote pains until friday 17:00")
    for level in ("four", "five"):
        await ana.add_reaction(card(ana, channel, "dear"), level)
    await world.passes(seconds=2)
    await world.until(FRIDAY)
    (result,) = results(ana, channel)
    assert "Rank | Pain | Before | Score" in result.text
    assert "1 | slow | 1 | 3.67" in result.text
    assert "1 | dear | – | 3.67" in result.text


async def test_over_home_the_ranking_is_told_in_words(world: World) -> None:
    """Slack takes no tables in a dialog."""
    ana, _channel = await workshop(world)
    await ana.open_home()
    await ana.click_in_home("Rank")
    assert "1. slow — *3.67*, 1 vote" in ana.modal.text
