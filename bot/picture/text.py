"""Text that is measured before it is drawn: what must stay together, how wide it is, where it breaks."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.picture.font import BOLD, REGULAR, advances
from bot.slack.blockkit.text import clean

ELLIPSIS = "…"
EMOJI_WIDTH = 1.3  # of the widest emoji fonts
UNKNOWN_WIDTH = 0.72  # of letters that the font lacks; wide letters of other fonts are about that
_WIDEST = 6.0  # of one sign that stands for a whole phrase, such as U+FDFD

_NOT_IN_XML = re.compile(r"[\x80-\x9f\ufffe\uffff]")
_JOINER, _PICTURE = "\u200d", "\ufe0f"
_TORN_OFF = 4.0  # a word of which less than this has room is left out before an ellipsis
_MOST_JOINED = 4  # as many as the largest family of emoji has
_MOST_MARKS = 3  # on one letter; more would grow into the lines above and below
_BREAKS_AFTER = frozenset("-‐–—/|\u200b")
_NOT_FIRST = frozenset("、。，．・：；？！）］｝〉》」』】〕’”…ー々")
_NOT_LAST = frozenset("（［｛〈《「『【〔‘“")


def shown(text: str) -> str:
    """Return user text as the picture may hold it: one line of visible characters."""
    return _NOT_IN_XML.sub("", clean(text))


def is_emoji(cluster: str) -> bool:
    """Whether these characters together are shown as a little coloured picture."""
    first = cluster[0]
    if _PICTURE in cluster or "\U0001f1e6" <= first <= "\U0001f1ff":
        return True
    return ("\U0001f000" <= first <= "\U0001faff" or "\u2300" <= first <= "\u2bff") and _is_wide(first)


def clusters(text: str) -> Iterator[str]:
    """Yield what must not be torn apart: letters with their marks, emoji of several characters, flags."""
    cluster, marks = "", 0
    for char in text:
        if cluster and _belongs(char, cluster):
            marks += unicodedata.category(char) == "Mn"
            cluster += char if marks <= _MOST_MARKS else ""
        else:
            if cluster:
                yield cluster
            cluster, marks = char, 0
    if cluster:
        yield cluster


def _belongs(char: str, cluster: str) -> bool:
    if char in {_JOINER, _PICTURE, "\u200c", "\u20e3"}:
        return cluster.count(char) < _MOST_JOINED
    if "\U0001f3fb" <= char <= "\U0001f3ff":  # a colour of skin
        return cluster[-1] != char
    if "\U000e0020" <= char <= "\U000e007f":  # the tags of a region's flag
        return True
    if "\U0001f1e6" <= char <= "\U0001f1ff":
        return len(cluster) == 1 and "\U0001f1e6" <= cluster <= "\U0001f1ff"
    if cluster[-1] == _JOINER:
        return is_emoji(cluster) or unicodedata.category(char) == "So"
    return unicodedata.category(char) in {"Mn", "Mc", "Me"}


def is_rtl(text: str) -> bool:
    """Whether the text begins, and so as a whole runs, from right to left."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in {"R", "AL"}:
            return True
        if direction == "L":
            return False
    return False


@dataclass(frozen=True, slots=True)
class Measured:
    """A text in clusters, with their widths as shares of the font's size."""

    clusters: tuple[str, ...]
    widths: tuple[float, ...]
    breaks: tuple[bool, ...]  # whether a line may end before the cluster

    @property
    def width(self) -> float:
        return sum(self.widths)


@lru_cache(
    maxsize=1024
)  # while boxes are tried at many heights and sizes, the same words come a hundred times
def measured(text: str, *, bold: bool = False) -> Measured:
    parts = tuple(clusters(text))
    weight = BOLD if bold else REGULAR
    breaks = [False]
    breaks += [_breaks(before, after) for before, after in pairwise(parts)]
    return Measured(parts, tuple(_width(part, weight) for part in parts), tuple(breaks[: len(parts)]))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is at this size: at most this where the font has it, about this elsewhere."""
    return measured(text, bold=bold).width * size


def wrap(text: Measured, room: float, most: int) -> tuple[list[str], bool]:
    """Break a text into at most so many lines of so much room, and say whether something was cut off.

    The room is a share of the font's size, as the widths are.
    """
    lines: list[str] = []
    start, end = 0, len(text.clusters)
    while start < end:
        if len(lines) == most - 1:
            line, cut = _last(text, start, room)
            return [*lines, line], cut
        stop = _stop(text, start, room)
        lines.append("".join(text.clusters[start:stop]).rstrip())
        start = stop
        while start < end and text.clusters[start] == " ":
            start += 1
    return lines, False


def _stop(text: Measured, start: int, room: float) -> int:
    """Return where a line that starts here ends: at the last break in the room, else wherever it is full."""
    used, best = 0.0, 0
    for index in range(start, len(text.clusters)):
        if index > start and text.breaks[index]:
            best = index
        used += text.widths[index]
        if used > room and text.clusters[index] != " ":
            return best or max(index, start + 1)
    return len(text.clusters)


def _last(text: Measured, start: int, room: float) -> tuple[str, bool]:
    """Return the last line, with an ellipsis where it does not hold all the rest."""
    if sum(text.widths[start:]) <= room:
        return "".join(text.clusters[start:]), False
    used, stop = _width(ELLIPSIS, BOLD), start
    while stop < len(text.clusters) and used + text.widths[stop] <= room:
        used += text.widths[stop]
        stop += 1
    whole = next((at for at in range(stop, start, -1) if text.breaks[at]), start)
    if whole > start and sum(text.widths[whole:stop]) <= _TORN_OFF:
        stop = whole
    return "".join(text.clusters[start:stop]).rstrip(" ,;:.") + ELLIPSIS, True


def fitted(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return the text on one line, cut with an ellipsis to so many pixels."""
    lines, _ = wrap(measured(text, bold=bold), room / size, 1)
    return lines[0] if lines else ""


def _width(cluster: str, weight: int) -> float:
    if is_emoji(cluster):
        return EMOJI_WIDTH
    return sum(_advance(char, weight) for char in cluster)


def _advance(char: str, weight: int) -> float:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    known = advances(weight).get(ord(char))
    if known is not None:
        return known
    if _is_wide(char):
        return 1
    return min(UNKNOWN_WIDTH * len(unicodedata.normalize("NFKC", char)), _WIDEST)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"}


def _breaks(before: str, after: str) -> bool:
    if after == " ":
        return True
    if before[-1] == " " or before[-1] in _BREAKS_AFTER:
        return True
    if after[0] in _NOT_FIRST or before[-1] in _NOT_LAST:
        return False
    return _is_wide(before[0]) or _is_wide(after[0])
