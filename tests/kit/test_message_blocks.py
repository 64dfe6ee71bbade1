"""What messages are made of: the newest blocks with plain ones beside them, tables, and what finds room."""

from hypothesis import given, strategies as st

from bot.fake_slack.blockkit import count_characters, check_blocks
from bot.slack.blockkit.builders import (
    Enhanced,
    NumberCell,
    data_table,
    divider_block,
    count_fitting,
    build_message,
    pack_sections,
    count_row_characters,
    section_block,
)

TABLE = data_table(
    "Pains", ("Rank", "Pain"), [(NumberCell(1, "1"), "slow"), (NumberCell(2, "2"), "")], named_by=1, page=5
)


def test_a_message_has_the_newest_blocks_and_the_plain_ones_in_their_place() -> None:
    said = build_message(
        "Ranking", section_block("a"), Enhanced((TABLE, divider_block()), (section_block("1. slow"),)), None, section_block("b")
    )
    assert said.blocks == (section_block("a"), TABLE, divider_block(), section_block("b"))
    assert said.plain_blocks == (section_block("a"), section_block("1. slow"), section_block("b"))


def test_a_message_without_newest_blocks_is_plain_already() -> None:
    said = build_message("Hello", section_block("a"), None)
    assert said.plain_blocks == said.blocks == (section_block("a"),)


def test_a_message_is_never_empty_in_either_way() -> None:
    assert build_message("Hello").blocks == build_message("Hello").plain_blocks == (section_block("Hello"),)
    assert build_message("Fit", Enhanced((TABLE,))).plain_blocks == (section_block("Fit"),)


def test_a_table_is_taken_with_a_dash_where_a_cell_has_nothing() -> None:
    check_blocks([TABLE], "message")
    assert [cell["text"] for cell in TABLE["rows"][2]] == ["2", "–"]
    assert TABLE["rows"][1][0] == {"type": "raw_number", "value": 1, "text": "1"}


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), min_size=1))
def test_the_size_of_rows_is_what_slack_counts(rows: list[tuple[str, str]]) -> None:
    table = data_table("x", ("a", "b"), rows, named_by=0, page=5)
    assert count_characters(table["rows"]) == 2 + sum(map(count_row_characters, rows))


@given(st.lists(st.integers(0, 50)), st.integers(0, 200))
def test_as_many_fit_as_find_room_and_not_one_more(sizes: list[int], room: int) -> None:
    placed = count_fitting(sizes, room)
    assert sum(sizes[:placed]) <= room
    assert placed == len(sizes) or sum(sizes[: placed + 1]) > room


@given(st.lists(st.text("ab", max_size=700), max_size=40), st.integers(0, 9000))
def test_lines_that_find_no_room_are_counted(lines: list[str], room: int) -> None:
    blocks = pack_sections([line or "-" for line in lines], room)
    check_blocks(blocks, "message")
    told = "\n".join(block["text"]["text"] for block in blocks).split("\n") if blocks else []
    left = int(told.pop().split()[1]) if told and told[-1].startswith("_…and") else 0
    assert told == [line or "-" for line in lines][: len(lines) - left]
    assert sum(len(line) + 1 for line in told) <= room
