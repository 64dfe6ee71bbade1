"""What is stored of a canvas."""

from bot.db.database import Database
from bot.store import canvases as canvas_store
from tests.store.build import store_canvas


async def test_only_the_message_that_is_gone_is_forgotten(database: Database) -> None:
    info, _ = await store_canvas(database)
    for gone, left in (("1.0", "2.0"), ("2.0", None)):
        async with database.transaction("T1") as session:
            if gone == "1.0":
                await canvas_store.set_message_ts(session, info.id, "2.0")
            await canvas_store.forget_message(session, info.id, gone)
            found = await canvas_store.find_canvas(session, info.id)
        assert found is not None
        assert found.message_ts == left
