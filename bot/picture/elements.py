"""Pieces of SVG. Whatever text goes in, text comes out: escaped, and each script in fonts that have it."""

from collections.abc import Iterable
from itertools import groupby
from xml.sax.saxutils import escape

from bot.picture.colours import AMBER, AMBER_DARK, AMBER_LIGHT, NAVY, PAPER, TEAL
from bot.picture.font import BOLD, REGULAR
from bot.picture.scripts import EMOJI, LATIN, families, has_kana
from bot.picture.text import clusters, is_emoji

ASCENT = 0.36  # from the middle of a line down to its baseline, as a share of the font's size

_EMBED_RTL, _POP = "\u202b", "\u202c"
_UNSEEN = "\u200b"


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """Return an element of ours; the content is SVG already, attributes never hold what users wrote."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{value if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{pairs}>{content}</{name}>" if content else f"<{name}{pairs}/>"


def text(
    words: str,
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
    """Return one line of text around this height; a halo keeps lines behind from striking it through."""
    look: dict[str, str | float] = {}
    if halo:
        look = {"stroke": halo, "stroke_width": 6, "paint_order": "stroke"}
    line = spans(words)
    return element(
        "text",
        _first(words) + (f"{_EMBED_RTL}{line}{_POP}" if rtl else line),
        x=x,
        y=middle + ASCENT * size,
        font_size=size,
        font_weight=str(BOLD if bold else REGULAR),
        fill=fill,
        text_anchor=anchor,
        **look,
    )


def spans(words: str) -> str:
    """Return words as SVG, each run of a script with the fonts that have it."""
    return "".join(
        _span(fonts, (part for _, part in run)) for fonts, run in groupby(_runs(words), lambda run: run[0])
    )


def _first(words: str) -> str:
    """Return what a line begins with where not all of it is in the font that comes along.

    The renderer shapes a whole line in the font that it begins with, and puts what other fonts have in its
    place: where these join more characters than that font did, it leaves letters out, or gives up.
    """
    others = [fonts for fonts, _ in _runs(words) if fonts != LATIN]
    return _span(EMOJI if EMOJI in others else others[0], _UNSEEN) if others else ""


def _runs(words: str) -> list[tuple[str, str]]:
    """Return what must not be torn apart, each with its fonts."""
    japanese = has_kana(words)
    runs: list[tuple[str, str]] = []
    for cluster in clusters(words):
        if is_emoji(cluster):
            runs.append((EMOJI, cluster))
        elif cluster == " " and runs and runs[-1][0] != EMOJI:  # the fewer runs, the better they are shaped
            runs.append((runs[-1][0], cluster))
        else:
            runs.append((families(cluster, japanese=japanese), cluster))
    return runs


def _span(fonts: str, parts: Iterable[str]) -> str:
    words = escape("".join(parts))
    return words if fonts == LATIN else element("tspan", words, font_family=fonts)


def rounded(x: float, y: float, width: float, height: float, radius: float, **look: str | float) -> str:
    return element("rect", x=x, y=y, width=width, height=height, rx=radius, **look)


def line(x1: float, y1: float, x2: float, y2: float, **look: str | float) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **look)


def circle(x: float, y: float, radius: float, **look: str | float) -> str:
    return element("circle", cx=x, cy=y, r=radius, **look)


def check(x: float, y: float, radius: float) -> str:
    """Return the mark of what is addressed: a tick on a round ground."""
    a, b = radius * 0.45, radius * 0.35
    points = (x - a, y, x - a * 0.2, y + b, x + a, y - b)
    tick = "M{} {}L{} {}L{} {}".format(*map(number, points))
    return circle(x, y, radius, fill=TEAL, stroke=PAPER, stroke_width=radius * 0.16) + element(
        "path",
        d=tick,
        fill="none",
        stroke=PAPER,
        stroke_width=radius * 0.24,
        stroke_linecap="round",
        stroke_linejoin="round",
    )


def warning(x: float, y: float, radius: float, *, filled: bool) -> str:
    """Return the mark of a gap: an exclamation mark in a triangle, filled where a must-have is missed."""
    top, side, foot = y - radius * 1.05, radius * 1.12, y + radius * 0.82
    corners = (x, top, x + side, foot, x - side, foot)
    triangle = "M{} {}L{} {}L{} {}Z".format(*map(number, corners))
    ink = PAPER if filled else AMBER_DARK
    return "".join(
        (
            element(
                "path",
                d=triangle,
                fill=AMBER if filled else AMBER_LIGHT,
                stroke=AMBER,
                stroke_width=radius * 0.22,
                stroke_linejoin="round",
            ),
            line(
                x,
                y - radius * 0.4,
                x,
                y + radius * 0.18,
                stroke=ink,
                stroke_width=radius * 0.26,
                stroke_linecap="round",
            ),
            circle(x, y + radius * 0.54, radius * 0.15, fill=ink),
        )
    )


def gift(x: float, y: float) -> str:
    """Return the little parcel in the middle of the value map."""
    look: dict[str, str | float] = {
        "fill": "none",
        "stroke": NAVY,
        "stroke_width": 2.6,
        "stroke_linejoin": "round",
    }
    return "".join(
        (
            rounded(x - 14, y - 2, 28, 17, 2, **look),
            rounded(x - 17, y - 9, 34, 7, 2, **look),
            line(x, y - 9, x, y + 15, stroke=NAVY, stroke_width=2.6),
            element(
                "path",
                d=f"M{number(x)} {number(y - 9)}c-4 -10 -14 -8 -10 -2q2 2 10 2c4 -10 14 -8 10 -2q-2 2 -10 2",
                **look,
            ),
        )
    )


def face(x: float, y: float) -> str:
    """Return the little face in the middle of the customer profile."""
    return "".join(
        (
            circle(x, y, 17, fill="none", stroke=NAVY, stroke_width=2.6),
            circle(x - 6, y - 4, 2.2, fill=NAVY),
            circle(x + 6, y - 4, 2.2, fill=NAVY),
            element(
                "path",
                d=f"M{number(x - 8)} {number(y + 4)}q8 8 16 0",
                fill="none",
                stroke=NAVY,
                stroke_width=2.6,
                stroke_linecap="round",
            ),
        )
    )
