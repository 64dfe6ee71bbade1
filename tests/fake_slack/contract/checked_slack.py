"""A fake Slack that holds each call against Slack's description of the method."""

import asyncio
from types import TracebackType
from typing import Any

from bot.fake_slack.models import ApiArguments
from bot.fake_slack.server.http_server import FakeSlack
from tests.fake_slack.contract.description import find_faults


class CheckedFakeSlack(FakeSlack):
    """Fails at its end if the bot called a method in another way than Slack describes."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.call_faults: list[str] = []
        self._called = asyncio.Event()

    def record_call(self, method: str, args: ApiArguments) -> None:
        super().record_call(method, args)
        self.call_faults += find_faults(method, args)
        self._called.set()

    async def wait_for_calls(self, method: str, number: int) -> None:
        """Wait until a method was called so many times."""
        while self.count_calls(method) < number:
            self._called.clear()
            await self._called.wait()

    async def __aexit__(
        self, type_: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(type_, error, trace)
        if error is None:
            assert not self.call_faults, self.call_faults
