"""The Web API methods of Slack canvases, each refusing what Slack refuses.

Not played: sections of a canvas, and who may read one.
"""

import re
from typing import Any

from bot.fake_slack.models import (
    BOT_USER_ID,
    ApiArguments,
    ApiResponse,
    FakeSlackError,
    SlackCanvas,
    SlackChannel,
)
from bot.fake_slack.server.workspace import FakeWorkspace

MAX_CANVAS_BYTES = 1_048_576
MARKDOWN_ESCAPE = re.compile(r"\\([^\w\s])")
# Slack refuses a list in a block quote, without a word about it in its documentation.
LIST_IN_QUOTE = re.compile(r"^ {0,3}> ?([-*+]|\d+[.)]) ", re.MULTILINE)


def create_canvas(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """canvases.create: a canvas, shown as another tab of a channel where one is named."""
    if not args.get("channel_id") and slack.is_free_plan:
        raise FakeSlackError("free_teams_cannot_create_non_tabbed_canvases")
    channel = _require_visible_channel(slack, args["channel_id"]) if args.get("channel_id") else None
    if channel and slack.is_free_plan and slack.canvases_in_channel(channel.id):
        raise FakeSlackError("free_team_canvas_tab_already_exists")
    return _store_new_canvas(slack, args, channel.id if channel else "", is_channel_canvas=False)


def create_channel_canvas(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """conversations.canvases.create: the one channel canvas."""
    channel = _require_visible_channel(slack, args["channel_id"])
    if find_channel_canvas(slack, channel.id):
        raise FakeSlackError("channel_canvas_already_exists")
    return _store_new_canvas(slack, args, channel.id, is_channel_canvas=True)


def edit_canvas(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """canvases.edit, with one change in a call."""
    canvas = slack.canvases.get(args["canvas_id"])
    if canvas is None:
        raise FakeSlackError("canvas_not_found")
    if len(args["changes"]) != 1:
        raise FakeSlackError("invalid_arguments", "one change a call")
    (change,) = args["changes"]
    if change.get("section_id"):
        raise FakeSlackError("invalid_arguments", "the fake Slack has no sections")
    if change["operation"] == "rename":
        canvas.title = MARKDOWN_ESCAPE.sub(
            r"\1", _read_markdown(change["title_content"], "canvas_editing_failed")
        )
    else:
        canvas.markdown = _apply_change(canvas.markdown, change)
    slack.store_canvas(canvas)
    return {}


def _apply_change(before: str, change: ApiArguments) -> str:
    added = _read_markdown(change["document_content"], "canvas_editing_failed")
    match change["operation"]:
        case "replace":
            after = added
        case "insert_at_start":
            after = f"{added}\n\n{before}".strip()
        case "insert_at_end":
            after = f"{before}\n\n{added}".strip()
        case other:
            raise FakeSlackError("invalid_arguments", f"the fake Slack has no operation {other}")
    if len(after.encode()) > MAX_CANVAS_BYTES:
        raise FakeSlackError("canvas_too_large")
    return after


def find_channel_canvas(slack: FakeWorkspace, channel_id: str) -> SlackCanvas | None:
    return next(
        (canvas for canvas in slack.canvases_in_channel(channel_id) if canvas.is_channel_canvas), None
    )


def channel_properties(slack: FakeWorkspace, channel_id: str) -> dict[str, Any]:
    """Return the properties of a channel in conversations.info: its channel canvas, if it has one."""
    own = find_channel_canvas(slack, channel_id)
    return {"canvas": {"file_id": own.id, "is_empty": not own.markdown}} if own else {}


def _store_new_canvas(
    slack: FakeWorkspace, args: ApiArguments, channel_id: str, *, is_channel_canvas: bool
) -> ApiResponse:
    content = args.get("document_content")
    markdown = _read_markdown(content, "canvas_creation_failed") if content else ""
    canvas_id = f"F{slack.next_number()}"
    slack.store_canvas(
        SlackCanvas(canvas_id, args.get("title") or "", markdown, channel_id, BOT_USER_ID, is_channel_canvas)
    )
    return {"canvas_id": canvas_id}


def _read_markdown(content: ApiArguments, error: str) -> str:
    if content.get("type") != "markdown":
        raise FakeSlackError("invalid_arguments", "canvases take markdown alone")
    markdown: str = content["markdown"]
    if LIST_IN_QUOTE.search(markdown):
        raise FakeSlackError(error, "a list in a block quote")
    return markdown


def _require_visible_channel(slack: FakeWorkspace, channel_id: str) -> SlackChannel:
    channel = slack.channels.get(channel_id)
    if channel is None or (channel.is_private and BOT_USER_ID not in channel.member_ids):
        raise FakeSlackError("channel_not_found")
    if channel.is_archived:
        raise FakeSlackError("is_archived")
    return channel
