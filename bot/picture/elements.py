"""Draw the elements of the picture as SVG text.

User text enters the SVG in _draw_span, which escapes it, and in the title (svg.py), which does so too.
Each run of a script names fonts that have it.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from xml.sax.saxutils import escape

from bot.picture.colours import AMBER, AMBER_DARK, AMBER_LIGHT, NAVY, PAPER, TEAL
from bot.picture.font import BOLD_WEIGHT, REGULAR_WEIGHT
from bot.picture.scripts import EMOJI_FONTS, LATIN_FONTS, choose_font_families, contains_kana
from bot.picture.text import is_emoji, split_clusters

BASELINE_EM = 0.36  # from the middle of a line down to its baseline

_START_RTL, _END_RTL = "\u202b", "\u202c"  # right-to-left embedding, pop directional formatting (UAX #9)
_ZERO_WIDTH_SPACE = "\u200b"


def format_number(value: float) -> str:
    """Return a number with one decimal at most: a tenth of a pixel is not seen, and the file stays small."""
    return f"{value:.1f}".removesuffix(".0")


def build_element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """Return an SVG element. Nothing is escaped: the content is SVG, attributes hold no user text.

    Underscores in the names of attributes become hyphens.
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{value if isinstance(value, str) else format_number(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{pairs}>{content}</{name}>" if content else f"<{name}{pairs}/>"


def draw_text(
    content: str,
    x: float,
    middle: float,
    size: float,
    *,
    fill: str,
    bold: bool = False,
    anchor: str = "start",
    rtl: bool = False,
    halo: str = "",
) -> str:
    """Return one line of text whose middle is at this height.

    A halo of the background's colour keeps the text readable on lines that it crosses.
    """
    style: dict[str, str | float] = {}
    if halo:
        style = {"stroke": halo, "stroke_width": 6, "paint_order": "stroke"}
    spans = draw_spans(content)
    return build_element(
        "text",
        _draw_font_primer(content) + (f"{_START_RTL}{spans}{_END_RTL}" if rtl else spans),
        x=x,
        y=middle + BASELINE_EM * size,
        font_size=size,
        font_weight=str(BOLD_WEIGHT if bold else REGULAR_WEIGHT),
        fill=fill,
        text_anchor=anchor,
        **style,
    )


def draw_spans(content: str) -> str:
    """Return text as SVG, each run of a script with fonts that have it."""
    return "".join(
        _draw_span(fonts, (cluster for _, cluster in run))
        for fonts, run in groupby(_split_font_runs(content), key=itemgetter(0))
    )


def _draw_font_primer(content: str) -> str:
    """Return an invisible character in another font, to begin a line that is not all in the bot's font.

    The renderer (resvg) shapes a whole line in the font of its first character, and then puts in what other
    fonts draw. If these join more characters into one glyph than the first font did, letters get lost or the
    renderer fails. It does not if the line begins in the font that joins most, that of emoji where there are
    any.
    """
    others = [fonts for fonts, _ in _split_font_runs(content) if fonts != LATIN_FONTS]
    return (
        _draw_span(EMOJI_FONTS if EMOJI_FONTS in others else others[0], _ZERO_WIDTH_SPACE) if others else ""
    )


def _split_font_runs(content: str) -> list[tuple[str, str]]:
    """Return the grapheme clusters of a text, each with the fonts to draw it with."""
    japanese = contains_kana(content)
    runs: list[tuple[str, str]] = []
    for cluster in split_clusters(content):
        if is_emoji(cluster):
            runs.append((EMOJI_FONTS, cluster))
        elif cluster == " " and runs and runs[-1][0] != EMOJI_FONTS:  # fewer runs are shaped better
            runs.append((runs[-1][0], cluster))
        else:
            runs.append((choose_font_families(cluster, japanese=japanese), cluster))
    return runs


def _draw_span(fonts: str, parts: Iterable[str]) -> str:
    escaped = escape("".join(parts))
    return escaped if fonts == LATIN_FONTS else build_element("tspan", escaped, font_family=fonts)


def draw_rectangle(
    x: float, y: float, width: float, height: float, radius: float, **style: str | float
) -> str:
    return build_element("rect", x=x, y=y, width=width, height=height, rx=radius, **style)


def draw_line(x1: float, y1: float, x2: float, y2: float, **style: str | float) -> str:
    return build_element("line", x1=x1, y1=y1, x2=x2, y2=y2, **style)


def draw_circle(x: float, y: float, radius: float, **style: str | float) -> str:
    return build_element("circle", cx=x, cy=y, r=radius, **style)


def draw_check_mark(x: float, y: float, radius: float) -> str:
    """Return the mark of an addressed need: a tick on a disc."""
    a, b = radius * 0.45, radius * 0.35
    points = (x - a, y, x - a * 0.2, y + b, x + a, y - b)
    tick = "M{} {}L{} {}L{} {}".format(*map(format_number, points))
    return draw_circle(x, y, radius, fill=TEAL, stroke=PAPER, stroke_width=radius * 0.16) + build_element(
        "path",
        d=tick,
        fill="none",
        stroke=PAPER,
        stroke_width=radius * 0.24,
        stroke_linecap="round",
        stroke_linejoin="round",
    )


def draw_warning_mark(x: float, y: float, radius: float, *, filled: bool) -> str:
    """Return the mark of a gap: an exclamation mark in a triangle, filled if the need is a must-have."""
    top, side, foot = y - radius * 1.05, radius * 1.12, y + radius * 0.82
    corners = (x, top, x + side, foot, x - side, foot)
    triangle = "M{} {}L{} {}L{} {}Z".format(*map(format_number, corners))
    ink = PAPER if filled else AMBER_DARK
    return "".join(
        (
            build_element(
                "path",
                d=triangle,
                fill=AMBER if filled else AMBER_LIGHT,
                stroke=AMBER,
                stroke_width=radius * 0.22,
                stroke_linejoin="round",
            ),
            draw_line(
                x,
                y - radius * 0.4,
                x,
                y + radius * 0.18,
                stroke=ink,
                stroke_width=radius * 0.26,
                stroke_linecap="round",
            ),
            draw_circle(x, y + radius * 0.54, radius * 0.15, fill=ink),
        )
    )


def draw_gift(x: float, y: float) -> str:
    """Return the gift in the middle of the value map, as in the method's own drawing."""
    ribbon = "c-4 -10 -14 -8 -10 -2q2 2 10 2c4 -10 14 -8 10 -2q-2 2 -10 2"
    style: dict[str, str | float] = {
        "fill": "none",
        "stroke": NAVY,
        "stroke_width": 2.6,
        "stroke_linejoin": "round",
    }
    return "".join(
        (
            draw_rectangle(x - 14, y - 2, 28, 17, 2, **style),
            draw_rectangle(x - 17, y - 9, 34, 7, 2, **style),
            draw_line(x, y - 9, x, y + 15, stroke=NAVY, stroke_width=2.6),
            build_element(
                "path",
                d=f"M{format_number(x)} {format_number(y - 9)}{ribbon}",
                **style,
            ),
        )
    )


def draw_face(x: float, y: float) -> str:
    """Return the smiling face in the middle of the customer profile, as in the method's own drawing."""
    return "".join(
        (
            draw_circle(x, y, 17, fill="none", stroke=NAVY, stroke_width=2.6),
            draw_circle(x - 6, y - 4, 2.2, fill=NAVY),
            draw_circle(x + 6, y - 4, 2.2, fill=NAVY),
            build_element(
                "path",
                d=f"M{format_number(x - 8)} {format_number(y + 4)}q8 8 16 0",
                fill="none",
                stroke=NAVY,
                stroke_width=2.6,
                stroke_linecap="round",
            ),
        )
    )
