"""The fonts that are installed with the bot: where their files are, and how wide text in them is.

The libraries that read fonts are imported with the first picture, so that a start need not wait for them.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uharfbuzz

FAMILY = "Inter"
REGULAR_WEIGHT, BOLD_WEIGHT = 500, 700

# Inter is a variable font: the larger the design size ("opsz"), the closer its letters are. Measured at the
# smallest one, no text is drawn wider than it was measured. The other fonts have no design sizes.
SMALLEST_DESIGN_SIZE = 14
MAX_CACHED_WIDTHS = 16_384

_SCRIPTS = (
    "Arabic",
    "Armenian",
    "Bengali",
    "Devanagari",
    "Ethiopic",
    "Georgian",
    "Gujarati",
    "Gurmukhi",
    "Hebrew",
    "Kannada",
    "Khmer",
    "Lao",
    "Malayalam",
    "Myanmar",
    "Oriya",
    "Sinhala",
    "Symbols",
    "Tamil",
    "Telugu",
    "Thai",
)
_CJK_FILE = ("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc")
# The package and the file of each family but Inter, which fontpkg finds. One file has the five of CJK.
_FILES: dict[str, tuple[str, str]] = {
    "Noto Sans": ("manimgx_fonts", "NotoSans[wght].ttf"),
    "Noto Emoji": ("manimgx_fonts", "NotoEmoji[wght].ttf"),
    **{f"Noto Sans {script}": ("manimgx_fonts", f"NotoSans{script}[wght].ttf") for script in _SCRIPTS},
    **{f"Noto Sans CJK {region}": _CJK_FILE for region in ("JP", "KR", "SC", "TC", "HK")},
}
# Conjuncts that the renderer does not draw, and that would be narrower.
_FEATURES = {"Noto Sans Bengali": {"vatu": False, "blwf": False, "pstf": False, "half": False}}
BUNDLED_FAMILIES = frozenset({FAMILY, *_FILES})


@cache
def find_font_file(family: str) -> str:
    """Return the path of a bundled family's file."""
    if family != FAMILY:
        package, name = _FILES[family]
        return str(files(package) / name)
    import fontpkg  # noqa: PLC0415

    return str(fontpkg.path(FAMILY))


@lru_cache(maxsize=MAX_CACHED_WIDTHS)
def has_characters(family: str, text: str) -> bool:
    """Return whether a bundled family has a text's characters; format characters need not be in a font."""
    font = _load_font(family, REGULAR_WEIGHT)
    return all(font.get_nominal_glyph(ord(char)) or unicodedata.category(char) == "Cf" for char in text)


@lru_cache(maxsize=MAX_CACHED_WIDTHS)
def measure_in_family(
    family: str, text: str, weight: int, design_size: float = SMALLEST_DESIGN_SIZE
) -> float:
    """Return how wide text in a bundled family is, in em, with its marks and ligatures in place."""
    import uharfbuzz  # noqa: PLC0415

    font, buffer = _load_font(family, weight, design_size if family == FAMILY else 0), uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer, _FEATURES.get(family))
    return float(sum(position.x_advance for position in buffer.glyph_positions or ()) / font.face.upem)


@cache
def _load_font(family: str, weight: int, design_size: float = 0) -> uharfbuzz.Font:
    """Open a font. Only the parts of its file that are read take memory."""
    import uharfbuzz  # noqa: PLC0415

    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(find_font_file(family))))
    font.set_variations({"wght": weight, "opsz": design_size})
    return font
