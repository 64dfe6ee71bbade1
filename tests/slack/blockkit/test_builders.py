"""Messages with newest and plain blocks, tables, and lines that are packed into sections."""

from hypothesis import example, given, strategies as st

from bot.fake_slack.blockkit import check_blocks, count_characters
from bot.slack.blockkit.builders import (
    Enhanced,
    NumberCell,
    build_data_table,
    build_message,
    count_fitting,
    count_row_characters,
    divider_block,
    pack_sections,
    section_block,
    take_fitting,
)

TABLE = build_data_table(
    "Pains",
    ("Rank", "Pain"),
    [(NumberCell(1, "1"), "slow"), (NumberCell(2, "2"), "")],
    name_column=1,
    page_size=5,
)


def test_a_message_has_the_newest_blocks_and_the_plain_ones_in_their_place() -> None:
    message = build_message(
        "Ranking",
        section_block("a"),
        Enhanced((TABLE, divider_block()), (section_block("1. slow"),)),
        None,
        section_block("b"),
    )
    assert message.blocks == (section_block("a"), TABLE, divider_block(), section_block("b"))
    assert message.plain_blocks == (section_block("a"), section_block("1. slow"), section_block("b"))


def test_a_message_without_newest_blocks_is_plain_already() -> None:
    message = build_message("Hello", section_block("a"), None)
    assert message.plain_blocks == message.blocks == (section_block("a"),)


def test_a_message_has_blocks_and_plain_blocks_in_any_case() -> None:
    message = build_message("Hello")
    assert message.blocks == message.plain_blocks == (section_block("Hello"),)
    assert build_message("Fit", Enhanced((TABLE,))).plain_blocks == (section_block("Fit"),)


def test_an_empty_cell_of_a_table_is_shown_as_a_dash() -> None:
    check_blocks([TABLE], "message")
    assert [cell["text"] for cell in TABLE["rows"][2]] == ["2", "–"]
    assert TABLE["rows"][1][0] == {"type": "raw_number", "value": 1, "text": "1"}


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), min_size=1))
@example([(":package:", "")])
def test_rows_have_as_many_characters_as_slack_counts(rows: list[tuple[str, str]]) -> None:
    table = build_data_table("x", ("a", "b"), rows, name_column=0, page_size=5)
    assert count_characters(table["rows"]) == 2 + sum(map(count_row_characters, rows))


@given(st.lists(st.integers(0, 50)), st.integers(0, 200))
def test_as_many_sizes_fit_as_the_limit_allows_and_not_one_more(sizes: list[int], limit: int) -> None:
    fitting = count_fitting(sizes, limit)
    assert sum(sizes[:fitting]) <= limit
    assert fitting == len(sizes) or sum(sizes[: fitting + 1]) > limit


@given(st.lists(st.text("ab", max_size=700), max_size=40), st.integers(0, 9000))
def test_lines_are_built_until_one_does_not_fit(lines: list[str], max_characters: int) -> None:
    left = iter(lines)
    taken = take_fitting(left, max_characters)
    rest = lines[len(taken) :]
    assert list(left) == rest[1:], "no line after the first that does not fit was built"
    assert pack_sections(taken, max_characters, len(rest)) == pack_sections(lines, max_characters)


@given(st.lists(st.text("ab", max_size=700), max_size=40), st.integers(0, 9000))
def test_lines_that_are_left_out_are_counted(lines: list[str], max_characters: int) -> None:
    blocks = pack_sections([line or "-" for line in lines], max_characters)
    check_blocks(blocks, "message")
    shown = "\n".join(block["text"]["text"] for block in blocks).split("\n") if blocks else []
    left_out = int(shown.pop().split()[1]) if shown and shown[-1].startswith("_…and") else 0
    assert shown == [line or "-" for line in lines][: len(lines) - left_out]
    assert sum(len(line) + 1 for line in shown) <= max_characters
