"""Parse the tests of the export format `valuemap/1`, with their results and decisions. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from bot.features.assumption_tests.model import (
    MAX_CHECK_CHARACTERS,
    MAX_MEASURE_CHARACTERS,
    MAX_REASON_CHARACTERS,
    MAX_UNIT_CHARACTERS,
)
from bot.features.entries.drafts import MAX_TEXT_LENGTH
from bot.features.evidence.model import MAX_QUOTE_CHARACTERS
from bot.features.imports.json_fields import (
    EntryReference,
    InvalidFieldError,
    find_index,
    is_user_id,
    read_count,
    read_day,
    read_grade,
    read_text,
    read_time,
    require_field,
)
from bot.features.imports.parsed import Collector, ParsedTest, quote_text
from bot.method.kinds import Kind
from bot.method.model import Bound, Choice, Decision, Outcome, Result, Terms
from bot.method.numbers import InvalidNumber, check_number
from bot.slack.blockkit.text import sanitize

EARLIEST_DAY, LATEST_DAY = date(1970, 1, 1), date(2200, 1, 1)


def read_tests(
    items: list[Any], references: Mapping[str, EntryReference], collector: Collector
) -> Iterator[ParsedTest]:
    """Yield the tests, and record an error for each that is wrong."""
    for number, item in enumerate(items, start=1):
        try:
            yield _read_test(item, references)
        except InvalidFieldError as error:
            collector.errors.append(f"Test {number}: {error}.")


def _read_test(item: Any, references: Mapping[str, EntryReference]) -> ParsedTest:
    require_field(isinstance(item, dict), "it is no object")
    result, decision = _read_result(item.get("result")), _read_decision(item.get("decision"))
    require_field(result or not decision, "it has a decision and no result")
    key = item.get("entry")
    return ParsedTest(
        # Its entry may be deleted: the decision log keeps the decision.
        None if key is None else find_index(key, references, tuple(Kind), "entry"),
        _read_line(item, "believe", MAX_TEXT_LENGTH),
        _read_terms(item),
        result,
        decision,
    )


def _read_terms(item: Mapping[str, Any]) -> Terms:
    right_if, owner_id = item.get("right_if"), read_text(item, "owner")
    require_field(isinstance(right_if, dict), "its “right_if” is no object")
    assert isinstance(right_if, dict)
    bound, until = read_text(right_if, "op"), read_day(item, "until")
    require_field(EARLIEST_DAY <= until <= LATEST_DAY, f"its day, {until}, is no day of a test")
    require_field(bound in {*Bound}, f"its “op”, {quote_text(bound)}, is neither >= nor <=")
    return Terms(
        _read_line(item, "check", MAX_CHECK_CHARACTERS),
        _read_line(item, "measure", MAX_MEASURE_CHARACTERS),
        Bound(bound),
        _read_number(right_if),
        _read_line(right_if, "unit", MAX_UNIT_CHARACTERS),
        until,
        owner_id if is_user_id(owner_id) else "",
    )


def _read_result(item: Any) -> Result | None:
    if item is None:
        return None
    require_field(isinstance(item, dict), "its “result” is no object")
    outcome, at = read_text(item, "outcome"), read_time(item, "at")
    require_field(
        outcome in {*Outcome}, f"its outcome, {quote_text(outcome)}, is none of met, not met, unclear"
    )
    require_field(at, "its result has no “at”")
    assert at is not None
    quote = _read_line(item, "quote", MAX_QUOTE_CHARACTERS)
    return Result(_read_number(item), read_count(item), read_grade(item), quote, Outcome(outcome), at)


def _read_decision(item: Any) -> Decision | None:
    if item is None:
        return None
    require_field(isinstance(item, dict), "its “decision” is no object")
    choice, decider_id, at = read_text(item, "what"), read_text(item, "by"), read_time(item, "at")
    require_field(choice in {*Choice}, f"its decision, {quote_text(choice)}, is none of keep, change, drop")
    require_field(at, "its decision has no “at”")
    assert at is not None
    reason = _read_line(item, "reason", MAX_REASON_CHARACTERS)
    return Decision(Choice(choice), reason, decider_id if is_user_id(decider_id) else "", at)


def _read_line(item: Mapping[str, Any], name: str, max_characters: int) -> str:
    """Return a text that is needed, as one line."""
    text = sanitize(read_text(item, name))
    require_field(text, f"it has no “{name}”")
    require_field(len(text) <= max_characters, f"its “{name}” has more than {max_characters} characters")
    return text


def _read_number(item: Mapping[str, Any]) -> Decimal:
    """Return the number of a field, as its digits stand in the file."""
    value = item.get("value")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    require_field(is_number, f"its “value” is {quote_text(str(value))}, and should be a number")
    try:
        return check_number(Decimal(str(value)))
    except InvalidNumber as error:
        raise InvalidFieldError(
            f"its “value”, {quote_text(str(value))}, is too large or too precise"
        ) from error
