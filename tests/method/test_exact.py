"""Sums, products and order stay exact."""

from fractions import Fraction
from math import prod

from hypothesis import given, strategies as st

from bot.method.exact import (
    ONE,
    combine_products,
    combine_shares,
    compute_weighted_mean,
    exact_sort_key,
    make_fraction,
    sum_products,
)

SHARES = st.fractions(0, 1, max_denominator=60)
PAIRS = st.lists(st.tuples(SHARES, SHARES), max_size=12)


@given(PAIRS)
def test_products_are_combined_as_by_hand(pairs: list[tuple[Fraction, Fraction]]) -> None:
    remainder = prod((1 - share * factor for share, factor in pairs), start=ONE)
    assert combine_products(pairs) == 1 - remainder
    assert combine_shares(share for share, _ in pairs) == combine_products((share, ONE) for share, _ in pairs)


@given(PAIRS)
def test_a_sum_of_products_and_a_mean_are_those_by_hand(pairs: list[tuple[Fraction, Fraction]]) -> None:
    summed = sum((one * other for one, other in pairs), start=Fraction(0))
    total = sum((weight for weight, _ in pairs), start=Fraction(0))
    assert sum_products(pairs) == summed
    assert compute_weighted_mean(pairs) == (summed / total if total else None)


@given(st.lists(st.fractions(0, 1), max_size=8))
def test_fractions_sort_exactly(values: list[Fraction]) -> None:
    assert sorted(values, key=exact_sort_key) == sorted(values)


def test_fractions_with_the_same_nearest_float_sort_exactly() -> None:
    less, more = Fraction(10**20, 10**21 + 1), Fraction(10**20 + 1, 10**21 + 1)
    assert float(less) == float(more)
    assert exact_sort_key(less) < exact_sort_key(more)


def test_a_fraction_is_reduced() -> None:
    assert make_fraction(6, 4) == Fraction(3, 2)
