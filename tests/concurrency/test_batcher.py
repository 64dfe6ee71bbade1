"""Batches: items that arrive while others are processed are processed together."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.concurrency.batcher import Batcher


class BlockedWork:
    """Processes items once it is released, and remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.started, self.released = asyncio.Event(), asyncio.Event()

    async def __call__(self, items: Sequence[str]) -> None:
        self.started.set()
        await self.released.wait()
        if "poison" in items:
            raise ValueError("poison")
        self.batches.append(list(items))


async def start_processing(
    batcher: Batcher, work: BlockedWork, *items: str, key: str = "votes"
) -> list[asyncio.Task[None]]:
    """Return the tasks once the first item is being processed, and the others wait for it."""
    tasks = [asyncio.create_task(batcher.process(key, item, work)) for item in items]
    await work.started.wait()
    return tasks


async def test_items_that_arrive_while_the_first_is_processed_share_a_batch() -> None:
    batcher, work = Batcher(), BlockedWork()
    tasks = await start_processing(batcher, work, "a", "b", "c")
    work.released.set()
    await asyncio.gather(*tasks)
    assert work.batches == [["a"], ["b", "c"]]


async def test_no_item_returns_before_it_is_processed() -> None:
    batcher, work = Batcher(), BlockedWork()
    tasks = await start_processing(batcher, work, "a", "b")
    assert not any(task.done() for task in tasks)
    work.released.set()
    await asyncio.gather(*tasks)


async def test_an_item_that_fails_does_not_spoil_the_others() -> None:
    batcher, work = Batcher(), BlockedWork()
    tasks = await start_processing(batcher, work, "a", "b", "poison", "c")
    work.released.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), type(None), ValueError, type(None)]
    assert work.batches == [["a"], ["b"], ["c"]]


async def test_the_next_caller_processes_a_batch_whose_caller_was_cancelled() -> None:
    batcher, work = Batcher(), BlockedWork()
    first, second, third = await start_processing(batcher, work, "a", "b", "c")
    work.started.clear()
    first.cancel()
    await work.started.wait()
    second.cancel()
    work.released.set()
    await third
    assert ["b", "c"] in work.batches


async def test_keys_do_not_wait_for_each_other() -> None:
    batcher, slow, quick = Batcher(), BlockedWork(), BlockedWork()
    (waiting,) = await start_processing(batcher, slow, "a")
    quick.released.set()
    await batcher.process("others", "b", quick)
    assert quick.batches == [["b"]]
    assert not waiting.done()
    slow.released.set()
    await waiting


async def test_the_batcher_keeps_nothing_of_finished_batches() -> None:
    batcher, work = Batcher(), BlockedWork()
    work.released.set()
    await batcher.process("votes", "a", work)
    assert not batcher._collecting
    assert not batcher._locks


@pytest.mark.parametrize("number", [1, 50])
async def test_each_item_is_processed_once(number: int) -> None:
    batcher, work = Batcher(), BlockedWork()
    items = [str(each) for each in range(number)]
    tasks = await start_processing(batcher, work, *items)
    work.released.set()
    await asyncio.gather(*tasks)
    assert [item for batch in work.batches for item in batch] == items
