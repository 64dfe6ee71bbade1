"""The ids of an import's entries fit into a button and come back from it."""

from hypothesis import given, strategies as st

from bot.features.imports.undo import MAX_VALUE_CHARACTERS, join_ids, parse_ids


@given(st.sets(st.integers(min_value=1, max_value=10_000), max_size=100))
def test_ids_come_back(entry_ids: set[int]) -> None:
    ranges = parse_ids(join_ids(entry_ids))
    assert {each for id_range in ranges for each in id_range} == entry_ids


def test_two_thousand_ids_in_a_row_are_one_range() -> None:
    assert join_ids(range(7, 2007)) == "7-2006"
    assert join_ids([9, 5, 6]) == "5-6.9"


def test_ids_without_room_have_no_value() -> None:
    assert join_ids(range(0, 2000, 2)) == ""
    assert len(join_ids(range(0, 600, 2))) <= MAX_VALUE_CHARACTERS


def test_what_is_no_range_is_left_out() -> None:
    assert parse_ids("x.5-.-7.8-y.9-3.4") == [range(5, 6), range(9, 4), range(4, 5)]
    assert parse_ids("") == []
