"""Hints: what teams commonly get wrong on a canvas, found by plain rules. They are no verdicts.

Each rule sees the whole canvas and finds something only where the sign is clear, since people stop reading
warnings that come too often. On a good canvas no rule finds anything.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.method.kinds import OFFER_KINDS, PRODUCT_KINDS, Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry

FUNCTIONAL = "functional"  # a category of jobs
MIN_ENTRIES_FOR_PATTERN = 3  # in a box; fewer show no pattern
MAX_ENTRIES_OF_NEW_CANVAS = 8  # in all boxes

_SOLUTION_WORD = re.compile(
    r"\b(apps?|software|tools?|dashboards?|features?|plug-?ins?|platforms?|websites?|buttons?|chatbots?|AI"
    r"|integrations?|modules?)\b",
    re.IGNORECASE,
)
_MEASURE_WORD = re.compile(
    r"\d|%|\b(hours?|minutes?|seconds?|days?|weeks?|months?|years?|evenings?|mornings?|nights?|daily|weekly"
    r"|monthly|yearly|often|always|never|every|each|once|twice|half|third|most|all|whole|dozens?|hundreds?"
    r"|thousands?|one|two|three|four|five|ten|first|second)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Hint:
    """A rule that has found something, and in which entries."""

    rule: str  # a key of HINT_RULES; stored when a team dismisses the hint for good
    text: str
    entries: tuple[Entry, ...] = ()


def find_hints(metrics: CanvasMetrics) -> list[Hint]:
    """Return what the rules find, in the order of the rules."""
    return [
        Hint(name, text, tuple(entries))
        for name, (text, find_entries) in HINT_RULES.items()
        if (entries := find_entries(metrics))
    ]


def _unserved_must_haves(metrics: CanvasMetrics) -> list[Entry]:
    """Return the must-haves that no offer serves, once every offer is reviewed."""
    if not metrics.offers or metrics.unreviewed:
        return []
    return [
        need.ranked.entry for need in metrics.needs.values() if need.ranked.must_have and not need.coverage
    ]


def _offers_that_fit_nothing(metrics: CanvasMetrics) -> list[Entry]:
    return [offer.ranked.entry for offer in metrics.fits_nothing]


def _only_functional_jobs(metrics: CanvasMetrics) -> list[Entry]:
    jobs = _entries_of(metrics, Kind.JOB)
    functional = all(job.category == FUNCTIONAL for job in jobs)
    return jobs if len(jobs) >= MIN_ENTRIES_FOR_PATTERN and functional else []


def _boxes_voted_all_5(metrics: CanvasMetrics) -> list[Entry]:
    return [
        ranked.entry
        for box in metrics.boxes.values()
        if len(box) >= MIN_ENTRIES_FOR_PATTERN
        and all(ranked.vote_count and set(ranked.entry.votes.values()) == {5} for ranked in box)
        for ranked in box
    ]


def _jobs_that_name_solutions(metrics: CanvasMetrics) -> list[Entry]:
    return [job for job in _entries_of(metrics, Kind.JOB) if _SOLUTION_WORD.search(job.text)]


def _pains_without_measure(metrics: CanvasMetrics) -> list[Entry]:
    pains = _entries_of(metrics, Kind.PAIN)
    measured = any(_MEASURE_WORD.search(pain.text) for pain in pains)
    return pains if len(pains) >= MIN_ENTRIES_FOR_PATTERN and not measured else []


def _products_among_offers(metrics: CanvasMetrics) -> list[Entry]:
    products = {_normalize(product.text) for product in _entries_of(metrics, *PRODUCT_KINDS)}
    return [offer for offer in _entries_of(metrics, *OFFER_KINDS) if _normalize(offer.text) in products]


def _single_entries(metrics: CanvasMetrics) -> list[Entry]:
    """Return the entries that are alone in their box, on a canvas that is not new."""
    if len(metrics.ranked) <= MAX_ENTRIES_OF_NEW_CANVAS:
        return []
    return [box[0].entry for box in metrics.boxes.values() if len(box) == 1]


def _entries_of(metrics: CanvasMetrics, *kinds: Kind) -> list[Entry]:
    """Return the entries of these boxes, in rank order within each."""
    return [ranked.entry for kind in kinds for ranked in metrics.boxes[kind]]


def _normalize(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


# The most important rule first. Names are stored when a hint is dismissed: never rename one.
HINT_RULES: Mapping[str, tuple[str, Callable[[CanvasMetrics], list[Entry]]]] = {
    "unserved": (
        "Must-haves that no offer serves at all. Is there an offer missing, or is the need not so essential?",
        _unserved_must_haves,
    ),
    "useless": (
        "Offers that serve nothing. What does the customer get from them?",
        _offers_that_fit_nothing,
    ),
    "products among offers": (
        (
            f"Products among the {Kind.PAIN_RELIEVER.spec.plural} or {Kind.GAIN_CREATOR.spec.plural}. "
            "What exactly do they relieve or create?"
        ),
        _products_among_offers,
    ),
    "solutions in jobs": (
        "Jobs that name a solution. What does the customer try to get done, whatever they use?",
        _jobs_that_name_solutions,
    ),
    "only functional": (
        "All jobs are functional. How does the customer want to feel, and to be seen?",
        _only_functional_jobs,
    ),
    "all at the top": (
        "Everything in a box is voted 5. If all of it is essential, which would the customer give up last?",
        _boxes_voted_all_5,
    ),
    "no measure": (
        "No pain says how much or how often. From when on is it too long, too dear, too often?",
        _pains_without_measure,
    ),
    "lonely": (
        "A box with a single entry. Is that all there is, or all that came to mind first?",
        _single_entries,
    ),
}
