"""The bare command, App Home, and looking at one entry after another."""

import logging

from slack_sdk.errors import SlackApiError

from bot.features.channels.membership import require_bot_in_channel
from bot.features.channels.service import parse_entry_id, find_canvas_of_card, resolve_canvas, find_active_card
from bot.features.entries import forms
from bot.features.entries.service import list_products
from bot.features.fit.service import load_metrics
from bot.features.home import blocks, entry_view as entries, service, store
from bot.features.home.model import ALL, NEXT, onward, unvoted
from bot.features.workspaces.service import member
from bot.method.coach import offer_kind_for
from bot.method.hints import HINT_RULES, find_hints
from bot.method.kinds import Kind
from bot.slack.blockkit.builders import build_message
from bot.slack.blockkit.forms import read_private_metadata
from bot.slack.blockkit.text import escape, parse_id
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.incoming.router import Event
from bot.slack.outgoing.errors import read_slack_error
from bot.slack.request import Answer, Modal, Request, RequestSource

log = logging.getLogger(__name__)

NO_HOME = {"user_not_found", "not_enabled"}  # somebody without one, as people of other organisations


async def menu(request: Request, deps: Deps) -> Answer:
    head = await resolve_canvas(request, deps)
    now = await load_metrics(deps, request.team_id, head)
    async with deps.db.reading(request.team_id) as session:
        dismissed = await store.dismissed(session, head.id)
    hints = (mistake for mistake in find_hints(now) if mistake.rule not in dismissed)
    return blocks.menu(head, now, next(hints, None))


async def dismiss(request: Request, deps: Deps) -> Answer:
    """The button beside a hint."""
    head = await resolve_canvas(request, deps)
    if request.argument not in HINT_RULES:
        raise UserError("That hint is from an older version of me and is gone already.")
    async with deps.db.transaction(request.team_id) as session:
        await store.dismiss(session, head.id, request.argument)
    return build_message(f"I'll not bring that up again for *{escape(head.title)}*.")


async def value_maps(request: Request, deps: Deps) -> Answer:
    """The shortcut from anywhere: what Home shows, in a dialog; and the buttons that turn pages in both."""
    page = parse_id(request.argument) or 0
    if request.source is RequestSource.HOME:
        await _publish(request.team_id, request.user_id, page, deps)
        return None
    shown = await service.overview_of(deps, request.team_id, request.user_id, page)
    return Modal(blocks.dialog(shown, deps.clock()))


async def opened(team: str, event: Event, deps: Deps) -> None:
    """App Home was opened: what it shows is made after Slack had its answer, at the page that it was left."""
    if event.get("tab") == "home":
        page = read_private_metadata(event.get("view") or {}).get("page", 0)
        deps.background.start(_publish(team, event["user"], page, deps))


async def _publish(team: str, user: str, page: int, deps: Deps) -> None:
    try:
        shown = await service.overview_of(deps, team, user, page)
        await deps.slack.views_publish(user_id=user, view=blocks.home(shown, deps.clock()))
    except SlackApiError as error:
        if read_slack_error(error).reason not in NO_HOME:
            raise
        log.warning("no Home: %s", read_slack_error(error).reason)


async def look(request: Request, deps: Deps) -> Answer:
    """A button that shows one entry."""
    card = await find_active_card(request, deps, parse_entry_id(request.argument))
    head = await find_canvas_of_card(request, deps, card)
    now = await load_metrics(deps, request.team_id, head)
    return Modal(entries.dialog(await service.look_at(request, deps, head, now, card.entry.id)))


async def walk(request: Request, deps: Deps) -> Answer:
    """A button that leads to the first entry, or from one to another, that waits for this member's vote."""
    scope, way, here = _way(request.argument)
    head = await resolve_canvas(request, deps)
    now = await load_metrics(deps, request.team_id, head)
    at = now.ranked[here].entry if here in now.ranked else None
    there = onward(unvoted(now, request.user_id, scope), at, way) or at
    if there is None:
        raise UserError("You have voted on every card.")
    return Modal(entries.dialog(await service.look_at(request, deps, head, now, there.id, scope)))


def _way(words: str) -> tuple[str, str, int]:
    """Read "pain next 12": through which box, which way, from which entry on; 0 for the beginning."""
    scope, *rest = words.split() or [ALL]
    way, here = rest if len(rest) == 2 else (NEXT, "0")
    return scope if scope in {*Kind} else ALL, way, parse_entry_id(here)


async def answer(request: Request, deps: Deps) -> Answer:
    """A button that adds an offer for one need."""
    card = await find_active_card(request, deps, parse_entry_id(request.argument))
    head = await find_canvas_of_card(request, deps, card)
    await require_bot_in_channel(deps, head.channel_id)
    await member(deps, request.team_id, request.user_id)  # so that submitting calls nobody
    there = await list_products(request, deps, head.id)
    form = forms.build_add_form(head, offer_kind_for(card.entry.kind), there)
    return Modal(entries.answering(form, card.entry))


async def follow_link(_request: Request, _deps: Deps) -> Answer:
    """A button that leads elsewhere by itself: Slack only tells of it."""
    return None
