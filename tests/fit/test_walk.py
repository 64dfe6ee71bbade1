"""The way through a fit review: nothing is left out, nothing comes twice, and it ends."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from bot.features.fit.model import Stop, Walk, part_of, place_of
from bot.method.kinds import NEEDS, OFFERS, Kind
from bot.method.metrics import Figures, figures
from bot.method.model import Canvas, Entry, Review
from bot.slack.blockkit.builders import OPTIONS
from tests.method.build import Board, canvas, entry

ME = "me"
unhurried = settings(deadline=None)  # judged by what is found, not by how busy the machine is


def offers_of(*kinds: Kind) -> list[Entry]:
    return [entry(number, kind, {}) for number, kind in enumerate(kinds, start=100)]


def saved(state: Canvas, offer: int) -> Canvas:
    """Return the canvas after I have saved my marks on an offer."""
    others = tuple(each for each in state.reviews if (each.offer, each.member) != (offer, ME))
    return replace(state, reviews=(*others, Review(offer, ME, {})))


def walked(state: Canvas, start: int | None, *, again: bool | None) -> list[int]:
    """Save stop after stop, beginning at an offer or where the review begins; return the offers visited."""
    walk = Walk(figures(state), ME, again=again)
    there = walk.first() if start is None else walk.at(start)
    visited = []
    while there is not None:
        visited.append(there.entry.id)
        assert len(visited) <= len(walk.offers), "it ends"
        ends = there.last
        state = saved(state, there.entry.id)
        walk = Walk(figures(state), ME, again=walk.again)
        there = walk.after(there.entry.id)
        assert ends == (there is None), "the button says whether it ends"
    return visited


@st.composite
def begun(draw: st.DrawFn) -> tuple[Canvas, set[int]]:
    """A canvas of which I have reviewed some offers; with their ids."""
    offers = offers_of(*draw(st.lists(st.sampled_from(OFFERS), min_size=1, max_size=8)))
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
    walk = Walk(figures(board), ME)
    ids = [each.ranked.entry.id for each in walk.offers]
    assert walk.again == (done == set(ids))
    wanted = [offer for offer in ids if walk.again or offer not in done]
    assert walked(board, None, again=None) == wanted


@unhurried
@given(begun())
def test_skipping_passes_each_offer_after_the_first_and_comes_to_an_end(
    state: tuple[Canvas, set[int]],
) -> None:
    board, done = state
    walk = Walk(figures(board), ME, again=False)
    ids = [each.ranked.entry.id for each in walk.offers]
    there: int | None = ids[0]
    passed: list[int] = []
    while there is not None and len(passed) < len(ids):
        passed.append(there)
        stop = walk.skip(there)
        there = stop.entry.id if stop else None
    assert passed == ids
    waiting = [offer for offer in ids[:-1] if offer not in done]
    assert there == next(iter(waiting), None)


def test_back_leads_back_and_not_further_than_the_beginning() -> None:
    walk = Walk(figures(canvas([entry(1, Kind.JOB, {}), *offers_of(*OFFERS)])), ME)
    second = walk.back(101, 0)
    assert second
    assert second.entry.id == 100
    assert second.first
    assert walk.back(100, 0) is None


def test_an_offer_that_is_gone_is_no_stop_and_what_follows_begins_anew() -> None:
    walk = Walk(figures(canvas([entry(1, Kind.JOB, {}), *offers_of(*OFFERS)])), ME)
    assert walk.at(99) is None
    assert walk.next_part(99, 0, (place_of(walk.needs[0]))) is None
    assert [stop.entry.id if stop else None for stop in (walk.skip(99), walk.after(99))] == [100, 100]
    assert walk.back(99, 0) is None
    empty = Walk(figures(canvas([])), ME)
    assert not empty.again
    assert empty.first() is None


def parts(now: Figures) -> list[Stop]:
    """Return the stops of one offer as one comes to them by saving."""
    walk = Walk(now, ME)
    there = walk.first()
    found = []
    while there:
        found.append(there)
        there = walk.next_part(there.entry.id, there.page, there.until)
    return found


def ids(stops: Sequence[Stop]) -> list[list[int]]:
    return [[need.ranked.entry.id for need in stop.needs] for stop in stops]


@settings(unhurried, max_examples=40)
@given(st.integers(1, 3 * OPTIONS), st.randoms(use_true_random=False))
def test_every_need_comes_in_one_part_and_must_haves_come_first(number: int, dice: object) -> None:
    board = Board()
    for _ in range(number):
        board.add(dice.choice(NEEDS), *(dice.randint(1, 5) for _ in range(dice.randint(0, 4))))  # type: ignore[attr-defined]
    offer = board.add(Kind.PAIN_RELIEVER)
    now = board.figures()
    found = parts(now)
    assert [stop.page for stop in found] == list(range(len(found)))
    assert {stop.pages for stop in found} == {len(found)}
    assert [stop.until is None for stop in found] == [*[False] * (len(found) - 1), True]
    assert sorted(need for part in ids(found) for need in part) == sorted(now.needs)
    must_haves = [need for need, each in now.needs.items() if each.ranked.must_have]
    shown_first = ids(found)[0]
    assert all(len(stop.needs) <= OPTIONS for stop in found)
    assert set(must_haves[:OPTIONS]) <= set(shown_first) or len(must_haves) > OPTIONS
    assert [
        walk_at.needs for walk_at in (Walk(now, ME).at(offer, stop.page) for stop in found) if walk_at
    ] == [stop.needs for stop in found]


def test_a_part_lists_each_kind_in_rank_order_and_numbers_it() -> None:
    board = Board()
    low, high, job = board.add(Kind.PAIN, 2), board.add(Kind.PAIN, 5, 5, 5), board.add(Kind.JOB)
    board.add(Kind.GAIN_CREATOR)
    (stop,) = parts(board.figures())
    assert ids([stop]) == [[job, high, low]]
    assert (stop.numbers[high], stop.numbers[low], stop.numbers[job]) == (1, 2, 1)


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
        board.add(NEEDS[number % 3], *([5] * 5 if number < 90 else []))
    assert len(part_of(Walk(board.figures(), ME).needs)) == 90


def test_a_need_that_goes_or_comes_between_two_parts_hides_no_other() -> None:
    board = Board()
    for _ in range(150):
        board.add(Kind.PAIN)
    offer = board.add(Kind.PAIN_RELIEVER)
    first = parts(board.figures())[0]
    gone = first.needs[0].ranked.entry.id
    left = [each for each in board.entries if each.id != gone]
    more = entry(900, Kind.JOB, {"U1": 5, "U2": 5})
    walk = Walk(figures(canvas([*left, more])), ME)
    second = walk.next_part(offer, first.page, first.until)
    assert second
    rest = {each.id for each in board.entries if each.kind is Kind.PAIN} - set(ids([first])[0])
    assert set(ids([second])[0]) == rest
