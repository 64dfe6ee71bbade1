"""Tables and SQL of discussions: the reasons that members give in private, and what came of them.

A partial unique index ensures that an entry has at most one running discussion, also with several processes.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, bindparam, func
from sqlmodel import Field, Index, col, delete, select, text, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import IDS_ONLY_ONCE, insert_into
from bot.db.tenancy import TenantRow, team_of
from bot.method.discussions import Direction, Discussion, DiscussionResult, DiscussionState, Reason
from bot.method.merging import Merges, merge_target
from bot.store.entries import load_canvas_merges
from bot.store.workspaces import select_uninstalled_teams

NO_SYNC: dict[str, Any] = {"synchronize_session": False}
RUNNING = (DiscussionState.ASKING.value, DiscussionState.VOTING.value)
_IS_RUNNING, _IS_ASKING = text("state IN ('asking', 'voting')"), text("state = 'asking'")


class DiscussionRow(TenantRow, table=True):
    __tablename__ = "discussion"
    __table_args__ = (
        Index(
            "ix_discussion_running",
            "entry_id",
            unique=True,
            sqlite_where=_IS_RUNNING,
            postgresql_where=_IS_RUNNING,
        ),
        Index("ix_discussion_due", "reasons_until", sqlite_where=_IS_ASKING, postgresql_where=_IS_ASKING),
        IDS_ONLY_ONCE,
    )

    id: int | None = Field(default=None, primary_key=True)
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", index=True)
    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", index=True)
    starter_id: str
    time_zone: str  # the starter's
    started_at: datetime
    reasons_until: datetime
    state: str
    round_id: int | None = Field(default=None, foreign_key="round.id", ondelete="CASCADE", index=True)
    closed_at: datetime | None = None
    votes_before: str  # user id to level, as JSON
    levels_after: str | None = None  # as JSON; None without a result, as the five columns below
    vote_count: int | None = None
    level_change: int | None = None
    moved_up: int | None = None
    moved_down: int | None = None
    stayed: int | None = None


class DiscussionReasonRow(TenantRow, table=True):
    """A member who was asked for a reason, and the answer."""

    __tablename__ = "discussion_reason"

    discussion_id: int = Field(foreign_key="discussion.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    direction: str
    text: str | None = None  # None before the answer; "" for no reason
    shows_name: bool = False
    place: int  # random


async def add_discussion(session: AsyncSession, discussion: Discussion) -> int | None:
    """Store a discussion with the members who are asked, and return its id.

    Return None if the entry has a running one.
    """
    statement = insert_into(session, DiscussionRow).values(
        team_id=team_of(session),
        canvas_id=discussion.canvas_id,
        entry_id=discussion.entry_id,
        starter_id=discussion.starter_id,
        time_zone=discussion.time_zone,
        started_at=discussion.started_at,
        reasons_until=discussion.reasons_until,
        state=discussion.state.value,
        votes_before=json.dumps(discussion.votes_before),
    )
    added = await session.exec(statement.on_conflict_do_nothing().returning(DiscussionRow.id))
    discussion_id: int | None = added.scalar()
    if discussion_id is not None:
        session.add_all(
            DiscussionReasonRow(
                team_id=team_of(session),
                discussion_id=discussion_id,
                user_id=reason.user_id,
                direction=reason.direction.value,
                place=reason.place,
            )
            for reason in discussion.reasons
        )
    return discussion_id


async def find_discussion(session: AsyncSession, discussion_id: int) -> Discussion | None:
    """Return a discussion; None if there is none with this id, or it was taken back."""
    return _first(await _load(session, col(DiscussionRow.id) == discussion_id))


async def find_discussion_of_round(session: AsyncSession, round_id: int) -> Discussion | None:
    """Return the discussion whose vote a round is; None for another round."""
    return _first(await _load(session, col(DiscussionRow.round_id) == round_id))


async def list_discussions(session: AsyncSession, canvas_id: int) -> list[Discussion]:
    """Return the discussions on a canvas in order of their start, without those that were taken back.

    Those of merged entries have the id of the merge target.
    """
    discussions = await _load(session, col(DiscussionRow.canvas_id) == canvas_id)
    merges = await load_canvas_merges(session, canvas_id) if discussions else {}
    return [
        replace(discussion, entry_id=merge_target(discussion.entry_id, merges)) for discussion in discussions
    ]


async def list_discussions_without_reasons(
    session: AsyncSession, canvas_id: int, merges: Merges
) -> list[Discussion]:
    """Return the discussions on a canvas in order of their start, without their reasons.

    Those of merged entries have the id of the merge target.
    """
    rows = await session.exec(_select_discussions(col(DiscussionRow.canvas_id) == canvas_id))
    return [
        replace(discussion, entry_id=merge_target(discussion.entry_id, merges))
        for discussion in (_to_discussion(row, ()) for row in rows)
    ]


def count_results(canvas_id: BindParameter[int]) -> ScalarSelect[int]:
    """Return the number of discussions on a canvas that have a result, as a column of a statement.

    It is counted once for a statement: the canvas is a parameter, and no column of its rows.
    """
    has_result = (col(DiscussionRow.canvas_id) == canvas_id, col(DiscussionRow.levels_after).is_not(None))
    return sqlalchemy.select(func.count()).select_from(DiscussionRow).where(*has_result).scalar_subquery()


async def find_last_discussion(session: AsyncSession, entry_ids: Collection[int]) -> Discussion | None:
    """Return the last discussion of an entry and of those merged into it; None if there was none."""
    found = await _load_found(session, _select_of_entries(), entry_ids=[*entry_ids])
    return next(reversed(found), None)


async def list_due_discussions(session: AsyncSession, now: datetime, limit: int) -> Sequence[tuple[str, int]]:
    """Return team id and id of the discussions whose time for reasons is over."""
    rows = await session.exec(
        select(DiscussionRow.team_id, DiscussionRow.id)
        .where(
            DiscussionRow.state == DiscussionState.ASKING.value,
            col(DiscussionRow.reasons_until) <= now,
            col(DiscussionRow.team_id).not_in(select_uninstalled_teams()),
        )
        .order_by(col(DiscussionRow.reasons_until), col(DiscussionRow.id))
        .limit(limit)
    )
    return [(team_id, discussion_id) for team_id, discussion_id in rows if discussion_id is not None]


async def lock_discussion(session: AsyncSession, discussion_id: int) -> Discussion | None:
    """Return a discussion, and lock it until this transaction ends."""
    return _first(await _load(session, col(DiscussionRow.id) == discussion_id, locks=True))


async def record_reason(session: AsyncSession, discussion_id: int, reason: Reason) -> None:
    """Store the answer of a member who was asked."""
    of_member = (
        col(DiscussionReasonRow.discussion_id) == discussion_id,
        col(DiscussionReasonRow.user_id) == reason.user_id,
    )
    values = {"text": reason.text, "shows_name": reason.shows_name}
    await session.exec(
        update(DiscussionReasonRow).where(*of_member).values(**values).execution_options(**NO_SYNC)
    )


async def open_vote(session: AsyncSession, discussion_id: int, round_id: int) -> None:
    """Store that the vote of a discussion is open."""
    await _change(session, discussion_id, state=DiscussionState.VOTING.value, round_id=round_id)


async def postpone_vote(session: AsyncSession, discussion_id: int, until: datetime) -> None:
    """Ask for reasons until a later time, because the entry is in another sealed round."""
    await _change(session, discussion_id, reasons_until=until)


async def close_discussion(
    session: AsyncSession, discussion_id: int, closed_at: datetime, result: DiscussionResult | None
) -> None:
    """End a discussion; `result` is None if its entry is gone."""
    values: dict[str, Any] = {"state": DiscussionState.CLOSED.value, "closed_at": closed_at}
    if result is not None:
        values |= {
            "levels_after": json.dumps(result.levels_after),
            "vote_count": result.vote_count,
            "level_change": result.level_change,
            "moved_up": result.moved_up,
            "moved_down": result.moved_down,
            "stayed": result.stayed,
        }
    await _change(session, discussion_id, **values)


async def take_back_discussion(session: AsyncSession, discussion_id: int) -> None:
    """End a discussion that was started by mistake; it is in no list."""
    await _change(session, discussion_id, state=DiscussionState.TAKEN_BACK.value)


async def forget_votes_before(session: AsyncSession, entry_ids: Collection[int]) -> None:
    """Delete the votes and reasons of running discussions of an entry, whose text has another meaning now."""
    of_entry = (col(DiscussionRow.entry_id).in_(entry_ids), col(DiscussionRow.state).in_(RUNNING))
    running_ids = select(DiscussionRow.id).where(*of_entry)
    await session.exec(
        delete(DiscussionReasonRow).where(col(DiscussionReasonRow.discussion_id).in_(running_ids))
    )
    await session.exec(
        update(DiscussionRow).where(*of_entry).values(votes_before="{}").execution_options(**NO_SYNC)
    )


async def delete_discussions(session: AsyncSession, canvas_id: int) -> None:
    """Delete the discussions of a canvas that is deleted."""
    of_canvas = select(DiscussionRow.id).where(DiscussionRow.canvas_id == canvas_id)
    await session.exec(
        delete(DiscussionReasonRow).where(col(DiscussionReasonRow.discussion_id).in_(of_canvas))
    )
    await session.exec(delete(DiscussionRow).where(col(DiscussionRow.canvas_id) == canvas_id))


async def _change(session: AsyncSession, discussion_id: int, **values: Any) -> None:
    one = col(DiscussionRow.id) == discussion_id
    await session.exec(update(DiscussionRow).where(one).values(**values).execution_options(**NO_SYNC))


async def _load(
    session: AsyncSession, condition: ColumnElement[bool], *, locks: bool = False
) -> list[Discussion]:
    """Return the discussions that fulfil a condition, without those that were taken back."""
    statement = _select_discussions(condition)
    return await _load_found(session, statement.with_for_update() if locks else statement)


async def _load_found(session: AsyncSession, statement: Any, **params: Any) -> list[Discussion]:
    discussion_rows = (await session.exec(statement, params=params)).all()
    if not discussion_rows:
        return []
    reasons = await session.exec(
        select(DiscussionReasonRow).where(
            col(DiscussionReasonRow.discussion_id).in_([row.id for row in discussion_rows])
        )
    )
    by_discussion: defaultdict[int, list[Reason]] = defaultdict(list)
    for row in reasons:
        reason = Reason(row.user_id, Direction(row.direction), row.text, row.shows_name, row.place)
        by_discussion[row.discussion_id].append(reason)
    return [_to_discussion(row, by_discussion[row.id or 0]) for row in discussion_rows]


def _select_discussions(condition: ColumnElement[bool]) -> Any:
    found = (condition, col(DiscussionRow.state) != DiscussionState.TAKEN_BACK.value)
    return select(DiscussionRow).where(*found).order_by(col(DiscussionRow.id))


@cache
def _select_of_entries() -> Any:
    """Select the discussions of some entries; building the statement takes longer than running it."""
    entry_ids: BindParameter[int] = bindparam("entry_ids", expanding=True)
    return _select_discussions(col(DiscussionRow.entry_id).in_(entry_ids))


def _first(discussions: Sequence[Discussion]) -> Discussion | None:
    return discussions[0] if discussions else None


def _to_discussion(row: DiscussionRow, reasons: Sequence[Reason]) -> Discussion:
    assert row.id is not None
    votes_before: dict[str, int] = json.loads(row.votes_before)
    return Discussion(
        id=row.id,
        canvas_id=row.canvas_id,
        entry_id=row.entry_id,
        starter_id=row.starter_id,
        time_zone=row.time_zone,
        started_at=row.started_at,
        reasons_until=row.reasons_until,
        state=DiscussionState(row.state),
        votes_before=votes_before,
        reasons=tuple(reasons),
        round_id=row.round_id,
        closed_at=row.closed_at,
        result=_to_result(row, votes_before),
    )


def _to_result(row: DiscussionRow, votes_before: dict[str, int]) -> DiscussionResult | None:
    if row.levels_after is None:
        return None
    return DiscussionResult(
        levels_before=tuple(sorted(votes_before.values(), reverse=True)),
        levels_after=tuple(json.loads(row.levels_after)),
        vote_count=row.vote_count or 0,
        level_change=row.level_change or 0,
        moved_up=row.moved_up or 0,
        moved_down=row.moved_down or 0,
        stayed=row.stayed or 0,
    )
