"""Measure text before it is drawn: what must stay together, how wide it is, and where a line may break.

Clusters follow UAX #29 (extended grapheme clusters) and line breaks follow UAX #14, both from the Unicode
Standard and both found by `unicode_segmentation_rs`. What stays here is what no standard says: how wide a
cluster is drawn, and how much of it may be piled up.

Widths are in em, which is the size of the font, so that a text is measured once for all sizes.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from unicode_segmentation_rs import graphemes, line_break_units

from bot.emoji_names import replace_emoji_codes
from bot.picture.font import BOLD_WEIGHT, REGULAR_WEIGHT, load_advance_widths
from bot.slack.blockkit.text import sanitize

ELLIPSIS = "…"
EMOJI_WIDTH_EM = 1.3  # in the widest emoji fonts
UNKNOWN_WIDTH_EM = 0.72  # a letter that the font lacks: about as wide as wide letters of other fonts
MAX_CHAR_WIDTH_EM = 6.0  # a single character that stands for a whole phrase, such as U+FDFD
MAX_MARKS_PER_LETTER = 3  # more combining marks would reach into the lines above and below
MAX_CLUSTER_LENGTH = 12  # characters; the longest emoji sequence that Unicode recommends has 10
# A word of which less than this fits before an ellipsis is left out: two or three letters tell nothing.
MIN_WORD_REST_EM = 4.0
MAX_CACHED_TEXTS = 1024
ZERO_WIDTH_CATEGORIES = frozenset({"Mn", "Me", "Cf"})  # marks above and below letters, and format characters

_NOT_IN_XML = re.compile(r"[\x80-\x9f\ufffe\uffff]")
_ZERO_WIDTH_JOINER, _EMOJI_SELECTOR = "\u200d", "\ufe0f"


@dataclass(frozen=True, slots=True)
class MeasuredText:
    """A text in grapheme clusters. The three tuples are of the same length."""

    clusters: tuple[str, ...]
    widths: tuple[float, ...]  # of the clusters, in em
    breaks: tuple[bool, ...]  # whether a line may end before the cluster

    @property
    def width(self) -> float:
        """The width of the whole text on one line, in em."""
        return sum(self.widths)


def clean_for_svg(text: str) -> str:
    """Return user text as one line of characters that are visible and that XML allows, with emoji."""
    return _NOT_IN_XML.sub("", sanitize(replace_emoji_codes(text)))


def is_emoji(cluster: str) -> bool:
    """Return whether fonts draw this cluster as one coloured picture."""
    first = cluster[0]
    if (
        _EMOJI_SELECTOR in cluster or "\U0001f1e6" <= first <= "\U0001f1ff"
    ):  # the letters of which flags are made
        return True
    return ("\U0001f000" <= first <= "\U0001faff" or "\u2300" <= first <= "\u2bff") and _is_wide(first)


def is_rtl(text: str) -> bool:
    """Return whether the text runs from right to left, as its first letter does (rule P2 of UAX #9)."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in {"R", "AL"}:
            return True
        if direction == "L":
            return False
    return False


def split_clusters(text: str) -> Iterator[str]:
    """Yield the grapheme clusters of a text: letters with their marks, whole emoji, flags.

    Combining marks beyond MAX_MARKS_PER_LETTER are left out. A cluster beyond MAX_CLUSTER_LENGTH is split:
    UAX # 29 sets no limit, so that a text of a thousand joined characters would be one cluster wider than the
    # picture.
    """
    for cluster in graphemes(_limit_marks(text), is_extended=True):
        if len(cluster) <= MAX_CLUSTER_LENGTH:
            yield cluster
        else:
            for start in range(0, len(cluster), MAX_CLUSTER_LENGTH):
                yield cluster[start : start + MAX_CLUSTER_LENGTH]


# A layout is tried at many heights and sizes, and measures the same texts hundreds of times.
@lru_cache(maxsize=MAX_CACHED_TEXTS)
def measure_text(text: str, *, bold: bool = False) -> MeasuredText:
    """Split a text into clusters and measure each of them."""
    clusters = tuple(split_clusters(text))
    weight = BOLD_WEIGHT if bold else REGULAR_WEIGHT
    widths = tuple(_measure_cluster(cluster, weight) for cluster in clusters)
    # Both give lengths that add up to positions in the text. A line break within a cluster is none that we
    # use.
    unit_starts = set(accumulate(map(len, line_break_units("".join(clusters)))))
    cluster_starts = accumulate(map(len, clusters[:-1]), initial=0)
    return MeasuredText(
        clusters, widths, tuple(start in unit_starts for start in cluster_starts)[: len(clusters)]
    )


def measure_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is at this font size, in pixels.

    Text that the font has is never wider than that; other text is estimated.
    """
    return measure_text(text, bold=bold).width * size


def wrap_text(text: MeasuredText, max_width: float, max_lines: int) -> tuple[list[str], bool]:
    """Break a text into lines of at most `max_width` em. Return the lines, and whether text was left out."""
    lines: list[str] = []
    start, end = 0, len(text.clusters)
    while start < end:
        if len(lines) == max_lines - 1:
            line, is_truncated = _build_last_line(text, start, max_width)
            return [*lines, line], is_truncated
        stop = _find_line_end(text, start, max_width)
        lines.append("".join(text.clusters[start:stop]).rstrip())
        start = stop
        while start < end and text.clusters[start] == " ":
            start += 1
    return lines, False


def fit_on_line(text: str, size: float, max_width: float, *, bold: bool = False) -> str:
    """Return a text on one line of at most `max_width` pixels, with an ellipsis where some is left out."""
    lines, _ = wrap_text(measure_text(text, bold=bold), max_width / size, 1)
    return lines[0] if lines else ""


def _limit_marks(text: str) -> str:
    """Leave out combining marks that would be the fourth or a later one on the same letter."""
    if text.isascii():
        return text
    kept: list[str] = []
    mark_count = 0
    for char in text:
        if unicodedata.category(char) == "Mn":
            mark_count += 1
        elif char != _ZERO_WIDTH_JOINER:
            mark_count = 0
        if mark_count <= MAX_MARKS_PER_LETTER:
            kept.append(char)
    return "".join(kept)


def _find_line_end(text: MeasuredText, start: int, max_width: float) -> int:
    """Return the index after the last cluster of the line that starts here.

    The line ends at the last break that fits. A word longer than the line is broken where the line is full.
    Spaces at the end of a line may be outside of it.
    """
    used, last_break = 0.0, 0
    for index in range(start, len(text.clusters)):
        if index > start and text.breaks[index]:
            last_break = index
        used += text.widths[index]
        if used > max_width and text.clusters[index] != " ":
            return last_break or max(index, start + 1)
    return len(text.clusters)


def _build_last_line(text: MeasuredText, start: int, max_width: float) -> tuple[str, bool]:
    """Return the last line, from here on, and whether text was left out: an ellipsis stands for it."""
    if sum(text.widths[start:]) <= max_width:
        return "".join(text.clusters[start:]), False
    used, stop = _measure_cluster(ELLIPSIS, BOLD_WEIGHT), start
    while stop < len(text.clusters) and used + text.widths[stop] <= max_width:
        used += text.widths[stop]
        stop += 1
    word_end = next(
        (at for at in range(stop, start, -1) if text.breaks[at] or text.clusters[at] == " "), start
    )
    if word_end > start and sum(text.widths[word_end:stop]) <= MIN_WORD_REST_EM:
        stop = word_end
    return "".join(text.clusters[start:stop]).rstrip(" ,;:.") + ELLIPSIS, True


def _measure_cluster(cluster: str, weight: int) -> float:
    if is_emoji(cluster):
        return EMOJI_WIDTH_EM
    return sum(_measure_char(char, weight) for char in cluster)


def _measure_char(char: str, weight: int) -> float:
    if unicodedata.category(char) in ZERO_WIDTH_CATEGORIES:
        return 0
    width = load_advance_widths(weight).get(ord(char))
    if width is not None:
        return width
    if _is_wide(char):
        return 1
    # A ligature is as wide as what it stands for, which NFKC spells out.
    return min(UNKNOWN_WIDTH_EM * len(unicodedata.normalize("NFKC", char)), MAX_CHAR_WIDTH_EM)


def _is_wide(char: str) -> bool:
    """Return whether a character is a full square wide in East Asian fonts (UAX #11)."""
    return unicodedata.east_asian_width(char) in {"W", "F"}
