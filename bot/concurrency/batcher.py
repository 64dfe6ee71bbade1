"""Batch single items: the items that arrive during one transaction share the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")
ProcessItems = Callable[[Sequence[T]], Awaitable[None]]


@dataclass(eq=False, slots=True)
class _Batch:
    items: list[Any] = field(default_factory=list)
    errors: list[Exception | None] | None = None  # one for each item; None until the batch is processed


class Batcher:
    """Collects the items of a key while earlier ones are processed, and processes them together."""

    def __init__(self) -> None:
        self._collecting: dict[Hashable, _Batch] = {}
        # Weak values: a lock is collected once no caller waits for it, so keys need no clean-up.
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    async def process(self, key: Hashable, item: T, process_items: ProcessItems[T]) -> None:
        """Process an item together with others of its key; return once it is done, or raise its error.

        The first caller that gets the lock processes the batch; the others find their result in it.
        """
        batch = self._collecting.setdefault(key, _Batch())
        index = len(batch.items)
        batch.items.append(item)
        async with self._locks.setdefault(key, asyncio.Lock()):
            if self._collecting.get(key) is batch:  # the batch is closed: new items go into the next one
                del self._collecting[key]
            if batch.errors is None:  # not processed yet, or its caller was cancelled
                batch.errors = await _process_batch(batch.items, process_items)
        if error := batch.errors[index]:
            raise error


async def _process_batch(items: Sequence[T], process_items: ProcessItems[T]) -> list[Exception | None]:
    """Process the items together; if that fails, one by one, so that one bad item fails alone.

    Return the error of each item, None where it succeeded.
    """
    try:
        await process_items(items)
    except Exception as error:  # noqa: BLE001 - `process` raises it to the caller
        if len(items) == 1:
            return [error]
        return [(await _process_batch([item], process_items))[0] for item in items]
    return [None] * len(items)
