"""The messages about the document of a value map. Pure."""

from collections.abc import Mapping

from bot.slack.blockkit.builders import Message, build_message
from bot.slack.blockkit.text import escape, format_link
from bot.slack.scopes import describe_lacking_scope
from bot.store.model import CanvasInfo

_FREE_PLAN = "Slack's free plan allows no canvas here, or no other one beside the one that this channel has"
NOT_CREATED = "Slack tried several times and could not make it"
# Errors of Slack that no retry helps, as a user reads them.
PERMANENT_REASONS: Mapping[str, str] = {
    "missing_scope": describe_lacking_scope(["canvases:write"]),
    "team_tier_cannot_create_channel_canvases": "your Slack plan has no canvases in channels",
    "free_team_canvas_tab_already_exists": _FREE_PLAN,
    "free_teams_cannot_create_non_tabbed_canvases": _FREE_PLAN,
    "free_teams_cannot_create_standalone_canvases": _FREE_PLAN,
    "free_teams_cannot_edit_standalone_canvases": _FREE_PLAN,
    "canvas_disabled_user_team": "canvases are turned off in this workspace",
    "restricted_action": "the rules of this workspace or channel don't let me",
    "channel_not_found": "I'm not in its channel",
    "not_in_channel": "I'm not in its channel",
    "is_archived": "its channel is archived",
}
# Errors of Slack that several attempts may help, as a user reads them after the last one.
TEMPORARY_REASONS: Mapping[str, str] = {
    "canvas_creation_failed": NOT_CREATED,
    "canvas_tab_creation_failed": NOT_CREATED,
    "channel_canvas_creation_failed": NOT_CREATED,
    "canvas_editing_failed": "Slack tried several times and could not write it",
    "canvas_editing_locked": "somebody or something has kept it locked for a while",
    "canvas_too_large": "Slack says it is too large",
}
CHANNEL_CANVAS_CLOSED = "Slack does not let me write into this channel's canvas"
MAYBE_CREATED = (
    "Slack did not say whether it made one, and I won't risk a second: look at the channel's tabs, delete an "
    "empty one if it is there, and ask me again"
)


def build_requested_message(canvas_info: CanvasInfo) -> Message:
    """Return the answer to the member who requested a document or its update."""
    if canvas_info.document_id:
        return build_message(f"I'm bringing the document of *{escape(canvas_info.title)}* up to date.")
    return build_message(
        f"I'm making a document of *{escape(canvas_info.title)}*: it comes as a canvas among the "
        f"channel's tabs, and I tell you when it is there."
    )


def build_written_message(canvas_info: CanvasInfo, url: str) -> Message:
    """Return the message that a document is written; `url` is "" while its address is unknown."""
    how_to_find = f"{format_link(url, 'Open it')}, or find it" if url else "Find it"
    return build_message(
        f"*{escape(canvas_info.title)}* is kept as a document. {how_to_find} among the channel's tabs. "
        f"Each digest overwrites this page: don't edit it."
    )


def build_failed_message(canvas_info: CanvasInfo, reason: str) -> Message:
    """Return why there is no document or why it is not up to date."""
    title = escape(canvas_info.title)
    if canvas_info.document_id:
        problem = f"The document of *{title}* is not up to date"
    else:
        problem = f"I can't keep *{title}* as a document"
    return build_message(
        f"{problem}: {reason}. Everything else goes on without it; `/valuemap export md` "
        f"gives you the same as a file."
    )


def build_deleted_message(canvas_info: CanvasInfo) -> Message:
    """Return the message that somebody deleted the Slack canvas of the document."""
    return build_message(
        f"The document of *{escape(canvas_info.title)}* was deleted in Slack, so I don't keep it any more. "
        f"`/valuemap show` offers a new one."
    )


def build_stopped_message(canvas_info: CanvasInfo) -> Message:
    """Return the answer to the member who stopped keeping a document."""
    return build_message(
        f"I don't keep the document of *{escape(canvas_info.title)}* any more. It stays in the channel "
        f"as it is now, and is yours to change or delete."
    )


def build_no_document_message(canvas_info: CanvasInfo) -> Message:
    """Return the answer to the member who stops a document that is not kept."""
    return build_message(f"*{escape(canvas_info.title)}* is not kept as a document.")
