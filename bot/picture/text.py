"""Measure text before it is drawn: what must stay together, how wide it is, and where a line may break.

Clusters follow UAX #29 (extended grapheme clusters) and line breaks follow UAX #14, both from the Unicode
Standard and both found by `unicode_segmentation_rs`. What stays here is what no standard says: how wide a
cluster is drawn, and how much of it may be piled up.

Widths are in em, which is the size of the font, so that a text is measured once for all sizes.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from unicode_segmentation_rs import graphemes, line_break_units

from bot.emoji_names import replace_emoji_codes
from bot.picture.font import BOLD_WEIGHT, FAMILY, REGULAR_WEIGHT, has_characters, measure_in_family
from bot.picture.scripts import choose_fonts, is_emoji, is_wide
from bot.slack.blockkit.text import sanitize

ELLIPSIS = "…"
EMOJI_WIDTH_EM = 1.3  # in the widest emoji fonts
UNKNOWN_WIDTH_EM = 0.72  # a letter that the font lacks: about as wide as wide letters of other fonts
MAX_CHAR_WIDTH_EM = 6.0  # a single character that stands for a whole phrase, such as U+FDFD
MAX_MARKS_PER_LETTER = 3  # more combining marks would reach into the lines above and below
MAX_JOINED_LENGTH = 6  # characters of joined letters: the widest six of Arabic are narrower than any line
MAX_CLUSTER_LENGTH = 12  # characters; the longest emoji sequence that Unicode recommends has 10
# A word of which less than this fits before an ellipsis is left out: two or three letters tell nothing.
MIN_WORD_REST_EM = 4.0
MAX_CACHED_TEXTS = 1024
ZERO_WIDTH_CATEGORIES = frozenset({"Mn", "Me", "Cf"})  # marks above and below letters, and format characters

_NOT_IN_XML = re.compile(r"[\x80-\x9f\ufffe\uffff]")
_ZERO_WIDTH_JOINER = "\u200d"
# Arabic letters, those of them that never join the next one, and the marks above and below them.
_ARABIC = r"\u0622-\u064a\u066e\u066f\u0671-\u06d3\u06fa-\u06fc\u0750-\u077f"
_ARABIC_UNJOINED = (
    r"\u0622-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699"
    r"\u06c0\u06c3-\u06cb\u06cd\u06cf\u06d2\u06d3"
)
_ARABIC_MARKS = r"\u064b-\u065f\u0670"
# Thai and Lao have vowels that stand before their consonant, and signs that no line may begin with.
_BOUND_TO_NEXT = re.compile(
    rf"(?![{_ARABIC_UNJOINED}])[{_ARABIC}][{_ARABIC_MARKS}]*|[\u0e40-\u0e44\u0ec0-\u0ec4]"
)
_ARABIC_LETTER = re.compile(f"[{_ARABIC}]")
_THAI_OR_LAO = re.compile(r"[\u0e01-\u0edf]")
_BOUND_TO_PREVIOUS = re.compile(r"[\u0e2f\u0e30\u0e32\u0e33\u0e45\u0e46\u0eaf\u0eb0\u0eb2\u0eb3\u0ebd\u0ec6]")


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
    """Yield what stays together in a text: letters with their marks, joined letters, whole emoji, flags.

    Combining marks beyond MAX_MARKS_PER_LETTER are left out. A cluster beyond MAX_CLUSTER_LENGTH is split:
    UAX #29 sets no limit, so that a text of a thousand joined characters would be one cluster wider than the
    picture. Joined letters of Arabic are about a third narrower than the same letters apart, so that they are
    measured together; they too have a limit.
    """
    yield from _join_letters(_split_graphemes(text))


def _split_graphemes(text: str) -> Iterator[str]:
    for cluster in graphemes(_limit_marks(text), is_extended=True):
        if len(cluster) <= MAX_CLUSTER_LENGTH:
            yield cluster
        else:
            for start in range(0, len(cluster), MAX_CLUSTER_LENGTH):
                yield cluster[start : start + MAX_CLUSTER_LENGTH]


def _join_letters(clusters: Iterable[str]) -> Iterator[str]:
    """Put letters that join one another, or that no line may part, into one cluster."""
    joined = last = ""
    for cluster in clusters:
        if joined and not (_are_bound(last, cluster) and len(joined) + len(cluster) <= MAX_JOINED_LENGTH):
            yield joined
            joined = ""
        joined, last = joined + cluster, cluster
    if joined:
        yield joined


def _are_bound(first: str, second: str) -> bool:
    if _ARABIC_LETTER.match(second):
        return bool(_ARABIC_LETTER.match(first) and _BOUND_TO_NEXT.fullmatch(first))
    if not (_THAI_OR_LAO.match(first) and _THAI_OR_LAO.match(second)):
        return False
    return bool(_BOUND_TO_NEXT.fullmatch(first) or _BOUND_TO_PREVIOUS.match(second))


# A layout is tried at many heights and sizes, and measures the same texts hundreds of times.
@lru_cache(maxsize=MAX_CACHED_TEXTS)
def measure_text(text: str, *, bold: bool = False) -> MeasuredText:
    """Split a text into clusters and measure each of them."""
    clusters = tuple(split_clusters(text))
    weight = BOLD_WEIGHT if bold else REGULAR_WEIGHT
    fonts = choose_fonts(clusters)
    widths = tuple(
        _measure_cluster(cluster, choice.bundled, weight)
        for cluster, choice in zip(clusters, fonts, strict=True)
    )
    # Both give lengths that add up to positions in the text. A line break within a cluster is none that we
    # use.
    unit_starts = set(accumulate(map(len, line_break_units("".join(clusters)))))
    cluster_starts = accumulate(map(len, clusters[:-1]), initial=0)
    return MeasuredText(
        clusters, widths, tuple(start in unit_starts for start in cluster_starts)[: len(clusters)]
    )


def measure_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is at this font size, in pixels.

    Text that a bundled font has is never wider than that; other text is estimated.
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
    used, stop = measure_in_family(FAMILY, ELLIPSIS, BOLD_WEIGHT), start
    while stop < len(text.clusters) and used + text.widths[stop] <= max_width:
        used += text.widths[stop]
        stop += 1
    word_end = next(
        (at for at in range(stop, start, -1) if text.breaks[at] or text.clusters[at] == " "), start
    )
    if word_end > start and sum(text.widths[word_end:stop]) <= MIN_WORD_REST_EM:
        stop = word_end
    return "".join(text.clusters[start:stop]).rstrip(" ,;:.") + ELLIPSIS, True


def _measure_cluster(cluster: str, family: str, weight: int) -> float:
    """Return how wide a cluster is in a bundled family; without one, about how wide it is in other fonts."""
    if family:
        return measure_in_family(family, cluster, weight)
    if is_emoji(cluster):
        return EMOJI_WIDTH_EM
    return sum(_estimate_width(char, weight) for char in cluster)


def _estimate_width(char: str, weight: int) -> float:
    if unicodedata.category(char) in ZERO_WIDTH_CATEGORIES:
        return 0
    if has_characters(FAMILY, char):
        return measure_in_family(FAMILY, char, weight)
    if is_wide(char):
        return 1
    # A ligature is as wide as what it stands for, which NFKC spells out.
    return min(UNKNOWN_WIDTH_EM * len(unicodedata.normalize("NFKC", char)), MAX_CHAR_WIDTH_EM)
