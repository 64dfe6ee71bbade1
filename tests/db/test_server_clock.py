"""All workers share one clock: the database server's."""

from datetime import datetime, timedelta

import pytest

from bot.app import synchronize_clock, utc_now
from bot.db.database import Database

MINUTES = timedelta(minutes=2)


@pytest.mark.parametrize("off", [MINUTES, -MINUTES])
async def test_a_clock_that_is_minutes_off_is_corrected_by_the_servers(
    database: Database, off: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong_clock() -> datetime:
        return utc_now() + off

    clock = await synchronize_clock(database, wrong_clock)
    deviation = abs(clock() - utc_now())
    if database.is_sqlite:  # on one machine there is one clock
        assert clock is wrong_clock
    else:
        assert deviation < MINUTES / 10
        assert "s off the database's: set it by NTP" in caplog.text


async def test_a_correct_clock_stays_as_it_is(database: Database) -> None:
    assert await synchronize_clock(database, utc_now) is utc_now
