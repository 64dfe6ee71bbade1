"""The message that shows the schedule of a digest, and the form that changes it. Pure."""

from datetime import datetime, time
from typing import assert_never

from slack_sdk.models.blocks import (
    PlainTextInputElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    TimePickerElement,
)

from bot.features.channels.blocks import build_restriction_note, explain_missing_messages
from bot.slack.blockkit.builders import (
    Block,
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
from bot.slack.errors import UserError
from bot.slack.forms import OUTDATED_MESSAGE, Form
from bot.store.model import CanvasInfo
from bot.times.clock import WEEKDAY_NAMES, WEEKDAYS, format_moment, zone_or_utc
from bot.times.parts import LAST_MONTH_DAY, Frequency
from bot.times.schedule_reader import DEFAULT_MONTH_DAYS, DEFAULT_WEEKDAYS
from bot.times.schedules import Schedule, build_weekly_schedule
from bot.times.zones import read_zone

SCHEDULE_CALLBACK_ID = "schedule"
FREQUENCY_BLOCK_ID, TIME_BLOCK_ID, ZONE_BLOCK_ID = "often", "at", "zone"
WEEKDAYS_BLOCK_ID, MONTH_DAYS_BLOCK_ID = "weekdays", "month_days"
MAX_ZONE_CHARACTERS = 60
SHORTEST_MONTH_DAYS = 28
SHORT_MONTH_NOTE = "In a shorter month it comes on the last day."
FREQUENCY_LABELS = {
    Frequency.DAILY: "Every day",
    Frequency.WEEKDAYS: "Every weekday",
    Frequency.WEEKLY: "On days of the week",
    Frequency.MONTHLY: "On days of the month",
}
WEEKDAY_LABELS = dict(zip(WEEKDAYS, WEEKDAY_NAMES, strict=True))
MONTH_DAY_LABELS = {str(day): str(day) for day in range(1, LAST_MONTH_DAY)} | {
    str(LAST_MONTH_DAY): "Last day"
}


def build_schedule_message(
    canvas_info: CanvasInfo, schedule: Schedule, next_due_at: datetime | None
) -> Message:
    """Return the schedule of a digest; a `next_due_at` of None means that it is off."""
    title = escape(canvas_info.title)
    if next_due_at is None:
        text = f"The digest of *{title}* is off."
        switch_button = command_button("On", "digest on", canvas_info.id)
    else:
        due_text = format_moment(next_due_at.astimezone(zone_or_utc(schedule.time_zone)))
        text = f"The digest of *{title}* comes {schedule.describe()}, next {due_text}."
        if any(SHORTEST_MONTH_DAYS < day < LAST_MONTH_DAY for day in schedule.month_days):
            text += f" {SHORT_MONTH_NOTE}"
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
    """Return the form that changes the schedule, filled with this one; it has the fields of its frequency."""
    options = [build_option(label, frequency) for frequency, label in FREQUENCY_LABELS.items()]
    frequency_select = StaticSelectElement(
        action_id=FREQUENCY_BLOCK_ID,
        options=options,
        initial_option=build_option(FREQUENCY_LABELS[schedule.frequency], schedule.frequency),
    )
    time_picker = TimePickerElement(action_id=TIME_BLOCK_ID, initial_time=f"{schedule.time_of_day:%H:%M}")
    zone_input = PlainTextInputElement(
        action_id=ZONE_BLOCK_ID, initial_value=schedule.time_zone, max_length=MAX_ZONE_CHARACTERS
    )
    return build_modal(
        SCHEDULE_CALLBACK_ID,
        "Digest schedule",
        [
            input_block(FREQUENCY_BLOCK_ID, "How often", frequency_select, dispatch_action=True),
            _build_days_field(schedule),
            input_block(TIME_BLOCK_ID, "At", time_picker),
            input_block(
                ZONE_BLOCK_ID, "Time zone", zone_input, hint="Such as Europe/Berlin, New York or UTC+2"
            ),
        ],
        private_metadata={"channel": canvas_info.channel_id, "canvas": canvas_info.id},
        submit_label="Save",
    )


def _build_days_field(schedule: Schedule) -> Block | None:
    """Return the field of a weekly or a monthly schedule's days."""
    match schedule.frequency:
        case Frequency.WEEKLY:
            block_id, label, labels = WEEKDAYS_BLOCK_ID, "Days", WEEKDAY_LABELS
            chosen = [*schedule.weekdays] or [*DEFAULT_WEEKDAYS]
        case Frequency.MONTHLY:
            block_id, label, labels = MONTH_DAYS_BLOCK_ID, "Days of the month", MONTH_DAY_LABELS
            chosen = [str(day) for day in schedule.month_days or DEFAULT_MONTH_DAYS]
        case Frequency.DAILY | Frequency.WEEKDAYS:
            return None
        case _:
            assert_never(schedule.frequency)
    hint = SHORT_MONTH_NOTE if block_id == MONTH_DAYS_BLOCK_ID else ""
    element = StaticMultiSelectElement(
        action_id=block_id,
        placeholder="Choose one or more",
        options=[build_option(text, value) for value, text in labels.items()],
        initial_options=[build_option(labels[value], value) for value in chosen],
    )
    return input_block(block_id, label, element, hint=hint)


def read_frequency(value: str | None) -> Frequency:
    """Return the frequency that was chosen. Raises UserError for a value of an older form."""
    try:
        return Frequency(value or "")
    except ValueError:
        raise UserError(OUTDATED_MESSAGE) from None


def read_schedule_form(form: Form) -> Schedule | None:
    """Return the chosen schedule; None where the form lacks the days of the frequency.

    Raises InvalidTime for a time zone that is unknown.
    """
    frequency = read_frequency(form.read_choice(FREQUENCY_BLOCK_ID))
    time_of_day = time.fromisoformat(form.read_time(TIME_BLOCK_ID) or "09:00")
    zone = read_zone(form.read_text(ZONE_BLOCK_ID))
    weekdays = tuple(form.read_choices(WEEKDAYS_BLOCK_ID))
    month_days = tuple(sorted(map(int, form.read_choices(MONTH_DAYS_BLOCK_ID))))
    match frequency:
        case Frequency.DAILY | Frequency.WEEKDAYS:
            return Schedule(frequency, time_of_day, zone)
        case Frequency.WEEKLY:
            return build_weekly_schedule(weekdays, time_of_day, zone) if weekdays else None
        case Frequency.MONTHLY:
            return Schedule(frequency, time_of_day, zone, month_days=month_days) if month_days else None
        case _:
            assert_never(frequency)
