"""Hints: remarks on common mistakes on a canvas, found by simple rules. A hint is not a verdict.

A rule finds something only if the sign of the mistake is clear, since people stop reading warnings that come
too often. On a good canvas no rule finds anything.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.method.kinds import OFFER_KINDS, PRODUCT_KINDS, Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry

FUNCTIONAL = "functional"  # a category of jobs
MIN_ENTRIES_FOR_PATTERN = 3  # in a box: fewer entries show no pattern
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
    """The text of a rule that found a mistake, and the entries in which it found it."""

    rule: str  # a key of HINT_RULES; stored when a team dismisses the hint for good
    text: str
    entries: tuple[Entry, ...] = ()


def find_hints(metrics: CanvasMetrics) -> list[Hint]:
    """Return the hints of all rules that find something, in the order of HINT_RULES."""
    return [
        Hint(rule, text, tuple(entries))
        for rule, (text, find_entries) in HINT_RULES.items()
        if (entries := find_entries(metrics))
    ]


def _find_unserved_must_haves(metrics: CanvasMetrics) -> list[Entry]:
    """Return the must-haves that no offer serves; none before every offer is reviewed."""
    if not metrics.offers or metrics.unreviewed:
        return []
    return [
        need.ranked.entry for need in metrics.needs.values() if need.ranked.must_have and not need.coverage
    ]


def _find_offers_that_fit_nothing(metrics: CanvasMetrics) -> list[Entry]:
    return [offer.ranked.entry for offer in metrics.fits_nothing]


def _find_only_functional_jobs(metrics: CanvasMetrics) -> list[Entry]:
    jobs = _list_entries(metrics, Kind.JOB)
    all_functional = all(job.category == FUNCTIONAL for job in jobs)
    return jobs if len(jobs) >= MIN_ENTRIES_FOR_PATTERN and all_functional else []


def _find_boxes_voted_all_5(metrics: CanvasMetrics) -> list[Entry]:
    return [
        ranked.entry
        for box in metrics.boxes.values()
        if len(box) >= MIN_ENTRIES_FOR_PATTERN
        and all(ranked.vote_count and set(ranked.entry.votes.values()) == {5} for ranked in box)
        for ranked in box
    ]


def _find_jobs_that_name_solutions(metrics: CanvasMetrics) -> list[Entry]:
    return [job for job in _list_entries(metrics, Kind.JOB) if _SOLUTION_WORD.search(job.text)]


def _find_pains_without_measure(metrics: CanvasMetrics) -> list[Entry]:
    pains = _list_entries(metrics, Kind.PAIN)
    any_measured = any(_MEASURE_WORD.search(pain.text) for pain in pains)
    return pains if len(pains) >= MIN_ENTRIES_FOR_PATTERN and not any_measured else []


def _find_products_among_offers(metrics: CanvasMetrics) -> list[Entry]:
    product_texts = {_normalize_text(product.text) for product in _list_entries(metrics, *PRODUCT_KINDS)}
    offers = _list_entries(metrics, *OFFER_KINDS)
    return [offer for offer in offers if _normalize_text(offer.text) in product_texts]


def _find_single_entries(metrics: CanvasMetrics) -> list[Entry]:
    """Return each entry that is the only one in its box; none on a new canvas."""
    if len(metrics.ranked) <= MAX_ENTRIES_OF_NEW_CANVAS:
        return []
    return [box[0].entry for box in metrics.boxes.values() if len(box) == 1]


def _list_entries(metrics: CanvasMetrics, *kinds: Kind) -> list[Entry]:
    """Return the entries of these boxes, in rank order within each."""
    return [ranked.entry for kind in kinds for ranked in metrics.boxes[kind]]


def _normalize_text(text: str) -> str:
    """Return the words of a text without case and punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


# Rules by importance: the text of the hint, and the function that finds its entries. A rule's name is stored
# when a team dismisses its hint: never rename one.
HINT_RULES: Mapping[str, tuple[str, Callable[[CanvasMetrics], list[Entry]]]] = {
    "unserved": (
        "Must-haves that no offer addresses at all. Is an offer missing, or is the need not so essential?",
        _find_unserved_must_haves,
    ),
    "useless": (
        "Offers that fit nothing yet. What does the customer get from them?",
        _find_offers_that_fit_nothing,
    ),
    "products among offers": (
        (
            f"Products among the {Kind.PAIN_RELIEVER.spec.plural} or {Kind.GAIN_CREATOR.spec.plural}. "
            "What exactly do they relieve or create?"
        ),
        _find_products_among_offers,
    ),
    "solutions in jobs": (
        "Jobs that name a solution. What does the customer try to get done, whatever they use?",
        _find_jobs_that_name_solutions,
    ),
    "only functional": (
        "All jobs are functional. How does the customer want to feel, and to be seen?",
        _find_only_functional_jobs,
    ),
    "all at the top": (
        "Everything in a box is voted 5. If all of it is essential, which would the customer give up last?",
        _find_boxes_voted_all_5,
    ),
    "no measure": (
        "No pain says how much or how often. From when on is it too long, too dear, too often?",
        _find_pains_without_measure,
    ),
    "lonely": (
        "A box with a single entry. Is that all there is, or all that came to mind first?",
        _find_single_entries,
    ),
}
