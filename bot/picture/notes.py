"""How the notes of a box and the lines between them are drawn."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from bot.picture.colours import (
    AMBER,
    AMBER_LIGHT,
    FAINT,
    GROUND,
    INK,
    LINE as EDGE,
    MUTED,
    NAVY,
    PAPER,
    TEAL,
    TEAL_LIGHT,
    mixed,
    of_rank,
    on,
)
from bot.picture.elements import check, circle, element, number, rounded, text, warning
from bot.picture.font import REGULAR
from bot.picture.model import LEFT, LINE, PAD_Y, RIGHT, RIGHT_MARKED, STAR, Box, Note, Words
from bot.picture.text import width

BADGE_X, BADGE = 1.2, 0.78  # the middle and the radius of a badge, in sizes of the note's font
MARK = 0.6


def box(of: Box) -> str:
    """Return the heading and the notes of a box."""
    heading = words(of.heading, NAVY, bold=True)
    notes = "".join(map(note, of.notes))
    more = words(of.more, MUTED, bold=True) if of.more else ""
    hint = words(of.hint, MUTED) if of.hint else ""
    return element("g", heading + notes + more + hint)


def words(of: Words, fill: str, *, bold: bool = False) -> str:
    middles = [of.y + (index + 0.5) * of.size * LINE for index in range(len(of.lines))]
    drawn = [
        text(line, of.x, middle, of.size, fill=fill, bold=bold, anchor="middle", halo=GROUND)
        for line, middle in zip(of.lines, middles, strict=True)
    ]
    if of.count:  # paler than the words before it
        pale = element("tspan", of.count, fill=MUTED, font_weight=str(REGULAR))
        drawn[-1] = drawn[-1].replace(f"{of.count}</text>", f"{pale}</text>")
    return "".join(drawn)


def note(of: Note) -> str:
    """Return one entry: its badge, its words, its mark."""
    drawn = _ground(of) + _badge(of) + _lines(of) + _mark(of)
    return element("g", drawn, data_entry=str(of.item.place.entry.id))


def _ground(of: Note) -> str:
    fill, stroke = PAPER, EDGE
    if of.item.addressed:
        fill, stroke = TEAL_LIGHT, mixed(TEAL, PAPER, 0.55)
    elif of.item.addressed is False and of.item.place.must_have:
        fill, stroke = AMBER_LIGHT, mixed(AMBER, PAPER, 0.3)
    radius = min(0.62 * of.size, of.height / 2)
    return rounded(of.x, of.y, of.width, of.height, radius, fill=fill, stroke=stroke, stroke_width=1.6)


def _badge(of: Note) -> str:
    place, size = of.item.place, of.size
    x, y = of.x + BADGE_X * size, of.y + of.height / 2
    if not place.votes:
        ring = circle(x, y, BADGE * size, fill=PAPER, stroke=FAINT, stroke_width=2, stroke_dasharray="3 3")
        return ring + text("–", x, y, size * 0.9, fill=MUTED, bold=True, anchor="middle")
    colour = of_rank(place.rank)
    rank = str(place.rank)
    shrink = {1: 0.92, 2: 0.8, 3: 0.6}.get(len(rank), 0.46)
    return circle(x, y, BADGE * size, fill=colour) + text(
        rank, x, y, size * shrink, fill=on(colour), bold=True, anchor="middle"
    )


def _lines(of: Note) -> str:
    right = RIGHT if of.item.addressed is None else RIGHT_MARKED
    x = of.x + of.width - right * of.size if of.item.rtl else of.x + LEFT * of.size
    anchor, onward = ("end", -1) if of.item.rtl else ("start", 1)
    middles = [of.y + (PAD_Y + (index + 0.5) * LINE) * of.size for index in range(len(of.lines))]
    drawn = []
    for middle, line in zip(middles, of.lines, strict=True):
        words, start = line, x
        if of.item.place.must_have and middle == middles[0]:
            # The star stands by itself: within the line it would mix two fonts.
            drawn.append(text(STAR, x, middle, of.size, fill=INK, anchor=anchor))
            words, start = line.removeprefix(STAR).lstrip(), x + onward * width(f"{STAR} ", of.size)
        if words:
            drawn.append(text(words, start, middle, of.size, fill=INK, anchor=anchor, rtl=of.item.rtl))
    return "".join(drawn)


def _mark(of: Note) -> str:
    x, y, radius = of.x + of.width, of.y + of.height / 2, MARK * of.size
    if of.item.addressed is None:
        return ""
    if of.item.addressed:
        return check(x, y, radius)
    return warning(x, y, radius, filled=of.item.place.must_have)


def links(boxes: Sequence[Box], strength: Mapping[tuple[int, int], Fraction]) -> str:
    """Return a line for each offer and need that are shown and fit each other."""
    return element("g", "".join(_links(boxes, strength)), fill="none", stroke=TEAL, stroke_linecap="round")


def _links(boxes: Sequence[Box], strength: Mapping[tuple[int, int], Fraction]) -> Iterator[str]:
    shown = {of.item.place.entry.id: of for box in boxes for of in box.notes}
    for (offer, need), value in sorted(strength.items()):
        if value > 0 and offer in shown and need in shown:
            yield _link(shown[offer], shown[need], value)


def _link(offer: Note, need: Note, strength: Fraction) -> str:
    x1, y1 = offer.x + offer.width, offer.y + offer.height / 2
    x2, y2 = need.x, need.y + need.height / 2
    bend = (x2 - x1) / 2
    points = (x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2)
    look: dict[str, str | float] = {} if 2 * strength >= 1 else {"stroke_dasharray": "2 7"}
    return element(
        "path",
        d="M{} {}C{} {} {} {} {} {}".format(*map(number, points)),
        stroke_width=1.8 + 3.4 * float(strength),
        stroke_opacity=f"{0.45 + 0.35 * float(strength):.2f}",
        **look,
    )
