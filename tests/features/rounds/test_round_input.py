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
    assert read_box("Pains", "Pains") is Kind.PAIN
    assert read_box("products & services", "products & services") is Kind.PRODUCT
    assert read_box("", "") is read_box("ALL", "ALL") is None
    with pytest.raises(UserError, match="I know no kind “friday”"):
        read_box("friday", "friday")


def test_a_mistyped_box_becomes_a_button_that_keeps_the_deadline() -> None:
    with pytest.raises(UserError, match=r"^Did you mean pains\?\n`/valuemap help` lists all.$") as raised:
        read_box("pians", "pians until friday")
    labels = {button.text.text: button.value for button in raised.value.buttons if button.text}
    assert labels == {"Vote on pains": ":vote pains until friday", "Help": ":help"}


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
