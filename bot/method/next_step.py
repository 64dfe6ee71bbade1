"""Find the next step for a canvas, in the order of the method. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.method.assumption_tests import find_next_rung, find_open_tests, find_untested
from bot.method.evidence import EvidenceState
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry


class StepAction(StrEnum):
    """What the button of a step does."""

    ADD = "add"  # add an entry of the step's kind
    ANSWER = "answer"  # add an offer of the step's kind for the need in the step's entry
    RANK = "rank"  # rank the box of the step's kind, or every box without a kind
    REVIEW = "review"  # start the fit review at the offer in the step's entry
    VIEW = "view"  # show the step's entry
    DISCUSS = "discuss"  # start a discussion of the step's entry
    TEST = "test"  # start a test of the step's entry
    LIST_TESTS = "list_tests"


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step: a sentence that says what to do and why, and the action of its button.

    `text` is a format string with `{}` for the text of `entry`, or for `until`. The caller formats it: a
    member wrote that text, which must be escaped first, and Slack writes an instant for each reader.
    """

    action: StepAction
    text: str
    entry: Entry | None = None
    kind: Kind | None = None
    until: datetime | None = None


def find_next_step(metrics: CanvasMetrics) -> NextStep:
    """Return the first step that applies; the last one always does."""
    return (
        _vote_in_sealed_round(metrics)
        or _fill_empty_box(metrics)
        or _rank_unvoted_box(metrics)
        or _review_offer(metrics)
        or _close_gap(metrics)
        or _test_riskiest_assumption(metrics)
        or _settle_divisive_entry(metrics)
        or _rethink_offer(metrics)
        or (_follow_tests() if metrics.fit.achieved else _find_must_haves())
    )


def _vote_in_sealed_round(metrics: CanvasMetrics) -> NextStep | None:
    """Vote in the sealed round that ends first."""
    sealed = [(entry.seal.until, entry.kind) for entry in metrics.canvas.entries if entry.seal]
    if not sealed:
        return None
    first = min(until for until, _ in sealed)
    kind, *other_kinds = {kind for until, kind in sealed if until == first}
    text = "A sealed vote runs until {}: vote in private."
    return NextStep(StepAction.RANK, text, kind=None if other_kinds else kind, until=first)


def _fill_empty_box(metrics: CanvasMetrics) -> NextStep | None:
    for kind in Kind:
        if kind.is_required and not metrics.boxes[kind]:
            text = f"There are no {kind.spec.plural} yet: add {kind.spec.description}."
            return NextStep(StepAction.ADD, text, kind=kind)
    return None


def _rank_unvoted_box(metrics: CanvasMetrics) -> NextStep | None:
    for kind in Kind:
        if kind.is_required and not any(ranked.vote_count for ranked in metrics.boxes[kind]):
            text = f"No {kind.spec.singular} is ranked yet: vote on the {kind.spec.plural}."
            return NextStep(StepAction.RANK, text, kind=kind)
    return None


def _review_offer(metrics: CanvasMetrics) -> NextStep | None:
    unreviewed = metrics.unreviewed
    if not unreviewed:
        return None
    if len(unreviewed) == 1:
        text = "Nobody has reviewed “{}” yet: say which needs it really fits."
    else:
        text = f"{len(unreviewed)} offers wait for a fit review, “{{}}” first."
    return NextStep(StepAction.REVIEW, text, unreviewed[0].ranked.entry)


def _close_gap(metrics: CanvasMetrics) -> NextStep | None:
    for need in metrics.fit.gaps:
        if need.ranked.must_have:
            entry = need.ranked.entry
            offer_kind = entry.kind.need_spec.offer_kind
            lack = (
                "The must-have “{}” is only partly addressed"
                if need.coverage
                else "Nothing addresses the must-have “{}” yet"
            )
            text = f"{lack}: is there {offer_kind.spec.singular_with_article} for it?"
            return NextStep(StepAction.ANSWER, text, entry, offer_kind)
    return None


def _settle_divisive_entry(metrics: CanvasMetrics) -> NextStep | None:
    for ranked in metrics.divisive:
        if ranked.entry.id not in metrics.canvas.to_be_tested:
            text = "The team is divided on “{}”: discuss it, then vote again."
            return NextStep(StepAction.DISCUSS, text, ranked.entry)
        if _is_untested(ranked.entry, metrics):
            text = "The team has discussed “{}” twice and is still divided: test it with customers."
            return NextStep(StepAction.TEST, text, ranked.entry)
    return None


def _is_untested(entry: Entry, metrics: CanvasMetrics) -> bool:
    """Return whether no test of an entry runs, and evidence has not decided on it."""
    state = metrics.evidence.entries[entry.id].state
    is_decided = state in {EvidenceState.EVIDENCED, EvidenceState.REFUTED}
    return not is_decided and entry.id not in find_open_tests(metrics)


def _rethink_offer(metrics: CanvasMetrics) -> NextStep | None:
    for offer in metrics.fits_nothing:
        text = "“{}” fits nothing yet: sharpen it or let it go."
        return NextStep(StepAction.VIEW, text, offer.ranked.entry)
    return None


def _test_riskiest_assumption(metrics: CanvasMetrics) -> NextStep | None:
    # The same messages show the verdict, which already says that the fit is achieved on paper.
    if not metrics.fit.achieved:
        return None
    risk = find_untested(metrics.evidence.riskiest, find_open_tests(metrics))
    if risk is None:
        return None
    rung = find_next_rung(risk.evidence)
    text = f"Test the riskiest assumption, “{{}}”{f': {rung}' if rung else ''}."
    return NextStep(StepAction.TEST, text, risk.ranked.entry)


def _follow_tests() -> NextStep:
    text = "What is riskiest has been tested, or is being tested: record what you see."
    return NextStep(StepAction.LIST_TESTS, text)


def _find_must_haves() -> NextStep:
    text = "No need is a must-have yet: vote 5 on what the customer cannot do without."
    return NextStep(StepAction.RANK, text)
