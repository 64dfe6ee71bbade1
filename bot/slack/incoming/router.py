"""Dispatch each request to the handler of a feature, and deliver its answer.

Bolt tries its listeners one after the other, so there are few of them, and these tables find the handler.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from bot.slack.api_errors import SLACK_CALL_ERRORS
from bot.slack.blockkit.builders import Message, build_message
from bot.slack.blockkit.text import read_typed_text
from bot.slack.deps import Deps
from bot.slack.errors import UserError, describe_failure, is_database_error, is_limited_by_slack
from bot.slack.forms import OUTDATED_MESSAGE
from bot.slack.incoming.commands import (
    HELP_COMMAND,
    MENU_COMMAND,
    Command,
    HelpGroup,
    build_advice_error,
    build_file_alone_error,
    build_help_message,
    build_unknown_command_error,
    split_command,
)
from bot.slack.incoming.courtesy import SMALL_TALK, remove_courtesy
from bot.slack.outgoing.responses import deliver_answer
from bot.slack.request import Answer, FieldErrors, Handler, Request

log = logging.getLogger(__name__)

T = TypeVar("T")
SLOW_ANSWER_TEXT = "This takes longer than usual: I'll answer as soon as I can."
SLOW_FORM_TEXT = "This takes longer than usual: wait a moment, then submit again. It is done once."
MAX_CONCURRENT_REQUESTS = 10  # further ones wait, so that new ones are acknowledged in time
HELP_ORDER = 1000  # after all commands of the features
Event = Mapping[str, Any]
EventHandler = Callable[
    [str, Event, Deps], Awaitable[None]
]  # of team id and event; returns when the effect is stored
CommandGuess = Callable[[str], str | None]  # returns a suggestion for an unknown command
RequestCheck = Callable[[Request, Deps], Awaitable[None]]  # raises UserError to reject a request
OptionsHandler = Callable[[Request, Deps], Awaitable[list[dict[str, Any]]]]
TextReader = Callable[[Request, Deps, str], Awaitable[str]]  # what Slack sends for a text, to what was typed


async def _read_without_lookups(_request: Request, _deps: Deps, text: str) -> str:
    return read_typed_text(text)


@dataclass(frozen=True, slots=True)
class Routes:
    """The handlers of one feature."""

    commands: tuple[Command, ...] = ()
    advice: Mapping[str, str] = field(default_factory=dict)  # what to do, by a word that is no command
    synonyms: Mapping[str, str] = field(default_factory=dict)  # the command that such a word may stand for
    actions: Mapping[str, Handler] = field(default_factory=dict)  # by action id up to a colon
    # By the action id of a menu, then by the value of an option up to a colon. Features share a menu.
    menus: Mapping[str, Mapping[str, Handler]] = field(default_factory=dict)
    views: Mapping[str, Handler] = field(default_factory=dict)  # by callback id
    shortcuts: Mapping[str, Handler] = field(default_factory=dict)  # by callback id
    options: Mapping[str, OptionsHandler] = field(default_factory=dict)  # by action id
    events: Mapping[str, EventHandler] = field(default_factory=dict)  # by type


class Router:
    """The handlers of all features, with the checks, timeouts and error answers that they share."""

    def __init__(
        self,
        features: Iterable[Routes],
        deps: Deps,
        guess_command: CommandGuess,
        checks: Iterable[RequestCheck] = (),
        read_text: TextReader = _read_without_lookups,
    ) -> None:
        routes = tuple(features)
        help_text = "this list, and how voting works"
        help_command = Command(
            HELP_COMMAND, "", help_text, self.answer_help, order=HELP_ORDER, group=HelpGroup.MORE
        )
        commands = [help_command, *(command for feature in routes for command in feature.commands)]
        self.commands = {each.name: each for each in sorted(commands, key=lambda command: command.order)}
        assert len(self.commands) == len(commands), "two features have the same command"
        self._advice = _merge_tables(feature.advice for feature in routes)
        self._synonyms = _merge_tables(feature.synonyms for feature in routes)
        own_actions = {
            "run": self.run_command,
            "choose": self.run_choice,
            **_build_menu_handlers(routes),
        }
        self.actions = _merge_tables([own_actions, *(feature.actions for feature in routes)])
        self.views = _merge_tables(feature.views for feature in routes)
        self.shortcuts = _merge_tables(feature.shortcuts for feature in routes)
        self.options = _merge_tables(feature.options for feature in routes)
        self.events = _collect_event_handlers(feature.events for feature in routes)
        self._deps = deps
        self._guess_command = guess_command
        self._checks = tuple(checks)
        self._read_text = read_text
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_REQUESTS)

    async def answer_help(self, _request: Request, _deps: Deps) -> Answer:
        """Answer with the list of commands."""
        return build_help_message(self.commands)

    async def run_command(self, request: Request, deps: Deps) -> Answer:
        """Answer a typed command or a command button."""
        if request.is_typed:
            request = replace(
                request, command_text=await self._read_text(request, deps, request.command_text)
            )
        text = self._find_command(request.command_text)
        if not text and request.has_files:
            raise build_file_alone_error()
        if not text and request.command_text:
            return SMALL_TALK
        name, argument = split_command(text)
        command = self.commands.get(name)
        if command is None and name in self._advice:
            raise build_advice_error(self._advice[name])
        if command is None:
            raise build_unknown_command_error(text, self.commands, self._synonyms, self._guess_command(text))
        return await command.handler(replace(request, argument=argument, command_text=text), deps)

    async def run_choice(self, request: Request, deps: Deps) -> Answer:
        """Run the command of a button in a question; the answer replaces the question, an error does not."""
        answer = await self.run_command(request, deps)
        return replace(answer, replaces_original=True) if isinstance(answer, Message) else answer

    def _find_command(self, text: str) -> str:
        """Return the text from its command on: "hey, please show" becomes "show", and "thanks!" nothing.

        A text without a command stays as it is.
        """
        words = remove_courtesy(text)
        is_understood = not words or self.is_command(words) or self._guess_command(words)
        return words if is_understood and not self.is_command(text) else text

    def is_command(self, text: str) -> bool:
        """Return whether a text begins with the name of a command."""
        name, _ = split_command(text)
        return name != MENU_COMMAND and name in self.commands

    async def answer_message(self, request: Request) -> bool:
        """Answer a stored message; return False where the answer is that it cannot be done.

        Raise a database error, and one because Slack asks to wait: the message stays stored and is answered
        later.
        """
        is_done = bool(request.command_text)  # a mention alone may get its words in an edit
        try:
            answer = await self._run_handler(self.run_command, request)
        except Exception as error:
            if is_database_error(error) or is_limited_by_slack(error):
                raise
            answer, is_done = _describe_error(error), False
        await self.deliver_answer(answer, request)
        return is_done

    async def handle_action(self, action_id: str, request: Request) -> None:
        """Handle a button, menu or select. A suffix after a colon only makes its action id unique."""
        handler = self.actions.get(action_id.partition(":")[0], _answer_outdated)
        await self.answer_and_deliver(handler, request)

    async def handle_shortcut(self, callback_id: str, request: Request) -> None:
        """Handle a shortcut."""
        await self.answer_and_deliver(self.shortcuts.get(callback_id, _answer_outdated), request)

    async def handle_submission(self, callback_id: str, request: Request) -> Answer:
        """Handle a submitted form. An error is shown at its first field, so that the user's input stays.

        The handler continues after the timeout. A second submission has the same idempotency key, so it takes
        effect once.
        """
        handler = self.views.get(callback_id, _answer_outdated)
        work = self._deps.background.start(self._answer_submission(handler, request))
        await asyncio.wait({work}, timeout=self._deps.timing.form_timeout.total_seconds())
        return work.result() if work.done() else _show_at_form(build_message(SLOW_FORM_TEXT), request)

    async def _answer_submission(self, handler: Handler, request: Request) -> Answer:
        try:
            return await self._run_handler(handler, request)
        except Exception as error:  # noqa: BLE001 - the user reads about every error
            return _show_at_form(_describe_error(error), request)

    async def load_options(self, action_id: str, request: Request) -> list[dict[str, Any]]:
        """Return the options of a select that match what the user types."""
        handler = self.options.get(action_id)
        if handler is None:
            return []
        try:
            return await self._run_handler(handler, request)
        except UserError:  # a select cannot show an error
            return []

    async def answer_request(self, handler: Handler, request: Request) -> Answer:
        """Return the answer of a handler, or an error message where it raises."""
        try:
            return await self._run_handler(handler, request)
        except Exception as error:  # noqa: BLE001 - the user reads about every error
            return _describe_error(error)

    async def _run_handler(self, handler: Callable[[Request, Deps], Awaitable[T]], request: Request) -> T:
        """Run a handler after every check. All handlers run through here, so no request skips a check."""
        deps = self._deps.for_team(request.team_id)
        for check in self._checks:  # without a slot: Slack may ask a check to wait
            await check(request, deps)
        async with self._slots:
            return await handler(request, deps)

    async def answer_and_deliver(self, handler: Handler, request: Request) -> None:
        """Answer a request and deliver the answer; tell the user where that takes long."""
        work = self._deps.background.start(self.answer_request(handler, request))
        await asyncio.wait({work}, timeout=self._deps.timing.answer_timeout.total_seconds())
        if not work.done():
            with contextlib.suppress(*SLACK_CALL_ERRORS):
                await self.deliver_answer(build_message(SLOW_ANSWER_TEXT), request)
            request = replace(request, trigger_id="")  # used or expired
        await self.deliver_answer(await work, request)

    async def deliver_answer(self, answer: Answer, request: Request) -> None:
        """Deliver an answer with the workspace's token."""
        await deliver_answer(answer, request, self._deps.for_team(request.team_id))


def _collect_event_handlers(
    tables: Iterable[Mapping[str, EventHandler]],
) -> dict[str, tuple[EventHandler, ...]]:
    """Return the handlers of each event type; several features may handle one type."""
    handlers: dict[str, tuple[EventHandler, ...]] = {}
    for table in tables:
        for event_type, handler in table.items():
            handlers[event_type] = (*handlers.get(event_type, ()), handler)
    return handlers


def _build_menu_handlers(routes: Iterable[Routes]) -> dict[str, Handler]:
    """Return a handler for each menu that calls the one of the chosen option with the rest of its value."""
    menus: dict[str, dict[str, Handler]] = {}
    for feature in routes:
        for menu, options in feature.menus.items():
            menus[menu] = _merge_tables([menus.get(menu, {}), options])

    async def choose(options: Mapping[str, Handler], request: Request, deps: Deps) -> Answer:
        option, _, argument = request.argument.partition(":")
        return await options.get(option, _answer_outdated)(replace(request, argument=argument), deps)

    return {menu: partial(choose, options) for menu, options in menus.items()}


def _show_at_form(message: Message, request: Request) -> Answer:
    """Return the message as an error at the form's first field; unchanged where the form has no field."""
    block_ids = [block["block_id"] for block in request.view["blocks"] if block["type"] == "input"]
    return FieldErrors({block_ids[0]: message.text}) if block_ids else message


async def _answer_outdated(_request: Request, _deps: Deps) -> Answer:
    """Answer a button or form that only an older version of the bot had."""
    return build_message(OUTDATED_MESSAGE)


def _describe_error(error: Exception) -> Message:
    """Return what a user reads about an error; log one that is not a UserError, with a reference."""
    if isinstance(error, UserError):
        return error.to_message()
    reference = secrets.token_hex(3)
    log.error("a request failed", exc_info=error, extra={"reference": reference})
    return build_message(describe_failure(error, reference))


def _merge_tables(tables: Iterable[Mapping[str, T]]) -> dict[str, T]:
    """Return one table of all features' tables; two handlers for one id are a programming error."""
    merged: dict[str, T] = {}
    for table in tables:
        assert not merged.keys() & table.keys(), f"two features handle {merged.keys() & table.keys()}"
        merged |= table
    return merged
