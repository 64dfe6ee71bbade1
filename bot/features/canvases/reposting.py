"""Messages of the bot that somebody deleted are posted again at once, where the app hears of the deletion.

Without the subscription to message events, the bot finds out when it next updates the message.
"""

from bot.features.cards.model import CANVAS_JOB, CARD_JOB
from bot.features.rounds import store as round_store
from bot.features.rounds.model import ROUND_JOB
from bot.jobs import store as jobs
from bot.slack.deps import Deps
from bot.store import canvases as canvas_store, cards as card_store

DELETED_SUBTYPE = "message_deleted"


async def repost_message(deps: Deps, team_id: str, channel_id: str, message_ts: str) -> None:
    """Enqueue the update of the card, the canvas's message or the call of an open round with this ts.

    The update fails, because the message is gone, and so the job posts it again.
    """
    now = deps.clock()
    async with deps.db.transaction(team_id) as session:
        cards = await card_store.find_entries_by_cards(session, [(channel_id, message_ts)])
        canvas_ids = await canvas_store.find_canvases_by_message(session, channel_id, message_ts)
        round_ids = await round_store.find_rounds_by_message(session, channel_id, message_ts)
        wanted = [
            *((CANVAS_JOB, canvas_id) for canvas_id in canvas_ids),
            *((CARD_JOB, entry_id) for entry_id, _ in cards.values()),
            *((ROUND_JOB, round_id) for round_id in round_ids),
        ]
        await jobs.enqueue_kinds(session, wanted, channel_id, now)
