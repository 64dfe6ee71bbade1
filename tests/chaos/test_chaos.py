"""The short run: what the long one (`python -m tests.chaos`) shows, in a minute."""

from pathlib import Path

import pytest

from tests.chaos.run import Plan, chaos

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize(
    "plan",
    [
        Plan("sqlite", kills=4, digests=18, canvases=6, patience=150),
        Plan(kills=8, digests=24, canvases=6, workers=2, webs=1, cut_every=3, restart_every=6, patience=150),
    ],
    ids=lambda plan: plan.database,
)
async def test_nothing_is_lost_or_doubled_and_votes_are_what_stands_on_the_cards(
    plan: Plan, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if plan.database == "postgresql":
        request.getfixturevalue("postgresql_server")  # which says where there is none
    log = tmp_path / "processes.log"
    figures = await chaos(plan, tmp_path, log, lambda _: None)
    assert figures.wrong == {}, f"{figures.wrong}; the end of the log:\n{log.read_text()[-2000:]}"
    assert figures.kills == plan.kills
    assert figures.faults > 10
    assert figures.digests == plan.digests
    assert figures.votes > 20
    assert figures.slowest_stop < 10
