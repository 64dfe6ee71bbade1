"""The font that comes along: where it is, and how wide its letters are.

What reads fonts is imported with the first picture: 20 ms of a start.
"""

from collections.abc import Mapping
from functools import cache
from threading import Lock
from types import MappingProxyType

FAMILY = "Inter"
REGULAR, BOLD = 500, 700

# Inter draws letters closer together the larger they are; measured at its smallest design size, no text is
# wider than measured.
_SMALLEST = 14
_MEASURING = Lock()  # of threads that draw at once, one measures and the others wait for it


def file() -> str:
    import fontpkg  # noqa: PLC0415

    return str(fontpkg.path(FAMILY))


def advances(weight: int) -> Mapping[int, float]:
    """Return the width of each character that the font has, as a share of the font's size."""
    with _MEASURING:
        return _measured(weight)


@cache
def _measured(weight: int) -> Mapping[int, float]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    with TTFont(file(), lazy=True) as font:
        glyphs = font.getGlyphSet(location={"wght": weight, "opsz": _SMALLEST})
        units = font["head"].unitsPerEm
        widths = {char: glyphs[name].width / units for char, name in font.getBestCmap().items()}
    return MappingProxyType(widths)
