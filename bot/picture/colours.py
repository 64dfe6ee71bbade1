"""The colours of the picture. None of them is the only sign of anything."""

NAVY = "#1d3557"
INK = "#1f2d3d"
MUTED = "#5b6b80"
FAINT = "#a5b4c7"
LINE = "#ccd7e4"
PAPER = "#ffffff"
GROUND = "#eef3f9"  # of the square and of the circle
TEAL, TEAL_LIGHT = "#17806d", "#e3f3ee"
AMBER, AMBER_LIGHT, AMBER_DARK = "#e08e0b", "#fff1d6", "#7a4a00"

_PALEST = "#b4c3d6"  # the badge of a low rank
_STEPS = 6  # ranks from the darkest badge to the palest


def of_rank(rank: int) -> str:
    """Return the badge's colour: the higher the rank, the darker."""
    return mixed(NAVY, _PALEST, min(rank - 1, _STEPS) / _STEPS)


def on(colour: str) -> str:
    """Return the colour in which words on this one are read best."""
    red, green, blue = _channels(colour)
    return PAPER if 0.299 * red + 0.587 * green + 0.114 * blue < 140 else NAVY


def mixed(one: str, other: str, share: float) -> str:
    """Return the colour that is this share of the way from one to the other."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
