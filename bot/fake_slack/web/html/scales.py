"""The arithmetic of charts: numbers as they come, axes with round steps, short labels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_LARGEST, _SMALLEST = 1e300, 1e-100  # beyond these a span or a step is no float any more
_FEWEST, _MOST = 2, 4  # steps of an axis
_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def number(value: object) -> float | None:
    """Return a value to draw, or None where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    except OverflowError:
        return _LARGEST if int(value) > 0 else -_LARGEST
    if not math.isfinite(found):
        return None
    return 0.0 if abs(found) < _SMALLEST else min(max(found, -_LARGEST), _LARGEST)


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from low to high; both are among its ticks."""

    low: float
    high: float
    ticks: Sequence[float]

    def at(self, value: float, start: float, end: float) -> float:
        """Return where a value lies between start, which is low, and end, which is high."""
        share = (value - self.low) / (self.high - self.low)
        return start + min(max(share, 0.0), 1.0) * (end - start)

    @property
    def base(self) -> float:
        """Where bars and areas stand."""
        return min(max(0.0, self.low), self.high)


def scale(values: Sequence[float], *, from_zero: bool) -> Scale:
    """Return an axis with three to five round ticks that holds all values."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    close = high - low <= 1e-9 * max(abs(low), abs(high))
    if from_zero or close or 0 <= low <= high / 2 or 0 >= high >= low / 2:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1.0
    whole = all(value.is_integer() for value in values)
    step = _step((high - low) / _MOST, whole=whole)
    first, last = math.floor(low / step), math.ceil(high / step)
    while last - first > _MOST:  # round ends made it one too long
        step = _step(step * 1.01, whole=whole)
        first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + _FEWEST)
    ticks = [number * step for number in range(first, last + 1)]
    return Scale(ticks[0], ticks[-1], ticks)


def _step(least: float, *, whole: bool) -> float:
    """Return the next step of 1, 2, 2.5 or 5 times a power of ten; whole numbers take whole steps."""
    power = 10.0 ** math.floor(math.log10(least))
    steps = [round_ * power for round_ in (1, 2, 2.5, 5, 10, 20)]
    found = next(step for step in steps if step >= least and (step.is_integer() or step < 1 or not whole))
    return max(found, 1.0) if whole else found


def short(value: float) -> str:
    """Return a number in a few characters: 1.5k rather than 1500."""
    size = abs(value)
    if size >= 1e15 or 0 < size < 0.01:
        return f"{value:.2g}"
    for unit, letter in _UNITS:
        if size >= unit:
            return _trimmed(value / unit) + letter
    return _trimmed(value)


def exact(value: float) -> str:
    """Return a number as it is read aloud."""
    return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def percent(share: float) -> str:
    whole = round(share * 100)
    return "<1%" if not whole and share else f"{whole}%"


def coordinate(value: float) -> str:
    """Return a number as SVG takes it, never -0."""
    return _trimmed(value)


def _trimmed(value: float) -> str:
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
