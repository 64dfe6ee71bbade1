"""Handle the bare command, App Home, and the dialogs of single entries."""

import asyncio
import logging
from collections.abc import Sequence

from slack_sdk.errors import SlackApiError

from bot.features.channels.membership import require_bot_in_channel
from bot.features.channels.service import (
    find_active_card,
    find_canvas_of_card,
    parse_entry_id,
    resolve_canvas,
)
from bot.features.entries.forms import build_add_form
from bot.features.entries.service import list_products
from bot.features.fit.service import load_metrics
from bot.features.home import blocks, service, store
from bot.features.home.entry_dialog import build_answer_form, build_entry_dialog
from bot.features.workspaces import service as workspaces
from bot.method.hints import HINT_RULES
from bot.slack.api_errors import read_slack_error
from bot.slack.blockkit.builders import Block, build_message
from bot.slack.blockkit.text import escape, parse_id
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import read_private_metadata
from bot.slack.incoming.router import Event
from bot.slack.outgoing.dialogs import build_home_view
from bot.slack.outgoing.sending import send_message
from bot.slack.request import Answer, Modal, Request, RequestSource

log = logging.getLogger(__name__)

# Slack's errors for people without App Home, such as members of other organisations in a shared channel.
NO_HOME_ERRORS = {"user_not_found", "not_enabled"}


async def show_menu(request: Request, deps: Deps) -> Answer:
    """Answer the bare `/valuemap`."""
    canvas_info = await resolve_canvas(request, deps)
    metrics, hint = await service.load_menu(deps, request.team_id, canvas_info)
    return blocks.build_menu(canvas_info, metrics, hint)


async def dismiss_hint(request: Request, deps: Deps) -> Answer:
    """Answer the button that dismisses a hint."""
    canvas_info = await resolve_canvas(request, deps)
    if request.argument not in HINT_RULES:
        raise UserError("That hint is from an older version of me and is gone already.")
    async with deps.db.transaction(request.team_id) as session:
        await store.dismiss_hint(session, canvas_info.id, request.argument)
    return build_message(f"I'll not bring that up again for *{escape(canvas_info.title)}*.")


async def show_value_maps(request: Request, deps: Deps) -> Answer:
    """Answer the global shortcut, and the page buttons of its dialog and of Home."""
    page = parse_id(request.argument) or 0
    if request.source is RequestSource.HOME:
        async with _lock_home(request.team_id, request.user_id, deps):
            await _publish_home(request.team_id, request.user_id, page, deps)
        return None
    overview = await service.load_overview(deps, request.team_id, request.user_id, page)
    return Modal(blocks.build_value_maps_dialog(overview, deps.clock()))


async def open_home(team_id: str, event: Event, deps: Deps) -> None:
    """Publish Home when a member opens it, at the page that it showed last."""
    if event.get("tab") == "home":
        page = read_private_metadata(event.get("view") or {}).find_number("page") or 0
        # Slack waits 3 seconds for the acknowledgement of an event, and Home may take longer.
        deps.background.start(_open_home(team_id, event["user"], page, deps, had_view="view" in event))


async def _open_home(team_id: str, user_id: str, page: int, deps: Deps, *, had_view: bool) -> None:
    """Publish Home; where that is not possible now, what it showed before stays, or it says why."""
    async with _lock_home(team_id, user_id, deps):
        try:
            await _publish_home(team_id, user_id, page, deps)
        except UserError as error:
            log.info("Home not published: %s", type(error).__name__)
            if not had_view:
                notice = blocks.build_home_notice(error.text, page)
                await deps.slack.views_publish(user_id=user_id, view=notice)


def _lock_home(team_id: str, user_id: str, deps: Deps) -> asyncio.Lock:
    """Return the lock of a member's Home, so that what was loaded first is published first.

    What Slack carries out without an answer may still come late; the next opening publishes Home again.
    """
    return deps.home_locks.setdefault((team_id, user_id), asyncio.Lock())


async def _publish_home(team_id: str, user_id: str, page: int, deps: Deps) -> None:
    async def publish(_text: str, home_blocks: Sequence[Block]) -> None:
        await deps.slack.views_publish(user_id=user_id, view=build_home_view(home_blocks, overview.page))

    try:
        overview = await service.load_overview(deps, team_id, user_id, page)
        reads_messages = not deps.scopes.lacks(team_id, blocks.MESSAGES_SCOPE)
        home = blocks.build_home(overview, deps.clock(), reads_messages=reads_messages)
        await send_message(home, team_id, deps, publish)
    except SlackApiError as error:
        reason = read_slack_error(error).reason
        if reason not in NO_HOME_ERRORS:
            raise
        log.warning("Home not published: %s", reason)


async def show_entry(request: Request, deps: Deps) -> Answer:
    """Answer a button that shows one entry."""
    card = await find_active_card(request, deps, parse_entry_id(request.argument))
    canvas_info = await find_canvas_of_card(request, deps, card)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    entry_view = await service.load_entry_view(request, deps, canvas_info, metrics, card.entry.id)
    return Modal(build_entry_dialog(entry_view))


async def open_answer_form(request: Request, deps: Deps) -> Answer:
    """Answer a button that adds an offer for one need."""
    card = await find_active_card(request, deps, parse_entry_id(request.argument))
    if not card.entry.kind.is_need:
        raise UserError("Only a job, a pain or a gain can have an offer for it.")
    canvas_info = await find_canvas_of_card(request, deps, card)
    await require_bot_in_channel(deps, canvas_info.channel_id)
    # Loading the member stores their name now: Slack waits only 3 seconds once the form is submitted.
    await workspaces.get_member(deps, request.team_id, request.user_id)
    products = await list_products(request, deps, canvas_info.id)
    form = build_add_form(canvas_info, card.entry.kind.need_spec.offer_kind, products)
    return Modal(build_answer_form(form, card.entry))
