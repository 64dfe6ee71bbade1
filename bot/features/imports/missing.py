"""What a file has and a canvas lacks. What is the same is found by its content: ids differ. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.features.imports.parsed import ParsedEvidence, ParsedTest, normalize_text
from bot.method.model import AssumptionTest, Bound, Choice, Evidence, Grade, Outcome

ItemKey = tuple[str, str, Grade, int, date]
TestKey = tuple[str, str, str, str, Bound, Decimal, date, Outcome | None, Choice | None]


def find_missing_evidence(
    items: Iterable[ParsedEvidence], known_items: Iterable[Evidence], existing_indexes: Collection[int]
) -> Iterator[ParsedEvidence]:
    """Yield the items that the canvas lacks. An item that it has comes for new entries alone."""
    known_keys = {*map(find_item_key, known_items)}
    for item in items:
        if find_item_key(item) not in known_keys:
            yield item
            continue
        supports, contradicts = (
            tuple(index for index in side if index not in existing_indexes)
            for side in (item.supports, item.contradicts)
        )
        if supports or contradicts:
            yield replace(item, supports=supports, contradicts=contradicts)


def find_missing_tests(
    tests: Iterable[ParsedTest], known_tests: Iterable[AssumptionTest], existing_indexes: Collection[int]
) -> Iterator[ParsedTest]:
    """Yield the tests of new entries, and those of deleted entries that the canvas lacks.

    Existing entries keep the tests that they have on the canvas.
    """
    known_keys = {*map(find_test_key, known_tests)}
    for test in tests:
        if test.entry_index is None:
            is_missing = find_test_key(test) not in known_keys
        else:
            is_missing = test.entry_index not in existing_indexes
        if is_missing:
            yield test


def find_item_key(item: ParsedEvidence | Evidence) -> ItemKey:
    """Return what is the same for an item of a file and the same item on a canvas."""
    return normalize_text(item.quote), normalize_text(item.source), item.grade, item.count, item.day


def find_test_key(test: ParsedTest | AssumptionTest) -> TestKey:
    """Return what is the same for a test of a file and the same test on a canvas."""
    terms, result, decision = test.terms, test.result, test.decision
    return (
        normalize_text(test.belief),
        normalize_text(terms.check),
        normalize_text(terms.measure),
        normalize_text(terms.unit),
        terms.bound,
        terms.value,
        terms.until,
        result.outcome if result else None,
        decision.choice if decision else None,
    )
