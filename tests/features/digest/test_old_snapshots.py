"""What a canvas keeps of its digests: the newest one's snapshot, and of each the fit that it reported."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st
from sqlmodel import select

from bot.db.database import Database
from bot.features.digest import store
from bot.features.digest.model import NewDigest, ReportedFit
from bot.features.digest.snapshot import dump_reported_fit, load_reported_fit
from bot.features.digest.store import DigestRow
from bot.method.formatting import round_percent
from bot.method.kinds import Kind
from tests.store.build import NOW, store_canvas


async def test_a_canvas_keeps_one_snapshot_and_the_fit_of_every_digest(database: Database) -> None:
    info, _ = await store_canvas(database)
    async with database.transaction("T1") as session:
        for day in range(12):
            new_digest = NewDigest("T1", info.id, f"slot {day}", NOW)
            digest_ids = await store.add_digests(session, [new_digest])
            await store.mark_sent(
                session,
                digest_ids[info.id],
                "1.0",
                NOW + timedelta(days=day),
                snapshot=str(day),
                reported_fit=f"fit {day}",
                is_unchanged=False,
            )
            await store.drop_old_snapshots(session, info.id)
        stored = (await session.exec(select(DigestRow.snapshot).order_by("sent_at"))).all()
        sent = await store.list_sent_digests(session, info.id, 3)
    assert list(stored) == [None] * 11 + ["11"]
    assert [(digest.snapshot, digest.reported_fit) for digest in sent] == [
        ("11", "fit 11"),
        (None, "fit 10"),
        (None, "fit 9"),
    ]


@given(st.fractions(0, 1) | st.integers(0, 2000).map(lambda number: Fraction(number, 2000)))
def test_a_share_that_was_stored_is_shown_like_the_exact_one(share: Fraction) -> None:
    exact = ReportedFit(share, {Kind.JOB: share, Kind.PAIN: None, Kind.GAIN: Fraction(1)})
    stored = load_reported_fit(dump_reported_fit(exact))
    assert stored is not None
    assert stored.overall is not None
    assert round_percent(stored.overall) == round_percent(share)
    assert round_percent(10 * stored.overall) == round_percent(10 * share)
    assert stored.shares == {Kind.JOB: stored.overall, Kind.PAIN: None, Kind.GAIN: 1}


@pytest.mark.parametrize("stored", [None, "", '{"edition": 1, "all": 500000000}'])
def test_a_digest_without_a_fit_of_todays_rules_is_no_part_of_the_trend(stored: str | None) -> None:
    assert load_reported_fit(stored) is None
