"""Slack's canvases, the documents of a channel: their methods, each refusing what Slack refuses.

The stand-in knows whole canvases: of their sections and of who may read them it knows nothing.
"""

import re
from typing import Any

from bot.fake_slack.things import BOT, Answer, Args, Channel, Document, Refused
from bot.fake_slack.workspace import Workspace

MOST = 1_048_576  # bytes of a canvas
ESCAPED = re.compile(r"\\([^\w\s])")  # in Markdown
LIST_IN_QUOTE = re.compile(r"^ {0,3}> ?([-*+]|\d+[.)]) ", re.MULTILINE)


def create(slack: Workspace, args: Args) -> Answer:
    """A canvas on its own, as another tab of a channel where one is named."""
    if not args.get("channel_id") and slack.is_free:
        raise Refused("free_teams_cannot_create_non_tabbed_canvases")
    channel = _open_to_bot(slack, args["channel_id"]) if args.get("channel_id") else None
    if channel and slack.is_free and slack.documents_of(channel.id):
        raise Refused("free_team_canvas_tab_already_exists")
    return _made(slack, args, channel.id if channel else "", is_channels_own=False)


def create_in_channel(slack: Workspace, args: Args) -> Answer:
    """The one canvas that is the channel's own."""
    channel = _open_to_bot(slack, args["channel_id"])
    if channels_own(slack, channel.id):
        raise Refused("channel_canvas_already_exists")
    return _made(slack, args, channel.id, is_channels_own=True)


def edit(slack: Workspace, args: Args) -> Answer:
    document = slack.documents.get(args["canvas_id"])
    if document is None:
        raise Refused("canvas_not_found")
    if len(args["changes"]) != 1:
        raise Refused("invalid_arguments", "one change a call")
    (change,) = args["changes"]
    if change.get("section_id"):
        raise Refused("invalid_arguments", "the stand-in knows no sections")
    if change["operation"] == "rename":
        document.title = ESCAPED.sub(r"\1", _markdown(change["title_content"], "canvas_editing_failed"))
    else:
        document.markdown = _changed(document.markdown, change)
    slack.keep(document)
    return {}


def _changed(before: str, change: Args) -> str:
    added = _markdown(change["document_content"], "canvas_editing_failed")
    match change["operation"]:
        case "replace":
            after = added
        case "insert_at_start":
            after = f"{added}\n\n{before}".strip()
        case "insert_at_end":
            after = f"{before}\n\n{added}".strip()
        case other:
            raise Refused("invalid_arguments", f"the stand-in knows no operation {other}")
    if len(after.encode()) > MOST:
        raise Refused("canvas_too_large")
    return after


def channels_own(slack: Workspace, channel: str) -> Document | None:
    return next((one for one in slack.documents_of(channel) if one.is_channels_own), None)


def properties(slack: Workspace, channel: str) -> dict[str, Any]:
    """Return what a channel says of its own canvas; nothing where it has none."""
    own = channels_own(slack, channel)
    return {"canvas": {"file_id": own.id, "is_empty": not own.markdown}} if own else {}


def _made(slack: Workspace, args: Args, channel: str, *, is_channels_own: bool) -> Answer:
    content = args.get("document_content")
    markdown = _markdown(content, "canvas_creation_failed") if content else ""
    key = f"F{slack.number()}"
    slack.keep(Document(key, args.get("title") or "", markdown, channel, BOT, is_channels_own))
    return {"canvas_id": key}


def _markdown(content: Args, refusal: str) -> str:
    if content.get("type") != "markdown":
        raise Refused("invalid_arguments", "canvases take markdown alone")
    markdown: str = content["markdown"]
    if LIST_IN_QUOTE.search(markdown):
        raise Refused(refusal, "a list in a block quote")
    return markdown


def _open_to_bot(slack: Workspace, key: str) -> Channel:
    channel = slack.channels.get(key)
    if channel is None or (channel.private and BOT not in channel.members):
        raise Refused("channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    return channel
