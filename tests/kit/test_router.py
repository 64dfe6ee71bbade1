"""Requests and the handlers that they are for."""

import asyncio

from bot.slack.deps import Deps
from bot.slack.incoming.commands import Command
from bot.slack.incoming.router import MAX_CONCURRENT_REQUESTS, Router, Routes
from bot.slack.request import Answer, Request, RequestSource
from tests.conftest import World


async def test_of_many_requests_some_wait_so_that_what_comes_can_be_acknowledged(world: World) -> None:
    running, go_on = set[str](), asyncio.Event()

    async def hold(request: Request, _deps: Deps) -> Answer:
        running.add(request.idempotency_key)
        await go_on.wait()
        return None

    held = Routes(commands=(Command("hold", "", "", hold, order=1),))
    router = Router([held], world.bot.deps, lambda _typed: None)
    requests = [
        Request("T1", "U1", RequestSource.COMMAND, command_text="hold", idempotency_key=str(each))
        for each in range(MAX_CONCURRENT_REQUESTS + 5)
    ]
    answers = [asyncio.create_task(router.answer_request(router.run_command, request)) for request in requests]
    await asyncio.wait(answers, timeout=0.05)
    assert running == {str(each) for each in range(MAX_CONCURRENT_REQUESTS)}
    go_on.set()
    await asyncio.gather(*answers)
    assert len(running) == MAX_CONCURRENT_REQUESTS + 5
