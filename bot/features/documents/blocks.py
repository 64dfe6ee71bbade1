"""What people read about a value map's document. Pure."""

from collections.abc import Mapping

from bot.slack.blockkit.builders import Message, build_message
from bot.slack.blockkit.text import escape, format_link
from bot.store.model import CanvasInfo

_FREE = "Slack's free plan allows no canvas here, or no other one beside the one that this channel has"
FAILED = "Slack tried several times and could not make it"
# Slack's names for what will not go away by trying again, and why that is.
REFUSALS: Mapping[str, str] = {
    "missing_scope": "I lack the permission `canvases:write`, which whoever runs me can give me in the app's "
    "settings",
    "team_tier_cannot_create_channel_canvases": "your Slack plan has no canvases in channels",
    "free_team_canvas_tab_already_exists": _FREE,
    "free_teams_cannot_create_non_tabbed_canvases": _FREE,
    "free_teams_cannot_create_standalone_canvases": _FREE,
    "free_teams_cannot_edit_standalone_canvases": _FREE,
    "canvas_disabled_user_team": "canvases are turned off in this workspace",
    "restricted_action": "the rules of this workspace or channel don't let me",
    "channel_not_found": "I'm not in its channel",
    "not_in_channel": "I'm not in its channel",
    "is_archived": "its channel is archived",
}
# What Slack says where it may be luckier another time, but not for ever.
FAILURES: Mapping[str, str] = {
    "canvas_creation_failed": FAILED,
    "canvas_tab_creation_failed": FAILED,
    "channel_canvas_creation_failed": FAILED,
    "canvas_editing_failed": "Slack tried several times and could not write it",
    "canvas_editing_locked": "somebody or something has kept it locked for a while",
    "canvas_too_large": "Slack says it is too large",
}
CLOSED = "Slack does not let me write into this channel's canvas"
UNKNOWN = (
    "Slack did not say whether it made one, and I won't risk a second: look at the channel's tabs, delete an "
    "empty one if it is there, and ask me again"
)


def asked(head: CanvasInfo) -> Message:
    if head.document_id:
        return build_message(f"I'm bringing the document of *{escape(head.title)}* up to date.")
    return build_message(
        f"I'm making a document of *{escape(head.title)}*: it comes as a canvas among the channel's tabs, and I "
        f"tell you when it is there."
    )


def kept(head: CanvasInfo, link: str) -> Message:
    where = f"{format_link(link, 'Open it')}, or find it" if link else "Find it"
    return build_message(
        f"*{escape(head.title)}* is kept as a document. {where} among the channel's tabs. Each fit digest "
        f"writes it anew, so what people type into it is lost then."
    )


def refused(head: CanvasInfo, why: str) -> Message:
    """Say why there is no document, or why it is not up to date, and that all else goes on."""
    what = "The document of *{}* is not up to date" if head.document_id else "I can't keep *{}* as a document"
    return build_message(
        f"{what.format(escape(head.title))}: {why}. Everything else goes on without it; `/valuemap export md` "
        f"gives you the same as a file."
    )


def gone(head: CanvasInfo) -> Message:
    return build_message(
        f"The document of *{escape(head.title)}* was deleted in Slack, so I don't keep it any more. "
        f"`/valuemap show` offers a new one."
    )


def stopped(head: CanvasInfo) -> Message:
    return build_message(
        f"I don't keep the document of *{escape(head.title)}* any more. It stays in the channel as it is now, "
        f"and is yours to change or delete."
    )


def none(head: CanvasInfo) -> Message:
    return build_message(f"*{escape(head.title)}* is not kept as a document.")
