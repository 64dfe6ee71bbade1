"""Until when a round lasts, by the wall clock of whoever starts it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings, strategies as st

from bot.method.kinds import Kind
from bot.slack.errors import UserError
from bot.times.deadlines import LONGEST, box_named, deadline, split

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 10, 12, 7, 0, tzinfo=UTC)  # 09:00 in Berlin
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


@pytest.mark.parametrize(
    ("typed", "box", "when"),
    [
        ("", "", None),
        ("pains", "pains", None),
        ("until friday", "", "friday"),
        ("pains until friday 17:00", "pains", "friday 17:00"),
        ("Pain Points UNTIL  tomorrow", "Pain Points", "tomorrow"),
        ("pains until in 2 hours", "pains", "in 2 hours"),
        ("pains in 2 hours", "pains", "in 2 hours"),
        ("for an hour", "", "for an hour"),
        ("pains until", "pains", ""),
        ("until until", "", "until"),
    ],
)
def test_the_box_and_the_end_are_told_apart(typed: str, box: str, when: str | None) -> None:
    assert split(typed) == (box, when)


def test_boxes_go_by_their_usual_names() -> None:
    assert box_named("Pains") is Kind.PAIN
    assert box_named("products & services") is Kind.PRODUCT
    assert box_named("") is box_named("ALL") is None
    with pytest.raises(UserError, match="I know no kind “friday”"):
        box_named("friday")


@pytest.mark.parametrize(
    ("typed", "wall"),
    [
        ("friday", "2026-10-16 17:00"),
        ("Friday 17:00", "2026-10-16 17:00"),
        ("fri at 9am", "2026-10-16 09:00"),
        ("on friday, 9:30", "2026-10-16 09:30"),
        ("17:30 friday", "2026-10-16 17:30"),
        ("monday", "2026-10-12 17:00"),
        ("monday 8:00", "2026-10-19 08:00"),
        ("monday 9:00", "2026-10-19 09:00"),
        ("today 17:00", "2026-10-12 17:00"),
        ("TODAY", "2026-10-12 17:00"),
        ("tomorrow", "2026-10-13 17:00"),
        ("tomorrow 9:00", "2026-10-13 09:00"),
        ("tomorrow 9 am", "2026-10-13 09:00"),
        ("17:00", "2026-10-12 17:00"),
        ("17.00", "2026-10-12 17:00"),
        ("8:59", "2026-10-13 08:59"),
        ("12am", "2026-10-13 00:00"),
        ("2026-11-04", "2026-11-04 17:00"),
        ("2026-11-04 16:30", "2026-11-04 16:30"),
        ("in 2 hours", "2026-10-12 11:00"),
        ("In 1 Hour", "2026-10-12 10:00"),
        ("for an hour", "2026-10-12 10:00"),
        ("in 30 minutes", "2026-10-12 09:30"),
        ("in 90min", "2026-10-12 10:30"),
        ("in 3 days", "2026-10-15 09:00"),
        ("in a week", "2026-10-19 09:00"),
        ("in 3 weeks", "2026-11-02 09:00"),  # over the change of clocks, by the wall
        (None, "2026-10-13 17:00"),
    ],
)
def test_ends_are_read_as_people_type_them(typed: str | None, wall: str) -> None:
    assert f"{deadline(typed, MONDAY, BERLIN).astimezone(BERLIN):%Y-%m-%d %H:%M}" == wall


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("today 8:00", "is over already"),
        ("in 0 minutes", "is over already"),
        ("2026-10-11", "is over already"),
        ("0001-01-01", "is over already"),
        ("2026-11-12", "30 days at most"),
        ("9999-12-31", "30 days at most"),
        ("in 31 days", "30 days at most"),
        ("in 99999 weeks", "30 days at most"),
        ("in 99999 hours", "30 days at most"),
        ("2026-02-30", "The calendar has no 2026-02-30"),
        ("friday 25:00", "There is no time 25:00"),
        ("friday 13pm", "There is no time 13pm"),
        ("friday 5", "I can't read “friday 5”"),
        ("5", "I can't read"),
        ("", "I can't read"),
        ("someday", "I can't read"),
        ("fr", "I can't read"),
        ("friday 17:00 sharp", "I can't read"),
        ("friday monday", "I can't read"),
        ("in two hours", "I can't read"),
        ("<!channel>", "I can't read “&lt;!channel&gt;”"),
        ("٢٠٢٦-١٠-١٦", "I can't read"),
    ],
)
def test_what_is_no_end_is_refused_with_what_can_be_typed(typed: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        deadline(typed, MONDAY, BERLIN)
    assert says in refused.value.text
    assert "`until friday 17:00`" in refused.value.text


@pytest.mark.parametrize(
    ("zone", "now", "typed", "at"),
    [
        # Spring's gap: right after it. Autumn's overlap: its first pass.
        ("Europe/Berlin", "2026-03-28 12:00", "tomorrow 2:30", "2026-03-29 01:30"),
        ("Europe/Berlin", "2026-10-24 12:00", "tomorrow 2:30", "2026-10-25 00:30"),
        ("Europe/Berlin", "2026-10-24 12:00", "tomorrow", "2026-10-25 16:00"),
        ("Europe/Berlin", "2026-10-24 12:00", "in 24 hours", "2026-10-25 12:00"),
        ("Europe/Berlin", "2026-10-24 12:00", "in 1 day", "2026-10-25 13:00"),
        ("America/New_York", "2026-03-07 12:00", "tomorrow 2:30", "2026-03-08 07:30"),
        ("America/New_York", "2026-10-31 12:00", "tomorrow 1:30", "2026-11-01 05:30"),
        ("America/Santiago", "2026-09-05 12:00", "2026-09-06 0:30", "2026-09-06 04:30"),
        ("Australia/Lord_Howe", "2026-10-03 00:00", "tomorrow 2:15", "2026-10-03 15:45"),
        ("Asia/Kathmandu", "2026-10-12 07:00", "17:00", "2026-10-12 11:15"),
        ("Pacific/Kiritimati", "2026-10-12 11:00", "today", "2026-10-13 03:00"),
        # In the second pass of the overlap, 2:30 has been: it is the next day's.
        ("Europe/Berlin", "2026-10-25 01:15", "2:30", "2026-10-26 01:30"),
    ],
)
def test_clocks_change_and_zones_differ(zone: str, now: str, typed: str, at: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert f"{deadline(typed, moment, ZoneInfo(zone)):%Y-%m-%d %H:%M}" == at


MOMENTS = st.integers(0, 8 * 366 * 24 * 60).map(
    lambda n: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)
TIMES = st.times().map(lambda at: f"{at:%H:%M}")
DAYS = st.sampled_from(["", "today", "tomorrow", "mon", "tuesday", "Wed", "thu", "fri", "saturday", "sunday"])


def end_or_refusal(typed: str, now: datetime, zone: ZoneInfo) -> datetime | str:
    try:
        return deadline(typed, now, zone)
    except UserError as refused:
        return refused.text


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ZONES), MOMENTS, DAYS, TIMES)
def test_an_end_is_to_come_and_shows_what_was_typed_by_the_wall(
    zone: str, now: datetime, day: str, at: str
) -> None:
    end = end_or_refusal(f"{day} {at}", now, ZoneInfo(zone))
    if isinstance(end, str):
        assert "is over already" in end
        assert day in {"today", "tomorrow"}  # tomorrow: where the calendar jumps over a day
        return
    assert now < end <= now + timedelta(days=9)
    wall, day_before = end.astimezone(ZoneInfo(zone)), (end - timedelta(days=1)).astimezone(ZoneInfo(zone))
    assert f"{wall:%H:%M}" == at or wall.utcoffset() != day_before.utcoffset()  # it fell into a gap


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.text(alphabet="in todaymfrs0123456789:-.pm", max_size=25), MOMENTS)
def test_whatever_is_typed_ends_within_the_limits_or_is_refused(typed: str, now: datetime) -> None:
    end = end_or_refusal(typed, now, BERLIN)
    assert "for example `until" in end if isinstance(end, str) else now < end <= now + LONGEST
