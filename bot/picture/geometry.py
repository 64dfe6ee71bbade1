"""The drawing's geometry: a square and a circle, each parted in three, and the room at each height."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from bot.method.kinds import Kind

WIDTH, HEIGHT = 1600, 1076
CENTRE_Y = 526.0
SQUARE_X, HALF = 382.0, 356.0
CIRCLE_X, RADIUS = 1164.0, 410.0
DISC = 40.0  # of the little picture in the middle of each shape
SLOPE = sqrt(3)  # the dividing lines meet at angles of 120 degrees

_INSET = 16.0  # from the outer edges
_GAP = 11.0  # from the dividing lines
_ROW = 8.0
_SLANTED = _GAP * 2 / SLOPE

Edges = Callable[[float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Region:
    """One box of the canvas as a place on the drawing."""

    kind: Kind
    top: float
    bottom: float
    edges: Edges  # left and right at a height

    def areas(self, tops: Sequence[float]) -> list[float]:
        """Return about how many square pixels there are below each of these heights."""
        heights = [self.top + _ROW * (row + 0.5) for row in range(int((self.bottom - self.top) / _ROW))]
        rows = [(height, _ROW * (right - left)) for height in heights for left, right in [self.edges(height)]]
        return [sum(max(0.0, row) for height, row in rows if height > top - _ROW) for top in tops]

    def span(self, top: float, bottom: float) -> tuple[float, float]:
        """Return left and right of what is free at all heights between these."""
        heights = [top, (top + bottom) / 2, bottom]
        if top < CENTRE_Y < bottom:
            heights.append(CENTRE_Y)
        rows = [self.edges(height) for height in heights]
        return max(left for left, _ in rows), min(right for _, right in rows)


def _chord(radius: float, height: float) -> float:
    """Return how far a circle around the middle reaches to either side at this height."""
    away = height - CENTRE_Y
    return sqrt(max(0.0, radius * radius - away * away))


def _slant(height: float) -> float:
    return abs(height - CENTRE_Y) / SLOPE


def _disc(height: float) -> float:
    return _chord(DISC + _GAP, height)


def _products(height: float) -> tuple[float, float]:
    return SQUARE_X - HALF + _INSET, SQUARE_X - max(_slant(height) + _SLANTED, _disc(height))


def _offers(height: float) -> tuple[float, float]:
    left = SQUARE_X - _slant(height) + _SLANTED
    disc = _disc(height)
    return max(left, SQUARE_X + disc) if disc else left, SQUARE_X + HALF - _INSET


def _wishes(height: float) -> tuple[float, float]:
    arc, disc = _chord(RADIUS - _INSET, height), _disc(height)
    right = min(CIRCLE_X + _slant(height) - _SLANTED, CIRCLE_X + arc)
    return CIRCLE_X - arc, min(right, CIRCLE_X - disc) if disc else right


def _jobs(height: float) -> tuple[float, float]:
    left = CIRCLE_X + max(_slant(height) + _SLANTED, _disc(height))
    return left, CIRCLE_X + _chord(RADIUS - _INSET, height)


_ABOVE, _BELOW = CENTRE_Y - _GAP, CENTRE_Y + _GAP
_SQUARE_TOP, _SQUARE_BOTTOM = CENTRE_Y - HALF + _INSET, CENTRE_Y + HALF - _INSET
_CIRCLE_TOP, _CIRCLE_BOTTOM = CENTRE_Y - RADIUS + _INSET, CENTRE_Y + RADIUS - _INSET

REGIONS: tuple[Region, ...] = (
    Region(Kind.PRODUCT, _SQUARE_TOP, _SQUARE_BOTTOM, _products),
    Region(Kind.GAIN_CREATOR, _SQUARE_TOP, _ABOVE, _offers),
    Region(Kind.PAIN_RELIEVER, _BELOW, _SQUARE_BOTTOM, _offers),
    Region(Kind.GAIN, _CIRCLE_TOP, _ABOVE, _wishes),
    Region(Kind.PAIN, _BELOW, _CIRCLE_BOTTOM, _wishes),
    Region(Kind.JOB, _CIRCLE_TOP, _CIRCLE_BOTTOM, _jobs),
)
