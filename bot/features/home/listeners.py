"""The bare command, App Home, and looking at one entry after another."""

import logging

from slack_sdk.errors import SlackApiError

from bot.features.channels.service import entry_id, head_of, in_hand, live_card, products
from bot.features.entries import forms
from bot.features.fit.service import figures_of
from bot.features.home import blocks, entry_view as entries, service, store
from bot.features.home.model import ALL, NEXT, onward, unvoted
from bot.features.workspaces.service import member, require_bot_in
from bot.method.coach import answer_to
from bot.method.hints import RULES, mistakes
from bot.method.kinds import Kind
from bot.slack.blockkit.builders import message
from bot.slack.blockkit.forms import about_of
from bot.slack.blockkit.text import esc, whole
from bot.slack.errors import Refusal
from bot.slack.incoming.commands import MENU, Command
from bot.slack.incoming.router import Event, Routes
from bot.slack.request import Answer, Deps, Modal, Request, Via

log = logging.getLogger(__name__)

NO_HOME = {"user_not_found", "not_enabled"}  # somebody without one, as people of other organisations


async def menu(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    now = await figures_of(deps, request.team_id, head)
    async with deps.db.reading(request.team_id) as session:
        dismissed = await store.dismissed(session, head.id)
    hints = (mistake for mistake in mistakes(now) if mistake.rule not in dismissed)
    return blocks.menu(head, now, next(hints, None))


async def dismiss(request: Request, deps: Deps) -> Answer:
    """The button beside a hint."""
    head = await in_hand(request, deps)
    if request.words not in RULES:
        raise Refusal("That hint is from an older version of me and is gone already.")
    async with deps.db.transaction(request.team_id) as session:
        await store.dismiss(session, head.id, request.words)
    return message(f"I'll not bring that up again for *{esc(head.title)}*.")


async def value_maps(request: Request, deps: Deps) -> Answer:
    """The shortcut from anywhere: what Home shows, in a dialog; and the buttons that turn pages in both."""
    page = whole(request.words) or 0
    if request.via is Via.HOME:
        await _publish(request.team_id, request.user, page, deps)
        return None
    shown = await service.overview_of(deps, request.team_id, request.user, page)
    return Modal(blocks.dialog(shown, deps.now()))


async def opened(team: str, event: Event, deps: Deps) -> None:
    """App Home was opened: what it shows is made after Slack had its answer, at the page that it was left."""
    if event.get("tab") == "home":
        page = about_of(event.get("view") or {}).get("page", 0)
        deps.tasks.start(_publish(team, event["user"], page, deps))


async def _publish(team: str, user: str, page: int, deps: Deps) -> None:
    try:
        shown = await service.overview_of(deps, team, user, page)
        await deps.slack.views_publish(user_id=user, view=blocks.home(shown, deps.now()))
    except SlackApiError as error:
        if error.response.get("error") not in NO_HOME:
            raise
        log.warning("no Home: %s", error.response.get("error"))


async def look(request: Request, deps: Deps) -> Answer:
    """A button that shows one entry."""
    card = await live_card(request, deps, entry_id(request.words))
    head = await head_of(request, deps, card)
    now = await figures_of(deps, request.team_id, head)
    return Modal(entries.dialog(await service.look_at(request, deps, head, now, card.entry.id)))


async def walk(request: Request, deps: Deps) -> Answer:
    """A button that leads to the first entry, or from one to another, that waits for this member's vote."""
    scope, way, here = _way(request.words)
    head = await in_hand(request, deps)
    now = await figures_of(deps, request.team_id, head)
    at = now.ranked[here].entry if here in now.ranked else None
    there = onward(unvoted(now, request.user, scope), at, way) or at
    if there is None:
        raise Refusal("You have voted on every card.")
    return Modal(entries.dialog(await service.look_at(request, deps, head, now, there.id, scope)))


def _way(words: str) -> tuple[str, str, int]:
    """Read "pain next 12": through which box, which way, from which entry on; 0 for the beginning."""
    scope, *rest = words.split() or [ALL]
    way, here = rest if len(rest) == 2 else (NEXT, "0")
    return scope if scope in {*Kind} else ALL, way, entry_id(here)


async def answer(request: Request, deps: Deps) -> Answer:
    """A button that adds an offer for one need."""
    card = await live_card(request, deps, entry_id(request.words))
    head = await head_of(request, deps, card)
    await require_bot_in(deps, head.channel_id)
    await member(deps, request.team_id, request.user)  # so that submitting calls nobody
    there = await products(request, deps, head.id)
    form = forms.add_form(head, answer_to(card.entry.kind), there)
    return Modal(entries.answering(form, card.entry))


async def follow_link(_request: Request, _deps: Deps) -> Answer:
    """A button that leads elsewhere by itself: Slack only tells of it."""
    return None


ROUTES = Routes(
    commands=(Command(MENU, "", "the menu: where this channel stands and the one next best step", menu),),
    actions={
        "dismiss": dismiss,
        "maps": value_maps,
        "look": look,
        "walk": walk,
        "answer": answer,
        entries.TO_CARD: follow_link,
    },
    shortcuts={blocks.VALUE_MAPS: value_maps},
    events={"app_home_opened": opened},
)
