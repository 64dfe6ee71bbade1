"""Parse the export format `valuemap/1`, with votes, reviews and evidence and without the metrics. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.features.exports.json_format import FORMAT_NAME
from bot.features.imports.evidence_items import read_item
from bot.features.imports.json_fields import (
    EntryReference,
    InvalidFieldError,
    find_index,
    is_user_id,
    read_text,
    read_time,
    require_field,
)
from bot.features.imports.json_tests import read_tests
from bot.features.imports.parsed import (
    DELIVERY_NOT_ALLOWED,
    Collector,
    ParsedEvidence,
    ParsedReview,
    ParseResult,
    fail_parsing,
    quote_text,
)
from bot.method.kinds import NEED_KINDS, OFFER_KINDS, PRODUCT_KINDS, Kind, find_kind
from bot.method.model import Mark

_MARKS = {1: Mark.STRONG, 0.5: Mark.PARTIAL}


def parse_json(text: str) -> ParseResult:
    """Parse a whole canvas. Errors name an entry by its number: JSON need not have line breaks."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        return fail_parsing(f"Line {error.lineno}: the JSON is broken here: {error.msg}.")
    except (ValueError, RecursionError):  # Python reads at most 4,300 digits of an integer
        return fail_parsing("This JSON cannot be read: a number in it is too long, or it is nested too deep.")
    if not isinstance(content, dict) or content.get("format") != FORMAT_NAME:
        return fail_parsing(f"This JSON is no value map: its “format” is not “{FORMAT_NAME}”.")
    collector = Collector(allow_duplicates=True)  # duplicates differ by their ids
    entries = _read_list(content, "entries", collector)
    references = _collect_references(entries, collector)
    for number, entry in enumerate(entries, start=1):
        _read_entry(f"Entry {number}", entry, references, collector)
    reviews = _read_reviews(_read_list(content, "reviews", collector), references, collector)
    evidence = _read_evidence(_read_list(content, "evidence", collector), references, collector)
    tests = read_tests(_read_list(content, "tests", collector), references, collector)
    return collector.build_result(tuple(reviews), tuple(evidence), tuple(tests))


def _read_list(content: Mapping[str, Any], name: str, collector: Collector) -> list[Any]:
    items = content.get(name, [])
    if not isinstance(items, list):
        collector.errors.append(f"“{name}” is no list.")
        return []
    return items


def _collect_references(entries: list[Any], collector: Collector) -> dict[str, EntryReference]:
    """Return the entries by their id in the file, before any is read: one may refer to a later one."""
    references: dict[str, EntryReference] = {}
    for index, entry in enumerate(entries):
        key = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(key, str):
            continue
        if key in references:
            first_number = references[key].index + 1
            collector.errors.append(f"Entry {index + 1}: it has the same id as entry {first_number}.")
        kind = entry.get("kind")
        references.setdefault(key, EntryReference(index, find_kind(kind) if isinstance(kind, str) else None))
    return references


def _read_entry(
    location: str, entry: Any, references: Mapping[str, EntryReference], collector: Collector
) -> None:
    try:
        require_field(isinstance(entry, dict), "it is no object")
        kind = collector.read_kind(location, read_text(entry, "kind"))
        author_id = read_text(entry, "author")
        text, category = read_text(entry, "text"), read_text(entry, "category")
        products = _read_products(entry, kind, references)
        created_at = read_time(entry, "created_at")
        votes = _read_votes(entry.get("votes") or {})
    except InvalidFieldError as error:
        collector.errors.append(f"{location}: {error}.")
        return
    if kind:
        collector.add_entry(
            location,
            kind,
            text,
            category,
            products=products,
            author_id=author_id if is_user_id(author_id) else None,
            created_at=created_at,
            votes=votes,
        )


def _read_products(
    entry: Mapping[str, Any], kind: Kind | None, references: Mapping[str, EntryReference]
) -> tuple[int, ...]:
    """Return the indexes of the products that deliver an entry, each once."""
    keys = entry.get("delivered_by") or []
    require_field(isinstance(keys, list), "its “delivered_by” is no list")
    require_field(not keys or kind is None or kind.is_offer, DELIVERY_NOT_ALLOWED.removesuffix("."))
    indexes = [find_index(key, references, PRODUCT_KINDS, "product") for key in keys]
    return tuple(dict.fromkeys(indexes))


def _read_votes(votes: Any) -> dict[str, int]:
    require_field(isinstance(votes, dict), "its “votes” are no object")
    for user_id, level in votes.items():
        require_field(is_user_id(user_id), f"{quote_text(user_id)} in its votes is no member's id")
        # JSON's true is an int in Python.
        is_level = isinstance(level, int) and not isinstance(level, bool) and 1 <= level <= 5
        require_field(is_level, f"a vote is 1 to 5, and that of {user_id} is {quote_text(str(level))}")
    return dict(votes)


def _read_reviews(
    reviews: list[Any], references: Mapping[str, EntryReference], collector: Collector
) -> Iterator[ParsedReview]:
    first_numbers: dict[tuple[int, str], int] = {}
    for number, item in enumerate(reviews, start=1):
        try:
            review = _read_review(item, references)
            first_number = first_numbers.setdefault((review.offer_index, review.user_id), number)
            require_field(
                first_number == number,
                f"it is by the same member and of the same offer as review {first_number}",
            )
            yield review
        except InvalidFieldError as error:
            collector.errors.append(f"Review {number}: {error}.")


def _read_review(review: Any, references: Mapping[str, EntryReference]) -> ParsedReview:
    require_field(isinstance(review, dict), "it is no object")
    user_id, marks = read_text(review, "member"), review.get("marks") or {}
    require_field(is_user_id(user_id), f"{quote_text(user_id)} is no member's id")
    require_field(isinstance(marks, dict), "its “marks” are no object")
    marks_by_need: dict[int, Mark] = {}
    for key, mark in marks.items():
        is_mark = isinstance(mark, int | float) and not isinstance(mark, bool) and mark in _MARKS
        require_field(is_mark, f"a mark is 1 or 0.5, and one is {quote_text(str(mark))}")
        marks_by_need[find_index(key, references, NEED_KINDS, "job, pain or gain")] = _MARKS[mark]
    offer_index = find_index(review.get("offer"), references, OFFER_KINDS, "pain reliever or gain creator")
    return ParsedReview(offer_index, user_id, marks_by_need)


def _read_evidence(
    items: list[Any], references: Mapping[str, EntryReference], collector: Collector
) -> Iterator[ParsedEvidence]:
    for number, item in enumerate(items, start=1):
        try:
            yield read_item(item, references)
        except InvalidFieldError as error:
            collector.errors.append(f"Evidence {number}: {error}.")
