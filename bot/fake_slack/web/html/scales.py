"""Compute charts: read numbers, choose axes with round steps, and format numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_MAX_VALUE, _MIN_VALUE = 1e300, 1e-100  # beyond these, a span or a step would overflow or become 0
_MIN_STEPS, _MAX_STEPS = 2, 4  # of an axis
_UNIT_LETTERS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def parse_number(value: object) -> float | None:
    """Return a finite number to draw; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        parsed = float(value)
    except ValueError:
        return None
    except OverflowError:
        return _MAX_VALUE if int(value) > 0 else -_MAX_VALUE
    if not math.isfinite(parsed):
        return None
    return 0.0 if abs(parsed) < _MIN_VALUE else min(max(parsed, -_MAX_VALUE), _MAX_VALUE)


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from low to high; both are among its ticks."""

    low: float
    high: float
    ticks: Sequence[float]

    def position_of(self, value: float, start: float, end: float) -> float:
        """Return the coordinate of a value: `start` for the low end of the axis, `end` for the high end."""
        share = (value - self.low) / (self.high - self.low)
        return start + min(max(share, 0.0), 1.0) * (end - start)

    @property
    def baseline(self) -> float:
        """The value from which bars and areas are drawn: 0, or the end of the axis that is nearest to it."""
        return min(max(0.0, self.low), self.high)


def choose_scale(values: Sequence[float], *, from_zero: bool) -> Scale:
    """Return an axis with three to five round ticks that includes all values.

    It includes 0 if asked to, and where 0 is near compared with how far the values are apart.
    """
    low, high = min(values, default=0.0), max(values, default=0.0)
    is_flat = high - low <= 1e-9 * max(abs(low), abs(high))
    if from_zero or is_flat or 0 <= low <= high / 2 or 0 >= high >= low / 2:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1.0
    is_whole = all(value.is_integer() for value in values)
    step = _choose_step((high - low) / _MAX_STEPS, whole=is_whole)
    first, last = math.floor(low / step), math.ceil(high / step)
    while last - first > _MAX_STEPS:  # rounding the ends outwards made one step too many
        step = _choose_step(step * 1.01, whole=is_whole)
        first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + _MIN_STEPS)
    ticks = [number * step for number in range(first, last + 1)]
    return Scale(ticks[0], ticks[-1], ticks)


def _choose_step(least: float, *, whole: bool) -> float:
    """Return the least round step, 1, 2, 2.5 or 5 times a power of ten; a whole number for whole values."""
    power = 10.0 ** math.floor(math.log10(least))
    steps = [factor * power for factor in (1, 2, 2.5, 5, 10, 20)]
    chosen = next(step for step in steps if step >= least and (step.is_integer() or step < 1 or not whole))
    return max(chosen, 1.0) if whole else chosen


def format_short(value: float) -> str:
    """Return a number in few characters, such as 1.5k for 1500."""
    size = abs(value)
    if size >= 1e15 or 0 < size < 0.01:
        return f"{value:.2g}"
    for unit, letter in _UNIT_LETTERS:
        if size >= unit:
            return _format_two_decimals(value / unit) + letter
    return _format_two_decimals(value)


def format_exact(value: float) -> str:
    """Return a number with all its digits, for tooltips and descriptions."""
    return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def format_percent(share: float) -> str:
    whole = round(share * 100)
    return "<1%" if not whole and share else f"{whole}%"


def format_coordinate(value: float) -> str:
    """Return a number with two decimals at most, for SVG; never -0."""
    return _format_two_decimals(value)


def _format_two_decimals(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
