"""The one next best step, from the state of a canvas alone and by the method's order."""

from dataclasses import dataclass
from enum import StrEnum

from bot.method.kinds import ABOUT, Kind
from bot.method.metrics import Figures
from bot.method.model import Entry


class Do(StrEnum):
    """What the button beside a step does."""

    ADD = "add"  # an entry of the step's kind
    ANSWER = "answer"  # add an offer of the step's kind for the step's need
    RANK = "rank"  # the step's kind, or every box
    REVIEW = "review"  # beginning at the step's offer
    LOOK = "look"  # at the step's entry
    TEST = "test"  # see what to show to customers


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do and why, in plain words, and the button that does it.

    The text of `entry` is a member's own words, not yet escaped, to be put where `says` has its braces.
    """

    do: Do
    says: str
    entry: Entry | None = None
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
        or _test_or_choose(figures)
    )


def answer_to(need: Kind) -> Kind:
    """Return the kind of offer that a need of this kind asks for."""
    return Kind.GAIN_CREATOR if need is Kind.GAIN else Kind.PAIN_RELIEVER


def to_test(figures: Figures) -> list[Entry]:
    """Return what customers are to be asked about: the must-haves, by weight."""
    must_haves = [need.ranked for need in figures.needs.values() if need.ranked.must_have]
    return [place.entry for place in sorted(must_haves, key=lambda place: -place.weight)]


def _fill_a_box(figures: Figures) -> Step | None:
    for kind in Kind:
        if not figures.boxes[kind]:
            about = ABOUT[kind]
            return Step(Do.ADD, f"There are no {about.plural} yet: add {about.says}.", kind=kind)
    return None


def _rank_a_box(figures: Figures) -> Step | None:
    for kind in Kind:
        if not any(place.votes for place in figures.boxes[kind]):
            says = f"No {ABOUT[kind].word} is ranked yet: vote on the {ABOUT[kind].plural}."
            return Step(Do.RANK, says, kind=kind)
    return None


def _review_an_offer(figures: Figures) -> Step | None:
    unreviewed = figures.unreviewed
    if not unreviewed:
        return None
    if len(unreviewed) == 1:
        says = "Nobody has reviewed “{}” yet: say which needs it really fits."
    else:
        says = f"{len(unreviewed)} offers wait for a fit review, “{{}}” first."
    return Step(Do.REVIEW, says, unreviewed[0].ranked.entry)


def _close_a_gap(figures: Figures) -> Step | None:
    for need in figures.fit.gaps:
        if need.ranked.must_have:
            entry = need.ranked.entry
            kind = answer_to(entry.kind)
            says = f"Nothing addresses the must-have “{{}}” yet: is there a {ABOUT[kind].word} for it?"
            return Step(Do.ANSWER, says, entry, kind)
    return None


def _talk(figures: Figures) -> Step | None:
    for place in figures.divisive:
        return Step(Do.LOOK, "The team is divided on “{}”: talk about it, then vote again.", place.entry)
    return None


def _rethink_an_offer(figures: Figures) -> Step | None:
    for offer in figures.fits_nothing:
        return Step(Do.LOOK, "“{}” fits nothing yet: sharpen it or let it go.", offer.ranked.entry)
    return None


def _test_or_choose(figures: Figures) -> Step:
    """What to ask customers; that the fit is achieved on paper is the verdict's to say, and said once."""
    if figures.fit.achieved:
        first, *others = to_test(figures)
        if others:
            says = "Ask customers about your must-haves, “{}” first: are they as essential to them as to you?"
        else:
            says = "Ask customers about your must-have “{}”: is it as essential to them as to you?"
        return Step(Do.TEST, says, first)
    return Step(Do.RANK, "No need is a must-have yet: vote 5 on what the customer cannot do without.")
