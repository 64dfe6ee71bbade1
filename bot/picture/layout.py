"""Lay out the six boxes: sticky notes in rank order, as large as they fit, low ranks folded into "+12 more".

The boxes are no rectangles: a third of a square or of a circle is free at different widths at each height.
There is no formula for the largest notes that fit, so candidates are tried:

1. For each note size, the largest first, and for each height at which the heading may begin, the notes are
   placed one below the other, each as wide as its box is free at that height.
2. The first size at which a candidate shows all entries whole is taken. At the smallest size, if no candidate
   shows all, the one that shows the most of the highest ranks is taken.
3. A box whose notes came out much larger than those of the other boxes is laid out again with smaller ones.

Trying is cheap because texts are measured once for all sizes (text.measure_text), and because candidates with
less area than their notes need are not tried (_find_least_area). All sizes and positions are in pixels of the
drawing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.method.evidence import EvidenceStates, find_state
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry
from bot.picture.geometry import REGIONS, Region
from bot.picture.model import (
    LINE_HEIGHT_EM,
    PADDING_Y_EM,
    STAR,
    TEXT_LEFT_EM,
    TEXT_RIGHT_EM,
    TEXT_RIGHT_MARKED_EM,
    BoxLayout,
    MeasuredEntry,
    StickyNote,
    TextBlock,
)
from bot.picture.text import clean_for_svg, is_rtl, measure_text, measure_width, wrap_text
from bot.slack.blockkit.text import capitalize

NOTE_FONT_SIZES = (38.0, 35.0, 32.5, 30.0, 28.0, 26.0, 24.0, 22.0, 20.0, 18.5, 17.0)  # the largest first
SCALE_BY_POSITION = (
    1.15,
    1.06,
    1.0,
    0.97,
    0.95,
    0.94,
)  # the first note of a box is the largest; the last goes on
HEADING_FONT_SIZE = 27.0
FOLDED_FONT_SIZE = 20.0
HINT_FONT_SIZE = 23.0
NOTE_GAP = 6.0
MAX_NOTES_PER_BOX = 24  # more do not fit at the smallest size
MAX_SIZE_RATIO = 1.3  # of a box's note size to the smallest note size of all boxes
HEIGHT_STEP = 14.0  # between the heights that are tried
MAX_SKIP_BELOW_HEADING = 200.0  # how far below its heading a box's first note may begin
MIN_TEXT_WIDTH_EM, MAX_TEXT_WIDTH_EM = 6.5, 25.0  # of a line in a note
MIN_LABEL_WIDTH_EM, MAX_LABEL_WIDTH_EM = 3.0, 12.5  # of a line outside of notes
# A text longer than this may be truncated even though it would be whole in smaller notes: one very long entry
# must not make all others tiny.
LONG_TEXT_EM = 55.0
MIN_TRUNCATED_TEXT_EM = 14.0  # a note that shows less of its text than this is not worth its place
MAX_LINES_BY_SIZE = ((24, 7), (21, 5), (19, 4), (0, 3))  # from this font size on, so many lines at most
AREA_TOLERANCE = 0.95  # Region.areas_below counts in rows, and so may be too small by a little

_NO_BREAK_SPACE = "\u00a0"


def lay_out_boxes(metrics: CanvasMetrics) -> list[BoxLayout]:
    """Lay out all six boxes, in the order of REGIONS."""
    states = metrics.evidence.states
    entries = {region.kind: _measure_entries(metrics, region.kind, states) for region in REGIONS}
    boxes = [
        _lay_out_box(region, entries[region.kind], len(metrics.boxes[region.kind])) for region in REGIONS
    ]
    largest = MAX_SIZE_RATIO * min((box.note_font_size for box in boxes if box.notes), default=0)
    return [
        box
        if box.note_font_size <= largest
        else _lay_out_box(region, entries[region.kind], box.entry_count, largest)
        for region, box in zip(REGIONS, boxes, strict=True)
    ]


def _measure_entries(metrics: CanvasMetrics, kind: Kind, states: EvidenceStates) -> list[MeasuredEntry]:
    return [_measure_entry(metrics, ranked, states) for ranked in metrics.boxes[kind][:MAX_NOTES_PER_BOX]]


def _measure_entry(metrics: CanvasMetrics, ranked: RankedEntry, states: EvidenceStates) -> MeasuredEntry:
    text = clean_for_svg(ranked.entry.text)
    need = metrics.needs.get(ranked.entry.id)
    star = f"{STAR} " if ranked.must_have else ""
    cover = need.cover if need and ranked.score is not None else None
    state = find_state(states, ranked.entry.id)
    return MeasuredEntry(ranked, measure_text(star + text), is_rtl(text), cover, state)


def _lay_out_box(
    region: Region,
    entries: Sequence[MeasuredEntry],
    entry_count: int,
    max_font_size: float = NOTE_FONT_SIZES[0],
) -> BoxLayout:
    """Return the best candidate of the largest size that shows all entries, or of the smallest size."""
    if not entries:
        return _lay_out_empty_box(region)
    candidates: list[BoxLayout] = []
    headings = list(_place_headings(region, entry_count))
    areas = region.areas_below([heading.bottom for heading in headings])
    for font_size in (size for size in NOTE_FONT_SIZES if size <= max_font_size):
        # At the smallest size even a candidate without room for all entries may be taken.
        needed = _find_least_area(entries, font_size) if font_size > NOTE_FONT_SIZES[-1] else 0
        roomy = [heading for heading, area in zip(headings, areas, strict=True) if area >= needed]
        candidates = list(_build_candidates(region, entries, roomy, entry_count, font_size))
        complete = [box for box in candidates if _shows_everything(box)]
        if complete:
            return _choose_best(complete, lambda box: -sum(len(note.lines) for note in box.notes))
    return _choose_best(candidates, _rate_box)


def _find_least_area(entries: Sequence[MeasuredEntry], font_size: float) -> float:
    """Return how many square pixels the notes of all entries take at least, however they are placed."""
    area_em = sum(_find_least_note_area(min(entry.text.width, LONG_TEXT_EM)) for entry in entries)
    return AREA_TOLERANCE * area_em * (font_size * SCALE_BY_POSITION[-1]) ** 2


def _find_least_note_area(text_width_em: float) -> float:
    """Return the least area of a note with this text, in square em, in however many lines."""
    return min(
        (lines * LINE_HEIGHT_EM + 2 * PADDING_Y_EM) * (text_width_em / lines + TEXT_LEFT_EM + TEXT_RIGHT_EM)
        for lines in range(1, MAX_LINES_BY_SIZE[0][1] + 1)
    )


def _choose_best(boxes: Sequence[BoxLayout], rate: Callable[[BoxLayout], float]) -> BoxLayout:
    """Return the box with the highest rating; of several, the one in the middle, which is about centred."""
    highest = max(map(rate, boxes))
    best = [box for box in boxes if rate(box) == highest]
    return best[len(best) // 2]


def _rate_box(box: BoxLayout) -> float:
    """Return how much a box shows. High ranks count more than low ones, truncated notes half."""
    return sum((0.5 if note.is_truncated else 1) / (1 + 0.2 * index) for index, note in enumerate(box.notes))


def _shows_everything(box: BoxLayout) -> bool:
    """Return whether all entries are shown, and all of them whole but very long ones."""
    if box.folded_label:
        return False
    return not any(note.is_truncated and note.entry.text.width <= LONG_TEXT_EM for note in box.notes)


def _build_candidates(
    region: Region,
    entries: Sequence[MeasuredEntry],
    headings: Sequence[TextBlock],
    entry_count: int,
    font_size: float,
) -> Iterator[BoxLayout]:
    """Yield a candidate for each height of the heading, if at least one note fits below it."""
    for heading in headings:
        notes = list(_place_notes(region, entries, font_size, heading.bottom + NOTE_GAP))
        folded_label = None
        # Where not all entries fit, "+12 more" follows; where that does not fit either, the last note gives
        # way.
        while notes and len(notes) < entry_count and folded_label is None:
            folded_label = _place_folded_label(region, entry_count - len(notes), notes[-1].bottom + NOTE_GAP)
            if folded_label is None:
                notes.pop()
        if notes:
            centred = _centre_heading(region, heading, notes[0].x + notes[0].width / 2)
            yield BoxLayout(region.kind, entry_count, centred, tuple(notes), font_size, folded_label)


def _place_notes(
    region: Region, entries: Sequence[MeasuredEntry], font_size: float, top: float
) -> Iterator[StickyNote]:
    """Yield the notes one below the other, until one does not fit."""
    y = top
    for index, entry in enumerate(entries):
        scaled = font_size * SCALE_BY_POSITION[min(index, len(SCALE_BY_POSITION) - 1)]
        # Right below the heading a box may be too narrow: its first note, and it alone, may leave a gap.
        note = _place_note(region, entry, scaled, y, MAX_SKIP_BELOW_HEADING if index == 0 else 0)
        if note is None:
            return
        yield note
        y = note.bottom + NOTE_GAP


def _place_note(
    region: Region, entry: MeasuredEntry, font_size: float, top: float, max_skip: float
) -> StickyNote | None:
    """Return the note at this height, or at most `max_skip` below; None where it does not fit."""
    y = top
    while y <= top + max_skip:
        note = _fit_note(region, entry, font_size, y)
        if note:
            return note
        y += HEIGHT_STEP
    return None


def _fit_note(region: Region, entry: MeasuredEntry, font_size: float, y: float) -> StickyNote | None:
    """Return the note with as few lines as hold its text; None where it does not fit at this height.

    The number of lines must be known first: the higher the note, the narrower its box may be. If no number of
    lines holds the text, the note has the largest number and is truncated.
    """
    margins_em = TEXT_LEFT_EM + (TEXT_RIGHT_EM if entry.cover is None else TEXT_RIGHT_MARKED_EM)
    note = None
    for max_lines in range(1, _find_max_lines(font_size) + 1):
        height = (max_lines * LINE_HEIGHT_EM + 2 * PADDING_Y_EM) * font_size
        if y + height > region.bottom:
            break
        left, right = region.free_span(y, y + height)
        text_width = min((right - left) / font_size - margins_em, MAX_TEXT_WIDTH_EM)
        if text_width < MIN_TEXT_WIDTH_EM:
            break  # a higher note has no more room
        lines, is_truncated = wrap_text(entry.text, text_width, max_lines)
        height = (len(lines) * LINE_HEIGHT_EM + 2 * PADDING_Y_EM) * font_size
        width = (text_width + margins_em) * font_size
        note = StickyNote(entry, left, y, width, height, font_size, tuple(lines), is_truncated)
        if not is_truncated:
            return note
        if len(lines) * text_width < MIN_TRUNCATED_TEXT_EM:
            note = None
    return note


def _find_max_lines(font_size: float) -> int:
    """Return how many lines a note may have: boxes with few and large notes have room for more."""
    return next(lines for min_size, lines in MAX_LINES_BY_SIZE if font_size >= min_size)


def _place_headings(region: Region, entry_count: int) -> Iterator[TextBlock]:
    """Yield the box's heading at each height at which the box may begin."""
    top = region.top
    while top < region.bottom and (heading := _place_heading(region, entry_count, top)):
        yield heading
        top = max(top, heading.top) + HEIGHT_STEP


def _place_heading(region: Region, entry_count: int, top: float) -> TextBlock | None:
    """Return the box's name and its number of entries at the first height from `top` on where they fit."""
    name = capitalize(region.kind.spec.plural)
    # The number must not be alone on the second line.
    text = f"{name}{_NO_BREAK_SPACE}{entry_count}" if entry_count else name
    heading = _place_text(region, text, HEADING_FONT_SIZE, top, 2, bold=True)
    return heading and replace(heading, entry_count=str(entry_count) if entry_count else "")


def _centre_heading(region: Region, heading: TextBlock, centre_x: float) -> TextBlock:
    """Move the heading as near above the first note's centre as the box's edges allow."""
    left, right = region.free_span(heading.top, heading.bottom)
    half = max(measure_width(line, heading.font_size, bold=True) for line in heading.lines) / 2
    return replace(heading, centre_x=max(left + half, min(centre_x, right - half)))


def _place_folded_label(region: Region, missing_count: int, y: float) -> TextBlock | None:
    """Return "+12 more" at this height; None where it does not fit."""
    label = _place_text(region, f"+{missing_count} more", FOLDED_FONT_SIZE, y, 1, bold=True)
    return label if label and label.top == y else None


def _lay_out_empty_box(region: Region) -> BoxLayout:
    """Return a box with its heading and a hint, in the middle of the heights at which they fit."""
    boxes = []
    for step in range(int((region.bottom - region.top) / HEIGHT_STEP)):
        heading = _place_heading(region, 0, region.top + HEIGHT_STEP * step)
        text = f"None yet: add {region.kind.spec.description}"
        hint = heading and _place_text(region, text, HINT_FONT_SIZE, heading.bottom + NOTE_GAP, 4)
        if heading and hint:
            centred = _centre_heading(region, heading, hint.centre_x)
            boxes.append(BoxLayout(region.kind, 0, centred, hint=hint))
    return boxes[len(boxes) // 2]


def _place_text(
    region: Region, text: str, font_size: float, top: float, max_lines: int, *, bold: bool = False
) -> TextBlock | None:
    """Return the text in as few lines as hold it, at the first height from `top` on;

    None where it never fits.
    """
    measured = measure_text(text, bold=bold)
    y = top
    while y + font_size * LINE_HEIGHT_EM <= region.bottom:
        for line_count in range(1, max_lines + 1):
            left, right = region.free_span(y, y + line_count * font_size * LINE_HEIGHT_EM)
            width = min((right - left) / font_size, MAX_LABEL_WIDTH_EM)
            if width <= MIN_LABEL_WIDTH_EM:
                continue
            lines, is_truncated = wrap_text(measured, width, line_count)
            if not is_truncated and y + len(lines) * font_size * LINE_HEIGHT_EM <= region.bottom:
                return TextBlock((left + right) / 2, y, font_size, tuple(lines))
        y += HEIGHT_STEP
    return None
