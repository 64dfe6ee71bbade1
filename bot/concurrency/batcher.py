"""Doing together what comes one by one: what comes while a transaction runs shares the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")
Work = Callable[[Sequence[T]], Awaitable[None]]


@dataclass(eq=False, slots=True)
class _Batch:
    things: list[Any] = field(default_factory=list)
    outcomes: list[Exception | None] | None = None  # None until it is done


class Batcher:
    """Gathers things of one kind while earlier ones are done, and has them done in one go."""

    def __init__(self) -> None:
        self._gathering: dict[Hashable, _Batch] = {}
        self._turns: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    async def do(self, kind: Hashable, thing: T, work: Work[T]) -> None:
        """Do something together with others of its kind; return once it is done, or raise why it is not."""
        batch = self._gathering.setdefault(kind, _Batch())
        place = len(batch.things)
        batch.things.append(thing)
        async with self._turns.setdefault(kind, asyncio.Lock()):
            if self._gathering.get(kind) is batch:
                del self._gathering[kind]
            if batch.outcomes is None:  # nobody did it yet, or whoever did was cut short
                batch.outcomes = await _outcomes(batch.things, work)
        if error := batch.outcomes[place]:
            raise error


async def _outcomes(things: Sequence[T], work: Work[T]) -> list[Exception | None]:
    """Do them in one go; where that fails each alone, so that one does not spoil the others."""
    try:
        await work(things)
    except Exception as error:  # noqa: BLE001 - it is raised to whom it concerns
        return [error] if len(things) == 1 else [(await _outcomes([thing], work))[0] for thing in things]
    return [None] * len(things)
