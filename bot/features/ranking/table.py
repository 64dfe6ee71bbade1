"""Rankings as Slack's table, and in words where Slack knows no tables. Pure."""

from collections.abc import Mapping, Sequence

from bot.method.formatting import format_decimals
from bot.method.kinds import Kind
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.builders import (
    MAX_MESSAGE_CHARACTERS,
    MAX_TABLE_ROWS,
    Block,
    Cell,
    Enhanced,
    NumberCell,
    data_table,
    count_fitting,
    context_note,
    pack_sections,
    count_row_characters,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, truncate

Boxes = Mapping[Kind, Sequence[RankedEntry]]

TABLE_MAX_CHARACTERS = MAX_MESSAGE_CHARACTERS - 3000  # characters; the rest of the message tells what is left to vote on
TOLD = 2500  # characters for those who do not see the blocks
ROWS = 18  # of several boxes together, so that all of them are seen at once
ROWS_PER_PAGE = 10  # rows of one box that are seen at once
LONG, SHORT = 150, 80  # characters of an entry's text in the table of one box, and of several
COLUMNS = ("Score", "Votes", "Agreement", "Marks")


def build_ranking_table(boxes: Boxes) -> Enhanced:
    """Return one box as a whole, or the top of each of several: Slack takes one table a message."""
    if len(boxes) > 1:
        return Enhanced(_tops(boxes), tuple(_in_words(boxes)))
    ((kind, box),) = boxes.items()
    return Enhanced(build_box_table(kind, box, TABLE_MAX_CHARACTERS, "export csv"), tuple(_in_words(boxes)))


def build_box_table(
    kind: Kind,
    box: Sequence[RankedEntry],
    room: int,
    rest: str,
    page: int = ROWS_PER_PAGE,
    before: Mapping[int, int] | None = None,
) -> tuple[Block, ...]:
    """Return a box as a table, and below it the command that shows what found no room.

    `before` adds a column of the ranks that entries had; those that are not in it had none.
    """
    about = kind.spec
    rows = [
        (
            _number(place.rank),
            truncate(place.entry.text, LONG),
            *([] if before is None else [_number(before.get(place.entry.id))]),
            *_figures(place),
        )
        for place in box
    ]
    shown = rows[: min(MAX_TABLE_ROWS, count_fitting(map(count_row_characters, rows), room))]
    head = ("Rank", capitalize(about.singular), *([] if before is None else ["Before"]), *COLUMNS)
    table = data_table(f"{capitalize(about.plural)} by rank", head, shown, named_by=1, page=page)
    left = len(box) - len(shown)
    return (table, context_note(f"…and {left} more: `/valuemap {rest}`")) if left else (table,)


def _tops(boxes: Boxes) -> tuple[Block, ...]:
    most = ROWS // len(boxes)
    rows = [
        (
            capitalize(kind.spec.singular),
            _number(place.rank),
            truncate(place.entry.text, SHORT),
            *_figures(place),
        )
        for kind, box in boxes.items()
        for place in box[:most]
    ]
    left = {kind: len(box) - most for kind, box in boxes.items() if len(box) > most}
    caption = f"The first {most} of each box by rank" if left else "All boxes by rank"
    table = data_table(caption, ("Box", "Rank", "Entry", *COLUMNS), rows, named_by=2, page=ROWS)
    more = ", ".join(
        count_noun(number, kind.spec.singular, kind.spec.plural) for kind, number in left.items()
    )
    hint = "the buttons below, or for example `/valuemap rank pain`, show a box as a whole."
    return (table, context_note(f"…and {more} more: {hint}")) if left else (table,)


def _number(value: int | None) -> Cell:
    return "" if value is None else NumberCell(value, str(value))


def _figures(place: RankedEntry) -> tuple[Cell, ...]:
    agreed = place.agreement
    return (
        NumberCell(float(place.score), format_decimals(place.score)),
        _number(place.vote_count),
        "" if agreed is None else NumberCell(round(agreed, 4), format_decimals(agreed)),
        _marks(place),
    )


def _marks(place: RankedEntry) -> str:
    marks = {
        "★ must-have": place.must_have,
        "↔ divisive": place.divisive,
        "not ranked yet": not place.vote_count,
    }
    return ", ".join(mark for mark, stands in marks.items() if stands)


def _in_words(boxes: Boxes) -> list[Block]:
    room = TABLE_MAX_CHARACTERS // max(1, len(boxes))
    blocks: list[Block] = []
    for kind, box in boxes.items():
        title = f"{kind.spec.icon} *{capitalize(kind.spec.plural)}*"
        blocks += pack_sections([title, *(describe_rank(place) for place in box)], room)
    return blocks


def describe_ranking(boxes: Boxes) -> str:
    """Return the ranking for notifications and screen readers: each box from its top, as room allows."""
    lines: list[str] = []
    for kind, box in boxes.items():
        places = [describe_rank(place) for place in box]
        placed = count_fitting((len(one) + 1 for one in places), TOLD // len(boxes))
        more = [f"…and {len(box) - placed} more"] if placed < len(box) else []
        lines += [f"{capitalize(kind.spec.plural)} ({len(box)})", *places[:placed], *more]
    return "\n".join(lines)


def describe_rank(place: RankedEntry) -> str:
    """Return an entry's place in words."""
    if not place.vote_count:
        return f"{place.rank}. {escape(place.entry.text)} — {format_decimals(place.score)}, not ranked yet"
    agreed = f", agreement {format_decimals(place.agreement)}" if place.agreement is not None else ""
    divided = " :left_right_arrow: *divisive: talk about it*" if place.divisive else ""
    must_have = " :star:" if place.must_have else ""
    return (
        f"{place.rank}. {escape(place.entry.text)} — *{format_decimals(place.score)}*{must_have}, "
        f"{count_noun(place.vote_count, 'vote')}{agreed}{divided}"
    )
