"""What an entry hands over that was merged into another: its votes, its marks and its links."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.method.kinds import Kind
from bot.method.model import Entry, Mark, Review

Heirs = Mapping[int, int]  # entry to the one that it was merged into


def heir(entry: int, heirs: Heirs) -> int:
    """Return the entry that stands for this one now: itself, or the last of those that it was merged into."""
    if entry not in heirs:
        return entry
    seen = {entry}
    while (into := heirs.get(entry)) is not None and into not in seen:
        entry = into
        seen.add(into)
    return entry


def stood_for(entry: int, heirs: Heirs) -> frozenset[int]:
    """Return the entries that this one stands for: itself, and all that were merged into it."""
    return frozenset({entry, *(each for each in heirs if heir(each, heirs) == entry)})


def handed_over(entries: Sequence[Entry], heirs: Heirs) -> tuple[Entry, ...]:
    """Return the entries that were not merged into others, with what was handed over to them.

    A member who voted on both counts once, with the higher vote. An offer is delivered by what the merged
    one was delivered by too, and a product stands in for the one that was merged into it.
    """
    live = {entry.id: entry for entry in entries if entry.id not in heirs}
    products = {key for key, entry in live.items() if entry.kind is Kind.PRODUCT}
    votes = {key: dict(entry.votes) for key, entry in live.items()}
    delivered_by: dict[int, set[int]] = {key: set() for key in live}
    for entry in entries:
        key = heir(entry.id, heirs)
        if key in live:
            if key != entry.id:
                _raise(votes[key], entry.votes)
            delivered_by[key] |= {heir(product, heirs) for product in entry.delivered_by} & products
    return tuple(
        replace(entry, votes=votes[key], delivered_by=tuple(sorted(delivered_by[key])))
        for key, entry in live.items()
    )


def reviews_handed_over(reviews: Iterable[Review], heirs: Heirs, live: Iterable[Entry]) -> tuple[Review, ...]:
    """Return the reviews of these entries with what was handed over: of two marks the stronger counts."""
    there = {entry.id for entry in live}
    marks: dict[tuple[int, str], dict[int, Mark]] = {}
    for review in reviews:
        offer = heir(review.offer, heirs)
        if offer in there:
            handed = ((heir(need, heirs), mark) for need, mark in review.marks.items())
            of_member = marks.setdefault((offer, review.member), {})
            for need, mark in handed:
                if need in there:
                    of_member[need] = max(mark, of_member.get(need, mark))
    return tuple(
        Review(offer, member, dict(sorted(marks[offer, member].items()))) for offer, member in sorted(marks)
    )


def _raise(votes: dict[str, int], more: Mapping[str, int]) -> None:
    for member, level in more.items():
        votes[member] = max(level, votes.get(member, level))
