"""Parse the export format `valuemap/1`, with votes, reviews and evidence and without the metrics. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.features.evidence.model import MAX_COUNT, MAX_QUOTE_CHARACTERS, MAX_SOURCE_CHARACTERS
from bot.features.exports.json_format import FORMAT_NAME
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
from bot.method.model import Grade, Mark
from bot.slack.blockkit.text import is_web_address

# Slack's user ids begin with U, on Enterprise Grid also with W.
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
_MARKS = {1: Mark.STRONG, 0.5: Mark.PARTIAL}


class InvalidFieldError(Exception):
    """A field of the file has the wrong type or value."""


@dataclass(frozen=True, slots=True)
class EntryReference:
    """An entry that other parts of the file refer to by its id."""

    index: int  # among the file's entries
    kind: Kind | None  # None if the file names no valid kind


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
    return collector.build_result(tuple(reviews), tuple(evidence))


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
        _require_field(isinstance(entry, dict), "it is no object")
        kind = collector.read_kind(location, _read_text(entry, "kind"))
        author_id = _read_text(entry, "author")
        text, category = _read_text(entry, "text"), _read_text(entry, "category")
        products = _read_products(entry, kind, references)
        created_at = _read_time(_read_text(entry, "created_at"))
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
            author_id=author_id if _USER_ID.fullmatch(author_id) else None,
            created_at=created_at,
            votes=votes,
        )


def _read_text(entry: Mapping[str, Any], name: str) -> str:
    text = entry.get(name)
    _require_field(text is None or isinstance(text, str), f"its “{name}” is no text")
    return text or ""


def _read_products(
    entry: Mapping[str, Any], kind: Kind | None, references: Mapping[str, EntryReference]
) -> tuple[int, ...]:
    """Return the indexes of the products that deliver an entry, each once."""
    keys = entry.get("delivered_by") or []
    _require_field(isinstance(keys, list), "its “delivered_by” is no list")
    _require_field(not keys or kind is None or kind.is_offer, DELIVERY_NOT_ALLOWED.removesuffix("."))
    indexes = [_find_index(key, references, PRODUCT_KINDS, "product") for key in keys]
    return tuple(dict.fromkeys(indexes))


def _find_index(
    key: Any, references: Mapping[str, EntryReference], kinds: tuple[Kind, ...], expected: str
) -> int:
    """Return the index of the entry that an id names.

    An entry of an invalid kind is accepted: its own line of the file reports that error.
    """
    reference = references.get(key) if isinstance(key, str) else None
    is_expected = reference is not None and reference.kind in {None, *kinds}
    _require_field(is_expected, f"no {expected} has the id {quote_text(str(key))}")
    assert reference is not None
    return reference.index


def _read_time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidFieldError(f"its “created_at”, {quote_text(text)}, is no time") from error


def _read_votes(votes: Any) -> dict[str, int]:
    _require_field(isinstance(votes, dict), "its “votes” are no object")
    for user_id, level in votes.items():
        _require_field(_USER_ID.fullmatch(user_id), f"{quote_text(user_id)} in its votes is no member's id")
        # JSON's true is an int in Python.
        is_level = isinstance(level, int) and not isinstance(level, bool) and 1 <= level <= 5
        _require_field(is_level, f"a vote is 1 to 5, and that of {user_id} is {quote_text(str(level))}")
    return dict(votes)


def _read_reviews(
    reviews: list[Any], references: Mapping[str, EntryReference], collector: Collector
) -> Iterator[ParsedReview]:
    first_numbers: dict[tuple[int, str], int] = {}
    for number, item in enumerate(reviews, start=1):
        try:
            review = _read_review(item, references)
            first_number = first_numbers.setdefault((review.offer_index, review.user_id), number)
            _require_field(
                first_number == number,
                f"it is by the same member and of the same offer as review {first_number}",
            )
            yield review
        except InvalidFieldError as error:
            collector.errors.append(f"Review {number}: {error}.")


def _read_review(review: Any, references: Mapping[str, EntryReference]) -> ParsedReview:
    _require_field(isinstance(review, dict), "it is no object")
    user_id, marks = _read_text(review, "member"), review.get("marks") or {}
    _require_field(_USER_ID.fullmatch(user_id), f"{quote_text(user_id)} is no member's id")
    _require_field(isinstance(marks, dict), "its “marks” are no object")
    marks_by_need: dict[int, Mark] = {}
    for key, mark in marks.items():
        is_mark = isinstance(mark, int | float) and not isinstance(mark, bool) and mark in _MARKS
        _require_field(is_mark, f"a mark is 1 or 0.5, and one is {quote_text(str(mark))}")
        marks_by_need[_find_index(key, references, NEED_KINDS, "job, pain or gain")] = _MARKS[mark]
    offer_index = _find_index(review.get("offer"), references, OFFER_KINDS, "pain reliever or gain creator")
    return ParsedReview(offer_index, user_id, marks_by_need)


def _read_evidence(
    items: list[Any], references: Mapping[str, EntryReference], collector: Collector
) -> Iterator[ParsedEvidence]:
    for number, item in enumerate(items, start=1):
        try:
            yield _read_item(item, references)
        except InvalidFieldError as error:
            collector.errors.append(f"Evidence {number}: {error}.")


def _read_item(item: Any, references: Mapping[str, EntryReference]) -> ParsedEvidence:
    _require_field(isinstance(item, dict), "it is no object")
    quote, source, link = (_read_text(item, name).strip() for name in ("quote", "source", "link"))
    _require_field(quote and source, "it has no quote or no source")
    _require_field(
        len(quote) <= MAX_QUOTE_CHARACTERS, f"its quote has more than {MAX_QUOTE_CHARACTERS} characters"
    )
    _require_field(len(source) <= MAX_SOURCE_CHARACTERS, "its source is too long")
    _require_field(not link or is_web_address(link), "its “link” is no https address")
    grade, count = _read_text(item, "grade").upper(), item.get("n", 1)
    _require_field(
        grade in Grade.__members__, f"its grade {quote_text(grade.lower())} is none of said, told, did, paid"
    )
    is_count = isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= MAX_COUNT
    _require_field(is_count, f"its “n” is {quote_text(str(count))}, and should be a number from 1")
    recorder_id = _read_text(item, "by")
    return ParsedEvidence(
        quote,
        source,
        Grade[grade],
        count,
        _read_day(_read_text(item, "at")),
        link,
        recorder_id if _USER_ID.fullmatch(recorder_id) else None,
        *(_read_entry_indexes(item, name, references) for name in ("supports", "contradicts")),
    )


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidFieldError(f"its day, {quote_text(text)}, is none such as 2026-11-02") from error


def _read_entry_indexes(
    item: Mapping[str, Any], name: str, references: Mapping[str, EntryReference]
) -> tuple[int, ...]:
    keys = item.get(name) or []
    _require_field(isinstance(keys, list), f"its “{name}” is no list")
    return tuple(dict.fromkeys(_find_index(key, references, tuple(Kind), "entry") for key in keys))


def _require_field(condition: Any, problem: str) -> None:
    if not condition:
        raise InvalidFieldError(problem)
