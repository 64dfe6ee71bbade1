"""How an entry's figures came about, so that anyone can do them again by hand. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from bot.method.fit import ADDRESSED_FROM, Need, Offer
from bot.method.formatting import decimals
from bot.method.kinds import ABOUT
from bot.method.metrics import Figures
from bot.method.model import Mark, Review
from bot.method.ranking import MUST_HAVE_SCORE, Ranked
from bot.slack.blockkit.builders import Message, actions, header, message, note, packed, run
from bot.slack.blockkit.text import count, cut, esc, listed
from bot.store.model import CanvasInfo

Names = Mapping[str, str]


def why(head: CanvasInfo, figures: Figures, entry: int, member: str, names: Names) -> Message:
    """Explain one entry's score, rank and agreement, and its coverage or relevance."""
    place = figures.ranked[entry]
    about = ABOUT[place.entry.kind]
    lines = [*_score(place), *_rank(place, figures), *_agreement(place)]
    if entry in figures.needs:
        lines += _coverage(figures.needs[entry], figures)
    elif entry in figures.offers:
        lines += _relevance(figures.offers[entry], figures, member, names)
    else:
        lines += _named_by(place, figures)
    return message(
        "\n".join([f"Why: {about.word} “{esc(place.entry.text)}”", *lines])[:3500],
        header(f"Why: {cut(place.entry.text, 140)}"),
        note(f"{about.icon} {about.word} on {esc(head.title)}"),
        *packed(lines, 9000),
        actions(run("Rank", f"rank {about.word}", head.id), run("Fit", "fit", head.id)),
    )


def _score(place: Ranked) -> list[str]:
    levels = sorted(place.entry.votes.values(), reverse=True)
    cast = ", ".join(str(level) for level in levels) or "none"
    line = (
        f"*Score {decimals(place.score)}* = (3·2 + {sum(levels)}) ÷ (2 + {len(levels)}). "
        f"Votes: {cast}; the 3·2 are two imaginary votes of 3."
    )
    star = " That makes it a must-have, from 4.00." if place.must_have else ""
    if place.entry.kind.is_need and place.score < MUST_HAVE_SCORE:
        star = " It would be a must-have from 4.00."
    return [line, f"*Weight {decimals(place.weight)}* = ({decimals(place.score)} − 1) ÷ 4.{star}"]


def _rank(place: Ranked, figures: Figures) -> list[str]:
    box = figures.boxes[place.entry.kind]
    shared = sum(other.rank == place.rank for other in box) - 1
    tie = f", shared with {count(shared, 'other', 'others')}" if shared else ""
    about = ABOUT[place.entry.kind]
    of = count(len(box), about.word, about.plural)
    return [f"*Rank {place.rank}* of {of}{tie}: by score, then by number of votes."]


def _agreement(place: Ranked) -> list[str]:
    if place.agreement is None:
        return ["*Agreement* is said from two votes on."]
    levels = Counter(place.entry.votes.values())
    mean = Fraction(sum(place.entry.votes.values()), place.votes)
    terms = " + ".join(
        f"{levels[level]}·log2(1 − |{level} − {decimals(mean)}| ÷ 4)"
        for level in sorted(levels, reverse=True)
    )
    divided = " Below 0.50: the team is divided, talk about it." if place.divisive else ""
    return [f"*Agreement {decimals(place.agreement)}* = 1 + ({terms}) ÷ {place.votes}.{divided}"]


def _coverage(need: Need, figures: Figures) -> list[str]:
    entry = need.ranked.entry.id
    serving = [
        (offer, figures.strength[offer, entry])
        for offer in figures.offers
        if (offer, entry) in figures.strength
    ]
    factors = "".join(f"·(1 − {decimals(value)})" for _, value in serving)
    verdict = "addressed" if need.addressed else "not addressed"
    from_on = f"{verdict} (from {decimals(ADDRESSED_FROM)} on)"
    lines = [f"*Coverage {decimals(need.coverage)}* = 1 − 1{factors}: {from_on}."]
    lines += [f"• {_strength(offer, entry, figures)}" for offer, _ in serving]
    if not serving:
        lines.append("No offer was marked as fitting it.")
    return lines


def _relevance(offer: Offer, figures: Figures, member: str, names: Names) -> list[str]:
    entry = offer.ranked.entry.id
    reviews = list(figures.reviews_of(entry))
    if not reviews:
        return ["*Relevance* is said once somebody has reviewed it."]
    served = [
        (need, figures.strength[entry, need]) for need in figures.needs if (entry, need) in figures.strength
    ]
    factors = "".join(
        f"·(1 − {decimals(figures.ranked[need].weight)}·{decimals(value)})" for need, value in served
    )
    lines = [
        f"*Relevance {decimals(offer.relevance)}* = 1 − 1{factors}"
        + (": it fits nothing yet." if offer.fits_nothing else "."),
        f"Reviewed by {listed([esc(names.get(review.member, 'somebody')) for review in reviews])}.",
    ]
    for need, _ in served:
        target = figures.ranked[need]
        lines.append(
            f"• {ABOUT[target.entry.kind].word} “{esc(cut(target.entry.text, 80))}” "
            f"(weight {decimals(target.weight)}): {_marks(entry, need, figures)}"
        )
    return [*lines, _own(reviews, member, figures)]


def _own(reviews: Sequence[Review], member: str, figures: Figures) -> str:
    own = next((review for review in reviews if review.member == member), None)
    if own is None:
        return "You have not reviewed it."
    marks = [
        f"“{esc(cut(figures.ranked[need].entry.text, 60))}” {mark.name.lower()}"
        for need, mark in own.marks.items()
        if need in figures.needs
    ]
    return f"Your marks: {listed(marks) if marks else 'fits nothing'}."


def _strength(offer: int, need: int, figures: Figures) -> str:
    place = figures.ranked[offer]
    return (
        f"{ABOUT[place.entry.kind].word} “{esc(cut(place.entry.text, 80))}”: {_marks(offer, need, figures)}"
    )


def _marks(offer: int, need: int, figures: Figures) -> str:
    """Return "strength 0.75 = (1·1 + 1·½) ÷ 2 reviews"."""
    marks = Counter(review.marks.get(need) for review in figures.reviews_of(offer))
    reviews = marks.total()
    return (
        f"strength {decimals(figures.strength[offer, need])} = "
        f"({marks[Mark.STRONG]}·1 + {marks[Mark.PARTIAL]}·½) ÷ {count(reviews, 'review')}"
    )


def _named_by(place: Ranked, figures: Figures) -> list[str]:
    naming = [
        f"“{esc(cut(offer.ranked.entry.text, 80))}”"
        for offer in figures.offers.values()
        if place.entry.id in offer.ranked.entry.delivered_by
    ]
    if not naming:
        return ["*Undelivered:* no pain reliever or gain creator names it."]
    return [f"It delivers {listed(naming)}."]
