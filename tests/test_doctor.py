"""What `doctor` says of a machine's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.doctor import _check_clock

SLACK_TIME = datetime(2026, 10, 12, 7, tzinfo=UTC)
DATE_HEADER = "Mon, 12 Oct 2026 07:00:00 GMT"


@pytest.mark.parametrize("seconds", [0, 1, 119, 120])
@pytest.mark.parametrize("direction", [1, -1])
def test_a_clock_that_is_at_most_two_minutes_off_is_right(seconds: int, direction: int) -> None:
    finding = _check_clock(DATE_HEADER, SLACK_TIME + direction * timedelta(seconds=seconds))
    assert str(finding) == f"ok    clock: {seconds} s off Slack's"


@pytest.mark.parametrize("seconds", [121, 300, 1200, 86_400])
@pytest.mark.parametrize("direction", [1, -1])
def test_a_clock_that_is_more_than_two_minutes_off_is_wrong(seconds: int, direction: int) -> None:
    finding = _check_clock(DATE_HEADER, SLACK_TIME + direction * timedelta(seconds=seconds))
    assert str(finding) == f"WRONG clock: {seconds} s off Slack's: synchronize it by NTP"
