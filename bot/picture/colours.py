"""The colours of the picture. No meaning depends on a colour alone: each comes with a shape or a text."""

from bot.method.fit import Cover

NAVY = "#1d3557"
INK = "#1f2d3d"  # of texts
MUTED = "#5b6b80"  # of secondary texts
FAINT = "#a5b4c7"  # of dashed badges
NOTE_BORDER = "#ccd7e4"
PAPER = "#ffffff"
SHAPE_FILL = "#eef3f9"  # of the square and of the circle
TEAL, TEAL_LIGHT = "#17806d", "#e3f3ee"  # addressed
AMBER, AMBER_LIGHT, AMBER_DARK = "#e08e0b", "#fff1d6", "#7a4a00"  # a gap

_PALEST_BADGE = "#b4c3d6"
_BADGE_STEPS = 6  # from the darkest badge, rank 1, to the palest
_LIGHT_TEXT_BELOW = 140  # of 255, in luma


def choose_badge_colour(rank: int) -> str:
    """Return the colour of a rank's badge: the higher the rank, the darker."""
    return mix_colours(NAVY, _PALEST_BADGE, min(rank - 1, _BADGE_STEPS) / _BADGE_STEPS)


def choose_note_colours(cover: Cover | None, *, is_must_have: bool) -> tuple[str, str]:
    """Return filling and border of an entry's note; `cover` is None unless it is a need with votes."""
    if cover is Cover.ADDRESSED:
        return TEAL_LIGHT, mix_colours(TEAL, PAPER, 0.55)
    if cover and is_must_have:
        return AMBER_LIGHT, mix_colours(AMBER, PAPER, 0.3)
    return PAPER, NOTE_BORDER


def choose_text_colour(background: str) -> str:
    """Return the text colour that reads best on a background, by its luma (ITU-R BT.601)."""
    red, green, blue = _split_channels(background)
    return PAPER if 0.299 * red + 0.587 * green + 0.114 * blue < _LIGHT_TEXT_BELOW else NAVY


def mix_colours(first: str, second: str, share: float) -> str:
    """Return the colour that is this share, 0..1, of the way from the first to the second."""
    pairs = zip(_split_channels(first), _split_channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _split_channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
