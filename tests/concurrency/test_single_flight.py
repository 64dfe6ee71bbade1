"""Shared calls: of those who ask at the same time, one call answers all."""

import asyncio

import pytest

from bot.concurrency.single_flight import SingleFlight


class BlockedCall:
    """Answers, or fails, once it is released, and counts how often it was called."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls = 0
        self.cancelled = False
        self.started, self.released = asyncio.Event(), asyncio.Event()
        self._error = error

    async def __call__(self) -> str:
        self.calls += 1
        self.started.set()
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if self._error is not None:
            raise self._error
        return f"answer {self.calls}"


async def test_those_who_ask_meanwhile_share_one_call() -> None:
    flight, call = SingleFlight[str](), BlockedCall()
    tasks = [asyncio.create_task(flight.run("T1", call)) for _ in range(5)]
    await call.started.wait()
    call.released.set()
    assert await asyncio.gather(*tasks) == ["answer 1"] * 5


async def test_a_later_caller_starts_a_new_call() -> None:
    flight, call = SingleFlight[str](), BlockedCall()
    call.released.set()
    assert await flight.run("T1", call) == "answer 1"
    assert await flight.run("T1", call) == "answer 2"


async def test_keys_have_calls_of_their_own() -> None:
    flight, slow, quick = SingleFlight[str](), BlockedCall(), BlockedCall()
    waiting = asyncio.create_task(flight.run("T1", slow))
    quick.released.set()
    assert await flight.run("T2", quick) == "answer 1"
    assert not waiting.done()
    slow.released.set()
    await waiting


async def test_a_call_goes_on_after_a_timeout_and_answers_the_next_caller() -> None:
    flight, call = SingleFlight[str](), BlockedCall()
    with pytest.raises(TimeoutError):
        await flight.run("T1", call, timeout_seconds=0.01)
    waiting = asyncio.create_task(flight.run("T1", call, timeout_seconds=10))
    call.released.set()
    assert await waiting == "answer 1"


async def test_a_call_goes_on_when_the_one_who_asked_is_cancelled() -> None:
    flight, call = SingleFlight[str](), BlockedCall()
    first, second = (asyncio.create_task(flight.run("T1", call)) for _ in range(2))
    await call.started.wait()
    first.cancel()
    call.released.set()
    assert await second == "answer 1"
    assert first.cancelled()


async def test_an_error_reaches_all_who_wait_and_is_not_remembered() -> None:
    flight, failing, working = SingleFlight[str](), BlockedCall(ValueError("no")), BlockedCall()
    tasks = [asyncio.create_task(flight.run("T1", failing)) for _ in range(2)]
    await failing.started.wait()
    failing.released.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [ValueError, ValueError]
    working.released.set()
    assert await flight.run("T1", working) == "answer 1"


async def test_closing_cancels_the_calls_that_run() -> None:
    flight, call = SingleFlight[str](), BlockedCall()
    with pytest.raises(TimeoutError):
        await flight.run("T1", call, timeout_seconds=0.01)
    await flight.close(timeout_seconds=10)
    assert call.cancelled
    await flight.close(timeout_seconds=10)
