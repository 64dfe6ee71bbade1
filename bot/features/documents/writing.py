"""The job that writes the document of a value map: a Slack canvas in its channel, made where there is none.

Slack canvases that people wrote are never touched. A document is made empty and written after that. So where
Slack's answer to the making is lost, an empty canvas of the channel is as good as the one that was asked for,
and one with something in it is somebody else's.
"""

import logging
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.features.documents import blocks, store
from bot.features.documents.markdown import build_document, build_title
from bot.features.documents.model import DocumentSubject, read_subject
from bot.jobs.model import Job
from bot.jobs.posting import mark_posting
from bot.method.metrics import compute_metrics
from bot.slack.api_errors import SLACK_CALL_ERRORS, read_slack_error
from bot.slack.blockkit.builders import Message
from bot.slack.blockkit.text import escape_markdown
from bot.slack.deps import Deps
from bot.store import canvases, loading, workspaces
from bot.store.model import CanvasInfo

log = logging.getLogger(__name__)

CANVAS_NOT_FOUND_ERROR = "canvas_not_found"
CANVAS_EXISTS_ERROR = "channel_canvas_already_exists"
MAX_ATTEMPTS = 5  # half a minute in all, until whoever asked reads that it fails
# Somebody may make the channel's canvas between the look at it and our attempt; then it is looked at again.
MAX_CHANNEL_CANVAS_LOOKUPS = 2


class DocumentNotMade(Exception):
    """There is no document. The message says why, for a person."""


async def write_document(job: Job, deps: Deps) -> None:
    """Write the document of a value map, and make it first where there is none.

    Whoever asked for it reads what came of it. After a digest nobody asked: an error that is permanent waits
    for the next digest, and only that the document was deleted is said, to whoever started the value map.
    """
    subject = read_subject(job.subject)
    async with deps.db.reading(job.team_id) as session:
        canvas_info = await canvases.find_canvas(session, subject.canvas_id)
    if canvas_info is None or canvas_info.document_id is None:
        return
    try:
        document_id = canvas_info.document_id or await _make_document(job, deps, canvas_info)
        await _fill_document(job, deps, canvas_info, document_id)
    except DocumentNotMade as error:
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
    # A new document is empty, unless somebody typed into it at that moment: their text stays, below.
    operation = "replace" if canvas_info.document_id else "insert_at_start"
    write = {"operation": operation, "document_content": content}
    title = {"type": "markdown", "markdown": escape_markdown(build_title(canvas_info))}
    rename = {"operation": "rename", "title_content": title}
    for change in (write, rename):  # Slack takes one change in each call
        await deps.slack.canvases_edit(canvas_id=document_id, changes=[change])


async def _make_document(job: Job, deps: Deps, canvas_info: CanvasInfo) -> str:
    """Return the id of an empty Slack canvas: the channel's own, or one beside it. Raises DocumentNotMade."""
    title = build_title(canvas_info)
    for _ in range(MAX_CHANNEL_CANVAS_LOOKUPS):
        found = await _find_channel_canvas(deps, canvas_info.channel_id)
        if found and found.get("is_empty") and not await _is_document(job, deps, found["file_id"]):
            return str(found["file_id"])
        if found:
            break
        await mark_posting(job, deps)
        try:
            # The client's own method insists on a content.
            made = await deps.slack.api_call(
                "conversations.canvases.create", json={"channel_id": canvas_info.channel_id, "title": title}
            )
        except SlackApiError as error:
            if read_slack_error(error).reason != CANVAS_EXISTS_ERROR:
                raise
        else:
            return str(made["canvas_id"])
    # A canvas beside the channel's own that an earlier attempt may have made cannot be found again.
    if job.maybe_posted_since is not None:
        raise DocumentNotMade(blocks.MAYBE_MADE)
    await mark_posting(job, deps)
    made = await deps.slack.canvases_create(title=title, channel_id=canvas_info.channel_id)
    return str(made["canvas_id"])


async def _find_channel_canvas(deps: Deps, channel_id: str) -> dict[str, Any] | None:
    """Return what Slack says of the channel's own canvas: its `file_id`, and whether it `is_empty`."""
    channel: dict[str, Any] = (await deps.slack.conversations_info(channel=channel_id))["channel"]
    found: dict[str, Any] | None = (channel.get("properties") or {}).get("canvas")
    return found if found and found.get("file_id") else None


async def _is_document(job: Job, deps: Deps, slack_canvas_id: str) -> bool:
    """Return whether it is the document of another value map, which is made and not written yet."""
    async with deps.db.reading(job.team_id) as session:
        return await store.is_document(session, slack_canvas_id)


def _explain_failure(job: Job, canvas_info: CanvasInfo, error: SlackApiError) -> Message | None:
    """Return what to say about an error of Slack; None where the job is to be tried again."""
    slack_error = read_slack_error(error)
    if slack_error.retry_after is not None:
        return None
    if slack_error.reason == CANVAS_NOT_FOUND_ERROR:
        if canvas_info.document_id:
            return blocks.build_deleted_message(canvas_info)
        return blocks.build_failed_message(canvas_info, blocks.CHANNEL_CANVAS_CLOSED)
    reason = blocks.PERMANENT_REASONS.get(slack_error.reason)
    if reason is None and job.attempts >= MAX_ATTEMPTS:
        reason = blocks.TEMPORARY_REASONS.get(slack_error.reason, blocks.NOT_MADE)
    return blocks.build_failed_message(canvas_info, reason) if reason else None


async def _give_up(job: Job, deps: Deps, canvas_info: CanvasInfo, message: Message) -> None:
    """Leave the document as it is until the next digest; forget it where it was not made, or is deleted."""
    log.info("%s: document not written", job.key)
    is_final = not canvas_info.document_id or message == blocks.build_deleted_message(canvas_info)
    if is_final:
        async with deps.db.transaction(job.team_id) as session:
            await store.clear_document(session, canvas_info.id)
    if is_final or read_subject(job.subject).requester_id:
        await _notify(job, deps, canvas_info, message)


async def _notify(job: Job, deps: Deps, canvas_info: CanvasInfo, message: Message) -> None:
    """Send a message to whoever asked, where they asked; to the starter, in the channel, where nobody did.

    A failure is only logged: the document matters more than the message about it.
    """
    subject = read_subject(job.subject)
    if not subject.requester_id:
        subject = DocumentSubject(canvas_info.id, canvas_info.starter_id, canvas_info.channel_id)
    try:
        if subject.channel_id:
            await deps.slack.chat_postEphemeral(
                channel=subject.channel_id, user=subject.requester_id, text=message.text, blocks=message.blocks
            )
        else:
            await deps.slack.chat_postMessage(
                channel=subject.requester_id, text=message.text, blocks=message.blocks, parse="none"
            )
    except SLACK_CALL_ERRORS as error:
        log.info("%s: message not sent: %s", job.key, type(error).__name__)


async def _build_document_url(deps: Deps, team_id: str, document_id: str) -> str:
    """Return the address of the document; "" while the workspace's own is unknown."""
    async with deps.db.reading(team_id) as session:
        workspace = await workspaces.find_workspace(session, team_id)
    if workspace is None or not workspace.url:
        return ""
    return f"{workspace.url.rstrip('/')}/docs/{team_id}/{document_id}"
