"""Sending: the newest blocks, or plain ones to whom does not know them, once and for a while."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError

from bot.slack.blockkit.builders import Block, Enhanced, Message, build_message, section_block
from bot.slack.deps import Deps
from bot.slack.outgoing.sending import send_message

CHART = {"type": "data_visualization"}
BOTH = build_message("Fit", section_block("a"), Enhanced((CHART,)))


class Spared:
    """Remembers in a set."""

    def __init__(self, *teams: str) -> None:
        self.teams = set(teams)
        self.asked = 0

    async def is_spared(self, team: str) -> bool:
        self.asked += 1
        return team in self.teams

    async def spare(self, team: str) -> None:
        self.teams.add(team)


class Way:
    """Takes blocks, or refuses those that are not plain."""

    def __init__(self, error: str = "", *, everything: bool = False) -> None:
        self.error, self.everything = error, everything
        self.tried: list[list[Block]] = []

    async def __call__(self, blocks: Sequence[Block]) -> str:
        self.tried.append(list(blocks))
        if self.error and (self.everything or CHART in blocks):
            raise SlackApiError("refused", {"error": self.error})  # type: ignore[no-untyped-call]
        return "1.0"


async def sent(said: Message, way: Way, spared: Spared) -> str:
    deps = Deps(*cast("Any", (None, None, None, None, spared)))
    return await send_message(said, "T1", deps, way)


async def test_what_is_known_goes_out_as_it_is() -> None:
    way, spared = Way(), Spared("T2")
    assert await sent(BOTH, way, spared) == "1.0"
    assert way.tried == [[section_block("a"), CHART]]
    assert spared.teams == {"T2"}


async def test_a_message_without_newest_blocks_asks_nothing() -> None:
    way, spared = Way(), Spared("T1")
    await sent(build_message("Hello"), way, spared)
    assert (len(way.tried), spared.asked) == (1, 0)


async def test_what_is_refused_goes_out_plain_and_then_at_once() -> None:
    way, spared = Way("invalid_blocks"), Spared()
    assert await sent(BOTH, way, spared) == "1.0"
    assert way.tried == [[section_block("a"), CHART], [section_block("a")]]
    await sent(BOTH, way, spared)
    assert way.tried[2:] == [[section_block("a")]]


async def test_other_refusals_are_not_about_the_blocks() -> None:
    way, spared = Way("not_in_channel"), Spared()
    with pytest.raises(SlackApiError):
        await sent(BOTH, way, spared)
    assert (len(way.tried), spared.teams) == (1, set())


async def test_plain_blocks_that_are_refused_too_are_not_tried_again() -> None:
    way = Way("invalid_blocks", everything=True)
    with pytest.raises(SlackApiError):
        await sent(BOTH, way, Spared())
    assert len(way.tried) == 2
    with pytest.raises(SlackApiError):
        await sent(build_message("Hello"), way, Spared())
    assert len(way.tried) == 3
