"""Requests and the handlers that they are for."""

import asyncio

from bot.slack.incoming.commands import HELP, Command
from bot.slack.incoming.router import AT_ONCE, Router, Routes
from bot.slack.request import Answer, Deps, Request, Via
from tests.conftest import World


async def test_of_many_requests_some_wait_so_that_what_comes_can_be_acknowledged(world: World) -> None:
    running, go_on = set[str](), asyncio.Event()

    async def hold(request: Request, _deps: Deps) -> Answer:
        running.add(request.key)
        await go_on.wait()
        return None

    held = Routes(commands=(Command("hold", "", "", hold),))
    router = Router([held], world.bot.deps, ("hold", HELP), lambda _typed: None)
    requests = [Request("T1", "U1", Via.COMMAND, typed="hold", key=str(each)) for each in range(AT_ONCE + 5)]
    answers = [asyncio.create_task(router.answer(router.run, request)) for request in requests]
    await asyncio.wait(answers, timeout=0.05)
    assert running == {str(each) for each in range(AT_ONCE)}
    go_on.set()
    await asyncio.gather(*answers)
    assert len(running) == AT_ONCE + 5
