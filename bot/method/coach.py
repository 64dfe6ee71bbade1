"""The one next best step, from the state of a canvas alone and by the method's order."""

from dataclasses import dataclass
from enum import StrEnum

from bot.method.figures import Figures
from bot.method.kinds import ABOUT, Kind


class Do(StrEnum):
    """What the button beside a step does."""

    ADD = "add"
    RANK = "rank"
    REVIEW = "review"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do and why, in plain words, and the button that does it.

    `entry` is the text of the entry that the step is about: a member's own words, not yet escaped,
    to be put where `says` has its braces.
    """

    do: Do
    says: str
    entry: str = ""
    kind: Kind | None = None


def next_step(figures: Figures) -> Step:
    """Return the next best step for a canvas."""
    return (
        _fill_a_box(figures)
        or _rank_a_box(figures)
        or _review_an_offer(figures)
        or _close_a_gap(figures)
        or _talk(figures)
        or _rethink_an_offer(figures)
        or _test_or_sharpen(figures)
    )


def _fill_a_box(figures: Figures) -> Step | None:
    for kind in Kind:
        if not figures.boxes[kind]:
            about = ABOUT[kind]
            return Step(Do.ADD, f"There are no {about.plural} yet: add {about.says}.", kind=kind)
    return None


def _rank_a_box(figures: Figures) -> Step | None:
    for kind in Kind:
        unranked = sum(not place.votes for place in figures.boxes[kind])
        if unranked == len(figures.boxes[kind]):
            return Step(
                Do.RANK, f"No {ABOUT[kind].word} is ranked yet: vote on the {ABOUT[kind].plural}.", kind=kind
            )
    return None


def _review_an_offer(figures: Figures) -> Step | None:
    unreviewed = figures.unreviewed
    if not unreviewed:
        return None
    if len(unreviewed) == 1:
        says = "Nobody has reviewed “{}” yet: say which needs it really fits."
    else:
        says = f"{len(unreviewed)} offers wait for a fit review, “{{}}” first."
    return Step(Do.REVIEW, says, unreviewed[0].ranked.entry.text)


def _close_a_gap(figures: Figures) -> Step | None:
    for need in figures.fit.gaps:
        if need.ranked.must_have:
            kind = Kind.GAIN_CREATOR if need.ranked.entry.kind is Kind.GAIN else Kind.PAIN_RELIEVER
            says = f"Nothing addresses the must-have “{{}}” yet: is there a {ABOUT[kind].word} for it?"
            return Step(Do.ADD, says, need.ranked.entry.text, kind)
    return None


def _talk(figures: Figures) -> Step | None:
    for place in figures.divisive:
        return Step(Do.RANK, "The team is divided on “{}”: talk about it, then vote again.", place.entry.text)
    return None


def _rethink_an_offer(figures: Figures) -> Step | None:
    for offer in figures.fits_nothing:
        return Step(Do.REVIEW, "“{}” fits nothing yet: sharpen it or let it go.", offer.ranked.entry.text)
    return None


def _test_or_sharpen(figures: Figures) -> Step:
    if figures.fit.achieved:
        return Step(Do.FIT, "Test it with customers: do they find essential what you found essential?")
    return Step(Do.RANK, "No need is a must-have yet: vote 5 on what the customer cannot do without.")
