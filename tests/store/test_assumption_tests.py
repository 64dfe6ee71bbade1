"""Tests are locked: each change keeps the terms before it, and a result or decision is stored once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.db.database import Database
from bot.method.kinds import Kind
from bot.method.model import NO_ENTRY, AssumptionTest, Choice, Decision, Grade, Outcome
from bot.store import (
    assumption_tests as test_store,
    canvases as canvas_store,
    entries as entry_store,
    evidence as evidence_store,
)
from bot.store.evidence import EvidenceDraft
from bot.store.loading import load_canvas
from bot.store.model import CanvasInfo, Draft
from tests.method.build import build_result, build_terms, build_test
from tests.store.build import NOW, store_canvas

LAST_DAY = date(2026, 10, 16)
TERMS = build_terms(until=LAST_DAY, value=Decimal(1000000000000), unit="€")
DECISION = Decision(Choice.KEEP, "they came back", "U2", NOW)


async def store_test(
    database: Database, *, time_zone: str = "UTC"
) -> tuple[CanvasInfo, list[int], AssumptionTest]:
    """Store a canvas with a test of its pain; return the test as it was stored."""
    info, entry_ids = await store_canvas(database)
    info = replace(info, time_zone=time_zone)
    test = replace(build_test(0, entry_ids[1], TERMS), started_at=NOW)
    async with database.transaction("T1") as session:
        (test_id,) = await test_store.add_tests(session, info, [test], NOW)
    return info, entry_ids, replace(test, id=test_id)


async def test_a_test_is_loaded_as_it_was_stored(database: Database) -> None:
    info, entry_ids, test = await store_test(database)
    done = replace(test, result=build_result(Outcome.NOT_MET, Decimal("2.5")), decision=DECISION)
    async with database.transaction("T1") as session:
        (done_id,) = await test_store.add_tests(session, info, [done], NOW)
        canvas = await load_canvas(session, info.id)
        assert canvas.tests == (test, replace(done, id=done_id))
        assert await test_store.find_test(session, info.id, test.id) == test
        assert await test_store.find_test(session, info.id + 1, test.id) is None
        assert (await load_canvas(session, info.id, NOW)).tests == (), "a past time has no tests"
        assert (await load_canvas(session, info.id, with_evidence=False)).tests == ()
    assert entry_ids[1] == test.entry_id


async def test_a_change_keeps_the_terms_before_it_and_an_outdated_one_changes_nothing(
    database: Database,
) -> None:
    info, _, test = await store_test(database)
    later = replace(TERMS, value=Decimal("0.1"), until=LAST_DAY + timedelta(days=3))
    async with database.transaction("T1") as session:
        assert await test_store.change_terms(session, info, test.id, 0, later, "U2", NOW)
        assert not await test_store.change_terms(session, info, test.id, 0, TERMS, "U3", NOW)
        assert not await test_store.change_terms(
            session, replace(info, id=info.id + 1), test.id, 1, TERMS, "U3", NOW
        )
        changed = await test_store.find_test(session, info.id, test.id)
        assert changed == replace(test, terms=later, earlier_terms=(TERMS,))
        assert await test_store.change_terms(session, info, test.id, 1, TERMS, "U2", NOW)
        changed = await test_store.find_test(session, info.id, test.id)
        assert changed == replace(test, earlier_terms=(TERMS, later))
        assert await test_store.record_result(session, info.id, test.id, build_result())
        assert not await test_store.change_terms(session, info, test.id, 2, later, "U2", NOW)


async def test_one_result_and_one_decision_are_stored(database: Database) -> None:
    info, _, test = await store_test(database)
    first, second = build_result(), build_result(Outcome.UNCLEAR)
    other = replace(DECISION, choice=Choice.DROP)
    async with database.transaction("T1") as session:
        assert not await test_store.record_decision(session, info.id, test.id, DECISION), "no result yet"
        assert not await test_store.record_result(session, info.id + 1, test.id, first)
        assert await test_store.record_result(session, info.id, test.id, first)
        assert not await test_store.record_result(session, info.id, test.id, second)
        assert not await test_store.record_decision(session, info.id + 1, test.id, DECISION)
        assert await test_store.record_decision(session, info.id, test.id, DECISION)
        assert not await test_store.record_decision(session, info.id, test.id, other)
        found = await test_store.find_test(session, info.id, test.id)
    assert found == replace(test, result=first, decision=DECISION)


async def test_a_merged_entry_hands_its_tests_over_and_an_undo_brings_them_back(database: Database) -> None:
    info, (_, pain, *_), test = await store_test(database)
    async with database.transaction("T1") as session:
        (slow,) = await entry_store.add_entries(session, info, "U1", [Draft(Kind.PAIN, "slow")], NOW)
        await entry_store.merge_entry(session, pain, slow, "U1", NOW)
        assert [each.entry_id for each in (await load_canvas(session, info.id)).tests] == [slow]
        found = await test_store.find_test(session, info.id, test.id)
        assert found == replace(test, entry_id=slow)
        assert await test_store.find_own_entry_id(session, test.id) == pain
        assert len(await test_store.list_due_tests(session, NOW + timedelta(days=9), 10)) == 1
        await entry_store.restore_entry(session, pain, "U1", NOW)
        assert [each.entry_id for each in (await load_canvas(session, info.id)).tests] == [pain]


async def test_a_test_is_due_once_at_the_end_of_its_last_day_in_the_canvass_zone(database: Database) -> None:
    info, _, test = await store_test(database, time_zone="Pacific/Auckland")
    end_of_day = datetime(2026, 10, 16, 11, tzinfo=UTC)  # midnight in Auckland, 13 hours ahead
    due = [("T1", "C1", test.id)]
    async with database.transaction("T1") as session:
        assert await test_store.list_due_tests(session, end_of_day - timedelta(seconds=1), 10) == []
        assert not await test_store.claim_asking(session, test.id, end_of_day - timedelta(seconds=1))
        assert await test_store.list_due_tests(session, end_of_day, 10) == due
        assert await test_store.claim_asking(session, test.id, end_of_day)
        assert not await test_store.claim_asking(session, test.id, end_of_day)
        assert await test_store.list_due_tests(session, end_of_day, 10) == []
        longer = replace(TERMS, until=LAST_DAY + timedelta(days=1))
        await test_store.change_terms(session, info, test.id, 0, longer, "U1", end_of_day)
        assert await test_store.list_due_tests(session, end_of_day + timedelta(days=1), 10) == due
        await test_store.record_result(session, info.id, test.id, build_result())
        assert await test_store.list_due_tests(session, end_of_day + timedelta(days=1), 10) == []
        assert not await test_store.claim_asking(session, test.id, end_of_day + timedelta(days=1))


async def test_a_test_waits_while_its_entry_is_deleted_or_its_canvas_archived(database: Database) -> None:
    info, (_, pain, *_), test = await store_test(database)
    later, due = NOW + timedelta(days=9), [("T1", "C1", test.id)]
    async with database.transaction("T1") as session:
        await entry_store.delete_entry(session, pain, "U1", NOW)
        assert await test_store.list_due_tests(session, later, 10) == []
        await entry_store.restore_entry(session, pain, "U1", NOW)
        assert await test_store.list_due_tests(session, later, 10) == due
        await canvas_store.update_canvas(session, info.id, archived_at=NOW)
        assert await test_store.list_due_tests(session, later, 10) == []
        await canvas_store.update_canvas(session, info.id, archived_at=None)
        assert await test_store.list_due_tests(session, later, 10) == due


async def test_nobody_is_asked_about_a_test_that_was_over_when_it_was_stored(database: Database) -> None:
    info, _, test = await store_test(database)
    over = replace(test, terms=replace(TERMS, until=NOW.date() - timedelta(days=1)))
    async with database.transaction("T1") as session:
        await test_store.add_tests(session, info, [over], NOW)
        due = await test_store.list_due_tests(session, NOW + timedelta(days=9), 10)
    assert due == [("T1", "C1", test.id)]


async def test_a_test_of_no_entry_keeps_its_decision_and_is_not_due(database: Database) -> None:
    info, _, test = await store_test(database)
    dropped = replace(test, entry_id=NO_ENTRY, result=build_result(), decision=DECISION)
    async with database.transaction("T1") as session:
        await test_store.delete_tests(session, info.id)
        (test_id,) = await test_store.add_tests(session, info, [dropped], NOW)
        assert (await load_canvas(session, info.id)).tests == (replace(dropped, id=test_id),)
        assert await test_store.list_due_tests(session, NOW + timedelta(days=99), 10) == []


async def test_a_deleted_canvas_keeps_neither_tests_nor_evidence(database: Database) -> None:
    info, (_, pain, *_), test = await store_test(database)
    quote = EvidenceDraft("it is slow", "Customer 7", Grade.TOLD, 1, LAST_DAY, (pain,), ())
    async with database.transaction("T1") as session:
        await test_store.change_terms(session, info, test.id, 0, TERMS, "U2", NOW)
        await evidence_store.add_evidence(session, info.id, "U1", [quote], NOW)
        await canvas_store.delete_canvas(session, info.id, NOW)
    async with database.engine.connect() as connection:
        for table in ("assumption_test", "assumption_test_change", "evidence"):
            assert (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar() == 0
