"""Reaction events."""

from bot.features.votes import service
from bot.features.votes.model import ReactionEvent
from bot.method.votes import read_level
from bot.slack.deps import Deps
from bot.slack.incoming.router import Event
from bot.store.votes import parse_event_time


async def handle_reaction(team_id: str, event: Event, deps: Deps) -> None:
    """Record a number reaction that a user set on a message or took back."""
    item, level = event.get("item") or {}, read_level(event.get("reaction", ""))
    if level is None or item.get("type") != "message":
        return
    is_set, event_at_us = event["type"] == "reaction_added", parse_event_time(event["event_ts"])
    reaction = ReactionEvent(item["channel"], item["ts"], event["user"], level, is_set, event_at_us)
    await service.record_reaction(deps, team_id, reaction)
