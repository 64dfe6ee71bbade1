"""Answer *Why?* in one sentence: where an entry stands, and by what. The figures follow it. Pure."""

from typing import assert_never

from bot.features.fit.blocks import describe_cover, format_some_entries
from bot.method.evidence import EntryEvidence
from bot.method.fit import OfferFit
from bot.method.formatting import format_levels
from bot.method.kinds import Role
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.text import count_noun
from bot.times.clock import format_moment

MAX_NAMED = 2  # entries that an offer helps with, or that a product delivers


def build_answer(ranked: RankedEntry, metrics: CanvasMetrics, evidence: EntryEvidence) -> str:
    """Return "Rank 1 of 4 pains and a must-have, by 3 votes (two 5s, one 4); ✗ not addressed; evidenced."."""
    state = str(evidence.state) if evidence.counted else "no evidence yet"
    parts = [_describe_standing(ranked, metrics), *_describe_role(ranked.entry, metrics), state]
    return f"{'; '.join(parts)}."


def _describe_standing(ranked: RankedEntry, metrics: CanvasMetrics) -> str:
    if ranked.rank is None:
        seal = ranked.entry.seal
        return f"It is sealed until {format_moment(seal.until)}" if seal else "It waits for votes"
    spec = ranked.entry.kind.spec
    size = count_noun(len(metrics.boxes[ranked.entry.kind]), spec.singular, spec.plural)
    must_have = " and a must-have" if ranked.must_have else ""
    votes = f"{count_noun(ranked.vote_count, 'vote')} ({format_levels(ranked.entry.votes.values())})"
    divided = " that divide the team" if ranked.divisive else ""
    return f"Rank {ranked.rank} of {size}{must_have}, by {votes}{divided}"


def _describe_role(entry: Entry, metrics: CanvasMetrics) -> list[str]:
    match entry.kind.role:
        case Role.NEED:
            need = metrics.needs[entry.id]
            return [f"{need.cover.mark} {describe_cover(need, metrics)}"]
        case Role.OFFER:
            return [_describe_help(metrics.offers[entry.id], metrics)]
        case Role.PRODUCT:
            offers = (offer.ranked.entry for offer in metrics.offers.values())
            delivered = [offer for offer in offers if entry.id in offer.delivered_by]
            named = format_some_entries(delivered, MAX_NAMED)
            return [f"delivers {named}" if delivered else "no reliever or creator uses it yet"]
        case Role.CONTEXT:
            return []
        case _:
            assert_never(entry.kind.role)


def _describe_help(offer: OfferFit, metrics: CanvasMetrics) -> str:
    """Return "helps with “slow” and 2 more", what it helps with most first."""
    if not offer.reviewer_count:
        return "not reviewed yet"
    offer_id = offer.ranked.entry.id
    helped = [
        (strength * (metrics.ranked[need_id].weight or 0), metrics.ranked[need_id].entry)
        for need_id in metrics.needs
        if (strength := metrics.strengths.get((offer_id, need_id)))
    ]
    helped.sort(key=lambda each: -each[0])
    named = format_some_entries([entry for _, entry in helped], MAX_NAMED)
    return f"helps with {named}" if helped else "fits nothing yet"
