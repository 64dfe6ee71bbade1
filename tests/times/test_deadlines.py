"""Reading the deadline of a round, by the wall clock of the member who starts it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given, settings, strategies as st

from bot.slack.blockkit.text import escape
from bot.times.clock import format_plain_moment
from bot.times.deadlines import MAX_DEADLINE_DELAY, complete_end, read_deadline, split_at_deadline
from bot.times.errors import InvalidTime
from bot.times.zones import normalize_zone

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 10, 12, 7, 0, tzinfo=UTC)  # 09:00 in Berlin
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


@pytest.mark.parametrize(
    ("typed", "before", "deadline"),
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
        ("pains till friday", "pains", "friday"),
        ("pains by friday noon", "pains", "friday noon"),
        ("in half an hour", "", "in half an hour"),
        ("pains in two hours", "pains", "in two hours"),
    ],
)
def test_text_is_split_before_the_deadline(typed: str, before: str, deadline: str | None) -> None:
    assert split_at_deadline(typed) == (before, deadline)


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("friday", "until friday"),
        ("5", ""),
        ("25:00", ""),
        ("17h", "until 17h"),
        ("2h", "for 2h"),
        ("half an hour", "for half an hour"),
        ("3h from now", "for 3h from now"),
        ("pains friday", None),
        ("a pain", None),
        ("every friday", None),
        ("CET", None),
        ("", None),
    ],
)
def test_an_end_without_its_word_is_completed(typed: str, completed: str | None) -> None:
    assert complete_end(typed) == completed


@pytest.mark.parametrize(
    ("typed", "local_time"),
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
        ("16.10", "2026-10-12 16:10"),
        ("17h", "2026-10-12 17:00"),
        ("13h30", "2026-10-12 13:30"),
        ("friday 9h", "2026-10-16 09:00"),  # a length of time has no day
        ("in 2h", "2026-10-12 11:00"),
        ("3h from now", "2026-10-12 12:00"),
        ("in 2 hours from now", "2026-10-12 11:00"),
        ("1 hour and 30 minutes from now", "2026-10-12 10:30"),
        ("an hour from now", "2026-10-12 10:00"),
        ("2 days from now at noon", "2026-10-14 12:00"),
        ("in 2 hours time", "2026-10-12 11:00"),
        ("2 days' time", "2026-10-14 09:00"),
        ("tomorrow 5pm o'clock", "2026-10-13 17:00"),
        ("a week from  now", "2026-10-19 09:00"),
        ("in 90min", "2026-10-12 10:30"),
        ("Friday, 17.30.", "2026-10-16 17:30"),  # no month is the 30th, so the dot ends a sentence
        ("8:59", "2026-10-13 08:59"),
        ("12am", "2026-10-13 00:00"),
        ("2026-11-04", "2026-11-04 17:00"),
        ("2026-11-04 16:30", "2026-11-04 16:30"),
        ("in 2 hours", "2026-10-12 11:00"),
        ("In 1 Hour", "2026-10-12 10:00"),
        ("for an hour", "2026-10-12 10:00"),
        ("in 30 minutes", "2026-10-12 09:30"),
        ("in 3 days", "2026-10-15 09:00"),
        ("in a week", "2026-10-19 09:00"),
        ("in 3 weeks", "2026-11-02 09:00"),  # across a change of clocks, by the wall clock
        ("Friday 2026-10-30 17:00", "2026-10-30 17:00"),
        ("fri 9 a.m.", "2026-10-16 09:00"),
        ("friday at 17", "2026-10-16 17:00"),
        ("tomorrow noon", "2026-10-13 12:00"),
        ("this friday", "2026-10-16 17:00"),
        ("next monday", "2026-10-19 17:00"),
        ("4 Nov, 16:30", "2026-11-04 16:30"),
        ("November 4th", "2026-11-04 17:00"),
        ("the 4th", "2026-11-04 17:00"),
        ("friday 17:00 (New York)", "2026-10-16 23:00"),
        ("friday 17:00 o'clock New York time.", "2026-10-16 23:00"),
        ("friday 17:00 UTC+2 time", "2026-10-16 17:00"),
        ("friday, 5 o'clock in the afternoon", "2026-10-16 17:00"),
        ("friday 17:00 UTC", "2026-10-16 19:00"),
        ("17:00 +0530", "2026-10-12 13:30"),
        ("in two hours", "2026-10-12 11:00"),
        ("1 hour 30 minutes", "2026-10-12 10:30"),
        ("in 2 days at 17:00", "2026-10-14 17:00"),
        (None, "2026-10-13 17:00"),
    ],
)
def test_a_deadline_is_read_as_people_type_it(typed: str | None, local_time: str) -> None:
    assert f"{read_deadline(typed, MONDAY, BERLIN).astimezone(BERLIN):%Y-%m-%d %H:%M}" == local_time


@pytest.mark.parametrize(
    ("typed", "problem"),
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
        ("Feb 29", "30 days at most"),
        ("yesterday", "is over already"),
        ("last friday", "“last friday” is over already"),
        ("2026-02-30", "The calendar has no 2026-02-30"),
        ("in 1h 30", "There is no time “30”"),
        ("friday from now", "I can't read “from”"),
        ("17:00 from now", "I can't read “from”"),
        ("from now 2 hours", "I can't read “from”"),
        ("friday by", "I can't read “by”"),
        ("friday at", "I can't read “at”"),
        ("17:00 and on the!", "I can't read “and on the”"),
        ("friday @", "I can't read “@”"),
        ("friday o'clock", "I can't read “o'clock”"),
        ("friday time", "I can't read “time”"),
        ("friday soon by", "I can't read “soon by”"),
        ("friday 25:00", "There is no time “25:00”"),
        ("friday 13pm", "There is no time “13pm”"),
        ("", "There is no day and no time in that"),
        ("someday", "I can't read “someday”"),
        ("fr", "I can't read “fr”"),
        ("friday 17:00 sharp", "I can't read “sharp”"),
        ("friday monday", "“friday” and “monday” are two days"),
        ("Thursday 2026-10-16", "“2026-10-16” and “Thursday” are two days"),
        ("friday 9:00 10am", "“9:00” and “10am” are two times"),
        ("9:00 CET Asia/Tokyo", "“CET” and “Asia/Tokyo” are two time zones"),
        ("in 2 hours at 17:00", "“in 2 hours” and “17:00” don't go together"),
        ("in 2 days friday", "“in 2 days” and “friday” don't go together"),
        ("every friday", "“every” is not one day"),
        ("mon-fri", "“mon-fri” is not one day"),
        ("<!channel>", "I can't read “&lt;!channel&gt;”"),
        ("٢٠٢٦-١٠-١٦", "I can't read"),
    ],
)
def test_text_that_is_no_deadline_is_rejected_with_examples(typed: str, problem: str) -> None:
    with pytest.raises(InvalidTime) as raised:
        read_deadline(typed, MONDAY, BERLIN)
    text = raised.value.describe(escape)
    assert problem in text
    assert "`until friday 17:00`" in text


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("friday 5 o’clock", "“5 o’clock” could mean several times: type `5am` or `5pm`."),
        ("friday 5", "“5” could mean several times: type `5am` or `5pm`."),
        ("friday 17", "“17” could mean several times: type `17:00`."),
        ("next friday", "“next friday” could be two days: type `until 2026-10-16` or `until 2026-10-23`."),
        ("30.10.2026", "“30.10.2026” could have the day or the month first"),
        ("2h", "“2h” could be a time or a length of time: type `until 2:00` or `until in 2h`."),
        ("(9 h)", "“9 h” could be a time or a length of time: type `until 9:00` or `until in 9h`."),
        ("12H", "“12H” could be a time or a length of time: type `until 12:00` or `until in 12h`."),
        ("1h30", "“1h30” could be a time or a length of time: type `until 1:30` or `until in 90min`."),
        ("16.10.", "“16.10.” could be a date or a time"),
        ("fri 7.10. 9:00", "“7.10.” could be a date or a time"),
        ("(30. 10.)", "“30. 10.” could be a date or a time"),
        ("16. 10. 2026", "“16. 10.” could be a date or a time"),
        ("fryday", "“fryday” as a day, a time or a time zone: did you mean Friday?"),
        ("friday CST", "“CST” is the name of several time zones: type America/Chicago or Asia/Shanghai."),
    ],
)
def test_text_with_several_meanings_is_answered_with_the_question(typed: str, question: str) -> None:
    with pytest.raises(InvalidTime) as raised:
        read_deadline(typed, MONDAY, BERLIN)
    assert question in str(raised.value)


@pytest.mark.parametrize(
    ("zone", "now", "typed", "deadline"),
    [
        # A time that clocks skip comes right after the gap; of a time that they show twice, the first counts.
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
        # During the second of the two hours, 2:30 has passed: it means the next day.
        ("Europe/Berlin", "2026-10-25 01:15", "2:30", "2026-10-26 01:30"),
    ],
)
def test_a_deadline_is_right_in_every_zone_and_when_clocks_change(
    zone: str, now: str, typed: str, deadline: str
) -> None:
    started_at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert f"{read_deadline(typed, started_at, ZoneInfo(zone)):%Y-%m-%d %H:%M}" == deadline


MOMENTS = st.integers(0, 8 * 366 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
TIMES = st.times().map(lambda time_of_day: f"{time_of_day:%H:%M}")
DAYS = st.sampled_from(["", "today", "tomorrow", "mon", "tuesday", "Wed", "thu", "fri", "saturday", "sunday"])


def read_deadline_or_error(typed: str, now: datetime, zone: ZoneInfo) -> datetime | str:
    try:
        return read_deadline(typed, now, zone)
    except InvalidTime as error:
        return str(error)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ZONES), MOMENTS, DAYS, TIMES)
def test_a_deadline_is_in_the_future_and_shows_the_typed_time_by_the_wall_clock(
    zone: str, now: datetime, day: str, time_of_day: str
) -> None:
    deadline = read_deadline_or_error(f"{day} {time_of_day}", now, ZoneInfo(zone))
    if isinstance(deadline, str):
        assert "is over already" in deadline
        assert day in {"today", "tomorrow"}  # tomorrow, in a zone that skipped a day
        return
    assert now < deadline <= now + timedelta(days=9)
    local_deadline = deadline.astimezone(ZoneInfo(zone))
    day_before = (deadline - timedelta(days=1)).astimezone(ZoneInfo(zone))
    # The times differ only if the clocks skipped the typed time.
    assert f"{local_deadline:%H:%M}" == time_of_day or local_deadline.utcoffset() != day_before.utcoffset()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.text(alphabet="in todaymfrs0123456789:-.pm", max_size=25), MOMENTS)
def test_any_text_is_a_deadline_within_the_limits_or_rejected(typed: str, now: datetime) -> None:
    deadline = read_deadline_or_error(typed, now, BERLIN)
    assert ": " in deadline if isinstance(deadline, str) else now < deadline <= now + MAX_DEADLINE_DELAY


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), MOMENTS, st.integers(1, 29 * 24 * 60))
def test_a_deadline_that_the_bot_writes_is_read_back_as_the_same(
    zone: str, now: datetime, minutes: int
) -> None:
    deadline = now + timedelta(minutes=minutes)
    local_deadline = deadline.astimezone(ZoneInfo(zone))
    # Of a time that clocks show twice, the first is meant. Some zones are written under another name.
    assume(not local_deadline.fold and normalize_zone(zone) == zone)
    written = format_plain_moment(deadline.astimezone(ZoneInfo(zone)))
    assert read_deadline(written, now, BERLIN) == deadline
