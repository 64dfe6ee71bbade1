"""Compute what customers showed: points, confidence, risk, proof and the gates. The constants are our own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from bot.method.exact import (
    combine_products,
    compute_weighted_mean,
    exact_sort_key,
    make_fraction,
    take_remainder,
)
from bot.method.fit import NeedFit
from bot.method.model import Evidence, Grade, Result
from bot.method.paper import PaperMetrics
from bot.method.ranking import RankedEntry

DOUBT_POINTS = 10  # imaginary points against every entry
EVIDENCED_MIN_LEAD = 10
CONTESTED_MIN_POINTS = 4  # for and against
ALARM_MAX_LEAD = -4  # of a must-have that evidence speaks against
CARRIED_MIN_STRENGTH = Fraction(1, 2)  # of an offer that carries a must-have to the market
CARRIED_MIN_LEAD = 10  # from what customers did and paid
MIN_PAID_SOURCES = 2
MAX_CACHED_SOURCES = 4096  # each source is looked at once for every entry
HARD_GRADES = frozenset({Grade.DID, Grade.PAID})


class EvidenceState(StrEnum):
    """What the evidence on an entry comes to."""

    ASSUMED = "assumed"
    SOME = "some evidence"
    CONTESTED = "contested"
    EVIDENCED = "evidenced"
    REFUTED = "refuted"

    @property
    def predicate(self) -> str:
        """What is said of an entry: "is evidenced", "has some evidence"."""
        return f"has {self}" if self is EvidenceState.SOME else f"is {self}"


@dataclass(frozen=True, slots=True)
class EntryEvidence:
    """The evidence on one entry."""

    counted: tuple[Evidence, ...]  # the items whose points count
    others: tuple[Evidence, ...]  # linked to the entry, but a voice counts once
    points_for: int
    points_against: int

    @property
    def lead(self) -> int:
        return self.points_for - self.points_against

    @property
    def confidence(self) -> Fraction:
        """How sure the evidence makes, 0..1; 0 without evidence for the entry."""
        return make_fraction(self.points_for, self.points_for + self.points_against + DOUBT_POINTS)

    @property
    def state(self) -> EvidenceState:
        if not self.counted:
            return EvidenceState.ASSUMED
        if self.lead >= EVIDENCED_MIN_LEAD:
            return EvidenceState.EVIDENCED
        if self.lead <= -EVIDENCED_MIN_LEAD:
            return EvidenceState.REFUTED
        if min(self.points_for, self.points_against) >= CONTESTED_MIN_POINTS:
            return EvidenceState.CONTESTED
        return EvidenceState.SOME


EvidenceStates = Mapping[int, EvidenceState]  # by entry id; an entry that is not in it is assumed

NO_EVIDENCE = EntryEvidence((), (), 0, 0)


@dataclass(frozen=True, slots=True)
class GateCount:
    """How many must-haves pass a condition of a gate."""

    passed: int
    total: int

    @property
    def is_complete(self) -> bool:
        """Whether there are must-haves and all of them pass."""
        return self.total > 0 and self.passed == self.total

    def __str__(self) -> str:
        return f"{self.passed}/{self.total}"


@dataclass(frozen=True, slots=True)
class Gates:
    """The two gates, each with its counts."""

    addressed: GateCount  # on paper
    evidenced: GateCount
    carried: GateCount  # by an offer that customers took up
    paid_sources: int

    @property
    def problem_solution_fit(self) -> bool:
        """Whether the first gate is open: must-haves are addressed on paper and evidenced."""
        return self.addressed.is_complete and self.evidenced.is_complete

    @property
    def product_market_fit(self) -> bool:
        """Whether the second gate is open: customers also took up the offers, and paid."""
        is_carried = self.carried.is_complete and self.paid_sources >= MIN_PAID_SOURCES
        return self.problem_solution_fit and is_carried


@dataclass(frozen=True, slots=True)
class Risk:
    """How much depends on an entry that evidence does not support."""

    ranked: RankedEntry
    importance: Fraction  # weight of a need, relevance of an offer, 0..1
    evidence: EntryEvidence

    @property
    def size(self) -> Fraction:
        """The risk, 0..1."""
        return take_remainder(self.importance, self.evidence.confidence)


@dataclass(frozen=True, slots=True)
class EvidenceMetrics:
    """The evidence on a canvas. The keys of the mappings are entry ids."""

    entries: Mapping[int, EntryEvidence]  # of every entry
    risks: Mapping[int, Risk]  # of needs with votes and of offers, in order of creation
    proofs: Mapping[int, Fraction]  # of needs, 0..1
    fit_in_evidence: Fraction | None  # None if no need has votes
    gates: Gates
    alarms_against: tuple[RankedEntry, ...]  # must-haves that evidence speaks against
    overlooked: tuple[RankedEntry, ...]  # evidenced needs that are no must-haves
    unlinked: tuple[Evidence, ...]  # items of no active entry

    @property
    def states(self) -> EvidenceStates:
        """The state of each entry with evidence; all others are assumed."""
        return {entry_id: entry.state for entry_id, entry in self.entries.items() if entry.counted}

    @property
    def refuted(self) -> list[Risk]:
        """The refuted entries, which ask for a decision, the greatest importance first."""
        refuted = [risk for risk in self.risks.values() if risk.evidence.state is EvidenceState.REFUTED]
        return sorted(refuted, key=lambda risk: exact_sort_key(risk.importance), reverse=True)

    @property
    def riskiest(self) -> list[Risk]:
        """The entries that are neither evidenced nor refuted, the greatest risk first."""
        settled = {EvidenceState.EVIDENCED, EvidenceState.REFUTED}
        open_risks = [
            risk for risk in self.risks.values() if risk.size and risk.evidence.state not in settled
        ]
        return sorted(open_risks, key=_risk_sort_key, reverse=True)


def _risk_sort_key(risk: Risk) -> tuple[tuple[float, Fraction], Fraction]:
    return exact_sort_key(risk.size), risk.importance


def compute_points(item: Evidence | Result) -> int:
    """Return the points of an item or result: its grade times the number of decimal digits of its count."""
    return item.grade * len(str(item.count))


@lru_cache(maxsize=MAX_CACHED_SOURCES)
def normalize_source(source: str) -> str:
    """Return a source for comparison: without case, edges and repeated spaces."""
    return " ".join(source.casefold().split())


def weigh_items(items: Iterable[tuple[Evidence, bool]]) -> EntryEvidence:
    """Return the evidence of items on one entry, each with whether it supports the entry.

    One voice counts once: of the items of one source with the count 1, the one of the highest grade, then the
    newest, then the last recorded; of those with a greater count, the one with most points in each direction.
    """
    voices: defaultdict[tuple[str, bool | None], list[tuple[Evidence, bool]]] = defaultdict(list)
    for item, is_for in items:
        voices[normalize_source(item.source), is_for if item.count > 1 else None].append((item, is_for))
    chosen = [
        max(same, key=lambda each: (compute_points(each[0]), each[0].day, each[0].id))
        for same in voices.values()
    ]
    chosen_ids = {item.id for item, _ in chosen}
    others = {item.id: item for same in voices.values() for item, _ in same if item.id not in chosen_ids}
    return EntryEvidence(
        counted=tuple(sorted((item for item, _ in chosen), key=lambda item: item.id)),
        others=tuple(others[item_id] for item_id in sorted(others)),
        points_for=sum(compute_points(item) for item, is_for in chosen if is_for),
        points_against=sum(compute_points(item) for item, is_for in chosen if not is_for),
    )


def compute_evidence(metrics: PaperMetrics) -> EvidenceMetrics:
    """Compute the evidence on every entry, the risks, the proof and the gates."""
    items = metrics.canvas.evidence
    by_entry = _link_items(items, metrics)
    entries = dict.fromkeys(metrics.ranked, NO_EVIDENCE)
    entries |= {entry_id: weigh_items(linked) for entry_id, linked in by_entry.items()}
    proofs = _compute_proofs(entries, metrics)
    must_haves = [need for need in metrics.needs.values() if need.ranked.must_have]
    linked_ids = {item.id for linked in by_entry.values() for item, _ in linked}
    return EvidenceMetrics(
        entries=entries,
        risks=_compute_risks(entries, metrics),
        proofs=proofs,
        fit_in_evidence=_compute_fit_in_evidence(proofs, metrics),
        gates=_compute_gates(must_haves, entries, by_entry, metrics),
        alarms_against=tuple(
            need.ranked for need in must_haves if entries[need.ranked.entry.id].lead <= ALARM_MAX_LEAD
        ),
        overlooked=tuple(
            need.ranked
            for need_id, need in metrics.needs.items()
            if entries[need_id].state is EvidenceState.EVIDENCED and not need.ranked.must_have
        ),
        unlinked=tuple(item for item in items if item.id not in linked_ids),
    )


def find_state(states: EvidenceStates, entry_id: int) -> EvidenceState | None:
    """Return the state of an entry for the pictures; None on a canvas without evidence."""
    return states.get(entry_id, EvidenceState.ASSUMED) if states else None


LinkedItems = Mapping[int, Sequence[tuple[Evidence, bool]]]


def _link_items(items: Iterable[Evidence], metrics: PaperMetrics) -> LinkedItems:
    """Return the items of each active entry, each with whether it supports the entry."""
    linked: defaultdict[int, list[tuple[Evidence, bool]]] = defaultdict(list)
    for item in items:
        for entry_ids, is_for in item.sides:
            for entry_id in dict.fromkeys(entry_ids):
                if entry_id in metrics.ranked:
                    linked[entry_id].append((item, is_for))
    return linked


def _compute_risks(entries: Mapping[int, EntryEvidence], metrics: PaperMetrics) -> dict[int, Risk]:
    risks: dict[int, Risk] = {}
    for entry in metrics.canvas.entries:
        ranked = metrics.ranked[entry.id]
        importance = metrics.offers[entry.id].relevance if entry.id in metrics.offers else None
        if entry.id in metrics.needs:
            importance = ranked.weight
        if importance is not None:
            risks[entry.id] = Risk(ranked, importance, entries[entry.id])
    return risks


def _compute_proofs(entries: Mapping[int, EntryEvidence], metrics: PaperMetrics) -> dict[int, Fraction]:
    """Return confidence(need) · (1 − Π(1 − strength · confidence(offer))) of each need."""
    confidences = {entry_id: entry.confidence for entry_id, entry in entries.items() if entry.points_for}
    by_need: defaultdict[int, list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for (offer_id, need_id), strength in metrics.strengths.items():
        if need_id in confidences and offer_id in confidences:
            by_need[need_id].append((strength, confidences[offer_id]))
    proofs = dict.fromkeys(metrics.needs, Fraction(0))
    return proofs | {
        need_id: confidences[need_id] * combine_products(shares) for need_id, shares in by_need.items()
    }


def _compute_fit_in_evidence(proofs: Mapping[int, Fraction], metrics: PaperMetrics) -> Fraction | None:
    weights = {need_id: metrics.ranked[need_id].weight for need_id in proofs}
    return compute_weighted_mean(
        (weight, proofs[need_id]) for need_id, weight in weights.items() if weight is not None
    )


def _compute_gates(
    must_haves: Sequence[NeedFit],
    entries: Mapping[int, EntryEvidence],
    by_entry: LinkedItems,
    metrics: PaperMetrics,
) -> Gates:
    hard_leads = {
        offer_id: weigh_items(
            (item, is_for) for item, is_for in by_entry[offer_id] if item.grade in HARD_GRADES
        ).lead
        for offer_id in metrics.offers
        if offer_id in by_entry
    }

    def count(passing: Iterable[bool]) -> GateCount:
        return GateCount(sum(passing), len(must_haves))

    return Gates(
        addressed=count(need.addressed for need in must_haves),
        evidenced=count(
            entries[need.ranked.entry.id].state is EvidenceState.EVIDENCED for need in must_haves
        ),
        carried=count(
            any(
                lead >= CARRIED_MIN_LEAD
                and metrics.strengths.get((offer_id, need.ranked.entry.id), 0) >= CARRIED_MIN_STRENGTH
                for offer_id, lead in hard_leads.items()
            )
            for need in must_haves
        ),
        paid_sources=len(
            {
                normalize_source(item.source)
                for linked in by_entry.values()
                for item, is_for in linked
                if is_for and item.grade is Grade.PAID
            }
        ),
    )
