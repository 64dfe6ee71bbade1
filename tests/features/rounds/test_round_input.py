"""What follows `vote`: the box and the deadline."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.features.rounds.input import read_box, read_closing_time
from bot.method.kinds import Kind
from bot.slack.errors import UserError

MONDAY = datetime(2026, 10, 12, 7, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def test_a_box_is_read_by_its_usual_names() -> None:
    assert read_box("Pains") is Kind.PAIN
    assert read_box("products & services") is Kind.PRODUCT
    assert read_box("") is read_box("ALL") is None
    with pytest.raises(UserError, match="I know no kind “xyzzy”"):
        read_box("xyzzy")


def list_commands(raised: pytest.ExceptionInfo[UserError]) -> list[str]:
    return [(button.value or "").removeprefix(":") for button in raised.value.buttons]


def test_a_mistyped_box_becomes_a_button_that_keeps_the_deadline() -> None:
    with pytest.raises(UserError, match=r"^Did you mean pains\?\n`/valuemap help` lists all.$") as raised:
        read_box("pians", "friday")
    labels = {button.text.text: button.value for button in raised.value.buttons if button.text}
    assert labels == {"Vote on pains": ":vote pains until friday", "Help": ":help"}


@pytest.mark.parametrize(
    ("box_text", "command"),
    [
        ("pains 2h", "vote pains for 2h"),
        ("pains 3 days", "vote pains for 3 days"),
        ("pains a week", "vote pains for a week"),
        ("Pains 2d", "vote pains for 2d"),
        ("pains friday", "vote pains until friday"),
        ("pains on friday, 17:00", "vote pains until friday, 17:00"),
        ("pians 17h", "vote pains until 17h"),
        ("pain relivers 16 Oct", "vote pain relievers until 16 Oct"),
        ("pains at 5pm", "vote pains until 5pm"),
        ("pains next friday", "vote pains until next friday"),
        ("all tomorrow", "vote until tomorrow"),
        ("2h", "vote for 2h"),
    ],
)
def test_an_end_without_its_word_becomes_a_button_that_keeps_it(box_text: str, command: str) -> None:
    with pytest.raises(UserError) as raised:
        read_box(box_text)
    question = f"An end is set with `until` or `for`. Did you mean `/valuemap {command}`?"
    assert raised.value.text.splitlines()[0] == question
    assert list_commands(raised) == [command, "help"]


@pytest.mark.parametrize(
    "box_text",
    ["pains 16.10.", "pains 5", "pains friday 5", "pains friday lunch", "3 pains", "2h pains", "pains 25:00"],
)
def test_an_end_that_cannot_be_read_is_in_no_button_and_how_it_is_set_is_said(box_text: str) -> None:
    with pytest.raises(UserError, match=r"^Did you mean pains\? An end is set with `until friday") as raised:
        read_box(box_text)
    assert list_commands(raised) == ["vote pains", "help"]


def test_the_buttons_for_a_box_keep_the_word_sealed_and_the_end() -> None:
    with pytest.raises(UserError) as raised:
        read_box("pains friday", is_sealed=True)
    assert list_commands(raised)[0] == "vote pains sealed until friday"
    with pytest.raises(UserError) as raised:
        read_box("xyzzy friday", is_sealed=True)
    assert "I know no kind “xyzzy”" in raised.value.text
    assert list_commands(raised)[0] == "vote jobs sealed until friday"


def test_two_ends_are_refused_without_a_button_that_drops_one() -> None:
    with pytest.raises(UserError, match="“2h” and “friday” are two ends, and a round ends once") as raised:
        read_box("pains 2h", "friday")
    assert list_commands(raised) == []


def test_a_mistyped_box_that_begins_with_a_known_one_is_no_end() -> None:
    with pytest.raises(UserError, match="Did you mean pain relievers"):
        read_box("pain relivers")


def test_an_unreadable_deadline_is_quoted_escaped_and_short() -> None:
    with pytest.raises(UserError) as raised:
        read_closing_time("<!channel>" + "x" * 100, MONDAY, BERLIN)
    assert "I can't read “&lt;!channel&gt;" in raised.value.text
    assert "x…” as a day, a time or a time zone: type for example `until friday 17:00`" in raised.value.text


def test_a_deadline_that_is_over_is_shown_in_the_zone_of_whoever_asks() -> None:
    with pytest.raises(UserError) as raised:
        read_closing_time("today 8:00", MONDAY, BERLIN)
    token = "<!date^1791784800^{date_short_pretty} {time}|Mon 12 Oct 08:00 (Europe/Berlin)>"
    assert raised.value.text.startswith(f"{token} is over already: ")
