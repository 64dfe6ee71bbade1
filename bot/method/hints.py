"""What teams commonly get wrong on a canvas, found by plain rules. Hints, never verdicts.

Each rule looks at the whole canvas and speaks only where the sign is clear, since who is warned often stops
reading. A clean canvas has no mistakes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.method.kinds import ABOUT, OFFERS, Kind
from bot.method.metrics import Figures
from bot.method.model import Entry

FUNCTIONAL = "functional"
ENOUGH = 3  # entries of a box from which a pattern in it says something
YOUNG = 8  # entries up to which a canvas is just being begun

_SOLUTION = re.compile(
    r"\b(apps?|software|tools?|dashboards?|features?|plug-?ins?|platforms?|websites?|buttons?|chatbots?|AI"
    r"|integrations?|modules?)\b",
    re.IGNORECASE,
)
_HOW_MUCH = re.compile(
    r"\d|%|\b(hours?|minutes?|seconds?|days?|weeks?|months?|years?|evenings?|mornings?|nights?|daily|weekly"
    r"|monthly|yearly|often|always|never|every|each|once|twice|half|third|most|all|whole|dozens?|hundreds?"
    r"|thousands?|one|two|three|four|five|ten|first|second)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A rule that has found something, and in which entries."""

    rule: str  # its name, by which a team dismisses it for good
    says: str
    entries: tuple[Entry, ...] = ()


def mistakes(figures: Figures) -> list[Mistake]:
    """Return what the rules find, the weightiest first."""
    found = (
        Mistake(name, says, entries)
        for name, (says, rule) in RULES.items()
        if (entries := tuple(rule(figures)))
    )
    return list(found)


def _unserved(figures: Figures) -> list[Entry]:
    """Must-haves that nobody serves, once everything is reviewed."""
    if not figures.offers or figures.unreviewed:
        return []
    return [
        need.ranked.entry for need in figures.needs.values() if need.ranked.must_have and not need.coverage
    ]


def _useless(figures: Figures) -> list[Entry]:
    return [offer.ranked.entry for offer in figures.fits_nothing]


def _only_functional(figures: Figures) -> list[Entry]:
    jobs = [place.entry for place in figures.boxes[Kind.JOB]]
    functional = all(job.category == FUNCTIONAL for job in jobs)
    return jobs if len(jobs) >= ENOUGH and functional else []


def _all_at_the_top(figures: Figures) -> list[Entry]:
    """The entries of boxes in which every vote is a 5, and there are enough of them to have chosen."""
    return [
        place.entry
        for box in figures.boxes.values()
        if len(box) >= ENOUGH and all(place.votes and set(place.entry.votes.values()) == {5} for place in box)
        for place in box
    ]


def _solutions_in_jobs(figures: Figures) -> list[Entry]:
    return [place.entry for place in figures.boxes[Kind.JOB] if _SOLUTION.search(place.entry.text)]


def _pains_without_measure(figures: Figures) -> list[Entry]:
    pains = [place.entry for place in figures.boxes[Kind.PAIN]]
    measured = any(_HOW_MUCH.search(pain.text) for pain in pains)
    return pains if len(pains) >= ENOUGH and not measured else []


def _products_among_offers(figures: Figures) -> list[Entry]:
    products = {_same(place.entry.text) for place in figures.boxes[Kind.PRODUCT]}
    return [
        place.entry for kind in OFFERS for place in figures.boxes[kind] if _same(place.entry.text) in products
    ]


def _lonely(figures: Figures) -> list[Entry]:
    """The only entry of a box, on a canvas that is more than begun."""
    if len(figures.ranked) <= YOUNG:
        return []
    return [box[0].entry for box in figures.boxes.values() if len(box) == 1]


def _same(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


RULES: Mapping[str, tuple[str, Callable[[Figures], list[Entry]]]] = {
    "unserved": (
        "Must-haves that no offer serves at all. Is there an offer missing, or is the need not so essential?",
        _unserved,
    ),
    "useless": (
        "Offers that serve nothing. What does the customer get from them?",
        _useless,
    ),
    "products among offers": (
        (
            f"Products among the {ABOUT[Kind.PAIN_RELIEVER].plural} or {ABOUT[Kind.GAIN_CREATOR].plural}. "
            "What exactly do they relieve or create?"
        ),
        _products_among_offers,
    ),
    "solutions in jobs": (
        "Jobs that name a solution. What does the customer try to get done, whatever they use?",
        _solutions_in_jobs,
    ),
    "only functional": (
        "All jobs are functional. How does the customer want to feel, and to be seen?",
        _only_functional,
    ),
    "all at the top": (
        "Everything in a box is voted 5. If all of it is essential, which would the customer give up last?",
        _all_at_the_top,
    ),
    "no measure": (
        "No pain says how much or how often. From when on is it too long, too dear, too often?",
        _pains_without_measure,
    ),
    "lonely": (
        "A box with a single entry. Is that all there is, or all that came to mind first?",
        _lonely,
    ),
}
