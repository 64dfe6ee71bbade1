"""Apply merges: a merged entry hands its votes, marks and product links to its merge target. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.method.model import Entry, Mark, Review
from bot.method.votes import TimedVote, merge_votes

Merges = Mapping[int, int]  # id of a merged entry to the id of the entry that it was merged into


def merge_target(entry_id: int, merges: Merges) -> int:
    """Return the id of the entry that an entry is part of: its own, or the end of its chain of merges."""
    if entry_id not in merges:
        return entry_id
    # Two concurrent merges can form a cycle. The search then ends at the last entry before one repeats.
    seen = {entry_id}
    while (target_id := merges.get(entry_id)) is not None and target_id not in seen:
        entry_id = target_id
        seen.add(target_id)
    return entry_id


def merge_sources(entry_id: int, merges: Merges) -> frozenset[int]:
    """Return the ids of the entries that an entry consists of: itself and all that were merged into it."""
    return frozenset({entry_id, *(each for each in merges if merge_target(each, merges) == entry_id)})


def replace_merged(entry_ids: Iterable[int], merges: Merges) -> tuple[int, ...]:
    """Return the merge targets of these entries, each once."""
    return tuple(dict.fromkeys(merge_target(entry_id, merges) for entry_id in entry_ids))


def apply_merges_to_links(
    supports: Sequence[int], contradicts: Sequence[int], merges: Merges
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the entries that an item of evidence supports and contradicts, with merge targets.

    An item that speaks for one of two merged entries and against the other counts once: as it speaks on the
    merge target itself, whose text stays, and against it where it speaks on neither.
    """
    merged_for, merged_against = replace_merged(supports, merges), replace_merged(contradicts, merges)
    both = {*merged_for} & {*merged_against}
    kept_for = both & {*supports}
    return (
        tuple(each for each in merged_for if each not in both or each in kept_for),
        tuple(each for each in merged_against if each not in kept_for),
    )


def apply_merges(
    entries: Sequence[Entry], merges: Merges, timed_votes: Mapping[int, Mapping[str, TimedVote]]
) -> tuple[Entry, ...]:
    """Return the entries that are not merged into others, with the votes and links of their merge sources.

    A member who voted on both entries counts once, with the later vote; `timed_votes` has the votes (entry id
    to user id to vote) of every entry that takes part in a merge. An offer gets the products of its merge
    sources, and a product replaces its merge sources wherever an offer names them.
    """
    active = {entry.id: entry for entry in entries if entry.id not in merges}
    product_ids = {entry_id for entry_id, entry in active.items() if entry.kind.is_product}
    votes_by_target: defaultdict[int, list[Mapping[str, TimedVote]]] = defaultdict(list)
    delivered_by: defaultdict[int, set[int]] = defaultdict(set)
    for entry in entries:
        target_id = merge_target(entry.id, merges)
        if target_id in active:
            if entry.id in timed_votes:
                votes_by_target[target_id].append(timed_votes[entry.id])
            if entry.delivered_by:
                named_ids = {merge_target(product_id, merges) for product_id in entry.delivered_by}
                delivered_by[target_id] |= named_ids & product_ids
    merged_votes = {
        target_id: {user_id: vote.level for user_id, vote in merge_votes(votes).items()}
        for target_id, votes in votes_by_target.items()
    }
    return tuple(
        replace(
            entry,
            votes=merged_votes.get(entry_id, entry.votes),
            delivered_by=tuple(sorted(delivered_by[entry_id])),
        )
        if entry_id in merged_votes or entry_id in delivered_by
        else entry
        for entry_id, entry in active.items()
    )


def apply_merges_to_reviews(
    reviews: Iterable[Review], merges: Merges, entries: Iterable[Entry]
) -> tuple[Review, ...]:
    """Return the reviews of these entries with the marks of their merge sources; the stronger mark counts."""
    active_ids = {entry.id for entry in entries}
    marks_by_review: dict[tuple[int, str], dict[int, Mark]] = {}  # by offer id and user id
    for review in reviews:
        offer_id = merge_target(review.offer_id, merges)
        if offer_id in active_ids:
            marks = marks_by_review.setdefault((offer_id, review.user_id), {})
            for marked_id, mark in review.marks.items():
                need_id = merge_target(marked_id, merges)
                if need_id in active_ids:
                    marks[need_id] = max(mark, marks.get(need_id, mark))
    return tuple(
        Review(offer_id, user_id, dict(sorted(marks.items())))
        for (offer_id, user_id), marks in sorted(marks_by_review.items(), key=lambda item: item[0])
    )
