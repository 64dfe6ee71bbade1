"""The times to which the page's clock can be moved."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.fake_slack.web.time_travel import TIME_JUMPS

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("label", "before", "after"),
    [
        ("20 minutes on", "2026-11-24T10:00", "2026-11-24T10:20"),
        ("To tomorrow 09:00", "2026-11-24T10:00", "2026-11-25T09:00"),
        ("To tomorrow 09:00", "2026-10-24T10:00", "2026-10-25T09:00"),  # the clocks change in that night
        ("To next Monday 09:00", "2026-11-24T10:00", "2026-11-30T09:00"),
        ("To next Monday 09:00", "2026-11-23T08:59", "2026-11-23T09:00"),
        ("To next Monday 09:00", "2026-11-23T09:00", "2026-11-30T09:00"),
        ("To next Monday 09:00", "2026-10-20T09:00", "2026-10-26T09:00"),
    ],
)
def test_a_time_jump_sets_the_wall_clock_time(label: str, before: str, after: str) -> None:
    local = datetime.fromisoformat(before).replace(tzinfo=BERLIN)
    assert TIME_JUMPS[label](local) == datetime.fromisoformat(after).replace(tzinfo=BERLIN)
