"""What waits for a member's vote or review, in which order, and how a digest is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.features.home.model import (
    CANVASES_PER_PAGE,
    NEXT,
    PREVIOUS,
    CanvasStatus,
    build_overview,
    list_unvoted,
    name_digest,
    next_unvoted,
)
from bot.method.kinds import Kind
from bot.method.model import Mark
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, CanvasBuilder

ME = "U0"  # who gives a board's first vote on everything
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


def build_info(key: int = 1) -> CanvasInfo:
    started = STARTED_AT + timedelta(days=key)
    return CanvasInfo(key, f"C{key}", f"Map {key}", "", "U9", "UTC", started, None)


def build_status(board: CanvasBuilder, key: int = 1, user_id: str = ME) -> CanvasStatus:
    return CanvasStatus(build_info(key), board.compute_metrics(), user_id)


def test_unvoted_entries_come_by_box_and_creation_whatever_the_votes() -> None:
    board = CanvasBuilder()
    gain, late, early = board.add(Kind.GAIN), board.add(Kind.JOB), board.add(Kind.JOB)
    voted = board.add(Kind.JOB, 5)
    metrics = board.compute_metrics()
    assert [entry.id for entry in list_unvoted(metrics, ME)] == [late, early, gain]
    assert [entry.id for entry in list_unvoted(metrics, "U5")] == [late, early, voted, gain]
    assert [entry.id for entry in list_unvoted(metrics, ME, Kind.GAIN)] == [gain]


@pytest.mark.parametrize(
    ("current_id", "direction", "next_id"),
    [(1, NEXT, 2), (3, NEXT, 1), (2, PREVIOUS, 1), (1, PREVIOUS, 3), (4, NEXT, 1), (4, PREVIOUS, 3)],
)
def test_the_last_unvoted_entry_is_followed_by_the_first(
    current_id: int, direction: str, next_id: int
) -> None:
    board = CanvasBuilder()
    for levels in ((), (), (), (5,)):
        board.add(Kind.PAIN, *levels)
    metrics = board.compute_metrics()
    found = next_unvoted(list_unvoted(metrics, ME), metrics.ranked[current_id].entry, direction)
    assert found is not None
    assert found.id == next_id


def test_after_an_entry_that_got_its_vote_the_next_unvoted_one_comes() -> None:
    board = CanvasBuilder()
    board.add(Kind.JOB)
    voted, left = board.add(Kind.PAIN, 4), board.add(Kind.GAIN)
    metrics = board.compute_metrics()
    after = next_unvoted(list_unvoted(metrics, ME), metrics.ranked[voted].entry)
    assert after is not None
    assert after.id == left


def test_there_is_no_next_entry_where_no_other_is_unvoted() -> None:
    board = CanvasBuilder()
    board.add(Kind.JOB)
    metrics = board.compute_metrics()
    assert next_unvoted(list_unvoted(metrics, ME), metrics.ranked[1].entry) is None
    assert next_unvoted([], None) is None


def test_offers_wait_for_those_who_have_not_reviewed_them_if_there_are_needs() -> None:
    board = CanvasBuilder()
    first, second = board.add(Kind.PAIN_RELIEVER, 3), board.add(Kind.GAIN_CREATOR, 3)
    assert not build_status(board).has_open_work
    need = board.add(Kind.JOB, 3)
    board.review(first, {need: Mark.STRONG})  # by U0
    assert [offer.ranked.entry.id for offer in build_status(board).unreviewed_offers] == [second]
    assert len(build_status(board, user_id="U7").unreviewed_offers) == 2


def test_canvases_with_open_work_come_first_and_then_the_newest() -> None:
    done, waiting = CanvasBuilder(), CanvasBuilder()
    done.add(Kind.JOB, 5)
    waiting.add(Kind.JOB)
    all_of_them = [
        build_status(done, 1),
        build_status(waiting, 2),
        build_status(done, 3),
        build_status(waiting, 4),
    ]
    shown = build_overview(all_of_them, 0)
    assert [status.canvas_info.id for status in shown.statuses] == [4, 2, 3, 1]
    assert (shown.canvas_count, shown.unvoted_count, shown.unreviewed_count) == (4, 2, 0)


def test_a_new_entry_moves_an_old_canvas_to_the_front() -> None:
    board = CanvasBuilder()
    key = board.add(Kind.JOB, 5)
    board.entries[key - 1] = replace(board.entries[key - 1], created_at=STARTED_AT + timedelta(days=99))
    untouched = CanvasBuilder()
    untouched.add(Kind.JOB, 5)
    shown = build_overview([build_status(untouched, 2), build_status(board, 1)], 0)
    assert [status.canvas_info.id for status in shown.statuses] == [1, 2]


def test_page_numbers_out_of_range_give_the_first_or_last_page() -> None:
    many = [build_status(CanvasBuilder(), key) for key in range(2 * CANVASES_PER_PAGE + 1)]
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
