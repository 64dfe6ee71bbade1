"""Channel events: a channel gets another id, is deleted, is unarchived, or gets a new member."""

from bot.jobs import store as jobs
from bot.slack.deps import Deps
from bot.slack.incoming.router import Event
from bot.store import canvases as canvas_store


async def change_channel_id(team_id: str, event: Event, deps: Deps) -> None:
    """Store the new id of a channel."""
    async with deps.db.transaction(team_id) as session:
        await canvas_store.change_channel_id(session, event["old_channel_id"], event["new_channel_id"])


async def archive_channel(team_id: str, event: Event, deps: Deps) -> None:
    """Archive the canvases of a deleted channel: they stay stored, and nothing is posted to them."""
    async with deps.db.transaction(team_id) as session:
        await canvas_store.archive_canvases(session, event["channel"], deps.clock())


async def retry_channel(team_id: str, event: Event, deps: Deps) -> None:
    """Revive the channel's dead letters: the channel is unarchived, or the new member may be the bot."""
    async with deps.db.transaction(team_id) as session:
        await jobs.revive_channel(session, event["channel"], deps.clock())
