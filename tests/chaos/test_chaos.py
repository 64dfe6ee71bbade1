"""The short run of the chaos test; `python -m tests.chaos` is the long one."""

from pathlib import Path

import pytest

from tests.chaos.run import Plan, run_chaos

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize(
    "plan",
    [
        Plan("sqlite", kills=4, digests=18, canvases=6),
        Plan(
            kills=6,
            digests=18,
            canvases=6,
            workers=2,
            webs=1,
            kills_per_connection_cut=2,
            kills_per_restart=3,
        ),
    ],
    ids=lambda plan: plan.database,
)
async def test_nothing_is_lost_or_doubled_and_votes_equal_the_reactions(
    plan: Plan, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if plan.database == "postgresql":
        request.getfixturevalue("postgresql_server")  # skips the test where there is none
    log = tmp_path / "processes.log"
    report = await run_chaos(plan, tmp_path, log, lambda _: None)
    assert report.failures == {}, f"{report.failures}; the end of the log:\n{log.read_text()[-2000:]}"
    assert report.kills == plan.kills
    assert report.faults > 10
    assert report.digests == plan.digests
    assert report.votes > 10
    assert report.slowest_stop_seconds < 10
