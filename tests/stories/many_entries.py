"""Hundreds of entries at once, for stories about limits."""

from collections.abc import Sequence

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import TEAM_ID, SlackChannel
from bot.store import canvases, entries as entry_store
from bot.store.model import Draft
from tests.conftest import World


async def store_entries(world: World, person: Person, channel: SlackChannel, drafts: Sequence[Draft]) -> None:
    """Store entries without their cards, which take most of the time."""
    async with world.bot.db.transaction(TEAM_ID) as session:
        head = await canvases.find_current_canvas(session, channel.id)
        assert head is not None
        await entry_store.add_entries(session, head, person.id, drafts, world.clock.now())
