"""Long computations beside the event loop, which goes on answering meanwhile."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

# One thread: a computation in Python takes turns with the event loop, and several would leave it fewer turns.
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="computing")


async def compute_beside_loop(compute: Callable[[], T]) -> T:
    """Return what a pure function returns, in turn with other such computations."""
    return await asyncio.get_running_loop().run_in_executor(_thread, compute)
