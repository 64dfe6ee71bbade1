"""Channel events: a channel gets another id, is deleted, is unarchived, gets or loses members."""

from datetime import UTC, datetime

from bot.jobs import store as jobs
from bot.slack.deps import Deps
from bot.slack.incoming.router import Event
from bot.store import canvases as canvas_store


async def change_channel_id(team_id: str, event: Event, deps: Deps) -> None:
    """Store the new id of a channel, and revive the jobs that failed under the old one."""
    old_id, new_id = event["old_channel_id"], event["new_channel_id"]
    async with deps.db.transaction(team_id) as session:
        await canvas_store.change_channel_id(session, old_id, new_id)
        await jobs.change_channel_id(session, old_id, new_id)
        await jobs.revive_channel(session, new_id, deps.clock(), deps.timing)
    deps.memberships.forget_channel(team_id, old_id, deps.clock())


async def archive_channel(team_id: str, event: Event, deps: Deps) -> None:
    """Archive the canvases of a deleted channel: they stay stored, and nothing is posted to them."""
    async with deps.db.transaction(team_id) as session:
        await canvas_store.archive_canvases(session, event["channel"], deps.clock())


async def retry_channel(team_id: str, event: Event, deps: Deps) -> None:
    """Revive the channel's dead letters: the channel is unarchived, or the new member may be the bot."""
    async with deps.db.transaction(team_id) as session:
        await jobs.revive_channel(session, event["channel"], deps.clock(), deps.timing)


async def welcome_member(team_id: str, event: Event, deps: Deps) -> None:
    """Remember a member who joined a channel, which may be the bot. A late event counts from its own time."""
    if event.get("event_ts") and event.get("user"):
        joined_at = min(datetime.fromtimestamp(float(event["event_ts"]), UTC), deps.clock())
        deps.memberships.remember(team_id, event["channel"], [event["user"]], joined_at)
    await retry_channel(team_id, event, deps)


async def forget_former_member(team_id: str, event: Event, deps: Deps) -> None:
    """Forget a member who left a channel or was removed from it; they lose their access with this event."""
    if event.get("user"):
        deps.memberships.forget_member(team_id, event["channel"], event["user"], deps.clock())


async def forget_members(team_id: str, event: Event, deps: Deps) -> None:
    """Forget all members of a channel that the bot left: Slack reports nothing about it any more."""
    deps.memberships.forget_channel(team_id, event["channel"], deps.clock())
