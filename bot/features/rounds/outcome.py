"""The ranking when a round opened, as JSON, and what has changed since. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.method.kinds import Kind
from bot.method.metrics import Figures
from bot.method.ranking import Ranked


@dataclass(frozen=True, slots=True)
class Before:
    """An entry's place when the round opened."""

    kind: Kind
    text: str
    rank: int
    votes: int
    must_have: bool


@dataclass(frozen=True, slots=True)
class Move:
    place: Ranked  # as it is now
    before: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round changed."""

    rose: Sequence[Move]
    fell: Sequence[Move]
    new_must_haves: Sequence[Ranked]
    lost_must_haves: Sequence[tuple[Kind, str]]  # kind and text: some of them may be deleted
    added: Sequence[Ranked]
    gone: Sequence[tuple[Kind, str]]  # deleted, or moved to another kind
    divisive: Sequence[Ranked]
    steady: bool  # what was ranked stands where it stood, and nothing is ranked that was not


def remember(now: Figures, kinds: Iterable[Kind]) -> str:
    places = {
        place.entry.id: [kind, place.entry.text, place.rank, place.votes, place.must_have]
        for kind in kinds
        for place in now.boxes[kind]
    }
    return json.dumps(places, ensure_ascii=False, separators=(",", ":"))


def recall(opening: str) -> dict[int, Before]:
    return {
        int(entry): Before(Kind(kind), text, rank, votes, must_have)
        for entry, (kind, text, rank, votes, must_have) in json.loads(opening or "{}").items()
    }


def outcome(opening: str, now: Figures, kinds: Sequence[Kind]) -> Outcome:
    """Compare. Only what had votes then and has some now has risen or fallen: all others shared a rank."""
    before = recall(opening)
    places = [place for kind in kinds for place in now.boxes[kind]]
    stayed = {
        place.entry.id: before[place.entry.id]
        for place in places
        if place.entry.id in before and before[place.entry.id].kind is place.entry.kind
    }
    moves = [
        Move(place, was.rank)
        for place in places
        if (was := stayed.get(place.entry.id)) and was.votes and place.votes and was.rank != place.rank
    ]
    moves.sort(key=lambda move: -abs(move.before - move.place.rank))
    must_haves = {place.entry.id for place in places if place.must_have}
    return Outcome(
        rose=[move for move in moves if move.place.rank < move.before],
        fell=[move for move in moves if move.place.rank > move.before],
        new_must_haves=[
            place
            for place in places
            if place.must_have and not (place.entry.id in stayed and stayed[place.entry.id].must_have)
        ],
        lost_must_haves=[
            (was.kind, now.ranked[entry].entry.text if entry in stayed else was.text)
            for entry, was in before.items()
            if was.must_have and not (entry in stayed and entry in must_haves)
        ],
        added=[place for place in places if place.entry.id not in stayed],
        gone=[(was.kind, was.text) for entry, was in before.items() if entry not in stayed],
        divisive=[place for place in now.divisive if place.entry.kind in kinds],
        steady=bool(places)
        and before.keys() == stayed.keys()
        and all(
            (was := stayed.get(place.entry.id)) and (was.rank, was.votes > 0) == (place.rank, place.votes > 0)
            for place in places
        ),
    )
