"""Choose the fonts of a text.

What the bot's own font lacks is drawn in the bundled font that has it. The usual fonts of Linux, macOS and
Windows follow it, script by script, for what no bundled font has and for pictures that are opened as SVG. A
renderer that has to search by itself takes any font with the character, and gives up on a line at the first
character that no font has.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.picture.font import BUNDLED_FAMILIES, FAMILY, find_font_file, has_characters

# Inter is missing where a picture is opened as SVG on a machine without it.
LATIN_FONTS = f"{FAMILY}, Arial, Liberation Sans, sans-serif"
# The machine's emoji have colours, the bundled ones are outlines.
_BUNDLED_EMOJI = "Noto Emoji"
EMOJI_FONTS = f"Noto Color Emoji, Apple Color Emoji, Segoe UI Emoji, {_BUNDLED_EMOJI}"
SYMBOL_FONTS = (
    f"{_BUNDLED_EMOJI}, Noto Sans Symbols, Noto Sans CJK JP, Noto Sans Symbols 2, Noto Sans Math, "
    "Segoe UI Symbol, Apple Symbols, DejaVu Sans"
)
MAX_CACHED_CHOICES = 4096

_SYSTEM = "Noto Sans, Arial Unicode MS, DejaVu Sans, FreeSans, Segoe UI"
_ARABIC = "Noto Sans Arabic, Geeza Pro, Segoe UI, DejaVu Sans"
_HEBREW = "Noto Sans Hebrew, Arial Hebrew, Segoe UI, DejaVu Sans"
_HAN = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Zen Hei"
_KANA = "Noto Sans CJK JP, Noto Sans JP, Source Han Sans, Hiragino Sans, Yu Gothic, IPAGothic"
_HANGUL = "Noto Sans CJK KR, Noto Sans KR, Source Han Sans K, Apple SD Gothic Neo, Malgun Gothic, NanumGothic"


def _name_noto_fonts(script: str, *others: str) -> str:
    return ", ".join([f"Noto Sans {script}", *others])


_INDIC = ("Nirmala UI", "Lohit", "Mukta", "Arial Unicode MS")

# The fonts of each range of characters: from this code point to the next row's.
_FONTS_BY_START: tuple[tuple[int, str], ...] = (
    (0x0000, _SYSTEM),
    (0x0530, _name_noto_fonts("Armenian", "Mshtakan", "Segoe UI", "DejaVu Sans")),
    (0x0590, _HEBREW),
    (0x0600, _ARABIC),
    (0x0700, _name_noto_fonts("Syriac", "Segoe UI Historic")),
    (0x0750, _ARABIC),
    (0x0780, _name_noto_fonts("Thaana", "MV Boli")),
    (0x07C0, _name_noto_fonts("NKo", "Ebrima", "DejaVu Sans")),
    (0x0800, _SYSTEM),
    (0x0860, _ARABIC),
    (0x0900, _name_noto_fonts("Devanagari", "Kohinoor Devanagari", *_INDIC)),
    (0x0980, _name_noto_fonts("Bengali", "Kohinoor Bangla", *_INDIC)),
    (0x0A00, _name_noto_fonts("Gurmukhi", "Gurmukhi MN", *_INDIC)),
    (0x0A80, _name_noto_fonts("Gujarati", "Kohinoor Gujarati", *_INDIC)),
    (0x0B00, _name_noto_fonts("Oriya", "Oriya MN", *_INDIC)),
    (0x0B80, _name_noto_fonts("Tamil", "Tamil MN", *_INDIC)),
    (0x0C00, _name_noto_fonts("Telugu", "Kohinoor Telugu", *_INDIC)),
    (0x0C80, _name_noto_fonts("Kannada", "Kannada MN", *_INDIC)),
    (0x0D00, _name_noto_fonts("Malayalam", "Malayalam MN", *_INDIC)),
    (0x0D80, _name_noto_fonts("Sinhala", "Sinhala MN", *_INDIC)),
    (0x0E00, _name_noto_fonts("Thai", "Thonburi", "Leelawadee UI", "Loma")),
    (0x0E80, _name_noto_fonts("Lao", "Lao MN", "Leelawadee UI", "DejaVu Sans")),
    (0x0F00, "Noto Serif Tibetan, Kailasa, Microsoft Himalaya"),
    (0x1000, _name_noto_fonts("Myanmar", "Myanmar MN", "Myanmar Text")),
    (0x10A0, _name_noto_fonts("Georgian", "Helvetica Neue", "Segoe UI", "DejaVu Sans")),
    (0x1100, _HANGUL),
    (0x1200, _name_noto_fonts("Ethiopic", "Kefa", "Ebrima", "Nyala")),
    (0x13A0, _name_noto_fonts("Cherokee", "Plantagenet Cherokee", "Gadugi")),
    (0x1400, _name_noto_fonts("Canadian Aboriginal", "Euphemia UCAS", "Gadugi", "DejaVu Sans")),
    (0x1680, _SYSTEM),
    (0x1780, _name_noto_fonts("Khmer", "Khmer MN", "Leelawadee UI")),
    (0x1800, _name_noto_fonts("Mongolian", "Mongolian Baiti")),
    (0x18B0, _SYSTEM),
    (0x1D80, _SYSTEM),
    (0x2000, SYMBOL_FONTS),
    (0x2D00, _name_noto_fonts("Georgian", "Segoe UI", "DejaVu Sans")),
    (0x2D30, _name_noto_fonts("Tifinagh", "Ebrima", "DejaVu Sans")),
    (0x2D80, _name_noto_fonts("Ethiopic", "Kefa", "Ebrima")),
    (0x2DE0, _SYSTEM),
    (0x2E80, _HAN),
    (0x3040, _KANA),
    (0x3100, _HAN),
    (0x3130, _HANGUL),
    (0x3190, _HAN),
    (0x31F0, _KANA),
    (0x3200, _HAN),
    (0xA000, _name_noto_fonts("Yi", "Microsoft Yi Baiti", "STHeiti")),
    (0xA4D0, _SYSTEM),
    (0xA8E0, _name_noto_fonts("Devanagari", *_INDIC)),
    (0xA900, _SYSTEM),
    (0xAC00, _HANGUL),
    (0xD800, SYMBOL_FONTS),
    (0xF900, _HAN),
    (0xFB00, _SYSTEM),
    (0xFB1D, _HEBREW),
    (0xFB50, _ARABIC),
    (0xFE00, _HAN),
    (0xFE70, _ARABIC),
    (0xFF00, _HAN),
    (0xFFF0, SYMBOL_FONTS),
    (0x20000, _HAN),
    (0x40000, SYMBOL_FONTS),
)
_INVISIBLE_CODES = {0x200C, 0x200D, 0xFE0E, 0xFE0F}  # joiners and variation selectors: no font need have them
_RANGE_STARTS = [start for start, _ in _FONTS_BY_START]
_EMOJI_SELECTOR = "\ufe0f"
_NAMED_FONTS = re.compile(r'<tspan font-family="([^"]*)"')  # user text is escaped, and so has no "<"


@dataclass(frozen=True, slots=True)
class FontChoice:
    """The fonts to draw a grapheme cluster with."""

    families: str  # in CSS's notation
    bundled: str  # the family among them that is installed with the bot and has the cluster; "" if none has


@dataclass(frozen=True, slots=True)
class NeededFonts:
    """What a renderer has to load for a drawing."""

    files: tuple[str, ...]
    system: bool  # the machine's fonts too: loading them takes long, as there may be hundreds


_LATIN, _EMOJI = FontChoice(LATIN_FONTS, FAMILY), FontChoice(EMOJI_FONTS, "")


def contains_kana(text: str) -> bool:
    """Return whether the text has Japanese syllables, so that its Chinese characters are Japanese too."""
    return any("\u3040" <= char <= "\u30ff" for char in text)


def is_emoji(cluster: str) -> bool:
    """Return whether fonts draw this cluster as one picture."""
    first = cluster[0]
    if (
        _EMOJI_SELECTOR in cluster or "\U0001f1e6" <= first <= "\U0001f1ff"
    ):  # the letters of which flags are made
        return True
    return ("\U0001f000" <= first <= "\U0001faff" or "\u2300" <= first <= "\u2bff") and is_wide(first)


def is_wide(char: str) -> bool:
    """Return whether a character is a full square wide in East Asian fonts (UAX #11)."""
    return unicodedata.east_asian_width(char) in {"W", "F"}


def choose_fonts(clusters: Sequence[str], *, japanese: bool = False) -> list[FontChoice]:
    """Return the fonts of each grapheme cluster of a text.

    A space is drawn in the font before it, unless that is one of emoji, in which it is as wide as they are.
    """
    chosen: list[FontChoice] = []
    for cluster in clusters:
        if cluster == " " and chosen and chosen[-1].bundled != _BUNDLED_EMOJI and chosen[-1] is not _EMOJI:
            chosen.append(chosen[-1])
        else:
            chosen.append(_EMOJI if is_emoji(cluster) else choose_font(cluster, japanese=japanese))
    return chosen


@lru_cache(maxsize=MAX_CACHED_CHOICES)
def choose_font(cluster: str, *, japanese: bool = False) -> FontChoice:
    """Return the fonts to draw a grapheme cluster with, if it is no emoji.

    They depend on the first character that the bot's own font lacks. Of the bundled fonts only the first one
    that has the whole cluster is named.
    """
    missing = next((char for char in cluster if not has_characters(FAMILY, char)), None)
    if missing is None or ord(missing) in _INVISIBLE_CODES:
        return _LATIN
    fonts = _FONTS_BY_START[bisect_right(_RANGE_STARTS, ord(missing)) - 1][1]
    families = (_KANA if fonts is _HAN and japanese else fonts).split(", ")
    others = [name for name in families if name not in BUNDLED_FAMILIES]
    bundled = next(
        (name for name in families if name in BUNDLED_FAMILIES and has_characters(name, cluster)), ""
    )
    return FontChoice(", ".join([*filter(None, [bundled]), *others, LATIN_FONTS]), bundled)


def find_needed_fonts(svg: str) -> NeededFonts:
    """Return the bundled fonts that a drawing names, and whether something in it may need other ones."""
    lists = [fonts.split(", ") for fonts in dict.fromkeys(_NAMED_FONTS.findall(svg))]
    families = dict.fromkeys(
        [FAMILY, *(name for names in lists for name in names if name in BUNDLED_FAMILIES)]
    )
    return NeededFonts(
        tuple(dict.fromkeys(map(find_font_file, families))),
        any(names[0] not in BUNDLED_FAMILIES for names in lists),
    )
