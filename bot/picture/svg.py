"""The canvas as SVG: the method's own drawing. Pure: the same figures give the same bytes."""

from xml.sax.saxutils import escape

from bot.method.metrics import Figures
from bot.method.summary import each_count, verdict
from bot.picture.colours import FAINT, GROUND, INK, MUTED, NAVY, PAPER, TEAL
from bot.picture.elements import check, circle, element, face, gift, line, number, rounded, text, warning
from bot.picture.geometry import CENTRE_Y, CIRCLE_X, DISC, HALF, HEIGHT, RADIUS, SLOPE, SQUARE_X, WIDTH
from bot.picture.layout import boxes
from bot.picture.model import STAR
from bot.picture.notes import box, links as lines_between
from bot.picture.scripts import LATIN
from bot.picture.text import fitted, is_rtl, shown, width
from bot.slack.blockkit.text import capital

MARGIN = 26.0


def svg(figures: Figures, *, links: bool = False) -> str:
    """Draw the canvas; with links, a line for each offer and need that fit each other."""
    placed = boxes(figures)
    parts = [
        element("title", escape(shown(_title(figures)))),
        rounded(0, 0, WIDTH, HEIGHT, 0, fill=PAPER),
        _head(figures),
        _square(),
        _circle(),
        lines_between(placed, figures.strength) if links else "",
        _disc(SQUARE_X) + gift(SQUARE_X, CENTRE_Y),
        _disc(CIRCLE_X) + face(CIRCLE_X, CENTRE_Y),
        *map(box, placed),
        _says(figures),
        _legend(links=links),
    ]
    return element(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        width=WIDTH,
        height=HEIGHT,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        font_family=LATIN,
    )


def _title(figures: Figures) -> str:
    canvas = figures.canvas
    return f"{canvas.name} for {canvas.segment}" if canvas.segment else canvas.name


def _head(figures: Figures) -> str:
    name, segment = shown(figures.canvas.name), shown(figures.canvas.segment)
    if not segment:
        return _title_line(name, MARGIN, 66, 44, NAVY, bold=True)
    # "for" stands by itself, so that it neither moves nor changes its font with the segment's script.
    after = MARGIN + width("for", 27) + 6
    return "".join(
        (
            _title_line(name, MARGIN, 50, 44, NAVY, bold=True),
            _title_line("for", MARGIN, 94, 27, MUTED),
            _title_line(segment, after, 94, 27, MUTED),
        )
    )


def _title_line(words: str, x: float, middle: float, size: float, fill: str, *, bold: bool = False) -> str:
    line = fitted(words, size, WIDTH - MARGIN - x, bold=bold)
    return text(line, x, middle, size, fill=fill, bold=bold, rtl=is_rtl(line))


def _square() -> str:
    top, bottom = CENTRE_Y - HALF, CENTRE_Y + HALF
    left, right = SQUARE_X - HALF, SQUARE_X + HALF
    reach = HALF / SLOPE
    ground = rounded(left, top, 2 * HALF, 2 * HALF, 18, fill=GROUND, stroke=NAVY, stroke_width=3.5)
    dividers = (
        _divider(SQUARE_X, right, CENTRE_Y),
        _divider(SQUARE_X, SQUARE_X - reach, top),
        _divider(SQUARE_X, SQUARE_X - reach, bottom),
    )
    return element("g", ground + "".join(dividers))


def _circle() -> str:
    ground = circle(CIRCLE_X, CENTRE_Y, RADIUS, fill=GROUND, stroke=NAVY, stroke_width=3.5)
    reach, height = RADIUS / 2, RADIUS * SLOPE / 2
    dividers = (
        _divider(CIRCLE_X, CIRCLE_X - RADIUS, CENTRE_Y),
        _divider(CIRCLE_X, CIRCLE_X + reach, CENTRE_Y - height),
        _divider(CIRCLE_X, CIRCLE_X + reach, CENTRE_Y + height),
    )
    return element("g", ground + "".join(dividers))


def _divider(x1: float, x2: float, y2: float) -> str:
    return line(x1, CENTRE_Y, x2, y2, stroke=NAVY, stroke_width=2.5)


def _disc(x: float) -> str:
    return circle(x, CENTRE_Y, DISC, fill=PAPER, stroke=NAVY, stroke_width=2.5)


def _says(figures: Figures) -> str:
    """Return the verdict, with its mark, and the three counts."""
    achieved = figures.fit.achieved
    mark = check(MARGIN + 17, 966, 17) if achieved else warning(MARGIN + 18, 968, 17, filled=True)
    said = text(verdict(figures.fit), MARGIN + 50, 966, 35, fill=NAVY, bold=True)
    return (
        mark + said + text("   ·   ".join(map(capital, each_count(figures.fit))), MARGIN, 1013, 27, fill=INK)
    )


def _legend(*, links: bool) -> str:
    """Return what the signs mean, in one line."""
    y, size = 1051.0, 20.0
    signs = [
        (
            circle(11, 0, 11, fill=NAVY) + text("1", 11, 0, 14, fill=PAPER, bold=True, anchor="middle"),
            22.0,
            "rank",
        ),
        (
            circle(11, 0, 10, fill=PAPER, stroke=FAINT, stroke_width=2, stroke_dasharray="3 3"),
            22.0,
            "not ranked yet",
        ),
        (text(STAR, 0, 0, 22, fill=INK), 20.0, "must-have"),
        (check(11, 0, 11), 22.0, "addressed"),
        (warning(12, 1, 10, filled=True), 24.0, "gap in a must-have"),
        (warning(12, 1, 10, filled=False), 24.0, "other gap"),
    ]
    if links:
        signs.append((line(0, 0, 34, 0, stroke=TEAL, stroke_width=5), 34.0, "fits"))
        signs.append(
            (
                line(
                    0, 0, 34, 0, stroke=TEAL, stroke_width=2.5, stroke_dasharray="2 7", stroke_linecap="round"
                ),
                34.0,
                "fits partly",
            )
        )
    x, drawn = MARGIN, []
    for sign, wide, means in signs:
        words = text(means, wide + 9, 0, size, fill=MUTED)
        drawn.append(element("g", sign + words, transform=f"translate({number(x)} {number(y)})"))
        x += wide + 9 + width(means, size) + 34
    return "".join(drawn)
