"""Bringing an answer to the person who asked, by the way that the request came."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.blockkit.builders import (
    Block,
    Message,
    actions_block,
    build_message,
    command_button,
    section_block,
)
from bot.slack.deps import Deps
from bot.slack.outgoing.dialogs import MESSAGE_DIALOG_CALLBACK_ID, carry_home_page, build_message_dialog as dialog
from bot.slack.outgoing.errors import SLACK_UNREACHABLE
from bot.slack.outgoing.sending import INVALID_BLOCKS, BlocksRejected, send_message
from bot.slack.request import Answer, FieldErrors, Modal, Request, RequestSource

log = logging.getLogger(__name__)

TIMEOUT = 10  # seconds
NOBODY = {"channel_not_found", "user_not_found", "user_disabled", "cannot_dm_bot"}
HOOKS = {"hooks.slack.com", "hooks.slack-gov.com"}
HERE = {"127.0.0.1", "localhost", "::1"}  # where a stand-in plays Slack
TOO_LATE = {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"}


async def deliver_answer(answer: Answer, request: Request, deps: Deps) -> None:
    """Bring the answer; where one way is closed, try the next."""
    match answer:
        case Message():
            await _say(answer, request, deps)
        case Modal(view):
            await _show(view, request, deps)
        case FieldErrors() | None:
            pass


async def _show(view: dict[str, Any], request: Request, deps: Deps) -> None:
    view = carry_home_page(view, request)
    try:
        if request.source is RequestSource.VIEW:
            await deps.slack.views_update(
                view=view, view_id=request.view["id"], hash=request.view.get("hash")
            )
        elif request.trigger_id:
            await deps.slack.views_open(view=view, trigger_id=request.trigger_id)
        else:
            await _say(_form_button("That needs a form.", request), request, deps)
    except SlackApiError as error:
        reason = error.response.get("error")
        if reason in TOO_LATE:
            late = _form_button("Slack was too slow to open the form.", request)
            await _say(late, replace(request, trigger_id=""), deps)
        elif reason in {"hash_conflict", "not_found"}:
            log.info("a view changed or closed before its update: %s", reason)
        else:
            raise


def _form_button(says: str, request: Request) -> Message:
    return build_message(
        f"{says} Press the button to open it.",
        section_block(f"{says} Press the button to open it."),
        actions_block(
            command_button("Open the form", request.command_text, request.canvas_id, style="primary")
        ),
    )


async def _say(said: Message, request: Request, deps: Deps) -> None:
    if request.trigger_id and request.source in {RequestSource.HOME, RequestSource.VIEW}:
        await _say_in_dialog(said, request, deps)
        return
    if request.response_url and await _respond(said, request, deps):
        return
    if request.channel_id and request.source not in {RequestSource.DIRECT_MESSAGE, RequestSource.HOME}:
        try:
            await _say_in_channel(said, request, deps)
        except SlackApiError as error:
            log.info("no ephemeral answer in the channel: %s", error.response.get("error"))
        else:
            return
    await _say_directly(said, request, deps)


async def _say_in_channel(said: Message, request: Request, deps: Deps) -> None:
    async def whisper(blocks: Sequence[Block]) -> None:
        await deps.slack.chat_postEphemeral(
            channel=request.channel_id,
            user=request.user_id,
            text=said.text,
            blocks=blocks,
            thread_ts=request.thread_ts or None,
        )

    await send_message(said, request.team_id, deps, whisper)


async def _say_directly(said: Message, request: Request, deps: Deps) -> None:
    async def post(blocks: Sequence[Block]) -> None:
        await deps.slack.chat_postMessage(
            channel=request.user_id,  # a user's id as the channel is the direct message with that user
            text=said.text,
            blocks=blocks,
            unfurl_links=False,
            unfurl_media=False,
            parse="none",
        )

    try:
        await send_message(said, request.team_id, deps, post)
    except SlackApiError as error:
        if error.response.get("error") not in NOBODY:
            raise
        log.warning("nobody to answer: %s", error.response.get("error"))


async def _say_in_dialog(said: Message, request: Request, deps: Deps) -> None:
    """Say something over Home or over a dialog, of which nothing is lost, or in place of what was said."""
    view = dialog(said, request)
    if request.source is RequestSource.HOME or request.view.get("callback_id") == MESSAGE_DIALOG_CALLBACK_ID:
        await _show(view, request, deps)
        return
    try:
        await deps.slack.views_push(view=carry_home_page(view, request), trigger_id=request.trigger_id)
    except SlackApiError as error:
        reason = error.response.get("error")
        if reason == "push_limit_reached":
            await _show(view, request, deps)
        elif reason in TOO_LATE:
            await _say(said, replace(request, trigger_id=""), deps)
        else:
            raise


def is_slack_response_url(url: str, api_url: str) -> bool:
    """Whether an address is one to answer to: of Slack's hooks, or of the stand-in whose Web API this is."""
    try:
        hook, slack = urlsplit(url), urlsplit(api_url)
    except ValueError:
        return False
    if hook.scheme == "https" and hook.netloc in HOOKS:
        return True
    return slack.hostname in HERE and (hook.scheme, hook.netloc) == (slack.scheme, slack.netloc)


async def _respond(said: Message, request: Request, deps: Deps) -> bool:
    if not is_slack_response_url(request.response_url, deps.slack.base_url):
        log.warning("a response_url that is not Slack's")
        return False
    webhook = AsyncWebhookClient(
        request.response_url, session=deps.slack.session, retry_handlers=[], timeout=TIMEOUT
    )
    body: dict[str, Any] = {"text": said.text, "response_type": "ephemeral", "replace_original": False}
    if request.thread_ts:  # or the answer to what was pressed in a thread would come outside of it
        body["thread_ts"] = request.thread_ts

    async def reply(blocks: Sequence[Block]) -> bool:
        answer = await webhook.send_dict({**body, "blocks": blocks})
        if answer.status_code != 200:
            log.info("response_url answered %s", answer.status_code)
        if INVALID_BLOCKS in answer.body:
            raise BlocksRejected
        return answer.status_code == 200

    try:
        return await send_message(said, request.team_id, deps, reply)
    except (BlocksRejected, *SLACK_UNREACHABLE) as error:
        log.info("response_url: %s", type(error).__name__)
        return False
