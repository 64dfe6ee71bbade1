"""Random canvases, including marks on deleted entries and on entries of another kind."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from bot.method.kinds import NEED_KINDS, OFFER_KINDS, Kind
from bot.method.model import Canvas, Entry, Mark, Review
from tests.method.build import build_canvas, build_entry

MEMBERS = ("ann", "bob", "cleo", "dan", "eve")
DELETED_IDS = (91, 92)  # ids that no entry has

levels = st.integers(1, 5)
votes = st.dictionaries(st.sampled_from(MEMBERS), levels)
marks = st.sampled_from(Mark)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Entry, ...]:
    """The entries of one box, in order of creation."""
    kind = draw(st.sampled_from(Kind))
    votes_of_entries = draw(st.lists(votes, min_size=1, max_size=8))
    return tuple(
        build_entry(entry_id, kind, entry_votes)
        for entry_id, entry_votes in enumerate(votes_of_entries, start=1)
    )


@st.composite
def canvases(draw: st.DrawFn, *required_kinds: Kind) -> Canvas:
    """A canvas with an entry of each required kind at least; ids are not in the order of creation."""
    more = draw(st.lists(st.sampled_from(Kind), max_size=9))
    kinds = draw(st.permutations([*required_kinds, *more]))
    ids = draw(st.permutations(range(1, len(kinds) + 1)))
    named_ids = st.lists(st.sampled_from([*ids, *DELETED_IDS]), max_size=3)
    entries = [
        build_entry(entry_id, kind, draw(votes), delivered_by=draw(named_ids))
        for entry_id, kind in zip(ids, kinds, strict=True)
    ]
    return build_canvas(entries, draw(reviews(entries)))


@st.composite
def reviews(draw: st.DrawFn, entries: list[Entry]) -> list[Review]:
    """Mostly reviews of offers with marks on needs, but also on other and deleted entries."""
    any_ids = [*(each.id for each in entries), *DELETED_IDS]
    offer_ids = [each.id for each in entries if each.kind in OFFER_KINDS]
    need_ids = [each.id for each in entries if each.kind in NEED_KINDS]
    reviewed = st.tuples(st.sampled_from([*offer_ids * 4, *any_ids]), st.sampled_from(MEMBERS))
    marked = st.dictionaries(st.sampled_from([*need_ids * 4, *any_ids]), marks, max_size=5)
    marks_by_review = draw(st.dictionaries(reviewed, marked, max_size=12))
    return [Review(offer_id, user_id, dict(each)) for (offer_id, user_id), each in marks_by_review.items()]


@dataclass(frozen=True)
class CanvasPair:
    """A canvas before and after one change."""

    before: Canvas
    after: Canvas


@st.composite
def raised_marks(draw: st.DrawFn) -> CanvasPair:
    """One review marks another need, or its partial mark becomes strong."""
    before = draw(canvases(Kind.PAIN, draw(st.sampled_from(OFFER_KINDS))))
    offer_ids = {each.id for each in before.entries if each.kind in OFFER_KINDS}
    if not any(review.offer_id in offer_ids for review in before.reviews):
        before = replace(before, reviews=(*before.reviews, Review(min(offer_ids), "zoe", {})))
    chosen = draw(st.sampled_from([review for review in before.reviews if review.offer_id in offer_ids]))
    need_id = draw(st.sampled_from([each.id for each in before.entries if each.kind in NEED_KINDS]))
    mark = Mark.STRONG if need_id in chosen.marks else draw(marks)
    raised = replace(chosen, marks={**chosen.marks, need_id: mark})
    after = tuple(raised if review is chosen else review for review in before.reviews)
    return CanvasPair(before, replace(before, reviews=after))


@st.composite
def deleted_offers(draw: st.DrawFn) -> CanvasPair:
    """One offer is deleted, but its reviews are kept."""
    before = draw(canvases(Kind.PAIN, draw(st.sampled_from(OFFER_KINDS))))
    offer = draw(st.sampled_from([each for each in before.entries if each.kind in OFFER_KINDS]))
    return CanvasPair(
        before, replace(before, entries=tuple(each for each in before.entries if each != offer))
    )


@st.composite
def deleted_entries(draw: st.DrawFn) -> CanvasPair:
    """One entry is deleted: before, alone; after, with every mark, review and link that refers to it."""
    full = draw(canvases(draw(st.sampled_from(Kind))))
    deleted_id = draw(st.sampled_from(full.entries)).id
    remaining = tuple(each for each in full.entries if each.id != deleted_id)
    clean = build_canvas(
        (
            replace(
                each, delivered_by=tuple(named_id for named_id in each.delivered_by if named_id != deleted_id)
            )
            for each in remaining
        ),
        (
            replace(
                review,
                marks={need_id: mark for need_id, mark in review.marks.items() if need_id != deleted_id},
            )
            for review in full.reviews
            if review.offer_id != deleted_id
        ),
    )
    return CanvasPair(replace(full, entries=remaining), clean)


@st.composite
def shuffled(draw: st.DrawFn) -> CanvasPair:
    """The same votes, marks and reviews in another order."""
    before = draw(canvases(Kind.PAIN, Kind.PAIN_RELIEVER))
    entries = [
        replace(each, votes=dict(draw(st.permutations(list(each.votes.items()))))) for each in before.entries
    ]
    reviews_in_other_order = [
        replace(review, marks=dict(draw(st.permutations(list(review.marks.items())))))
        for review in draw(st.permutations(before.reviews))
    ]
    return CanvasPair(before, build_canvas(entries, reviews_in_other_order))
