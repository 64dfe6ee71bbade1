"""The forms of canvases: start, rename, delete, settings. Pure."""

from slack_sdk.models.blocks import Option, PlainTextInputElement, RadioButtonsElement

from bot.features.canvases.names import MAX_NAME_LENGTH, MAX_SEGMENT_LENGTH
from bot.features.tickets.model import MAX_TRACKER_CHARACTERS, parse_tracker
from bot.method.model import Canvas
from bot.slack.blockkit.builders import (
    Block,
    View,
    action_button,
    actions_block,
    build_modal,
    build_option,
    command_button,
    context_note,
    divider_block,
    input_block,
    section_block,
)
from bot.slack.blockkit.text import count_noun, escape, join_words, sanitize
from bot.slack.errors import UserError
from bot.slack.forms import OUTDATED_MESSAGE, Form
from bot.store.model import CanvasInfo, CanvasSettings, CardLocation, Editors

START_CALLBACK_ID, RENAME_CALLBACK_ID, DELETE_CALLBACK_ID, SETTINGS_CALLBACK_ID = (
    "new_canvas",
    "rename_canvas",
    "delete_canvas",
    "settings",
)  # callback ids
TRACKER = "tracker"  # field
TRACKER_HINT = (
    "A GitHub repository, a GitLab project, a Linear team, or an address with {title} and {body} in it. "
    "Tickets are filled in, and you send them: no token is needed."
)

CARD_LOCATION_LABELS = {
    CardLocation.THREAD: "In one thread, under the canvas's own message",
    CardLocation.CHANNEL: "In the channel",
}
EDITORS_LABELS = {
    Editors.ANYONE: "Anyone in the channel",
    Editors.AUTHORS: "The author of an entry, and who started the canvas",
    Editors.STARTER: "Who started the canvas",
}


def build_start_form(channel_id: str) -> View:
    """Return the form that starts a canvas in a channel."""
    return build_modal(
        START_CALLBACK_ID,
        "Start a canvas",
        [
            _build_text_field(
                "name", "Name", MAX_NAME_LENGTH, placeholder="What you offer, for example Reports"
            ),
            _build_text_field(
                "segment",
                "Customer segment",
                MAX_SEGMENT_LENGTH,
                placeholder="For whom, for example small shops",
                hint="One customer segment per canvas.",
                optional=True,
            ),
        ],
        private_metadata={"channel": channel_id},
        submit_label="Start",
    )


def build_rename_form(canvas_info: CanvasInfo) -> View:
    """Return the form that renames a canvas, filled with its names."""
    return build_modal(
        RENAME_CALLBACK_ID,
        "Rename the canvas",
        [
            _build_text_field("name", "Name", MAX_NAME_LENGTH, value=canvas_info.name),
            _build_text_field(
                "segment", "Customer segment", MAX_SEGMENT_LENGTH, value=canvas_info.segment, optional=True
            ),
        ],
        private_metadata={"channel": canvas_info.channel_id, "canvas": canvas_info.id},
        submit_label="Save",
    )


def read_names(form: Form) -> tuple[str, str]:
    """Return the name and the segment from the form that starts or renames a canvas, unchecked."""
    return form.read_text("name"), form.read_text("segment")


def build_delete_form(canvas_info: CanvasInfo, canvas: Canvas, *, is_archived: bool) -> View:
    """Return the form that asks for confirmation and says what is deleted."""
    counts = (
        (len(canvas.entries), "entry", "entries"),
        (sum(len(entry.votes) for entry in canvas.entries), "vote", "votes"),
        (len(canvas.reviews), "review", "reviews"),
    )
    content = [count_noun(number, singular, plural) for number, singular, plural in counts if number]
    return build_modal(
        DELETE_CALLBACK_ID,
        "Delete the canvas?",
        [
            section_block(
                f"*{escape(canvas_info.title)}* will be deleted for good, "
                f"with {join_words([*content, 'its digests'])}."
            ),
            context_note(
                "Restore it first if you want an export."
                if is_archived
                else "To have it out of the way and keep it, archive it instead."
            ),
            context_note("Its document in the channel stays: delete that in Slack.")
            if canvas_info.document_id
            else None,
            None
            if is_archived
            else actions_block(command_button("Export it first", "export json", canvas_info.id)),
        ],
        private_metadata={"channel": canvas_info.channel_id, "canvas": canvas_info.id},
        submit_label="Delete",
        close_label="Keep it",
    )


def build_settings_form(canvas_info: CanvasInfo, *, is_direct: bool = False) -> View:
    """Return the form of a canvas's settings.

    `is_direct` says that it is opened outside any channel, where a button deletes the workspace's data.
    """
    settings = canvas_info.settings
    card_locations = {location.value: label for location, label in CARD_LOCATION_LABELS.items()}
    editors = {group.value: label for group, label in EDITORS_LABELS.items()}
    return build_modal(
        SETTINGS_CALLBACK_ID,
        "Settings",
        [
            section_block(f"*{escape(canvas_info.title)}*"),
            _build_radio_field("cards", "Cards go", card_locations, settings.card_location),
            context_note("Cards that are there stay where they are."),
            _build_radio_field("changers", "Entries may be edited and deleted by", editors, settings.editors),
            _build_text_field(
                TRACKER,
                "Tickets are made in",
                MAX_TRACKER_CHARACTERS,
                value=settings.tracker,
                placeholder="https://github.com/acme/shop",
                hint=TRACKER_HINT,
                optional=True,
            ),
            *([divider_block(), *_build_deletion_blocks()] if is_direct else []),
        ],
        private_metadata={"channel": canvas_info.channel_id, "canvas": canvas_info.id},
        submit_label="Save",
    )


def _build_deletion_blocks() -> list[Block | None]:
    return [
        context_note("For admins of this workspace:"),
        actions_block(action_button("Delete all data of this workspace…", "forget", "all", style="danger")),
    ]


def read_settings_form(form: Form) -> CanvasSettings:
    """Return the chosen settings.

    Raises UserError for a choice that is not offered any more, InvalidTrackerError for no tracker.
    """
    card_location = form.read_choice("cards") or CardLocation.THREAD
    editors = form.read_choice("changers") or Editors.ANYONE
    if card_location not in CARD_LOCATION_LABELS or editors not in EDITORS_LABELS:
        raise UserError(OUTDATED_MESSAGE)
    tracker = sanitize(form.read_text(TRACKER))
    parse_tracker(tracker)
    return CanvasSettings(CardLocation(card_location), Editors(editors), tracker)


def _build_radio_field(block_id: str, label: str, labels: dict[str, str], chosen_value: str) -> Block:
    options: list[Option] = [build_option(text, value) for value, text in labels.items()]
    element = RadioButtonsElement(
        action_id=block_id, options=options, initial_option=build_option(labels[chosen_value], chosen_value)
    )
    return input_block(block_id, label, element)


def _build_text_field(
    block_id: str,
    label: str,
    max_length: int,
    *,
    value: str = "",
    placeholder: str = "",
    hint: str = "",
    optional: bool = False,
) -> Block:
    element = PlainTextInputElement(
        action_id="text",
        placeholder=placeholder or None,
        initial_value=value or None,
        max_length=max_length,
        focus_on_load=block_id == "name" or None,
    )
    return input_block(block_id, label, element, hint=hint, optional=optional)
