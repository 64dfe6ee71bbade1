"""Find the canvas or card of a request, and check who may see and edit it.

The functions that take a request raise UserError where its user cannot see the canvas or card. The text is
the same as for one that does not exist, so that nobody learns what is in channels that they are not in.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from bot.features.channels import membership
from bot.features.channels.blocks import build_no_canvas_error
from bot.features.workspaces import service as workspaces
from bot.jobs import store as jobs
from bot.slack.blockkit.builders import MAX_BUTTON_CHARACTERS, command_button
from bot.slack.blockkit.text import build_permalink, escape, join_words, parse_id, truncate
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.outgoing.dialogs import read_home_page
from bot.slack.request import Request
from bot.store import (
    canvases as canvas_store,
    cards as card_store,
    vote_reading as reading_store,
    workspaces as workspace_store,
)
from bot.store.model import CanvasInfo, Card

CANVAS_NOT_FOUND = "That canvas is not there any more, or archived: see `/valuemap canvases` in its channel."
ENTRY_NOT_FOUND = "That entry is not there any more: type `/valuemap show` to see what is."
ACTIVITY_INTERVAL = timedelta(days=1)  # between two notes that a canvas is used
MAX_CANVAS_BUTTONS = 100
MAX_BUTTON_TEXT = 20_000  # characters of all values and labels together
MAX_COMMAND_CHARACTERS = 1900  # Slack allows 2,000 in a button's value, which also contains the canvas id
MAX_SHOWN_ENTRY_CHARACTERS = 80


async def resolve_canvas(request: Request, deps: Deps) -> CanvasInfo:
    """Return the active canvas of a request: the one with its canvas id, or its channel's current one.

    If Slack refused messages in its channel, they are tried again. Raises UserError where there is no canvas,
    or where a request outside any channel may mean several.
    """
    canvas_info = await _find_canvas(request, deps)
    await note_activity(deps, request.team_id, canvas_info)
    await retry_restricted_jobs(deps, request.team_id, canvas_info)
    return canvas_info


async def note_activity(deps: Deps, team_id: str, canvas_info: CanvasInfo) -> None:
    """Store that somebody uses a canvas, once a day. If it was quiet, its votes are read back soon."""
    now, active_at = deps.clock(), canvas_info.active_at
    if active_at is None or now - active_at < ACTIVITY_INTERVAL:
        return
    async with deps.db.transaction(team_id) as session:
        await reading_store.note_activity(session, canvas_info.id, now)
        if now - active_at > deps.timing.active_period:
            await reading_store.bring_forward(session, canvas_info.id, now)


async def retry_restricted_jobs(deps: Deps, team_id: str, canvas_info: CanvasInfo) -> None:
    """Try again what Slack refused in a canvas's channel, if it refused something."""
    if canvas_info.restriction:
        async with deps.db.transaction(team_id) as session:
            await jobs.revive_channel(session, canvas_info.channel_id, deps.clock(), deps.timing)


def find_requester(request: Request, canvas_info: CanvasInfo) -> str:
    """Return who has to be told if a job of this request is refused; "" if the answer says it already."""
    return "" if canvas_info.restriction else request.user_id


async def _find_canvas(request: Request, deps: Deps) -> CanvasInfo:
    if request.canvas_id is not None:
        return await _find_named_canvas(request, deps, request.canvas_id)
    if request.is_direct:
        return await _find_only_canvas(request, deps)
    async with deps.db.reading(request.team_id) as session:
        canvas_info = await canvas_store.find_current_canvas(session, request.channel_id)
        if canvas_info is None:
            raise build_no_canvas_error(await canvas_store.list_canvases(session, request.channel_id))
    return canvas_info


async def _find_named_canvas(request: Request, deps: Deps, canvas_id: int) -> CanvasInfo:
    async with deps.db.reading(request.team_id) as session:
        canvas_info = await canvas_store.find_canvas(session, canvas_id)
    if canvas_info is None or not await can_see(request, deps, canvas_info.channel_id):
        raise UserError(CANVAS_NOT_FOUND)
    return canvas_info


async def _find_only_canvas(request: Request, deps: Deps) -> CanvasInfo:
    """Return the only canvas that the user can see, for a request outside any channel.

    Where there are several, the UserError has a button for each that repeats the command with it.
    """
    canvas_infos = await list_canvases_of_user(request, deps)
    if len(canvas_infos) > 1:
        command = truncate(request.command_text, MAX_COMMAND_CHARACTERS)
        shown_count = min(MAX_CANVAS_BUTTONS, MAX_BUTTON_TEXT // (len(command) + MAX_BUTTON_CHARACTERS))
        hidden_count = len(canvas_infos) - shown_count
        rest = f" {hidden_count} more are in my Home, with buttons of their own." if hidden_count > 0 else ""
        raise UserError(
            f"Which canvas do you mean?{rest}",
            *(
                command_button(canvas_info.title, command, canvas_info.id)
                for canvas_info in canvas_infos[:shown_count]
            ),
        )
    return canvas_infos[0]


async def list_canvases_of_user(request: Request, deps: Deps) -> list[CanvasInfo]:
    """Return the current canvas of each channel that the user is in. Raises UserError if there is none."""
    channel_ids = await _list_channels(request, deps)
    async with deps.db.reading(request.team_id) as session:
        canvas_infos = await canvas_store.find_current_canvases(session, channel_ids)
    if not canvas_infos:
        raise UserError(
            "You are in no channel with a canvas: in your team's channel, type `/valuemap new NAME for "
            "SEGMENT`, or `/valuemap canvases` if it was archived."
        )
    return canvas_infos


async def list_canvases_of_message(request: Request, deps: Deps) -> list[CanvasInfo]:
    """Return the current canvas of a message's channel; without one, those of all channels of the user.

    Raises UserError if there is none.
    """
    async with deps.db.reading(request.team_id) as session:
        canvas_info = await canvas_store.find_current_canvas(session, request.channel_id)
    if canvas_info is None:
        return await list_canvases_of_user(request, deps)
    return [await resolve_canvas(request, deps)]


async def is_shown_to_others(request: Request, deps: Deps, canvas_info: CanvasInfo) -> bool:
    """Return whether people see a canvas who may not see the private conversation of the request."""
    if request.channel_id == canvas_info.channel_id:
        return False
    return request.is_direct or await membership.is_private(deps, request.channel_id)


async def must_name_canvas(request: Request, deps: Deps, canvas_info: CanvasInfo) -> bool:
    """Return whether an answer has to say which canvas it is about.

    It has to where the channel has several, and for a request that came from outside the channel.
    """
    if request.is_direct or read_home_page(request) is not None:
        return True
    async with deps.db.reading(request.team_id) as session:
        canvases = await canvas_store.list_canvases(session, canvas_info.channel_id)
    return sum(not is_archived for _, is_archived in canvases) > 1


async def can_see(request: Request, deps: Deps, channel_id: str) -> bool:
    """Return whether the user of a request can see a channel.

    A request from that channel can. One from a direct message or App Home can where the user is a member of
    the channel. A request from another channel cannot, regardless of its user.
    """
    if request.channel_id == channel_id:
        return True
    if not request.is_direct:
        return False
    if deps.memberships.is_remembered(request.team_id, channel_id, request.user_id, deps.clock()):
        return True
    return channel_id in await _list_channels(request, deps)


async def _list_channels(request: Request, deps: Deps) -> frozenset[str]:
    return await membership.list_channels(deps, request.team_id, request.user_id, request.source)


async def load_card_links(
    deps: Deps, team_id: str, canvas_info: CanvasInfo, entry_ids: Collection[int] | None = None
) -> dict[int, str]:
    """Return the link to each card of a canvas, or of these entries, by entry id, escaped for mrkdwn.

    The result is empty while the workspace's url is unknown.
    """
    async with deps.db.reading(team_id) as session:
        workspace = await workspace_store.find_workspace(session, team_id)
        messages = await card_store.load_card_messages(session, canvas_info.id, entry_ids)
    if workspace is None or not workspace.url:
        return {}
    return {
        entry_id: build_permalink(workspace.url, canvas_info.channel_id, message_ts, thread_ts).replace(
            "&", "&amp;"
        )
        for entry_id, (message_ts, thread_ts) in messages.items()
    }


async def load_message_link(request: Request, deps: Deps, message: Mapping[str, Any]) -> str:
    """Return the link to a message of the request's channel; "" while the workspace's url is unknown."""
    async with deps.db.reading(request.team_id) as session:
        workspace = await workspace_store.find_workspace(session, request.team_id)
    if workspace is None or not workspace.url:
        return ""
    return build_permalink(workspace.url, request.channel_id, message["ts"], message.get("thread_ts"))


def parse_entry_id(text: str) -> int:
    """Return the entry id in a button's value; raise UserError where the value is not an id."""
    entry_id = parse_id(text)
    if entry_id is None:
        raise UserError(ENTRY_NOT_FOUND)
    return entry_id


async def find_visible_card(request: Request, deps: Deps, entry_id: int) -> Card:
    """Return an entry with its card, also a deleted entry."""
    async with deps.db.reading(request.team_id) as session:
        card = await card_store.find_card(session, entry_id)
    if card is None or not await can_see(request, deps, card.channel_id):
        raise UserError(ENTRY_NOT_FOUND)
    return card


async def find_active_card(request: Request, deps: Deps, entry_id: int) -> Card:
    """Return an entry with its card; raise UserError where it was deleted or merged."""
    card = await find_visible_card(request, deps, entry_id)
    if card.deleted_by_id is not None:
        verb = "deleted" if card.merged_into_id is None else "merged"
        raise UserError(
            f"“{escape(truncate(card.entry.text, MAX_SHOWN_ENTRY_CHARACTERS))}” was {verb}: "
            "press *Undo* on its card to bring it back first."
        )
    return card


async def find_canvas_of_card(request: Request, deps: Deps, card: Card) -> CanvasInfo:
    """Return the canvas of a card; raise UserError where it is archived or deleted."""
    async with deps.db.reading(request.team_id) as session:
        canvas_info = await canvas_store.find_canvas(session, card.canvas_id)
    if canvas_info is None:
        raise UserError(CANVAS_NOT_FOUND)
    return canvas_info


async def require_editor(request: Request, deps: Deps, card: Card) -> None:
    """Raise UserError unless the canvas's settings allow the user to edit and delete an entry."""
    canvas_info = await find_canvas_of_card(request, deps, card)
    if canvas_info.settings.may_edit(request.user_id, card.entry.author_id, canvas_info.starter_id):
        return
    editor_ids = canvas_info.settings.list_editors(card.entry.author_id, canvas_info.starter_id)
    names = sorted(
        [(await workspaces.get_member(deps, request.team_id, user_id)).name for user_id in editor_ids]
    )
    raise UserError(f"Only {escape(join_words(names))} may change this entry: so `/valuemap settings` says.")
