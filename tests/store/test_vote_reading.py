"""Which cards are read next."""

import pytest

from bot.db.database import Database
from bot.method.kinds import Kind
from bot.store import canvases as canvas_store, cards as card_store, vote_reading
from tests.store.build import NOW, store_canvas


@pytest.mark.parametrize("kind", [Kind.PAIN_RELIEVER, None])
async def test_the_cards_of_an_open_vote_are_read_first(database: Database, kind: Kind | None) -> None:
    """The vote is on one box, or on all boxes of the second canvas."""
    (first, entry_ids), (second, second_ids) = await store_canvas(database), await store_canvas(database)
    async with database.transaction("T1") as session:
        for entry_id in (*entry_ids, *second_ids):
            await card_store.set_card(session, entry_id, f"{entry_id}.0", None)
        for info in (first, second):
            await canvas_store.update_canvas(session, info.id, votes_due_at=NOW)
        found = await vote_reading.find_cards_to_read(session, NOW, 2, [(second.id, kind)])
    expected = second_ids[:2] if kind is None else [second_ids[-1], entry_ids[0]]
    assert [entry_id for entry_id, _ in found] == expected
