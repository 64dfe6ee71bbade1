"""How metrics are written. Wherever a number is rounded, halves go away from zero."""

from decimal import Decimal
from fractions import Fraction


def format_decimals(value: Fraction | float) -> str:
    """Return a score, a weight, an agreement or a share with two decimals: 2.625 is 2.63."""
    return str(_round_half_away(value, 2))


def format_percent(share: Fraction | None) -> str:
    """Return a share as a whole percentage: 0.375 is 38 %."""
    return "nothing to fit yet" if share is None else f"{_round_half_away(100 * share)} %"


def format_points(change: Fraction) -> str:
    """Return a difference of two shares in percentage points, with its sign: +4; ±0 below half a point."""
    rounded = _round_half_away(100 * change)
    return f"{rounded:+}" if rounded else "±0"


def _round_half_away(value: Fraction | float, places: int = 0) -> Decimal:
    # Python's round() takes halves to the even neighbour.
    exact = Fraction(value) * 10**places
    whole = int(abs(exact) + Fraction(1, 2))
    return Decimal(whole if exact > 0 else -whole).scaleb(-places)
