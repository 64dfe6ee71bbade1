"""The dialog and the message of data deletion. Pure."""

from slack_sdk.models.blocks import PlainTextInputElement

from bot.features.workspaces.data_deletion.model import StoredData
from bot.slack.blockkit.builders import (
    Message,
    View,
    build_message,
    build_modal,
    context_note,
    input_block,
    section_block,
)
from bot.slack.blockkit.text import count_noun
from bot.slack.forms import Form

DELETE_CALLBACK_ID = "forget_all"
CONFIRMATION_WORD = "delete"
CONFIRMATION_BLOCK_ID = "sure"
NOT_CONFIRMED_TEXT = (
    f"Type the word {CONFIRMATION_WORD} to delete everything, or close this and nothing is lost."
)


def build_confirmation(channel_id: str, stored: StoredData) -> View:
    """Return the dialog that names what would be deleted and asks to type a word as confirmation."""
    contents = (
        f"{count_noun(stored.canvases, 'canvas', 'canvases')}, "
        f"{count_noun(stored.entries, 'entry', 'entries')}, "
        f"{count_noun(stored.votes, 'reaction')} and {count_noun(stored.reviews, 'review')}"
    )
    word_input = PlainTextInputElement(action_id="text", max_length=20)
    return build_modal(
        DELETE_CALLBACK_ID,
        "Delete all data?",
        [
            section_block(
                f"All that I store of *this whole workspace* will be deleted for good, at once: {contents}, "
                "and what I know of its members. Messages that I posted stay in Slack."
            ),
            context_note("`/valuemap export` in a channel gives you its canvas as a file before."),
            input_block(CONFIRMATION_BLOCK_ID, f"Type the word {CONFIRMATION_WORD}", word_input),
        ],
        private_metadata={"channel": channel_id},
        submit_label="Delete all",
        close_label="Keep it",
    )


def is_confirmed(form: Form) -> bool:
    """Say whether the word was typed, in upper or lower case."""
    return form.read_text(CONFIRMATION_BLOCK_ID).strip().lower() == CONFIRMATION_WORD


def build_deleted_message() -> Message:
    """Return the message that confirms the deletion."""
    return build_message("All data of this workspace is deleted. `/valuemap new NAME` begins anew.")
