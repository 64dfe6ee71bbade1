"""Draw the boxes: headings, sticky notes, and the lines between offers and needs that fit."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from bot.method.evidence import EvidenceState
from bot.picture.colours import (
    FAINT,
    INK,
    MUTED,
    NAVY,
    PAPER,
    SHAPE_FILL,
    TEAL,
    choose_badge_colour,
    choose_note_colours,
    choose_text_colour,
)
from bot.picture.elements import (
    build_element,
    draw_circle,
    draw_cover_mark,
    draw_rectangle,
    draw_seal_mark,
    draw_text,
    format_number,
)
from bot.picture.font import REGULAR_WEIGHT
from bot.picture.model import (
    ASSUMED_DASHES,
    LINE_HEIGHT_EM,
    PADDING_Y_EM,
    STAR,
    TEXT_LEFT_EM,
    TEXT_RIGHT_EM,
    TEXT_RIGHT_MARKED_EM,
    BoxLayout,
    StickyNote,
    TextBlock,
)
from bot.picture.text import measure_width

# In em: times the size of the note's font.
BADGE_CENTRE_EM, BADGE_RADIUS_EM = 1.2, 0.78  # the centre is measured from the note's left edge
MARK_RADIUS_EM = 0.6
CORNER_RADIUS_EM = 0.62
RANK_TEXT_EM = {1: 0.92, 2: 0.8, 3: 0.6}  # by the number of digits
SMALLEST_RANK_TEXT_EM = 0.46
# In pixels, since the gap between two notes is always the same: the tag lies in it, and in the padding.
TAG_FONT_SIZE, TAG_PADDING, TAG_RISE = 13.0, 7.0, 1.5


def draw_box(box: BoxLayout) -> str:
    """Return everything in a box: its heading, its notes, "+12 more" or a hint."""
    heading = draw_text_block(box.heading, NAVY, bold=True)
    notes = "".join(map(draw_note, box.notes))
    folded_label = draw_text_block(box.folded_label, MUTED, bold=True) if box.folded_label else ""
    hint = draw_text_block(box.hint, MUTED) if box.hint else ""
    return build_element("g", heading + notes + folded_label + hint)


def draw_text_block(block: TextBlock, fill: str, *, bold: bool = False) -> str:
    """Return centred lines; a number of entries at their end is paler than the words before it."""
    drawn = []
    for index, line in enumerate(block.lines):
        middle = block.top + (index + 0.5) * block.font_size * LINE_HEIGHT_EM
        drawn.append(
            draw_text(
                line,
                block.centre_x,
                middle,
                block.font_size,
                fill=fill,
                bold=bold,
                anchor="middle",
                halo=SHAPE_FILL,
            )
        )
    if block.entry_count:
        pale = build_element("tspan", block.entry_count, fill=MUTED, font_weight=str(REGULAR_WEIGHT))
        drawn[-1] = drawn[-1].replace(f"{block.entry_count}</text>", f"{pale}</text>")
    return "".join(drawn)


def draw_note(note: StickyNote) -> str:
    """Return a sticky note: its background, badge with the rank, text, mark of a need, tag of evidence."""
    drawn = (
        _draw_background(note) + _draw_badge(note) + _draw_lines(note) + _draw_mark(note) + _draw_tag(note)
    )
    return build_element("g", drawn, data_entry=str(note.entry.ranked.entry.id))


def draw_links(boxes: Sequence[BoxLayout], strengths: Mapping[tuple[int, int], Fraction]) -> str:
    """Return a line for each offer and need that fit each other and are both shown."""
    lines = "".join(_iterate_links(boxes, strengths))
    return build_element("g", lines, fill="none", stroke=TEAL, stroke_linecap="round")


def _draw_background(note: StickyNote) -> str:
    fill, stroke = choose_note_colours(note.entry.cover, is_must_have=note.entry.ranked.must_have)
    radius = min(CORNER_RADIUS_EM * note.font_size, note.height / 2)
    style: dict[str, str | float] = {"fill": fill, "stroke": stroke, "stroke_width": 1.6}
    if note.entry.evidence is EvidenceState.ASSUMED:
        style |= {"stroke": FAINT, "stroke_dasharray": ASSUMED_DASHES}
    return draw_rectangle(note.x, note.y, note.width, note.height, radius, **style)


def _draw_badge(note: StickyNote) -> str:
    """Return the rank on a disc, a dash in a dashed ring without votes, or the mark of a sealed entry."""
    ranked, font_size = note.entry.ranked, note.font_size
    x, y, radius = note.x + BADGE_CENTRE_EM * font_size, note.y + note.height / 2, BADGE_RADIUS_EM * font_size
    if ranked.entry.seal:
        return draw_seal_mark(x, y, radius)
    if ranked.rank is None:
        ring = draw_circle(x, y, radius, fill=PAPER, stroke=FAINT, stroke_width=2, stroke_dasharray="3 3")
        return ring + draw_text("–", x, y, font_size * 0.9, fill=MUTED, bold=True, anchor="middle")
    colour, rank = choose_badge_colour(ranked.rank), str(ranked.rank)
    text_size = font_size * RANK_TEXT_EM.get(len(rank), SMALLEST_RANK_TEXT_EM)
    text = draw_text(rank, x, y, text_size, fill=choose_text_colour(colour), bold=True, anchor="middle")
    return draw_circle(x, y, radius, fill=colour) + text


def _draw_lines(note: StickyNote) -> str:
    entry, font_size = note.entry, note.font_size
    margin_right = TEXT_RIGHT_EM if entry.cover is None else TEXT_RIGHT_MARKED_EM
    x = note.x + note.width - margin_right * font_size if entry.is_rtl else note.x + TEXT_LEFT_EM * font_size
    anchor, direction = ("end", -1) if entry.is_rtl else ("start", 1)
    drawn = []
    for index, line in enumerate(note.lines):
        middle = note.y + (PADDING_Y_EM + (index + 0.5) * LINE_HEIGHT_EM) * font_size
        text, start = line, x
        if index == 0 and entry.ranked.must_have:
            # The star is an element of its own: in the line it would mix two fonts, or two directions.
            drawn.append(draw_text(STAR, x, middle, font_size, fill=INK, anchor=anchor))
            text = line.removeprefix(STAR).lstrip()
            start = x + direction * measure_width(f"{STAR} ", font_size)
        if text:
            drawn.append(draw_text(text, start, middle, font_size, fill=INK, anchor=anchor, rtl=entry.is_rtl))
    return "".join(drawn)


def _draw_mark(note: StickyNote) -> str:
    """Return the mark of a need with votes on the right edge of its note; "" for other entries."""
    x, y, radius = note.x + note.width, note.y + note.height / 2, MARK_RADIUS_EM * note.font_size
    return draw_cover_mark(note.entry.cover, x, y, radius) if note.entry.cover else ""


def _draw_tag(note: StickyNote) -> str:
    """Return the state of the evidence on the upper edge of the note; "" for an entry without evidence."""
    state = note.entry.evidence
    if state in {None, EvidenceState.ASSUMED}:
        return ""
    x, middle, word = note.x + TEXT_LEFT_EM * note.font_size, note.y - TAG_RISE, str(state)
    width, height = measure_width(word, TAG_FONT_SIZE) + 2 * TAG_PADDING, TAG_FONT_SIZE + 1
    fill, ink = (INK, PAPER) if state is EvidenceState.REFUTED else (PAPER, INK)
    style: dict[str, str | float] = {"fill": fill, "stroke": MUTED, "stroke_width": 1.2}
    frame = draw_rectangle(x, middle - height / 2, width, height, height / 2, **style)
    return frame + draw_text(word, x + TAG_PADDING, middle, TAG_FONT_SIZE, fill=ink)


def _iterate_links(
    boxes: Sequence[BoxLayout], strengths: Mapping[tuple[int, int], Fraction]
) -> Iterator[str]:
    shown = {note.entry.ranked.entry.id: note for box in boxes for note in box.notes}
    for (offer_id, need_id), strength in sorted(strengths.items()):
        if strength > 0 and offer_id in shown and need_id in shown:
            yield _draw_link(shown[offer_id], shown[need_id], strength)


def _draw_link(offer: StickyNote, need: StickyNote, strength: Fraction) -> str:
    """Return a curve from an offer to a need: the stronger the fit, the wider; dashed below one half."""
    x1, y1 = offer.x + offer.width, offer.y + offer.height / 2
    x2, y2 = need.x, need.y + need.height / 2
    bend = (x2 - x1) / 2
    points = (x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2)
    style: dict[str, str | float] = {} if 2 * strength >= 1 else {"stroke_dasharray": "2 7"}
    return build_element(
        "path",
        d="M{} {}C{} {} {} {} {} {}".format(*map(format_number, points)),
        stroke_width=1.8 + 3.4 * float(strength),
        stroke_opacity=f"{0.45 + 0.35 * float(strength):.2f}",
        **style,
    )
