"""The wait for the end of a run: an audit that comes too early would find what is only unfinished."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

import pytest
from sqlalchemy.exc import OperationalError

from bot.db.database import Database
from bot.features.votes.service import REACTION_SETTLE_DELAY
from tests.chaos import run

RESTARTED = OperationalError("SELECT 1", None, Exception("the server closed the connection"))


@pytest.mark.parametrize(
    "counts",
    [
        ({"unread_cards": 2, "jobs": 1}, {"jobs": 1}, {"unread_cards": 2, "jobs": 1}, {}, {}),
        ({"jobs": 1}, {"jobs": 1}, {}, {"jobs": 1}, {}),
        ({}, {"unread_cards": 2}, {"unread_cards": 2}),
        (RESTARTED, {"unread_cards": 2}, {}, RESTARTED, {"jobs": 1}, {}, RESTARTED, {}),
    ],
    ids=["jobs after cards", "jobs that reading enqueued", "all done", "restart"],
)
async def test_it_ends_when_all_cards_are_read_and_all_jobs_done(
    monkeypatch: pytest.MonkeyPatch, counts: Sequence[dict[str, int] | OperationalError]
) -> None:
    left, started_at = iter(counts), datetime.now(UTC)
    asked_since: list[datetime] = []

    async def count_next(_database: Database, since: datetime) -> dict[str, int]:
        asked_since.append(since)
        count = next(left)
        if isinstance(count, OperationalError):
            raise count
        return dict(count)

    monkeypatch.setattr(run, "count_unfinished", count_next)
    monkeypatch.setattr(run, "POLL_SECONDS", 0)
    assert await run.wait_until_finished(cast("Database", None), 60, lambda _: None) == {}
    assert [*left] == []
    assert asked_since[0] >= started_at + REACTION_SETTLE_DELAY
    assert len({*asked_since}) == 3, "what reading enqueues comes after its own beginning"
