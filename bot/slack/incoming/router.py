"""From what Slack sends to the handler of a room, and its answer back.

Bolt tries its listeners in turn, so there are few of them, with these tables behind.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar


from bot.slack.blockkit.builders import Message, build_message
from bot.slack.blockkit.forms import OUTDATED_MESSAGE
from bot.slack.deps import Deps
from bot.slack.errors import UserError, describe_failure, is_database_error
from bot.slack.incoming.commands import (
    HELP_COMMAND,
    Command,
    build_help_message,
    build_unknown_command_message,
    split_command,
)
from bot.slack.outgoing.errors import SLACK_CALL_ERRORS
from bot.slack.outgoing.responses import deliver_answer
from bot.slack.request import Answer, FieldErrors, Handler, Request

log = logging.getLogger(__name__)

T = TypeVar("T")
ANSWER_TIMEOUT_SECONDS = 15  # seconds until a person hears that an answer takes longer
SLOW_ANSWER_TEXT = "This takes longer than usual: I'll answer as soon as I can."
FORM_TIMEOUT_SECONDS = 2.3  # Slack waits three, and then tells people that something failed
SLOW_FORM_TEXT = "This takes longer than usual: wait a moment, then submit again. It is done once."
MAX_CONCURRENT_REQUESTS = 10  # requests; more wait for their turn, so that those that come can still be acknowledged
HELP_ORDER = 1000
Event = Mapping[str, Any]
EventHandler = Callable[[str, Event, Deps], Awaitable[None]]  # team, event; returns when its effect is stored
CommandGuess = Callable[[str], str | None]  # what unknown words may have been meant to be
RequestCheck = Callable[[Request, Deps], Awaitable[None]]  # raises Refusal where a request is not let in
OptionsHandler = Callable[[Request, Deps], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Routes:
    """What one room answers to."""

    commands: tuple[Command, ...] = ()
    actions: Mapping[str, Handler] = field(default_factory=dict)  # by action id up to a colon
    views: Mapping[str, Handler] = field(default_factory=dict)  # by callback id
    shortcuts: Mapping[str, Handler] = field(default_factory=dict)  # by callback id
    options: Mapping[str, OptionsHandler] = field(default_factory=dict)  # by action id
    events: Mapping[str, EventHandler] = field(default_factory=dict)  # by type


class Router:
    """What all rooms answer to."""

    def __init__(
        self,
        features: Iterable[Routes],
        deps: Deps,
        guess_command: CommandGuess,
        checks: Iterable[RequestCheck] = (),
    ) -> None:
        routes = tuple(features)
        help_command = Command(
            HELP_COMMAND, "", "the above in short, and how voting works", self.answer_help, order=HELP_ORDER
        )
        commands = [help_command, *(command for feature in routes for command in feature.commands)]
        self.commands = {
            command.name: command for command in sorted(commands, key=lambda command: command.order)
        }
        assert len(self.commands) == len(commands), "two features have the same command"
        self.actions = {"run": self.run_command, **_merged(feature.actions for feature in routes)}
        self.views = _merged(feature.views for feature in routes)
        self.shortcuts = _merged(feature.shortcuts for feature in routes)
        self.options = _merged(feature.options for feature in routes)
        self.events = _heard(feature.events for feature in routes)
        self._deps = deps
        self._guess = guess_command
        self._gates = tuple(checks)
        self._at_once = asyncio.Semaphore(MAX_CONCURRENT_REQUESTS)

    async def answer_help(self, _request: Request, _deps: Deps) -> Answer:
        return build_help_message(self.commands)

    async def run_command(self, request: Request, deps: Deps) -> Answer:
        """Do what was typed, or what a button stands for."""
        name, rest = split_command(request.command_text)
        command = self.commands.get(name)
        if command is None:
            return build_unknown_command_message(name, self.commands, self._guess(request.command_text))
        return await command.handler(replace(request, argument=rest), deps)

    async def answer_message(self, request: Request) -> None:
        """Answer what was said. Where the storage fails, raise instead: it is kept, to be answered later."""
        try:
            answer = await self._let_in(self.run_command, request)
        except Exception as error:
            if is_database_error(error):
                raise
            answer = _reply(error)
        await self.deliver_answer(answer, request)

    async def handle_action(self, action: str, request: Request) -> None:
        """Do what a button, menu or select stands for."""
        await self.answer_and_deliver(self.actions.get(action.partition(":")[0], _outdated), request)

    async def handle_shortcut(self, callback: str, request: Request) -> None:
        """Do what a shortcut stands for."""
        await self.answer_and_deliver(self.shortcuts.get(callback, _outdated), request)

    async def handle_submission(self, callback: str, request: Request) -> Answer:
        """Take a submitted form. What goes wrong stands at its first field, so that nothing typed is lost."""
        work = self._deps.background.start(self._submitted(self.views.get(callback, _outdated), request))
        await asyncio.wait({work}, timeout=FORM_TIMEOUT_SECONDS)
        return work.result() if work.done() else _at_the_form(build_message(SLOW_FORM_TEXT), request)

    async def _submitted(self, handler: Handler, request: Request) -> Answer:
        try:
            return await self._let_in(handler, request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person hears of it
            return _at_the_form(_reply(error), request)

    async def load_options(self, action: str, request: Request) -> list[dict[str, Any]]:
        """Return the options that a select offers for what was typed into it."""
        suggest = self.options.get(action)
        if suggest is None:
            return []
        try:
            return await self._let_in(suggest, request)
        except UserError:
            return []

    async def answer_request(self, handler: Handler, request: Request) -> Answer:
        """Let a handler answer; whatever goes wrong becomes an answer too."""
        try:
            return await self._let_in(handler, request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person hears of it
            return _reply(error)

    async def _let_in(self, handler: Callable[[Request, Deps], Awaitable[T]], request: Request) -> T:
        """Let a handler do its work, where every gate lets the request in. There is no other way to one."""
        deps = self._deps.for_team(request.team_id)
        async with self._at_once:
            for gate in self._gates:
                await gate(request, deps)
            return await handler(request, deps)

    async def answer_and_deliver(self, handler: Handler, request: Request) -> None:
        """Answer, and say so where that takes longer than people wait."""
        work = self._deps.background.start(self.answer_request(handler, request))
        await asyncio.wait({work}, timeout=ANSWER_TIMEOUT_SECONDS)
        if not work.done():
            with contextlib.suppress(*SLACK_CALL_ERRORS):
                await self.deliver_answer(build_message(SLOW_ANSWER_TEXT), request)
        await self.deliver_answer(await work, request)

    async def deliver_answer(self, answer: Answer, request: Request) -> None:
        await deliver_answer(answer, request, self._deps.for_team(request.team_id))


def _heard(tables: Iterable[Mapping[str, EventHandler]]) -> dict[str, tuple[EventHandler, ...]]:
    """Several rooms may hear the same event."""
    heard: dict[str, tuple[EventHandler, ...]] = {}
    for table in tables:
        for event, handler in table.items():
            heard[event] = (*heard.get(event, ()), handler)
    return heard


def _at_the_form(said: Message, request: Request) -> Answer:
    fields = [block["block_id"] for block in request.view["blocks"] if block["type"] == "input"]
    return FieldErrors({fields[0]: said.text}) if fields else said


async def _outdated(_request: Request, _deps: Deps) -> Answer:
    return build_message(OUTDATED_MESSAGE)


def _reply(error: Exception) -> Message:
    """Return what a person reads when something was refused or went wrong, the latter with a reference."""
    if isinstance(error, UserError):
        return error.to_message()
    reference = secrets.token_hex(3)
    log.error("a request failed", exc_info=error, extra={"reference": reference})
    return build_message(describe_failure(error, reference))


def _merged(tables: Iterable[Mapping[str, T]]) -> dict[str, T]:
    merged: dict[str, T] = {}
    for table in tables:
        assert not merged.keys() & table.keys(), f"two rooms answer to {merged.keys() & table.keys()}"
        merged |= table
    return merged
