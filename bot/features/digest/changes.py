"""What changed between two digests, and what each change did to the fit. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from bot.method.formatting import points
from bot.method.kinds import ABOUT
from bot.method.metrics import Figures, figures
from bot.method.model import Canvas, Entry, Review
from bot.slack.blockkit.text import cut, esc


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed, and how the fit would differ without it."""

    says: str  # mrkdwn
    effect: Fraction


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry whose rank changed."""

    entry: Entry
    before: int
    now: int


def causes(before: Canvas, now: Figures) -> list[Change]:
    """Return what made the fit change, the strongest first: each against the canvas without just that."""
    if now.fit.all is None:
        return []
    found = [*_entries(before, now.canvas), *_votes(before, now.canvas), *_reviews(before, now.canvas)]
    changes = [Change(says, now.fit.all - (figures(without).fit.all or 0)) for says, without in found]
    return sorted((c for c in changes if c.effect), key=lambda c: -abs(c.effect))


def line(change: Change) -> str:
    return f"• {change.says} ({points(change.effect)})"


def moved(before: Figures, now: Figures) -> list[Moved]:
    """Return the entries whose rank changed, the widest move first; entries new to a box are not in it."""
    found = [
        Moved(place.entry, old.rank, place.rank)
        for key, place in now.ranked.items()
        if (old := before.ranked.get(key)) and old.entry.kind is place.entry.kind and old.rank != place.rank
    ]
    return sorted(found, key=lambda move: -abs(move.before - move.now))


def added(before: Canvas, now: Canvas) -> list[Entry]:
    known = {entry.id for entry in before.entries}
    return [entry for entry in now.entries if entry.id not in known]


def _entries(before: Canvas, now: Canvas) -> Iterable[tuple[str, Canvas]]:
    old, new = _by_id(before.entries), _by_id(now.entries)
    for key in new.keys() - old.keys():
        yield f"new: {named(new[key])}", replace(now, entries=tuple(e for e in now.entries if e.id != key))
    for key in old.keys() - new.keys():
        yield f"gone: {named(old[key])}", replace(now, entries=(*now.entries, old[key]))
    for key in old.keys() & new.keys():
        if old[key].kind is not new[key].kind:
            yield f"moved: {named(new[key])}", _with(now, replace(new[key], kind=old[key].kind))


def _votes(before: Canvas, now: Canvas) -> Iterable[tuple[str, Canvas]]:
    old = _by_id(before.entries)
    for entry in now.entries:
        was: Mapping[str, int] = old[entry.id].votes if entry.id in old else {}
        if entry.id in old and was != entry.votes:
            yield f"votes on {named(entry)}", _with(now, replace(entry, votes=was))


def _reviews(before: Canvas, now: Canvas) -> Iterable[tuple[str, Canvas]]:
    old, new = _by_offer(before.reviews), _by_offer(now.reviews)
    for entry in now.entries:
        was, is_now = old.get(entry.id, ()), new.get(entry.id, ())
        if was != is_now:
            others = tuple(review for review in now.reviews if review.offer != entry.id)
            yield f"marks on {named(entry)}", replace(now, reviews=(*others, *was))


def _with(canvas: Canvas, entry: Entry) -> Canvas:
    return replace(canvas, entries=tuple(entry if e.id == entry.id else e for e in canvas.entries))


def _by_id(entries: Iterable[Entry]) -> dict[int, Entry]:
    return {entry.id: entry for entry in entries}


def _by_offer(reviews: Iterable[Review]) -> dict[int, tuple[Review, ...]]:
    found: dict[int, tuple[Review, ...]] = {}
    for review in reviews:
        found[review.offer] = (*found.get(review.offer, ()), review)
    return found


def named(entry: Entry, length: int = 80) -> str:
    """Return an entry's kind and text, for mrkdwn."""
    return f"{ABOUT[entry.kind].word} “{esc(cut(entry.text, length))}”"
