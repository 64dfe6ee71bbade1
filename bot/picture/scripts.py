"""Which fonts to ask for, for what the font that comes along does not have.

The usual fonts of Linux, macOS and Windows are named script by script: a renderer that is left to search
picks any font with the character, and stops searching in a line at the first character that no font has.
"""

from bisect import bisect_right

from bot.picture.font import FAMILY, REGULAR, advances

# Where the picture is opened as SVG, Inter may be missing.
LATIN = f"{FAMILY}, Arial, Liberation Sans, sans-serif"
EMOJI = "Noto Color Emoji, Apple Color Emoji, Segoe UI Emoji"
SYMBOLS = (
    "Noto Sans Symbols 2, Noto Sans Symbols, Noto Sans Math, Segoe UI Symbol, Apple Symbols, DejaVu Sans"
)

_SYSTEM = "Noto Sans, Arial Unicode MS, DejaVu Sans, FreeSans, Segoe UI"
_ARABIC = "Noto Sans Arabic, Geeza Pro, Segoe UI, DejaVu Sans"
_HEBREW = "Noto Sans Hebrew, Arial Hebrew, Segoe UI, DejaVu Sans"
_HAN = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Zen Hei"
_KANA = "Noto Sans CJK JP, Noto Sans JP, Source Han Sans, Hiragino Sans, Yu Gothic, IPAGothic"
_HANGUL = "Noto Sans CJK KR, Noto Sans KR, Source Han Sans K, Apple SD Gothic Neo, Malgun Gothic, NanumGothic"


def _noto(script: str, *others: str) -> str:
    return ", ".join([f"Noto Sans {script}", *others])


_INDIC = ("Nirmala UI", "Lohit", "Mukta", "Arial Unicode MS")

# Each from this character on, to the next line's.
_FROM: tuple[tuple[int, str], ...] = (
    (0x0000, _SYSTEM),
    (0x0530, _noto("Armenian", "Mshtakan", "Segoe UI", "DejaVu Sans")),
    (0x0590, _HEBREW),
    (0x0600, _ARABIC),
    (0x0700, _noto("Syriac", "Segoe UI Historic")),
    (0x0750, _ARABIC),
    (0x0780, _noto("Thaana", "MV Boli")),
    (0x07C0, _noto("NKo", "Ebrima", "DejaVu Sans")),
    (0x0800, _SYSTEM),
    (0x0860, _ARABIC),
    (0x0900, _noto("Devanagari", "Kohinoor Devanagari", *_INDIC)),
    (0x0980, _noto("Bengali", "Kohinoor Bangla", *_INDIC)),
    (0x0A00, _noto("Gurmukhi", "Gurmukhi MN", *_INDIC)),
    (0x0A80, _noto("Gujarati", "Kohinoor Gujarati", *_INDIC)),
    (0x0B00, _noto("Oriya", "Oriya MN", *_INDIC)),
    (0x0B80, _noto("Tamil", "Tamil MN", *_INDIC)),
    (0x0C00, _noto("Telugu", "Kohinoor Telugu", *_INDIC)),
    (0x0C80, _noto("Kannada", "Kannada MN", *_INDIC)),
    (0x0D00, _noto("Malayalam", "Malayalam MN", *_INDIC)),
    (0x0D80, _noto("Sinhala", "Sinhala MN", *_INDIC)),
    (0x0E00, _noto("Thai", "Thonburi", "Leelawadee UI", "Loma")),
    (0x0E80, _noto("Lao", "Lao MN", "Leelawadee UI", "DejaVu Sans")),
    (0x0F00, "Noto Serif Tibetan, Kailasa, Microsoft Himalaya"),
    (0x1000, _noto("Myanmar", "Myanmar MN", "Myanmar Text")),
    (0x10A0, _noto("Georgian", "Helvetica Neue", "Segoe UI", "DejaVu Sans")),
    (0x1100, _HANGUL),
    (0x1200, _noto("Ethiopic", "Kefa", "Ebrima", "Nyala")),
    (0x13A0, _noto("Cherokee", "Plantagenet Cherokee", "Gadugi")),
    (0x1400, _noto("Canadian Aboriginal", "Euphemia UCAS", "Gadugi", "DejaVu Sans")),
    (0x1680, _SYSTEM),
    (0x1780, _noto("Khmer", "Khmer MN", "Leelawadee UI")),
    (0x1800, _noto("Mongolian", "Mongolian Baiti")),
    (0x18B0, _SYSTEM),
    (0x1D80, _SYSTEM),
    (0x2000, SYMBOLS),
    (0x2D00, _noto("Georgian", "Segoe UI", "DejaVu Sans")),
    (0x2D30, _noto("Tifinagh", "Ebrima", "DejaVu Sans")),
    (0x2D80, _noto("Ethiopic", "Kefa", "Ebrima")),
    (0x2DE0, _SYSTEM),
    (0x2E80, _HAN),
    (0x3040, _KANA),
    (0x3100, _HAN),
    (0x3130, _HANGUL),
    (0x3190, _HAN),
    (0x31F0, _KANA),
    (0x3200, _HAN),
    (0xA000, _noto("Yi", "Microsoft Yi Baiti", "STHeiti")),
    (0xA4D0, _SYSTEM),
    (0xA8E0, _noto("Devanagari", *_INDIC)),
    (0xA900, _SYSTEM),
    (0xAC00, _HANGUL),
    (0xD800, SYMBOLS),
    (0xF900, _HAN),
    (0xFB00, _SYSTEM),
    (0xFB1D, _HEBREW),
    (0xFB50, _ARABIC),
    (0xFE00, _HAN),
    (0xFE70, _ARABIC),
    (0xFF00, _HAN),
    (0xFFF0, SYMBOLS),
    (0x20000, _HAN),
    (0x40000, SYMBOLS),
)
_SHAPE_OTHERS = {0x200C, 0x200D, 0xFE0E, 0xFE0F}  # joiners and selectors, with no look of their own
_STARTS = [start for start, _ in _FROM]


def has_kana(text: str) -> bool:
    """Whether Chinese characters in this text are Japanese."""
    return any("\u3040" <= char <= "\u30ff" for char in text)


def families(cluster: str, *, japanese: bool = False) -> str:
    """Return the font families to ask for, for these characters that stay together."""
    missing = next((code for code in map(ord, cluster) if code not in advances(REGULAR)), None)
    if missing is None or missing in _SHAPE_OTHERS:
        return LATIN
    found = _FROM[bisect_right(_STARTS, missing) - 1][1]
    return f"{_KANA if found is _HAN and japanese else found}, {LATIN}"
