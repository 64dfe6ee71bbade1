"""The steps of a fit review: every offer comes once, and the review ends."""

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
no_deadline = settings(deadline=None)  # a busy machine does not fail a test


def offers_of(*kinds: Kind) -> list[Entry]:
    return [build_entry(number, kind, {}) for number, kind in enumerate(kinds, start=100)]


def save_no_marks(canvas: Canvas, offer_id: int) -> Canvas:
    """Return the canvas after the member has reviewed an offer."""
    other_reviews = tuple(each for each in canvas.reviews if (each.offer_id, each.user_id) != (offer_id, ME))
    return replace(canvas, reviews=(*other_reviews, Review(offer_id, ME, {})))


def review_all(canvas: Canvas, start_id: int | None, *, is_repeat: bool | None) -> list[int]:
    """Save step after step from an offer, or from the first step; return the ids of the reviewed offers."""
    session = ReviewSession(compute_metrics(canvas), ME, is_repeat=is_repeat)
    step = session.first_step() if start_id is None else session.step_at(start_id)
    visited = []
    while step is not None:
        visited.append(step.entry.id)
        assert len(visited) <= len(session.offers), "the review ends"
        is_last = step.is_last
        canvas = save_no_marks(canvas, step.entry.id)
        session = ReviewSession(compute_metrics(canvas), ME, is_repeat=session.is_repeat)
        step = session.step_after_offer(step.entry.id)
        assert is_last == (step is None), "is_last is true on the last step only"
    return visited


@st.composite
def started_reviews(draw: st.DrawFn) -> tuple[Canvas, set[int]]:
    """A canvas with some offers that the member has reviewed, and the ids of these offers."""
    offers = offers_of(*draw(st.lists(st.sampled_from(OFFER_KINDS), min_size=1, max_size=8)))
    reviewed_ids = draw(st.sets(st.sampled_from([each.id for each in offers])))
    reviews = [Review(offer, member, {}) for offer in reviewed_ids for member in (ME, "another")]
    return build_canvas([build_entry(1, Kind.PAIN, {}), *offers], reviews), reviewed_ids


@no_deadline
@given(started_reviews(), st.data())
def test_from_any_offer_each_unreviewed_one_comes_once(
    canvas_and_reviewed_ids: tuple[Canvas, set[int]], data: st.DataObject
) -> None:
    canvas, reviewed_ids = canvas_and_reviewed_ids
    ids = [each.id for each in canvas.entries if each.kind.is_offer]
    start_id = data.draw(st.sampled_from(ids))
    visited = review_all(canvas, start_id, is_repeat=False)
    assert visited[0] == start_id
    assert sorted(visited) == sorted({start_id, *ids} - (reviewed_ids - {start_id}))


@no_deadline
@given(started_reviews())
def test_a_review_has_the_unreviewed_offers_or_else_all(
    canvas_and_reviewed_ids: tuple[Canvas, set[int]],
) -> None:
    canvas, reviewed_ids = canvas_and_reviewed_ids
    session = ReviewSession(compute_metrics(canvas), ME)
    ids = [each.ranked.entry.id for each in session.offers]
    assert session.is_repeat == (reviewed_ids == set(ids))
    expected = [offer for offer in ids if session.is_repeat or offer not in reviewed_ids]
    assert review_all(canvas, None, is_repeat=None) == expected


@no_deadline
@given(started_reviews())
def test_skipping_shows_each_offer_and_then_the_first_unreviewed_one(
    canvas_and_reviewed_ids: tuple[Canvas, set[int]],
) -> None:
    canvas, reviewed_ids = canvas_and_reviewed_ids
    session = ReviewSession(compute_metrics(canvas), ME, is_repeat=False)
    ids = [each.ranked.entry.id for each in session.offers]
    offer_id: int | None = ids[0]
    visited: list[int] = []
    while offer_id is not None and len(visited) < len(ids):
        visited.append(offer_id)
        step = session.step_after_skip(offer_id)
        offer_id = step.entry.id if step else None
    assert visited == ids
    unreviewed = [offer for offer in ids[:-1] if offer not in reviewed_ids]
    assert offer_id == next(iter(unreviewed), None)


def test_back_goes_to_the_previous_offer_and_not_before_the_first() -> None:
    session = ReviewSession(
        compute_metrics(build_canvas([build_entry(1, Kind.JOB, {}), *offers_of(*OFFER_KINDS)])), ME
    )
    second = session.step_before(101, 0)
    assert second
    assert second.entry.id == 100
    assert second.is_first
    assert session.step_before(100, 0) is None


def test_votes_do_not_change_the_order_of_offers() -> None:
    offers = [build_entry(number, Kind.GAIN_CREATOR, {"U1": number}) for number in (1, 2, 3)]
    offers += [build_entry(number, Kind.PAIN_RELIEVER, {"U1": number}) for number in (4, 5)]
    session = ReviewSession(compute_metrics(build_canvas(offers)), ME)
    assert [offer.ranked.entry.id for offer in session.offers] == [4, 5, 1, 2, 3]


def test_a_page_after_the_last_need_or_of_a_deleted_offer_does_not_exist() -> None:
    needs = [build_entry(number, Kind.JOB, {}) for number in (1, 2)]
    session = ReviewSession(compute_metrics(build_canvas([*needs, *offers_of(Kind.PAIN_RELIEVER)])), ME)
    first, last = (need_sort_key(need) for need in session.needs)
    step = session.step_after_page(100, 0, first)
    assert step is not None
    assert [need.ranked.entry.id for need in step.needs] == [2]
    assert session.step_after_page(100, 0, last) is None
    assert session.step_after_page(99, 0, first) is None


def test_back_from_the_third_offer_goes_to_the_second() -> None:
    offers = offers_of(Kind.PAIN_RELIEVER, Kind.PAIN_RELIEVER, Kind.PAIN_RELIEVER)
    canvas = build_canvas([build_entry(1, Kind.JOB, {}), *offers])
    step = ReviewSession(compute_metrics(canvas), ME).step_before(102, 0)
    assert step is not None
    assert step.entry.id == 101


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
    steps = []
    while step:
        steps.append(step)
        step = session.step_after_page(step.entry.id, step.page, step.last_sort_key)
    return steps


def list_need_ids(steps: Sequence[ReviewStep]) -> list[list[int]]:
    return [[need.ranked.entry.id for need in step.needs] for step in steps]


@settings(no_deadline, max_examples=40)
@given(st.integers(1, 3 * MAX_OPTIONS), st.randoms(use_true_random=False))
def test_every_need_is_on_one_page_and_must_haves_are_on_the_first(need_count: int, random: object) -> None:
    builder = CanvasBuilder()
    for _ in range(need_count):
        builder.add(random.choice(NEED_KINDS), *(random.randint(1, 5) for _ in range(random.randint(0, 4))))  # type: ignore[attr-defined]
    offer = builder.add(Kind.PAIN_RELIEVER)
    metrics = builder.compute_metrics()
    steps = list_pages(metrics)
    assert [step.page for step in steps] == list(range(len(steps)))
    assert {step.page_count for step in steps} == {len(steps)}
    assert [step.last_sort_key is None for step in steps] == [*[False] * (len(steps) - 1), True]
    assert sorted(need for page in list_need_ids(steps) for need in page) == sorted(metrics.needs)
    must_haves = [need for need, each in metrics.needs.items() if each.ranked.must_have]
    shown_first = list_need_ids(steps)[0]
    assert all(len(step.needs) <= MAX_OPTIONS for step in steps)
    assert len(set(must_haves) & set(shown_first)) == min(len(must_haves), MAX_OPTIONS)
    assert [
        each.needs
        for each in (ReviewSession(metrics, ME).step_at(offer, step.page) for step in steps)
        if each
    ] == [step.needs for step in steps]


def test_a_page_lists_the_needs_by_kind_and_rank_with_numbers() -> None:
    builder = CanvasBuilder()
    low, high, job = builder.add(Kind.PAIN, 2), builder.add(Kind.PAIN, 5, 5, 5), builder.add(Kind.JOB)
    builder.add(Kind.GAIN_CREATOR)
    (step,) = list_pages(builder.compute_metrics())
    assert list_need_ids([step]) == [[job, high, low]]
    assert (step.need_numbers[high], step.need_numbers[low], step.need_numbers[job]) == (1, 2, 1)


@pytest.mark.parametrize(("number", "sizes"), [(100, [100]), (101, [51, 50]), (250, [84, 83, 83])])
def test_pages_have_equal_sizes(number: int, sizes: list[int]) -> None:
    builder = CanvasBuilder()
    for _ in range(number):
        builder.add(Kind.PAIN)
    builder.add(Kind.PAIN_RELIEVER)
    assert [len(page) for page in list_need_ids(list_pages(builder.compute_metrics()))] == sizes


def test_all_must_haves_are_on_the_first_page_if_a_menu_holds_them() -> None:
    builder = CanvasBuilder()
    for number in range(120):
        builder.add(NEED_KINDS[number % 3], *([5] * 5 if number < 90 else []))
    assert len(take_first_page(ReviewSession(builder.compute_metrics(), ME).needs)) == 90


def test_a_need_deleted_or_added_between_two_pages_hides_no_other() -> None:
    builder = CanvasBuilder()
    for _ in range(150):
        builder.add(Kind.PAIN)
    offer = builder.add(Kind.PAIN_RELIEVER)
    first = list_pages(builder.compute_metrics())[0]
    deleted_id = first.needs[0].ranked.entry.id
    remaining = [each for each in builder.entries if each.id != deleted_id]
    added = build_entry(900, Kind.JOB, {"U1": 5, "U2": 5})
    session = ReviewSession(compute_metrics(build_canvas([*remaining, added])), ME)
    second = session.step_after_page(offer, first.page, first.last_sort_key)
    assert second
    remaining_ids = {each.id for each in builder.entries if each.kind is Kind.PAIN} - set(
        list_need_ids([first])[0]
    )
    assert set(list_need_ids([second])[0]) == remaining_ids
