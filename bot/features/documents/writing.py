"""The job that writes the document of a value map: a Slack canvas in its channel, created if there is none.

The bot never changes a Slack canvas that people wrote. It creates a document empty and writes it in a second
call. So if Slack's answer to the creation is lost, the next attempt can use the channel's canvas if it is
empty; if it is not, somebody else wrote it.
"""

import logging
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.features.documents import blocks, store
from bot.features.documents.markdown import build_document, build_title
from bot.features.documents.model import DocumentSubject, parse_subject
from bot.jobs.model import Job
from bot.jobs.posting import mark_posting
from bot.method.metrics import compute_metrics
from bot.slack.api_errors import SLACK_CALL_ERRORS, read_slack_error
from bot.slack.blockkit.builders import Message
from bot.slack.blockkit.text import escape_markdown
from bot.slack.deps import Deps
from bot.store import canvases as canvas_store, loading, workspaces as workspace_store
from bot.store.model import CanvasInfo

log = logging.getLogger(__name__)

CANVAS_NOT_FOUND_ERROR = "canvas_not_found"
CANVAS_EXISTS_ERROR = "channel_canvas_already_exists"
MAX_ATTEMPTS = 5  # about half a minute in all; then the requester reads that it failed
# Somebody may create the channel's canvas between our lookup and our attempt; then it is looked up again.
MAX_CHANNEL_CANVAS_LOOKUPS = 2


class DocumentNotCreated(Exception):
    """There is no document. The message is the reason that the user reads."""


async def write_document(job: Job, deps: Deps) -> None:
    """Write the document of a value map; create it first if there is none.

    The requester reads whether it worked. After a digest there is no requester: a permanent error is only
    logged, and the next digest tries again; if the document was deleted, the canvas's starter reads that.
    """
    subject = parse_subject(job.subject)
    async with deps.db.reading(job.team_id) as session:
        canvas_info = await canvas_store.find_canvas(session, subject.canvas_id)
    if canvas_info is None or canvas_info.document_id is None:
        return
    try:
        document_id = canvas_info.document_id or await _create_document(job, deps, canvas_info)
        await _fill_document(job, deps, canvas_info, document_id)
    except DocumentNotCreated as error:
        await _give_up(job, deps, canvas_info, blocks.build_failed_message(canvas_info, str(error)))
    except SlackApiError as error:
        message = _explain_failure(job, canvas_info, error)
        if message is None:
            raise
        await _give_up(job, deps, canvas_info, message)
    else:
        if subject.requester_id:
            url = await _build_document_url(deps, job.team_id, document_id)
            await _notify(job, deps, canvas_info, blocks.build_written_message(canvas_info, url))


async def _fill_document(job: Job, deps: Deps, canvas_info: CanvasInfo, document_id: str) -> None:
    """Write the text and the title of the document."""
    async with deps.db.transaction(job.team_id) as session:
        await store.set_document_id(session, canvas_info.id, document_id)
        metrics = compute_metrics(await loading.load_canvas(session, canvas_info.id))
    content = {"type": "markdown", "markdown": build_document(canvas_info, metrics, deps.clock())}
    # Somebody may have typed into the new document already: their text stays, below ours.
    operation = "replace" if canvas_info.document_id else "insert_at_start"
    text_change = {"operation": operation, "document_content": content}
    title = {"type": "markdown", "markdown": escape_markdown(build_title(canvas_info))}
    title_change = {"operation": "rename", "title_content": title}
    for change in (text_change, title_change):  # Slack accepts one change per call
        await deps.slack.canvases_edit(canvas_id=document_id, changes=[change])


async def _create_document(job: Job, deps: Deps, canvas_info: CanvasInfo) -> str:
    """Return the id of an empty Slack canvas: the channel's own, or one beside it.

    Raises DocumentNotCreated if an earlier attempt may have created one that cannot be found.
    """
    title = build_title(canvas_info)
    for _ in range(MAX_CHANNEL_CANVAS_LOOKUPS):
        channel_canvas = await _find_channel_canvas(deps, canvas_info.channel_id)
        if (
            channel_canvas
            and channel_canvas.get("is_empty")
            and not await _is_document(job, deps, channel_canvas["file_id"])
        ):
            return str(channel_canvas["file_id"])
        if channel_canvas:
            break
        await mark_posting(job, deps)
        try:
            # Not the client's own method, since that requires a content.
            created = await deps.slack.api_call(
                "conversations.canvases.create", json={"channel_id": canvas_info.channel_id, "title": title}
            )
        except SlackApiError as error:
            if read_slack_error(error).reason != CANVAS_EXISTS_ERROR:
                raise
        else:
            return str(created["canvas_id"])
    # Slack does not list the canvases beside the channel's own, so one of an earlier attempt cannot be found.
    if job.maybe_posted_since is not None:
        raise DocumentNotCreated(blocks.MAYBE_CREATED)
    await mark_posting(job, deps)
    created = await deps.slack.canvases_create(title=title, channel_id=canvas_info.channel_id)
    return str(created["canvas_id"])


async def _find_channel_canvas(deps: Deps, channel_id: str) -> dict[str, Any] | None:
    """Return Slack's properties of the channel's own canvas, `file_id` and `is_empty`; None without one."""
    channel: dict[str, Any] = (await deps.slack.conversations_info(channel=channel_id))["channel"]
    channel_canvas: dict[str, Any] | None = (channel.get("properties") or {}).get("canvas")
    return channel_canvas if channel_canvas and channel_canvas.get("file_id") else None


async def _is_document(job: Job, deps: Deps, slack_canvas_id: str) -> bool:
    """Return whether an empty Slack canvas is another value map's document, created and not written yet."""
    async with deps.db.reading(job.team_id) as session:
        return await store.is_document(session, slack_canvas_id)


def _explain_failure(job: Job, canvas_info: CanvasInfo, error: SlackApiError) -> Message | None:
    """Return the message about an error of Slack; None if the job is to be retried."""
    slack_error = read_slack_error(error)
    if slack_error.is_temporary:
        return None
    if slack_error.reason == CANVAS_NOT_FOUND_ERROR:
        if canvas_info.document_id:
            return blocks.build_deleted_message(canvas_info)
        return blocks.build_failed_message(canvas_info, blocks.CHANNEL_CANVAS_CLOSED)
    reason = blocks.PERMANENT_REASONS.get(slack_error.reason)
    if reason is None and job.attempts >= MAX_ATTEMPTS:
        reason = blocks.TEMPORARY_REASONS.get(slack_error.reason, blocks.NOT_CREATED)
    return blocks.build_failed_message(canvas_info, reason) if reason else None


async def _give_up(job: Job, deps: Deps, canvas_info: CanvasInfo, message: Message) -> None:
    """Stop writing until the next digest; clear the document if it was not created or is deleted."""
    log.info("%s: document not written", job.key)
    is_final = not canvas_info.document_id or message == blocks.build_deleted_message(canvas_info)
    if is_final:
        async with deps.db.transaction(job.team_id) as session:
            await store.clear_document(session, canvas_info.id)
    if is_final or parse_subject(job.subject).requester_id:
        await _notify(job, deps, canvas_info, message)


async def _notify(job: Job, deps: Deps, canvas_info: CanvasInfo, message: Message) -> None:
    """Send a message to the requester, where they asked; without a requester, to the canvas's starter.

    A failure is only logged: the document matters more than the message about it.
    """
    subject = parse_subject(job.subject)
    if not subject.requester_id:
        subject = DocumentSubject(canvas_info.id, canvas_info.starter_id, canvas_info.channel_id)
    try:
        if subject.channel_id:
            await deps.slack.chat_postEphemeral(
                channel=subject.channel_id,
                user=subject.requester_id,
                text=message.text,
                blocks=message.blocks,
            )
        else:
            await deps.slack.chat_postMessage(
                channel=subject.requester_id, text=message.text, blocks=message.blocks, parse="none"
            )
    except SLACK_CALL_ERRORS as error:
        log.info("%s: message not sent: %s", job.key, type(error).__name__)


async def _build_document_url(deps: Deps, team_id: str, document_id: str) -> str:
    """Return the URL of the document; "" while the workspace's own URL is unknown."""
    async with deps.db.reading(team_id) as session:
        workspace = await workspace_store.find_workspace(session, team_id)
    if workspace is None or not workspace.url:
        return ""
    return f"{workspace.url.rstrip('/')}/docs/{team_id}/{document_id}"
