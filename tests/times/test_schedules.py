"""When digests are due, in every zone and across every change of clocks."""

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings, strategies as st

from bot.times.clock import WEEKDAYS
from bot.times.errors import InvalidTime
from bot.times.parts import Frequency
from bot.times.schedule_reader import read_schedule
from bot.times.schedules import Schedule, build_weekly_schedule
from bot.times.zones import normalize_zone

START = datetime(2025, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


@pytest.mark.parametrize(
    ("typed", "full_form"),
    [
        ("weekly mon 09:00", "weekly mon 09:00 Europe/Berlin"),
        ("from now on weekly mon 09:00", "weekly mon 09:00 Europe/Berlin"),
        ("Weekly Tuesday 9am", "weekly tue 09:00 Europe/Berlin"),
        ("weekly 9:30 pm fri UTC", "weekly fri 21:30 UTC"),
        ("daily", "daily 09:00 Europe/Berlin"),
        ("weekdays 09.15 america/new_york", "weekdays 09:15 America/New_York"),
        ("monthly 1st 9", "monthly 1 09:00 Europe/Berlin"),
        ("monthly 31 12am", "monthly 31 00:00 Europe/Berlin"),
    ],
)
def test_a_schedule_is_read_as_people_type_it(typed: str, full_form: str) -> None:
    schedule = read_schedule(typed, "Europe/Berlin")
    assert str(schedule) == full_form
    assert read_schedule(full_form, "UTC") == schedule


@given(st.text(max_size=60) | st.text(alphabet="daily wekmonth0129:./", max_size=40))
def test_any_text_is_a_schedule_or_rejected(typed: str) -> None:
    with contextlib.suppress(InvalidTime):
        assert read_schedule(str(read_schedule(typed, "UTC")), "UTC") == read_schedule(typed, "UTC")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hourly",
        "daily 25:00",
        "daily 9:99",
        "monthly 32",
        "daily ../x",
        "daily 9:00 every",
        "weekly mon at",
        "weekly \x00",
    ],
)
def test_text_that_is_no_schedule_is_rejected(typed: str) -> None:
    with pytest.raises(InvalidTime):
        read_schedule(typed, "UTC")


SCHEDULE_ZONES = st.sampled_from(ZONES).map(normalize_zone) | st.builds(
    "UTC{}{}{}".format, st.sampled_from("+-"), st.integers(1, 13), st.sampled_from(["", ":30", ":45"])
)
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
SCHEDULES = (
    st.builds(
        build_weekly_schedule,
        st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(tuple),
        TIMES,
        SCHEDULE_ZONES,
    )
    | st.builds(Schedule, st.sampled_from([Frequency.DAILY, Frequency.WEEKDAYS]), TIMES, SCHEDULE_ZONES)
    | st.builds(
        Schedule,
        st.just(Frequency.MONTHLY),
        TIMES,
        SCHEDULE_ZONES,
        month_days=st.sets(st.integers(1, 31), min_size=1).map(lambda days: tuple(sorted(days))),
    )
)


@settings(max_examples=300, deadline=None)
@given(SCHEDULES)
def test_a_schedule_is_read_back_as_the_same_from_everything_that_the_bot_writes(schedule: Schedule) -> None:
    assert read_schedule(str(schedule), "Asia/Tokyo") == schedule
    assert read_schedule(schedule.describe(), "Asia/Tokyo") == schedule
    assert read_schedule(schedule.describe().upper(), "Asia/Tokyo") == schedule


def list_slots(schedule: Schedule, after: datetime, slot_count: int) -> list[tuple[datetime, datetime]]:
    slots = []
    for _ in range(slot_count):
        slot = schedule.next_slot(after)
        slots.append((slot.local_time, slot.due_at))
        after = slot.due_at
    return slots


def test_a_time_that_clocks_skip_is_due_once_right_after_the_gap() -> None:
    schedule = read_schedule("daily 02:30", "Europe/Berlin")
    slots = list_slots(schedule, datetime(2026, 3, 28, 12, tzinfo=UTC), 2)
    assert [due_at for _, due_at in slots] == [
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 30, 0, 30, tzinfo=UTC),
    ]


def test_a_time_that_clocks_show_twice_is_due_once_at_the_first() -> None:
    schedule = read_schedule("daily 02:30", "Europe/Berlin")
    slots = list_slots(schedule, datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert [due_at for _, due_at in slots] == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    ]


def test_a_schedule_of_several_days_is_due_on_each_at_the_same_time_across_a_change_of_clocks() -> None:
    schedule = read_schedule("weekly mon, thu 09:00", "Europe/Berlin")
    slots = list_slots(schedule, datetime(2026, 10, 19, 7, tzinfo=UTC), 4)  # the Monday's own slot
    assert [due_at for _, due_at in slots] == [
        datetime(2026, 10, 22, 7, tzinfo=UTC),
        datetime(2026, 10, 26, 8, tzinfo=UTC),
        datetime(2026, 10, 29, 8, tzinfo=UTC),
        datetime(2026, 11, 2, 8, tzinfo=UTC),
    ]
    assert {local.hour for local, _ in slots} == {9}


def test_two_days_that_a_short_month_has_as_one_are_one_slot() -> None:
    slots = list_slots(read_schedule("monthly 30, 31 9am", "UTC"), datetime(2027, 1, 30, 10, tzinfo=UTC), 4)
    assert [f"{local:%m-%d}" for local, _ in slots] == ["01-31", "02-28", "03-30", "03-31"]


def test_an_offset_has_no_change_of_clocks() -> None:
    slots = list_slots(read_schedule("daily 9 UTC+2", "UTC"), datetime(2026, 10, 24, 8, tzinfo=UTC), 3)
    assert {due_at.hour for _, due_at in slots} == {7}


def test_a_day_that_a_month_lacks_is_its_last_day() -> None:
    slots = list_slots(read_schedule("monthly 30 09:00", "UTC"), datetime(2026, 1, 30, 12, tzinfo=UTC), 3)
    assert [local.date() for local, _ in slots] == [date(2026, 2, 28), date(2026, 3, 30), date(2026, 4, 30)]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.integers(0, 8 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)),
    st.sampled_from(
        [time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(3), time(9), time(23, 30)]
    ),
)
def test_a_daily_schedule_has_one_slot_a_day_in_every_zone(
    zone: str, start: datetime, time_of_day: time
) -> None:
    slots = list_slots(Schedule(Frequency.DAILY, time_of_day, zone), start, 8)
    days = [local.date() for local, _ in slots]
    assert [later - earlier for earlier, later in pairwise(days)] == [timedelta(days=1)] * 7
    due_times = [due_at for _, due_at in slots]
    assert due_times == sorted(set(due_times))
    assert due_times[0] > start


@pytest.mark.parametrize(
    "zone", ["Africa/Cairo", "America/Havana", "Asia/Beirut", "America/Santiago", "Europe/Berlin"]
)
def test_a_weekly_slot_after_midnight_is_never_lost(zone: str) -> None:
    slots = list_slots(read_schedule("weekly mon 00:30", zone), datetime(2026, 1, 1, tzinfo=UTC), 100)
    assert [later - earlier for (earlier, _), (later, _) in pairwise(slots)] == [timedelta(days=7)] * 99
    assert [local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC) for local, _ in slots] == [
        due_at for _, due_at in slots
    ]
