"""Split a line into runs, each in one font and one direction, and place them as they are seen.

The renderer shapes all that follows one position as one script: in a line of two scripts, the letters of one
of them would be neither joined nor in their places. So each run has a position of its own, and their order is
found here. It is that of UAX #9 without explicit directions.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import attrgetter

from bot.picture.font import BOLD_WEIGHT, REGULAR_WEIGHT, measure_in_family
from bot.picture.scripts import FontChoice, choose_fonts, contains_kana
from bot.picture.text import measure_width, split_clusters

_CLOSING = {"(": ")", "[": "]", "{": "}", "（": "）", "「": "」"}


@dataclass(frozen=True, slots=True)
class Run:
    """Some characters of a line in one font and one direction."""

    text: str
    fonts: FontChoice
    rtl: bool


def split_runs(line: str, *, rtl: bool) -> list[Run]:
    """Return the runs of a line in the order in which they are read."""
    clusters = [*split_clusters(line)]
    fonts = choose_fonts(clusters, japanese=contains_kana(line))
    parts = map(Run, clusters, fonts, _find_directions(clusters, rtl=rtl))
    return [_join_parts([*run]) for _, run in groupby(parts, key=attrgetter("fonts", "rtl"))]


def place_runs(runs: Sequence[Run], widths: Sequence[float], *, rtl: bool) -> list[float]:
    """Return how far from the line's left end each run begins."""
    order = _order_runs(runs, rtl=rtl)
    positions = accumulate((widths[index] for index in order), initial=0.0)
    return [position for _, position in sorted(zip(order, positions, strict=False))]


def measure_run(run: Run, size: float, *, bold: bool = False) -> float:
    """Return how far a run advances the line at this font size, in pixels; it is estimated if need be."""
    if not run.fonts.bundled:
        return measure_width(run.text, size, bold=bold)
    weight = BOLD_WEIGHT if bold else REGULAR_WEIGHT
    return size * measure_in_family(run.fonts.bundled, run.text, weight, size)


def _join_parts(parts: Sequence[Run]) -> Run:
    return Run("".join(part.text for part in parts), parts[0].fonts, parts[0].rtl)


def _order_runs(runs: Sequence[Run], *, rtl: bool) -> list[int]:
    """Return the indices of the runs from left to right."""
    groups = [
        [*group][::-1] if group_rtl else [*group]
        for group_rtl, group in groupby(range(len(runs)), key=lambda index: runs[index].rtl)
    ]
    return [index for group in (reversed(groups) if rtl else groups) for index in group]


def _find_directions(clusters: Sequence[str], *, rtl: bool) -> list[bool]:
    """Return whether each cluster runs from right to left.

    A digit goes with the letter before it, a pair of brackets with what is in it. Other characters go with
    both neighbours where these agree, and otherwise with the line.
    """
    letters = [_find_strong_direction(cluster) for cluster in clusters]
    brackets = _find_bracket_directions(clusters, letters, rtl=rtl)
    strong = [brackets.get(index, direction) for index, direction in enumerate(letters)]
    known: list[bool | None] = []
    last = rtl
    for cluster, direction in zip(clusters, strong, strict=True):
        last = last if direction is None else direction
        is_number = unicodedata.bidirectional(cluster[0]) in {"EN", "AN"}
        known.append(last if direction is not None or is_number else None)
    following = _fill(known[::-1], rtl)[::-1]
    return [
        before if before == after else rtl for before, after in zip(_fill(known, rtl), following, strict=True)
    ]


def _find_bracket_directions(
    clusters: Sequence[str], letters: Sequence[bool | None], *, rtl: bool
) -> dict[int, bool]:
    """Return the direction of brackets that have letters in them, by index (rule N0 of UAX #9)."""
    found: dict[int, bool] = {}
    opened: list[int] = []
    for index, cluster in enumerate(clusters):
        if cluster in _CLOSING:
            opened.append(index)
        elif opened and cluster == _CLOSING[clusters[opened[-1]]]:
            start = opened.pop()
            inside = {*letters[start:index]} - {None}
            before = _fill([rtl, *letters[:start]], rtl)[-1]
            if inside:
                found[start] = found[index] = rtl if rtl in inside else before
    return found


def _fill(directions: Iterable[bool | None], first: bool) -> list[bool]:
    """Replace what is unknown by what comes before it."""
    filled: list[bool] = []
    for direction in directions:
        filled.append(direction if direction is not None else filled[-1] if filled else first)
    return filled


def _find_strong_direction(cluster: str) -> bool | None:
    kind = unicodedata.bidirectional(cluster[0])
    return True if kind in {"R", "AL"} else False if kind == "L" else None
