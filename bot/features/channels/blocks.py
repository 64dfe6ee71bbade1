"""What a member reads in a channel without a current canvas, or where Slack refuses messages. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.slack.blockkit.builders import (
    Block,
    Message,
    action_button,
    build_message,
    command_button,
    context_note,
    section_block,
)
from bot.slack.blockkit.text import escape
from bot.slack.errors import UserError
from bot.slack.restrictions import describe_restriction
from bot.store.model import CanvasInfo

CARD_ON_ITS_WAY = "its card is on its way"
CARD_RESTRICTED = "its card is not in the channel: Slack refuses it"


def describe_missing_card(canvas_info: CanvasInfo) -> str:
    """Return why an entry has no card yet, as a clause."""
    return CARD_RESTRICTED if canvas_info.restriction else CARD_ON_ITS_WAY


def explain_missing_messages(canvas_info: CanvasInfo) -> str:
    """Return why Slack refuses the bot's messages in a canvas's channel, who can change that, and what next.

    The answers of commands that would post something contain it. It is "" if Slack refuses nothing.
    """
    if not canvas_info.restriction:
        return ""
    reason = describe_restriction(canvas_info.restriction, canvas_info.channel_id)
    return f"{reason} I try again now, and with each command in the channel."


def build_restriction_note(canvas_info: CanvasInfo) -> Block | None:
    """Return the explanation as a block; None if Slack refuses nothing."""
    explanation = explain_missing_messages(canvas_info)
    return context_note(f":warning: {explanation}") if explanation else None


def build_notice(channel_id: str, error_code: str) -> Message:
    """Return the direct message to a member whose request was stored, but could not be posted."""
    text = (
        f"What you asked for in <#{channel_id}> is stored, but it does not appear there. "
        f"{describe_restriction(error_code, channel_id)} I try again with the next command in the channel."
    )
    return build_message(text, section_block(text))


def build_no_canvas_error(canvases: Sequence[tuple[CanvasInfo, bool]]) -> UserError:
    """Return the error for a channel without a current canvas: all that it has are archived."""
    start = "start {} with `/valuemap new NAME for SEGMENT`."
    if not canvases:
        start_button = command_button("Start a canvas", "new", style="primary")
        return UserError(f"This channel has no canvas yet: {start.format('one')}", start_button)
    if len(canvases) == 1:
        canvas_info, _ = canvases[0]
        way_back = build_restore_button(canvas_info.id)
        archived = f"*{escape(canvas_info.title)}* is archived: restore it"
    else:
        archived = f"All {len(canvases)} canvases of this channel are archived: restore one"
        way_back = command_button("Canvases", "canvases")
    text = f"{archived} with `/valuemap canvases`, or {start.format('another')}"
    return UserError(text, way_back, command_button("Start another", "new"))


def build_restore_button(canvas_id: int) -> ButtonElement:
    """Return a button that restores an archived canvas."""
    return action_button("Restore", "canvas", f"restore:{canvas_id}")
