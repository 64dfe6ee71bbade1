"""Batch single items: those that arrive while a transaction runs share the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")
Work = Callable[[Sequence[T]], Awaitable[None]]


@dataclass(eq=False, slots=True)
class _Batch:
    items: list[Any] = field(default_factory=list)
    errors: list[Exception | None] | None = None  # one for each item; None until the batch is processed


class Batcher:
    """Collects items by key while earlier ones are processed, and processes them in one go."""

    def __init__(self) -> None:
        self._collecting: dict[Hashable, _Batch] = {}
        # A lock lives as long as somebody waits for it, so keys need no clean-up.
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    async def process(self, key: Hashable, item: T, work: Work[T]) -> None:
        """Process an item together with others of its key; return once it is done, or raise its error."""
        batch = self._collecting.setdefault(key, _Batch())
        index = len(batch.items)
        batch.items.append(item)
        async with self._locks.setdefault(key, asyncio.Lock()):
            if self._collecting.get(key) is batch:  # from here on, new items go into the next batch
                del self._collecting[key]
            if batch.errors is None:  # nobody processed it yet, or whoever did was cancelled
                batch.errors = await _process_batch(batch.items, work)
        if error := batch.errors[index]:
            raise error


async def _process_batch(items: Sequence[T], work: Work[T]) -> list[Exception | None]:
    """Process the items in one go; if that fails, one by one, so that one does not spoil the others."""
    try:
        await work(items)
    except Exception as error:  # noqa: BLE001 - raised to whoever waits for the item
        if len(items) == 1:
            return [error]
        return [(await _process_batch([item], work))[0] for item in items]
    return [None] * len(items)
