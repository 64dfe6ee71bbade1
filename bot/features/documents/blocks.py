"""What people read about the document of a value map. Pure."""

from collections.abc import Mapping

from bot.slack.blockkit.builders import Message, build_message
from bot.slack.blockkit.text import escape, format_link
from bot.store.model import CanvasInfo

_FREE_PLAN = "Slack's free plan allows no canvas here, or no other one beside the one that this channel has"
NOT_MADE = "Slack tried several times and could not make it"
# Errors of Slack that another attempt does not get past, and what they mean for a person.
PERMANENT_REASONS: Mapping[str, str] = {
    "missing_scope": "I lack the permission `canvases:write`, which whoever runs me can give me in the app's "
    "settings",
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
# Errors of Slack that are given up after several attempts.
TEMPORARY_REASONS: Mapping[str, str] = {
    "canvas_creation_failed": NOT_MADE,
    "canvas_tab_creation_failed": NOT_MADE,
    "channel_canvas_creation_failed": NOT_MADE,
    "canvas_editing_failed": "Slack tried several times and could not write it",
    "canvas_editing_locked": "somebody or something has kept it locked for a while",
    "canvas_too_large": "Slack says it is too large",
}
CHANNEL_CANVAS_CLOSED = "Slack does not let me write into this channel's canvas"
MAYBE_MADE = (
    "Slack did not say whether it made one, and I won't risk a second: look at the channel's tabs, delete an "
    "empty one if it is there, and ask me again"
)


def build_requested_message(canvas_info: CanvasInfo) -> Message:
    if canvas_info.document_id:
        return build_message(f"I'm bringing the document of *{escape(canvas_info.title)}* up to date.")
    return build_message(
        f"I'm making a document of *{escape(canvas_info.title)}*: it comes as a canvas among the channel's tabs, "
        f"and I tell you when it is there."
    )


def build_written_message(canvas_info: CanvasInfo, url: str) -> Message:
    where = f"{format_link(url, 'Open it')}, or find it" if url else "Find it"
    return build_message(
        f"*{escape(canvas_info.title)}* is kept as a document. {where} among the channel's tabs. Each fit digest "
        f"writes it anew, so what people type into it is lost then."
    )


def build_failed_message(canvas_info: CanvasInfo, reason: str) -> Message:
    """Say why there is no document or why it is not up to date, and that everything else goes on."""
    title = escape(canvas_info.title)
    if canvas_info.document_id:
        what = f"The document of *{title}* is not up to date"
    else:
        what = f"I can't keep *{title}* as a document"
    return build_message(
        f"{what}: {reason}. Everything else goes on without it; `/valuemap export md` "
        f"gives you the same as a file."
    )


def build_deleted_message(canvas_info: CanvasInfo) -> Message:
    return build_message(
        f"The document of *{escape(canvas_info.title)}* was deleted in Slack, so I don't keep it any more. "
        f"`/valuemap show` offers a new one."
    )


def build_stopped_message(canvas_info: CanvasInfo) -> Message:
    return build_message(
        f"I don't keep the document of *{escape(canvas_info.title)}* any more. It stays in the channel as it is "
        f"now, and is yours to change or delete."
    )


def build_no_document_message(canvas_info: CanvasInfo) -> Message:
    return build_message(f"*{escape(canvas_info.title)}* is not kept as a document.")
