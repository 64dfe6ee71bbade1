"""The message that shows the schedule of a digest, and the form that changes it. Pure."""

from datetime import datetime

from slack_sdk.models.blocks import PlainTextInputElement, StaticSelectElement, TimePickerElement

from bot.features.channels.blocks import build_restriction_note, explain_missing_messages
from bot.slack.blockkit.builders import (
    Message,
    View,
    actions_block,
    build_message,
    build_modal,
    build_option,
    command_button,
    input_block,
    section_block,
)
from bot.slack.blockkit.text import escape
from bot.slack.forms import Form
from bot.store.model import CanvasInfo
from bot.times.clock import WEEKDAY_NAMES, WEEKDAYS
from bot.times.schedules import Schedule

SCHEDULE_CALLBACK_ID = "schedule"
FREQUENCY_BLOCK_ID, TIME_BLOCK_ID, ZONE_BLOCK_ID = "often", "at", "zone"
MAX_ZONE_CHARACTERS = 60


def build_schedule_message(
    canvas_info: CanvasInfo, schedule: Schedule, next_due_at: datetime | None
) -> Message:
    """Return the schedule of a digest; a `next_due_at` of None means that it is off."""
    title = escape(canvas_info.title)
    if next_due_at is None:
        text = f"The digest of *{title}* is off."
        switch_button = command_button("On", "digest on", canvas_info.id)
    else:
        timestamp = int(next_due_at.timestamp())
        fallback = f"{next_due_at:%Y-%m-%d %H:%M} UTC"
        due_text = f"<!date^{timestamp}^{{date_short_pretty}} {{time}}|{fallback}>"
        text = f"The digest of *{title}* comes {schedule.describe()}, next {due_text}."
        switch_button = command_button("Off", "digest off", canvas_info.id)
    return build_message(
        text,
        section_block(text),
        build_restriction_note(canvas_info),
        actions_block(
            command_button("Change", "digest change", canvas_info.id),
            command_button("Now", "digest now", canvas_info.id),
            switch_button,
        ),
    )


def build_sent_soon_message(canvas_info: CanvasInfo) -> Message:
    """Return the answer to `digest now`."""
    if explanation := explain_missing_messages(canvas_info):
        return build_message(
            f"The digest of *{escape(canvas_info.title)}* is not in the channel yet. {explanation}"
        )
    return build_message(f"The digest of *{escape(canvas_info.title)}* is on its way into the channel.")


def build_schedule_form(canvas_info: CanvasInfo, schedule: Schedule) -> View:
    """Return the form that changes the schedule, filled with the current one."""
    frequency_labels = {
        "daily": "Every day",
        "weekdays": "Every weekday",
        "monthly 1": "On the first of each month",
    }
    frequency_labels |= {
        f"weekly {day}": f"Every {name}" for day, name in zip(WEEKDAYS, WEEKDAY_NAMES, strict=True)
    }
    day = "" if schedule.day is None else f" {schedule.day}"
    chosen_value = f"{schedule.frequency}{day}"
    # A typed schedule may have another day of the month. Without an option for it the form would change it.
    frequency_labels.setdefault(chosen_value, schedule.describe().partition(" at ")[0].capitalize())
    frequency_select = StaticSelectElement(
        action_id=FREQUENCY_BLOCK_ID,
        options=[build_option(label, value) for value, label in frequency_labels.items()],
        initial_option=build_option(frequency_labels[chosen_value], chosen_value),
    )
    time_picker = TimePickerElement(action_id=TIME_BLOCK_ID, initial_time=f"{schedule.time_of_day:%H:%M}")
    zone_input = PlainTextInputElement(
        action_id=ZONE_BLOCK_ID, initial_value=schedule.time_zone, max_length=MAX_ZONE_CHARACTERS
    )
    return build_modal(
        SCHEDULE_CALLBACK_ID,
        "Digest schedule",
        [
            input_block(FREQUENCY_BLOCK_ID, "How often", frequency_select),
            input_block(TIME_BLOCK_ID, "At", time_picker),
            input_block(ZONE_BLOCK_ID, "Time zone", zone_input, hint="Such as Europe/Berlin"),
        ],
        private_metadata={"channel": canvas_info.channel_id, "canvas": canvas_info.id},
        submit_label="Save",
    )


def read_schedule_form(form: Form) -> str:
    """Return the form's schedule as an expression, such as "weekly mon 09:00 Europe/Berlin"; unchecked."""
    zone = form.read_text(ZONE_BLOCK_ID).strip().replace(" ", "_")  # people type "America/New York"
    return f"{form.read_choice(FREQUENCY_BLOCK_ID)} {form.read_time(TIME_BLOCK_ID)} {zone}"
