"""Deliver an answer to the user who sent the request.

A dialog, a response_url and an ephemeral message can each fail: a trigger_id expires, a response_url is used
up, the bot is not in the channel. Then the next one is tried, and at last a direct message.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.api_errors import (
    SLACK_UNREACHABLE,
    TOO_LONG_ERRORS,
    UNSUPPORTED_BLOCKS_ERRORS,
    read_slack_error,
)
from bot.slack.blockkit.builders import (
    Block,
    Message,
    View,
    actions_block,
    build_message,
    command_button,
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
TRIGGER_ERRORS = {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"}
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

    A trigger_id opens one view within three seconds. Where there is none, or where it has expired, the user
    gets a button that repeats the request with a new trigger_id.
    """
    view = carry_origin(view, request)
    try:
        if request.source is RequestSource.VIEW:
            await deps.slack.views_update(
                view=view, view_id=request.view["id"], hash=request.view.get("hash")
            )
        elif request.trigger_id:
            await deps.slack.views_open(view=view, trigger_id=request.trigger_id)
        else:
            await _send_answer(_build_form_button("That needs a form.", request), request, deps)
    except SlackApiError as error:
        reason = read_slack_error(error).reason
        if reason in TRIGGER_ERRORS:
            form_button = _build_form_button("Slack was too slow to open the form.", request)
            await _send_answer(form_button, replace(request, trigger_id=""), deps)
        elif reason in {"hash_conflict", "not_found"}:
            # Another update came first, or the user closed the view: this update is outdated.
            log.info("a view was changed or closed before its update: %s", reason)
        else:
            raise


def _build_form_button(text: str, request: Request) -> Message:
    text = f"{text} Press the button to open it."
    button = command_button("Open the form", request.command_text, request.canvas_id, style="primary")
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
    except SlackApiError as error:
        log.info("no ephemeral answer in the channel: %s", read_slack_error(error).reason)
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
    """Show a message in a dialog over App Home or a modal, so that the input of the modal stays.

    An open message dialog is replaced. Slack stacks at most three views; above that, the top one is replaced.
    """
    view = build_message_dialog(message, request)
    is_over_message = request.view.get("callback_id") == MESSAGE_DIALOG_CALLBACK_ID
    if request.source is RequestSource.HOME or is_over_message:
        await _show_view(view, request, deps)
        return
    try:
        await deps.slack.views_push(view=carry_origin(view, request), trigger_id=request.trigger_id)
    except SlackApiError as error:
        reason = read_slack_error(error).reason
        if reason == "push_limit_reached":
            await _show_view(view, request, deps)
        elif reason in TRIGGER_ERRORS:
            await _send_answer(message, replace(request, trigger_id=""), deps)
        else:
            raise


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
