"""Making the document of a value map, and writing it. Canvases that people wrote are never touched.

A document is made empty and written after that. So where Slack's answer to the making was lost, an empty
canvas in the channel is as good as ours, and one with something in it is not ours.
"""

import logging
from http import HTTPStatus
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.features.documents import blocks, store
from bot.features.documents.markdown import build_document, title
from bot.features.documents.model import DOCUMENT_JOB
from bot.jobs import store as jobs
from bot.jobs.model import Job
from bot.jobs.posting import mark_posting
from bot.method.metrics import compute_metrics
from bot.slack.blockkit.builders import Message
from bot.slack.blockkit.text import escape_markdown
from bot.slack.deps import Deps
from bot.slack.outgoing.errors import SLACK_CALL_ERRORS
from bot.slack.request import Request
from bot.store import canvases, loading, workspaces
from bot.store.model import CanvasInfo

log = logging.getLogger(__name__)

GONE = "canvas_not_found"
PATIENCE = 5  # attempts, half a minute in all, until whoever asked hears that it fails
LOOKS = 2  # at the channel's canvas: it may come to be between a look and the making


class NotMade(Exception):
    """There is no document, and the message says why."""


async def ask(request: Request, deps: Deps, head: CanvasInfo) -> None:
    """Let a value map be kept as a document, or its document be brought up to date."""
    told_in = "" if request.is_direct else request.channel_id
    async with deps.db.transaction(request.team_id) as session:
        await store.want(session, head.id)
        subject = f"{head.id}:{request.user_id}:{told_in}"
        await jobs.enqueue(session, DOCUMENT_JOB, [subject], head.channel_id, deps.clock())


async def stop(request: Request, deps: Deps, head: CanvasInfo) -> None:
    async with deps.db.transaction(request.team_id) as session:
        await store.forget(session, head.id)


async def write_document(job: Job, deps: Deps) -> None:
    """Do the errand of writing a value map's document, which is made first where there is none yet.

    Whoever asked for it is told what came of it. After a digest nobody asked: what Slack refuses for good is
    left until the next one, and that it was deleted is told to whoever started the value map.
    """
    canvas, _, asker = job.subject.partition(":")
    async with deps.db.reading(job.team_id) as session:
        head = await canvases.find_canvas(session, int(canvas))
    if head is None or head.document_id is None:
        return
    try:
        made = head.document_id or await _make(job, deps, head)
        await _write(job, deps, head, made)
    except NotMade as why:
        await _give_up(job, deps, head, blocks.refused(head, str(why)))
    except SlackApiError as error:
        says = _says(job, head, error)
        if says is None:
            raise
        await _give_up(job, deps, head, says)
    else:
        if asker:
            await _tell(job, deps, head, blocks.kept(head, await _link(deps, job.team_id, made)))


async def _write(job: Job, deps: Deps, head: CanvasInfo, made: str) -> None:
    """Write the document; into one that was just made, before whatever somebody typed at that moment."""
    async with deps.db.transaction(job.team_id) as session:
        await store.note(session, head.id, made)
        now = compute_metrics(await loading.load_canvas(session, head.id))
    content = {"type": "markdown", "markdown": build_document(head, now, deps.clock())}
    operation = "replace" if head.document_id else "insert_at_start"
    changes = [{"operation": operation, "document_content": content}]
    await deps.slack.canvases_edit(canvas_id=made, changes=changes)
    name = {"type": "markdown", "markdown": escape_markdown(title(head))}
    await deps.slack.canvases_edit(canvas_id=made, changes=[{"operation": "rename", "title_content": name}])


async def _make(job: Job, deps: Deps, head: CanvasInfo) -> str:
    """Return a canvas with nothing in it: the channel's, else one beside it."""
    for _ in range(LOOKS):
        there = await _channel_canvas(deps, head.channel_id)
        if there and there.get("is_empty") and not await _is_anothers(job, deps, there["file_id"]):
            return str(there["file_id"])
        if there:
            break
        await mark_posting(job, deps)
        try:
            # The client has no way of its own to leave the content out.
            made = await deps.slack.api_call(
                "conversations.canvases.create", json={"channel_id": head.channel_id, "title": title(head)}
            )
        except SlackApiError as error:
            if _name(error) != "channel_canvas_already_exists":
                raise
        else:
            return str(made["canvas_id"])
    if job.maybe_posted_since is not None:
        raise NotMade(blocks.UNKNOWN)
    await mark_posting(job, deps)
    made = await deps.slack.canvases_create(title=title(head), channel_id=head.channel_id)
    return str(made["canvas_id"])


async def _channel_canvas(deps: Deps, channel: str) -> dict[str, Any] | None:
    answer = await deps.slack.conversations_info(channel=channel)
    about: dict[str, Any] = answer["channel"]
    found: dict[str, Any] | None = (about.get("properties") or {}).get("canvas")
    return found if found and found.get("file_id") else None


async def _is_anothers(job: Job, deps: Deps, canvas: str) -> bool:
    """Whether it is another value map's document, which is still to be written."""
    async with deps.db.reading(job.team_id) as session:
        return await store.holds(session, canvas)


def _says(job: Job, head: CanvasInfo, error: SlackApiError) -> Message | None:
    """Return what to say of a refusal; None where it is of use to try again."""
    if error.response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return None
    name = _name(error)
    if name == GONE:
        return blocks.gone(head) if head.document_id else blocks.refused(head, blocks.CLOSED)
    why = blocks.REFUSALS.get(name)
    if why is None and job.attempts >= PATIENCE:
        why = blocks.FAILURES.get(name, blocks.FAILED)
    return blocks.refused(head, why) if why else None


def _name(error: SlackApiError) -> str:
    """Return Slack's name for what is wrong; "" where the answer was none of Slack's own."""
    data: Any = error.response.data
    return str(data.get("error", "")) if isinstance(data, dict) else ""


async def _give_up(job: Job, deps: Deps, head: CanvasInfo, says: Message) -> None:
    """Do without: until the next digest, or for good where there was no document yet or is none any more."""
    log.info("%s: the document is not written", job.key)
    is_over = not head.document_id or says == blocks.gone(head)
    if is_over:
        async with deps.db.transaction(job.team_id) as session:
            await store.forget(session, head.id)
    if is_over or ":" in job.subject:
        await _tell(job, deps, head, says)


async def _tell(job: Job, deps: Deps, head: CanvasInfo, said: Message) -> None:
    """Tell whoever asked, where they asked, or the starter where nobody did. Telling is not tried again."""
    _, _, asked = job.subject.partition(":")
    user, _, channel = asked.partition(":") if asked else (head.starter_id, "", head.channel_id)
    try:
        if channel:
            await deps.slack.chat_postEphemeral(
                channel=channel, user=user, text=said.text, blocks=said.blocks
            )
        else:
            await deps.slack.chat_postMessage(channel=user, text=said.text, blocks=said.blocks, parse="none")
    except SLACK_CALL_ERRORS as error:
        log.info("%s: not told: %s", job.key, type(error).__name__)


async def _link(deps: Deps, team: str, made: str) -> str:
    async with deps.db.reading(team) as session:
        workspace = await workspaces.find_workspace(session, team)
    return f"{workspace.url.rstrip('/')}/docs/{team}/{made}" if workspace and workspace.url else ""
