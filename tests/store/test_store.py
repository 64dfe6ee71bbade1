"""The stores, on SQLite and on a real PostgreSQL."""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database, open_database
from bot.db.migrations.schema import SchemaState, list_revisions, read_schema_state
from bot.db.migrations.upgrade import make_alembic_config, migrate_database
from bot.db.tables import Row
from bot.features.cards.model import CARD_JOB
from bot.features.digest import store as digests
from bot.features.digest.model import DIGEST_JOB, DigestSchedule
from bot.features.rounds import store as rounds
from bot.features.rounds.model import Round, RoundState
from bot.jobs import backlog_store, idempotency, store as jobs
from bot.method.kinds import Kind
from bot.method.model import Mark, Review
from bot.store import (
    canvases,
    cards as card_store,
    entries as entry_store,
    loading,
    reviews as fit,
    votes as ranking,
    workspaces,
)
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow
from bot.store.model import CanvasInfo, Draft
from bot.store.votes import Reaction
from bot.store.workspaces import Member, Workspace
from bot.timing import DEFAULT_TIMING

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)


async def fill(database: Database, team: str = "T1") -> tuple[CanvasInfo, list[int]]:
    """Store a workspace with a canvas of a product, a pain, a gain and a reliever."""
    async with database.transaction(None) as session:
        await workspaces.save_workspace(session, Workspace(team, None, "https://x.slack.com/", "UBOT"), NOW)
    async with database.transaction(team) as session:
        head = await canvases.add_canvas(
            session, CanvasInfo(0, "C1", "Reports", "shops", "U1", "UTC", NOW, None)
        )
        drafts = [Draft(kind, kind.value) for kind in (Kind.PRODUCT, Kind.PAIN, Kind.GAIN)]
        ids = await entry_store.add_entries(session, head, "U1", drafts, NOW)
        ids += await entry_store.add_entries(
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
            await workspaces.save_workspace(session, Workspace("T1", None, url, "UBOT"), NOW)
            found = await workspaces.find_workspace(session, "T1")
        assert found == Workspace("T1", None, stands, "UBOT")


async def test_the_migrations_lead_to_the_schema_of_the_code(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Row.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await read_schema_state(database) is SchemaState.CURRENT
    await asyncio.gather(migrate_database(database), migrate_database(database))


async def test_a_canvas_is_read_back_with_votes_reviews_and_times_in_utc(database: Database) -> None:
    head, (product, pain, gain, robot) = await fill(database)
    async with database.transaction("T1") as session:
        await ranking.record_reactions(
            session, [Reaction(pain, "U1", 5, True, 1), Reaction(pain, "U1", 2, True, 2)]
        )
        await fit.save_review(session, robot, "U1", [pain, gain], {pain: Mark.STRONG}, NOW)
        await fit.save_review(session, robot, "U1", [pain, gain], {gain: Mark.PARTIAL}, NOW)
    async with database.reading("T1") as session:
        found = await canvases.find_current_canvas(session, "C1")
        assert found == head
        canvas = await loading.load_canvas(session, head.id)
    assert canvas.created_at == NOW
    assert [entry.id for entry in canvas.entries] == [product, pain, gain, robot]
    assert canvas.entries[1].votes == {"U1": 5}
    assert canvas.entries[3].delivered_by == (product,)
    assert [review.marks for review in canvas.reviews] == [{gain: Mark.PARTIAL}]


async def test_a_statement_that_is_kept_reads_for_whoever_asks(database: Database) -> None:
    theirs = {team: await fill(database, team) for team in ("T1", "T2")}
    for team, (head, entries) in theirs.items():
        async with database.transaction(team) as session:
            await ranking.record_reactions(session, [Reaction(entries[0], "U1", 4, True, 1)])
            await card_store.set_card(session, entries[0], "7.1", None)
        async with database.reading(None) as session:
            assert (await ranking.load_votes(session, head.id)).keys() == {entries[0]}
    for team, other in itertools.permutations(theirs):
        mine, strange = theirs[team], theirs[other]
        async with database.reading(team) as session:
            assert await ranking.load_votes(session, mine[0].id) == {mine[1][0]: {"U1": 4}}
            assert await ranking.load_votes(session, strange[0].id) == {}
            assert await ranking.load_entry_votes(session, [mine[1][0], strange[1][0]]) == {"U1": 4}
            assert await ranking.load_votes(session, mine[0].id, NOW) == {mine[1][0]: {"U1": 4}}
            found = await card_store.find_entries_by_cards(session, {("C1", "7.1")})
            assert found == {("C1", "7.1"): mine[1][0]}


async def test_a_workspace_reaches_no_row_of_another(database: Database) -> None:
    head, ids = await fill(database, "T1")
    await fill(database, "T2")
    async with database.transaction("T2") as session:
        assert await canvases.find_canvas(session, head.id) is None
        assert await card_store.find_card(session, ids[0]) is None
        assert await loading.load_entries(session, head.id) == []
        assert (await session.exec(select(EntryRow.text).where(col(EntryRow.id).in_(ids)))).all() == []
        inner = select(CanvasRow.id).where(CanvasRow.id == head.id)
        assert (await session.exec(select(EntryRow.id).where(col(EntryRow.canvas_id).in_(inner)))).all() == []
        changed = await session.exec(update(EntryRow).where(col(EntryRow.id).in_(ids)).values(text="stolen"))
        assert changed.rowcount == 0
        gone = await session.exec(delete(EntryRow).where(col(EntryRow.id).in_(ids)))
        assert gone.rowcount == 0
    async with database.reading("T1") as session:
        assert [entry.text for entry in await loading.load_entries(session, head.id)][-1] == "robot"


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
            await session.exec(delete(ranking.ReactionRow))
        for reaction in (*order, *order[:2]):
            async with database.transaction("T1") as session:
                await ranking.record_reactions(session, [reaction])
        async with database.reading("T1") as session:
            assert await ranking.load_entry_votes(session, [pain]) == {"U1": 3}


async def test_bots_do_not_vote(database: Database) -> None:
    _, (_, pain, *_) = await fill(database)
    async with database.transaction("T1") as session:
        await workspaces.save_member(session, Member("U9", "Robot", is_bot=True, time_zone="UTC"))
        await ranking.record_reactions(session, [Reaction(pain, "U9", 5, True, 1)])
        assert await ranking.load_entry_votes(session, [pain]) == {}


async def test_a_request_is_acted_on_once_even_at_the_same_moment(database: Database) -> None:
    await fill(database)

    async def act() -> bool:
        async with database.transaction("T1") as session:
            return await idempotency.claim_key(session, "view:1:h", NOW)

    assert sorted(await asyncio.gather(*(act() for _ in range(8)))) == [False] * 7 + [True]


async def test_an_edit_of_an_older_version_is_refused_and_deletion_is_undone(database: Database) -> None:
    head, (_, pain, *_) = await fill(database)
    async with database.transaction("T1") as session:
        assert await entry_store.edit_entry(session, pain, 1, "U1", Draft(Kind.PAIN, "slower"), NOW)
        assert await entry_store.edit_entry(session, pain, 1, "U2", Draft(Kind.PAIN, "slowest"), NOW) is None
        assert await entry_store.delete_entry(session, pain, "U1", NOW)
        assert not await entry_store.delete_entry(session, pain, "U1", NOW)
        assert pain not in [entry.id for entry in await loading.load_entries(session, head.id)]
        assert await entry_store.restore_entry(session, pain, "U1", NOW)
        assert not await entry_store.restore_entry(session, pain, "U1", NOW)
        assert "slower" in [entry.text for entry in await loading.load_entries(session, head.id)]


async def test_what_is_merged_hands_over_and_gets_all_of_it_back(database: Database) -> None:
    head, (product, pain, gain, robot) = await fill(database)
    async with database.transaction("T1") as session:
        other, twin, copy = await entry_store.add_entries(
            session,
            head,
            "U2",
            [Draft(Kind.PAIN, "slow"), Draft(Kind.PRODUCT, "plan"), Draft(Kind.PAIN_RELIEVER, "bot")],
            NOW,
        )
        await ranking.record_reactions(
            session, [Reaction(pain, "U1", 2, True, 1), Reaction(other, "U1", 5, True, 2)]
        )
        await fit.save_review(session, robot, "U1", [pain], {pain: Mark.PARTIAL}, NOW)
        await fit.save_review(
            session, copy, "U1", [gain, other], {gain: Mark.PARTIAL, other: Mark.STRONG}, NOW
        )
    async with database.reading("T1") as session:
        before = await loading.load_canvas(session, head.id)
    async with database.transaction("T1") as session:
        assert not await entry_store.merge_entry(session, pain, pain, "U1", NOW)
        assert not await entry_store.merge_entry(session, pain, gain, "U1", NOW)
        for entry, into in ((other, pain), (product, twin), (copy, robot)):
            assert await entry_store.merge_entry(session, entry, into, "U1", NOW)
        assert not await entry_store.merge_entry(session, pain, other, "U1", NOW)
        assert await ranking.load_entry_votes(session, [pain, other]) == {"U1": 5}
    async with database.reading("T1") as session:
        merged = await loading.load_canvas(session, head.id)
        card = await card_store.find_card(session, robot)
    assert {entry.id: (entry.votes, entry.delivered_by) for entry in merged.entries} == {
        pain: ({"U1": 5}, ()),
        gain: ({}, ()),
        robot: ({}, (twin,)),
        twin: ({}, ()),
    }
    assert merged.reviews == (Review(robot, "U1", {pain: Mark.STRONG, gain: Mark.PARTIAL}),)
    assert card is not None
    assert card.entry.delivered_by == (twin,)
    async with database.transaction("T1") as session:
        for entry in (other, product, copy):
            assert await entry_store.restore_entry(session, entry, "U1", NOW)
    async with database.reading("T1") as session:
        assert await loading.load_canvas(session, head.id) == before


async def test_a_review_of_what_others_were_merged_into_is_one_of_each(database: Database) -> None:
    head, (_, pain, gain, robot) = await fill(database)
    async with database.transaction("T1") as session:
        drafts = [Draft(Kind.PAIN, "slow"), Draft(Kind.PAIN_RELIEVER, "bot")]
        other, copy = await entry_store.add_entries(session, head, "U2", drafts, NOW)
        await fit.save_review(session, copy, "U1", [pain, other], {other: Mark.STRONG}, NOW)
        for entry, into in ((other, pain), (copy, robot)):
            assert await entry_store.merge_entry(session, entry, into, "U1", NOW)
        later = NOW + timedelta(minutes=1)
        await fit.save_review(session, robot, "U1", [pain, gain], {gain: Mark.PARTIAL}, later)
    async with database.reading("T1") as session:
        (review,) = (await loading.load_canvas(session, head.id)).reviews
    assert review.marks == {gain: Mark.PARTIAL}, "the mark of before, on either, does not stand"


async def test_an_edit_decides_for_what_was_merged_in_too(database: Database) -> None:
    head, (product, _, _, robot) = await fill(database)
    async with database.transaction("T1") as session:
        drafts = [Draft(Kind.PRODUCT, "plan"), Draft(Kind.PAIN_RELIEVER, "bot")]
        plan, copy = await entry_store.add_entries(session, head, "U2", drafts, NOW)
        assert await entry_store.edit_entry(
            session, copy, 1, "U1", replace(drafts[1], delivered_by=(plan,)), NOW
        )
        assert await entry_store.merge_entry(session, copy, robot, "U1", NOW)
        entries = {entry.id: entry for entry in await loading.load_entries(session, head.id)}
        assert entries[robot].delivered_by == (product, plan)
        assert await entry_store.edit_entry(
            session, robot, 1, "U1", replace(drafts[1], delivered_by=(plan,)), NOW
        )
        entries = {entry.id: entry for entry in await loading.load_entries(session, head.id)}
        assert entries[robot].delivered_by == (plan,)


async def test_a_canvas_is_read_as_it_was_at_any_time(database: Database) -> None:
    head, (_, pain, gain, robot) = await fill(database)
    at = [NOW + timedelta(hours=hour) for hour in range(8)]
    seen = {}

    async def look(hour: int) -> None:
        async with database.reading("T1") as session:
            seen[hour] = await loading.load_canvas(session, head.id)

    async def change(hour: int, session: AsyncSession) -> None:
        now = at[hour]
        stamp = ranking.to_microseconds(now)
        match hour:
            case 1:
                await ranking.record_reactions(session, [Reaction(pain, "U1", 5, True, stamp)])
            case 2:
                await fit.save_review(session, robot, "U1", [pain], {pain: Mark.STRONG}, now)
                await ranking.record_reactions(session, [Reaction(pain, "U1", 5, False, stamp)])
            case 3:
                await entry_store.edit_entry(session, robot, 1, "U1", Draft(Kind.GAIN_CREATOR, "bot"), now)
            case 4:
                await entry_store.delete_entry(session, gain, "U1", now)
                (slow,) = await entry_store.add_entries(session, head, "U2", [Draft(Kind.PAIN, "slow")], now)
                await ranking.record_imported_votes(session, {slow: {"U3": 4}})
            case 5:
                await entry_store.merge_entry(session, pain, robot + 1, "U1", now)
                await ranking.record_reactions(session, [Reaction(robot + 1, "U3", 2, True, stamp)])
            case _:
                await entry_store.restore_entry(session, gain, "U1", now)
                await fit.save_review(session, robot, "U1", [pain], {}, now)
                await ranking.reset_votes(session, robot + 1, now)

    for hour in range(1, 7):
        async with database.transaction("T1") as session:
            await change(hour, session)
        await look(hour)
    assert len({repr(canvas) for canvas in seen.values()}) == 6, "each hour brought something new"
    async with database.reading("T1") as session:
        for hour, canvas in seen.items():
            assert await loading.load_canvas(session, head.id, at[hour] + timedelta(minutes=30)) == canvas
        assert (await loading.load_canvas(session, head.id, NOW - timedelta(days=1))).entries == ()


async def test_an_imported_vote_counts_until_its_member_sets_a_number(database: Database) -> None:
    _, (_, pain, *_) = await fill(database)
    async with database.transaction("T1") as session:
        await ranking.record_imported_votes(session, {pain: {"U1": 5, "U2": 4}})
        assert await ranking.load_entry_votes(session, [pain]) == {"U1": 5, "U2": 4}
        await ranking.record_reactions(session, [Reaction(pain, "U1", 2, True, 1)])
        assert await ranking.load_entry_votes(session, [pain]) == {"U1": 2, "U2": 4}
        await ranking.record_reactions(session, [Reaction(pain, "U1", 2, False, 2)])
        assert await ranking.load_entry_votes(session, [pain]) == {"U2": 4}
        await ranking.reset_votes(session, pain, NOW)
        assert await ranking.load_entry_votes(session, [pain]) == {}


async def test_votes_and_marks_of_the_release_before_are_kept(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'old.db'}") as database:
        async with database.engine.begin() as connection:
            await connection.run_sync(lambda sync: command.upgrade(make_alembic_config(sync), "0005"))
            for statement in OLD:
                await connection.execute(text(statement))
        await migrate_database(database)
        async with database.reading("T1") as session:
            head = await canvases.find_current_canvas(session, "C1")
            assert head is not None
            canvas = await loading.load_canvas(session, head.id)
    assert [entry.votes for entry in canvas.entries] == [{"U1": 5}, {}]
    assert canvas.reviews == (Review(2, "U1", {1: Mark.STRONG}),)


WHEN = "2026-10-12 07:00:00"
OLD = (
    f"INSERT INTO workspace VALUES ('T1', NULL, '', 'UBOT', '{WHEN}')",
    f"""INSERT INTO canvas (
        team_id, id, channel_id, name, segment, starter, time_zone, created_at, current_since
    ) VALUES ('T1', 1, 'C1', 'Reports', '', 'U1', 'UTC', '{WHEN}', '{WHEN}')""",
    f"""INSERT INTO entry (team_id, id, canvas_id, channel_id, kind, text, author, created_at, version)
    VALUES ('T1', 1, 1, 'C1', 'pain', 'slow', 'U1', '{WHEN}', 1),
    ('T1', 2, 1, 'C1', 'pain_reliever', 'robot', 'U1', '{WHEN}', 1)""",
    """INSERT INTO vote (team_id, entry_id, member, level, stands, event_at)
    VALUES ('T1', 1, 'U1', 5, true, 7), ('T1', 1, 'U2', 5, false, 9)""",
    f"INSERT INTO review (team_id, offer_id, member, reviewed_at) VALUES ('T1', 2, 'U1', '{WHEN}')",
    "INSERT INTO mark (team_id, offer_id, member, need_id, halves) VALUES ('T1', 2, 'U1', 1, 2)",
)


async def test_nothing_is_lost_when_many_read_and_write_at_once(database: Database) -> None:
    _, (_, pain, *_) = await fill(database)

    async def put() -> None:
        async with database.transaction("T1") as session:
            await jobs.enqueue(session, CARD_JOB, [pain], "C1", NOW)

    await asyncio.gather(*(put() for _ in range(16)))
    async with database.transaction(None) as session:
        (job,) = await jobs.claim_due_jobs(session, NOW, 10)
    assert job.version == 16


async def test_an_errand_is_taken_by_one_and_comes_again_when_its_taker_died(database: Database) -> None:
    await fill(database)
    async with database.transaction("T1") as session:
        for subject in (1, 2, 3):
            await jobs.enqueue(session, CARD_JOB, [subject], f"C{subject}", NOW)

    async def take(at: datetime) -> list[outbox.Job]:
        async with database.transaction(None) as session:
            return await jobs.claim_due_jobs(session, at, 2)

    first, second = await take(NOW), await take(NOW)
    assert sorted(job.subject for job in (*first, *second)) == ["1", "2", "3"]
    async with database.transaction("T1") as session:
        assert await jobs.start_job(session, first[0], NOW)
        assert await jobs.mark_posting(session, first[0], NOW, DEFAULT_TIMING) is None
    again = await take(NOW + DEFAULT_TIMING.job_lease + timedelta(seconds=1))
    assert {job.subject: job.maybe_posted_since for job in again} == {"1": NOW, "2": None}


async def test_an_errand_put_again_while_it_is_done_is_done_again(database: Database) -> None:
    await fill(database)
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, CARD_JOB, [1], "C1", NOW)
    async with database.transaction(None) as session:
        (job,) = await jobs.claim_due_jobs(session, NOW, 2)
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, CARD_JOB, [1], "C1", NOW)
        await jobs.complete_job(session, job, NOW)
    async with database.transaction(None) as session:
        (job,) = await jobs.claim_due_jobs(session, NOW, 2)
        await jobs.complete_job(session, job, NOW)
        assert await jobs.claim_due_jobs(session, NOW + 2 * DEFAULT_TIMING.job_lease, 2) == []


async def test_what_is_hopeless_is_parked_and_tried_again_on_request(database: Database) -> None:
    await fill(database)
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, CARD_JOB, [1], "C1", NOW)
        (job,) = await jobs.claim_due_jobs(session, NOW, 2)
        await jobs.dead_letter(session, job, "is_archived")
        assert await backlog_store.list_dead_letters(session) == [("C1", "card", "is_archived")]
        assert await jobs.claim_due_jobs(session, NOW, 2) == []
        await jobs.revive_channel(session, "C1", NOW)
        assert len(await jobs.claim_due_jobs(session, NOW, 2)) == 1


async def test_a_slot_makes_one_digest(database: Database) -> None:
    head, _ = await fill(database)
    async with database.transaction("T1") as session:
        await digests.save_schedule(
            session, DigestSchedule(head.id, "daily 09:00 UTC", True, "2026-10-12T09:00", NOW)
        )
        assert await digests.add_digest(session, head.id, "2026-10-12T09:00", NOW)
        assert await digests.add_digest(session, head.id, "2026-10-12T09:00", NOW) is None
    async with database.transaction(None) as session:
        ((team, channel, planned),) = await digests.claim_due_schedules(session, NOW, 5)
        assert (team, channel, planned.canvas_id) == ("T1", "C1", head.id)
        assert await digests.claim_due_schedules(session, NOW - timedelta(seconds=1), 5) == []


async def test_a_canvas_has_one_open_round_even_when_many_start_at_once(database: Database) -> None:
    head, _ = await fill(database)
    end = NOW + timedelta(days=1)
    wanted = Round(0, head.id, Kind.PAIN, "U1", "UTC", NOW, end, NOW + timedelta(hours=12), "{}")

    async def start() -> int | None:
        async with database.transaction("T1") as session:
            return await rounds.add_round(session, wanted)

    (first,) = [key for key in await asyncio.gather(*(start() for _ in range(8))) if key is not None]
    async with database.reading(None) as session:
        assert await rounds.list_due_rounds(session, NOW + timedelta(hours=11), 5) == []
        ((team, channel, found),) = await rounds.list_due_rounds(session, NOW + timedelta(hours=12), 5)
    assert (team, channel, found) == ("T1", "C1", replace(wanted, id=first))
    async with database.transaction("T1") as session:
        assert await rounds.claim_reminders(session, first)
        assert not await rounds.claim_reminders(session, first)
        assert list(await rounds.list_open_round_ids(session, "C1")) == [first]
        assert await rounds.mark_closing(session, first, end, "U1")
        assert not await rounds.mark_closing(session, first, end, None)
        closed = await rounds.find_round(session, first)
        assert closed is not None
        assert (closed.state, closed.closed_by_id) == (RoundState.CLOSING, "U1")
        assert await rounds.list_due_rounds(session, end, 5) == []
    assert await start() not in {None, first}


async def test_two_that_close_a_round_at_once_close_it_once(database: Database) -> None:
    head, _ = await fill(database)
    wanted = Round(0, head.id, None, "U1", "UTC", NOW, NOW + timedelta(days=1), None, "{}")
    async with database.transaction("T1") as session:
        key = await rounds.add_round(session, wanted)
    assert key is not None

    async def close() -> bool:
        async with database.transaction("T1") as session:
            return await rounds.mark_closing(session, key, NOW, None)

    assert sorted(await asyncio.gather(*(close() for _ in range(8)))) == [False] * 7 + [True]


async def test_foreign_keys_hold(database: Database) -> None:
    async def orphan(session: AsyncSession) -> None:
        await ranking.record_reactions(session, [Reaction(999, "U1", 5, True, 1)])

    await fill(database)
    with pytest.raises(IntegrityError):
        async with database.transaction("T1") as session:
            await orphan(session)


async def test_being_let_in_again_tries_what_failed_and_leaves_what_is_planned_for_later(
    database: Database,
) -> None:
    await fill(database)
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, CARD_JOB, [1], "C9", NOW)
        await jobs.enqueue(session, DIGEST_JOB, [2], "C9", NOW + timedelta(days=1))
    async with database.transaction(None) as session:
        jobs = [job for job in await jobs.claim_due_jobs(session, NOW, 100) if job.channel_id == "C9"]
        for job in jobs:
            await jobs.dead_letter(session, job, "not_in_channel")
    async with database.transaction("T1") as session:
        await jobs.revive_channel(session, "C9", NOW)
    async with database.transaction(None) as session:
        again = [job for job in await jobs.claim_due_jobs(session, NOW, 100) if job.channel_id == "C9"]
    assert [(job.kind, job.subject) for job in again] == [(CARD_JOB, "1")]


def test_the_names_of_migrations_begin_with_their_revisions_in_order() -> None:
    script = ScriptDirectory.from_config(make_alembic_config())
    assert list_revisions() == [step.revision for step in script.walk_revisions()][::-1]
