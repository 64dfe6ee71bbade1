"""The export format `valuemap/1`, read with votes and reviews and without its figures. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.features.exports.json_format import FORMAT
from bot.features.imports.parsed import NOT_DELIVERED, FoundReview, Gathering, Reading, nothing_but
from bot.method.kinds import NEEDS, OFFERS, Kind, kind_named
from bot.method.model import Mark
from bot.slack.blockkit.text import clean, cut

_MEMBER = re.compile(r"[UW][A-Z0-9]{2,}")
_MARKS = {1: Mark.STRONG, 0.5: Mark.PARTIAL}


class Wrong(Exception):
    """A field does not hold what it should."""


@dataclass(frozen=True, slots=True)
class Named:
    """An entry that others in the file name by its id."""

    number: int  # its place in the file
    kind: Kind | None


def read(text: str) -> Reading:
    """Read a whole canvas. An entry is named by its number, since its line is nobody's business."""
    try:
        said = json.loads(text)
    except json.JSONDecodeError as error:
        return nothing_but(f"Line {error.lineno}: the JSON is broken here: {error.msg}.")
    except (ValueError, RecursionError):
        return nothing_but("This JSON cannot be read: a number in it is too long, or it is nested too deep.")
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        return nothing_but(f"This JSON is no value map: its “format” is not “{FORMAT}”.")
    gathering = Gathering(twins=True)
    entries = _list(said, "entries", gathering)
    ids = _ids(entries, gathering)
    for number, entry in enumerate(entries, start=1):
        _entry(f"Entry {number}", entry, ids, gathering)
    return gathering.reading(tuple(_reviews(_list(said, "reviews", gathering), ids, gathering)))


def _list(said: Mapping[str, Any], name: str, gathering: Gathering) -> list[Any]:
    found = said.get(name, [])
    if not isinstance(found, list):
        gathering.wrong.append(f"“{name}” is no list.")
        return []
    return found


def _ids(entries: list[Any], gathering: Gathering) -> dict[str, Named]:
    ids: dict[str, Named] = {}
    for number, entry in enumerate(entries):
        key = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(key, str):
            continue
        if key in ids:
            first = ids[key].number + 1
            gathering.wrong.append(f"Entry {number + 1}: it has the same id as entry {first}.")
        kind = entry.get("kind")
        ids.setdefault(key, Named(number, kind_named(kind) if isinstance(kind, str) else None))
    return ids


def _entry(place: str, entry: Any, ids: Mapping[str, Named], gathering: Gathering) -> None:
    try:
        _require(isinstance(entry, dict), "it is no object")
        kind = gathering.kind(place, _string(entry, "kind"))
        author = _string(entry, "author")
        text, category = _string(entry, "text"), _string(entry, "category")
        products, at = _products(entry, kind, ids), _time(_string(entry, "created_at"))
        votes = _votes(entry.get("votes") or {})
    except Wrong as wrong:
        gathering.wrong.append(f"{place}: {wrong}.")
        return
    if kind:
        gathering.add(
            place,
            kind,
            text,
            category,
            products=products,
            author=author if _MEMBER.fullmatch(author) else None,
            created_at=at,
            votes=votes,
        )


def _string(entry: Mapping[str, Any], name: str) -> str:
    found = entry.get(name)
    _require(found is None or isinstance(found, str), f"its “{name}” is no text")
    return found or ""


def _products(entry: Mapping[str, Any], kind: Kind | None, ids: Mapping[str, Named]) -> tuple[int, ...]:
    found = entry.get("delivered_by") or []
    _require(isinstance(found, list), "its “delivered_by” is no list")
    _require(not found or kind is None or kind.is_offer, NOT_DELIVERED.removesuffix("."))
    places = [_place(key, ids, (Kind.PRODUCT,), "product") for key in found]
    return tuple(dict.fromkeys(places))


def _place(key: Any, ids: Mapping[str, Named], kinds: tuple[Kind, ...], word: str) -> int:
    """Return the place of an entry that an id names."""
    named = ids.get(key) if isinstance(key, str) else None
    _require(named is not None and named.kind in {None, *kinds}, f"no {word} has the id {_quoted(key)}")
    assert named is not None
    return named.number


def _time(said: str) -> datetime | None:
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Wrong(f"its “created_at”, {_quoted(said)}, is no time") from error


def _votes(votes: Any) -> dict[str, int]:
    _require(isinstance(votes, dict), "its “votes” are no object")
    for member, level in votes.items():
        _require(_MEMBER.fullmatch(member), f"{_quoted(member)} in its votes is no member's id")
        sound = isinstance(level, int) and not isinstance(level, bool) and 1 <= level <= 5
        _require(sound, f"a vote is 1 to 5, and that of {member} is {_quoted(level)}")
    return dict(votes)


def _reviews(reviews: list[Any], ids: Mapping[str, Named], gathering: Gathering) -> Iterator[FoundReview]:
    given: dict[tuple[int, str], int] = {}
    for number, review in enumerate(reviews, start=1):
        try:
            found = _review(review, ids)
            first = given.setdefault((found.offer, found.member), number)
            _require(first == number, f"it is by the same member and of the same offer as review {first}")
            yield found
        except Wrong as wrong:
            gathering.wrong.append(f"Review {number}: {wrong}.")


def _review(review: Any, ids: Mapping[str, Named]) -> FoundReview:
    _require(isinstance(review, dict), "it is no object")
    member, marks = _string(review, "member"), review.get("marks") or {}
    _require(_MEMBER.fullmatch(member), f"{_quoted(member)} is no member's id")
    _require(isinstance(marks, dict), "its “marks” are no object")
    given: dict[int, Mark] = {}
    for key, mark in marks.items():
        sound = isinstance(mark, int | float) and not isinstance(mark, bool) and mark in _MARKS
        _require(sound, f"a mark is 1 or 0.5, and one is {_quoted(mark)}")
        given[_place(key, ids, NEEDS, "job, pain or gain")] = _MARKS[mark]
    return FoundReview(
        _place(review.get("offer"), ids, OFFERS, "pain reliever or gain creator"), member, given
    )


def _quoted(said: Any) -> str:
    return f"“{cut(clean(str(said)), 60)}”"


def _require(holds: Any, says: str) -> None:
    if not holds:
        raise Wrong(says)
