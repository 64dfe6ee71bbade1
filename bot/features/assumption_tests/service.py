"""Start and change tests, record their results and the decisions after them, and ask for what is due."""

from dataclasses import replace
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.assumption_tests.model import (
    ASK_OWNER_JOB,
    OWNER,
    UNDO_WINDOW,
    ListedTests,
    draft_evidence,
    may_change,
)
from bot.features.cards.model import CARD_JOB
from bot.features.channels import membership
from bot.features.channels.service import ENTRY_NOT_FOUND, find_visible_card
from bot.features.workspaces import service as workspaces
from bot.jobs import idempotency, store as jobs
from bot.method.merging import merge_target
from bot.method.metrics import CanvasMetrics
from bot.method.model import AssumptionTest, Decision, Result, Terms
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import InvalidInput
from bot.slack.request import Request
from bot.store import (
    assumption_tests as test_store,
    entries as entry_store,
    evidence as evidence_store,
    loading,
    workspaces as workspace_store,
)
from bot.store.model import CanvasInfo, Card
from bot.times.clock import zone_or_utc

TEST_NOT_FOUND = "That test is not there any more: `/valuemap test` shows those that are."
IS_LOCKED = (
    f"A start can be undone within {UNDO_WINDOW.seconds // 60} minutes, while nobody has changed the test or "
    "recorded its result: it is locked now. `/valuemap test` shows it."
)
HAS_RESULT = "Somebody recorded the result of this test meanwhile: `/valuemap test` shows it."
HAS_DECISION = "Somebody decided meanwhile: `/valuemap test` has the decision log."
NO_RESULT = "There is no result to decide on yet."
ENTRY_DELETED = "Its entry was deleted: press *Undo* on its card to bring it back first."
MAX_QUESTIONS_PER_TICK = 100


def find_today(deps: Deps, canvas_info: CanvasInfo) -> date:
    """Return the day by the clock of the canvas's starter."""
    return deps.clock().astimezone(zone_or_utc(canvas_info.time_zone)).date()


async def list_tests(
    request: Request, deps: Deps, canvas_info: CanvasInfo, metrics: CanvasMetrics, entry_id: int | None = None
) -> ListedTests:
    """Return the tests of a canvas, or of one of its entries, with the names of their people."""
    user_ids = {
        user_id
        for test in metrics.canvas.tests
        for user_id in (test.terms.owner_id, test.decision.decider_id if test.decision else "")
    }
    async with deps.db.reading(request.team_id) as session:
        names = await workspace_store.load_member_names(session, user_ids)
    today = find_today(deps, canvas_info)
    return ListedTests(canvas_info, metrics, names, today, request.user_id, entry_id)


async def find_testable_card(request: Request, deps: Deps, canvas_info: CanvasInfo, entry_id: int) -> Card:
    """Return the card of an entry of the canvas, or of the entry that it was merged into.

    Raises UserError if it was deleted, or is on another canvas.
    """
    card = await find_visible_card(request, deps, entry_id)
    if card.merged_into_id is not None:
        async with deps.db.reading(request.team_id) as session:
            merges = await entry_store.load_merges(session, entry_id)
        card = await find_visible_card(request, deps, merge_target(entry_id, merges))
    if card.canvas_id != canvas_info.id:
        raise UserError(ENTRY_NOT_FOUND)
    if card.deleted_by_id is not None:
        raise UserError(ENTRY_DELETED)
    return card


async def find_own_test(
    request: Request, deps: Deps, canvas_info: CanvasInfo, test_id: int
) -> AssumptionTest:
    """Return a test. Raises UserError if there is none, or if its user may not change it."""
    async with deps.db.reading(request.team_id) as session:
        test = await test_store.find_test(session, canvas_info.id, test_id)
    if test is None:
        raise UserError(TEST_NOT_FOUND)
    if not may_change(canvas_info, test, request.user_id):
        raise UserError("Only who owns or started this test may do that: so `/valuemap settings` says.")
    return test


async def require_owner(request: Request, deps: Deps, canvas_info: CanvasInfo, owner_id: str) -> None:
    """Store the name of a test's owner. Raises InvalidInput unless they are a person in the channel."""
    as_owner = replace(request, channel_id=canvas_info.channel_id, user_id=owner_id)
    is_in_channel = owner_id == request.user_id or await membership.is_member(as_owner, deps)
    if not is_in_channel or (await workspaces.get_member(deps, request.team_id, owner_id)).is_bot:
        raise InvalidInput(OWNER, "Choose a member of this channel.")


async def start_test(
    request: Request, deps: Deps, canvas_info: CanvasInfo, card: Card, terms: Terms
) -> int | None:
    """Start a test of an entry and return its id; None for a repeated request.

    Raises UserError if the entry was changed or deleted since the card was read.
    """
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            return None
        entries = await loading.load_entries(session, canvas_info.id)
        if not any(entry.id == card.entry.id and entry.text == card.entry.text for entry in entries):
            raise UserError("Somebody changed this entry just now: submit again to see how it reads.")
        test = AssumptionTest(0, card.entry.id, card.entry.text, terms, request.user_id, now)
        (test_id,) = await test_store.add_tests(session, canvas_info, [test], now)
        await _enqueue_card(session, deps, canvas_info, card.entry.id)
    return test_id


async def undo_start(request: Request, deps: Deps, canvas_info: CanvasInfo, test: AssumptionTest) -> None:
    """Delete a test that was started just now. Raises UserError if it is locked."""
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        if not await test_store.withdraw_test(session, canvas_info.id, test.id, now - UNDO_WINDOW):
            raise UserError(IS_LOCKED)
        await _enqueue_card(session, deps, canvas_info, test.entry_id)


async def change_test(
    request: Request, deps: Deps, canvas_info: CanvasInfo, test: AssumptionTest, version: int, terms: Terms
) -> bool:
    """Change the terms of a test; return False if somebody changed them since this version.

    Raises UserError if the test has a result.
    """
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            return True
        is_changed = await test_store.change_terms(
            session, canvas_info, test.id, version, terms, request.user_id, now
        )
        current = await test_store.find_test(session, canvas_info.id, test.id)
        if current is None or current.result is not None:
            raise UserError(HAS_RESULT)
        if is_changed:
            await _enqueue_card(session, deps, canvas_info, test.entry_id)
    return is_changed


async def record_result(
    request: Request, deps: Deps, canvas_info: CanvasInfo, test: AssumptionTest, result: Result
) -> None:
    """Store the result of a test, and the evidence that comes of it, in one transaction.

    A repeated request does nothing. Raises UserError if the test has a result, or its entry was deleted.
    """
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            return
        if not await test_store.record_result(session, canvas_info.id, test.id, result):
            raise UserError(HAS_RESULT)
        entries = await loading.load_entries(session, canvas_info.id)
        if not any(entry.id == test.entry_id for entry in entries):
            raise UserError(ENTRY_DELETED)
        own_entry_id = await test_store.find_own_entry_id(session, test.id) or test.entry_id
        item = draft_evidence(replace(test, entry_id=own_entry_id), result, find_today(deps, canvas_info))
        if item is not None:
            await evidence_store.add_evidence(session, canvas_info.id, request.user_id, [item], now)
        await _enqueue_card(session, deps, canvas_info, test.entry_id)


async def decide(
    request: Request, deps: Deps, canvas_info: CanvasInfo, test: AssumptionTest, decision: Decision
) -> None:
    """Store the decision after a test. A repeated request does nothing.

    Raises UserError if the test has a decision, or no result.
    """
    await workspaces.get_member(deps, request.team_id, request.user_id)  # the decision log shows the name
    async with deps.db.transaction(request.team_id) as session:
        if not await idempotency.claim_key(session, request.idempotency_key, deps.clock()):
            return
        if not await test_store.record_decision(session, canvas_info.id, test.id, decision):
            raise UserError(HAS_DECISION if test.result else NO_RESULT)


async def ask_for_due_results(deps: Deps) -> None:
    """Enqueue a question to the owner of each test whose last day is over, once."""
    now = deps.clock()
    async with deps.db.reading(None) as session:
        due_tests = await test_store.list_due_tests(session, now, MAX_QUESTIONS_PER_TICK)
    for team_id, channel_id, test_id in due_tests:
        async with deps.db.transaction(team_id) as session:
            if await test_store.claim_asking(session, test_id, now):
                await jobs.enqueue(session, ASK_OWNER_JOB, [test_id], channel_id, now)


async def _enqueue_card(session: AsyncSession, deps: Deps, canvas_info: CanvasInfo, entry_id: int) -> None:
    await jobs.enqueue(session, CARD_JOB, [entry_id], canvas_info.channel_id, deps.clock())
