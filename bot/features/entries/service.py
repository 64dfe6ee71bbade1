"""Add, edit, move, merge, delete and restore entries.

Each change is one transaction. What has to be posted because of it is a job that the transaction enqueues.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from slack_sdk.errors import SlackApiError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.model import CANVAS_JOB, CARD_JOB, CLEAR_NUMBERS_JOB, NUMBER_REACTIONS_JOB
from bot.features.cards.service import enqueue_card, remove_number_reactions
from bot.features.channels.service import find_requester, load_card_links
from bot.features.entries import blocks
from bot.features.entries.drafts import MAX_ENTRIES_PER_CANVAS
from bot.features.entries.duplicates import find_similar
from bot.features.entries.model import (
    OLD_CARD_JOB,
    REVISION_JOB,
    Addition,
    ConflictingEdit,
    PossibleDuplicate,
    Support,
)
from bot.features.votes.model import READ_VOTES_JOB
from bot.features.workspaces import service as workspaces
from bot.jobs import idempotency, store as jobs
from bot.jobs.handler import OnSuccess
from bot.jobs.model import DependencyNotReady, Job
from bot.jobs.posting import post_once, update_message
from bot.method.kinds import OTHER
from bot.method.model import Entry
from bot.slack.api_errors import read_slack_error
from bot.slack.blockkit.text import build_permalink
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.store import (
    cards as card_store,
    discussions as discussion_store,
    entries as entry_store,
    evidence as evidence_store,
    loading,
    revisions as revision_store,
    sealed_votes as sealed_vote_store,
    votes as vote_store,
    workspaces as workspace_store,
)
from bot.store.model import CanvasInfo, Card, Draft, EntryText


async def add_drafts(
    request: Request, deps: Deps, canvas_info: CanvasInfo, drafts: Sequence[Draft], *, confirmed: bool = False
) -> Addition:
    """Add entries to a canvas, each with its card. A repeated delivery adds nothing and returns the same.

    Unless they are `confirmed`, possible duplicates are returned, not added. Raises UserError if the canvas
    would hold more than MAX_ENTRIES_PER_CANVAS entries.
    """
    await workspaces.get_member(deps, request.team_id, request.user_id)  # the cards show the name
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            return _find_addition(
                drafts, request.user_id, await loading.load_entries(session, canvas_info.id)
            )
        existing_entries = await loading.load_entry_texts(session, canvas_info.id)
        new_drafts, similar_pairs = (
            (list(drafts), []) if confirmed else _separate_duplicates(drafts, existing_entries)
        )
        if len(existing_entries) + len(new_drafts) > MAX_ENTRIES_PER_CANVAS:
            raise UserError(
                f"A canvas holds up to {MAX_ENTRIES_PER_CANVAS} entries: start another one for another "
                "segment."
            )
        product_ids = _find_product_ids(existing_entries)
        sanitized_drafts = [sanitize_draft(draft, product_ids) for draft in new_drafts]
        entry_ids = await entry_store.add_entries(
            session, canvas_info, request.user_id, sanitized_drafts, now
        )
        # The canvas's message too, since the cards reply to it: if it was deleted, it is posted again first.
        wanted = [(CANVAS_JOB, canvas_info.id), *((CARD_JOB, entry_id) for entry_id in entry_ids)]
        requester_id = find_requester(request, canvas_info)
        await jobs.enqueue_kinds(
            session, wanted if entry_ids else [], canvas_info.channel_id, now, requester_id
        )
    similar_ids = {entry.id for _, entry in similar_pairs}
    card_links = await load_card_links(deps, request.team_id, canvas_info, similar_ids) if similar_ids else {}
    duplicates = [
        PossibleDuplicate(draft, entry.text, card_links.get(entry.id, "")) for draft, entry in similar_pairs
    ]
    return Addition(new_drafts, entry_ids, duplicates)


def _find_addition(drafts: Sequence[Draft], author_id: str, entries: Sequence[Entry]) -> Addition:
    """Return what an earlier delivery of the same request has added, of what is still there."""
    ids = {(entry.kind, entry.text): entry.id for entry in entries if entry.author_id == author_id}
    added = {ids[draft.kind, draft.text]: draft for draft in drafts if (draft.kind, draft.text) in ids}
    return Addition([*added.values()], [*added])


def _separate_duplicates(
    drafts: Sequence[Draft], existing_entries: Sequence[EntryText]
) -> tuple[list[Draft], list[tuple[Draft, EntryText]]]:
    """Return the new drafts, and each other draft with the entry or earlier draft to which it is similar."""
    entries, new_drafts = list(existing_entries), list[Draft]()
    similar_pairs: list[tuple[Draft, EntryText]] = []
    for number, draft in enumerate(drafts, start=1):
        entry = find_similar(draft.kind, draft.text, entries)
        if entry:
            similar_pairs.append((draft, entry))
        else:
            new_drafts.append(draft)
            # A negative id marks a draft, which has no card to link to.
            entries.append(EntryText(-number, draft.kind, draft.text))
    return new_drafts, similar_pairs


async def add_confirmed(
    request: Request, deps: Deps, canvas_info: CanvasInfo, draft: Draft
) -> Addition | None:
    """Add a draft that is similar to another entry; return None if this person has added it already.

    A double click sends two requests with different idempotency keys, so the keys do not reveal it.
    """
    async with deps.db.reading(request.team_id) as session:
        existing_entries = await loading.load_entries(session, canvas_info.id)
    identity = (draft.kind, draft.text, request.user_id)
    if any((entry.kind, entry.text, entry.author_id) == identity for entry in existing_entries):
        return None
    return await add_drafts(request, deps, canvas_info, [draft], confirmed=True)


def _find_product_ids(entries: Iterable[EntryText]) -> frozenset[int]:
    """Return the ids of the products among the entries of a canvas."""
    return frozenset(entry.id for entry in entries if entry.kind.is_product)


def sanitize_draft(draft: Draft, product_ids: Collection[int]) -> Draft:
    """Return the draft without a category of another kind and without products of another canvas.

    A form may have been opened before the canvas changed, or be forged.
    """
    categories = {*draft.kind.spec.categories, OTHER}
    return replace(
        draft,
        category=draft.category if draft.category in categories else None,
        delivered_by=tuple(product_id for product_id in draft.delivered_by if product_id in product_ids),
    )


async def list_products(request: Request, deps: Deps, canvas_id: int) -> list[Entry]:
    """Return the products of a canvas."""
    async with deps.db.reading(request.team_id) as session:
        entries = await loading.load_entries(session, canvas_id)
    return [entry for entry in entries if entry.kind.is_product]


async def list_merge_targets(request: Request, deps: Deps, card: Card) -> list[Entry]:
    """Return the other entries of an entry's box."""
    async with deps.db.reading(request.team_id) as session:
        entries = await loading.load_entries(session, card.canvas_id)
    return [entry for entry in entries if entry.kind is card.entry.kind and entry.id != card.entry.id]


async def count_support(deps: Deps, team_id: str, card: Card) -> Support:
    """Return how much an entry has that an edit may take from it, with that of entries merged into it."""
    async with deps.db.reading(team_id) as session:
        votes = await vote_store.load_entry_votes(session, card.merge_source_ids)
        items = await evidence_store.load_entry_evidence(session, card.canvas_id, card.merge_source_ids)
    return Support(None if card.entry.seal else len(votes), len(items))


async def edit_entry(
    request: Request,
    deps: Deps,
    card: Card,
    version: int,
    draft: Draft,
    *,
    reset_votes: bool,
    unlinks_evidence: bool = False,
) -> ConflictingEdit | None:
    """Save an edit of this version of the entry; return the other edit if somebody saved one first.

    Where the new text does not mean the same, it resets the votes, and takes the evidence off. A repeated
    delivery of the request changes nothing. Raises UserError if the entry was deleted meanwhile.
    """
    now, entry_id = deps.clock(), card.entry.id
    async with deps.db.transaction(request.team_id) as session:
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            return None
        entries = await loading.load_entry_texts(session, card.canvas_id)
        sanitized_draft = sanitize_draft(draft, _find_product_ids(entries))
        had_votes = await _may_have_votes(session, card)
        revision_id = await entry_store.edit_entry(
            session, entry_id, version, request.user_id, sanitized_draft, now, votes_reset=reset_votes
        )
        if revision_id is not None:
            if had_votes:
                await jobs.enqueue(
                    session, REVISION_JOB, [revision_id], card.channel_id, now, request.user_id
                )
            if reset_votes:
                await _reset_votes(session, card, now)
            if unlinks_evidence:
                await _unlink_evidence(session, card, now)
            await jobs.enqueue(session, CARD_JOB, [entry_id], card.channel_id, now, request.user_id)
            return None
        newest_card = await card_store.find_card(session, entry_id)
    if newest_card is None or newest_card.deleted_by_id is not None:
        raise UserError(
            "Somebody deleted this entry meanwhile: press *Undo* on its card, then edit it again."
        )
    editor = await workspaces.get_member(deps, request.team_id, newest_card.editor_id or request.user_id)
    return ConflictingEdit(newest_card, editor.name)


async def find_like_edited(deps: Deps, team_id: str, card: Card, draft: Draft) -> EntryText | None:
    """Return the entry that an edited one is like, in text and kind; None where the edit changed neither."""
    if (draft.kind, draft.text) == (card.entry.kind, card.entry.text):
        return None
    async with deps.db.reading(team_id) as session:
        entries = await loading.load_entry_texts(session, card.canvas_id)
    return find_similar(draft.kind, draft.text, [each for each in entries if each.id != card.entry.id])


async def replace_texts(session: AsyncSession, user_id: str, texts: Mapping[int, str], now: datetime) -> None:
    """Give entries of a canvas other texts, by entry id. Their votes, categories and products stay."""
    for entry_id, text in sorted(texts.items()):
        card = await card_store.find_card(session, entry_id)
        if card is None or card.deleted_by_id is not None:
            continue
        entry = card.entry
        draft = Draft(entry.kind, text, entry.category, entry.delivered_by)
        revision_id = await entry_store.edit_entry(session, entry_id, card.version, user_id, draft, now)
        if revision_id is not None:
            had_votes = await _may_have_votes(session, card)
            wanted = [(CARD_JOB, entry_id), *([(REVISION_JOB, revision_id)] if had_votes else [])]
            await jobs.enqueue_kinds(session, wanted, card.channel_id, now, user_id)


async def _may_have_votes(session: AsyncSession, card: Card) -> bool:
    """Return whether an entry has votes, or is sealed: what is posted must not say which of those have."""
    if card.entry.seal is not None:
        return True
    return bool(await vote_store.load_entry_votes(session, card.merge_source_ids))


async def _reset_votes(session: AsyncSession, card: Card, now: datetime) -> None:
    """Cancel all votes on an entry and give it a new card.

    Slack lets a bot remove only its own reactions, so the old card would keep those of the members.
    """
    for entry_id in sorted(card.merge_source_ids):
        await vote_store.reset_votes(session, entry_id, now)
        await sealed_vote_store.delete_sealed_votes(session, entry_id)
    await discussion_store.forget_votes_before(session, card.merge_source_ids)
    if card.message_ts is not None:
        await card_store.clear_card(session, card.entry.id)
        subject = f"{card.entry.id}:{card.message_ts}"
        await jobs.enqueue(session, OLD_CARD_JOB, [subject], card.channel_id, now)


async def _unlink_evidence(session: AsyncSession, card: Card, now: datetime) -> None:
    """Take all evidence off an entry. The items stay on their other entries, or unlinked."""
    for item in await evidence_store.load_entry_evidence(session, card.canvas_id, card.merge_source_ids):
        await evidence_store.unlink_evidence(session, card.canvas_id, item.id, card.merge_source_ids, now)


async def merge_entries(request: Request, deps: Deps, card: Card, target: Card) -> bool:
    """Merge an entry into another of its box; return False if one of them was deleted or moved meanwhile."""
    now, entry_id, target_id = deps.clock(), card.entry.id, target.entry.id
    async with deps.db.transaction(request.team_id) as session:
        is_merged = await entry_store.merge_entry(session, entry_id, target_id, request.user_id, now)
        if is_merged:
            changed_ids = [entry_id, target_id]
            await jobs.enqueue(session, CARD_JOB, changed_ids, card.channel_id, now, request.user_id)
            await jobs.enqueue(session, CLEAR_NUMBERS_JOB, [entry_id], card.channel_id, now)
        return is_merged


async def delete_entry(request: Request, deps: Deps, card: Card) -> bool:
    """Delete an entry and update its card, which offers an undo; return False if it was deleted before."""
    now, entry_id = deps.clock(), card.entry.id
    async with deps.db.transaction(request.team_id) as session:
        is_deleted = await entry_store.delete_entry(session, entry_id, request.user_id, now)
        if is_deleted:
            await jobs.enqueue(session, CARD_JOB, [entry_id], card.channel_id, now, request.user_id)
            await jobs.enqueue(session, CLEAR_NUMBERS_JOB, [entry_id], card.channel_id, now)
        return is_deleted


async def delete_entries(
    request: Request, deps: Deps, channel_id: str, entries: Collection[Entry]
) -> list[Entry]:
    """Delete several entries of a canvas; return those that were not deleted before."""
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            return []
        entry_ids = [entry.id for entry in entries]
        deleted_ids = await entry_store.delete_entries(session, entry_ids, request.user_id, now)
        await jobs.enqueue(session, CARD_JOB, deleted_ids, channel_id, now, request.user_id)
        await jobs.enqueue(session, CLEAR_NUMBERS_JOB, deleted_ids, channel_id, now)
        return [entry for entry in entries if entry.id in {*deleted_ids}]


async def restore_entry(request: Request, deps: Deps, card: Card) -> Entry | None:
    """Undo the deletion or the merge of an entry, unless that is undone already.

    Where the same text was added again since its deletion, the two are merged; return that other entry.
    """
    now, entry_id = deps.clock(), card.entry.id
    async with deps.db.transaction(request.team_id) as session:
        twin = None
        if card.merged_into_id is None and card.deleted_by_id is not None:
            twin = _find_twin(card.entry, await loading.load_entries(session, card.canvas_id))
        if not await entry_store.restore_entry(session, entry_id, request.user_id, now):
            return None
        if twin:
            await entry_store.merge_entry(session, entry_id, twin.id, request.user_id, now)
        else:
            await jobs.enqueue(session, NUMBER_REACTIONS_JOB, [entry_id], card.channel_id, now)
        other_id = twin.id if twin else card.merged_into_id
        changed_ids = [entry_id] if other_id is None else [entry_id, other_id]
        await jobs.enqueue(session, CARD_JOB, changed_ids, card.channel_id, now, request.user_id)
        # Reactions on the card of a deleted entry are ignored, so the bot has to read them back now.
        await jobs.enqueue(session, READ_VOTES_JOB, [entry_id], card.channel_id, now)
        return twin


def _find_twin(entry: Entry, entries: Iterable[Entry]) -> Entry | None:
    """Return the entry of the same box with the same text, whatever its case."""
    text = entry.text.casefold()
    return next((each for each in entries if each.kind is entry.kind and each.text.casefold() == text), None)


async def post_revision(job: Job, deps: Deps) -> OnSuccess | None:
    """Post what somebody changed about an entry into its card's thread.

    If that thread is gone, there is nothing to post to: the card is posted again with the change. Raises
    DependencyNotReady until the card is posted.
    """
    async with deps.db.reading(job.team_id) as session:
        revisions = await revision_store.find_revision(session, int(job.subject))
        card = await card_store.find_card(session, revisions[0].entry_id) if revisions else None
    if revisions is None or card is None:
        return None
    if card.message_ts is None:
        raise DependencyNotReady
    before, after = revisions
    editor = await workspaces.get_member(deps, job.team_id, before.editor_id)
    message = blocks.build_revision_message(before, after or card.entry, editor.name)
    try:
        await post_once(job, deps, message, card.thread_ts or card.message_ts)
    except SlackApiError as error:
        if not read_slack_error(error).is_gone:
            raise
        card_job = replace(job, subject=str(card.entry.id))
        return partial(enqueue_card, card_job, deps)
    return None


async def update_old_card(job: Job, deps: Deps) -> None:
    """Replace the old card of an entry whose votes were reset by a link to the new card.

    Raises DependencyNotReady until the new card is posted; a deleted entry gets none.
    """
    entry_id, _, old_message_ts = job.subject.partition(":")
    async with deps.db.reading(job.team_id) as session:
        card = await card_store.find_card(session, int(entry_id))
        workspace = await workspace_store.find_workspace(session, job.team_id)
    if card is None:
        return
    if card.message_ts is None and card.deleted_by_id is None:
        raise DependencyNotReady
    url = workspace.url if workspace else ""
    link = (
        build_permalink(url, job.channel_id, card.message_ts, card.thread_ts)
        if url and card.message_ts
        else ""
    )
    await update_message(job, deps, old_message_ts, blocks.build_old_card_message(card, link))
    await remove_number_reactions(job, deps, old_message_ts)
