"""Bringing an answer to the person who asked, by the way that the request came."""

import logging
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.kit.blocks import Message, actions, message, run, section
from bot.kit.request import Answer, Deps, FieldErrors, Modal, Request, Via

log = logging.getLogger(__name__)

TIMEOUT = 10  # seconds


async def deliver(answer: Answer, request: Request, deps: Deps) -> None:
    """Bring the answer; where one way is closed, try the next."""
    match answer:
        case Message():
            await _say(answer, request, deps)
        case Modal(view):
            await _show(view, request, deps)
        case FieldErrors() | None:
            pass


async def _show(view: dict[str, Any], request: Request, deps: Deps) -> None:
    try:
        if request.via is Via.VIEW:
            await deps.slack.views_update(
                view=view, view_id=request.view["id"], hash=request.view.get("hash")
            )
        elif request.trigger:
            await deps.slack.views_open(view=view, trigger_id=request.trigger)
        else:
            await _say(_form_button("That needs a form.", request), request, deps)
    except SlackApiError as error:
        reason = error.response.get("error")
        if reason in {"expired_trigger_id", "exchanged_trigger_id"}:
            await _say(_form_button("Slack was too slow to open the form.", request), request, deps)
        elif reason in {"hash_conflict", "not_found"}:
            log.info("a view changed or closed before its update: %s", reason)
        else:
            raise


def _form_button(says: str, request: Request) -> Message:
    return message(
        f"{says} Press the button to open it.",
        section(f"{says} Press the button to open it."),
        actions(run("Open the form", request.typed, request.canvas, style="primary")),
    )


async def _say(said: Message, request: Request, deps: Deps) -> None:
    if request.response_url and await _respond(said, request, deps):
        return
    if request.channel and request.via not in {Via.DIRECT, Via.HOME}:
        try:
            await deps.slack.chat_postEphemeral(
                channel=request.channel,
                user=request.user,
                text=said.text,
                blocks=said.blocks,
                thread_ts=request.thread or None,
            )
        except SlackApiError as error:
            log.info("no ephemeral answer in the channel: %s", error.response.get("error"))
        else:
            return
    # A user's id as the channel is the direct message with that user.
    await deps.slack.chat_postMessage(
        channel=request.user,
        text=said.text,
        blocks=said.blocks,
        unfurl_links=False,
        unfurl_media=False,
        parse="none",
    )


async def _respond(said: Message, request: Request, deps: Deps) -> bool:
    webhook = AsyncWebhookClient(
        request.response_url, session=deps.slack.session, retry_handlers=[], timeout=TIMEOUT
    )
    body: dict[str, Any] = {
        "text": said.text,
        "blocks": said.blocks,
        "response_type": "ephemeral",
        "replace_original": False,
    }
    if request.thread:  # or the answer to what was pressed in a thread would come outside of it
        body["thread_ts"] = request.thread
    try:
        answer = await webhook.send_dict(body)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.info("response_url: %s", type(error).__name__)
        return False
    if answer.status_code != 200:
        log.info("response_url answered %s: %s", answer.status_code, answer.body[:200])
    return answer.status_code == 200
