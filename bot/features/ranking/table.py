"""Rankings as Slack's table, and in words where Slack knows no tables. Pure."""

from collections.abc import Mapping, Sequence

from bot.method.formatting import decimals
from bot.method.kinds import ABOUT, Kind
from bot.method.ranking import Ranked
from bot.slack.blockkit.builders import (
    MESSAGE,
    TABLE_ROWS,
    Block,
    Cell,
    Newest,
    Number,
    data_table,
    fitting,
    note,
    packed,
    row_size,
)
from bot.slack.blockkit.text import capital, count, cut, esc

Boxes = Mapping[Kind, Sequence[Ranked]]

ROOM = MESSAGE - 3000  # characters; the rest of the message tells what is left to vote on
TOLD = 2500  # characters for those who do not see the blocks
ROWS = 18  # of several boxes together, so that all of them are seen at once
PAGE = 10  # rows of one box that are seen at once
LONG, SHORT = 150, 80  # characters of an entry's text in the table of one box, and of several
COLUMNS = ("Score", "Votes", "Agreement", "Marks")


def ranking(boxes: Boxes) -> Newest:
    """Return one box as a whole, or the top of each of several: Slack takes one table a message."""
    if len(boxes) > 1:
        return Newest(_tops(boxes), tuple(_in_words(boxes)))
    ((kind, box),) = boxes.items()
    return Newest(one_box(kind, box, ROOM, "export csv"), tuple(_in_words(boxes)))


def one_box(
    kind: Kind,
    box: Sequence[Ranked],
    room: int,
    rest: str,
    page: int = PAGE,
    before: Mapping[int, int] | None = None,
) -> tuple[Block, ...]:
    """Return a box as a table, and below it the command that shows what found no room.

    `before` adds a column of the ranks that entries had; those that are not in it had none.
    """
    about = ABOUT[kind]
    rows = [
        (
            _number(place.rank),
            cut(place.entry.text, LONG),
            *([] if before is None else [_number(before.get(place.entry.id))]),
            *_figures(place),
        )
        for place in box
    ]
    shown = rows[: min(TABLE_ROWS, fitting(map(row_size, rows), room))]
    head = ("Rank", capital(about.word), *([] if before is None else ["Before"]), *COLUMNS)
    table = data_table(f"{capital(about.plural)} by rank", head, shown, named_by=1, page=page)
    left = len(box) - len(shown)
    return (table, note(f"…and {left} more: `/valuemap {rest}`")) if left else (table,)


def _tops(boxes: Boxes) -> tuple[Block, ...]:
    most = ROWS // len(boxes)
    rows = [
        (capital(ABOUT[kind].word), _number(place.rank), cut(place.entry.text, SHORT), *_figures(place))
        for kind, box in boxes.items()
        for place in box[:most]
    ]
    left = {kind: len(box) - most for kind, box in boxes.items() if len(box) > most}
    caption = f"The first {most} of each box by rank" if left else "All boxes by rank"
    table = data_table(caption, ("Box", "Rank", "Entry", *COLUMNS), rows, named_by=2, page=ROWS)
    more = ", ".join(count(number, ABOUT[kind].word, ABOUT[kind].plural) for kind, number in left.items())
    hint = "the buttons below, or for example `/valuemap rank pain`, show a box as a whole."
    return (table, note(f"…and {more} more: {hint}")) if left else (table,)


def _number(value: int | None) -> Cell:
    return "" if value is None else Number(value, str(value))


def _figures(place: Ranked) -> tuple[Cell, ...]:
    agreed = place.agreement
    return (
        Number(float(place.score), decimals(place.score)),
        _number(place.votes),
        "" if agreed is None else Number(round(agreed, 4), decimals(agreed)),
        _marks(place),
    )


def _marks(place: Ranked) -> str:
    marks = {
        "★ must-have": place.must_have,
        "↔ divisive": place.divisive,
        "not ranked yet": not place.votes,
    }
    return ", ".join(mark for mark, stands in marks.items() if stands)


def _in_words(boxes: Boxes) -> list[Block]:
    room = ROOM // max(1, len(boxes))
    blocks: list[Block] = []
    for kind, box in boxes.items():
        title = f"{ABOUT[kind].icon} *{capital(ABOUT[kind].plural)}*"
        blocks += packed([title, *(line(place) for place in box)], room)
    return blocks


def told(boxes: Boxes) -> str:
    """Return the ranking for notifications and screen readers: each box from its top, as room allows."""
    lines: list[str] = []
    for kind, box in boxes.items():
        places = [line(place) for place in box]
        placed = fitting((len(one) + 1 for one in places), TOLD // len(boxes))
        more = [f"…and {len(box) - placed} more"] if placed < len(box) else []
        lines += [f"{capital(ABOUT[kind].plural)} ({len(box)})", *places[:placed], *more]
    return "\n".join(lines)


def line(place: Ranked) -> str:
    """Return an entry's place in words."""
    if not place.votes:
        return f"{place.rank}. {esc(place.entry.text)} — {decimals(place.score)}, not ranked yet"
    agreed = f", agreement {decimals(place.agreement)}" if place.agreement is not None else ""
    divided = " :left_right_arrow: *divisive: talk about it*" if place.divisive else ""
    must_have = " :star:" if place.must_have else ""
    return (
        f"{place.rank}. {esc(place.entry.text)} — *{decimals(place.score)}*{must_have}, "
        f"{count(place.votes, 'vote')}{agreed}{divided}"
    )
