"""What changed the fit since the last digest, the strongest effect first. Pure.

The effect of a change is the current fit minus the fit of the same canvas without that one change. The
effects need not add up to the whole difference, because the effect of one change depends on the others.
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


def build_section(facts: DigestFacts) -> DigestSection:
    """Return each change of the fit with its effect in points."""
    changes = find_fit_changes(facts.previous_metrics.canvas, facts.metrics) if facts.previous_metrics else []
    lines = [f"• {change.text} ({format_points(change.effect)})" for change in changes]
    return DigestSection("What changed the fit", lines)


def find_fit_changes(before: Canvas, metrics: CanvasMetrics) -> list[FitChange]:
    """Return every change since `before` that had an effect on the fit, the strongest first."""
    fit, current = metrics.fit.overall, metrics.canvas
    if fit is None:
        return []
    undone_changes = [
        *_undo_entry_changes(before, current),
        *_undo_votes(before, current),
        *_undo_reviews(before, current),
    ]
    changes = [
        FitChange(text, fit - (compute_metrics(without).fit.overall or 0)) for text, without in undone_changes
    ]
    return sorted((change for change in changes if change.effect), key=lambda change: -abs(change.effect))


def _undo_entry_changes(before: Canvas, current: Canvas) -> Iterator[tuple[str, Canvas]]:
    """Yield each entry that was added, removed or moved, with the canvas without that change."""
    old_by_id, new_by_id = _index_entries(before.entries), _index_entries(current.entries)
    for entry_id in new_by_id.keys() - old_by_id.keys():
        others = tuple(entry for entry in current.entries if entry.id != entry_id)
        yield f"new: {_quote(new_by_id[entry_id])}", replace(current, entries=others)
    for entry_id in old_by_id.keys() - new_by_id.keys():
        yield (
            f"gone: {_quote(old_by_id[entry_id])}",
            replace(current, entries=(*current.entries, old_by_id[entry_id])),
        )
    for entry_id in old_by_id.keys() & new_by_id.keys():
        if old_by_id[entry_id].kind is not new_by_id[entry_id].kind:
            unmoved = replace(new_by_id[entry_id], kind=old_by_id[entry_id].kind)
            yield f"moved: {_quote(new_by_id[entry_id])}", _replace_entry(current, unmoved)


def _undo_votes(before: Canvas, current: Canvas) -> Iterator[tuple[str, Canvas]]:
    """Yield each entry whose votes changed, with the canvas with its old votes."""
    old_by_id = _index_entries(before.entries)
    for entry in current.entries:
        old_votes: Mapping[str, int] = old_by_id[entry.id].votes if entry.id in old_by_id else {}
        if entry.id in old_by_id and old_votes != entry.votes:
            yield f"votes on {_quote(entry)}", _replace_entry(current, replace(entry, votes=old_votes))


def _undo_reviews(before: Canvas, current: Canvas) -> Iterator[tuple[str, Canvas]]:
    """Yield each offer whose reviews changed, with the canvas with its old reviews."""
    old_by_id, new_by_id = _group_reviews(before.reviews), _group_reviews(current.reviews)
    for entry in current.entries:
        old_reviews, new_reviews = old_by_id.get(entry.id, ()), new_by_id.get(entry.id, ())
        if old_reviews != new_reviews:
            others = tuple(review for review in current.reviews if review.offer_id != entry.id)
            yield f"marks on {_quote(entry)}", replace(current, reviews=(*others, *old_reviews))


def _replace_entry(canvas: Canvas, entry: Entry) -> Canvas:
    return replace(canvas, entries=tuple(entry if each.id == entry.id else each for each in canvas.entries))


def _index_entries(entries: Iterable[Entry]) -> dict[int, Entry]:
    return {entry.id: entry for entry in entries}


def _group_reviews(reviews: Iterable[Review]) -> dict[int, tuple[Review, ...]]:
    by_offer_id: dict[int, tuple[Review, ...]] = {}
    for review in reviews:
        by_offer_id[review.offer_id] = (*by_offer_id.get(review.offer_id, ()), review)
    return by_offer_id


def _quote(entry: Entry) -> str:
    return quote_entry(entry, MAX_CAUSE_CHARACTERS)
