"""The stores, on SQLite and on a real PostgreSQL."""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.canvas import store as canvases
from bot.canvas.model import Draft, Head
from bot.canvas.store import CanvasRow, EntryRow
from bot.db import Database
from bot.digest import store as digests
from bot.digest.store import Planned
from bot.fit import store as fit
from bot.method.kinds import Kind
from bot.method.model import Mark
from bot.migrations.tables import METADATA
from bot.migrations.upgrade import Schema, migrate, schema_of
from bot.outbox import store as outbox
from bot.outbox.store import LEASE, Errand
from bot.ranking import store as ranking
from bot.ranking.store import Reaction
from bot.rounds import store as rounds
from bot.rounds.model import Round, State
from bot.workspaces import store as workspaces
from bot.workspaces.store import Member, Workspace

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)


async def fill(database: Database, team: str = "T1") -> tuple[Head, list[int]]:
    """Store a workspace with a canvas of a product, a pain, a gain and a reliever."""
    async with database.transaction(None) as session:
        await workspaces.save(session, Workspace(team, None, "https://x.slack.com/", "UBOT"), NOW)
    async with database.transaction(team) as session:
        head = await canvases.start(session, Head(0, "C1", "Reports", "shops", "U1", "UTC", NOW, None))
        drafts = [Draft(kind, kind.value) for kind in (Kind.PRODUCT, Kind.PAIN, Kind.GAIN)]
        ids = await canvases.add(session, head, "U1", drafts, NOW)
        ids += await canvases.add(
            session, head, "U1", [Draft(Kind.PAIN_RELIEVER, "robot", None, (ids[0],))], NOW
        )
    return head, ids


async def test_a_workspace_keeps_its_address_while_slack_does_not_say_it(database: Database) -> None:
    for url, stands in (
        ("", ""),
        ("https://x.slack.com/", "https://x.slack.com/"),
        ("", "https://x.slack.com/"),
    ):
        async with database.transaction(None) as session:
            await workspaces.save(session, Workspace("T1", None, url, "UBOT"), NOW)
            found = await workspaces.find(session, "T1")
        assert found == Workspace("T1", None, stands, "UBOT")


async def test_the_migrations_lead_to_the_schema_of_the_code(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await schema_of(database) is Schema.RIGHT
    await asyncio.gather(migrate(database), migrate(database))


async def test_a_canvas_is_read_back_with_votes_reviews_and_times_in_utc(database: Database) -> None:
    head, (product, pain, gain, robot) = await fill(database)
    async with database.transaction("T1") as session:
        await ranking.record(session, [Reaction(pain, "U1", 5, True, 1), Reaction(pain, "U1", 2, True, 2)])
        await fit.review(session, robot, "U1", [pain, gain], {pain: Mark.STRONG}, NOW)
        await fit.review(session, robot, "U1", [pain, gain], {gain: Mark.PARTIAL}, NOW)
    async with database.reading("T1") as session:
        found = await canvases.current(session, "C1")
        assert found == head
        canvas = await fit.read(session, head)
    assert canvas.created_at == NOW
    assert [entry.id for entry in canvas.entries] == [product, pain, gain, robot]
    assert canvas.entries[1].votes == {"U1": 5}
    assert canvas.entries[3].delivered_by == (product,)
    assert [review.marks for review in canvas.reviews] == [{gain: Mark.PARTIAL}]


async def test_a_workspace_reaches_no_row_of_another(database: Database) -> None:
    head, ids = await fill(database, "T1")
    await fill(database, "T2")
    async with database.transaction("T2") as session:
        assert await canvases.find(session, head.id) is None
        assert await canvases.find_card(session, ids[0]) is None
        assert await canvases.entries(session, head.id) == []
        assert (await session.exec(select(EntryRow.text).where(col(EntryRow.id).in_(ids)))).all() == []
        inner = select(CanvasRow.id).where(CanvasRow.id == head.id)
        assert (await session.exec(select(EntryRow.id).where(col(EntryRow.canvas_id).in_(inner)))).all() == []
        changed = await session.exec(update(EntryRow).where(col(EntryRow.id).in_(ids)).values(text="stolen"))
        assert changed.rowcount == 0
        gone = await session.exec(delete(EntryRow).where(col(EntryRow.id).in_(ids)))
        assert gone.rowcount == 0
    async with database.reading("T1") as session:
        assert [entry.text for entry in await canvases.entries(session, head.id)][-1] == "robot"


async def test_reactions_in_any_order_and_number_end_in_the_same_votes(database: Database) -> None:
    _, (_, pain, *_) = await fill(database)
    history = [
        Reaction(pain, "U1", 3, True, 1),
        Reaction(pain, "U1", 3, False, 2),
        Reaction(pain, "U1", 3, True, 3),
        Reaction(pain, "U2", 5, True, 4),
        Reaction(pain, "U2", 5, False, 5),
    ]
    for order in itertools.permutations(history):
        async with database.transaction("T1") as session:
            await session.exec(delete(ranking.VoteRow))
        for reaction in (*order, *order[:2]):
            async with database.transaction("T1") as session:
                await ranking.record(session, [reaction])
        async with database.reading("T1") as session:
            assert await ranking.votes_on(session, pain) == {"U1": 3}


async def test_bots_do_not_vote(database: Database) -> None:
    _, (_, pain, *_) = await fill(database)
    async with database.transaction("T1") as session:
        await workspaces.save_member(session, Member("U9", "Robot", is_bot=True, time_zone="UTC"))
        await ranking.record(session, [Reaction(pain, "U9", 5, True, 1)])
        assert await ranking.votes_on(session, pain) == {}


async def test_a_request_is_acted_on_once_even_at_the_same_moment(database: Database) -> None:
    await fill(database)

    async def act() -> bool:
        async with database.transaction("T1") as session:
            return await workspaces.first_time(session, "view:1:h", NOW)

    assert sorted(await asyncio.gather(*(act() for _ in range(8)))) == [False] * 7 + [True]


async def test_an_edit_of_an_older_version_is_refused_and_deletion_is_undone(database: Database) -> None:
    head, (_, pain, *_) = await fill(database)
    async with database.transaction("T1") as session:
        assert await canvases.edit(session, pain, 1, "U1", Draft(Kind.PAIN, "slower"))
        assert not await canvases.edit(session, pain, 1, "U2", Draft(Kind.PAIN, "slowest"))
        assert await canvases.mark_deleted(session, pain, "U1", NOW)
        assert not await canvases.mark_deleted(session, pain, "U1", NOW)
        assert pain not in [entry.id for entry in await canvases.entries(session, head.id)]
        assert await canvases.mark_deleted(session, pain, None, None)
        assert "slower" in [entry.text for entry in await canvases.entries(session, head.id)]


async def test_nothing_is_lost_when_many_read_and_write_at_once(database: Database) -> None:
    _, (_, pain, *_) = await fill(database)

    async def put() -> None:
        async with database.transaction("T1") as session:
            await outbox.put(session, Errand.CARD, [pain], "C1", NOW)

    await asyncio.gather(*(put() for _ in range(16)))
    async with database.transaction(None) as session:
        (job,) = await outbox.take(session, NOW, 10)
    assert job.version == 16


async def test_an_errand_is_taken_by_one_and_comes_again_when_its_taker_died(database: Database) -> None:
    await fill(database)
    async with database.transaction("T1") as session:
        await outbox.put(session, Errand.CARD, [1, 2, 3], "C1", NOW)

    async def take(at: datetime) -> list[outbox.Job]:
        async with database.transaction(None) as session:
            return await outbox.take(session, at, 2)

    first, second = await take(NOW), await take(NOW)
    assert sorted(job.subject for job in (*first, *second)) == ["1", "2", "3"]
    again = await take(NOW + LEASE + timedelta(seconds=1))
    assert {job.uncertain_since for job in again} == {NOW}


async def test_an_errand_put_again_while_it_is_done_is_done_again(database: Database) -> None:
    await fill(database)
    async with database.transaction("T1") as session:
        await outbox.put(session, Errand.CARD, [1], "C1", NOW)
    async with database.transaction(None) as session:
        (job,) = await outbox.take(session, NOW, 2)
    async with database.transaction("T1") as session:
        await outbox.put(session, Errand.CARD, [1], "C1", NOW)
        await outbox.done(session, job, NOW)
    async with database.transaction(None) as session:
        (job,) = await outbox.take(session, NOW, 2)
        await outbox.done(session, job, NOW)
        assert await outbox.take(session, NOW + LEASE, 2) == []


async def test_what_is_hopeless_is_parked_and_tried_again_on_request(database: Database) -> None:
    await fill(database)
    async with database.transaction("T1") as session:
        await outbox.put(session, Errand.CARD, [1], "C1", NOW)
        (job,) = await outbox.take(session, NOW, 2)
        await outbox.park(session, job, "is_archived")
        assert await outbox.parked(session) == [("C1", "card", "is_archived")]
        assert await outbox.take(session, NOW, 2) == []
        await outbox.unpark(session, "C1", NOW)
        assert len(await outbox.take(session, NOW, 2)) == 1


async def test_a_slot_makes_one_digest(database: Database) -> None:
    head, _ = await fill(database)
    async with database.transaction("T1") as session:
        await digests.plan(session, Planned(head.id, "daily 09:00 UTC", True, "2026-10-12T09:00", NOW))
        assert await digests.add(session, head.id, "2026-10-12T09:00", NOW)
        assert await digests.add(session, head.id, "2026-10-12T09:00", NOW) is None
    async with database.transaction(None) as session:
        ((team, channel, planned),) = await digests.due(session, NOW, 5)
        assert (team, channel, planned.canvas) == ("T1", "C1", head.id)
        assert await digests.due(session, NOW - timedelta(seconds=1), 5) == []


async def test_a_canvas_has_one_open_round_even_when_many_start_at_once(database: Database) -> None:
    head, _ = await fill(database)
    end = NOW + timedelta(days=1)
    wanted = Round(0, head.id, Kind.PAIN, "U1", "UTC", NOW, end, NOW + timedelta(hours=12), "{}")

    async def start() -> int | None:
        async with database.transaction("T1") as session:
            return await rounds.open_round(session, wanted)

    (first,) = [key for key in await asyncio.gather(*(start() for _ in range(8))) if key is not None]
    async with database.reading(None) as session:
        assert await rounds.due(session, NOW + timedelta(hours=11), 5) == []
        ((team, channel, found),) = await rounds.due(session, NOW + timedelta(hours=12), 5)
    assert (team, channel, found) == ("T1", "C1", replace(wanted, id=first))
    async with database.transaction("T1") as session:
        assert await rounds.take_reminding(session, first)
        assert not await rounds.take_reminding(session, first)
        assert list(await rounds.open_in(session, "C1")) == [first]
        assert await rounds.close(session, first, end, "U1")
        assert not await rounds.close(session, first, end, None)
        closed = await rounds.find(session, first)
        assert closed is not None
        assert (closed.state, closed.closed_by) == (State.CLOSING, "U1")
        assert await rounds.due(session, end, 5) == []
    assert await start() not in {None, first}


async def test_two_that_close_a_round_at_once_close_it_once(database: Database) -> None:
    head, _ = await fill(database)
    wanted = Round(0, head.id, None, "U1", "UTC", NOW, NOW + timedelta(days=1), None, "{}")
    async with database.transaction("T1") as session:
        key = await rounds.open_round(session, wanted)
    assert key is not None

    async def close() -> bool:
        async with database.transaction("T1") as session:
            return await rounds.close(session, key, NOW, None)

    assert sorted(await asyncio.gather(*(close() for _ in range(8)))) == [False] * 7 + [True]


async def test_foreign_keys_hold(database: Database) -> None:
    async def orphan(session: AsyncSession) -> None:
        await ranking.record(session, [Reaction(999, "U1", 5, True, 1)])

    await fill(database)
    with pytest.raises(IntegrityError):
        async with database.transaction("T1") as session:
            await orphan(session)


async def test_being_let_in_again_tries_what_failed_and_leaves_what_is_planned_for_later(
    database: Database,
) -> None:
    await fill(database)
    async with database.transaction("T1") as session:
        await outbox.put(session, Errand.CARD, [1], "C9", NOW)
        await outbox.put(session, Errand.DIGEST, [2], "C9", NOW + timedelta(days=1))
    async with database.transaction(None) as session:
        jobs = [job for job in await outbox.take(session, NOW, 100) if job.channel == "C9"]
        for job in jobs:
            await outbox.park(session, job, "not_in_channel")
    async with database.transaction("T1") as session:
        await outbox.unpark(session, "C9", NOW)
    async with database.transaction(None) as session:
        again = [job for job in await outbox.take(session, NOW, 100) if job.channel == "C9"]
    assert [(job.errand, job.subject) for job in again] == [(Errand.CARD, "1")]
