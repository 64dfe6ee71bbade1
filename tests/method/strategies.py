"""Random canvases, with all that a store may leave on them: marks on what is gone or of another kind."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from bot.method.kinds import NEED_KINDS, OFFER_KINDS, Kind
from bot.method.model import Canvas, Entry, Mark, Review
from tests.method.build import build_canvas, build_entry

MEMBERS = ("ann", "bob", "cleo", "dan", "eve")
DELETED_IDS = (91, 92)  # ids of entries that were deleted, or that never were

levels = st.integers(1, 5)
votes = st.dictionaries(st.sampled_from(MEMBERS), levels)
marks = st.sampled_from(Mark)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Entry, ...]:
    """The entries of one box, in order of creation."""
    kind = draw(st.sampled_from(Kind))
    cast = draw(st.lists(votes, min_size=1, max_size=8))
    return tuple(build_entry(key, kind, each) for key, each in enumerate(cast, start=1))


@st.composite
def canvases(draw: st.DrawFn, *needed: Kind) -> Canvas:
    """A canvas with at least an entry of each kind needed; ids do not tell the order of creation."""
    more = draw(st.lists(st.sampled_from(Kind), max_size=9))
    kinds = draw(st.permutations([*needed, *more]))
    keys = draw(st.permutations(range(1, len(kinds) + 1)))
    named = st.lists(st.sampled_from([*keys, *DELETED_IDS]), max_size=3)
    entries = [
        build_entry(key, kind, draw(votes), delivered_by=draw(named))
        for key, kind in zip(keys, kinds, strict=True)
    ]
    return build_canvas(entries, draw(reviews(entries)))


@st.composite
def reviews(draw: st.DrawFn, entries: list[Entry]) -> list[Review]:
    """Reviews mostly of offers and marks mostly on needs, but of anything else and of what is gone, too."""
    anything = [*(each.id for each in entries), *DELETED_IDS]
    offers = [each.id for each in entries if each.kind in OFFER_KINDS]
    needs = [each.id for each in entries if each.kind in NEED_KINDS]
    reviewed = st.tuples(st.sampled_from([*offers * 4, *anything]), st.sampled_from(MEMBERS))
    marked = st.dictionaries(st.sampled_from([*needs * 4, *anything]), marks, max_size=5)
    found = draw(st.dictionaries(reviewed, marked, max_size=12))
    return [Review(offer, member, dict(each)) for (offer, member), each in found.items()]


@dataclass(frozen=True)
class CanvasPair:
    """One canvas before and after one thing was done to it."""

    before: Canvas
    after: Canvas


@st.composite
def raised_marks(draw: st.DrawFn) -> CanvasPair:
    """In one review, one need more is marked, or a partial mark becomes strong."""
    before = draw(canvases(Kind.PAIN, draw(st.sampled_from(OFFER_KINDS))))
    offers = {each.id for each in before.entries if each.kind in OFFER_KINDS}
    if not any(review.offer_id in offers for review in before.reviews):
        before = replace(before, reviews=(*before.reviews, Review(min(offers), "zoe", {})))
    chosen = draw(st.sampled_from([review for review in before.reviews if review.offer_id in offers]))
    need = draw(st.sampled_from([each.id for each in before.entries if each.kind in NEED_KINDS]))
    mark = Mark.STRONG if need in chosen.marks else draw(marks)
    raised = replace(chosen, marks={**chosen.marks, need: mark})
    after = tuple(raised if review is chosen else review for review in before.reviews)
    return CanvasPair(before, replace(before, reviews=after))


@st.composite
def deleted_offers(draw: st.DrawFn) -> CanvasPair:
    """One offer is deleted; its reviews stay behind."""
    before = draw(canvases(Kind.PAIN, draw(st.sampled_from(OFFER_KINDS))))
    offer = draw(st.sampled_from([each for each in before.entries if each.kind in OFFER_KINDS]))
    return CanvasPair(
        before, replace(before, entries=tuple(each for each in before.entries if each != offer))
    )


@st.composite
def deleted_entries(draw: st.DrawFn) -> CanvasPair:
    """One entry is gone: only itself, and with all that ever referred to it."""
    whole = draw(canvases(draw(st.sampled_from(Kind))))
    gone = draw(st.sampled_from(whole.entries)).id
    left = tuple(each for each in whole.entries if each.id != gone)
    clean = build_canvas(
        (replace(each, delivered_by=tuple(key for key in each.delivered_by if key != gone)) for each in left),
        (
            replace(review, marks={need: mark for need, mark in review.marks.items() if need != gone})
            for review in whole.reviews
            if review.offer_id != gone
        ),
    )
    return CanvasPair(replace(whole, entries=left), clean)


@st.composite
def shuffled(draw: st.DrawFn) -> CanvasPair:
    """The same votes, marks and reviews in another order."""
    before = draw(canvases(Kind.PAIN, Kind.PAIN_RELIEVER))
    entries = [
        replace(each, votes=dict(draw(st.permutations(list(each.votes.items()))))) for each in before.entries
    ]
    others = [
        replace(review, marks=dict(draw(st.permutations(list(review.marks.items())))))
        for review in draw(st.permutations(before.reviews))
    ]
    return CanvasPair(before, build_canvas(entries, others))
