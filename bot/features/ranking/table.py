"""Rankings as Slack's data table, and as text where a workspace does not support tables. Pure.

Slack allows one table in a message: `rank` shows one box, and Home the top rows of each.
"""

from collections.abc import Mapping, Sequence

from bot.method.evidence import EvidenceStates
from bot.method.formatting import format_decimals, format_rank, format_score
from bot.method.kinds import Kind
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.builders import (
    MAX_MESSAGE_CHARACTERS,
    MAX_TABLE_ROWS,
    Block,
    Cell,
    Enhanced,
    NumberCell,
    build_data_table,
    context_note,
    count_fitting,
    count_row_characters,
    pack_sections,
    take_fitting,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, truncate
from bot.times.clock import format_moment

RankedBoxes = Mapping[Kind, Sequence[RankedEntry]]
NO_STATES: EvidenceStates = {}

MAX_TABLE_CHARACTERS = MAX_MESSAGE_CHARACTERS - 3000  # the rest of the message links to the unvoted cards
MAX_SUMMARY_CHARACTERS = 2500  # of the text for notifications and screen readers
MAX_ROWS_OF_ALL_BOXES = 18  # one page of the table, so that all boxes are visible together
ROWS_PER_PAGE = 10  # of one box
MAX_TEXT_CHARACTERS = 100  # of an entry's text in the table of one box
MAX_SHORT_TEXT_CHARACTERS = 80  # of an entry's text in the table of all boxes
METRIC_COLUMNS = ("Score", "Votes")  # a phone shows no more; the text and *Why?* have the agreement


def build_ranking_table(boxes: RankedBoxes) -> Enhanced:
    """Build the table of the top rows of several boxes, with text as its replacement."""
    return Enhanced(_build_top_rows_table(boxes), tuple(describe_boxes(boxes)))


def build_box_table(
    kind: Kind, box: Sequence[RankedEntry], states: EvidenceStates = NO_STATES
) -> tuple[Block, ...]:
    """Build the table of a box. Where rows are left out, a note names the command that shows them."""
    rows = [
        (
            _build_number_cell(ranked.rank),
            _name_entry(ranked, MAX_TEXT_CHARACTERS, states),
            *_build_metric_cells(ranked),
        )
        for ranked in box[:MAX_TABLE_ROWS]
    ]
    shown_rows = rows[: count_fitting(map(count_row_characters, rows), MAX_TABLE_CHARACTERS)]
    columns = ("Rank", capitalize(kind.spec.singular), *METRIC_COLUMNS)
    title = f"{capitalize(kind.spec.plural)} by rank"
    table = build_data_table(title, columns, shown_rows, name_column=1, page_size=ROWS_PER_PAGE)
    left_out = len(box) - len(shown_rows)
    note = context_note(f"…and {left_out} more: `/valuemap export csv`")
    return (table, note) if left_out else (table,)


def _build_top_rows_table(boxes: RankedBoxes) -> tuple[Block, ...]:
    """Build one table with as many rows of each box as fit on one page."""
    rows_per_box = MAX_ROWS_OF_ALL_BOXES // len(boxes)
    rows = [
        (
            capitalize(kind.spec.singular),
            _build_number_cell(ranked.rank),
            _name_entry(ranked, MAX_SHORT_TEXT_CHARACTERS, NO_STATES),
            *_build_metric_cells(ranked),
        )
        for kind, box in boxes.items()
        for ranked in box[:rows_per_box]
    ]
    left_out = {kind: len(box) - rows_per_box for kind, box in boxes.items() if len(box) > rows_per_box}
    title = f"The first {rows_per_box} of each box by rank" if left_out else "All boxes by rank"
    columns = ("Box", "Rank", "Entry", *METRIC_COLUMNS)
    table = build_data_table(title, columns, rows, name_column=2, page_size=MAX_ROWS_OF_ALL_BOXES)
    counts = ", ".join(
        count_noun(left_out_count, kind.spec.singular, kind.spec.plural)
        for kind, left_out_count in left_out.items()
    )
    hint = "the buttons below, or for example `/valuemap rank pain`, show a box as a whole."
    return (table, context_note(f"…and {counts} more: {hint}")) if left_out else (table,)


def _build_number_cell(value: int | None) -> Cell:
    return "" if value is None else NumberCell(value, str(value))


def _build_metric_cells(ranked: RankedEntry) -> tuple[Cell, ...]:
    if ranked.entry.seal:
        return ("sealed", "")
    return (
        "" if ranked.score is None else NumberCell(float(ranked.score), format_decimals(ranked.score)),
        _build_number_cell(ranked.vote_count),
    )


def _name_entry(ranked: RankedEntry, max_characters: int, states: EvidenceStates) -> str:
    """Return the text of an entry, with what its evidence comes to.

    ★ before it is a must-have, and ↔ an entry whose votes differ much.
    """
    marks = [mark for mark, is_set in (("★", ranked.must_have), ("↔", ranked.divisive)) if is_set]
    state = f" · {states[ranked.entry.id]}" if ranked.entry.id in states else ""
    return " ".join([*marks, truncate(ranked.entry.text, max_characters - len(state))]) + state


def describe_boxes(boxes: RankedBoxes, states: EvidenceStates = NO_STATES) -> list[Block]:
    """Return the boxes as text blocks, for workspaces that do not support tables."""
    max_characters = MAX_TABLE_CHARACTERS // max(1, len(boxes))
    blocks: list[Block] = []
    for kind, box in boxes.items():
        title = f"{kind.spec.icon} *{capitalize(kind.spec.plural)}*"
        ranks = take_fitting((_describe_rank(ranked, states) for ranked in box), max_characters)
        blocks += pack_sections([title, *ranks], max_characters, len(box) - len(ranks))
    return blocks


def describe_ranking(boxes: RankedBoxes, states: EvidenceStates = NO_STATES) -> str:
    """Return the ranking as text for notifications and screen readers: of each box as many lines as fit."""
    lines: list[str] = []
    for kind, box in boxes.items():
        described = (_describe_rank(ranked, states) for ranked in box)
        ranks = take_fitting(described, MAX_SUMMARY_CHARACTERS // len(boxes))
        rest = [f"…and {len(box) - len(ranks)} more"] if len(ranks) < len(box) else []
        lines += [f"{capitalize(kind.spec.plural)} ({len(box)})", *ranks, *rest]
    return "\n".join(lines)


def describe_state(ranked: RankedEntry, states: EvidenceStates) -> str:
    """Return " · _evidenced_", or "" for an entry without evidence."""
    return f" · _{states[ranked.entry.id]}_" if ranked.entry.id in states else ""


def _describe_rank(ranked: RankedEntry, states: EvidenceStates) -> str:
    """Return an entry's rank, text, score, votes, agreement and evidence in one line."""
    state = describe_state(ranked, states)
    if ranked.score is None:
        score = format_score(ranked, format_moment)
        return f"{format_rank(ranked.rank)} {escape(ranked.entry.text)} — {score}{state}"
    agreement = f", agreement {format_decimals(ranked.agreement)}" if ranked.agreement is not None else ""
    divisive_note = " :left_right_arrow: *divisive: discuss it*" if ranked.divisive else ""
    must_have = " :star:" if ranked.must_have else ""
    return (
        f"{format_rank(ranked.rank)} {escape(ranked.entry.text)} — *{format_score(ranked, format_moment)}*"
        f"{must_have}, {count_noun(ranked.vote_count, 'vote')}{agreement}{divisive_note}{state}"
    )
