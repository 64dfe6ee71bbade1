"""Properties of the metrics that hold for every canvas, and single cases."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

from hypothesis import given, strategies as st

from bot.method.formatting import format_decimals, format_percent, format_points
from bot.method.kinds import KIND_SPECS, NEED_KINDS, OFFER_KINDS, Kind, find_kind
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas, Entry, Mark, Review
from bot.method.ranking import compute_agreement, compute_score, rank_box
from bot.method.votes import read_level

START = datetime(2026, 1, 1, tzinfo=UTC)
MEMBERS = st.sampled_from("ABCDE")
LEVELS = st.integers(1, 5)


@st.composite
def canvases(draw: st.DrawFn) -> Canvas:
    """Canvases with marks on entries of any kind and on deleted entries."""
    kinds = draw(st.lists(st.sampled_from(Kind), max_size=10))
    entries = tuple(
        Entry(entry_id, kind, f"entry {entry_id}", "A", START, votes=draw(st.dictionaries(MEMBERS, LEVELS)))
        for entry_id, kind in enumerate(kinds, start=1)
    )
    ids = st.integers(1, len(kinds) + 2)
    marks = st.dictionaries(ids, st.sampled_from(Mark), max_size=4)
    pairs = draw(st.lists(st.tuples(ids, MEMBERS), unique=True, max_size=8))
    reviews = tuple(Review(offer, member, draw(marks)) for offer, member in pairs)
    return Canvas(1, "C", "N", "", "A", "UTC", START, entries, reviews)


@given(canvases())
def test_every_metric_is_within_its_bounds(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    for ranked in metrics.ranked.values():
        assert 1 < ranked.score < 5
        assert 0 < ranked.weight < 1
        assert ranked.agreement is None or -1e-12 <= ranked.agreement <= 1
    shares = [*metrics.fit.shares.values(), metrics.fit.overall]
    assert all(share is None or 0 <= share <= 1 for share in shares)
    assert all(0 <= need.coverage <= 1 for need in metrics.needs.values())
    assert all(0 <= offer.relevance < 1 for offer in metrics.offers.values())
    assert (metrics.fit.overall is None) == (not metrics.needs)


@given(canvases())
def test_coverage_and_fit_follow_the_definition_literally(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    kinds = {entry.id: entry.kind for entry in canvas.entries}
    covered, total = Fraction(0), Fraction(0)
    for need in (entry for entry in canvas.entries if entry.kind in NEED_KINDS):
        missed = Fraction(1)
        for offer in (entry for entry in canvas.entries if entry.kind in OFFER_KINDS):
            reviews = [review for review in canvas.reviews if review.offer_id == offer.id]
            if reviews:
                mark_sum = sum(review.marks.get(need.id, 0) for review in reviews)
                missed *= 1 - Fraction(mark_sum, 2 * len(reviews))
        assert metrics.needs[need.id].coverage == 1 - missed
        weight = (compute_score(list(need.votes.values())) - 1) / 4
        covered += weight * (1 - missed)
        total += weight
    assert metrics.fit.overall == (covered / total if total else None)
    assert all(kinds[need_id] in NEED_KINDS for need_id in metrics.needs)


@given(canvases(), st.data())
def test_one_more_mark_never_lowers_a_coverage_or_the_fit(canvas: Canvas, data: st.DataObject) -> None:
    if not canvas.reviews or not compute_metrics(canvas).needs:
        return
    index = data.draw(st.integers(0, len(canvas.reviews) - 1))
    need_id = data.draw(st.sampled_from(sorted(compute_metrics(canvas).needs)))
    old = canvas.reviews[index]
    stronger = replace(old, marks={**old.marks, need_id: Mark.STRONG})
    after = replace(canvas, reviews=(*canvas.reviews[:index], stronger, *canvas.reviews[index + 1 :]))
    old_metrics, new_metrics = compute_metrics(canvas), compute_metrics(after)
    assert all(
        new_metrics.needs[need_id].coverage >= old_metrics.needs[need_id].coverage
        for need_id in old_metrics.needs
    )
    assert (new_metrics.fit.overall or 0) >= (old_metrics.fit.overall or 0)


@given(canvases())
def test_deleting_an_offer_never_raises_the_fit(canvas: Canvas) -> None:
    before = compute_metrics(canvas)
    for offer_id in before.offers:
        remaining = tuple(entry for entry in canvas.entries if entry.id != offer_id)
        metrics = compute_metrics(replace(canvas, entries=remaining))
        assert (metrics.fit.overall or 0) <= (before.fit.overall or 0)
        assert all(
            metrics.needs[need_id].coverage <= before.needs[need_id].coverage for need_id in before.needs
        )


@given(st.lists(st.dictionaries(MEMBERS, st.integers(1, 4), min_size=1), min_size=1, max_size=6), st.data())
def test_one_vote_up_never_lowers_a_rank(votes: list[dict[str, int]], data: st.DataObject) -> None:
    entries = [
        Entry(entry_id, Kind.JOB, "x", "A", START, votes=entry_votes)
        for entry_id, entry_votes in enumerate(votes)
    ]
    chosen = data.draw(st.sampled_from(entries))
    member = data.draw(st.sampled_from(sorted(chosen.votes)))
    raised = replace(chosen, votes={**chosen.votes, member: chosen.votes[member] + 1})
    before = {ranked.entry.id: ranked.rank for ranked in rank_box(entries)}
    after = {
        ranked.entry.id: ranked.rank
        for ranked in rank_box([raised if entry is chosen else entry for entry in entries])
    }
    assert after[chosen.id] <= before[chosen.id]


def test_equal_entries_share_a_rank_in_order_of_creation() -> None:
    votes: list[dict[str, int]] = [{}, {"A": 5}, {"A": 4}, {"B": 4}, {"A": 1}]
    box = rank_box(
        Entry(entry_id, Kind.JOB, "x", "A", START, votes=entry_votes)
        for entry_id, entry_votes in enumerate(votes)
    )
    assert [(ranked.entry.id, ranked.rank) for ranked in box] == [(1, 1), (2, 2), (3, 2), (0, 4), (4, 5)]


def test_agreement_of_exactly_a_half_is_not_divisive() -> None:
    assert compute_agreement([1, 3, 3, 5]) == 0.5
    assert compute_agreement([5]) is None
    assert compute_agreement([2, 2, 2]) == 1


def test_one_extreme_pain_beside_many_trivial_ones_is_never_achieved() -> None:
    extreme = Entry(1, Kind.PAIN, "extreme", "A", START, votes={"A": 5, "B": 5})
    trivial = [Entry(entry_id, Kind.PAIN, "trivial", "A", START, votes={"A": 1}) for entry_id in range(2, 60)]
    offer = Entry(99, Kind.PAIN_RELIEVER, "offer", "A", START)
    review = Review(99, "A", {entry.id: Mark.STRONG for entry in trivial})
    metrics = compute_metrics(
        Canvas(1, "C", "N", "", "A", "UTC", START, (extreme, *trivial, offer), (review,))
    )
    assert not metrics.fit.achieved
    assert metrics.fit.gaps[0].ranked.entry is extreme


def test_fits_nothing_undelivered_and_over_rated() -> None:
    product, named = (Entry(entry_id, Kind.PRODUCT, "p", "A", START) for entry_id in (1, 2))
    job = Entry(3, Kind.JOB, "j", "A", START)
    high = Entry(4, Kind.GAIN_CREATOR, "high", "A", START, delivered_by=(2,), votes={"A": 5})
    middle = Entry(5, Kind.GAIN_CREATOR, "middle", "A", START)
    low = Entry(6, Kind.GAIN_CREATOR, "low", "A", START, votes={"A": 1})
    reviews = (Review(4, "A", {}), Review(5, "A", {3: Mark.STRONG}), Review(6, "A", {3: Mark.PARTIAL}))
    metrics = compute_metrics(
        Canvas(1, "C", "N", "", "A", "UTC", START, (product, named, job, high, middle, low), reviews)
    )
    assert [ranked.entry for ranked in metrics.undelivered] == [product]
    assert [offer.ranked.entry for offer in metrics.fits_nothing] == [high]
    assert [offer.ranked.entry for offer in metrics.over_rated] == [high]


def test_every_usual_name_finds_its_kind() -> None:
    names = {
        Kind.PRODUCT: ("product", "Products", "service", "services", "products & services"),
        Kind.PAIN_RELIEVER: ("reliever", "pain reliever", "Pain  Relievers", "pain-reliever"),
        Kind.GAIN_CREATOR: ("creator", "gain creator", "gain creators"),
        Kind.JOB: ("job", "JOBS"),
        Kind.PAIN: ("pain", "pains"),
        Kind.GAIN: ("gain", "gains"),
    }
    assert all(find_kind(name) is kind for kind, each in names.items() for name in each)
    assert find_kind("cheese") is None
    assert all(len(spec.trigger_questions) >= 4 for spec in KIND_SPECS.values())


def test_only_the_five_numbers_are_votes() -> None:
    assert [read_level(name) for name in ("one", "five", "three::skin-tone-2", "six", "thumbsup", "")] == [
        1,
        5,
        3,
        None,
        None,
        None,
    ]


def test_halves_are_rounded_away_from_zero() -> None:
    assert format_decimals(Fraction(21, 8)) == "2.63"
    assert format_percent(Fraction(3, 8)) == "38 %"
    assert format_percent(None) == "nothing to fit yet"
    assert format_points(Fraction(-1, 200)) == "-1"
    assert format_points(Fraction(1, 25)) == "+4"
