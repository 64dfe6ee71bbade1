"""Numbers are read as people type them, exactly, or refused with what to do."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from bot.method.numbers import (
    MAX_DECIMALS,
    MAX_NUMBER,
    InvalidNumber,
    check_number,
    format_number,
    format_plain,
    format_typed,
    read_number,
)

numbers = st.decimals(-MAX_NUMBER, MAX_NUMBER, places=MAX_DECIMALS)


@pytest.mark.parametrize(
    ("typed", "number", "shown"),
    [
        ("30", "30", "30"),
        ("2.5", "2.5", "2.5"),
        ("2,5", "2.5", "2.5"),
        ("0,125", "0.125", "0.125"),
        ("35 %", "35", "35"),
        (" 35% ", "35", "35"),
        ("1,000", "1000", "1,000"),
        ("1 000", "1000", "1,000"),
        ("1’000", "1000", "1,000"),
        ("1\u202f000\u202f000", "1000000", "1,000,000"),
        ("1.000.000", "1000000", "1,000,000"),
        ("1.000,5", "1000.5", "1,000.5"),
        ("12,345.678", "12345.678", "12,345.678"),
        ("1.1250", "1.125", "1.125"),
        ("−5", "-5", "−5"),
        ("-0.5", "-0.5", "−0.5"),
        ("-0", "0", "0"),
        ("٣٠", "30", "30"),
        ("1000000000000", "1000000000000", "1,000,000,000,000"),
        ("0.10", "0.1", "0.1"),
    ],
)
def test_a_number_is_read_as_it_is_meant(typed: str, number: str, shown: str) -> None:
    read = read_number(typed)
    assert (format_plain(read), format_number(read)) == (number, shown)


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("1.125", "1.125 can mean 1125 or 1.1250: write"),
        ("1.000", "1.000 can mean 1000 or 1: write"),
        ("10¹²", "Write a number"),
        ("½", "Write a number"),
        ("1/2", "Write a number"),
        ("1e5", "Write a number"),
        ("nan", "Write a number"),
        ("Infinity", "Write a number"),
        ("", "Write a number"),
        ("%", "Write a number"),
        ("--3", "Write a number"),
        ("1 00", "Write a number"),
        ("thirty", "Write a number"),
        ("1000000000001", "up to 1,000,000,000,000"),
        ("9" * 3000, "up to 1,000,000,000,000"),
        ("-1000000000000.5", "up to 1,000,000,000,000"),
        ("0.0001", "at most 3 decimals"),
    ],
)
def test_what_is_no_number_is_refused_with_what_to_do(typed: str, advice: str) -> None:
    with pytest.raises(InvalidNumber, match=advice):
        read_number(typed)


@given(numbers)
def test_a_number_that_is_written_and_read_again_is_the_same(number: Decimal) -> None:
    assert read_number(format_typed(check_number(number))) == number
    assert Decimal(str(float(check_number(number)))) == number, "JSON has floats"


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        number = read_number(text)
    except InvalidNumber:
        return
    assert abs(number) <= MAX_NUMBER
    assert read_number(format_typed(number)) == number
