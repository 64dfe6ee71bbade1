"""What a claim reads does not grow with what waits, and what is blocked holds up nothing behind it."""

from datetime import timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.app import FEATURES
from bot.db.database import Database
from bot.features.cards.model import CARD_JOB
from bot.features.feature import collect_job_handlers
from bot.jobs import claim_store, store, throttles
from bot.jobs.claim_store import ClaimWindows
from bot.jobs.model import Job
from tests.db.plans import explain_reading
from tests.jobs.claiming import KINDS, NOW, enqueue_jobs

WINDOW = 20
ALL_KINDS = sorted({*collect_job_handlers(FEATURES)}, key=lambda kind: kind.priority)


@pytest.fixture(autouse=True)
def small_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_store, "MAX_CANDIDATES", WINDOW)


async def claim(database: Database, windows: ClaimWindows, limit: int = 10) -> list[Job]:
    async with database.transaction(None) as session:
        return await claim_store.claim_due_jobs(session, ALL_KINDS, NOW, limit, windows=windows)


async def claim_until(database: Database, windows: ClaimWindows, team_id: str) -> int:
    """Return after how many claims a job of this workspace is claimed."""
    for number in range(1, 100):
        if any(job.team_id == team_id for job in await claim(database, windows)):
            return number
    raise AssertionError("it is never claimed")


@pytest.mark.parametrize("waiting", [2 * WINDOW, 6 * WINDOW])
async def test_jobs_behind_those_of_a_throttled_workspace_are_claimed(
    database: Database, waiting: int
) -> None:
    await enqueue_jobs(database, CARD_JOB, waiting, channels=waiting)
    async with database.transaction("T1") as session:
        await throttles.set_throttles(session, [CARD_JOB.name], NOW + timedelta(minutes=1))
    await enqueue_jobs(database, CARD_JOB, 3, channels=3, team_id="T2")
    windows = ClaimWindows()
    assert await claim_until(database, windows, "T2") == waiting // WINDOW + 1
    assert not windows.is_behind, "after the end, claims begin at the front again"


async def test_jobs_behind_a_busy_channel_are_claimed(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 3 * WINDOW, channels=1)
    await enqueue_jobs(database, CARD_JOB, 30, channels=30, team_id="T2")
    windows = ClaimWindows()
    first = await claim(database, windows)
    assert {(job.team_id, job.channel_id) for job in first} == {("T1", "C0")}
    assert await claim_until(database, windows, "T2") <= 3
    async with database.transaction("T1") as session:
        for job in first:
            await store.complete_job(session, job, NOW)
    claims = [job.team_id for _ in range(4) for job in await claim(database, windows)]
    assert "T1" in claims, "the channel has its turn again"


async def test_few_jobs_are_claimed_in_the_order_of_many(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, kind in enumerate(KINDS):
        await enqueue_jobs(database, kind, WINDOW // 2, channels=number + 2)
    async with database.transaction("T1") as session:
        await throttles.set_throttles(session, ["C1"], NOW + timedelta(seconds=5))

    async def list_claims(window: int) -> list[int]:
        monkeypatch.setattr(claim_store, "MAX_CANDIDATES", window)
        async with database.transaction(None) as session:
            jobs = await claim_store.claim_due_jobs(session, KINDS, NOW, 10)
            await session.rollback()
        return [job.id for job in jobs]

    waiting = len(KINDS) * WINDOW // 2
    of_few = await list_claims(waiting + 1)
    assert len(of_few) == 10
    assert of_few == await list_claims(waiting)


async def test_a_backlog_is_claimed_to_its_end_and_counted_again_where_it_ends(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 2 * WINDOW, channels=2 * WINDOW)
    windows, claimed = ClaimWindows(), []
    are_needed = []
    for _ in range(5):
        claimed += [job.id for job in await claim(database, windows)]
        are_needed.append(windows.are_needed)
    assert are_needed == [True, True, True, False, False]
    assert len({*claimed}) == len(claimed) == 2 * WINDOW


async def claim_jobs(session: AsyncSession) -> None:
    await claim_store.claim_due_jobs(session, ALL_KINDS, NOW, 10)


async def test_every_window_is_read_by_an_index_that_leaves_out_what_is_not_due(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, WINDOW, channels=1)
    async with database.transaction("T1") as session:
        await throttles.set_throttles(session, [CARD_JOB.name], NOW + timedelta(minutes=1))
    plan = await explain_reading(database, claim_jobs)
    assert plan.count("ix_job_kind_due_at") >= 2 * len(ALL_KINDS), "ids, and the ends of the windows"
    assert not [step for step in plan.splitlines() if step in {"Seq Scan on job", "SCAN job"}]


@pytest.mark.parametrize(("waiting", "statements"), [(0, 1), (WINDOW - 1, 3)])
async def test_few_jobs_are_read_without_windows_and_by_the_same_index(
    database: Database, waiting: int, statements: int
) -> None:
    await enqueue_jobs(database, CARD_JOB, waiting, channels=WINDOW)
    plan = await explain_reading(database, claim_jobs)
    assert 1 <= plan.count("ix_job_kind_due_at") <= statements
    assert not [step for step in plan.splitlines() if step in {"Seq Scan on job", "SCAN job"}]
