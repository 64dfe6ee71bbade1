"""Channel events: a channel gets another id, is deleted, is unarchived, or gets a new member."""

from bot.jobs import store as jobs
from bot.slack.deps import Deps
from bot.slack.incoming.router import Event
from bot.store import canvases as store


async def change_channel_id(team: str, event: Event, deps: Deps) -> None:
    async with deps.db.transaction(team) as session:
        await store.change_channel_id(session, event["old_channel_id"], event["new_channel_id"])


async def archive_channel(team: str, event: Event, deps: Deps) -> None:
    """The channel was deleted: what its team worked out is kept, and nothing is sent any more."""
    async with deps.db.transaction(team) as session:
        await store.archive_canvases(session, event["channel"], deps.clock())


async def retry_channel(team: str, event: Event, deps: Deps) -> None:
    """The bot may have been invited, or the channel unarchived: what was hopeless may go now."""
    async with deps.db.transaction(team) as session:
        await jobs.revive_channel(session, event["channel"], deps.clock())
