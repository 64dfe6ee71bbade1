"""The parts of the picture with their positions, in pixels of the drawing."""

from dataclasses import dataclass
from enum import StrEnum

from bot.method.evidence import EvidenceState
from bot.method.fit import Cover
from bot.method.kinds import Kind
from bot.method.ranking import RankedEntry
from bot.picture.text import MeasuredText

STAR = "★"  # marks a must-have
# Sizes within a sticky note, in em: times the size of its font.
LINE_HEIGHT_EM = 1.23
PADDING_Y_EM = 0.32
TEXT_LEFT_EM = 2.3  # from the left edge to the text; the badge is in between
TEXT_RIGHT_EM = 0.55  # from the text to the right edge
TEXT_RIGHT_MARKED_EM = 0.95  # the same for a need, whose mark lies on the right edge
ASSUMED_DASHES = "7 6"  # of the border of an entry without evidence


class Links(StrEnum):
    """Which lines between offers and needs are drawn. All of them together hide the canvas."""

    NONE = ""
    MUST_HAVES = "links"  # between offers and the must-haves that they fit
    ALL = "all links"


@dataclass(frozen=True, slots=True)
class MeasuredEntry:
    """An entry that has no position yet."""

    ranked: RankedEntry
    text: MeasuredText  # with a star in front of it if the entry is a must-have
    is_rtl: bool
    cover: Cover | None  # None for other kinds than needs, and for needs that wait for votes
    evidence: EvidenceState | None = None  # None on a canvas without evidence


@dataclass(frozen=True, slots=True)
class StickyNote:
    """An entry at its position. x and y are the top left corner."""

    entry: MeasuredEntry
    x: float
    y: float
    width: float
    height: float
    font_size: float
    lines: tuple[str, ...]
    is_truncated: bool

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Centred lines of text outside of sticky notes: a heading, "+12 more", a hint."""

    centre_x: float
    top: float
    font_size: float
    lines: tuple[str, ...]
    entry_count: str = ""  # the end of the last line that is drawn paler; "" where there is none

    @property
    def bottom(self) -> float:
        return self.top + len(self.lines) * self.font_size * LINE_HEIGHT_EM


@dataclass(frozen=True, slots=True)
class BoxLayout:
    """One of the canvas's six boxes with everything that is drawn in it."""

    kind: Kind
    entry_count: int  # of all entries, shown or not
    heading: TextBlock
    notes: tuple[StickyNote, ...] = ()
    note_font_size: float = 0  # before it is scaled by rank
    folded_label: TextBlock | None = None  # "+12 more", for entries that are not shown
    hint: TextBlock | None = None  # in an empty box
