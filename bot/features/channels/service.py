"""Starting canvases and adding entries. One transaction each, Slack after it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.features.channels import membership
from bot.features.workspaces import service as workspaces
from bot.slack.blockkit.builders import command_button
from bot.slack.blockkit.text import build_permalink, escape, join_words, parse_id, truncate
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.store import (
    canvases as store,
    cards as card_store,
    workspaces as receipts,
)
from bot.store.model import CanvasInfo, Card, Editors

CANVAS_NOT_FOUND = "That canvas is not there any more: type `/valuemap` to see what is."
ENTRY_NOT_FOUND = "That entry is not there any more: type `/valuemap show` to see what is."
CARD_UPDATE_DELAY = timedelta(seconds=1)  # how long changes of one card are gathered before it is updated


async def resolve_canvas(request: Request, deps: Deps) -> CanvasInfo:
    """Return the canvas that a request is about; raise Refusal where there is none for this person to see."""
    if request.canvas_id is not None:
        return await _named(request, deps, request.canvas_id)
    if request.is_direct:
        return await _only_one(request, deps)
    async with deps.db.reading(request.team_id) as session:
        head = await store.find_current_canvas(session, request.channel_id)
    if head is None:
        raise UserError(
            "This channel has no canvas yet: start one with `/valuemap new NAME for SEGMENT`.",
            command_button("Start a canvas", "new", style="primary"),
        )
    return head


async def _named(request: Request, deps: Deps, canvas: int) -> CanvasInfo:
    async with deps.db.reading(request.team_id) as session:
        head = await store.find_canvas(session, canvas)
    if head is None or not await can_see(request, deps, head.channel_id):
        raise UserError(CANVAS_NOT_FOUND)
    return head


async def _only_one(request: Request, deps: Deps) -> CanvasInfo:
    """Return the one canvas that a member could mean who speaks to the bot outside any channel."""
    channels = await membership.list_channels(deps, request.user_id)
    async with deps.db.reading(request.team_id) as session:
        heads = await store.find_current_canvases(session, channels)
    if not heads:
        raise UserError(
            "You are in no channel with a canvas yet: go to your team's channel and type "
            "`/valuemap new NAME for SEGMENT` there."
        )
    if len(heads) > 1:
        raise UserError(
            "Which canvas do you mean?",
            *(
                command_button(truncate(head.title, 75), truncate(request.command_text, 1900), head.id)
                for head in heads[:25]
            ),
        )
    return heads[0]


async def can_see(request: Request, deps: Deps, channel: str) -> bool:
    """Whether the person who asks can see a channel: they ask from within it, or are in it."""
    if request.channel_id == channel:
        return True
    return request.is_direct and channel in await membership.list_channels(deps, request.user_id)


async def load_card_links(deps: Deps, team: str, head: CanvasInfo) -> dict[int, str]:
    """Return the link of each card, for mrkdwn."""
    async with deps.db.reading(team) as session:
        workspace = await receipts.find_workspace(session, team)
        cards = await card_store.load_card_messages(session, head.id)
    if workspace is None or not workspace.url:
        return {}
    return {
        entry: build_permalink(workspace.url, head.channel_id, ts, thread).replace("&", "&amp;")
        for entry, (ts, thread) in cards.items()
    }


async def find_visible_card(request: Request, deps: Deps, entry: int) -> Card:
    """Return an entry that a request names, deleted or not; raise Refusal where this person sees none."""
    async with deps.db.reading(request.team_id) as session:
        card = await card_store.find_card(session, entry)
    if card is None or not await can_see(request, deps, card.channel_id):
        raise UserError(ENTRY_NOT_FOUND)
    return card


async def link_to_message(request: Request, deps: Deps, message: Mapping[str, Any]) -> str:
    """Return the link to a message of the request's channel; "" while the workspace's address is unknown."""
    async with deps.db.reading(request.team_id) as session:
        workspace = await receipts.find_workspace(session, request.team_id)
    if workspace is None or not workspace.url:
        return ""
    return build_permalink(workspace.url, request.channel_id, message["ts"], message.get("thread_ts"))


def parse_entry_id(text: str) -> int:
    """Return the entry that a button's value names; raise Refusal where it names none."""
    entry = parse_id(text)
    if entry is None:
        raise UserError(ENTRY_NOT_FOUND)
    return entry


async def find_active_card(request: Request, deps: Deps, entry: int) -> Card:
    """Return an entry that a request names and that counts."""
    card = await find_visible_card(request, deps, entry)
    if card.deleted_by_id is not None:
        raise UserError(
            f"“{escape(truncate(card.entry.text, 80))}” was {'deleted' if card.merged_into_id is None else 'merged'}: "
            "press *Undo* on its card to bring it back first."
        )
    return card


async def find_canvas_of_card(request: Request, deps: Deps, card: Card) -> CanvasInfo:
    """Return the canvas of an entry; raise Refusal where it is archived or gone."""
    async with deps.db.reading(request.team_id) as session:
        head = await store.find_canvas(session, card.canvas_id)
    if head is None:
        raise UserError(CANVAS_NOT_FOUND)
    return head


async def require_editor(request: Request, deps: Deps, card: Card) -> None:
    """Raise Refusal unless the team's rules let this person edit or delete an entry."""
    head = await find_canvas_of_card(request, deps, card)
    if head.settings.may_edit(request.user_id, card.entry.author_id, head.starter_id):
        return
    who = (
        {card.entry.author_id, head.starter_id}
        if head.settings.editors is Editors.AUTHORS
        else {head.starter_id}
    )
    names = sorted([(await workspaces.member(deps, request.team_id, user)).name for user in who])
    raise UserError(f"Only {escape(join_words(names))} may change this entry: so `/valuemap settings` says.")
