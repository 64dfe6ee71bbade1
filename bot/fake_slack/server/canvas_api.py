"""Slack's canvases, the documents of a channel: their methods, each refusing what Slack refuses.

The stand-in knows whole canvases: of their sections and of who may read them it knows nothing.
"""

import re
from typing import Any

from bot.fake_slack.models import BOT_USER_ID, ApiResponse, ApiArguments, SlackChannel, SlackCanvas, FakeSlackError
from bot.fake_slack.server.workspace import FakeWorkspace

MOST = 1_048_576  # bytes of a canvas
ESCAPED = re.compile(r"\\([^\w\s])")  # in Markdown
LIST_IN_QUOTE = re.compile(r"^ {0,3}> ?([-*+]|\d+[.)]) ", re.MULTILINE)


def create(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """A canvas on its own, as another tab of a channel where one is named."""
    if not args.get("channel_id") and slack.is_free_plan:
        raise FakeSlackError("free_teams_cannot_create_non_tabbed_canvases")
    channel = _open_to_bot(slack, args["channel_id"]) if args.get("channel_id") else None
    if channel and slack.is_free_plan and slack.canvases_in_channel(channel.id):
        raise FakeSlackError("free_team_canvas_tab_already_exists")
    return _made(slack, args, channel.id if channel else "", is_channels_own=False)


def create_in_channel(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """The one canvas that is the channel's own."""
    channel = _open_to_bot(slack, args["channel_id"])
    if channels_own(slack, channel.id):
        raise FakeSlackError("channel_canvas_already_exists")
    return _made(slack, args, channel.id, is_channels_own=True)


def edit(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    document = slack.canvases.get(args["canvas_id"])
    if document is None:
        raise FakeSlackError("canvas_not_found")
    if len(args["changes"]) != 1:
        raise FakeSlackError("invalid_arguments", "one change a call")
    (change,) = args["changes"]
    if change.get("section_id"):
        raise FakeSlackError("invalid_arguments", "the stand-in knows no sections")
    if change["operation"] == "rename":
        document.title = ESCAPED.sub(r"\1", _markdown(change["title_content"], "canvas_editing_failed"))
    else:
        document.markdown = _changed(document.markdown, change)
    slack.store_canvas(document)
    return {}


def _changed(before: str, change: ApiArguments) -> str:
    added = _markdown(change["document_content"], "canvas_editing_failed")
    match change["operation"]:
        case "replace":
            after = added
        case "insert_at_start":
            after = f"{added}\n\n{before}".strip()
        case "insert_at_end":
            after = f"{before}\n\n{added}".strip()
        case other:
            raise FakeSlackError("invalid_arguments", f"the stand-in knows no operation {other}")
    if len(after.encode()) > MOST:
        raise FakeSlackError("canvas_too_large")
    return after


def channels_own(slack: FakeWorkspace, channel: str) -> SlackCanvas | None:
    return next((one for one in slack.canvases_in_channel(channel) if one.is_channel_canvas), None)


def properties(slack: FakeWorkspace, channel: str) -> dict[str, Any]:
    """Return what a channel says of its own canvas; nothing where it has none."""
    own = channels_own(slack, channel)
    return {"canvas": {"file_id": own.id, "is_empty": not own.markdown}} if own else {}


def _made(slack: FakeWorkspace, args: ApiArguments, channel: str, *, is_channels_own: bool) -> ApiResponse:
    content = args.get("document_content")
    markdown = _markdown(content, "canvas_creation_failed") if content else ""
    key = f"F{slack.next_number()}"
    slack.store_canvas(SlackCanvas(key, args.get("title") or "", markdown, channel, BOT_USER_ID, is_channels_own))
    return {"canvas_id": key}


def _markdown(content: ApiArguments, refusal: str) -> str:
    if content.get("type") != "markdown":
        raise FakeSlackError("invalid_arguments", "canvases take markdown alone")
    markdown: str = content["markdown"]
    if LIST_IN_QUOTE.search(markdown):
        raise FakeSlackError(refusal, "a list in a block quote")
    return markdown


def _open_to_bot(slack: FakeWorkspace, key: str) -> SlackChannel:
    channel = slack.channels.get(key)
    if channel is None or (channel.is_private and BOT_USER_ID not in channel.member_ids):
        raise FakeSlackError("channel_not_found")
    if channel.is_archived:
        raise FakeSlackError("is_archived")
    return channel
