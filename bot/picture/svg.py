"""Build the picture as SVG: the method's own drawing with a title, a verdict and a legend.

The same metrics give the same bytes. All sizes and positions are in pixels.
"""

from collections.abc import Iterator

from bot.method.fit import Cover, Strengths
from bot.method.metrics import CanvasMetrics
from bot.method.summary import describe_sealed, describe_verdict, list_must_have_counts
from bot.picture.colours import FAINT, INK, MUTED, NAVY, PAPER, SHAPE_FILL, TEAL
from bot.picture.elements import (
    build_element,
    draw_check_mark,
    draw_circle,
    draw_cover_mark,
    draw_face,
    draw_gift,
    draw_line,
    draw_picture,
    draw_rectangle,
    draw_seal_mark,
    draw_text,
    draw_warning_mark,
    format_number,
)
from bot.picture.geometry import (
    CENTRE_Y,
    CIRCLE_CENTRE_X,
    CIRCLE_RADIUS,
    DIVIDER_SLOPE,
    ICON_RADIUS,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    SQUARE_CENTRE_X,
    SQUARE_HALF_SIDE,
)
from bot.picture.layout import lay_out_boxes
from bot.picture.model import ASSUMED_DASHES, STAR, Links
from bot.picture.sticky_notes import draw_box, draw_links
from bot.picture.text import clean_for_svg, fit_on_line, is_rtl, measure_width
from bot.slack.blockkit.text import capitalize
from bot.times.clock import format_short_moment

MARGIN = 26.0
TITLE_FONT_SIZE, SUBTITLE_FONT_SIZE = 44.0, 27.0
VERDICT_FONT_SIZE, COUNTS_FONT_SIZE, LEGEND_FONT_SIZE = 35.0, 27.0, 20.0
VERDICT_Y, COUNTS_Y, LEGEND_Y = 966.0, 1013.0, 1051.0  # the middles of the lines below the shapes
LEGEND_TEXT_GAP, LEGEND_ITEM_GAP = 9.0, 34.0
SEAL_RADIUS, SEALED_GAP = 12.0, 34.0  # of the mark after the verdict, and before it


def build_svg(metrics: CanvasMetrics, *, links: Links = Links.NONE) -> str:
    """Draw the canvas, with these lines between offers and needs that fit."""
    boxes = lay_out_boxes(metrics)
    parts = [
        _draw_header(metrics),
        _draw_square(),
        _draw_circle_shape(),
        draw_links(boxes, _select_links(metrics, links)),
        _draw_disc(SQUARE_CENTRE_X) + draw_gift(SQUARE_CENTRE_X, CENTRE_Y),
        _draw_disc(CIRCLE_CENTRE_X) + draw_face(CIRCLE_CENTRE_X, CENTRE_Y),
        *map(draw_box, boxes),
        _draw_verdict(metrics),
        _draw_legend(metrics, links=bool(links)),
    ]
    return draw_picture(clean_for_svg(metrics.canvas.title), PICTURE_WIDTH, PICTURE_HEIGHT, parts)


def _select_links(metrics: CanvasMetrics, links: Links) -> Strengths:
    if links is Links.NONE:
        return {}
    return {
        (offer_id, need_id): strength
        for (offer_id, need_id), strength in metrics.strengths.items()
        if links is Links.ALL or metrics.ranked[need_id].must_have
    }


def _draw_header(metrics: CanvasMetrics) -> str:
    """Return the canvas's name, and the customer segment below it."""
    name, segment = clean_for_svg(metrics.canvas.name), clean_for_svg(metrics.canvas.segment)
    if not segment:
        return _draw_header_line(name, MARGIN, 66, TITLE_FONT_SIZE, NAVY, bold=True)
    # "for" is an element of its own: a segment in another script changes neither its place nor its font.
    segment_x = MARGIN + measure_width("for", SUBTITLE_FONT_SIZE) + 6
    return "".join(
        (
            _draw_header_line(name, MARGIN, 50, TITLE_FONT_SIZE, NAVY, bold=True),
            _draw_header_line("for", MARGIN, 94, SUBTITLE_FONT_SIZE, MUTED),
            _draw_header_line(segment, segment_x, 94, SUBTITLE_FONT_SIZE, MUTED),
        )
    )


def _draw_header_line(
    text: str, x: float, middle: float, font_size: float, fill: str, *, bold: bool = False
) -> str:
    line = fit_on_line(text, font_size, PICTURE_WIDTH - MARGIN - x, bold=bold)
    return draw_text(line, x, middle, font_size, fill=fill, bold=bold, rtl=is_rtl(line))


def _draw_square() -> str:
    """Return the value map's square and the lines that divide it."""
    top, bottom = CENTRE_Y - SQUARE_HALF_SIDE, CENTRE_Y + SQUARE_HALF_SIDE
    left, right = SQUARE_CENTRE_X - SQUARE_HALF_SIDE, SQUARE_CENTRE_X + SQUARE_HALF_SIDE
    slanted_x = SQUARE_CENTRE_X - SQUARE_HALF_SIDE / DIVIDER_SLOPE
    side = 2 * SQUARE_HALF_SIDE
    square = draw_rectangle(left, top, side, side, 18, fill=SHAPE_FILL, stroke=NAVY, stroke_width=3.5)
    dividers = (
        _draw_divider(SQUARE_CENTRE_X, right, CENTRE_Y),
        _draw_divider(SQUARE_CENTRE_X, slanted_x, top),
        _draw_divider(SQUARE_CENTRE_X, slanted_x, bottom),
    )
    return build_element("g", square + "".join(dividers))


def _draw_circle_shape() -> str:
    """Return the customer profile's circle and the lines that divide it."""
    circle = draw_circle(
        CIRCLE_CENTRE_X, CENTRE_Y, CIRCLE_RADIUS, fill=SHAPE_FILL, stroke=NAVY, stroke_width=3.5
    )
    # Where the slanted lines meet the circle: cos 60° and sin 60° of its radius from the centre.
    slanted_x, slanted_y = CIRCLE_CENTRE_X + CIRCLE_RADIUS / 2, CIRCLE_RADIUS * DIVIDER_SLOPE / 2
    dividers = (
        _draw_divider(CIRCLE_CENTRE_X, CIRCLE_CENTRE_X - CIRCLE_RADIUS, CENTRE_Y),
        _draw_divider(CIRCLE_CENTRE_X, slanted_x, CENTRE_Y - slanted_y),
        _draw_divider(CIRCLE_CENTRE_X, slanted_x, CENTRE_Y + slanted_y),
    )
    return build_element("g", circle + "".join(dividers))


def _draw_divider(centre_x: float, x: float, y: float) -> str:
    """Return a line from a shape's centre to this point of its edge."""
    return draw_line(centre_x, CENTRE_Y, x, y, stroke=NAVY, stroke_width=2.5)


def _draw_disc(centre_x: float) -> str:
    return draw_circle(centre_x, CENTRE_Y, ICON_RADIUS, fill=PAPER, stroke=NAVY, stroke_width=2.5)


def _draw_verdict(metrics: CanvasMetrics) -> str:
    """Return whether fit is achieved, with a mark, and the three counts below it."""
    if metrics.fit.achieved:
        mark = draw_check_mark(MARGIN + 17, VERDICT_Y, 17)
    else:
        mark = draw_warning_mark(MARGIN + 18, VERDICT_Y + 2, 17)
    verdict = describe_verdict(metrics.fit)
    sealed_x = MARGIN + 50 + measure_width(verdict, VERDICT_FONT_SIZE, bold=True) + SEALED_GAP
    counts = "   ·   ".join(map(capitalize, list_must_have_counts(metrics.fit)))
    return (
        mark
        + draw_text(verdict, MARGIN + 50, VERDICT_Y, VERDICT_FONT_SIZE, fill=NAVY, bold=True)
        + draw_text(counts, MARGIN, COUNTS_Y, COUNTS_FONT_SIZE, fill=INK)
        + _draw_sealed(metrics, sealed_x)
    )


def _draw_sealed(metrics: CanvasMetrics, x: float) -> str:
    """Return how many entries are sealed and until when, after the verdict; "" where none is.

    It is made as small as it must be: the end of a long one must not be missing.
    """
    sealed = describe_sealed(metrics.ranked.values(), format_short_moment)
    if not sealed:
        return ""
    text_x = x + 2 * SEAL_RADIUS + 8
    room = PICTURE_WIDTH - MARGIN - text_x
    font_size = COUNTS_FONT_SIZE * min(1.0, room / measure_width(sealed, COUNTS_FONT_SIZE))
    mark = draw_seal_mark(x + SEAL_RADIUS, VERDICT_Y, SEAL_RADIUS)
    return mark + draw_text(sealed, text_x, VERDICT_Y, font_size, fill=INK)


def _draw_legend(metrics: CanvasMetrics, *, links: bool) -> str:
    """Return what the marks mean, in one line."""
    x, drawn = MARGIN, []
    for mark, width, meaning in _list_legend_items(metrics, links=links):
        text = draw_text(meaning, width + LEGEND_TEXT_GAP, 0, LEGEND_FONT_SIZE, fill=MUTED)
        position = f"translate({format_number(x)} {format_number(LEGEND_Y)})"
        drawn.append(build_element("g", mark + text, transform=position))
        x += width + LEGEND_TEXT_GAP + measure_width(meaning, LEGEND_FONT_SIZE) + LEGEND_ITEM_GAP
    return "".join(drawn)


def _list_legend_items(metrics: CanvasMetrics, *, links: bool) -> Iterator[tuple[str, float, str]]:
    """Yield the marks with their widths and meanings."""
    rank = draw_text("1", 11, 0, 14, fill=PAPER, bold=True, anchor="middle")
    yield draw_circle(11, 0, 11, fill=NAVY) + rank, 22, "rank"
    ring = draw_circle(11, 0, 10, fill=PAPER, stroke=FAINT, stroke_width=2, stroke_dasharray="3 3")
    yield ring, 22, "waits for votes"
    yield draw_text(STAR, 0, 0, 22, fill=INK), 20, "must-have"
    for cover in Cover:
        yield draw_cover_mark(cover, 11, 0, 11), 22, str(cover)
    if metrics.evidence.states:
        frame = draw_rectangle(
            0, -10, 34, 20, 8, fill=PAPER, stroke=FAINT, stroke_width=1.6, stroke_dasharray=ASSUMED_DASHES
        )
        yield frame, 34, "assumed"
    if links:
        yield draw_line(0, 0, 34, 0, stroke=TEAL, stroke_width=5), 34, "fits"
        dashed = draw_line(
            0, 0, 34, 0, stroke=TEAL, stroke_width=2.5, stroke_dasharray="2 7", stroke_linecap="round"
        )
        yield dashed, 34, "fits partly"
