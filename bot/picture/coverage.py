"""Which scripts cannot be drawn on this machine, and which of Debian's packages have their fonts.

The renderer itself is asked: where no font has a script's characters, two different ones look the same.
"""

from collections.abc import Mapping

from bot.picture.font import FAMILY
from bot.picture.render import render_svg
from bot.picture.scripts import EMOJI_FONTS, choose_font, find_needed_fonts

EMOJI = "emoji"
CORE_PACKAGE, CJK_PACKAGE, EMOJI_PACKAGE = "fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji"
# Two characters of each script that is not in the bot's own font.
SAMPLES: Mapping[str, Mapping[str, str]] = {
    CORE_PACKAGE: {
        "Arabic": "سع",
        "Hebrew": "אש",
        "Devanagari (Hindi)": "कह",
        "Bengali": "কহ",
        "Gurmukhi": "ਕਮ",
        "Gujarati": "કમ",
        "Tamil": "கம",
        "Telugu": "కమ",
        "Kannada": "ಕಮ",
        "Malayalam": "കമ",
        "Sinhala": "කම",
        "Thai": "กม",
        "Lao": "ກມ",
        "Khmer": "កម",
        "Burmese": "ကမ",
        "Georgian": "აბ",
        "Armenian": "աբ",
        "Ethiopic": "ሀመ",
        "Oriya": "କମ",
        "Tibetan": "ཀམ",
        "Mongolian": "ᠠᠮ",
        "Dhivehi": "ހމ",
        "Syriac": "ܐܡ",
        "N'Ko": "ߊߡ",
        "Tifinagh": "ⴰⵎ",
        "Cherokee": "ᎠᎡ",
        "Inuktitut": "ᐃᓄ",
    },
    CJK_PACKAGE: {"Chinese": "中文", "Japanese": "あの", "Korean": "한글"},
    EMOJI_PACKAGE: {EMOJI: "🔥🎉"},
}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="4" y="30" font-size="24">'
    '<tspan font-family="{fonts}">{character}</tspan></text></svg>'
)


def find_missing_scripts() -> dict[str, list[str]]:
    """Return the scripts that are drawn as boxes, by the package with their fonts. It takes a second."""
    missing = {
        package: [name for name, sample in samples.items() if not _can_draw(name, sample)]
        for package, samples in SAMPLES.items()
    }
    return {package: names for package, names in missing.items() if names}


def _can_draw(name: str, sample: str) -> bool:
    first, second = (_draw(name, character) for character in sample)
    return first != second


def _draw(name: str, character: str) -> bytes:
    fonts = EMOJI_FONTS if name == EMOJI else choose_font(character).families
    svg = SVG.format(fonts=fonts, character=character)
    needed = find_needed_fonts(svg)
    return render_svg(svg, FAMILY, needed.files, system_fonts=needed.system)
