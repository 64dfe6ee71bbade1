"""What stands on the picture, in its place."""

from dataclasses import dataclass

from bot.method.kinds import Kind
from bot.method.ranking import Ranked
from bot.picture.text import Measured

STAR = "★"
LINE = 1.23  # the height of a line, in sizes of its font, as are all of these
PAD_Y = 0.32
LEFT = 2.3  # from a note's left edge to its text: the badge
RIGHT, RIGHT_MARKED = 0.55, 0.95  # from its text to its right edge, where the mark of a need sits


@dataclass(frozen=True, slots=True)
class Item:
    """An entry before it has its place."""

    place: Ranked
    text: Measured
    rtl: bool
    addressed: bool | None  # of needs


@dataclass(frozen=True, slots=True)
class Note:
    """An entry in its place."""

    item: Item
    x: float
    y: float
    width: float
    height: float
    size: float
    lines: tuple[str, ...]
    cut: bool

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of words around a middle."""

    x: float
    y: float  # of the top
    size: float
    lines: tuple[str, ...]
    count: str = ""  # with which the last line ends

    @property
    def bottom(self) -> float:
        return self.y + len(self.lines) * self.size * LINE


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the canvas with all that is drawn in it."""

    kind: Kind
    total: int
    heading: Words
    notes: tuple[Note, ...] = ()
    size: float = 0  # of a note of the middle
    more: Words | None = None  # "+12 more"
    hint: Words | None = None  # in an empty box
