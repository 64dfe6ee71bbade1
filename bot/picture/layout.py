"""Where everything stands: the notes of each box in rank order, as large as they fit, low ranks folded."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.method.kinds import ABOUT, Kind
from bot.method.metrics import Figures
from bot.method.ranking import Ranked
from bot.picture.geometry import REGIONS, Region
from bot.picture.model import LEFT, LINE, PAD_Y, RIGHT, RIGHT_MARKED, STAR, Box, Item, Note, Words
from bot.picture.text import is_rtl, measured, shown, width, wrap
from bot.slack.blockkit.text import capital

SIZES = (38.0, 35.0, 32.5, 30.0, 28.0, 26.0, 24.0, 22.0, 20.0, 18.5, 17.0)  # of notes, the largest first
OF_PLACE = (1.15, 1.06, 1.0, 0.97, 0.95, 0.94)  # how large a note is by its place in the box
HEADING = 27.0
MORE = 20.0
HINT = 23.0
GAP = 6.0  # between notes

_LIKE = 1.3
_SURE = 0.95  # as areas are counted row by row
_TOGETHER = "\u00a0"
_STEP = 14.0  # between the heights at which a box may begin
_NARROWEST, _WIDEST = 6.5, 25.0  # room for text
_LONG = 55.0  # a text wider than this may be cut although smaller notes would hold more of it
_LEAST = 14.0  # of a text that is cut, to be worth its place
_LINES = ((24, 7), (21, 5), (19, 4), (0, 3))  # from this size on, at most so many lines
_LOOK_AHEAD = 200.0  # how far below a note that does not fit, a place may be found


def boxes(figures: Figures) -> list[Box]:
    """Lay out all six boxes, no one's notes much larger than another's."""
    items = {region.kind: _items(figures, region.kind) for region in REGIONS}
    free = [_box(region, items[region.kind], len(figures.boxes[region.kind])) for region in REGIONS]
    largest = _LIKE * min((box.size for box in free if box.notes), default=0)
    return [
        box if box.size <= largest else _box(region, items[region.kind], box.total, largest)
        for region, box in zip(REGIONS, free, strict=True)
    ]


def _items(figures: Figures, kind: Kind) -> list[Item]:
    """Return the entries that have a chance to be shown."""
    return [_item(figures, place) for place in figures.boxes[kind][:24]]


def _item(figures: Figures, place: Ranked) -> Item:
    text = shown(place.entry.text)
    need = figures.needs.get(place.entry.id)
    star = f"{STAR} " if place.must_have else ""
    return Item(place, measured(star + text), is_rtl(text), need.addressed if need else None)


def _box(region: Region, items: Sequence[Item], total: int, largest: float = SIZES[0]) -> Box:
    if not items:
        return _empty(region)
    found: list[Box] = []
    headings = list(_headings(region, total))
    areas = region.areas([heading.bottom for heading in headings])
    for size in (size for size in SIZES if size <= largest):
        ground = _ground(items, size) if size > SIZES[-1] else 0
        enough = [heading for heading, area in zip(headings, areas, strict=True) if area >= ground]
        found = list(_attempts(region, items, enough, total, size))
        whole = [box for box in found if _is_whole(box)]
        if whole:
            return _best(whole, lambda box: -sum(len(note.lines) for note in box.notes))
    return _best(found, _worth)


def _ground(items: Sequence[Item], size: float) -> float:
    """Return how many square pixels the notes take at least: where there are fewer, none need be tried."""
    least = sum(_least(min(item.text.width, _LONG)) for item in items)
    return _SURE * least * (size * OF_PLACE[-1]) ** 2


def _least(wide: float) -> float:
    """Return the least ground of a text of this width, in however many lines."""
    of_lines = (
        (lines * LINE + 2 * PAD_Y) * (wide / lines + LEFT + RIGHT) for lines in range(1, _LINES[0][1] + 1)
    )
    return min(of_lines)


def _best(found: Sequence[Box], worth: Callable[[Box], float]) -> Box:
    """Return the box that is worth most; of several, the one whose height is the middle one."""
    most = max(map(worth, found))
    best = [box for box in found if worth(box) == most]
    return best[len(best) // 2]


def _worth(box: Box) -> float:
    """Return how much a box tells: the higher an entry ranks, the more it matters that it is there, whole."""
    return sum((0.5 if note.cut else 1) / (1 + 0.2 * index) for index, note in enumerate(box.notes))


def _is_whole(box: Box) -> bool:
    return box.more is None and not any(note.cut and note.item.text.width <= _LONG for note in box.notes)


def _attempts(
    region: Region, items: Sequence[Item], headings: Sequence[Words], total: int, size: float
) -> Iterator[Box]:
    """Yield the box as it becomes from each height at which it may begin."""
    for heading in headings:
        notes = list(_notes(region, items, size, heading.bottom + GAP))
        more = None
        while notes and len(notes) < total and more is None:
            more = _more(region, total - len(notes), notes[-1].bottom + GAP)
            if more is None:
                notes.pop()
        if notes:
            over = _over(region, heading, notes[0].x + notes[0].width / 2)
            yield Box(region.kind, total, over, tuple(notes), size, more)


def _notes(region: Region, items: Sequence[Item], size: float, top: float) -> Iterator[Note]:
    y = top
    for index, item in enumerate(items):
        scaled = size * OF_PLACE[min(index, len(OF_PLACE) - 1)]
        note = _note(region, item, scaled, y, _LOOK_AHEAD if index == 0 else 0)
        if note is None:
            return
        yield note
        y = note.bottom + GAP


def _note(region: Region, item: Item, size: float, top: float, look_ahead: float) -> Note | None:
    """Return the note at this height or, as far as it may look, below; None where it has no room."""
    last = top + look_ahead
    while top <= last:
        note = _note_at(region, item, size, top)
        if note:
            return note
        top += _STEP
    return None


def _note_at(region: Region, item: Item, size: float, y: float) -> Note | None:
    furniture = LEFT + (RIGHT if item.addressed is None else RIGHT_MARKED)
    note = None
    for most in range(1, _most_lines(size) + 1):
        height = (most * LINE + 2 * PAD_Y) * size
        if y + height > region.bottom:
            break
        left, right = region.span(y, y + height)
        room = min((right - left) / size - furniture, _WIDEST)
        if room < _NARROWEST:
            continue
        lines, cut = wrap(item.text, room, most)
        height = (len(lines) * LINE + 2 * PAD_Y) * size
        note = Note(item, left, y, (room + furniture) * size, height, size, tuple(lines), cut)
        if not cut:
            return note
        if len(lines) * room < _LEAST:
            note = None
    return note


def _most_lines(size: float) -> int:
    """Return how many lines a note may have: the fewer and larger the notes, the more."""
    return next(lines for least, lines in _LINES if size >= least)


def _headings(region: Region, total: int) -> Iterator[Words]:
    """Yield the box's heading at each height at which the box may begin."""
    top = region.top
    while top < region.bottom and (heading := _heading(region, total, top)):
        yield heading
        top = max(top, heading.y) + _STEP


def _heading(region: Region, total: int, top: float) -> Words | None:
    """Return the box's name and how many entries it holds, which stay together with its last word."""
    name = capital(ABOUT[region.kind].plural)
    found = _words(region, f"{name}{_TOGETHER}{total}" if total else name, HEADING, top, 2, bold=True)
    return found and replace(found, count=str(total) if total else "")


def _over(region: Region, heading: Words, middle: float) -> Words:
    """Return the heading as near above this middle as its own room lets it be."""
    left, right = region.span(heading.y, heading.bottom)
    half = max(width(line, heading.size, bold=True) for line in heading.lines) / 2
    return replace(heading, x=max(left + half, min(middle, right - half)))


def _more(region: Region, missing: int, y: float) -> Words | None:
    found = _words(region, f"+{missing} more", MORE, y, 1, bold=True)
    return found if found and found.y == y else None


def _empty(region: Region) -> Box:
    """Say kindly that the box is empty, in the middle of it."""
    about = ABOUT[region.kind]
    tops = [region.top + _STEP * step for step in range(int((region.bottom - region.top) / _STEP))]
    found = []
    for top in tops:
        heading = _heading(region, 0, top)
        hint = heading and _words(region, f"None yet: add {about.says}", HINT, heading.bottom + GAP, 4)
        if heading and hint:
            found.append(Box(region.kind, 0, _over(region, heading, hint.x), hint=hint))
    return found[len(found) // 2]


def _words(
    region: Region, text: str, size: float, top: float, most: int, *, bold: bool = False
) -> Words | None:
    """Return words at the first height from here on at which they find room."""
    text_ = measured(text, bold=bold)
    y = top
    while y + size * LINE <= region.bottom:
        for number in range(1, most + 1):
            left, right = region.span(y, y + number * size * LINE)
            room = min((right - left) / size, _WIDEST / 2)
            lines, cut = wrap(text_, room, number) if room > 3 else ([], True)
            if not cut and y + len(lines) * size * LINE <= region.bottom:
                return Words((left + right) / 2, y, size, tuple(lines))
        y += _STEP
    return None
