"""Cases from the world: how people type days, times, zones and periods (T4 to T7)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from bot.features.canvases.names import parse_names
from bot.slack.errors import explain_invalid_time
from bot.times.days import read_day
from bot.times.deadlines import read_deadline
from bot.times.errors import InvalidTime
from bot.times.schedule_reader import read_schedule
from tests.conftest import World
from tests.stories.voting import start_team

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 10, 12, 7, 0, tzinfo=UTC)  # 09:00 in Berlin
MONDAY_AND_THURSDAY = "every Monday and Thursday at 09:00 (Europe/Berlin)"


@pytest.mark.parametrize(
    "typed",
    [
        "weekly mon thu 09:00",
        "weekly mon,thu",
        "mon and thu",
        "weekly Mon & Thu 9am",
        "mondays and thursdays at 9 a.m.",
        "every monday, thursday",
        "weekly on thursday and on monday, at 9.00",
        "WEEKLY (MON/THU) 9:00 EUROPE/BERLIN",
        "mon. thu. 9h",
    ],
)
def test_t4_several_days_are_a_schedule(typed: str) -> None:
    assert read_schedule(typed, "Europe/Berlin").describe() == MONDAY_AND_THURSDAY


@pytest.mark.parametrize(
    ("typed", "described"),
    [
        ("mon-fri 9:30", "every weekday at 09:30 (Europe/Berlin)"),
        ("weekly mon to wed", "every Monday, Tuesday and Wednesday at 09:00 (Europe/Berlin)"),
        ("weekends 10:00", "every Saturday and Sunday at 10:00 (Europe/Berlin)"),
        ("monthly 1st and 15th, 9am", "on days 1 and 15 of each month at 09:00 (Europe/Berlin)"),
        ("monthly 31", "on the last day of each month at 09:00 (Europe/Berlin)"),
    ],
)
def test_t4_groups_of_days_are_schedules(typed: str, described: str) -> None:
    assert read_schedule(typed, "Europe/Berlin").describe() == described


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        (
            "daily 9 Europe/Berlin America/New_York",
            "“Europe/Berlin” and “America/New_York” are two time zones",
        ),
        ("daily 9 CET (Tokyo)", "“CET” and “Tokyo” are two time zones"),
        ("weekly mon 9:00 UTC+2 +0300", "“UTC+2” and “+0300” are two time zones"),
        ("weekly mon 9am 17:00", "“9am” and “17:00” are two times"),
        ("daily at 9 noon", "“9” and “noon” are two times"),
        ("daily Mon 9:00", "“daily” and “Mon” don't go together"),
        ("each day on fridays", "“each day” and “fridays” don't go together"),
        ("weekly and monthly", "“weekly” and “monthly” don't go together"),
        ("monthly tue 9:00", "“monthly” and “tue” don't go together"),
        ("weekdays mon 9:00", "“weekdays” and “mon” don't go together"),
        ("weekly 1st", "“weekly” and “1st” don't go together"),
        ("weekly mon 25:00", "There is no time “25:00”"),
        ("daily 9:75", "There is no time “9:75”"),
        ("daily 13pm", "There is no time “13pm”"),
        ("monthly 32", "A month has no day “32”"),
    ],
)
def test_t4_a_contradiction_is_refused_by_name(typed: str, quoted: str) -> None:
    with pytest.raises(InvalidTime) as raised:
        read_schedule(typed, "UTC")
    assert quoted in str(raised.value)


@pytest.mark.parametrize(
    ("typed", "described"),
    [
        ("daily at 9", "every day at 09:00 (Europe/Berlin)"),
        ("weekly on monday at 9am", "every Monday at 09:00 (Europe/Berlin)"),
        ("daily 09:00, Europe/Berlin", "every day at 09:00 (Europe/Berlin)"),
        ("weekly mon 09:00 (CET)", "every Monday at 09:00 (CET)"),
        ("weekly tue.", "every Tuesday at 09:00 (Europe/Berlin)"),
        ("every weekday 9:30", "every weekday at 09:30 (Europe/Berlin)"),
        ("every monday", "every Monday at 09:00 (Europe/Berlin)"),
        ("Each Day, 12 pm", "every day at 12:00 (Europe/Berlin)"),
        ("tuesdays 5 p.m. New York", "every Tuesday at 17:00 (America/New_York)"),
        ("weekly, wed, 9.30, america/new york", "every Wednesday at 09:30 (America/New_York)"),
        ("every month on the 1st at noon", "on day 1 of each month at 12:00 (Europe/Berlin)"),
        ("daily 9:00 Pacific time", "every day at 09:00 (America/Los_Angeles)"),
    ],
)
def test_t5_a_schedule_is_understood_as_people_write_it(typed: str, described: str) -> None:
    assert read_schedule(typed, "Europe/Berlin").describe() == described


@pytest.mark.parametrize(
    ("typed", "local_time"),
    [
        ("friday at 9 a.m.", "2026-10-16 09:00"),
        ("Fri., 9.30", "2026-10-16 09:30"),
        ("on friday (noon)", "2026-10-16 12:00"),
        ("friday 9am New York", "2026-10-16 15:00"),
        ("16 Oct at 17:30", "2026-10-16 17:30"),
        ("9：30 tomorrow", "2026-10-13 09:30"),
    ],
)
def test_t5_a_deadline_is_made_of_the_same_words(typed: str, local_time: str) -> None:
    assert f"{read_deadline(typed, MONDAY, BERLIN).astimezone(BERLIN):%Y-%m-%d %H:%M}" == local_time


@pytest.mark.parametrize("typed", ["on Mondays", "last mon.", "(monday)", "Oct 5", "Monday, 2026-10-05"])
def test_t5_a_past_day_is_made_of_the_same_words(typed: str) -> None:
    assert read_day(typed, date(2026, 10, 12)) == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ("weekly tue, sharp", "“sharp”"),
        ("weekly <mon>", "“&lt;mon&gt;”"),
        ("daily 9 o’cock", "“o’cock”"),
        ("every other week", "“every other week”"),
        ("daily 9–10", "“9–10”"),
        ("Tomorrow 9:00", "“Tomorrow”"),
        ("weekly 02.11.2026", "“02.11.2026”"),
    ],
)
def test_t5_a_refusal_quotes_what_was_typed(typed: str, quoted: str) -> None:
    with pytest.raises(InvalidTime) as raised:
        read_schedule(typed, "UTC")
    assert quoted in explain_invalid_time(raised.value).text
    assert "Turkey" not in str(raised.value)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("GMT+2", "UTC+2"),
        ("UTC+02:00", "UTC+2"),
        ("(+0200)", "UTC+2"),
        ("utc-3:30", "UTC-3:30"),
        ("GMT +5:30", "UTC+5:30"),
        ("UTC", "UTC"),
        ("CEST", "CET"),
        ("EST", "America/New_York"),
    ],
)
def test_t6_an_offset_is_said_as_what_it_is(typed: str, zone: str) -> None:
    schedule = read_schedule(f"weekly mon 09:00 {typed}", "Europe/Berlin")
    assert schedule.describe() == f"every Monday at 09:00 ({zone})"


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("Etc/GMT+2", "“Etc/GMT+2” means UTC-2, though it reads like UTC+2: type UTC-2 or UTC+2"),
        ("etc/GMT-10", "“etc/GMT-10” means UTC+10, though it reads like UTC-10: type UTC+10 or UTC-10"),
        ("CST", "“CST” is the name of several time zones: type America/Chicago or Asia/Shanghai"),
        (
            "IST",
            "“IST” is the name of several time zones: type Asia/Kolkata, Europe/Dublin or Asia/Jerusalem",
        ),
        ("UTC+15", "“UTC+15” is no offset from UTC that exists"),
        ("Berln", "“Berln” as a day, a time or a time zone: did you mean Europe/Berlin?"),
    ],
)
def test_t6_a_zone_with_two_meanings_asks_which_is_meant(typed: str, question: str) -> None:
    with pytest.raises(InvalidTime) as raised:
        read_schedule(f"weekly mon 09:00 {typed}", "UTC")
    assert question in str(raised.value)


@pytest.mark.parametrize("word", ["for", "FOR", "For", "fOR"])
def test_t7_the_words_of_new_have_any_case(word: str) -> None:
    assert parse_names(f"Ledger {word} small firms") == ("Ledger", "small firms")
    assert parse_names(f"Tools  {word}  firms for hire") == ("Tools", "firms for hire")
    assert parse_names("Forest Format") == ("Forest Format", "")


def count_digests(person: Person, channel: SlackChannel) -> int:
    """Count the digests in a channel, also those that say that nothing happened."""
    texts = [seen.text for seen in person.visible_messages(channel)]
    return sum("Fit digest" in text or "nothing happened since" in text for text in texts)


async def test_t4_a_digest_on_several_days_comes_at_the_same_hour_after_clocks_change(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap digest weekly mon thu 09:00")
    assert (
        f"comes {MONDAY_AND_THURSDAY}, next Thu 15 Oct 09:00 (Europe/Berlin)"
        in ana.last_message(channel).text
    )
    for posted, (day, hour) in enumerate(((15, 7), (19, 7), (22, 7), (26, 8))):  # clocks change on the 25th
        await world.advance_to(datetime(2026, 10, day, hour - 1, 59, 58, tzinfo=UTC))
        assert count_digests(ana, channel) == posted
        await world.advance_to(datetime(2026, 10, day, hour, 0, 1, tzinfo=UTC))
        assert count_digests(ana, channel) == posted + 1


async def test_t4_the_form_shows_several_days_and_changes_them(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap digest monthly 30")
    assert "In a shorter month it comes on the last day." in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap digest mon, thu 9am")
    await ana.click_button(ana.last_message(channel), "Change")
    view = world.slack.top_view(ana.id)
    assert view is not None
    chosen = [block["element"].get("initial_options") for block in view["blocks"]]
    assert [option["text"]["text"] for option in chosen[1]] == ["Monday", "Thursday"]
    await (await ana.modal.fill_field("Days", ["Tuesday", "Friday"])).submit()
    assert "every Tuesday and Friday at 09:00 (Europe/Berlin)" in ana.last_message(channel).text
    await ana.click_button(ana.last_message(channel), "Change")
    await ana.modal.fill_field("How often", "On days of the month")
    await ana.modal.fill_field("Days of the month", ["15", "Last day"])
    await (await ana.modal.fill_field("Time zone", "gmt+2")).submit()
    assert "on day 15 and the last day of each month at 09:00 (UTC+2)" in ana.last_message(channel).text
    await ana.click_button(ana.last_message(channel), "Change")
    modal = await (await ana.modal.fill_field("Time zone", "Etc/GMT+2")).submit()
    assert "type UTC-2 or UTC+2" in modal.errors["Time zone"]
    await modal.fill_field("How often", "On days of the week")
    await (await modal.fill_field("Time zone", "New York")).submit()
    assert "every Monday at 09:00 (America/New_York)" in ana.last_message(channel).text


async def test_t7_commands_are_understood_in_capitals(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    for typed, answer in (
        ("ADD PAIN: Too Loud", "Added 1 pain"),
        ("RANK PAINS", "Too Loud"),
        ("SHOW YESTERDAY", "was started on"),
        ("DIGEST WEEKLY MON 9AM CET", "every Monday at 09:00 (CET)"),
        ("Digest OFF", "is off"),
        ("EXPORT CSV", "I sent you"),
        ("VOTE PAINS UNTIL FRIDAY AT 9AM", "Fri 16 Oct 09:00"),
        ("HELP", "How voting works"),
    ):
        await ana.type_text(channel, f"/valuemap {typed}")
        assert answer in ana.find_message(channel, answer).text, typed
