"""What a member reads where Slack refuses the bot's messages in a channel. Pure."""

from bot.slack.blockkit.builders import Block, Message, build_message, context_note, section_block
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
