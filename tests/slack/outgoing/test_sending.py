"""Sending a message: the newest blocks, or plain ones where a workspace's Slack rejected them."""

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.api_errors import TOO_LONG_ERRORS, UNSUPPORTED_BLOCKS_ERRORS, read_slack_error
from bot.slack.blockkit.builders import Block, Enhanced, Message, build_message, section_block
from bot.slack.deps import Deps
from bot.slack.errors import read_needed_scopes
from bot.slack.outgoing.sending import send_message

CHART = {"type": "data_visualization"}
MESSAGE_WITH_CHART = build_message("Fit", section_block("a"), Enhanced((CHART,)))


def build_slack_api_error(reason: str, detail: str = "") -> SlackApiError:
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data={"ok": False, "error": reason, "response_metadata": {"messages": [detail]}},
        headers={},
        status_code=200,
    )
    return SlackApiError("rejected", response)  # type: ignore[no-untyped-call]


class BlockSupportInMemory:
    """Knows which teams rejected the newest blocks, and counts how often it was asked."""

    def __init__(self, *unsupported_team_ids: str) -> None:
        self.unsupported_team_ids = set(unsupported_team_ids)
        self.questions = 0

    async def is_supported(self, team_id: str) -> bool:
        self.questions += 1
        return team_id not in self.unsupported_team_ids

    async def mark_unsupported(self, team_id: str) -> None:
        self.unsupported_team_ids.add(team_id)


class BlockReceiver:
    """Takes blocks, or rejects those with a chart in them, or all."""

    def __init__(self, error: str = "", detail: str = "", *, rejects_all: bool = False) -> None:
        self._error, self._detail, self._rejects_all = error, detail, rejects_all
        self.attempts: list[list[Block]] = []

    async def __call__(self, _text: str, blocks: Sequence[Block]) -> str:
        self.attempts.append(list(blocks))
        if self._error and (self._rejects_all or CHART in blocks):
            raise build_slack_api_error(self._error, self._detail)
        return "1.0"


async def send(message: Message, receiver: BlockReceiver, support: BlockSupportInMemory) -> str:
    deps = Deps(*cast("Any", (None, None, None, None, support)))
    return await send_message(message, "T1", deps, receiver)


async def test_supported_blocks_are_sent_as_they_are() -> None:
    receiver, support = BlockReceiver(), BlockSupportInMemory("T2")
    assert await send(MESSAGE_WITH_CHART, receiver, support) == "1.0"
    assert receiver.attempts == [[section_block("a"), CHART]]
    assert support.unsupported_team_ids == {"T2"}


async def test_a_message_without_newest_blocks_does_not_ask_for_support() -> None:
    receiver, support = BlockReceiver(), BlockSupportInMemory("T1")
    await send(build_message("Hello"), receiver, support)
    assert (len(receiver.attempts), support.questions) == (1, 0)


async def test_rejected_blocks_are_replaced_by_plain_ones_also_in_the_next_message() -> None:
    receiver, support = BlockReceiver("invalid_blocks"), BlockSupportInMemory()
    assert await send(MESSAGE_WITH_CHART, receiver, support) == "1.0"
    assert receiver.attempts == [[section_block("a"), CHART], [section_block("a")]]
    await send(MESSAGE_WITH_CHART, receiver, support)
    assert receiver.attempts[2:] == [[section_block("a")]]


async def test_the_error_of_a_view_with_unsupported_blocks_is_understood_too() -> None:
    detail = "[ERROR] unsupported type: data_visualization [json-pointer:/view/blocks/1/type]"
    receiver, support = BlockReceiver("invalid_arguments", detail), BlockSupportInMemory()
    assert await send(MESSAGE_WITH_CHART, receiver, support) == "1.0"
    assert support.unsupported_team_ids == {"T1"}
    receiver = BlockReceiver("invalid_arguments", "[ERROR] must be less than 3001 characters")
    with pytest.raises(SlackApiError):
        await send(MESSAGE_WITH_CHART, receiver, BlockSupportInMemory())
    assert len(receiver.attempts) == 1


async def test_other_errors_do_not_mark_blocks_as_unsupported() -> None:
    receiver, support = BlockReceiver("not_in_channel"), BlockSupportInMemory()
    with pytest.raises(SlackApiError):
        await send(MESSAGE_WITH_CHART, receiver, support)
    assert (len(receiver.attempts), support.unsupported_team_ids) == (1, set())


async def test_rejected_plain_blocks_are_not_sent_again() -> None:
    receiver = BlockReceiver("invalid_blocks", rejects_all=True)
    with pytest.raises(SlackApiError):
        await send(MESSAGE_WITH_CHART, receiver, BlockSupportInMemory())
    assert len(receiver.attempts) == 2
    with pytest.raises(SlackApiError):
        await send(build_message("Hello"), receiver, BlockSupportInMemory())
    assert len(receiver.attempts) == 3


@pytest.mark.parametrize("error", sorted(UNSUPPORTED_BLOCKS_ERRORS))
async def test_every_error_about_blocks_leads_to_plain_ones(error: str) -> None:
    receiver, support = BlockReceiver(error), BlockSupportInMemory()
    assert await send(MESSAGE_WITH_CHART, receiver, support) == "1.0"
    assert receiver.attempts[-1] == [section_block("a")]
    assert support.unsupported_team_ids == {"T1"}


LONG_MESSAGE = build_message("Fit & more " * 900, *(section_block("&amp;" * 500) for _ in range(4)))


class LimitedReceiver:
    """Rejects what is longer, text and blocks together, than some number of characters."""

    def __init__(self, max_characters: int, error: str) -> None:
        self._max_characters, self._error = max_characters, error
        self.lengths: list[int] = []

    async def __call__(self, text: str, blocks: Sequence[Block]) -> str:
        self.lengths.append(len(text) + len(json.dumps(blocks)))
        if self.lengths[-1] > self._max_characters:
            raise build_slack_api_error(self._error)
        return "1.0"


@pytest.mark.parametrize("error", sorted(TOO_LONG_ERRORS))
@pytest.mark.parametrize("max_characters", [13_200, 9000, 4000])
async def test_a_message_that_slack_finds_too_long_is_shortened(error: str, max_characters: int) -> None:
    receiver = LimitedReceiver(max_characters, error)
    deps = Deps(*cast("Any", (None, None, None, None, BlockSupportInMemory())))
    assert await send_message(LONG_MESSAGE, "T1", deps, receiver) == "1.0"
    assert receiver.lengths == sorted(receiver.lengths, reverse=True)
    assert 500 < receiver.lengths[-1] <= max_characters


async def test_a_message_that_stays_too_long_is_an_error() -> None:
    receiver = LimitedReceiver(0, "msg_too_long")
    deps = Deps(*cast("Any", (None, None, None, None, BlockSupportInMemory())))
    with pytest.raises(SlackApiError):
        await send_message(LONG_MESSAGE, "T1", deps, receiver)
    assert len(receiver.lengths) == 3


async def test_plain_blocks_that_are_too_long_are_shortened_too() -> None:
    errors = iter(["invalid_blocks", "msg_blocks_too_long", "", ""])
    sent: list[int] = []

    async def receive(_text: str, blocks: Sequence[Block]) -> str:
        sent.append(len(json.dumps(blocks)))
        if error := next(errors):
            raise build_slack_api_error(error)
        return "1.0"

    message = build_message("Fit", Enhanced((CHART,), (section_block("a " * 1450),) * 3))
    deps = Deps(*cast("Any", (None, None, None, None, BlockSupportInMemory())))
    assert await send_message(message, "T1", deps, receive) == "1.0"
    assert len(sent) == 3
    assert sent[2] < sent[1]


@pytest.mark.parametrize("status", [500, 503])
async def test_an_answer_of_a_proxy_without_json_is_an_outage_of_slack(status: int) -> None:
    # The client raises with aiohttp's response then, which has a status and no `get`.
    error = SlackApiError("no JSON", SimpleNamespace(status=status, headers={}))  # type: ignore[no-untyped-call]

    async def fail(_text: str, _blocks: Sequence[Block]) -> str:
        raise error

    deps = Deps(*cast("Any", (None, None, None, None, BlockSupportInMemory())))
    with pytest.raises(SlackApiError) as raised:
        await send_message(MESSAGE_WITH_CHART, "T1", deps, fail)
    assert raised.value is error
    assert read_slack_error(error).is_outage
    assert read_needed_scopes(error) is None
