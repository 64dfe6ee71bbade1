"""The order of a fit review: no offer is left out, none comes twice, and it ends."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from bot.features.fit.model import ReviewSession, ReviewStep, need_sort_key, take_first_page
from bot.method.kinds import NEED_KINDS, OFFER_KINDS, Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry, Review
from bot.slack.blockkit.builders import MAX_OPTIONS
from tests.method.build import CanvasBuilder, build_canvas, build_entry

ME = "me"
no_deadline = settings(deadline=None)  # a slow machine is no failure


def offers_of(*kinds: Kind) -> list[Entry]:
    return [build_entry(number, kind, {}) for number, kind in enumerate(kinds, start=100)]


def save_no_marks(state: Canvas, offer: int) -> Canvas:
    """Return the canvas after the member has reviewed an offer."""
    others = tuple(each for each in state.reviews if (each.offer_id, each.user_id) != (offer, ME))
    return replace(state, reviews=(*others, Review(offer, ME, {})))


def review_all(state: Canvas, start_id: int | None, *, is_repeat: bool | None) -> list[int]:
    """Save step after step from an offer, or from the first step; return the ids of the reviewed offers."""
    session = ReviewSession(compute_metrics(state), ME, is_repeat=is_repeat)
    step = session.first_step() if start_id is None else session.step_at(start_id)
    visited = []
    while step is not None:
        visited.append(step.entry.id)
        assert len(visited) <= len(session.offers), "it ends"
        ends = step.is_last
        state = save_no_marks(state, step.entry.id)
        session = ReviewSession(compute_metrics(state), ME, is_repeat=session.is_repeat)
        step = session.step_after_offer(step.entry.id)
        assert ends == (step is None), "is_last is true on the last step only"
    return visited


@st.composite
def started_reviews(draw: st.DrawFn) -> tuple[Canvas, set[int]]:
    """A canvas with some offers that the member has reviewed, and the ids of these."""
    offers = offers_of(*draw(st.lists(st.sampled_from(OFFER_KINDS), min_size=1, max_size=8)))
    done = draw(st.sets(st.sampled_from([each.id for each in offers])))
    reviews = [Review(offer, member, {}) for offer in done for member in (ME, "another")]
    return build_canvas([build_entry(1, Kind.PAIN, {}), *offers], reviews), done


@no_deadline
@given(started_reviews(), st.data())
def test_from_any_offer_each_unreviewed_one_comes_once(
    state: tuple[Canvas, set[int]], data: st.DataObject
) -> None:
    board, done = state
    ids = [each.id for each in board.entries if each.kind.is_offer]
    start = data.draw(st.sampled_from(ids))
    visited = review_all(board, start, is_repeat=False)
    assert visited[0] == start
    assert sorted(visited) == sorted({start, *ids} - (done - {start}))


@no_deadline
@given(started_reviews())
def test_a_review_leads_through_the_unreviewed_offers_or_else_through_all(
    state: tuple[Canvas, set[int]],
) -> None:
    board, done = state
    session = ReviewSession(compute_metrics(board), ME)
    ids = [each.ranked.entry.id for each in session.offers]
    assert session.is_repeat == (done == set(ids))
    wanted = [offer for offer in ids if session.is_repeat or offer not in done]
    assert review_all(board, None, is_repeat=None) == wanted


@no_deadline
@given(started_reviews())
def test_skipping_shows_each_offer_and_then_the_first_unreviewed_one(
    state: tuple[Canvas, set[int]],
) -> None:
    board, done = state
    session = ReviewSession(compute_metrics(board), ME, is_repeat=False)
    ids = [each.ranked.entry.id for each in session.offers]
    offer_id: int | None = ids[0]
    passed: list[int] = []
    while offer_id is not None and len(passed) < len(ids):
        passed.append(offer_id)
        step = session.step_after_skip(offer_id)
        offer_id = step.entry.id if step else None
    assert passed == ids
    waiting = [offer for offer in ids[:-1] if offer not in done]
    assert offer_id == next(iter(waiting), None)


def test_back_leads_to_the_offer_before_and_not_before_the_first() -> None:
    session = ReviewSession(
        compute_metrics(build_canvas([build_entry(1, Kind.JOB, {}), *offers_of(*OFFER_KINDS)])), ME
    )
    second = session.step_before(101, 0)
    assert second
    assert second.entry.id == 100
    assert second.is_first
    assert session.step_before(100, 0) is None


def test_a_deleted_offer_has_no_step_and_is_followed_by_the_first_offer() -> None:
    session = ReviewSession(
        compute_metrics(build_canvas([build_entry(1, Kind.JOB, {}), *offers_of(*OFFER_KINDS)])), ME
    )
    assert session.step_at(99) is None
    assert session.step_after_page(99, 0, (need_sort_key(session.needs[0]))) is None
    assert [
        step.entry.id if step else None
        for step in (session.step_after_skip(99), session.step_after_offer(99))
    ] == [100, 100]
    assert session.step_before(99, 0) is None
    empty = ReviewSession(compute_metrics(build_canvas([])), ME)
    assert not empty.is_repeat
    assert empty.first_step() is None


def list_pages(metrics: CanvasMetrics) -> list[ReviewStep]:
    """Return the steps of the first offer, one after the other."""
    session = ReviewSession(metrics, ME)
    step = session.first_step()
    found = []
    while step:
        found.append(step)
        step = session.step_after_page(step.entry.id, step.page, step.last_sort_key)
    return found


def need_ids(steps: Sequence[ReviewStep]) -> list[list[int]]:
    return [[need.ranked.entry.id for need in step.needs] for step in steps]


@settings(no_deadline, max_examples=40)
@given(st.integers(1, 3 * MAX_OPTIONS), st.randoms(use_true_random=False))
def test_every_need_is_on_one_page_and_must_haves_are_on_the_first(number: int, dice: object) -> None:
    board = CanvasBuilder()
    for _ in range(number):
        board.add(dice.choice(NEED_KINDS), *(dice.randint(1, 5) for _ in range(dice.randint(0, 4))))  # type: ignore[attr-defined]
    offer = board.add(Kind.PAIN_RELIEVER)
    metrics = board.compute_metrics()
    found = list_pages(metrics)
    assert [step.page for step in found] == list(range(len(found)))
    assert {step.page_count for step in found} == {len(found)}
    assert [step.last_sort_key is None for step in found] == [*[False] * (len(found) - 1), True]
    assert sorted(need for part in need_ids(found) for need in part) == sorted(metrics.needs)
    must_haves = [need for need, each in metrics.needs.items() if each.ranked.must_have]
    shown_first = need_ids(found)[0]
    assert all(len(step.needs) <= MAX_OPTIONS for step in found)
    assert set(must_haves[:MAX_OPTIONS]) <= set(shown_first) or len(must_haves) > MAX_OPTIONS
    assert [
        each.needs
        for each in (ReviewSession(metrics, ME).step_at(offer, step.page) for step in found)
        if each
    ] == [step.needs for step in found]


def test_a_page_lists_the_needs_by_kind_and_rank_with_numbers() -> None:
    board = CanvasBuilder()
    low, high, job = board.add(Kind.PAIN, 2), board.add(Kind.PAIN, 5, 5, 5), board.add(Kind.JOB)
    board.add(Kind.GAIN_CREATOR)
    (step,) = list_pages(board.compute_metrics())
    assert need_ids([step]) == [[job, high, low]]
    assert (step.need_numbers[high], step.need_numbers[low], step.need_numbers[job]) == (1, 2, 1)


@pytest.mark.parametrize(("number", "sizes"), [(100, [100]), (101, [51, 50]), (250, [84, 83, 83])])
def test_pages_have_equal_sizes(number: int, sizes: list[int]) -> None:
    board = CanvasBuilder()
    for _ in range(number):
        board.add(Kind.PAIN)
    board.add(Kind.PAIN_RELIEVER)
    assert [len(part) for part in need_ids(list_pages(board.compute_metrics()))] == sizes


def test_all_must_haves_are_on_the_first_page_if_a_menu_holds_them() -> None:
    board = CanvasBuilder()
    for number in range(120):
        board.add(NEED_KINDS[number % 3], *([5] * 5 if number < 90 else []))
    assert len(take_first_page(ReviewSession(board.compute_metrics(), ME).needs)) == 90


def test_a_need_deleted_or_added_between_two_pages_hides_no_other() -> None:
    board = CanvasBuilder()
    for _ in range(150):
        board.add(Kind.PAIN)
    offer = board.add(Kind.PAIN_RELIEVER)
    first = list_pages(board.compute_metrics())[0]
    gone = first.needs[0].ranked.entry.id
    left = [each for each in board.entries if each.id != gone]
    more = build_entry(900, Kind.JOB, {"U1": 5, "U2": 5})
    session = ReviewSession(compute_metrics(build_canvas([*left, more])), ME)
    second = session.step_after_page(offer, first.page, first.last_sort_key)
    assert second
    rest = {each.id for each in board.entries if each.kind is Kind.PAIN} - set(need_ids([first])[0])
    assert set(need_ids([second])[0]) == rest
