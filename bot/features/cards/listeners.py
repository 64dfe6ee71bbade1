"""The event that a member has another name or time zone."""

from bot.features.cards import service
from bot.features.workspaces.service import read_member
from bot.slack.deps import Deps
from bot.slack.incoming.router import Event


async def follow_member(team_id: str, event: Event, deps: Deps) -> None:
    """Store what changed about a member that is stored, and update the cards that show the name."""
    await service.update_member(deps, team_id, read_member(event["user"], deps.clock()))
