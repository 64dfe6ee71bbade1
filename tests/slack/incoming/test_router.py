"""The router: requests, and the handlers that they are dispatched to."""

import asyncio

from bot.slack.deps import Deps
from bot.slack.incoming.commands import Command, HelpGroup
from bot.slack.incoming.router import MAX_CONCURRENT_REQUESTS, Router, Routes
from bot.slack.request import Answer, Request, RequestSource
from tests.conftest import World
from tests.hanging import HANG_TIMEOUT_SECONDS


async def test_requests_beyond_the_limit_wait_for_a_free_slot(world: World) -> None:
    running, all_running, released = set[str](), asyncio.Event(), asyncio.Event()

    async def wait_for_release(request: Request, _deps: Deps) -> Answer:
        running.add(request.idempotency_key)
        if len(running) == MAX_CONCURRENT_REQUESTS:
            all_running.set()
        await released.wait()
        return None

    routes = Routes(commands=(Command("wait", "", "", wait_for_release, order=1, group=HelpGroup.MORE),))
    router = Router([routes], world.bot.deps, lambda _command_text: None)
    requests = [
        Request("T1", "U1", RequestSource.COMMAND, command_text="wait", idempotency_key=str(number))
        for number in range(MAX_CONCURRENT_REQUESTS + 5)
    ]
    answers = [asyncio.create_task(router.answer_request(router.run_command, each)) for each in requests]
    async with asyncio.timeout(HANG_TIMEOUT_SECONDS):
        await all_running.wait()
    assert running == {str(number) for number in range(MAX_CONCURRENT_REQUESTS)}
    released.set()
    await asyncio.gather(*answers)
    assert len(running) == MAX_CONCURRENT_REQUESTS + 5
