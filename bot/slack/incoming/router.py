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

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack.blockkit.builders import Message, message
from bot.slack.blockkit.forms import OUTDATED
from bot.slack.errors import Refusal, is_of_storage, trouble
from bot.slack.incoming.commands import HELP, Command, help_message, split, unknown
from bot.slack.outgoing.responses import deliver
from bot.slack.request import Answer, Deps, FieldErrors, Handler, Request

log = logging.getLogger(__name__)

T = TypeVar("T")
PATIENCE = 15  # seconds until a person hears that an answer takes longer
SLOW = "This takes longer than usual: I'll answer as soon as I can."
FORM_PATIENCE = 2.3  # Slack waits three, and then tells people that something failed
SLOW_FORM = "This takes longer than usual: wait a moment, then submit again. It is done once."
AT_ONCE = 10  # requests; more wait for their turn, so that those that come can still be acknowledged
Event = Mapping[str, Any]
EventHandler = Callable[[str, Event, Deps], Awaitable[None]]  # team, event; returns when its effect is stored
Guess = Callable[[str], str | None]  # what unknown words may have been meant to be
Gate = Callable[[Request, Deps], Awaitable[None]]  # raises Refusal where a request is not let in
Options = Callable[[Request, Deps], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Routes:
    """What one room answers to."""

    commands: tuple[Command, ...] = ()
    actions: Mapping[str, Handler] = field(default_factory=dict)  # by action id up to a colon
    views: Mapping[str, Handler] = field(default_factory=dict)  # by callback id
    shortcuts: Mapping[str, Handler] = field(default_factory=dict)  # by callback id
    options: Mapping[str, Options] = field(default_factory=dict)  # by action id
    events: Mapping[str, EventHandler] = field(default_factory=dict)  # by type


class Router:
    """What all rooms answer to."""

    def __init__(
        self,
        rooms: Iterable[Routes],
        deps: Deps,
        order: tuple[str, ...],
        guess: Guess,
        gates: Iterable[Gate] = (),
    ) -> None:
        routes = tuple(rooms)
        commands = {command.name: command for room in routes for command in room.commands}
        commands[HELP] = Command(HELP, "", "the above in short, and how voting works", self.help)
        self.commands = {name: commands[name] for name in order}
        assert self.commands.keys() == commands.keys(), "every command has its place in the help"
        self.actions = {"run": self.run, **_merged(room.actions for room in routes)}
        self.views = _merged(room.views for room in routes)
        self.shortcuts = _merged(room.shortcuts for room in routes)
        self.options = _merged(room.options for room in routes)
        self.events = _heard(room.events for room in routes)
        self._deps = deps
        self._guess = guess
        self._gates = tuple(gates)
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def help(self, _request: Request, _deps: Deps) -> Answer:
        return help_message(self.commands)

    async def run(self, request: Request, deps: Deps) -> Answer:
        """Do what was typed, or what a button stands for."""
        name, rest = split(request.typed)
        command = self.commands.get(name)
        if command is None:
            return unknown(name, self.commands, self._guess(request.typed))
        return await command.handler(replace(request, words=rest), deps)

    async def hear(self, request: Request) -> None:
        """Answer what was said. Where the storage fails, raise instead: it is kept, to be answered later."""
        try:
            answer = await self._let_in(self.run, request)
        except Exception as error:
            if is_of_storage(error):
                raise
            answer = _reply(error)
        await self.deliver(answer, request)

    async def act(self, action: str, request: Request) -> None:
        """Do what a button, menu or select stands for."""
        await self.answer_and_deliver(self.actions.get(action.partition(":")[0], _outdated), request)

    async def choose(self, callback: str, request: Request) -> None:
        """Do what a shortcut stands for."""
        await self.answer_and_deliver(self.shortcuts.get(callback, _outdated), request)

    async def submit(self, callback: str, request: Request) -> Answer:
        """Take a submitted form. What goes wrong stands at its first field, so that nothing typed is lost."""
        work = self._deps.tasks.start(self._submitted(self.views.get(callback, _outdated), request))
        await asyncio.wait({work}, timeout=FORM_PATIENCE)
        return work.result() if work.done() else _at_the_form(message(SLOW_FORM), request)

    async def _submitted(self, handler: Handler, request: Request) -> Answer:
        try:
            return await self._let_in(handler, request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person hears of it
            return _at_the_form(_reply(error), request)

    async def suggest(self, action: str, request: Request) -> list[dict[str, Any]]:
        """Return the options that a select offers for what was typed into it."""
        suggest = self.options.get(action)
        if suggest is None:
            return []
        try:
            return await self._let_in(suggest, request)
        except Refusal:
            return []

    async def answer(self, handler: Handler, request: Request) -> Answer:
        """Let a handler answer; whatever goes wrong becomes an answer too."""
        try:
            return await self._let_in(handler, request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person hears of it
            return _reply(error)

    async def _let_in(self, handler: Callable[[Request, Deps], Awaitable[T]], request: Request) -> T:
        """Let a handler do its work, where every gate lets the request in. There is no other way to one."""
        deps = self._deps.within(request.team_id)
        async with self._at_once:
            for gate in self._gates:
                await gate(request, deps)
            return await handler(request, deps)

    async def answer_and_deliver(self, handler: Handler, request: Request) -> None:
        """Answer, and say so where that takes longer than people wait."""
        work = self._deps.tasks.start(self.answer(handler, request))
        await asyncio.wait({work}, timeout=PATIENCE)
        if not work.done():
            with contextlib.suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
                await self.deliver(message(SLOW), request)
        await self.deliver(await work, request)

    async def deliver(self, answer: Answer, request: Request) -> None:
        await deliver(answer, request, self._deps.within(request.team_id))


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
    return message(OUTDATED)


def _reply(error: Exception) -> Message:
    """Return what a person reads when something was refused or went wrong, the latter with a reference."""
    if isinstance(error, Refusal):
        return error.reply()
    reference = secrets.token_hex(3)
    log.error("a request failed", exc_info=error, extra={"reference": reference})
    return message(trouble(error, reference))


def _merged(tables: Iterable[Mapping[str, T]]) -> dict[str, T]:
    merged: dict[str, T] = {}
    for table in tables:
        assert not merged.keys() & table.keys(), f"two rooms answer to {merged.keys() & table.keys()}"
        merged |= table
    return merged
