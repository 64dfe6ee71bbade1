"""A message that is edited while it is answered is answered again, if it was not done."""

from dataclasses import replace

import pytest
import pytest_asyncio

from bot.fake_slack.models import TEAM_ID
from bot.jobs import incoming_message_store
from bot.jobs.incoming_messages import IncomingMessageQueue
from bot.slack.request import Request, RequestSource
from bot.store import workspaces
from bot.store.workspaces import Workspace
from tests.conftest import World

pytestmark = pytest.mark.databases("sqlite")
FIRST = Request(TEAM_ID, "U1", RequestSource.MENTION, "C1", "ran", idempotency_key="m1")
EDITED = replace(FIRST, command_text="rank", edited_ts="2.5")


@pytest_asyncio.fixture(autouse=True)
async def workspace(world: World) -> None:
    async with world.bot.db.transaction(None) as session:
        await workspaces.save_workspace(session, Workspace(TEAM_ID, None, "", "U0"), world.clock.now())


async def count_waiting(world: World) -> int:
    async with world.bot.db.reading(None) as session:
        return await incoming_message_store.count_messages(session)


@pytest.mark.parametrize(("is_done", "answered"), [(False, ["ran", "rank"]), (True, ["ran"])])
async def test_an_edit_during_the_answer_is_answered_if_the_first_was_not_done(
    world: World, is_done: bool, answered: list[str]
) -> None:
    texts: list[str] = []

    async def answer(request: Request) -> bool:
        texts.append(request.command_text)
        if request.command_text == FIRST.command_text:
            assert not await queue.store_message(EDITED), "it waits with its new words"
        return is_done

    queue = IncomingMessageQueue(world.bot.deps, answer)
    assert await queue.store_message(FIRST)
    await queue.answer_message(FIRST)
    assert texts == answered
    assert await count_waiting(world) == 0


async def test_an_edit_after_the_answer_is_answered_if_the_first_was_not_done(world: World) -> None:
    texts: list[str] = []

    async def answer(request: Request) -> bool:
        texts.append(request.command_text)
        return len(texts) > 1

    queue = IncomingMessageQueue(world.bot.deps, answer)
    assert [await queue.store_message(FIRST) for _ in range(2)] == [True, False]
    await queue.answer_message(FIRST)
    assert [await queue.store_message(EDITED) for _ in range(2)] == [True, False]
    await queue.answer_message(EDITED)
    assert not await queue.store_message(replace(EDITED, edited_ts="3.5")), "it was done"
    assert texts == ["ran", "rank"]
    assert await count_waiting(world) == 0


async def test_a_message_that_cannot_be_answered_is_given_up_at_the_last_attempt(world: World) -> None:
    async def fail(request: Request) -> bool:
        raise ValueError(request.command_text)

    queue = IncomingMessageQueue(world.bot.deps, fail)
    assert await queue.store_message(FIRST)
    await queue.answer_message(FIRST, attempt=4)
    assert await count_waiting(world) == 1
    await queue.answer_message(FIRST, attempt=5)
    assert await count_waiting(world) == 0
