"""The font that is installed with the bot: where its file is, and how wide its characters are.

The libraries that read fonts are imported with the first picture: they take 20 ms, which a start need not
wait for.
"""

from collections.abc import Mapping
from functools import cache
from threading import Lock
from types import MappingProxyType

FAMILY = "Inter"
REGULAR_WEIGHT, BOLD_WEIGHT = 500, 700

# Inter is a variable font: the larger the design size ("opsz"), the closer its letters are. Measured at the
# smallest one, no text is drawn wider than it was measured.
SMALLEST_DESIGN_SIZE = 14

# Measuring takes half a second and some megabytes. When several threads draw their first picture, one of them
# measures and the others wait for its result.
_measuring = Lock()


def find_font_file() -> str:
    """Return the path of the font file."""
    import fontpkg  # noqa: PLC0415

    return str(fontpkg.path(FAMILY))


def load_advance_widths(weight: int) -> Mapping[int, float]:
    """Return how far each character of the font advances the line, in em, by code point."""
    with _measuring:
        return _measure_font(weight)


@cache
def _measure_font(weight: int) -> Mapping[int, float]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    with TTFont(find_font_file(), lazy=True) as font:
        glyphs = font.getGlyphSet(location={"wght": weight, "opsz": SMALLEST_DESIGN_SIZE})
        units_per_em = font["head"].unitsPerEm
        widths = {code: glyphs[name].width / units_per_em for code, name in font.getBestCmap().items()}
    return MappingProxyType(widths)
