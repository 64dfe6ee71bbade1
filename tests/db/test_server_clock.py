"""All processes use the clock of the database server."""

from datetime import datetime, timedelta

import pytest

from bot.app import synchronize_clock, utc_now
from bot.db.database import Database

TWO_MINUTES = timedelta(minutes=2)


@pytest.mark.parametrize("deviation", [TWO_MINUTES, -TWO_MINUTES])
async def test_a_clock_that_is_minutes_off_is_corrected_by_the_database_server(
    database: Database, deviation: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong_clock() -> datetime:
        return utc_now() + deviation

    clock = await synchronize_clock(database, wrong_clock)
    corrected_deviation = abs(clock() - utc_now())
    if database.is_sqlite:  # there is no server whose clock could be used
        assert clock is wrong_clock
    else:
        assert corrected_deviation < TWO_MINUTES / 10
        assert "synchronize it by NTP" in caplog.text


async def test_a_correct_clock_is_not_changed(database: Database) -> None:
    assert await synchronize_clock(database, utc_now) is utc_now
