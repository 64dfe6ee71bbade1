"""What an entry that was merged into another hands over to it: its votes, its marks and its links. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.method.model import Entry, Mark, Review

Merges = Mapping[int, int]  # id of a merged entry to the id of the one that it was merged into


def merge_target(entry_id: int, merges: Merges) -> int:
    """Return the entry that an entry is part of: itself, or the end of a chain of merges."""
    if entry_id not in merges:
        return entry_id
    # Two merges at the same time can point at each other: such a circle ends at the last new entry.
    seen = {entry_id}
    while (target_id := merges.get(entry_id)) is not None and target_id not in seen:
        entry_id = target_id
        seen.add(target_id)
    return entry_id


def merge_sources(entry_id: int, merges: Merges) -> frozenset[int]:
    """Return the entries that an entry consists of: itself and all that were merged into it."""
    return frozenset({entry_id, *(each for each in merges if merge_target(each, merges) == entry_id)})


def apply_merges(entries: Sequence[Entry], merges: Merges) -> tuple[Entry, ...]:
    """Return the entries that were not merged into others, with what was handed over to them.

    A member who voted on both counts once, with the higher vote. An offer gets the products of those that
    were merged into it, and a product replaces those that were merged into it.
    """
    active = {entry.id: entry for entry in entries if entry.id not in merges}
    product_ids = {entry_id for entry_id, entry in active.items() if entry.kind.is_product}
    votes = {entry_id: dict(entry.votes) for entry_id, entry in active.items()}
    delivered_by: dict[int, set[int]] = {entry_id: set() for entry_id in active}
    for entry in entries:
        target_id = merge_target(entry.id, merges)
        if target_id in active:
            if target_id != entry.id:
                _add_higher_votes(votes[target_id], entry.votes)
            delivered_by[target_id] |= {
                merge_target(each, merges) for each in entry.delivered_by
            } & product_ids
    return tuple(
        replace(entry, votes=votes[entry_id], delivered_by=tuple(sorted(delivered_by[entry_id])))
        for entry_id, entry in active.items()
    )


def apply_merges_to_reviews(
    reviews: Iterable[Review], merges: Merges, entries: Iterable[Entry]
) -> tuple[Review, ...]:
    """Return the reviews of these entries, with what was handed over: of two marks the stronger counts."""
    active_ids = {entry.id for entry in entries}
    marks: dict[tuple[int, str], dict[int, Mark]] = {}
    for review in reviews:
        offer_id = merge_target(review.offer_id, merges)
        if offer_id in active_ids:
            given = marks.setdefault((offer_id, review.user_id), {})
            for marked_id, mark in review.marks.items():
                need_id = merge_target(marked_id, merges)
                if need_id in active_ids:
                    given[need_id] = max(mark, given.get(need_id, mark))
    return tuple(
        Review(offer_id, user_id, dict(sorted(marks[offer_id, user_id].items())))
        for offer_id, user_id in sorted(marks)
    )


def _add_higher_votes(votes: dict[str, int], others: Mapping[str, int]) -> None:
    for user_id, level in others.items():
        votes[user_id] = max(level, votes.get(user_id, level))
