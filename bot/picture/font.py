"""The font that comes along: where it is, and how wide its letters are."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import fontpkg
from fontTools.ttLib import TTFont

FAMILY = "Inter"
REGULAR, BOLD = 500, 700

# Inter draws letters closer together the larger they are; measured at its smallest design size, no text is
# wider than measured.
_SMALLEST = 14


def file() -> str:
    return str(fontpkg.path(FAMILY))


@cache
def advances(weight: int) -> Mapping[int, float]:
    """Return the width of each character that the font has, as a share of the font's size."""
    with TTFont(file(), lazy=True) as font:
        glyphs = font.getGlyphSet(location={"wght": weight, "opsz": _SMALLEST})
        units = font["head"].unitsPerEm
        widths = {char: glyphs[name].width / units for char, name in font.getBestCmap().items()}
    return MappingProxyType(widths)
