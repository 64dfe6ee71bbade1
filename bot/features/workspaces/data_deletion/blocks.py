"""What deleting all data of a workspace looks like. Pure."""

from slack_sdk.models.blocks import PlainTextInputElement

from bot.features.workspaces.data_deletion.model import StoredData
from bot.slack.blockkit.builders import Message, View, input_block, build_message, build_modal, context_note, section_block
from bot.slack.blockkit.forms import Form
from bot.slack.blockkit.text import count_noun

DELETE_CALLBACK_ID = "forget_all"  # callback id
CONFIRMATION_WORD = "delete"  # the word to type
CONFIRMATION_BLOCK_ID = "sure"  # block id
NOT_CONFIRMED_TEXT = f"Type the word {CONFIRMATION_WORD} to delete everything, or close this and nothing is lost."


def build_confirmation(channel: str, holds: StoredData) -> View:
    """Ask once more, and name what goes."""
    goes = (
        f"{count_noun(holds.canvases, 'canvas', 'canvases')}, {count_noun(holds.entries, 'entry', 'entries')}, "
        f"{count_noun(holds.votes, 'reaction')} and {count_noun(holds.reviews, 'review')}"
    )
    word = PlainTextInputElement(action_id="text", max_length=20)
    return build_modal(
        DELETE_CALLBACK_ID,
        "Delete all data?",
        [
            section_block(
                f"All that I store of *this whole workspace* goes for good, at once: {goes}, and what I know "
                "of its members. Messages that I posted stay in Slack."
            ),
            context_note("`/valuemap export` in a channel gives you its canvas as a file before."),
            input_block(CONFIRMATION_BLOCK_ID, f"Type the word {CONFIRMATION_WORD}", word),
        ],
        private_metadata={"channel": channel},
        submit_label="Delete all",
        close_label="Keep it",
    )


def is_confirmed(filled: Form) -> bool:
    return filled.read_text(CONFIRMATION_BLOCK_ID).strip().lower() == CONFIRMATION_WORD


def build_deleted_message() -> Message:
    return build_message("All data of this workspace is deleted. `/valuemap new NAME` begins anew.")
