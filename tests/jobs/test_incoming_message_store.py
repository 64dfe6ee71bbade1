"""Messages wait in their table until they are answered."""

from dataclasses import replace
from datetime import timedelta

from bot.db.database import Database
from bot.jobs import incoming_message_store as store
from bot.slack.request import Request, RequestSource
from tests.store.build import NOW, store_canvas

LEASE = timedelta(minutes=1)


def build_request(key: str, text: str = "rank") -> Request:
    return Request(
        team_id="T1",
        user_id="U1",
        source=RequestSource.MENTION,
        channel_id="C1",
        command_text=text,
        thread_ts="1.5",
        idempotency_key=key,
    )


async def store_messages(database: Database, *keys: str) -> None:
    """Store messages, each a second after the one before."""
    await store_canvas(database)
    async with database.transaction("T1") as session:
        for number, key in enumerate(keys):
            received_at = NOW + timedelta(seconds=number)
            await store.store_message(session, build_request(key), received_at, LEASE)


async def claim(database: Database, seconds: float, limit: int = 9) -> list[tuple[str, int]]:
    async with database.transaction(None) as session:
        now = NOW + timedelta(seconds=seconds)
        claimed = await store.claim_abandoned_messages(session, now, limit, LEASE)
    return [(request.idempotency_key, attempt) for request, attempt in claimed]


async def test_a_message_is_claimed_once_its_lease_has_ended_the_oldest_first(database: Database) -> None:
    await store_messages(database, "z", "b", "a")
    assert await claim(database, 60) == []
    assert await claim(database, 60.5) == [("z", 2)]
    assert await claim(database, 63, limit=1) == [("b", 2)]
    assert await claim(database, 63) == [("a", 2)]
    assert await claim(database, 120.6) == [("z", 3)]


async def test_a_claimed_message_is_the_request_that_was_stored(database: Database) -> None:
    await store_messages(database, "a")
    async with database.transaction(None) as session:
        claimed = await store.claim_abandoned_messages(session, NOW + 2 * LEASE, 9, LEASE)
    assert [request for request, _ in claimed] == [build_request("a")]


async def test_a_message_that_is_stored_twice_keeps_its_words(database: Database) -> None:
    await store_messages(database, "a")
    async with database.transaction("T1") as session:
        await store.store_message(session, build_request("a", "fit"), NOW, LEASE)
        assert await store.count_messages(session) == 1
        assert await store.find_edited_message(session, build_request("a", "rank")) is None


async def test_an_edit_replaces_the_words_of_its_own_message_alone(database: Database) -> None:
    await store_messages(database, "a", "b")
    async with database.transaction("T1") as session:
        assert not await store.replace_words(session, build_request("c", "fit"))
        assert await store.replace_words(session, replace(build_request("a", "fit"), has_files=True))
        for key in ("a", "b"):
            assert (await store.find_edited_message(session, build_request(key))) == (
                replace(build_request("a", "fit"), has_files=True) if key == "a" else None
            )
        assert await store.find_edited_message(session, build_request("a", "fit")) is None
        assert await store.find_edited_message(session, build_request("c")) is None


async def test_an_answered_message_is_deleted_and_no_other(database: Database) -> None:
    await store_messages(database, "a", "b")
    async with database.transaction("T1") as session:
        await store.delete_message(session, "a")
        assert await store.count_messages(session) == 1
    assert await claim(database, 120) == [("b", 2)]
