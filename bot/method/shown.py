"""How figures are written: halves away from zero, wherever a figure is rounded."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def decimals(value: Fraction | float) -> str:
    """Return a score, a weight, an agreement or a share with two decimals: 2.625 is 2.63."""
    return str(_rounded(value, "0.01"))


def percent(share: Fraction | None) -> str:
    """Return a share as a whole percentage: 0.375 is 38 %."""
    return "nothing to fit yet" if share is None else f"{_rounded(100 * share, '1')} %"


def points(change: Fraction) -> str:
    """Return a difference of two shares in percentage points, with its sign: +4."""
    return f"{_rounded(100 * change, '1'):+}"


def _rounded(value: Fraction | float, step: str) -> Decimal:
    exact = Fraction(value)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(step), ROUND_HALF_UP)
