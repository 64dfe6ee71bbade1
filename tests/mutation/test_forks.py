"""Tests work in a fork as they do in the run that it comes from."""

import asyncio

import pytest

from bot.concurrency.work_thread import COMPUTING_THREAD
from tests.hanging import HANG_TIMEOUT_SECONDS
from tests.mutation.forks import run_in_fork


@pytest.mark.filterwarnings(
    "ignore:This process:DeprecationWarning"
)  # it is multi-threaded: that is the test
def test_a_fork_computes_in_a_thread_of_its_own() -> None:
    async def compute() -> int:
        return await asyncio.wait_for(COMPUTING_THREAD.run(lambda: 6 * 7), HANG_TIMEOUT_SECONDS)

    assert asyncio.run(compute()) == 42
    assert run_in_fork(lambda: asyncio.run(compute()) == 42)
