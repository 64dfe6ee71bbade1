"""Record, change and delete evidence."""

from collections.abc import Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.emoji_names import replace_emoji_codes
from bot.features.cards.model import CARD_JOB
from bot.features.evidence.model import (
    CONTRADICTS,
    ON_BOTH_SIDES,
    SUPPORTS,
    ConflictingChange,
    apply_merges_to_draft,
)
from bot.jobs import idempotency, store as jobs
from bot.method.evidence import EvidenceMetrics
from bot.method.merging import merge_sources
from bot.method.model import Evidence
from bot.picture.png import create_risk_png
from bot.picture.risks import build_risk_alt_text
from bot.slack.blockkit.text import make_file_name
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import InvalidInput
from bot.slack.outgoing.files import File
from bot.slack.request import Request
from bot.store import entries as entry_store, evidence as evidence_store, loading
from bot.store.evidence import EvidenceDraft, EvidenceVersion
from bot.store.model import CanvasInfo

ITEM_NOT_FOUND = "That evidence is not there any more."
ENTRY_NOT_FOUND = "One of the entries was deleted meanwhile: take it out."


async def save_evidence(
    request: Request,
    deps: Deps,
    canvas_info: CanvasInfo,
    draft: EvidenceDraft,
    item_id: int = 0,
    version: int | None = None,
) -> int | ConflictingChange:
    """Record an item, or change this version of one; return its id, also for a repeated request.

    Return the other change if somebody saved one since that version; None is any version. Entries that were
    merged meanwhile are their merge targets. Raises InvalidInput if one was deleted meanwhile, and
    UserError if the item was.
    """
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        merges = await entry_store.load_canvas_merges(session, canvas_info.id)
        draft = apply_merges_to_draft(draft, merges)
        entry_ids = {entry.id for entry in await loading.load_entries(session, canvas_info.id)}
        linked_ids = {*draft.supports, *draft.contradicts}
        if not linked_ids <= entry_ids:
            raise InvalidInput(SUPPORTS, ENTRY_NOT_FOUND)
        if {*draft.supports} & {*draft.contradicts}:  # since two entries are one now
            raise InvalidInput(CONTRADICTS, ON_BOTH_SIDES)
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            return item_id
        if item_id:
            current = await evidence_store.lock_version(session, canvas_info.id, item_id)
            before = await evidence_store.find_evidence(session, canvas_info.id, item_id)
            if before is None:
                raise UserError(ITEM_NOT_FOUND)
            if version not in {None, current}:
                return ConflictingChange(before)
            await evidence_store.change_evidence(session, canvas_info.id, item_id, draft, now)
            linked_ids |= {*before.item.supports, *before.item.contradicts} & entry_ids
        else:
            (item_id,) = await evidence_store.add_evidence(
                session, canvas_info.id, request.user_id, [draft], now
            )
        await _enqueue_cards(session, deps, canvas_info, linked_ids)
    return item_id


async def delete_evidence(request: Request, deps: Deps, canvas_info: CanvasInfo, item: Evidence) -> None:
    """Delete an item; one that is deleted already stays so."""
    async with deps.db.transaction(request.team_id) as session:
        await evidence_store.delete_evidence(session, canvas_info.id, item.id, deps.clock())
        await _enqueue_cards(session, deps, canvas_info, {*item.supports, *item.contradicts})


async def restore_evidence(request: Request, deps: Deps, canvas_info: CanvasInfo, item_id: int) -> None:
    """Bring a deleted item back; one that is not deleted stays as it is."""
    async with deps.db.transaction(request.team_id) as session:
        await evidence_store.restore_evidence(session, canvas_info.id, item_id, deps.clock())
        found = await evidence_store.find_evidence(session, canvas_info.id, item_id)
        if found is None:
            raise UserError(ITEM_NOT_FOUND)
        await _enqueue_cards(session, deps, canvas_info, {*found.item.supports, *found.item.contradicts})


async def unlink_evidence(
    request: Request, deps: Deps, canvas_info: CanvasInfo, item: Evidence, entry_id: int
) -> None:
    """Take an entry off an item. An item without entries stays, unlinked."""
    async with deps.db.transaction(request.team_id) as session:
        merges = await entry_store.load_canvas_merges(session, canvas_info.id)
        source_ids = merge_sources(entry_id, merges)
        await evidence_store.unlink_evidence(session, canvas_info.id, item.id, source_ids, deps.clock())
        await _enqueue_cards(session, deps, canvas_info, {entry_id})


async def build_risk_picture(canvas_info: CanvasInfo, evidence: EvidenceMetrics) -> File:
    """Return the picture of importance and evidence. Raises what `create_risk_png` raises."""
    title = canvas_info.title
    return File(
        f"{make_file_name(canvas_info.name)}-risks.png",
        f"Risks: {replace_emoji_codes(title)}",
        await create_risk_png(title, evidence),
        build_risk_alt_text(title, evidence),
    )


async def find_item(request: Request, deps: Deps, canvas_info: CanvasInfo, item_id: int) -> EvidenceVersion:
    """Return an item. Raises UserError if it was deleted, or if its user may not change it."""
    async with deps.db.reading(request.team_id) as session:
        found = await evidence_store.find_evidence(session, canvas_info.id, item_id)
    if found is None:
        raise UserError(ITEM_NOT_FOUND)
    if not canvas_info.settings.may_edit(request.user_id, found.item.recorder_id, canvas_info.starter_id):
        raise UserError("Only who recorded it may change it: so `/valuemap settings` says.")
    return found


async def _enqueue_cards(
    session: AsyncSession, deps: Deps, canvas_info: CanvasInfo, entry_ids: Iterable[int]
) -> None:
    await jobs.enqueue(session, CARD_JOB, sorted(entry_ids), canvas_info.channel_id, deps.clock())
