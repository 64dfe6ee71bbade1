"""Deliver an answer to the user who sent the request.

A dialog, a response_url and an ephemeral message can each fail: a trigger_id expires, a response_url is used
up, the bot is not in the channel, Slack limits a method. Then the next one is tried, and at last a direct
message.
"""

import logging
from asyncio import sleep
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.api_errors import (
    SLACK_CALL_ERRORS,
    SLACK_UNREACHABLE,
    TOO_LONG_ERRORS,
    UNSUPPORTED_BLOCKS_ERRORS,
    describe_call_error,
    read_slack_error,
)
from bot.slack.blockkit.builders import (
    MAX_BUTTON_COMMAND_CHARACTERS,
    Block,
    Message,
    View,
    action_button,
    actions_block,
    build_message,
    section_block,
)
from bot.slack.deps import Deps
from bot.slack.outgoing.dialogs import MESSAGE_DIALOG_CALLBACK_ID, build_message_dialog, carry_origin
from bot.slack.outgoing.sending import BlocksRejected, send_message
from bot.slack.request import Answer, FieldErrors, Modal, Request, RequestSource
from bot.slack.restrictions import restricts_channel

log = logging.getLogger(__name__)

WEBHOOK_TIMEOUT_SECONDS = 10
UNREACHABLE_USER_ERRORS = {"user_not_found", "user_disabled", "cannot_dm_bot"}
USED_TRIGGER = "exchanged_trigger_id"
TRIGGER_ERRORS = {"expired_trigger_id", USED_TRIGGER, "invalid_trigger_id"}
OUTDATED_UPDATE_ERRORS = {"hash_conflict", "not_found"}
MAX_UPDATE_TRIES = 4
MAX_UPDATE_DELAY = timedelta(minutes=1)  # between two tries; nobody waits longer in front of a dialog
RUN_ACTION = "run"  # the action of a button that runs a command
UPDATE_FAILED_TEXT = "Slack does not let me update the dialog just now: close it, and open it again."
# The answer of a response_url contains the error. The longest come first, since one is part of another.
REJECTION_ERRORS = sorted(UNSUPPORTED_BLOCKS_ERRORS | TOO_LONG_ERRORS, key=len, reverse=True)
RESPONSE_URL_HOSTS = {"hooks.slack.com", "hooks.slack-gov.com"}
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}  # where the fake Slack runs


async def deliver_answer(answer: Answer, request: Request, deps: Deps) -> None:
    """Send a message or open a modal. Form errors are in the acknowledgement already."""
    match answer:
        case Message():
            await _send_answer(answer, request, deps)
        case Modal(view):
            await _show_view(view, request, deps)
        case FieldErrors() | None:
            pass


async def _show_view(view: View, request: Request, deps: Deps) -> None:
    """Update the view that the request came from, or open a new one.

    A trigger_id opens one view within three seconds. Where there is none, or where Slack does not open the
    view with it, the user gets a button that repeats the request with a new trigger_id.
    """
    view, later_request = carry_origin(view, request), replace(request, trigger_id="")
    if request.source is RequestSource.VIEW:
        if not await _update_view(view, request, deps):
            await _send_answer(build_message(UPDATE_FAILED_TEXT), later_request, deps)
    elif not request.trigger_id:
        await _send_answer(_build_form_button("That needs a form.", request), request, deps)
    elif not await _open_view(partial(deps.slack.views_open, view=view, trigger_id=request.trigger_id)):
        form_button = _build_form_button("Slack was too slow to open the form.", request)
        await _send_answer(form_button, later_request, deps)


async def _open_view(call: Callable[[], Awaitable[object]]) -> bool:
    """Make the call that opens a view by a trigger_id; return False where Slack does not do that in time.

    Where Slack fails or does not answer, the view may be open all the same: a second try opens it, or says
    that the trigger_id is used. After a limit there is none, since the trigger_id would have expired.
    """
    for is_second_try in (False, True):
        try:
            await call()
        except SlackApiError as error:
            slack_error = read_slack_error(error)
            log.info("a view was not opened: %s", describe_call_error(error))
            if slack_error.reason in TRIGGER_ERRORS:
                return is_second_try and slack_error.reason == USED_TRIGGER
            if slack_error.retry_after is not None:
                return False
            if not slack_error.is_outage:
                raise
        except SLACK_UNREACHABLE as error:
            log.info("a view was not opened: %s", describe_call_error(error))
        else:
            return True
    return False


async def _update_view(view: View, request: Request, deps: Deps) -> bool:
    """Update the view that the request came from; return False where Slack does not do that in time.

    Slack allows a workspace about a hundred updates a minute, which the voters of a workshop can exceed. With
    the hash, a further try changes nothing if an earlier one took effect, or if another update came first.
    """
    tries = 0
    while True:
        try:
            await deps.slack.views_update(
                view=view, view_id=request.view["id"], hash=request.view.get("hash")
            )
        except SlackApiError as error:
            slack_error = read_slack_error(error)
            log.info("a view was not updated: %s", describe_call_error(error))
            if slack_error.reason in OUTDATED_UPDATE_ERRORS:
                return True  # the view shows something newer, or the user closed it
            if not slack_error.is_temporary:
                raise
            delay = slack_error.retry_after or deps.timing.first_retry_delay
        except SLACK_UNREACHABLE as error:
            log.info("a view was not updated: %s", describe_call_error(error))
            delay = deps.timing.first_retry_delay
        else:
            return True
        tries += 1
        if tries == MAX_UPDATE_TRIES or delay > MAX_UPDATE_DELAY:
            return False
        await sleep(delay.total_seconds())


def _build_form_button(text: str, request: Request) -> Message:
    """Return a button that repeats the request, or ask for that: a shortcut may be about a message."""
    is_long = len(request.command_text) > MAX_BUTTON_COMMAND_CHARACTERS
    if is_long or request.source is RequestSource.SHORTCUT:
        return build_message(f"{text} Please try again.")
    text = f"{text} Press the button to open it."
    value = f"{request.canvas_id or ''}:{request.command_text}"
    button = action_button("Open the form", request.action_id or RUN_ACTION, value, style="primary")
    return build_message(text, section_block(text), actions_block(button))


async def _send_answer(message: Message, request: Request, deps: Deps) -> None:
    """Send a message as a dialog, to the response_url, as an ephemeral or as a direct message."""
    if request.trigger_id and request.source in {RequestSource.HOME, RequestSource.VIEW}:
        await _show_message_dialog(message, request, deps)
        return
    ways = [_send_to_response_url, _send_ephemeral]
    if request.thread_ts and not message.replaces_original:
        # Slack ignores the thread_ts of an ephemeral answer to a response_url, so that the answer appears
        # outside the thread: https://github.com/slackapi/bolt-js/issues/963.
        ways.reverse()
    for send in ways:
        if await send(message, request, deps):
            return
    await send_direct_answer(message, request, deps)


async def _send_ephemeral(message: Message, request: Request, deps: Deps) -> bool:
    """Send a message to the user in the request's channel and thread; return False where that fails."""
    if not request.channel_id or request.source in {RequestSource.DIRECT_MESSAGE, RequestSource.HOME}:
        return False

    async def post(text: str, blocks: Sequence[Block]) -> None:
        await deps.slack.chat_postEphemeral(
            channel=request.channel_id,
            user=request.user_id,
            text=text,
            blocks=blocks,
            thread_ts=request.thread_ts or None,
        )

    try:
        await send_message(message, request.team_id, deps, post)
    except SLACK_CALL_ERRORS as error:
        log.info("no ephemeral answer in the channel: %s", describe_call_error(error))
        return False
    return True


async def send_direct_answer(message: Message, request: Request, deps: Deps) -> None:
    """Send a message to the user as a direct message."""

    async def post(text: str, blocks: Sequence[Block]) -> None:
        await deps.slack.chat_postMessage(
            channel=request.user_id,  # for a user id, Slack opens the direct message
            text=text,
            blocks=blocks,
            unfurl_links=False,
            unfurl_media=False,
            parse="none",
        )

    try:
        await send_message(message, request.team_id, deps, post)
    except SlackApiError as error:
        reason = read_slack_error(error).reason
        if reason not in UNREACHABLE_USER_ERRORS and not restricts_channel(reason):
            raise
        log.warning("an answer cannot be delivered to its user: %s", reason)


async def _show_message_dialog(message: Message, request: Request, deps: Deps) -> None:
    """Show a message in a dialog over App Home or a modal, so that the input of the modal stays."""
    view = carry_origin(build_message_dialog(message, request), request)
    if not await _show_over(view, request, deps):
        await _send_answer(message, replace(request, trigger_id=""), deps)


async def _show_over(view: View, request: Request, deps: Deps) -> bool:
    """Show a message dialog over App Home or a modal; return False where Slack does not do that in time.

    An open message dialog is replaced. Slack stacks at most three views; above that, the top one is replaced.
    """
    if request.source is RequestSource.HOME:
        return await _open_view(partial(deps.slack.views_open, view=view, trigger_id=request.trigger_id))
    if request.view.get("callback_id") == MESSAGE_DIALOG_CALLBACK_ID:
        return await _update_view(view, request, deps)
    try:
        return await _open_view(partial(deps.slack.views_push, view=view, trigger_id=request.trigger_id))
    except SlackApiError as error:
        if read_slack_error(error).reason != "push_limit_reached":
            raise
    return await _update_view(view, request, deps)


async def _send_to_response_url(message: Message, request: Request, deps: Deps) -> bool:
    """Send a message to the request's response_url; return False where that fails.

    Slack accepts five messages within 30 minutes there, also in channels that the bot is not in.
    """
    if not request.response_url:
        return False
    if not is_slack_response_url(request.response_url, deps.slack.base_url):
        log.warning("a response_url is not an address of Slack")
        return False
    webhook = AsyncWebhookClient(
        request.response_url, session=deps.slack.session, retry_handlers=[], timeout=WEBHOOK_TIMEOUT_SECONDS
    )
    webhook.proxy = None  # which the SDK has read from the environment: the session chooses
    body: dict[str, Any] = {"response_type": "ephemeral", "replace_original": message.replaces_original}
    if request.thread_ts:
        body["thread_ts"] = request.thread_ts

    async def post(text: str, blocks: Sequence[Block]) -> bool:
        response = await webhook.send_dict({**body, "text": text, "blocks": blocks})
        rejection = next((code for code in REJECTION_ERRORS if code in response.body), "")
        if rejection:
            raise BlocksRejected(rejection)
        if response.status_code != HTTPStatus.OK:
            log.info("the response_url answered with status %s", response.status_code)
        return response.status_code == HTTPStatus.OK

    try:
        return await send_message(message, request.team_id, deps, post)
    except (BlocksRejected, *SLACK_UNREACHABLE) as error:
        log.info("the response_url failed: %s", type(error).__name__)
        return False


def is_slack_response_url(url: str, api_url: str) -> bool:
    """Return whether a response_url belongs to Slack, or to the local fake Slack at `api_url`.

    The answer contains the team's data, so a forged request must not redirect it.
    """
    try:
        address, api_address = urlsplit(url), urlsplit(api_url)
    except ValueError:
        return False
    if address.scheme == "https" and address.netloc in RESPONSE_URL_HOSTS:
        return True
    return api_address.hostname in LOCAL_HOSTS and (address.scheme, address.netloc) == (
        api_address.scheme,
        api_address.netloc,
    )
