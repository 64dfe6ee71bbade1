"""Compare a file with the canvas, and add its entries: all or nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.model import CANVAS_JOB, CARD_JOB
from bot.features.entries.service import delete_entries, replace_texts
from bot.features.imports import store
from bot.features.imports.parsed import ParsedEntry, ParsedEvidence, ParsedTest, ParseResult
from bot.features.imports.parsing import parse_content
from bot.features.imports.plan import ImportPlan, SimilarChoice, plan_import
from bot.features.workspaces.service import get_member
from bot.jobs import idempotency, store as jobs
from bot.method.kinds import Kind
from bot.method.model import NO_ENTRY, AssumptionTest, Canvas, Entry
from bot.slack.deps import Deps
from bot.slack.errors import UserError
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
from bot.times.clock import zone_or_utc


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import would do or, if it was carried out, what it did."""

    plan: ImportPlan
    added_ids: Sequence[int] = ()  # of the new entries
    is_done: bool = False  # whether it was carried out


async def preview_or_add(
    request: Request,
    deps: Deps,
    canvas_info: CanvasInfo,
    content: bytes,
    confirmed_fingerprint: str,
    box: Kind | None = None,
    similar_choice: SimilarChoice = SimilarChoice.LEAVE_OUT,
) -> ImportOutcome | None:
    """Parse a file or text and return its plan; add its entries if the user confirmed that plan.

    `confirmed_fingerprint` is "" for a first preview. `box` is the kind that the user chose for texts without
    one, and `similar_choice` what becomes of entries that are similar to others. Returns None for a repeated
    delivery of a request that has added its entries.
    """
    # In a thread: a large file takes long enough to delay the answers to other requests.
    result = await asyncio.to_thread(parse_content, content)
    if confirmed_fingerprint:
        placed = await asyncio.to_thread(parse_content, content, box) if box else result
        return await _add_confirmed(
            request, deps, canvas_info, result, placed, confirmed_fingerprint, similar_choice
        )
    async with deps.db.reading(request.team_id) as session:
        return ImportOutcome(plan_import(result, await _load_canvas(session, canvas_info, result)))


async def _load_canvas(session: AsyncSession, canvas_info: CanvasInfo, result: ParseResult) -> Canvas:
    """Return a canvas with what a file is compared with."""
    return await loading.load_canvas(
        session,
        canvas_info.id,
        with_reviews=bool(result.reviews),
        with_evidence=bool(result.evidence or result.tests),
    )


async def _add_confirmed(
    request: Request,
    deps: Deps,
    canvas_info: CanvasInfo,
    shown: ParseResult,
    placed: ParseResult,
    confirmed_fingerprint: str,
    similar_choice: SimilarChoice,
) -> ImportOutcome | None:
    """Add the entries if the plan of what was shown still has the confirmed fingerprint.

    Otherwise, or if what was put into the chosen box has errors, return the new plan.
    """
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        # The key is claimed only below: a changed plan is only shown again, which must not use the key up.
        if await idempotency.is_key_claimed(session, request.idempotency_key):
            return None
        canvas = await _load_canvas(session, canvas_info, shown)
        shown_plan = plan_import(shown, canvas)
        plan = plan_import(placed, canvas, similar_choice=similar_choice)
        if shown_plan.errors or shown_plan.fingerprint != confirmed_fingerprint:
            return ImportOutcome(shown_plan)
        if plan.errors or not plan.adds_something:
            return ImportOutcome(plan)
        changed = [entry for entry in canvas.entries if entry.id in plan.new_texts]
        _require_editor(request, canvas_info, changed)
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            return None
        added_ids = await _store_plan(session, canvas_info, request.user_id, plan, now)
        await replace_texts(session, request.user_id, plan.new_texts, now)
        return ImportOutcome(plan, added_ids, is_done=True)


async def undo_import(
    request: Request, deps: Deps, canvas_info: CanvasInfo, ranges: Sequence[range]
) -> list[Entry]:
    """Delete the entries of a canvas whose ids are in these ranges; return those that were still there.

    Raises UserError if the canvas's settings do not let this person delete one of them.
    """
    async with deps.db.reading(request.team_id) as session:
        entries = await loading.load_entries(session, canvas_info.id)
    added = [entry for entry in entries if any(entry.id in each for each in ranges)]
    _require_editor(request, canvas_info, added)
    await get_member(deps, request.team_id, request.user_id)  # the cards show the name
    return await delete_entries(request, deps, canvas_info.channel_id, added)


def _require_editor(request: Request, canvas_info: CanvasInfo, entries: Sequence[Entry]) -> None:
    """Raise UserError unless the canvas's settings let the user edit and delete all of these entries."""
    settings, starter_id = canvas_info.settings, canvas_info.starter_id
    if not all(settings.may_edit(request.user_id, entry.author_id, starter_id) for entry in entries):
        raise UserError("You may not change some of these entries: so `/valuemap settings` says.")


async def _store_plan(
    session: AsyncSession, canvas_info: CanvasInfo, user_id: str, plan: ImportPlan, now: datetime
) -> Sequence[int]:
    """Store the new entries with links, votes and reviews, and enqueue their cards; return their ids."""
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
    today = now.astimezone(zone_or_utc(canvas_info.time_zone)).date()
    evidence = [_to_evidence_draft(item, entry_ids, today) for item in plan.evidence]
    await evidence_store.add_evidence(session, canvas_info.id, user_id, evidence, now)
    tests = [_to_test(test, entry_ids, user_id, now) for test in plan.tests]
    await test_store.add_tests(session, canvas_info, tests, now)
    # The cards of existing entries too, on which new evidence speaks.
    linked_ids = {entry_id for draft in evidence for entry_id in (*draft.supports, *draft.contradicts)}
    changed_ids = [*added_ids, *sorted(linked_ids.difference(added_ids))]
    if changed_ids:
        wanted = [(CANVAS_JOB, canvas_info.id), *((CARD_JOB, entry_id) for entry_id in changed_ids)]
        await jobs.enqueue_kinds(session, wanted, canvas_info.channel_id, now, requester_id)
    return added_ids


def _to_evidence_draft(item: ParsedEvidence, entry_ids: Mapping[int, int], today: date) -> EvidenceDraft:
    supports, contradicts = (
        tuple(entry_ids[index] for index in indexes) for indexes in (item.supports, item.contradicts)
    )
    return EvidenceDraft(
        item.quote,
        item.source,
        item.grade,
        item.count,
        min(item.day, today),
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
