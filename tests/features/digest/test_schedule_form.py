"""The form of a digest's schedule is filled with it, and reads the same schedule back."""

from datetime import time
from typing import Any

import pytest

from bot.fake_slack.blockkit import check_view
from bot.features.digest.schedule_blocks import (
    SHORT_MONTH_NOTE,
    build_schedule_form,
    build_schedule_message,
    read_schedule_form,
)
from bot.slack.forms import Form
from bot.store.model import CanvasInfo
from bot.times.parts import Frequency
from bot.times.schedules import Schedule
from tests.method.build import STARTED_AT

INFO = CanvasInfo(1, "C1", "Map", "", "U0", "UTC", STARTED_AT, None)
NINE, ZONE = time(9, 30), "Europe/Berlin"


def submit(view: dict[str, Any], *, left_out: str = "") -> Form:
    """Return the form as Slack sends it unchanged, without the block that is left out."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        element, block_id = block["element"], block["block_id"]
        chosen = element.get("initial_option"), element.get("initial_options")
        state = {
            "selected_option": chosen[0],
            "selected_options": chosen[1],
            "selected_time": element.get("initial_time"),
            "value": element.get("initial_value"),
        }
        if block_id.partition(":")[0] != left_out:
            values[block_id] = {element["action_id"]: state}
    return Form({**view, "state": {"values": values}})


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(Frequency.DAILY, NINE, ZONE),
        Schedule(Frequency.WEEKDAYS, NINE, ZONE),
        Schedule(Frequency.WEEKLY, NINE, ZONE, weekdays=("mon", "fri")),
        Schedule(Frequency.MONTHLY, NINE, ZONE, month_days=(1, 15, 31)),
    ],
    ids=str,
)
def test_a_form_that_is_sent_unchanged_is_the_same_schedule(schedule: Schedule) -> None:
    view = build_schedule_form(INFO, schedule)
    check_view(view)
    assert read_schedule_form(submit(view)) == schedule
    has_note = any(SHORT_MONTH_NOTE in str(block.get("hint")) for block in view["blocks"])
    assert has_note is (schedule.frequency is Frequency.MONTHLY)


@pytest.mark.parametrize(
    ("frequency", "block_id"), [(Frequency.WEEKLY, "weekdays"), (Frequency.MONTHLY, "month_days")]
)
def test_a_form_without_the_days_of_its_frequency_is_no_schedule(frequency: Frequency, block_id: str) -> None:
    view = build_schedule_form(INFO, Schedule(frequency, NINE, ZONE))
    days = [block for block in view["blocks"] if block["block_id"].startswith(block_id)]
    assert len(days) == 1
    assert read_schedule_form(submit(view, left_out=block_id)) is None


@pytest.mark.parametrize(
    ("days", "is_noted"), [((28,), False), ((29,), True), ((30, 31), True), ((31,), False)]
)
def test_days_that_short_months_lack_are_noted(days: tuple[int, ...], is_noted: bool) -> None:
    schedule = Schedule(Frequency.MONTHLY, NINE, ZONE, month_days=days)
    assert (SHORT_MONTH_NOTE in build_schedule_message(INFO, schedule, STARTED_AT).text) is is_noted
    assert "is off" in build_schedule_message(INFO, schedule, None).text
