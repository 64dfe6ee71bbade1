"""The drawing's geometry, in pixels: a square and a circle, each divided into three boxes.

The square is the value map, the circle the customer profile. In each, three lines meet in the middle at
angles of 120 degrees, under a small disc with an icon. y grows downwards, as in SVG.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from bot.method.kinds import Kind

PICTURE_WIDTH, PICTURE_HEIGHT = 1600, 1076
CENTRE_Y = 526.0  # of both shapes
SQUARE_CENTRE_X, SQUARE_HALF_SIDE = 382.0, 356.0
CIRCLE_CENTRE_X, CIRCLE_RADIUS = 1164.0, 410.0
ICON_RADIUS = 40.0  # of the disc in the middle of each shape
DIVIDER_SLOPE = sqrt(3)  # tan 60°: of the two dividing lines that are not horizontal

_EDGE_MARGIN = 16.0  # kept free along the outer edges
_DIVIDER_MARGIN = 11.0  # kept free along the dividing lines and the discs
_SLANTED_MARGIN = _DIVIDER_MARGIN * 2 / DIVIDER_SLOPE  # the same, measured horizontally at a slanted line
_ROW_HEIGHT = 8.0  # in which areas are counted

FindEdges = Callable[[float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Region:
    """The free space of one box."""

    kind: Kind
    top: float
    bottom: float
    find_edges: FindEdges  # returns left and right at a height

    def areas_below(self, tops: Sequence[float]) -> list[float]:
        """Return the free area below each of these heights in square pixels, to a row's height."""
        row_count = int((self.bottom - self.top) / _ROW_HEIGHT)
        heights = [self.top + _ROW_HEIGHT * (row + 0.5) for row in range(row_count)]
        edges = [self.find_edges(height) for height in heights]
        areas = [max(0.0, _ROW_HEIGHT * (right - left)) for left, right in edges]
        return [
            sum(area for height, area in zip(heights, areas, strict=True) if height > top - _ROW_HEIGHT)
            for top in tops
        ]

    def free_span(self, top: float, bottom: float) -> tuple[float, float]:
        """Return left and right of what is free at all heights between these; left may exceed right.

        Above the shape's centre, and below it, no edge is further in between two heights than at one of them.
        So the two ends tell for all, and the centre if it is between them.
        """
        left, right = self.find_edges(top)
        for height in (bottom, CENTRE_Y) if top < CENTRE_Y < bottom else (bottom,):
            other_left, other_right = self.find_edges(height)
            left, right = max(left, other_left), min(right, other_right)
        return left, right


def _half_chord(radius: float, height: float) -> float:
    """Return how far a circle around the centre reaches to either side at this height;

    0 above and below it.
    """
    distance = height - CENTRE_Y
    return sqrt(max(0.0, radius * radius - distance * distance))


def _divider_offset(height: float) -> float:
    """Return how far a slanted dividing line is from the centre at this height."""
    return abs(height - CENTRE_Y) / DIVIDER_SLOPE


def _icon_half_width(height: float) -> float:
    return _half_chord(ICON_RADIUS + _DIVIDER_MARGIN, height)


def _find_product_edges(height: float) -> tuple[float, float]:
    """Return the edges of the left part of the square, which the slanted lines cut off."""
    right = SQUARE_CENTRE_X - max(_divider_offset(height) + _SLANTED_MARGIN, _icon_half_width(height))
    return SQUARE_CENTRE_X - SQUARE_HALF_SIDE + _EDGE_MARGIN, right


def _find_offer_edges(height: float) -> tuple[float, float]:
    """Return the edges of the square's upper and lower parts, which mirror each other."""
    left = SQUARE_CENTRE_X - _divider_offset(height) + _SLANTED_MARGIN
    icon = _icon_half_width(height)
    right = SQUARE_CENTRE_X + SQUARE_HALF_SIDE - _EDGE_MARGIN
    return max(left, SQUARE_CENTRE_X + icon) if icon else left, right


def _find_gain_and_pain_edges(height: float) -> tuple[float, float]:
    """Return the edges of the circle's upper and lower parts, which mirror each other."""
    arc, icon = _half_chord(CIRCLE_RADIUS - _EDGE_MARGIN, height), _icon_half_width(height)
    right = min(CIRCLE_CENTRE_X + _divider_offset(height) - _SLANTED_MARGIN, CIRCLE_CENTRE_X + arc)
    return CIRCLE_CENTRE_X - arc, min(right, CIRCLE_CENTRE_X - icon) if icon else right


def _find_job_edges(height: float) -> tuple[float, float]:
    """Return the edges of the right part of the circle, which the slanted lines cut off."""
    left = CIRCLE_CENTRE_X + max(_divider_offset(height) + _SLANTED_MARGIN, _icon_half_width(height))
    return left, CIRCLE_CENTRE_X + _half_chord(CIRCLE_RADIUS - _EDGE_MARGIN, height)


_UPPER_BOTTOM, _LOWER_TOP = CENTRE_Y - _DIVIDER_MARGIN, CENTRE_Y + _DIVIDER_MARGIN
_SQUARE_TOP, _SQUARE_BOTTOM = (
    CENTRE_Y - SQUARE_HALF_SIDE + _EDGE_MARGIN,
    CENTRE_Y + SQUARE_HALF_SIDE - _EDGE_MARGIN,
)
_CIRCLE_TOP, _CIRCLE_BOTTOM = CENTRE_Y - CIRCLE_RADIUS + _EDGE_MARGIN, CENTRE_Y + CIRCLE_RADIUS - _EDGE_MARGIN

REGIONS: tuple[Region, ...] = (
    Region(Kind.PRODUCT, _SQUARE_TOP, _SQUARE_BOTTOM, _find_product_edges),
    Region(Kind.GAIN_CREATOR, _SQUARE_TOP, _UPPER_BOTTOM, _find_offer_edges),
    Region(Kind.PAIN_RELIEVER, _LOWER_TOP, _SQUARE_BOTTOM, _find_offer_edges),
    Region(Kind.GAIN, _CIRCLE_TOP, _UPPER_BOTTOM, _find_gain_and_pain_edges),
    Region(Kind.PAIN, _LOWER_TOP, _CIRCLE_BOTTOM, _find_gain_and_pain_edges),
    Region(Kind.JOB, _CIRCLE_TOP, _CIRCLE_BOTTOM, _find_job_edges),
)
