"""Draw the risks: how much depends on each entry, and how far evidence supports it.

The riskiest entries have numbers, as in the message beside the picture; refuted ones have letters, and all
others are dots. The letters can be read where a phone shows the picture 390 pixels wide. All sizes and
positions are in pixels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from string import ascii_uppercase

from bot.method.evidence import EvidenceMetrics, EvidenceState, Risk
from bot.method.formatting import format_decimals
from bot.picture.colours import (
    AMBER,
    AMBER_LIGHT,
    INK,
    MUTED,
    NAVY,
    NOTE_BORDER,
    PAPER,
    SHAPE_FILL,
    TEAL,
    TEAL_LIGHT,
)
from bot.picture.elements import (
    build_element,
    draw_circle,
    draw_line,
    draw_picture,
    draw_rectangle,
    draw_text,
    format_number,
)
from bot.picture.model import STAR
from bot.picture.text import clean_for_svg, fit_on_line, is_rtl, measure_width
from bot.slack.blockkit.text import truncate

WIDTH = 1200.0
MARGIN = 30.0
TITLE_FONT_SIZE, FONT_SIZE = 56.0, 40.0  # 40: 13 pixels where the picture is 390 pixels wide
PLOT_LEFT, PLOT_RIGHT = 90.0, WIDTH - MARGIN
PLOT_TOP, PLOT_BOTTOM = 120.0, 780.0
LABEL_HEIGHT = 62.0  # of the names of the corners, within the plot
# The confidences 0, below one half, and from one half on. The first column is wide since most entries of a
# young canvas are in it: places within it mean nothing.
COLUMNS = (PLOT_LEFT, 520.0, 850.0, PLOT_RIGHT)
COLUMN_LABELS = ("no evidence for it", "some evidence", "evidenced")
LIST_TOP, ROW_HEIGHT = PLOT_BOTTOM + 90.0, 108.0
NOTE_RADIUS, DOT_RADIUS = 37.0, 12.0
NOTE_GAP, DOT_GAP = 5.0, 5.0
STEP = 9.0  # between the places that are tried for a note
MAX_NUMBERED, MAX_LETTERED = 5, 3
MAX_ALT_TEXT_CHARACTERS = 40  # of each text
TITLE = "Importance and evidence"
LEGEND = "dashed: assumed · amber: contested · dark: refuted"


@dataclass(frozen=True, slots=True)
class Note:
    """An entry at its place."""

    risk: Risk
    mark: str  # "1", "A"; "" for a dot
    x: float
    y: float

    @property
    def radius(self) -> float:
        return NOTE_RADIUS if self.mark else DOT_RADIUS


def build_risk_svg(title: str, evidence: EvidenceMetrics) -> str:
    """Draw the risks of the canvas with this title."""
    notes = [*place_notes(evidence)]
    listed = [note for note in notes if note.mark]
    bottom = LIST_TOP + len(listed) * ROW_HEIGHT
    parts = [
        _draw_title(title),
        *_draw_plot(),
        *(_draw_note(note) for note in reversed(notes)),
        *(_draw_row(note, LIST_TOP + row * ROW_HEIGHT) for row, note in enumerate(listed)),
        draw_text(LEGEND, MARGIN, bottom + 30, FONT_SIZE, fill=MUTED),
    ]
    return draw_picture(f"{TITLE}: {clean_for_svg(title)}", WIDTH, bottom + 60 + MARGIN, parts)


def build_risk_alt_text(title: str, evidence: EvidenceMetrics) -> str:
    """Return the picture in words: the marked entries with their places, and how many others there are."""
    marked = mark_risks(evidence)
    others = len(evidence.risks) - len(marked)
    lines = [
        f"{TITLE} of {truncate(clean_for_svg(title), MAX_ALT_TEXT_CHARACTERS)}.",
        *(
            f"{mark}: {risk.ranked.entry.kind.spec.singular} "
            f"“{truncate(clean_for_svg(risk.ranked.entry.text), MAX_ALT_TEXT_CHARACTERS)}”, "
            f"{_describe_place(risk)}."
            for mark, risk in marked
        ),
        f"{others} more as dots." if others else "",
    ]
    return "\n".join(line for line in lines if line)


def mark_risks(evidence: EvidenceMetrics) -> list[tuple[str, Risk]]:
    """Return the entries that have a mark: letters for the refuted, numbers for the riskiest."""
    lettered = zip(ascii_uppercase, evidence.refuted[:MAX_LETTERED], strict=False)
    numbered = ((str(number), risk) for number, risk in enumerate(evidence.riskiest[:MAX_NUMBERED], start=1))
    return [*lettered, *numbered]


def place_notes(evidence: EvidenceMetrics) -> Iterator[Note]:
    """Yield every entry at its place, those with marks first.

    No marked note overlaps another. A dot gives way to notes and to other dots while there is room.
    """
    marked = mark_risks(evidence)
    marked_ids = {risk.ranked.entry.id for _, risk in marked}
    notes = list[Note]()
    for mark, risk in marked:
        notes.append(Note(risk, mark, *_find_place(risk, NOTE_RADIUS, notes)))
    yield from notes
    cells = _free_cells(notes)
    for entry_id, risk in evidence.risks.items():
        if entry_id not in marked_ids:
            yield Note(risk, "", *_take_cell(risk, cells))


def _find_column(risk: Risk) -> int:
    if risk.evidence.state is EvidenceState.EVIDENCED:
        return 2
    return 1 if risk.evidence.confidence else 0


def _find_true_place(risk: Risk, radius: float) -> tuple[float, float]:
    """Return where an entry stands by its figures, as far within its column that it does not leave it."""
    column, confidence = _find_column(risk), float(risk.evidence.confidence)
    left, right = COLUMNS[column] + radius + 4, COLUMNS[column + 1] - radius - 4
    share = (0.0, 2 * confidence, 2 * confidence - 1)[column]
    top, bottom = PLOT_TOP + LABEL_HEIGHT + radius, PLOT_BOTTOM - radius - 4
    return left + (right - left) * share, bottom - (bottom - top) * float(risk.importance)


def _find_place(risk: Risk, radius: float, placed: Sequence[Note]) -> tuple[float, float]:
    """Return the place nearest to the true one that overlaps no placed note."""
    column, (x, y) = _find_column(risk), _find_true_place(risk, radius)
    left, right = COLUMNS[column] + radius + 4, COLUMNS[column + 1] - radius - 4
    top, bottom = PLOT_TOP + LABEL_HEIGHT + radius, PLOT_BOTTOM - radius - 4
    tried = (
        (abs(across - x) * (0.2 if column == 0 else 1) + _weigh_height(y, down), across, down)
        for across, down in product([x, *_count_by(left, right)], [y, *_count_by(top, bottom)])
    )
    free = (place for place in tried if all(_is_apart(place[1], place[2], radius, note) for note in placed))
    _, across, down = min(free)
    return across, down


def _weigh_height(true_y: float, y: float) -> float:
    """Return how far a height is from the true one; above it, an entry looks more important than it is."""
    return y - true_y if y >= true_y else 4 * (true_y - y)


def _count_by(first: float, last: float) -> list[float]:
    return [first + STEP * index for index in range(int((last - first) / STEP) + 1)]


def _is_apart(x: float, y: float, radius: float, note: Note) -> bool:
    distance = radius + note.radius + NOTE_GAP
    return (x - note.x) ** 2 + (y - note.y) ** 2 >= distance**2


Cells = list[set[tuple[float, float]]]  # the free places of dots in each column


def _free_cells(notes: Sequence[Note]) -> Cells:
    size = 2 * DOT_RADIUS + DOT_GAP
    row_count = int((PLOT_BOTTOM - PLOT_TOP - LABEL_HEIGHT) / size)
    rows = [PLOT_BOTTOM - size * (row + 0.6) for row in range(row_count)]
    cells: Cells = []
    for left, right in pairwise(COLUMNS):
        places = product([left + size * (place + 0.6) for place in range(int((right - left) / size))], rows)
        cells.append({(x, y) for x, y in places if all(_is_apart(x, y, DOT_RADIUS, note) for note in notes)})
    return cells


def _take_cell(risk: Risk, cells: Cells) -> tuple[float, float]:
    """Return the free place nearest to the true one, and take it; the true one where no place is free."""
    free, (x, y) = cells[_find_column(risk)], _find_true_place(risk, DOT_RADIUS)
    place = min(
        free, key=lambda cell: (abs(cell[0] - x) + 2 * _weigh_height(y, cell[1]), cell), default=(x, y)
    )
    free.discard(place)
    return place


def _draw_title(title: str) -> str:
    line = fit_on_line(clean_for_svg(f"Risks: {title}"), TITLE_FONT_SIZE, WIDTH - 2 * MARGIN, bold=True)
    return draw_text(line, MARGIN, 62, TITLE_FONT_SIZE, fill=NAVY, bold=True, rtl=is_rtl(line))


def _draw_plot() -> Iterator[str]:
    """Yield the frame, its riskiest corner, the columns of evidence, and the names of all."""
    width, height = PLOT_RIGHT - PLOT_LEFT, PLOT_BOTTOM - PLOT_TOP
    corner_width, corner_height = COLUMNS[2] - PLOT_LEFT, (height + LABEL_HEIGHT) / 2
    yield draw_rectangle(PLOT_LEFT, PLOT_TOP, width, height, 12, fill=SHAPE_FILL)
    yield draw_rectangle(PLOT_LEFT, PLOT_TOP, corner_width, corner_height, 12, fill=AMBER_LIGHT)
    label_middle = PLOT_TOP + LABEL_HEIGHT / 2
    yield draw_text(
        "riskiest: test these first", PLOT_LEFT + 20, label_middle, FONT_SIZE, fill=INK, bold=True
    )
    for x in COLUMNS[1:-1]:
        yield draw_line(x, PLOT_TOP + LABEL_HEIGHT, x, PLOT_BOTTOM, stroke=NOTE_BORDER, stroke_width=3)
    yield draw_rectangle(PLOT_LEFT, PLOT_TOP, width, height, 12, fill="none", stroke=NAVY, stroke_width=3.5)
    for column, label in enumerate(COLUMN_LABELS):
        middle = (COLUMNS[column] + COLUMNS[column + 1]) / 2
        yield draw_text(label, middle, PLOT_BOTTOM + 36, FONT_SIZE, fill=INK, anchor="middle")
    axis = draw_text("importance →", 0, 0, FONT_SIZE, fill=INK, anchor="middle")
    y = format_number((PLOT_TOP + PLOT_BOTTOM) / 2)
    yield build_element("g", axis, transform=f"translate({format_number(PLOT_LEFT - 38)} {y}) rotate(-90)")


def _draw_note(note: Note) -> str:
    drawn = [_draw_disc(note.x, note.y, note.radius, note.risk.evidence.state)]
    if note.mark:
        drawn.append(_draw_mark(note, note.x, note.y))
    return build_element("g", "".join(drawn), data_entry=str(note.risk.ranked.entry.id))


def _draw_disc(x: float, y: float, radius: float, state: EvidenceState) -> str:
    """Return a disc whose line and filling tell the state, as those of the notes of a canvas do."""
    style: dict[str, str | float] = {"fill": PAPER, "stroke": MUTED, "stroke_width": 4}
    match state:
        case EvidenceState.ASSUMED:
            style |= {"stroke_dasharray": "9 7" if radius > DOT_RADIUS else "5 4"}
        case EvidenceState.REFUTED:
            style |= {"fill": INK, "stroke": INK}
        case EvidenceState.EVIDENCED:
            style |= {"fill": TEAL_LIGHT, "stroke": TEAL}
        case EvidenceState.CONTESTED:
            style |= {"fill": AMBER_LIGHT, "stroke": AMBER}
        case EvidenceState.SOME:
            pass
    return draw_circle(x, y, radius, **style)


def _draw_mark(note: Note, x: float, y: float) -> str:
    fill = PAPER if note.risk.evidence.state is EvidenceState.REFUTED else INK
    return draw_text(note.mark, x, y, FONT_SIZE, fill=fill, bold=True, anchor="middle")


def _draw_row(note: Note, top: float) -> str:
    """Return the entry of a note in the list below the plot."""
    x, ranked = MARGIN + NOTE_RADIUS + 4, note.risk.ranked
    left, middle = x + NOTE_RADIUS + 22, top + 28
    drawn = [
        _draw_disc(x, top + 50, NOTE_RADIUS, note.risk.evidence.state),
        _draw_mark(note, x, top + 50),
        draw_text(_describe_place(note.risk), left, middle + 48, FONT_SIZE, fill=MUTED),
    ]
    if ranked.must_have:
        drawn.append(draw_text(STAR, left, middle, FONT_SIZE, fill=INK))
        left += measure_width(f"{STAR} ", FONT_SIZE)
    line = fit_on_line(clean_for_svg(ranked.entry.text), FONT_SIZE, WIDTH - MARGIN - left, bold=True)
    rtl = is_rtl(line)
    start = WIDTH - MARGIN if rtl else left
    anchor = "end" if rtl else "start"
    drawn.append(draw_text(line, start, middle, FONT_SIZE, fill=INK, bold=True, anchor=anchor, rtl=rtl))
    return build_element("g", "".join(drawn))


def _describe_place(risk: Risk) -> str:
    """Return "importance 0.50, confidence 0.08, some evidence"."""
    importance, confidence = map(format_decimals, (risk.importance, risk.evidence.confidence))
    return f"importance {importance}, confidence {confidence}, {risk.evidence.state}"
