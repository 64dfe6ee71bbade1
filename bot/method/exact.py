"""Exact arithmetic that multiplies and adds integers, and reduces each result once.

`Fraction` reduces after every step, which took most of the time of a canvas's figures.
"""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import lcm

MAX_CACHED_FRACTIONS = 4096
ONE = Fraction(1)


@lru_cache(maxsize=MAX_CACHED_FRACTIONS)
def make_fraction(numerator: int, denominator: int) -> Fraction:
    """Return a fraction. Scores, weights, strengths and confidences of a canvas repeat a few of them."""
    return Fraction(numerator, denominator)


def combine_shares(shares: Iterable[Fraction]) -> Fraction:
    """Return the combination of several shares, 1 − Π (1 − share), 0..1."""
    remainder, whole = 1, 1
    for share in shares:
        remainder *= share.denominator - share.numerator
        whole *= share.denominator
    return Fraction(whole - remainder, whole)


def combine_products(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """Return the combination of shares that are products, 1 − Π (1 − share · factor), 0..1."""
    remainder, whole = 1, 1
    for share, factor in pairs:
        denominator = share.denominator * factor.denominator
        remainder *= denominator - share.numerator * factor.numerator
        whole *= denominator
    return Fraction(whole - remainder, whole)


def take_remainder(value: Fraction, share: Fraction) -> Fraction:
    """Return the part of a value that a share, 0..1, leaves: value · (1 − share)."""
    return Fraction(
        value.numerator * (share.denominator - share.numerator), value.denominator * share.denominator
    )


def compute_weighted_mean(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Return the mean of values, each given after its weight; None where the weights sum to 0."""
    weighted_pairs = list(pairs)
    total = sum_products((weight, ONE) for weight, _ in weighted_pairs)
    return sum_products(weighted_pairs) / total if total else None


def sum_products(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """Return the sum of the products of pairs."""
    numerators: defaultdict[int, int] = defaultdict(int)  # by denominator, of which there are few
    for one, other in pairs:
        numerators[one.denominator * other.denominator] += one.numerator * other.numerator
    common = lcm(*numerators)
    return Fraction(sum(common // each * numerator for each, numerator in numerators.items()), common)


def exact_sort_key(value: Fraction) -> tuple[float, Fraction]:
    """Return a key that sorts exactly, and compares fractions only where their nearest floats are equal."""
    return float(value), value
