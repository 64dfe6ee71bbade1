"""Compare a file with the canvas, and add its entries: all or nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.model import CANVAS_JOB, CARD_JOB
from bot.features.imports import store
from bot.features.imports.parsed import ParsedEntry, ParsedEvidence, ParsedTest, ParseResult
from bot.features.imports.parsing import parse_content
from bot.features.imports.plan import ImportPlan, plan_import
from bot.jobs import idempotency, store as jobs
from bot.method.kinds import Kind
from bot.method.model import NO_ENTRY, AssumptionTest
from bot.slack.deps import Deps
from bot.slack.request import Request
from bot.store import (
    assumption_tests as test_store,
    entries as entry_store,
    evidence as evidence_store,
    loading,
    votes as vote_store,
)
from bot.store.evidence import EvidenceDraft
from bot.store.model import CanvasInfo, Draft
from bot.store.votes import CastVote

JOBS_PER_STATEMENT = 500  # each job binds several parameters, whose number databases limit per statement


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import would do or, if it was carried out, what it did."""

    plan: ImportPlan
    is_added: bool = False


async def preview_or_add(
    request: Request,
    deps: Deps,
    canvas_info: CanvasInfo,
    content: bytes,
    confirmed_fingerprint: str,
    box: Kind | None = None,
    *,
    adds_similar: bool = False,
) -> ImportOutcome | None:
    """Parse a file or text and return its plan; add its entries if the user confirmed that plan.

    `confirmed_fingerprint` is "" for a first preview. `box` is the kind that the user chose for texts without
    one, and `adds_similar` whether entries that are similar to others are added. Returns None for a repeated
    delivery of a request that has added its entries.
    """
    # In a thread: a large file takes long enough to delay the answers to other requests.
    result = await asyncio.to_thread(parse_content, content)
    if confirmed_fingerprint:
        placed = await asyncio.to_thread(parse_content, content, box) if box else result
        return await _add_confirmed(
            request, deps, canvas_info, result, placed, confirmed_fingerprint, adds_similar=adds_similar
        )
    async with deps.db.reading(request.team_id) as session:
        return ImportOutcome(plan_import(result, await loading.load_entries(session, canvas_info.id)))


async def _add_confirmed(
    request: Request,
    deps: Deps,
    canvas_info: CanvasInfo,
    shown: ParseResult,
    placed: ParseResult,
    confirmed_fingerprint: str,
    *,
    adds_similar: bool,
) -> ImportOutcome | None:
    """Add the entries if the plan of what was shown still has the confirmed fingerprint.

    Otherwise, or if what was put into the chosen box has errors, return the new plan.
    """
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        # The key is claimed only below: a changed plan is only shown again, which must not use the key up.
        if await idempotency.is_key_claimed(session, request.idempotency_key):
            return None
        canvas_entries = await loading.load_entries(session, canvas_info.id)
        shown_plan = plan_import(shown, canvas_entries)
        plan = plan_import(placed, canvas_entries, adds_similar=adds_similar)
        if shown_plan.errors or shown_plan.fingerprint != confirmed_fingerprint:
            return ImportOutcome(shown_plan)
        if plan.errors or not plan.new_entries:
            return ImportOutcome(plan)
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            return None
        await _store_plan(session, canvas_info, request.user_id, plan, now)
        return ImportOutcome(plan, is_added=True)


async def _store_plan(
    session: AsyncSession, canvas_info: CanvasInfo, user_id: str, plan: ImportPlan, now: datetime
) -> None:
    """Store the new entries with their links, votes and reviews, and enqueue their cards."""
    new_entries, requester_id = plan.new_entries, "" if canvas_info.restriction else user_id
    drafts = [_to_draft(entry, now) for entry in new_entries.values()]
    added_ids = await entry_store.add_entries(session, canvas_info, user_id, drafts, now)
    entry_ids = {**plan.existing_ids, **dict(zip(new_entries, added_ids, strict=True))}
    await store.insert_deliveries(session, plan.resolve_deliveries(entry_ids))
    votes = [
        CastVote(entry_ids[index], voter_id, level, cast_at_us=0)
        for index, entry in new_entries.items()
        for voter_id, level in entry.votes.items()
    ]
    await vote_store.record_cast_votes(session, votes)
    await store.insert_reviews(session, plan.reviews, entry_ids, now)
    evidence = [_to_evidence_draft(item, entry_ids) for item in plan.evidence]
    await evidence_store.add_evidence(session, canvas_info.id, user_id, evidence, now)
    tests = [_to_test(test, entry_ids, user_id, now) for test in plan.tests]
    await test_store.add_tests(session, canvas_info, tests, now)
    for start in range(0, len(added_ids), JOBS_PER_STATEMENT):
        batch = added_ids[start : start + JOBS_PER_STATEMENT]
        wanted = [(CANVAS_JOB, canvas_info.id), *((CARD_JOB, entry_id) for entry_id in batch)]
        await jobs.enqueue_kinds(session, wanted, canvas_info.channel_id, now, requester_id)


def _to_evidence_draft(item: ParsedEvidence, entry_ids: Mapping[int, int]) -> EvidenceDraft:
    supports, contradicts = (
        tuple(entry_ids[index] for index in indexes) for indexes in (item.supports, item.contradicts)
    )
    return EvidenceDraft(
        item.quote,
        item.source,
        item.grade,
        item.count,
        item.day,
        supports,
        contradicts,
        item.link,
        recorder_id=item.recorder_id or "",
    )


def _to_test(test: ParsedTest, entry_ids: Mapping[int, int], user_id: str, now: datetime) -> AssumptionTest:
    """Return a test of the canvas. No time in it is in the future, and who imports it stands for nobody."""
    result, decision, terms = test.result, test.decision, test.terms
    return AssumptionTest(
        0,
        NO_ENTRY if test.entry_index is None else entry_ids[test.entry_index],
        test.belief,
        replace(terms, owner_id=terms.owner_id or user_id),
        user_id,
        min(result.at, now) if result else now,
        (),
        replace(result, at=min(result.at, now)) if result else None,
        replace(decision, decider_id=decision.decider_id or user_id, at=min(decision.at, now))
        if decision
        else None,
    )


def _to_draft(entry: ParsedEntry, now: datetime) -> Draft:
    # A file may name a time in the future, which would put the entry behind all that are added until then.
    created_at = min(entry.created_at, now) if entry.created_at else None
    return Draft(entry.kind, entry.text, entry.category, author_id=entry.author_id, created_at=created_at)
