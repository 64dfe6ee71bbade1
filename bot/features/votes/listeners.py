"""Reaction events: what members vote."""

from bot.features.votes import service
from bot.features.votes.service import Heard
from bot.method.votes import read_level
from bot.slack.deps import Deps
from bot.slack.incoming.router import Event
from bot.store import votes as store


async def reaction(team: str, event: Event, deps: Deps) -> None:
    """Record a number reaction that was set on a message or taken back; the message may be a card."""
    item, level = event.get("item") or {}, read_level(event.get("reaction", ""))
    if level is None or item.get("type") != "message":
        return
    stands, at = event["type"] == "reaction_added", store.parse_event_time(event["event_ts"])
    await service.react(deps, team, Heard(item["channel"], item["ts"], event["user"], level, stands, at))
