"""Starting canvases and adding entries. One transaction each, Slack after it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.entries import forms as blocks
from bot.features.entries.drafts import ENTRIES
from bot.features.entries.duplicates import close_to
from bot.features.workspaces import service as workspaces
from bot.jobs import store as outbox
from bot.jobs.store import Errand, Job
from bot.jobs.worker import Note, post_once, update
from bot.method.kinds import ABOUT, OTHER, Kind
from bot.method.model import Entry
from bot.slack.blockkit.builders import run
from bot.slack.blockkit.text import cut, esc, listed, permalink, whole
from bot.slack.errors import Refusal
from bot.slack.request import Deps, Request
from bot.store import canvases as store, entries as entry_store, workspaces as receipts
from bot.store.model import CanvasInfo, Card, Changers, Doubt, Draft

NO_CANVAS = "That canvas is not there any more: type `/valuemap` to see what is."
NO_ENTRY = "That entry is not there any more: type `/valuemap show` to see what is."
GATHER = timedelta(seconds=1)  # how long changes of one card are gathered before it is updated


async def in_hand(request: Request, deps: Deps) -> CanvasInfo:
    """Return the canvas that a request is about; raise Refusal where there is none for this person to see."""
    if request.canvas is not None:
        return await _named(request, deps, request.canvas)
    if request.direct:
        return await _only_one(request, deps)
    async with deps.db.reading(request.team_id) as session:
        head = await store.current(session, request.channel)
    if head is None:
        raise Refusal(
            "This channel has no canvas yet: start one with `/valuemap new NAME for SEGMENT`.",
            run("Start a canvas", "new", style="primary"),
        )
    return head


async def _named(request: Request, deps: Deps, canvas: int) -> CanvasInfo:
    async with deps.db.reading(request.team_id) as session:
        head = await store.find(session, canvas)
    if head is None or not await sees(request, deps, head.channel_id):
        raise Refusal(NO_CANVAS)
    return head


async def _only_one(request: Request, deps: Deps) -> CanvasInfo:
    """Return the one canvas that a member could mean who speaks to the bot outside any channel."""
    channels = await workspaces.channels_of(deps, request.user)
    async with deps.db.reading(request.team_id) as session:
        heads = await store.current_in(session, channels)
    if not heads:
        raise Refusal(
            "You are in no channel with a canvas yet: go to your team's channel and type "
            "`/valuemap new NAME for SEGMENT` there."
        )
    if len(heads) > 1:
        raise Refusal(
            "Which canvas do you mean?",
            *(run(cut(head.title, 75), cut(request.typed, 1900), head.id) for head in heads[:25]),
        )
    return heads[0]


async def sees(request: Request, deps: Deps, channel: str) -> bool:
    """Whether the person who asks can see a channel: they ask from within it, or are in it."""
    if request.channel == channel:
        return True
    return request.direct and channel in await workspaces.channels_of(deps, request.user)


async def start(request: Request, deps: Deps, name: str, segment: str) -> CanvasInfo:
    """Start a canvas in the request's channel. Asked twice with the same key, it starts one."""
    starter = await workspaces.member(deps, request.team_id, request.user)
    now = deps.now()
    wanted = CanvasInfo(0, request.channel, name, segment, request.user, starter.time_zone, now, None)
    async with deps.db.transaction(request.team_id) as session:
        if not await receipts.first_time(session, request.key, now):
            return await store.current(session, request.channel) or wanted
        head = await store.start(session, wanted)
        await outbox.enqueue(session, Errand.CANVAS, [head.id], head.channel_id, now)
        return head


async def add(
    request: Request, deps: Deps, head: CanvasInfo, drafts: Iterable[Draft], *, sure: bool = False
) -> list[Doubt]:
    """Add entries to a canvas, each with its card. Asked twice with the same key, it adds once.

    Unless one is `sure`, drafts that are close to what is there are returned instead of added.
    """
    await workspaces.member(deps, request.team_id, request.user)  # whose name the cards will show
    now = deps.now()
    async with deps.db.transaction(request.team_id) as session:
        if not await receipts.first_time(session, request.key, now):
            return []
        there = await entry_store.live(session, head.id)
        clear, close = (list(drafts), []) if sure else _sorted_out(drafts, there)
        wanted = [sound(draft, there) for draft in clear]
        if len(there) + len(wanted) > ENTRIES:
            raise Refusal(f"A canvas holds up to {ENTRIES} entries: start another one for another segment.")
        new = await entry_store.add(session, head, request.user, wanted, now)
        await outbox.enqueue(session, Errand.CARD, new, head.channel_id, now)
    known = await links(deps, request.team_id, head) if close else {}
    return [Doubt(draft, like.text, known.get(like.id, "")) for draft, like in close]


def _sorted_out(
    drafts: Iterable[Draft], there: Sequence[Entry]
) -> tuple[list[Draft], list[tuple[Draft, Entry]]]:
    """Split drafts into those that are like nothing there or before them, and the others with what it is."""
    entries, clear, close = list(there), list[Draft](), list[tuple[Draft, Entry]]()
    for number, draft in enumerate(drafts, start=1):
        like = close_to(draft.kind, draft.text, entries)
        if like:
            close.append((draft, like))
        else:
            clear.append(draft)
            entries.append(Entry(-number, draft.kind, draft.text, "", datetime.min.replace(tzinfo=UTC)))
    return clear, close


async def add_anyway(request: Request, deps: Deps, head: CanvasInfo, draft: Draft) -> bool:
    """Add what is close to another entry; False where just that was added already, by a double click."""
    async with deps.db.reading(request.team_id) as session:
        there = await entry_store.live(session, head.id)
    if any(
        (entry.kind, entry.text, entry.author) == (draft.kind, draft.text, request.user) for entry in there
    ):
        return False
    await add(request, deps, head, [draft], sure=True)
    return True


async def links(deps: Deps, team: str, head: CanvasInfo) -> dict[int, str]:
    """Return the link of each card, for mrkdwn."""
    async with deps.db.reading(team) as session:
        workspace = await receipts.find(session, team)
        cards = await entry_store.cards(session, head.id)
    if workspace is None or not workspace.url:
        return {}
    return {
        entry: permalink(workspace.url, head.channel_id, ts, thread).replace("&", "&amp;")
        for entry, (ts, thread) in cards.items()
    }


async def products(request: Request, deps: Deps, canvas: int) -> list[Entry]:
    async with deps.db.reading(request.team_id) as session:
        return [entry for entry in await entry_store.live(session, canvas) if entry.kind is Kind.PRODUCT]


async def card_in_hand(request: Request, deps: Deps, entry: int) -> Card:
    """Return an entry that a request names, deleted or not; raise Refusal where this person sees none."""
    async with deps.db.reading(request.team_id) as session:
        card = await entry_store.find_card(session, entry)
    if card is None or not await sees(request, deps, card.channel_id):
        raise Refusal(NO_ENTRY)
    return card


async def link_of(request: Request, deps: Deps, message: Mapping[str, Any]) -> str:
    """Return the link to a message of the request's channel; "" while the workspace's address is unknown."""
    async with deps.db.reading(request.team_id) as session:
        workspace = await receipts.find(session, request.team_id)
    if workspace is None or not workspace.url:
        return ""
    return permalink(workspace.url, request.channel, message["ts"], message.get("thread_ts"))


def entry_id(text: str) -> int:
    """Return the entry that a button's value names; raise Refusal where it names none."""
    entry = whole(text)
    if entry is None:
        raise Refusal(NO_ENTRY)
    return entry


async def live_card(request: Request, deps: Deps, entry: int) -> Card:
    """Return an entry that a request names and that counts."""
    card = await card_in_hand(request, deps, entry)
    if card.deleted_by is not None:
        raise Refusal(
            f"“{esc(cut(card.entry.text, 80))}” was {'deleted' if card.merged_into is None else 'merged'}: "
            "press *Undo* on its card to bring it back first."
        )
    return card


async def head_of(request: Request, deps: Deps, card: Card) -> CanvasInfo:
    """Return the canvas of an entry; raise Refusal where it is archived or gone."""
    async with deps.db.reading(request.team_id) as session:
        head = await store.find(session, card.canvas_id)
    if head is None:
        raise Refusal(NO_CANVAS)
    return head


async def require_may_change(request: Request, deps: Deps, card: Card) -> None:
    """Raise Refusal unless the team's rules let this person edit or delete an entry."""
    head = await head_of(request, deps, card)
    if head.rules.may_change(request.user, card.entry.author, head.starter_id):
        return
    who = (
        {card.entry.author, head.starter_id} if head.rules.changers is Changers.AUTHORS else {head.starter_id}
    )
    names = sorted([(await workspaces.member(deps, request.team_id, user)).name for user in who])
    raise Refusal(f"Only {esc(listed(names))} may change this entry: so `/valuemap settings` says.")


async def post_canvas(job: Job, deps: Deps) -> Note | None:
    """Do the errand of posting a canvas's own message, or of bringing it up to date."""
    canvas = int(job.subject)
    async with deps.db.reading(job.team) as session:
        head = await store.find_any(session, canvas)
        gone = await store.find_deleted(session, canvas) if head is None else None
    if gone and gone.message_ts:
        await update(job, deps, gone.message_ts, blocks.deleted_message(gone))
    if head is None:
        return None
    said = blocks.canvas_message(head)
    if head.message_ts and await update(job, deps, head.message_ts, said):
        return None
    ts = await post_once(job, deps, said)

    async def note(session: AsyncSession) -> None:
        await store.note_message(session, canvas, ts)

    return note


def sound(draft: Draft, there: Sequence[Entry]) -> Draft:
    """Return the draft with a category of its own kind, and with products of its own canvas alone."""
    known = {entry.id for entry in there if entry.kind is Kind.PRODUCT}
    categories = {*ABOUT[draft.kind].categories, OTHER}
    return replace(
        draft,
        category=draft.category if draft.category in categories else None,
        delivered_by=tuple(product for product in draft.delivered_by if product in known),
    )
