"""Tables and SQL of tests of assumptions: their terms, results and decisions.

The terms of a test are locked from its start on: a change stores the terms before it. The row of a test is
locked while it changes: of two results, decisions or changes at the same time, the second gets an error.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlmodel import Field, Index, col, delete, func, select, text, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import IDS_ONLY_ONCE, Row
from bot.db.tenancy import TenantRow, team_of
from bot.method.merging import Merges, merge_target
from bot.method.model import NO_ENTRY, AssumptionTest, Bound, Choice, Decision, Grade, Outcome, Result, Terms
from bot.method.numbers import format_plain
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow, load_merges
from bot.store.model import CanvasInfo
from bot.store.workspaces import select_uninstalled_teams
from bot.times.clock import end_of_day, zone_or_utc

FoundRow = tuple["AssumptionTestRow", "EarlierTermsRow | None"]
_IS_WAITING = text("asked_at IS NULL AND outcome IS NULL")


class TermsColumns(Row):
    """The columns of terms."""

    check: str
    measure: str
    bound: str
    value: str  # a decimal number, exact
    unit: str
    until: date
    owner_id: str


class AssumptionTestRow(TenantRow, TermsColumns, table=True):
    """A test of one entry, with its result and the decision after it."""

    __tablename__ = "assumption_test"
    __table_args__ = (
        Index("ix_assumption_test_due", "due_at", sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING),
        IDS_ONLY_ONCE,
    )

    id: int | None = Field(default=None, primary_key=True)
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", index=True)
    entry_id: int | None = Field(default=None, foreign_key="entry.id", ondelete="CASCADE", index=True)
    belief: str  # the entry's text when the test was started
    starter_id: str
    started_at: datetime
    due_at: datetime  # the end of its last day in the canvas's time zone
    asked_at: datetime | None = None  # when its owner was asked for the result; None before that
    outcome: str | None = None  # None until the result is recorded, with the five columns below
    result_value: str | None = None
    result_count: int | None = None
    result_grade: int | None = None
    result_quote: str | None = None
    result_at: datetime | None = None
    choice: str | None = None  # None until the team decides, with the three columns below
    reason: str | None = None
    decider_id: str | None = None
    decided_at: datetime | None = None


class EarlierTermsRow(TenantRow, TermsColumns, table=True):
    """The terms of a test before a change."""

    __tablename__ = "assumption_test_change"

    id: int | None = Field(default=None, primary_key=True)
    test_id: int = Field(foreign_key="assumption_test.id", ondelete="CASCADE", index=True)
    changer_id: str
    changed_at: datetime


async def add_tests(
    session: AsyncSession, canvas_info: CanvasInfo, tests: Iterable[AssumptionTest], now: datetime
) -> list[int]:
    """Store tests, whose ids are not read, and return their ids. Nobody is asked about one that is over."""
    rows = [_build_row(session, canvas_info, test, now) for test in tests]
    session.add_all(rows)
    await session.flush()
    return [_id_of(row) for row in rows]


async def change_terms(
    session: AsyncSession,
    canvas_info: CanvasInfo,
    test_id: int,
    version: int,
    terms: Terms,
    changer_id: str,
    now: datetime,
) -> bool:
    """Replace the terms of a test and keep those before. The version is how many it had before.

    Return False if the version is outdated, if the test has a result, or if it is not on the canvas.
    """
    row = await _lock(session, canvas_info.id, test_id)
    count = select(func.count()).select_from(EarlierTermsRow).where(EarlierTermsRow.test_id == test_id)
    if row is None or row.outcome is not None or (await session.exec(count)).one() != version:
        return False
    earlier = _to_columns(_to_terms(row))
    session.add(
        EarlierTermsRow(
            team_id=team_of(session), test_id=test_id, changer_id=changer_id, changed_at=now, **earlier
        )
    )
    row.sqlmodel_update(_to_columns(terms))
    row.due_at, row.asked_at = _compute_due_at(canvas_info, terms), None
    await session.flush()
    return True


async def record_result(session: AsyncSession, canvas_id: int, test_id: int, result: Result) -> bool:
    """Store the result of a test; return False if it has one, or is not on the canvas."""
    has_none = (*_select_one(canvas_id, test_id), col(AssumptionTestRow.outcome).is_(None))
    stored = await session.exec(update(AssumptionTestRow).where(*has_none).values(_to_result_columns(result)))
    return bool(stored.rowcount)


async def record_decision(session: AsyncSession, canvas_id: int, test_id: int, decision: Decision) -> bool:
    """Store the decision after a test; return False if it has one or no result, or is not on the canvas."""
    is_open = (
        *_select_one(canvas_id, test_id),
        col(AssumptionTestRow.outcome).is_not(None),
        col(AssumptionTestRow.choice).is_(None),
    )
    values = _to_decision_columns(decision)
    stored = await session.exec(update(AssumptionTestRow).where(*is_open).values(values))
    return bool(stored.rowcount)


async def withdraw_test(session: AsyncSession, canvas_id: int, test_id: int, started_since: datetime) -> bool:
    """Delete a test for good; return False if it started earlier, was changed, has a result or is gone."""
    changed_ids = select(EarlierTermsRow.test_id).where(EarlierTermsRow.test_id == test_id)
    is_new = (
        *_select_one(canvas_id, test_id),
        col(AssumptionTestRow.started_at) >= started_since,
        col(AssumptionTestRow.outcome).is_(None),
        col(AssumptionTestRow.id).not_in(changed_ids),
    )
    deleted = await session.exec(delete(AssumptionTestRow).where(*is_new))
    return bool(deleted.rowcount)


async def delete_tests(session: AsyncSession, canvas_id: int) -> None:
    """Delete the tests of a canvas for good."""
    await session.exec(delete(AssumptionTestRow).where(col(AssumptionTestRow.canvas_id) == canvas_id))


async def find_test(session: AsyncSession, canvas_id: int, test_id: int) -> AssumptionTest | None:
    """Return a test of a canvas; a test of a merged entry is one of its merge target."""
    entry_ids = await session.exec(select(AssumptionTestRow.entry_id).where(*_select_one(canvas_id, test_id)))
    entry_id = entry_ids.first()
    if entry_id is None:
        return None
    merges = await load_merges(session, entry_id)
    rows = await session.exec(_select_tests().where(*_select_one(canvas_id, test_id)))
    return _read_tests(rows, merges)[0]


async def find_canvas_id(session: AsyncSession, test_id: int) -> int | None:
    """Return the canvas of a test."""
    return (
        await session.exec(select(AssumptionTestRow.canvas_id).where(AssumptionTestRow.id == test_id))
    ).first()


async def find_own_entry_id(session: AsyncSession, test_id: int) -> int | None:
    """Return the entry that a test was started on, which may be merged into another since."""
    return (
        await session.exec(select(AssumptionTestRow.entry_id).where(AssumptionTestRow.id == test_id))
    ).first()


async def load_tests(session: AsyncSession, canvas_id: int, merges: Merges) -> tuple[AssumptionTest, ...]:
    """Return the tests of a canvas in order of their start, also those of deleted entries, in one statement.

    Tests of a merged entry are those of its merge target.
    """
    return _read_tests(await session.exec(_select_canvas_tests(), params={"canvas_id": canvas_id}), merges)


async def find_open_until(session: AsyncSession, entry_ids: Collection[int]) -> date | None:
    """Return the last day of the first open test on these entries; None if they have none."""
    params = {"entry_ids": [*entry_ids]}
    until: date | None = (await session.exec(_select_open_until(), params=params)).first()
    return until


async def list_due_tests(session: AsyncSession, now: datetime, limit: int) -> Sequence[tuple[str, str, int]]:
    """Return team id, channel id and test id of those whose owners are to be asked for the result.

    The tests of deleted entries and archived canvases wait until these are brought back.
    """
    rows = await session.exec(
        select(AssumptionTestRow.team_id, CanvasRow.channel_id, AssumptionTestRow.id)
        .join(CanvasRow, col(CanvasRow.id) == col(AssumptionTestRow.canvas_id))
        .join(EntryRow, col(EntryRow.id) == col(AssumptionTestRow.entry_id))
        .where(
            _IS_WAITING,
            col(AssumptionTestRow.due_at) <= now,
            col(CanvasRow.archived_at).is_(None),
            col(CanvasRow.deleted_at).is_(None),
            col(EntryRow.deleted_at).is_(None) | col(EntryRow.merged_into_id).is_not(None),
            col(AssumptionTestRow.team_id).not_in(select_uninstalled_teams()),
        )
        .order_by(col(AssumptionTestRow.due_at), col(AssumptionTestRow.id))
        .limit(limit)
    )
    return [(team_id, channel_id, test_id or 0) for team_id, channel_id, test_id in rows]


async def claim_asking(session: AsyncSession, test_id: int, now: datetime) -> bool:
    """Claim the question to the owner of a due test; return False if another process did."""
    is_waiting = (col(AssumptionTestRow.id) == test_id, _IS_WAITING, col(AssumptionTestRow.due_at) <= now)
    claimed = await session.exec(update(AssumptionTestRow).where(*is_waiting).values(asked_at=now))
    return bool(claimed.rowcount)


@cache
def _select_canvas_tests() -> Any:
    """Select the tests of a canvas; building the statement takes longer than running it."""
    return _select_tests().where(col(AssumptionTestRow.canvas_id) == bindparam("canvas_id"))


@cache
def _select_open_until() -> Any:
    entry_ids: BindParameter[int] = bindparam("entry_ids", expanding=True)
    return select(func.min(AssumptionTestRow.until)).where(
        col(AssumptionTestRow.entry_id).in_(entry_ids), col(AssumptionTestRow.outcome).is_(None)
    )


def _select_tests() -> Any:
    """Select tests in order of their start, each with every change of its terms."""
    return (
        select(AssumptionTestRow, EarlierTermsRow)
        .join(EarlierTermsRow, col(EarlierTermsRow.test_id) == col(AssumptionTestRow.id), isouter=True)
        .order_by(col(AssumptionTestRow.id), col(EarlierTermsRow.id))
    )


def _read_tests(rows: Iterable[FoundRow], merges: Merges) -> tuple[AssumptionTest, ...]:
    tests: dict[int, AssumptionTestRow] = {}
    earlier: dict[int, list[Terms]] = {}
    for row, change in rows:
        tests[_id_of(row)] = row
        earlier.setdefault(_id_of(row), []).extend([] if change is None else [_to_terms(change)])
    return tuple(_to_test(row, merges, earlier[test_id]) for test_id, row in tests.items())


async def _lock(session: AsyncSession, canvas_id: int, test_id: int) -> AssumptionTestRow | None:
    """Return the row of a test and lock it until this transaction ends."""
    statement = select(AssumptionTestRow).where(*_select_one(canvas_id, test_id)).with_for_update()
    return (await session.exec(statement)).first()


def _select_one(canvas_id: int, test_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(AssumptionTestRow.id) == test_id, col(AssumptionTestRow.canvas_id) == canvas_id


def _compute_due_at(canvas_info: CanvasInfo, terms: Terms) -> datetime:
    return end_of_day(terms.until, zone_or_utc(canvas_info.time_zone))


def _build_row(
    session: AsyncSession, canvas_info: CanvasInfo, test: AssumptionTest, now: datetime
) -> AssumptionTestRow:
    due_at = _compute_due_at(canvas_info, test.terms)
    return AssumptionTestRow(
        team_id=team_of(session),
        canvas_id=canvas_info.id,
        entry_id=test.entry_id or None,
        belief=test.belief,
        starter_id=test.starter_id,
        started_at=test.started_at,
        due_at=due_at,
        asked_at=now if due_at <= now else None,
        **_to_columns(test.terms),
        **(_to_result_columns(test.result) if test.result else {}),
        **(_to_decision_columns(test.decision) if test.decision else {}),
    )


def _to_columns(terms: Terms) -> dict[str, Any]:
    return {
        "check": terms.check,
        "measure": terms.measure,
        "bound": terms.bound.value,
        "value": format_plain(terms.value),
        "unit": terms.unit,
        "until": terms.until,
        "owner_id": terms.owner_id,
    }


def _to_result_columns(result: Result) -> dict[str, Any]:
    return {
        "outcome": result.outcome.value,
        "result_value": format_plain(result.value),
        "result_count": result.count,
        "result_grade": int(result.grade),
        "result_quote": result.quote,
        "result_at": result.at,
    }


def _to_decision_columns(decision: Decision) -> dict[str, Any]:
    return {
        "choice": decision.choice.value,
        "reason": decision.reason,
        "decider_id": decision.decider_id,
        "decided_at": decision.at,
    }


def _to_terms(row: TermsColumns) -> Terms:
    return Terms(
        row.check, row.measure, Bound(row.bound), Decimal(row.value), row.unit, row.until, row.owner_id
    )


def _to_test(row: AssumptionTestRow, merges: Merges, earlier_terms: Iterable[Terms]) -> AssumptionTest:
    return AssumptionTest(
        _id_of(row),
        merge_target(row.entry_id, merges) if row.entry_id else NO_ENTRY,
        row.belief,
        _to_terms(row),
        row.starter_id,
        row.started_at,
        tuple(earlier_terms),
        _to_result(row),
        _to_decision(row),
    )


def _to_result(row: AssumptionTestRow) -> Result | None:
    if row.outcome is None:
        return None
    assert row.result_count is not None
    assert row.result_grade is not None
    assert row.result_at is not None
    return Result(
        Decimal(row.result_value or 0),
        row.result_count,
        Grade(row.result_grade),
        row.result_quote or "",
        Outcome(row.outcome),
        row.result_at,
    )


def _to_decision(row: AssumptionTestRow) -> Decision | None:
    if row.choice is None:
        return None
    assert row.decided_at is not None
    return Decision(Choice(row.choice), row.reason or "", row.decider_id or "", row.decided_at)


def _id_of(row: AssumptionTestRow) -> int:
    assert row.id is not None
    return row.id
