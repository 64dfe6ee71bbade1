"""Draw the elements of the picture as SVG text.

User text enters the SVG in draw_picture, draw_text and _draw_placed_runs, which escape it. Each run of a
script names fonts that have it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import assert_never
from xml.sax.saxutils import escape

from bot.method.fit import Cover
from bot.picture.colours import AMBER, AMBER_DARK, MUTED, NAVY, PAPER, TEAL
from bot.picture.font import BOLD_WEIGHT, REGULAR_WEIGHT
from bot.picture.runs import Run, measure_run, place_runs, split_runs
from bot.picture.scripts import LATIN_FONTS

BASELINE_EM = 0.36  # from the middle of a line down to its baseline

_START_RTL, _END_RTL = "\u202b", "\u202c"  # right-to-left embedding, pop directional formatting (UAX #9)


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


def draw_picture(title: str, width: float, height: float, parts: Iterable[str]) -> str:
    """Return the whole SVG: the title, which screen readers say, and the parts on paper."""
    paper = draw_rectangle(0, 0, width, height, 0, fill=PAPER)
    return build_element(
        "svg",
        "".join([build_element("title", escape(title)), paper, *parts]),
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        font_family=LATIN_FONTS,
    )


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
    runs = split_runs(content, rtl=rtl)
    if len({run.fonts for run in runs}) > 1:
        spans = _draw_placed_runs(runs, x, size, anchor, bold=bold, rtl=rtl)
        anchor = "start"
    else:  # without positions, a program with other fonts keeps its own distances
        text = _embed(escape("".join(run.text for run in runs)), rtl=rtl)
        spans = _build_span(runs[0].fonts.families, text) if runs else ""
    return build_element(
        "text",
        spans,
        x=x,
        y=middle + BASELINE_EM * size,
        font_size=size,
        font_weight=str(BOLD_WEIGHT if bold else REGULAR_WEIGHT),
        fill=fill,
        text_anchor=anchor,
        **style,
    )


def _draw_placed_runs(
    runs: Sequence[Run], x: float, size: float, anchor: str, *, bold: bool, rtl: bool
) -> str:
    """Return the runs of a line, each at a position of its own."""
    widths = [measure_run(run, size, bold=bold) for run in runs]
    start = x - sum(widths) * {"start": 0, "middle": 0.5, "end": 1}[anchor]
    drawn = []
    for run, width, left in zip(runs, widths, place_runs(runs, widths, rtl=rtl), strict=True):
        # Spaces at the end of a run from right to left are on its left; the renderer puts them on its right.
        visible = replace(run, text=run.text.rstrip()) if run.rtl else run
        indent = width - measure_run(visible, size, bold=bold) if run.rtl else 0
        content = _embed(escape(visible.text), rtl=run.rtl) + run.text[len(visible.text) :]
        drawn.append(_build_span(run.fonts.families, content, x=start + left + indent))
    return "".join(drawn)


def _embed(spans: str, *, rtl: bool) -> str:
    return f"{_START_RTL}{spans}{_END_RTL}" if rtl else spans


def _build_span(fonts: str, content: str, **position: float) -> str:
    """Return text in these fonts; the bot's own font is that of the whole drawing."""
    if fonts == LATIN_FONTS:
        return build_element("tspan", content, **position) if position else content
    return build_element("tspan", content, font_family=fonts, **position)


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


def draw_half_mark(x: float, y: float, radius: float) -> str:
    """Return the mark of a need that is partly addressed: a disc of which the left half is filled."""
    inner = radius * 0.84
    half = "M{} {}A{} {} 0 0 0 {} {}Z".format(*map(format_number, (x, y - inner, inner, inner, x, y + inner)))
    ring = draw_circle(x, y, inner, fill=PAPER, stroke=AMBER_DARK, stroke_width=radius * 0.22)
    return ring + build_element("path", d=half, fill=AMBER_DARK)


def draw_cross_mark(x: float, y: float, radius: float) -> str:
    """Return the mark of a need that is not addressed: a cross on a disc."""
    arm = radius * 0.38
    disc = draw_circle(x, y, radius, fill=AMBER_DARK, stroke=PAPER, stroke_width=radius * 0.16)
    style: dict[str, str | float] = {
        "stroke": PAPER,
        "stroke_width": radius * 0.24,
        "stroke_linecap": "round",
    }
    return (
        disc
        + draw_line(x - arm, y - arm, x + arm, y + arm, **style)
        + draw_line(x - arm, y + arm, x + arm, y - arm, **style)
    )


def draw_cover_mark(cover: Cover, x: float, y: float, radius: float) -> str:
    """Return the mark that says how far a need is served."""
    match cover:
        case Cover.ADDRESSED:
            return draw_check_mark(x, y, radius)
        case Cover.PARTLY:
            return draw_half_mark(x, y, radius)
        case Cover.NOT:
            return draw_cross_mark(x, y, radius)
        case _:
            assert_never(cover)


def draw_seal_mark(x: float, y: float, radius: float) -> str:
    """Return a padlock on a disc: the votes on the entry are sealed."""
    shackle = draw_circle(
        x, y - 0.2 * radius, 0.3 * radius, fill="none", stroke=PAPER, stroke_width=0.16 * radius
    )
    body = draw_rectangle(
        x - 0.48 * radius, y - 0.12 * radius, 0.96 * radius, 0.68 * radius, 0.12 * radius, fill=PAPER
    )
    return draw_circle(x, y, radius, fill=MUTED) + shackle + body


def draw_warning_mark(x: float, y: float, radius: float) -> str:
    """Return the mark of a fit that is not achieved: an exclamation mark in a triangle."""
    top, side, foot = y - radius * 1.05, radius * 1.12, y + radius * 0.82
    corners = (x, top, x + side, foot, x - side, foot)
    triangle = "M{} {}L{} {}L{} {}Z".format(*map(format_number, corners))
    return "".join(
        (
            build_element(
                "path",
                d=triangle,
                fill=AMBER,
                stroke=AMBER,
                stroke_width=radius * 0.22,
                stroke_linejoin="round",
            ),
            draw_line(
                x,
                y - radius * 0.4,
                x,
                y + radius * 0.18,
                stroke=PAPER,
                stroke_width=radius * 0.26,
                stroke_linecap="round",
            ),
            draw_circle(x, y + radius * 0.54, radius * 0.15, fill=PAPER),
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
