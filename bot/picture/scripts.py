"""Choose fonts for text that the bot's own font lacks.

The usual fonts of Linux, macOS and Windows are named script by script. A renderer that has to search by
itself takes any font with the character, and gives up on a line at the first character that no font has.
"""

from bisect import bisect_right

from bot.picture.font import FAMILY, REGULAR_WEIGHT, load_advance_widths

# Inter is missing where a picture is opened as SVG on a machine without it.
LATIN_FONTS = f"{FAMILY}, Arial, Liberation Sans, sans-serif"
EMOJI_FONTS = "Noto Color Emoji, Apple Color Emoji, Segoe UI Emoji"
SYMBOL_FONTS = (
    "Noto Sans Symbols 2, Noto Sans Symbols, Noto Sans Math, Segoe UI Symbol, Apple Symbols, DejaVu Sans"
)

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


def contains_kana(text: str) -> bool:
    """Return whether the text has Japanese syllables, so that its Chinese characters are Japanese too."""
    return any("\u3040" <= char <= "\u30ff" for char in text)


def choose_font_families(cluster: str, *, japanese: bool = False) -> str:
    """Return the font families to draw a grapheme cluster with, in CSS's notation.

    They depend on the first character that the bot's font lacks.
    """
    missing = next(
        (code for code in map(ord, cluster) if code not in load_advance_widths(REGULAR_WEIGHT)), None
    )
    if missing is None or missing in _INVISIBLE_CODES:
        return LATIN_FONTS
    fonts = _FONTS_BY_START[bisect_right(_RANGE_STARTS, missing) - 1][1]
    return f"{_KANA if fonts is _HAN and japanese else fonts}, {LATIN_FONTS}"
