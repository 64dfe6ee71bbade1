"""The way through a fit review: nothing is left out, nothing comes twice, and it ends."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from bot.features.fit.model import ReviewStep, ReviewSession, first_part, sort_key
from bot.method.kinds import NEED_KINDS, OFFER_KINDS, Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry, Review
from bot.slack.blockkit.builders import MAX_OPTIONS
from tests.method.build import Board, canvas, entry

ME = "me"
unhurried = settings(deadline=None)  # judged by what is found, not by how busy the machine is


def offers_of(*kinds: Kind) -> list[Entry]:
    return [entry(number, kind, {}) for number, kind in enumerate(kinds, start=100)]


def saved(state: Canvas, offer: int) -> Canvas:
    """Return the canvas after I have saved my marks on an offer."""
    others = tuple(each for each in state.reviews if (each.offer_id, each.user_id) != (offer, ME))
    return replace(state, reviews=(*others, Review(offer, ME, {})))


def walked(state: Canvas, start: int | None, *, again: bool | None) -> list[int]:
    """Save stop after stop, beginning at an offer or where the review begins; return the offers visited."""
    walk = ReviewSession(compute_metrics(state), ME, is_repeat=again)
    there = walk.first_step() if start is None else walk.step_at(start)
    visited = []
    while there is not None:
        visited.append(there.entry.id)
        assert len(visited) <= len(walk.offers), "it ends"
        ends = there.is_last
        state = saved(state, there.entry.id)
        walk = ReviewSession(compute_metrics(state), ME, is_repeat=walk.is_repeat)
        there = walk.step_after_offer(there.entry.id)
        assert ends == (there is None), "the button says whether it ends"
    return visited


@st.composite
def begun(draw: st.DrawFn) -> tuple[Canvas, set[int]]:
    """A canvas of which I have reviewed some offers; with their ids."""
    offers = offers_of(*draw(st.lists(st.sampled_from(OFFER_KINDS), min_size=1, max_size=8)))
    done = draw(st.sets(st.sampled_from([each.id for each in offers])))
    reviews = [Review(offer, member, {}) for offer in done for member in (ME, "another")]
    return canvas([entry(1, Kind.PAIN, {}), *offers], reviews), done


@unhurried
@given(begun(), st.data())
def test_from_any_offer_each_one_that_waits_comes_once(
    state: tuple[Canvas, set[int]], data: st.DataObject
) -> None:
    board, done = state
    ids = [each.id for each in board.entries if each.kind.is_offer]
    start = data.draw(st.sampled_from(ids))
    visited = walked(board, start, again=False)
    assert visited[0] == start
    assert sorted(visited) == sorted({start, *ids} - (done - {start}))


@unhurried
@given(begun())
def test_the_review_leads_through_all_that_waits_or_through_all_once_more(
    state: tuple[Canvas, set[int]],
) -> None:
    board, done = state
    walk = ReviewSession(compute_metrics(board), ME)
    ids = [each.ranked.entry.id for each in walk.offers]
    assert walk.is_repeat == (done == set(ids))
    wanted = [offer for offer in ids if walk.is_repeat or offer not in done]
    assert walked(board, None, again=None) == wanted


@unhurried
@given(begun())
def test_skipping_passes_each_offer_after_the_first_and_comes_to_an_end(
    state: tuple[Canvas, set[int]],
) -> None:
    board, done = state
    walk = ReviewSession(compute_metrics(board), ME, is_repeat=False)
    ids = [each.ranked.entry.id for each in walk.offers]
    there: int | None = ids[0]
    passed: list[int] = []
    while there is not None and len(passed) < len(ids):
        passed.append(there)
        stop = walk.step_after_skip(there)
        there = stop.entry.id if stop else None
    assert passed == ids
    waiting = [offer for offer in ids[:-1] if offer not in done]
    assert there == next(iter(waiting), None)


def test_back_leads_back_and_not_further_than_the_beginning() -> None:
    walk = ReviewSession(compute_metrics(canvas([entry(1, Kind.JOB, {}), *offers_of(*OFFER_KINDS)])), ME)
    second = walk.step_before(101, 0)
    assert second
    assert second.entry.id == 100
    assert second.is_first
    assert walk.step_before(100, 0) is None


def test_an_offer_that_is_gone_is_no_stop_and_what_follows_begins_anew() -> None:
    walk = ReviewSession(compute_metrics(canvas([entry(1, Kind.JOB, {}), *offers_of(*OFFER_KINDS)])), ME)
    assert walk.step_at(99) is None
    assert walk.step_after_page(99, 0, (sort_key(walk.needs[0]))) is None
    assert [stop.entry.id if stop else None for stop in (walk.step_after_skip(99), walk.step_after_offer(99))] == [100, 100]
    assert walk.step_before(99, 0) is None
    empty = ReviewSession(compute_metrics(canvas([])), ME)
    assert not empty.is_repeat
    assert empty.first_step() is None


def parts(now: CanvasMetrics) -> list[ReviewStep]:
    """Return the stops of one offer as one comes to them by saving."""
    walk = ReviewSession(now, ME)
    there = walk.first_step()
    found = []
    while there:
        found.append(there)
        there = walk.step_after_page(there.entry.id, there.page, there.last_sort_key)
    return found


def ids(stops: Sequence[ReviewStep]) -> list[list[int]]:
    return [[need.ranked.entry.id for need in stop.needs] for stop in stops]


@settings(unhurried, max_examples=40)
@given(st.integers(1, 3 * MAX_OPTIONS), st.randoms(use_true_random=False))
def test_every_need_comes_in_one_part_and_must_haves_come_first(number: int, dice: object) -> None:
    board = Board()
    for _ in range(number):
        board.add(dice.choice(NEED_KINDS), *(dice.randint(1, 5) for _ in range(dice.randint(0, 4))))  # type: ignore[attr-defined]
    offer = board.add(Kind.PAIN_RELIEVER)
    now = board.figures()
    found = parts(now)
    assert [stop.page for stop in found] == list(range(len(found)))
    assert {stop.page_count for stop in found} == {len(found)}
    assert [stop.last_sort_key is None for stop in found] == [*[False] * (len(found) - 1), True]
    assert sorted(need for part in ids(found) for need in part) == sorted(now.needs)
    must_haves = [need for need, each in now.needs.items() if each.ranked.must_have]
    shown_first = ids(found)[0]
    assert all(len(stop.needs) <= MAX_OPTIONS for stop in found)
    assert set(must_haves[:MAX_OPTIONS]) <= set(shown_first) or len(must_haves) > MAX_OPTIONS
    assert [
        walk_at.needs for walk_at in (ReviewSession(now, ME).step_at(offer, stop.page) for stop in found) if walk_at
    ] == [stop.needs for stop in found]


def test_a_part_lists_each_kind_in_rank_order_and_numbers_it() -> None:
    board = Board()
    low, high, job = board.add(Kind.PAIN, 2), board.add(Kind.PAIN, 5, 5, 5), board.add(Kind.JOB)
    board.add(Kind.GAIN_CREATOR)
    (stop,) = parts(board.figures())
    assert ids([stop]) == [[job, high, low]]
    assert (stop.need_numbers[high], stop.need_numbers[low], stop.need_numbers[job]) == (1, 2, 1)


@pytest.mark.parametrize(("number", "sizes"), [(100, [100]), (101, [51, 50]), (250, [84, 83, 83])])
def test_parts_are_of_one_size(number: int, sizes: list[int]) -> None:
    board = Board()
    for _ in range(number):
        board.add(Kind.PAIN)
    board.add(Kind.PAIN_RELIEVER)
    assert [len(part) for part in ids(parts(board.figures()))] == sizes


def test_must_haves_are_not_parted_where_one_menu_holds_them() -> None:
    board = Board()
    for number in range(120):
        board.add(NEED_KINDS[number % 3], *([5] * 5 if number < 90 else []))
    assert len(first_part(ReviewSession(board.figures(), ME).needs)) == 90


def test_a_need_that_goes_or_comes_between_two_parts_hides_no_other() -> None:
    board = Board()
    for _ in range(150):
        board.add(Kind.PAIN)
    offer = board.add(Kind.PAIN_RELIEVER)
    first = parts(board.figures())[0]
    gone = first.needs[0].ranked.entry.id
    left = [each for each in board.entries if each.id != gone]
    more = entry(900, Kind.JOB, {"U1": 5, "U2": 5})
    walk = ReviewSession(compute_metrics(canvas([*left, more])), ME)
    second = walk.step_after_page(offer, first.page, first.last_sort_key)
    assert second
    rest = {each.id for each in board.entries if each.kind is Kind.PAIN} - set(ids([first])[0])
    assert set(ids([second])[0]) == rest
