"""Read numbers as people type them, and format them. They stay exact: no float takes part. Pure."""

import re
import unicodedata
from decimal import Decimal

MAX_NUMBER = Decimal(10**12)
MAX_DECIMALS = 3  # with MAX_NUMBER at most 15 digits, which every reader of JSON keeps
_MINUS = str.maketrans({"−": "-", "–": "-"})
_SPACES_WITHIN = re.compile(r"(?<=[0-9])[\s'’_](?=[0-9]{3}(?![0-9]))")
_COMMA_GROUPS = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_POINT_GROUPS = re.compile(r"-?[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,}|\.[0-9]{3}(?=,))(?:,[0-9]+)?")
_AMBIGUOUS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_PLAIN = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")


class InvalidNumber(Exception):
    """A text is no number that can be stored; the message says what to do."""


def read_number(text: str) -> Decimal:
    """Return the number in a text such as "30", "2.5", "2,5", "1,000", "1 000" or "35 %".

    Raises InvalidNumber for any other text, for a number with more than MAX_DECIMALS decimals, and for one
    beyond ±MAX_NUMBER.
    """
    digits = "".join(_to_ascii_digit(char) for char in text.translate(_MINUS)).strip()
    digits = _SPACES_WITHIN.sub("", digits.removesuffix("%").strip())
    if _AMBIGUOUS.fullmatch(digits):
        whole, exact = digits.replace(".", ""), format_typed(Decimal(digits))
        raise InvalidNumber(f"{digits} can mean {whole} or {exact}: write the one that you mean.")
    if _COMMA_GROUPS.fullmatch(digits):
        digits = digits.replace(",", "")
    elif _POINT_GROUPS.fullmatch(digits):
        digits = digits.replace(".", "")
    if not _PLAIN.fullmatch(digits):
        raise InvalidNumber("Write a number, such as 30 or 2.5.")
    return check_number(Decimal(digits.replace(",", ".")))


def check_number(number: Decimal) -> Decimal:
    """Return a number without zeros at its end. Raises InvalidNumber if it is too large or too precise."""
    if not number.is_finite() or abs(number) > MAX_NUMBER:
        raise InvalidNumber(f"Write a number up to {format_number(MAX_NUMBER)}.")
    shortened = Decimal(format_plain(number))
    if len(format_plain(shortened).partition(".")[2]) > MAX_DECIMALS:
        raise InvalidNumber(f"Write a number with at most {MAX_DECIMALS} decimals.")
    return shortened


def format_plain(number: Decimal) -> str:
    """Return a number with its digits alone: "1000", "2.5", "-3"."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def format_typed(number: Decimal) -> str:
    """Return a number as `read_number` reads it, for a field that somebody changes."""
    text = format_plain(number)
    return f"{text}0" if _AMBIGUOUS.fullmatch(text) else text


def format_number(number: Decimal) -> str:
    """Return a number as people read it: "1,000", "2.5", "−3"."""
    whole, point, decimals = format_plain(abs(number)).partition(".")
    return f"{'−' if number < 0 else ''}{int(whole):,}{point}{decimals}"


def _to_ascii_digit(char: str) -> str:
    """Return the digit of any script as 0 to 9, and every other character as it is."""
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)
