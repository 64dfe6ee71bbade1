"""The form of a reason. Pure."""

from slack_sdk.models.blocks import CheckboxesElement, PlainTextInputElement

from bot.features.discussions.blocks import ALONE_NOTE, describe_own_vote
from bot.features.discussions.model import MAX_REASON_CHARACTERS, REASON, SHOWS_NAME
from bot.method.discussions import Discussion, Reason
from bot.method.model import Entry
from bot.slack.blockkit.builders import (
    View,
    build_modal,
    build_option,
    context_note,
    input_block,
    section_block,
)
from bot.slack.blockkit.text import escape
from bot.slack.forms import Form
from bot.store.model import CanvasInfo

REASON_FORM = "reason"  # callback id


def build_reason_form(canvas_info: CanvasInfo, discussion: Discussion, entry: Entry, reason: Reason) -> View:
    """Return the form with the member's reason, if they gave one."""
    spec = entry.kind.spec
    with_name = build_option("Show my name beside it", SHOWS_NAME)
    return build_modal(
        REASON_FORM,
        "Your reason",
        [
            section_block(f"{spec.icon} *{escape(entry.text)}*\n{describe_own_vote(discussion, reason)}"),
            input_block(
                REASON,
                f"Your reason for {reason.direction}",
                PlainTextInputElement(
                    action_id=REASON,
                    initial_value=reason.text or None,
                    max_length=MAX_REASON_CHARACTERS,
                    multiline=True,
                    placeholder="What do you know that the others may not?",
                ),
                optional=True,
                hint="Leave it empty to give none.",
            ),
            input_block(
                SHOWS_NAME,
                "Name",
                CheckboxesElement(
                    action_id=SHOWS_NAME,
                    options=[with_name],
                    initial_options=[with_name] if reason.shows_name else None,
                ),
                optional=True,
            ),
            context_note(ALONE_NOTE.format(reason.direction)) if discussion.is_alone(reason) else None,
        ],
        private_metadata={
            "channel": canvas_info.channel_id,
            "canvas": canvas_info.id,
            "discussion": discussion.id,
        },
        submit_label="Send",
        close_label="Cancel",
    )


def read_reason_form(form: Form) -> tuple[str, bool]:
    """Return the reason and whether its author's name is shown."""
    return form.read_text(REASON), SHOWS_NAME in form.read_choices(SHOWS_NAME)
