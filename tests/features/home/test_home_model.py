"""A member's open votes and reviews, the order of canvases and entries, and the names of digests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.features.home.model import (
    CANVASES_PER_PAGE,
    CanvasStatus,
    build_overview,
    name_digest,
)
from bot.method.kinds import Kind
from bot.method.model import Mark
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, CanvasBuilder

ME = "U0"  # the first voter of every entry: see build_votes
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


def build_canvas_info(canvas_id: int = 1) -> CanvasInfo:
    created_at = STARTED_AT + timedelta(days=canvas_id)
    return CanvasInfo(canvas_id, f"C{canvas_id}", f"Map {canvas_id}", "", "U9", "UTC", created_at, None)


def build_status(builder: CanvasBuilder, canvas_id: int = 1, user_id: str = ME) -> CanvasStatus:
    return CanvasStatus(build_canvas_info(canvas_id), builder.compute_metrics(), user_id)


def test_unreviewed_offers_are_open_work_if_there_are_needs() -> None:
    builder = CanvasBuilder()
    first, second = builder.add(Kind.PAIN_RELIEVER, 3), builder.add(Kind.GAIN_CREATOR, 3)
    assert not build_status(builder).has_open_work
    need = builder.add(Kind.JOB, 3)
    builder.review(first, {need: Mark.STRONG})  # by U0
    assert [offer.ranked.entry.id for offer in build_status(builder).unreviewed_offers] == [second]
    assert len(build_status(builder, user_id="U7").unreviewed_offers) == 2


def test_canvases_with_open_work_come_first_and_then_the_newest() -> None:
    done, waiting = CanvasBuilder(), CanvasBuilder()
    done.add(Kind.JOB, 5)
    waiting.add(Kind.JOB)
    statuses = [
        build_status(done, 1),
        build_status(waiting, 2),
        build_status(done, 3),
        build_status(waiting, 4),
    ]
    overview = build_overview(statuses, 0)
    assert [status.canvas_info.id for status in overview.statuses] == [4, 2, 3, 1]
    assert (overview.canvas_count, overview.unvoted_count, overview.unreviewed_count) == (4, 2, 0)


def test_a_new_entry_moves_an_old_canvas_to_the_front() -> None:
    builder = CanvasBuilder()
    entry_id = builder.add(Kind.JOB, 5)
    builder.entries[entry_id - 1] = replace(
        builder.entries[entry_id - 1], created_at=STARTED_AT + timedelta(days=99)
    )
    untouched = CanvasBuilder()
    untouched.add(Kind.JOB, 5)
    overview = build_overview([build_status(untouched, 2), build_status(builder, 1)], 0)
    assert [status.canvas_info.id for status in overview.statuses] == [1, 2]


def test_page_numbers_out_of_range_give_the_first_or_last_page() -> None:
    many = [build_status(CanvasBuilder(), canvas_id) for canvas_id in range(2 * CANVASES_PER_PAGE + 1)]
    assert [len(build_overview(many, page).statuses) for page in (-3, 0, 1, 2, 9)] == [
        CANVASES_PER_PAGE,
        CANVASES_PER_PAGE,
        CANVASES_PER_PAGE,
        1,
        1,
    ]
    assert (build_overview(many, 9).page, build_overview(many, 9).page_count) == (2, 3)
    assert (build_overview([], 4).page, build_overview([], 4).page_count) == (0, 1)


@pytest.mark.parametrize(
    ("sent_at", "name"),
    [
        (TUESDAY.replace(hour=1), "today's digest"),
        (TUESDAY - timedelta(hours=11), "Monday's digest"),
        (TUESDAY - timedelta(days=6), "Wednesday's digest"),
        (TUESDAY - timedelta(days=7), "the digest of 17 Nov"),
    ],
)
def test_a_digest_is_named_by_its_day(sent_at: datetime, name: str) -> None:
    assert name_digest(sent_at, TUESDAY) == name
