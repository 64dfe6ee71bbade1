"""What changed the fit since the last digest, the strongest cause first. Pure.

The effect of a change is the fit as it is now, less the fit of the same canvas without just that change. The
effects need not add up to the whole difference: changes act on one another.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from bot.features.digest.formatting import quote_entry
from bot.features.digest.model import DigestFacts, DigestSection
from bot.method.formatting import format_points
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry, Review

MAX_CAUSE_CHARACTERS = 80  # of an entry's text


@dataclass(frozen=True, slots=True)
class FitChange:
    """One thing that changed, and by how much the fit would differ without it."""

    text: str  # mrkdwn
    effect: Fraction


def section(facts: DigestFacts) -> DigestSection:
    changes = find_fit_changes(facts.previous_metrics.canvas, facts.metrics) if facts.previous_metrics else []
    lines = [f"• {change.text} ({format_points(change.effect)})" for change in changes]
    return DigestSection("What changed the fit", lines)


def find_fit_changes(before: Canvas, metrics: CanvasMetrics) -> list[FitChange]:
    """Return every change since `before` that had an effect on the fit, the strongest first."""
    fit, current = metrics.fit.overall, metrics.canvas
    if fit is None:
        return []
    undone = [
        *_undo_entry_changes(before, current),
        *_undo_votes(before, current),
        *_undo_reviews(before, current),
    ]
    changes = [FitChange(text, fit - (compute_metrics(without).fit.overall or 0)) for text, without in undone]
    return sorted((change for change in changes if change.effect), key=lambda change: -abs(change.effect))


def _undo_entry_changes(before: Canvas, current: Canvas) -> Iterator[tuple[str, Canvas]]:
    """Yield each entry that was added, removed or moved, with the canvas as if it had not been."""
    old, new = _entries_by_id(before.entries), _entries_by_id(current.entries)
    for entry_id in new.keys() - old.keys():
        others = tuple(entry for entry in current.entries if entry.id != entry_id)
        yield f"new: {_quote(new[entry_id])}", replace(current, entries=others)
    for entry_id in old.keys() - new.keys():
        yield f"gone: {_quote(old[entry_id])}", replace(current, entries=(*current.entries, old[entry_id]))
    for entry_id in old.keys() & new.keys():
        if old[entry_id].kind is not new[entry_id].kind:
            unmoved = replace(new[entry_id], kind=old[entry_id].kind)
            yield f"moved: {_quote(new[entry_id])}", _replace_entry(current, unmoved)


def _undo_votes(before: Canvas, current: Canvas) -> Iterator[tuple[str, Canvas]]:
    """Yield each entry with other votes, with the canvas as if those had not changed."""
    old = _entries_by_id(before.entries)
    for entry in current.entries:
        old_votes: Mapping[str, int] = old[entry.id].votes if entry.id in old else {}
        if entry.id in old and old_votes != entry.votes:
            yield f"votes on {_quote(entry)}", _replace_entry(current, replace(entry, votes=old_votes))


def _undo_reviews(before: Canvas, current: Canvas) -> Iterator[tuple[str, Canvas]]:
    """Yield each offer with other reviews, with the canvas as if those had not changed."""
    old, new = _reviews_by_offer_id(before.reviews), _reviews_by_offer_id(current.reviews)
    for entry in current.entries:
        old_reviews, new_reviews = old.get(entry.id, ()), new.get(entry.id, ())
        if old_reviews != new_reviews:
            others = tuple(review for review in current.reviews if review.offer_id != entry.id)
            yield f"marks on {_quote(entry)}", replace(current, reviews=(*others, *old_reviews))


def _replace_entry(canvas: Canvas, entry: Entry) -> Canvas:
    return replace(canvas, entries=tuple(entry if each.id == entry.id else each for each in canvas.entries))


def _entries_by_id(entries: Iterable[Entry]) -> dict[int, Entry]:
    return {entry.id: entry for entry in entries}


def _reviews_by_offer_id(reviews: Iterable[Review]) -> dict[int, tuple[Review, ...]]:
    by_offer_id: dict[int, tuple[Review, ...]] = {}
    for review in reviews:
        by_offer_id[review.offer_id] = (*by_offer_id.get(review.offer_id, ()), review)
    return by_offer_id


def _quote(entry: Entry) -> str:
    return quote_entry(entry, MAX_CAUSE_CHARACTERS)
