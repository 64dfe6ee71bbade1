"""Draw the overview: the canvas for a channel, where a picture is some 460 pixels wide.

It has the six boxes with their counts and their first entries, in letters that can be read at that size. The
whole canvas is in the drawing of `svg.py`. All sizes and positions are in pixels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.method.evidence import EvidenceState, EvidenceStates, find_state
from bot.method.fit import Cover
from bot.method.kinds import Kind, Side
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry
from bot.method.summary import describe_must_have_total, describe_sealed
from bot.picture.colours import (
    FAINT,
    INK,
    MUTED,
    NAVY,
    SHAPE_FILL,
    choose_note_colours,
)
from bot.picture.elements import (
    build_element,
    draw_check_mark,
    draw_cover_mark,
    draw_picture,
    draw_rectangle,
    draw_seal_mark,
    draw_text,
    draw_warning_mark,
)
from bot.picture.font import REGULAR_WEIGHT
from bot.picture.model import LINE_HEIGHT_EM, STAR
from bot.picture.text import clean_for_svg, fit_on_line, is_rtl, measure_text, measure_width, wrap_text
from bot.slack.blockkit.text import capitalize
from bot.times.clock import format_short_moment

OVERVIEW_WIDTH = 1600
FONT_SIZE = 44.0  # of the smallest letters: 12.7 pixels where the picture is 462 pixels wide
HEADING_FONT_SIZE, TITLE_FONT_SIZE = 52.0, 68.0
MARGIN, GAP, PADDING = 30.0, 24.0, 22.0
HEADER_HEIGHT, SEALED_HEIGHT = 190.0, 62.0  # the second where there is a line about sealed entries
HEADING_HEIGHT = 78.0
BOX_WIDTH = (OVERVIEW_WIDTH - 2 * MARGIN - GAP) / 2
NOTE_PADDING = 14.0
NOTE_GAP = 12.0
MARK_RADIUS = 21.0
MAX_ENTRIES, MAX_LINES = 2, 2  # of a box, and of an entry
STAR_WIDTH = 1.15 * FONT_SIZE
MARK_WIDTH = 2 * MARK_RADIUS + 14
MIN_BOX_HEIGHT = 190.0


@dataclass(frozen=True, slots=True)
class _Note:
    """An entry with its lines."""

    ranked: RankedEntry
    cover: Cover | None  # None for other kinds than needs, and for needs that wait for votes
    lines: tuple[str, ...]
    is_rtl: bool
    evidence: EvidenceState | None  # None on a canvas without evidence

    @property
    def has_tag(self) -> bool:
        """Whether a line below the text says what the evidence comes to."""
        return self.evidence not in {None, EvidenceState.ASSUMED}

    @property
    def height(self) -> float:
        return (len(self.lines) + self.has_tag) * FONT_SIZE * LINE_HEIGHT_EM + 2 * NOTE_PADDING


def build_overview_svg(metrics: CanvasMetrics) -> str:
    """Draw the overview: what the team offers on the left, what the customer needs on the right."""
    columns = [_list_kinds(Side.VALUE), _list_kinds(Side.CUSTOMER)]
    states = metrics.evidence.states
    notes = {kind: [*_wrap_notes(metrics, kind, states)] for column in columns for kind in column}
    rows = [*zip(*columns, strict=True)]
    heights = [max(_measure_box(notes[kind]) for kind in row) for row in rows]
    sealed = describe_sealed(metrics.ranked.values(), format_short_moment)
    drawn, top = [], HEADER_HEIGHT + SEALED_HEIGHT * bool(sealed)
    for row, height in zip(rows, heights, strict=True):
        for column, kind in enumerate(row):
            x = MARGIN + column * (BOX_WIDTH + GAP)
            drawn.append(_draw_box(metrics, kind, notes[kind], x, top, height))
        top += height + GAP
    total_height = top - GAP + MARGIN
    parts = (_draw_header(metrics), _draw_sealed(sealed) if sealed else "", *drawn)
    return draw_picture(clean_for_svg(metrics.canvas.title), OVERVIEW_WIDTH, total_height, parts)


def _list_kinds(side: Side) -> list[Kind]:
    return [kind for kind in Kind if kind.spec.side is side]


def _wrap_notes(metrics: CanvasMetrics, kind: Kind, states: EvidenceStates) -> Iterator[_Note]:
    """Yield the first entries of a box with their lines."""
    for ranked in metrics.boxes[kind][:MAX_ENTRIES]:
        need = metrics.needs.get(ranked.entry.id)
        cover = need.cover if need and ranked.score is not None else None
        width = BOX_WIDTH - 2 * PADDING - 2 * NOTE_PADDING
        width -= STAR_WIDTH * ranked.must_have + MARK_WIDTH * (cover is not None)
        text = clean_for_svg(ranked.entry.text)
        lines, _ = wrap_text(measure_text(text), width / FONT_SIZE, MAX_LINES)
        yield _Note(ranked, cover, tuple(lines), is_rtl(text), find_state(states, ranked.entry.id))


def _measure_box(notes: Sequence[_Note]) -> float:
    content = sum(note.height + NOTE_GAP for note in notes)
    return max(HEADING_HEIGHT + content + PADDING, MIN_BOX_HEIGHT)


def _draw_header(metrics: CanvasMetrics) -> str:
    """Return the canvas's title, and how many must-haves are addressed."""
    width = OVERVIEW_WIDTH - 2 * MARGIN
    title = fit_on_line(clean_for_svg(metrics.canvas.title), TITLE_FONT_SIZE, width, bold=True)
    achieved = metrics.fit.achieved
    mark = draw_check_mark(MARGIN + 26, 140, 26) if achieved else draw_warning_mark(MARGIN + 28, 142, 25)
    verdict = fit_on_line(describe_must_have_total(metrics.fit), HEADING_FONT_SIZE, width - 72)
    return "".join(
        (
            draw_text(title, MARGIN, 62, TITLE_FONT_SIZE, fill=NAVY, bold=True, rtl=is_rtl(title)),
            mark,
            draw_text(verdict, MARGIN + 72, 140, HEADING_FONT_SIZE, fill=INK),
        )
    )


def _draw_sealed(sealed: str) -> str:
    """Return how many entries are sealed and until when, below the verdict."""
    y = HEADER_HEIGHT + 14
    text = draw_text(sealed, MARGIN + 72, y, FONT_SIZE, fill=INK)
    return draw_seal_mark(MARGIN + 26, y, MARK_RADIUS) + text


def _draw_box(
    metrics: CanvasMetrics, kind: Kind, notes: Sequence[_Note], x: float, top: float, height: float
) -> str:
    frame = draw_rectangle(x, top, BOX_WIDTH, height, 18, fill=SHAPE_FILL, stroke=NAVY, stroke_width=3.5)
    drawn, y = [frame, _draw_heading(metrics, kind, x, top)], top + HEADING_HEIGHT
    for note in notes:
        drawn.append(_draw_note(note, x + PADDING, y))
        y += note.height + NOTE_GAP
    if not notes:
        middle = top + HEADING_HEIGHT + (height - HEADING_HEIGHT - PADDING) / 2
        drawn.append(draw_text("none yet", x + PADDING, middle, FONT_SIZE, fill=MUTED))
    return build_element("g", "".join(drawn))


def _draw_heading(metrics: CanvasMetrics, kind: Kind, x: float, top: float) -> str:
    """Return the box's name with the number of its entries, and how many needs are served how far."""
    box, middle = metrics.boxes[kind], top + HEADING_HEIGHT / 2 + 2
    name = capitalize(kind.spec.plural)
    heading = draw_text(
        f"{name} {len(box)}" if box else name, x + PADDING, middle, HEADING_FONT_SIZE, fill=NAVY, bold=True
    )
    if box:
        pale = build_element("tspan", str(len(box)), fill=MUTED, font_weight=str(REGULAR_WEIGHT))
        heading = heading.replace(f"{len(box)}</text>", f"{pale}</text>")
    drawn = [heading]
    if any(ranked.entry.seal for ranked in box):
        drawn.append(draw_seal_mark(x + BOX_WIDTH - PADDING - MARK_RADIUS, middle, MARK_RADIUS))
    needs = [metrics.needs[ranked.entry.id] for ranked in box if ranked.entry.id in metrics.needs]
    covers = [need.cover for need in needs if need.ranked.score is not None]
    right = x + BOX_WIDTH - PADDING - 3 * MARK_RADIUS * any(ranked.entry.seal for ranked in box)
    for cover in reversed(Cover):
        if number := str(covers.count(cover) or ""):
            right -= measure_width(number, HEADING_FONT_SIZE)
            drawn.append(draw_text(number, right, middle, HEADING_FONT_SIZE, fill=INK))
            right -= MARK_RADIUS + 12
            drawn.append(draw_cover_mark(cover, right, middle, MARK_RADIUS))
            right -= MARK_RADIUS + 30
    return "".join(drawn)


def _draw_note(note: _Note, x: float, y: float) -> str:
    """Return an entry on its note, with a star for a must-have and a mark for a need that has votes."""
    width = BOX_WIDTH - 2 * PADDING
    fill, stroke = choose_note_colours(note.cover, is_must_have=note.ranked.must_have)
    style: dict[str, str | float] = {"fill": fill, "stroke": stroke, "stroke_width": 2}
    if note.evidence is EvidenceState.ASSUMED:
        style |= {"stroke": FAINT, "stroke_width": 3, "stroke_dasharray": "14 12"}
    drawn = [draw_rectangle(x, y, width, note.height, 12, **style)]
    left, right = x + NOTE_PADDING, x + width - NOTE_PADDING
    first_middle = y + NOTE_PADDING + FONT_SIZE * LINE_HEIGHT_EM / 2
    if note.ranked.must_have:
        drawn.append(draw_text(STAR, left, first_middle, FONT_SIZE, fill=INK))
        left += STAR_WIDTH
    if note.cover:
        drawn.append(draw_cover_mark(note.cover, right - MARK_RADIUS, y + note.height / 2, MARK_RADIUS))
        right -= MARK_WIDTH
    for index, line in enumerate(note.lines):
        drawn.append(
            draw_text(
                line,
                right if note.is_rtl else left,
                first_middle + index * FONT_SIZE * LINE_HEIGHT_EM,
                FONT_SIZE,
                fill=INK,
                anchor="end" if note.is_rtl else "start",
                rtl=note.is_rtl,
            )
        )
    if note.has_tag:
        middle = first_middle + len(note.lines) * FONT_SIZE * LINE_HEIGHT_EM
        is_refuted = note.evidence is EvidenceState.REFUTED
        fill = INK if is_refuted else MUTED
        drawn.append(draw_text(str(note.evidence), left, middle, FONT_SIZE, fill=fill, bold=is_refuted))
    return build_element("g", "".join(drawn), data_entry=str(note.ranked.entry.id))
