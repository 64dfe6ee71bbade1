"""What waits for a member, in which order, and how a digest is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.features.home.model import NEXT, PAGE, PREVIOUS, Standing, digest_day, onward, overview, unvoted
from bot.method.kinds import Kind
from bot.method.model import Mark
from bot.store.model import CanvasInfo
from tests.method.build import STARTED, Board

ME = "U0"  # who gives a board's first vote on everything
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


def head(key: int = 1) -> CanvasInfo:
    started = STARTED + timedelta(days=key)
    return CanvasInfo(key, f"C{key}", f"Map {key}", "", "U9", "UTC", started, None)


def standing(board: Board, key: int = 1, member: str = ME) -> Standing:
    return Standing(head(key), board.figures(), member)


def test_the_way_goes_box_by_box_in_order_of_creation_whatever_the_votes() -> None:
    board = Board()
    gain, late, early = board.add(Kind.GAIN), board.add(Kind.JOB), board.add(Kind.JOB)
    voted = board.add(Kind.JOB, 5)
    now = board.figures()
    assert [entry.id for entry in unvoted(now, ME)] == [late, early, gain]
    assert [entry.id for entry in unvoted(now, "U5")] == [late, early, voted, gain]
    assert [entry.id for entry in unvoted(now, ME, Kind.GAIN)] == [gain]


@pytest.mark.parametrize(
    ("at", "way", "there"),
    [(1, NEXT, 2), (3, NEXT, 1), (2, PREVIOUS, 1), (1, PREVIOUS, 3), (4, NEXT, 1), (4, PREVIOUS, 3)],
)
def test_on_the_way_one_goes_round_and_round(at: int, way: str, there: int) -> None:
    board = Board()
    for levels in ((), (), (), (5,)):
        board.add(Kind.PAIN, *levels)
    now = board.figures()
    found = onward(unvoted(now, ME), now.ranked[at].entry, way)
    assert found is not None
    assert found.id == there


def test_on_the_way_what_was_just_voted_on_is_left_behind() -> None:
    board = Board()
    board.add(Kind.JOB)
    voted, left = board.add(Kind.PAIN, 4), board.add(Kind.GAIN)
    now = board.figures()
    after = onward(unvoted(now, ME), now.ranked[voted].entry)
    assert after is not None
    assert after.id == left


def test_the_way_ends_where_nothing_else_waits() -> None:
    board = Board()
    board.add(Kind.JOB)
    now = board.figures()
    assert onward(unvoted(now, ME), now.ranked[1].entry) is None
    assert onward([], None) is None


def test_offers_wait_for_those_who_have_not_reviewed_them_and_only_beside_needs() -> None:
    board = Board()
    first, second = board.add(Kind.PAIN_RELIEVER, 3), board.add(Kind.GAIN_CREATOR, 3)
    assert not standing(board).waits
    need = board.add(Kind.JOB, 3)
    board.review(first, {need: Mark.STRONG})  # by U0
    assert [offer.ranked.entry.id for offer in standing(board).unreviewed] == [second]
    assert len(standing(board, member="U7").unreviewed) == 2


def test_pages_begin_with_what_waits_and_then_with_the_newest() -> None:
    done, waiting = Board(), Board()
    done.add(Kind.JOB, 5)
    waiting.add(Kind.JOB)
    all_of_them = [standing(done, 1), standing(waiting, 2), standing(done, 3), standing(waiting, 4)]
    shown = overview(all_of_them, 0)
    assert [one.head.id for one in shown.standings] == [4, 2, 3, 1]
    assert (shown.canvases, shown.unvoted, shown.unreviewed) == (4, 2, 0)


def test_an_entry_added_today_makes_an_old_canvas_new() -> None:
    board = Board()
    key = board.add(Kind.JOB, 5)
    board.entries[key - 1] = replace(board.entries[key - 1], created_at=STARTED + timedelta(days=99))
    untouched = Board()
    untouched.add(Kind.JOB, 5)
    shown = overview([standing(untouched, 2), standing(board, 1)], 0)
    assert [one.head.id for one in shown.standings] == [1, 2]


def test_a_page_too_far_is_the_last_and_one_before_the_first_is_the_first() -> None:
    many = [standing(Board(), key) for key in range(2 * PAGE + 1)]
    assert [len(overview(many, page).standings) for page in (-3, 0, 1, 2, 9)] == [PAGE, PAGE, PAGE, 1, 1]
    assert (overview(many, 9).page, overview(many, 9).pages) == (2, 3)
    assert (overview([], 4).page, overview([], 4).pages) == (0, 1)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (TUESDAY.replace(hour=1), "today's digest"),
        (TUESDAY - timedelta(hours=11), "Monday's digest"),
        (TUESDAY - timedelta(days=6), "Wednesday's digest"),
        (TUESDAY - timedelta(days=7), "the digest of 17 Nov"),
    ],
)
def test_a_digest_is_named_by_its_day(told: datetime, words: str) -> None:
    assert digest_day(told, TUESDAY) == words
