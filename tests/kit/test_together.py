"""Doing together what comes one by one."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.concurrency.batcher import Batcher, Work


class Desk:
    """Takes things when it is told to, and remembers what it took in one go."""

    def __init__(self) -> None:
        self.took: list[list[str]] = []
        self.open = asyncio.Event()

    async def take(self, things: Sequence[str]) -> None:
        await self.open.wait()
        if "poison" in things:
            raise ValueError("poison")
        self.took.append(list(things))


async def begun(
    together: Batcher, work: Work[str], *things: str, kind: str = "votes"
) -> list[asyncio.Task[None]]:
    tasks = []
    for thing in things:
        tasks.append(asyncio.create_task(together.do(kind, thing, work)))
        await asyncio.sleep(0)
    return tasks


async def test_what_comes_while_the_first_is_done_is_done_in_one_go() -> None:
    together, desk = Batcher(), Desk()
    tasks = await begun(together, desk.take, "a", "b", "c")
    desk.open.set()
    await asyncio.gather(*tasks)
    assert desk.took == [["a"], ["b", "c"]]


async def test_nothing_is_said_to_be_done_before_it_is() -> None:
    together, desk = Batcher(), Desk()
    tasks = await begun(together, desk.take, "a", "b")
    assert not any(task.done() for task in tasks)
    desk.open.set()
    await asyncio.gather(*tasks)


async def test_one_that_cannot_be_done_does_not_spoil_the_others() -> None:
    together, desk = Batcher(), Desk()
    tasks = await begun(together, desk.take, "a", "b", "poison", "c")
    desk.open.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), type(None), ValueError, type(None)]
    assert desk.took == [["a"], ["b"], ["c"]]


async def test_where_whoever_does_it_is_cut_short_the_next_one_does_it() -> None:
    together, desk = Batcher(), Desk()
    first, second, third = await begun(together, desk.take, "a", "b", "c")
    first.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second.cancel()
    desk.open.set()
    await third
    assert ["b", "c"] in desk.took


async def test_kinds_do_not_wait_for_each_other() -> None:
    together, slow, quick = Batcher(), Desk(), Desk()
    (waiting,) = await begun(together, slow.take, "a")
    quick.open.set()
    await together.do("others", "b", quick.take)
    assert quick.took == [["b"]]
    assert not waiting.done()
    slow.open.set()
    await waiting


async def test_it_forgets_what_is_done() -> None:
    together, desk = Batcher(), Desk()
    desk.open.set()
    await together.do("votes", "a", desk.take)
    assert not together._gathering
    assert not together._turns


@pytest.mark.parametrize("number", [1, 50])
async def test_everything_is_done_once(number: int) -> None:
    together, desk = Batcher(), Desk()
    things = [str(each) for each in range(number)]
    tasks = await begun(together, desk.take, *things)
    desk.open.set()
    await asyncio.gather(*tasks)
    assert [thing for taken in desk.took for thing in taken] == things
