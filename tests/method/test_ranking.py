from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, strategies as st

from bot.method.formatting import format_decimals
from bot.method.kinds import Kind
from bot.method.model import Entry, Seal
from bot.method.ranking import (
    RankedEntry,
    compute_agreement,
    compute_must_have_min_votes,
    compute_score,
    rank_box,
)
from tests.method import reference
from tests.method.build import build_entry, build_votes
from tests.method.strategies import boxes, levels


def build_box(*votes: tuple[int, ...], kind: Kind = Kind.JOB) -> list[Entry]:
    return [build_entry(entry_id, kind, build_votes(*each)) for entry_id, each in enumerate(votes, start=1)]


def rank_one(votes: tuple[int, ...], kind: Kind = Kind.JOB, must_have_min_votes: int = 3) -> RankedEntry:
    (ranked,) = rank_box(build_box(votes, kind=kind), must_have_min_votes)
    return ranked


def test_without_votes_an_entry_has_no_score_no_weight_and_no_rank() -> None:
    assert compute_score([]) is None
    waiting = rank_one(())
    assert (waiting.score, waiting.weight, waiting.rank, waiting.must_have) == (None, None, None, False)


def test_an_entry_waits_for_votes_if_it_has_none_and_is_not_sealed() -> None:
    (waiting,) = build_box(())
    sealed = replace(waiting, seal=Seal(1, waiting.created_at))
    assert rank_box([waiting])[0].waits_for_votes
    assert not rank_box([sealed])[0].waits_for_votes
    assert not rank_one((3,)).waits_for_votes


@given(st.lists(levels, min_size=1))
def test_the_imaginary_votes_keep_a_score_inside_the_scale(votes: list[int]) -> None:
    ranked = rank_one(tuple(votes))
    assert ranked.score is not None
    assert ranked.weight is not None
    assert 1 < ranked.score < 5
    assert 0 < ranked.weight < 1


@given(st.lists(levels, min_size=1))
def test_a_score_lies_between_the_mean_and_the_middle(votes: list[int]) -> None:
    mean, score = Fraction(sum(votes), len(votes)), compute_score(votes)
    assert score is not None
    assert min(mean, Fraction(3)) <= score <= max(mean, Fraction(3))


@pytest.mark.parametrize(
    ("votes", "must_have"),
    [
        ((5, 5, 4), True),
        ((5, 5), False),
        ((5,), False),
        ((5, 5, 3), False),
        ((5, 5, 5, 1), False),
        ((), False),
    ],
)
def test_a_need_is_a_must_have_from_four_and_three_votes_on(votes: tuple[int, ...], must_have: bool) -> None:
    for kind in (Kind.JOB, Kind.PAIN, Kind.GAIN):
        assert rank_one(votes, kind).must_have is must_have


def test_where_fewer_than_three_vote_on_a_canvas_all_of_them_make_a_must_have() -> None:
    assert rank_one((5, 5), must_have_min_votes=2).must_have
    assert not rank_one((5,), must_have_min_votes=2).must_have
    assert not rank_one((5,), must_have_min_votes=1).must_have, "one five is a score of 3.67"


@pytest.mark.parametrize(
    ("votes", "expected"), [([], 0), ([(5,)], 1), ([(5, 5), (1,)], 2), ([(5,), (1, 1, 1, 1)], 3)]
)
def test_a_must_have_needs_three_votes_or_those_of_all_voters(
    votes: list[tuple[int, ...]], expected: int
) -> None:
    assert compute_must_have_min_votes(build_box(*votes)) == expected


@pytest.mark.parametrize("kind", [Kind.PRODUCT, Kind.PAIN_RELIEVER, Kind.GAIN_CREATOR])
def test_only_needs_are_must_haves(kind: Kind) -> None:
    (ranked,) = rank_box(build_box((5, 5, 5, 5), kind=kind))
    assert not ranked.must_have


def test_equal_entries_share_a_rank_and_the_next_rank_is_skipped() -> None:
    ranked_box = rank_box(build_box((1,), (4,), (5,), (4,)))
    assert [(ranked.entry.id, ranked.rank) for ranked in ranked_box] == [(3, 1), (2, 2), (4, 2), (1, 4)]


def test_at_the_same_score_more_votes_rank_first() -> None:
    ranked_box = rank_box(build_box((3,), (5, 1)))
    assert [(ranked.entry.id, ranked.rank) for ranked in ranked_box] == [(2, 1), (1, 2)]


def test_entries_without_votes_stand_after_all_others_in_order_of_creation() -> None:
    ranked_box = rank_box(build_box((), (1,), (), (5,)))
    ranks = [(ranked.entry.id, ranked.rank) for ranked in ranked_box]
    assert ranks == [(4, 1), (2, 2), (1, None), (3, None)]


def test_an_empty_box_ranks_nothing() -> None:
    assert rank_box([]) == ()


@given(boxes())
def test_a_rank_is_one_more_than_the_number_of_better_entries(entries: tuple[Entry, ...]) -> None:
    ranked_box = rank_box(entries)
    voted = [
        (ranked.score, ranked.vote_count, ranked.rank) for ranked in ranked_box if ranked.score is not None
    ]
    for score, vote_count, rank in voted:
        assert rank == 1 + sum((other, count) > (score, vote_count) for other, count, _ in voted)
    assert all(ranked.rank is None for ranked in ranked_box[len(voted) :])


@given(boxes())
def test_entries_with_the_same_rank_are_in_order_of_creation(entries: tuple[Entry, ...]) -> None:
    ranked_box = rank_box(entries)
    assert sorted(ranked.entry.id for ranked in ranked_box) == [each.id for each in entries]
    places = [(ranked.rank or len(ranked_box) + 1, ranked.entry.id) for ranked in ranked_box]
    assert all(current < following for current, following in pairwise(places))


@given(boxes(), st.data())
def test_a_higher_vote_never_lowers_a_rank(entries: tuple[Entry, ...], data: st.DataObject) -> None:
    raisable = [(each, user_id) for each in entries for user_id, level in each.votes.items() if level < 5]
    if not raisable:
        return
    chosen, user_id = data.draw(st.sampled_from(raisable))
    raised = replace(chosen, votes={**chosen.votes, user_id: chosen.votes[user_id] + 1})
    before = {ranked.entry.id: ranked.rank for ranked in rank_box(entries)}
    after = {
        ranked.entry.id: ranked.rank
        for ranked in rank_box(raised if each is chosen else each for each in entries)
    }
    rank_before, rank_after = before[chosen.id], after[chosen.id]
    assert rank_before is not None
    assert rank_after is not None
    assert rank_after <= rank_before


@pytest.mark.parametrize("votes", [(), (3,)])
def test_fewer_than_two_votes_neither_agree_nor_divide(votes: tuple[int, ...]) -> None:
    assert compute_agreement(votes) is None
    (ranked,) = rank_box(build_box(votes))
    assert not ranked.divisive


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
def test_agreement_equals_hand_computed_values(votes: tuple[int, ...], shown: str) -> None:
    value = compute_agreement(votes)
    assert value is not None
    assert format_decimals(value) == shown


def test_an_agreement_of_exactly_one_half_does_not_divide() -> None:
    (ranked,) = rank_box(build_box((1, 3, 3, 5)))
    assert ranked.agreement == 0.5
    assert not ranked.divisive


def test_just_below_one_half_divides() -> None:
    (ranked,) = rank_box(build_box((1, 2, 2, 2, 5)))
    assert ranked.agreement is not None
    assert 0.4 < ranked.agreement < 0.5
    assert ranked.divisive


two_or_more_levels = st.lists(levels, min_size=2, max_size=30)


@given(two_or_more_levels)
def test_agreement_is_a_share(votes: list[int]) -> None:
    value = compute_agreement(votes)
    assert value is not None
    assert 0 <= value <= 1


@given(two_or_more_levels)
def test_agreement_equals_the_reference(votes: list[int]) -> None:
    assert compute_agreement(votes) == pytest.approx(reference.compute_expected_agreement(votes), abs=1e-12)


@given(two_or_more_levels, st.randoms(use_true_random=False))
def test_agreement_does_not_depend_on_the_order_of_votes(votes: list[int], random: Random) -> None:
    shuffled = random.sample(votes, len(votes))
    assert compute_agreement(shuffled) == compute_agreement(votes)


@given(two_or_more_levels)
def test_agreement_is_the_same_for_the_mirrored_scale(votes: list[int]) -> None:
    assert compute_agreement([6 - level for level in votes]) == pytest.approx(
        compute_agreement(votes), abs=1e-12
    )


@given(two_or_more_levels)
def test_only_equal_votes_are_full_agreement(votes: list[int]) -> None:
    assert (compute_agreement(votes) == 1) is (len(set(votes)) == 1)


@given(two_or_more_levels)
def test_below_one_half_is_judged_without_rounding(votes: list[int]) -> None:
    """Agreement < 1/2 where Π(1 − |level − mean| / 4)² < 2^−n, in whole numbers."""
    (ranked,) = rank_box(build_box(tuple(votes)))
    vote_count, product = len(votes), 1
    for level in votes:
        product *= 4 * vote_count - abs(level * vote_count - sum(votes))
    assert ranked.divisive is (product**2 * 2**vote_count < (4 * vote_count) ** (2 * vote_count))
