"""Rankings as tables, and as text for a day in a workspace whose Slack rejects tables."""

from collections.abc import Awaitable, Callable

import pytest

from bot.fake_slack.client.harness import Harness, Person, VisibleMessage
from bot.fake_slack.models import TEAM_ID, SlackChannel
from bot.fake_slack.server.delivery import asgi_sender
from bot.server import build_http_app
from tests.conftest import World
from tests.stories.voting import FRIDAY, find_card, find_results, run_second_bot, start_team

TABLE_BLOCK_TYPES = frozenset({"data_table", "data_visualization"})
RANKING_TEXT = "1. slow — *3.67*, 1 vote"


def has_table(seen: VisibleMessage) -> bool:
    return any(block["type"] == "data_table" for block in seen.message.blocks)


async def rank_by_command(ana: Person, channel: SlackChannel) -> VisibleMessage:
    await ana.type_text(channel, "/valuemap rank pain")
    return ana.last_message(channel)


async def rank_by_mention(ana: Person, channel: SlackChannel) -> VisibleMessage:
    await ana.type_text(channel, "@valuemap rank pain")
    return ana.last_message(channel)


async def rank_by_button(ana: Person, channel: SlackChannel) -> VisibleMessage:
    await ana.click_button(ana.find_message(channel, "Every entry is a card"), "Show")
    await ana.click_button(ana.last_message(channel), "Rank")
    await ana.click_button(ana.last_message(channel), "Pains")
    return ana.last_message(channel)


RankAction = Callable[[Person, SlackChannel], Awaitable[VisibleMessage]]


async def start_ranked_canvas(world: World) -> tuple[Person, SlackChannel]:
    (ana, *_), channel = await start_team(world)
    await ana.add_reaction(find_card(ana, channel, "slow"), "five")
    await world.advance_time(seconds=2)
    return ana, channel


@pytest.mark.parametrize("rank", [rank_by_command, rank_by_button])
async def test_a_workspace_that_rejects_tables_gets_the_ranking_as_text_for_a_day(
    world: World, rank: RankAction, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.slack.outgoing.sending")
    ana, channel = await start_ranked_canvas(world)
    assert has_table(await rank(ana, channel))
    world.slack.unsupported_block_types = TABLE_BLOCK_TYPES
    for _ in range(2):
        answer = await rank(ana, channel)
        assert not has_table(answer)
        assert RANKING_TEXT in answer.text
        assert answer.message.ephemeral_user_id == ana.id
    rejections = [record for record in caplog.records if "rejects a message" in record.getMessage()]
    assert len(rejections) == 1  # the second answer does not try a table
    world.slack.unsupported_block_types = frozenset()
    await world.advance_time(hours=23)
    assert not has_table(await rank(ana, channel))
    await world.advance_time(hours=2)
    assert has_table(await rank(ana, channel))


async def test_a_mention_is_answered_with_text_where_tables_are_rejected(world: World) -> None:
    ana, channel = await start_ranked_canvas(world)
    world.slack.unsupported_block_types = TABLE_BLOCK_TYPES
    before = world.slack.count_calls("chat.postEphemeral")
    assert RANKING_TEXT in (await rank_by_mention(ana, channel)).text
    assert world.slack.count_calls("chat.postEphemeral") == before + 2
    assert RANKING_TEXT in (await rank_by_mention(ana, channel)).text
    assert world.slack.count_calls("chat.postEphemeral") == before + 3


@pytest.mark.databases("sqlite", "postgresql")
async def test_other_processes_know_that_a_workspace_rejects_tables_and_other_workspaces_get_tables(
    world: World,
) -> None:
    ana, channel = await start_ranked_canvas(world)
    world.slack.unsupported_block_types = TABLE_BLOCK_TYPES
    await rank_by_command(ana, channel)
    world.slack.unsupported_block_types = frozenset()
    async with run_second_bot(world) as restarted:

        async def settle() -> None:
            await restarted.deps.background.drain()

        harness = Harness(world.slack, asgi_sender(build_http_app(restarted)), settle)
        answer = await rank_by_command(Person(harness, ana.user), channel)
        assert not has_table(answer)
        assert RANKING_TEXT in answer.text
        assert not await restarted.deps.block_support.is_supported(TEAM_ID)
        assert await restarted.deps.block_support.is_supported("T0OTHER")


async def test_a_result_is_posted_once_and_as_text_where_tables_are_rejected(world: World) -> None:
    ana, channel = await start_ranked_canvas(world)
    await ana.type_text(channel, "/valuemap vote pains until friday 17:00")
    world.slack.unsupported_block_types = TABLE_BLOCK_TYPES | {"container"}
    await world.advance_to(FRIDAY)
    await world.advance_time(minutes=5)
    (result,) = find_results(ana, channel)
    assert not has_table(result)
    assert "*Pains*\n1. slow — *3.67*, 1 vote" in result.text


async def test_a_result_shows_the_ranks_before_the_round(world: World) -> None:
    ana, channel = await start_ranked_canvas(world)
    await ana.type_text(channel, "/valuemap vote pains until friday 17:00")
    for level in ("four", "five"):
        await ana.add_reaction(find_card(ana, channel, "dear"), level)
    await world.advance_time(seconds=2)
    await world.advance_to(FRIDAY)
    (result,) = find_results(ana, channel)
    assert "1. slow — *3.67*, 1 vote, was 1\n" in result.text
    assert "1. dear — *3.67*, 1 vote\n" in result.text


async def test_the_ranking_in_a_modal_is_text(world: World) -> None:
    """Slack takes no tables in a modal."""
    ana, _channel = await start_ranked_canvas(world)
    await ana.open_home()
    await ana.click_in_home("Rank")
    assert "1. slow — *3.67*, 1 vote" in ana.modal.text
