"""The worked example of the method, every number by hand."""

from datetime import UTC, datetime
from fractions import Fraction

from bot.method.figures import figures
from bot.method.kinds import Kind
from bot.method.model import Canvas, Entry, Mark, Review
from bot.method.shown import decimals, percent

J1, P1, P2, G1, R1, C1 = range(1, 7)
START = datetime(2026, 1, 1, tzinfo=UTC)


def entry(key: int, kind: Kind, *levels: int) -> Entry:
    return Entry(key, kind, f"{kind} {key}", "U1", START, votes={f"U{n}": v for n, v in enumerate(levels)})


CANVAS = Canvas(
    1,
    "C1",
    "Example",
    "",
    "U1",
    "UTC",
    START,
    (
        entry(J1, Kind.JOB, 5, 5, 4),
        entry(P1, Kind.PAIN, 5, 1),
        entry(P2, Kind.PAIN),
        entry(G1, Kind.GAIN, 2),
        entry(R1, Kind.PAIN_RELIEVER),
        entry(C1, Kind.GAIN_CREATOR),
    ),
    (
        Review(R1, "A", {J1: Mark.STRONG, P1: Mark.STRONG}),
        Review(R1, "B", {P1: Mark.PARTIAL}),
        Review(C1, "A", {J1: Mark.PARTIAL, G1: Mark.STRONG}),
    ),
)
NOW = figures(CANVAS)


def test_scores_weights_and_must_haves() -> None:
    assert [decimals(NOW.ranked[key].score) for key in (J1, P1, P2, G1)] == ["4.00", "3.00", "3.00", "2.67"]
    assert [NOW.ranked[key].weight for key in (J1, P1, P2, G1)] == [
        Fraction(3, 4),
        Fraction(1, 2),
        Fraction(1, 2),
        Fraction(5, 12),
    ]
    assert [NOW.ranked[key].must_have for key in (J1, P1, P2, G1)] == [True, False, False, False]


def test_agreement_tells_the_divisive_pain() -> None:
    agreement = NOW.ranked[P1].agreement
    assert agreement is not None
    assert decimals(agreement) == "0.00"
    assert [place.entry.id for place in NOW.divisive] == [P1]
    assert NOW.ranked[G1].agreement is None


def test_strength_and_coverage() -> None:
    assert NOW.strength == {
        (R1, J1): Fraction(1, 2),
        (R1, P1): Fraction(3, 4),
        (C1, J1): Fraction(1, 2),
        (C1, G1): Fraction(1),
    }
    assert [NOW.needs[key].coverage for key in (J1, P1, P2, G1)] == [Fraction(3, 4), Fraction(3, 4), 0, 1]


def test_fit_counts_verdict_and_gaps() -> None:
    fit = NOW.fit
    assert [percent(fit.shares[kind]) for kind in (Kind.JOB, Kind.PAIN, Kind.GAIN)] == [
        "75 %",
        "38 %",
        "100 %",
    ]
    assert fit.all == Fraction(5, 8)
    assert percent(fit.all) == "63 %"
    assert fit.achieved
    assert [str(fit.must_haves[kind]) for kind in (Kind.JOB, Kind.PAIN, Kind.GAIN)] == ["1/1", "0/0", "0/0"]
    assert fit.gaps[0].ranked.entry.id == P2
