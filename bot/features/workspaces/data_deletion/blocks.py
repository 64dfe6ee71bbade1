"""What deleting all data of a workspace looks like. Pure."""

from slack_sdk.models.blocks import PlainTextInputElement

from bot.features.workspaces.data_deletion.model import Holdings
from bot.slack.blockkit.builders import Message, View, field, message, modal, note, section
from bot.slack.blockkit.forms import Form
from bot.slack.blockkit.text import count

FORGET = "forget_all"  # callback id
SURE = "delete"  # the word to type
CONFIRM = "sure"  # block id
NOT_SURE = f"Type the word {SURE} to delete everything, or close this and nothing is lost."


def form(channel: str, holds: Holdings) -> View:
    """Ask once more, and name what goes."""
    goes = (
        f"{count(holds.canvases, 'canvas', 'canvases')}, {count(holds.entries, 'entry', 'entries')}, "
        f"{count(holds.votes, 'reaction')} and {count(holds.reviews, 'review')}"
    )
    word = PlainTextInputElement(action_id="text", max_length=20)
    return modal(
        FORGET,
        "Delete all data?",
        [
            section(
                f"All that I store of *this whole workspace* goes for good, at once: {goes}, and what I know "
                "of its members. Messages that I posted stay in Slack."
            ),
            note("`/valuemap export` in a channel gives you its canvas as a file before."),
            field(CONFIRM, f"Type the word {SURE}", word),
        ],
        about={"channel": channel},
        submit="Delete all",
        close="Keep it",
    )


def is_sure(filled: Form) -> bool:
    return filled.text(CONFIRM).strip().lower() == SURE


def forgotten() -> Message:
    return message("All data of this workspace is deleted. `/valuemap new NAME` begins anew.")
