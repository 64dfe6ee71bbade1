from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, strategies as st

from bot.method.formatting import format_decimals
from bot.method.kinds import Kind
from bot.method.model import Entry
from bot.method.ranking import compute_agreement, compute_score, compute_weight, rank_box
from tests.method import reference
from tests.method.build import build_entry, build_votes
from tests.method.strategies import boxes, levels


def box(*votes: tuple[int, ...], kind: Kind = Kind.JOB) -> list[Entry]:
    return [build_entry(key, kind, build_votes(*each)) for key, each in enumerate(votes, start=1)]


def test_without_votes_the_score_is_in_the_middle() -> None:
    assert compute_score([]) == 3
    assert compute_weight(compute_score([])) == Fraction(1, 2)


@given(st.lists(levels))
def test_the_imaginary_votes_keep_a_score_inside_the_scale(votes: list[int]) -> None:
    assert 1 < compute_score(votes) < 5
    assert 0 < compute_weight(compute_score(votes)) < 1


@given(st.lists(levels, min_size=1))
def test_a_score_lies_between_the_mean_and_the_middle(votes: list[int]) -> None:
    mean = Fraction(sum(votes), len(votes))
    assert min(mean, Fraction(3)) <= compute_score(votes) <= max(mean, Fraction(3))


@pytest.mark.parametrize(
    ("votes", "must_have"), [((5, 5, 4), True), ((5, 5), True), ((5,), False), ((5, 5, 3), False)]
)
def test_a_need_is_a_must_have_from_four_on(votes: tuple[int, ...], must_have: bool) -> None:
    for kind in (Kind.JOB, Kind.PAIN, Kind.GAIN):
        (place,) = rank_box(box(votes, kind=kind))
        assert place.must_have is must_have


@pytest.mark.parametrize("kind", [Kind.PRODUCT, Kind.PAIN_RELIEVER, Kind.GAIN_CREATOR])
def test_only_needs_are_must_haves(kind: Kind) -> None:
    (place,) = rank_box(box((5, 5, 5, 5), kind=kind))
    assert not place.must_have


def test_equal_entries_share_a_rank_and_the_next_rank_is_skipped() -> None:
    places = rank_box(box((1,), (4,), (5,), (4,)))
    assert [(place.entry.id, place.rank) for place in places] == [(3, 1), (2, 2), (4, 2), (1, 4)]


def test_at_the_same_score_more_votes_rank_first() -> None:
    places = rank_box(box((), (3,), (5, 1)))
    assert [(place.entry.id, place.rank) for place in places] == [(3, 1), (2, 2), (1, 3)]


def test_an_empty_box_ranks_nothing() -> None:
    assert rank_box([]) == ()


@given(boxes())
def test_a_rank_is_one_more_than_the_number_of_better_entries(entries: tuple[Entry, ...]) -> None:
    places = rank_box(entries)
    for place in places:
        better = sum((other.score, other.vote_count) > (place.score, place.vote_count) for other in places)
        assert place.rank == better + 1


@given(boxes())
def test_entries_with_the_same_rank_are_in_order_of_creation(entries: tuple[Entry, ...]) -> None:
    places = rank_box(entries)
    assert sorted(place.entry.id for place in places) == [each.id for each in entries]
    for one, next_one in pairwise(places):
        assert (one.rank, one.entry.id) < (next_one.rank, next_one.entry.id)


@given(boxes(), st.data())
def test_a_higher_vote_never_lowers_a_rank(entries: tuple[Entry, ...], data: st.DataObject) -> None:
    raisable = [(each, who) for each in entries for who, level in each.votes.items() if level < 5]
    if not raisable:
        return
    chosen, member = data.draw(st.sampled_from(raisable))
    up = replace(chosen, votes={**chosen.votes, member: chosen.votes[member] + 1})
    before = {place.entry.id: place.rank for place in rank_box(entries)}
    after = {
        place.entry.id: place.rank for place in rank_box(up if each is chosen else each for each in entries)
    }
    assert after[chosen.id] <= before[chosen.id]


@pytest.mark.parametrize("votes", [(), (3,)])
def test_fewer_than_two_votes_neither_agree_nor_divide(votes: tuple[int, ...]) -> None:
    assert compute_agreement(votes) is None
    (place,) = rank_box(box(votes))
    assert not place.divisive


@pytest.mark.parametrize(
    ("votes", "shown"),
    [
        ((4, 4), "1.00"),
        ((1, 1, 1, 1, 1), "1.00"),
        ((4, 5), "0.81"),  # 1 + log2(7/8)
        ((1, 3), "0.58"),  # 1 + log2(3/4)
        ((1, 5, *(14 * [3])), "0.88"),  # 1 - 2/16, a half
        ((1, 3, 3, 5), "0.50"),
        ((1, 1, 5), "0.08"),  # 1 + (2·log2(2/3) + log2(1/3)) / 3
        ((1, 5), "0.00"),
        ((1, 1, 5, 5), "0.00"),
    ],
)
def test_agreement_by_hand(votes: tuple[int, ...], shown: str) -> None:
    value = compute_agreement(votes)
    assert value is not None
    assert format_decimals(value) == shown


def test_an_agreement_of_exactly_one_half_does_not_divide() -> None:
    (place,) = rank_box(box((1, 3, 3, 5)))
    assert place.agreement == 0.5
    assert not place.divisive


def test_just_below_one_half_divides() -> None:
    (place,) = rank_box(box((1, 2, 2, 2, 5)))
    assert place.agreement is not None
    assert 0.4 < place.agreement < 0.5
    assert place.divisive


several = st.lists(levels, min_size=2, max_size=30)


@given(several)
def test_agreement_is_a_share(votes: list[int]) -> None:
    value = compute_agreement(votes)
    assert value is not None
    assert 0 <= value <= 1


@given(several)
def test_agreement_is_that_of_the_formula(votes: list[int]) -> None:
    assert compute_agreement(votes) == pytest.approx(reference.agreement(votes), abs=1e-12)


@given(several, st.randoms(use_true_random=False))
def test_agreement_does_not_depend_on_the_order_of_votes(votes: list[int], random: Random) -> None:
    mixed = random.sample(votes, len(votes))
    assert compute_agreement(mixed) == compute_agreement(votes)


@given(several)
def test_agreement_is_the_same_for_the_mirrored_scale(votes: list[int]) -> None:
    assert compute_agreement([6 - level for level in votes]) == pytest.approx(
        compute_agreement(votes), abs=1e-12
    )


@given(several)
def test_only_equal_votes_are_full_agreement(votes: list[int]) -> None:
    assert (compute_agreement(votes) == 1) is (len(set(votes)) == 1)


@given(several)
def test_below_one_half_is_judged_without_rounding(votes: list[int]) -> None:
    """Agreement < 1/2 where Π(1 − |level − mean| / 4)² < 2^−n, in whole numbers."""
    (place,) = rank_box(box(tuple(votes)))
    n, product = len(votes), 1
    for level in votes:
        product *= 4 * n - abs(level * n - sum(votes))
    assert place.divisive is (product**2 * 2**n < (4 * n) ** (2 * n))
