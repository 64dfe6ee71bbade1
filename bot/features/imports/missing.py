"""What a file has and a canvas lacks. What is the same is found by its content: ids differ. Pure."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.features.imports.parsed import (
    EntryKey,
    ParsedEntry,
    ParsedEvidence,
    ParsedReview,
    ParsedTest,
    ParseResult,
    find_entry_key,
    normalize_text,
)
from bot.method.model import (
    AssumptionTest,
    Bound,
    Canvas,
    Choice,
    Entry,
    Evidence,
    Grade,
    Mark,
    Outcome,
    Review,
)

ItemKey = tuple[str, str, Grade, int, date]
TestKey = tuple[str, str, str, str, Bound, Decimal, date, Outcome | None, Choice | None]
VoteKey = tuple[EntryKey, str, int]
ReviewKey = tuple[EntryKey, str, frozenset[tuple[EntryKey, Mark]]]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How much of known entries stays out: they are left as they are, and the canvas lacks it."""

    votes: int = 0
    reviews: int = 0
    evidence: int = 0
    tests: int = 0


NOTHING_LEFT_OUT = LeftOut()


def count_left_out(result: ParseResult, canvas: Canvas, known_indexes: Collection[int]) -> LeftOut:
    """Count what a file has of known entries and the canvas lacks.

    While a file has errors, entries are missing, and what names them by their index cannot be compared.
    """
    if result.errors:
        return NOTHING_LEFT_OUT
    entries = dict(enumerate(result.entries))
    votes = _list_votes(entries[index] for index in known_indexes)
    reviews = [
        _find_review_key(review.offer_index, review, entries)
        for review in result.reviews
        if review.offer_index in known_indexes
    ]
    of_known_alone = [] if result.is_evidence_alone else _list_items_of(result.evidence, {*known_indexes})
    tests = [find_test_key(test) for test in result.tests if test.entry_index in known_indexes]
    canvas_entries = {entry.id: entry for entry in canvas.entries}
    canvas_reviews = [_find_review_key(each.offer_id, each, canvas_entries) for each in canvas.reviews]
    return LeftOut(
        _count_missing(votes, _list_votes(canvas.entries)),
        _count_missing(reviews, canvas_reviews),
        _count_missing(map(find_item_key, of_known_alone), map(find_item_key, canvas.evidence)),
        _count_missing(tests, map(find_test_key, canvas.tests)),
    )


def _list_items_of(items: Iterable[ParsedEvidence], indexes: Collection[int]) -> list[ParsedEvidence]:
    """Return the items on these entries alone, without those on none."""
    return [
        item for item in items if (links := {*item.supports, *item.contradicts}) and links.issubset(indexes)
    ]


def _count_missing(keys: Iterable[Hashable], known_keys: Iterable[Hashable]) -> int:
    known = {*known_keys}
    return sum(key not in known for key in keys)


def _list_votes(entries: Iterable[ParsedEntry | Entry]) -> list[VoteKey]:
    return [
        (key, user_id, level)
        for entry in entries
        for key in [find_entry_key(entry)]
        for user_id, level in entry.votes.items()
    ]


def _find_review_key(
    offer: int, review: ParsedReview | Review, entries: Mapping[int, ParsedEntry] | Mapping[int, Entry]
) -> ReviewKey:
    """Return what is the same for a review of a file and the same review on a canvas."""
    marks = frozenset((find_entry_key(entries[need]), mark) for need, mark in review.marks.items())
    return find_entry_key(entries[offer]), review.user_id, marks


def find_missing_evidence(
    result: ParseResult, canvas: Canvas, existing_indexes: Collection[int]
) -> Iterator[ParsedEvidence]:
    """Yield the items of new entries, and those of none, that the canvas lacks.

    Existing entries keep the evidence that they have on the canvas, unless the file has evidence alone. An
    item that the canvas has comes for new entries alone.
    """
    known_keys = {*map(find_item_key, canvas.evidence)}
    for item in result.evidence:
        supports, contradicts = (
            tuple(index for index in side if index not in existing_indexes)
            for side in (item.supports, item.contradicts)
        )
        is_of_none = not (item.supports or item.contradicts)
        is_of_new = bool(supports or contradicts)
        if find_item_key(item) not in known_keys:
            if result.is_evidence_alone or is_of_new or is_of_none:
                yield item
        elif is_of_new:
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
