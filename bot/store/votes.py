"""Tables and SQL of votes: every number reaction that was ever set on a card or taken back.

Rows are only added, so that events may arrive late, twice or in any order, and any past day can be shown. Of
each card, member and number the newest row counts. A member's vote is their highest number that is set.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, and_, bindparam, or_, union_all
from sqlmodel import Field, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select, SelectOfScalar

from bot.db.tables import insert_into
from bot.db.tenancy import TenantRow, team_of
from bot.store.entries import EntryRow
from bot.store.workspaces import MemberRow

MICROSECONDS_PER_SECOND = 1_000_000
_PAST_TIME = bindparam("at", type_=BigInteger())  # in microseconds since 1970

PastTime = BindParameter[int] | None  # None for now
VoteSelect = Select[int, str, int]  # entry id, user id, level
GroupedVoteSelect = Select[int, int, str]  # entry id, level, user ids


class ReactionRow(TenantRow, table=True):
    """An event of a number reaction: it was set or taken back."""

    __tablename__ = "reaction"

    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    level: int = Field(primary_key=True)
    event_at_us: int = Field(sa_type=BigInteger, primary_key=True)  # by Slack's clock, since 1970
    is_set: bool = Field(primary_key=True)


class ImportedVoteRow(TenantRow, table=True):
    """A vote from an imported file, or from a card that was deleted and posted again.

    It counts from `since_us` on, until its member sets a number on the card.
    """

    __tablename__ = "imported_vote"

    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    level: int
    since_us: int = Field(default=0, sa_type=BigInteger)  # microseconds since 1970; 0 for an imported one


@dataclass(frozen=True, slots=True)
class Reaction:
    """One number reaction of one member on one card, set or taken back."""

    entry_id: int
    user_id: str
    level: int  # 1..5
    is_set: bool
    event_at_us: int  # microseconds since 1970


def parse_event_time(ts: str) -> int:
    """Return an event's ts in whole microseconds since 1970. A float would round the last digits."""
    return int(Decimal(ts) * MICROSECONDS_PER_SECOND)


def to_microseconds(at: datetime) -> int:
    """Return a time in whole microseconds since 1970."""
    return int(Decimal(f"{at.timestamp():.6f}") * MICROSECONDS_PER_SECOND)


async def record_reactions(session: AsyncSession, reactions: Iterable[Reaction]) -> None:
    """Record reactions; a reaction that is recorded already is ignored."""
    # Sorted, so that two transactions with the same rows lock them in one order and cannot deadlock.
    rows = [
        {
            "team_id": team_of(session),
            "entry_id": reaction.entry_id,
            "user_id": reaction.user_id,
            "level": reaction.level,
            "event_at_us": reaction.event_at_us,
            "is_set": reaction.is_set,
        }
        for reaction in sorted(
            reactions, key=lambda each: (each.entry_id, each.user_id, each.level, each.event_at_us)
        )
    ]
    if rows:
        await session.exec(insert_into(session, ReactionRow).on_conflict_do_nothing(), params=rows)


async def record_imported_votes(session: AsyncSession, votes: Mapping[int, Mapping[str, int]]) -> None:
    """Store the votes (entry id to user id to level) of imported entries."""
    rows = [
        {
            "team_id": team_of(session),
            "entry_id": entry_id,
            "user_id": user_id,
            "level": level,
            "since_us": 0,
        }
        for entry_id, levels in votes.items()
        for user_id, level in levels.items()
    ]
    if rows:
        await session.exec(insert_into(session, ImportedVoteRow), params=rows)


async def keep_votes(session: AsyncSession, entry_id: int, card_ts: str) -> None:
    """Keep the votes of an entry whose card is gone, with its reactions; `card_ts` is its new card.

    Each member's highest number counts until the member sets one on the new card.
    """
    set_reactions = await load_current_reactions(session, entry_id)
    since_us = await _find_time_after_reactions(session, entry_id, parse_event_time(card_ts))
    taken_back = [Reaction(entry_id, user_id, level, False, since_us) for user_id, level in set_reactions]
    await record_reactions(session, taken_back)
    levels: dict[str, int] = {}
    for user_id, level in set_reactions:
        levels[user_id] = max(level, levels.get(user_id, level))
    rows = [
        {
            "team_id": team_of(session),
            "entry_id": entry_id,
            "user_id": user_id,
            "level": level,
            "since_us": since_us,
        }
        for user_id, level in sorted(levels.items())
    ]
    if rows:
        statement = insert_into(session, ImportedVoteRow)
        kept = {"level": statement.excluded.level, "since_us": statement.excluded.since_us}
        await session.exec(
            statement.on_conflict_do_update(index_elements=["entry_id", "user_id"], set_=kept), params=rows
        )


async def _find_time_after_reactions(session: AsyncSession, entry_id: int, at_us: int) -> int:
    """Return a time that is newer than every reaction on an entry, at least `at_us`.

    Slack's clock may be ahead of the bot's.
    """
    newest = select(func.max(ReactionRow.event_at_us)).where(ReactionRow.entry_id == entry_id)
    return max(at_us, ((await session.exec(newest)).first() or 0) + 1)


async def reset_votes(session: AsyncSession, entry_id: int, now: datetime) -> None:
    """Record that every vote on an entry is taken back. Past days keep their votes."""
    reset_at_us = await _find_time_after_reactions(session, entry_id, to_microseconds(now))
    imported = await session.exec(
        _select_imported_votes(None).where(col(ImportedVoteRow.entry_id) == entry_id)
    )
    cast = await load_current_reactions(session, entry_id) | {
        (user_id, level) for _, user_id, level in imported
    }
    await record_reactions(
        session, [Reaction(entry_id, user_id, level, False, reset_at_us) for user_id, level in cast]
    )


async def load_current_reactions(session: AsyncSession, entry_id: int) -> set[tuple[str, int]]:
    """Return user id and level of each number reaction that is set on a card, those of bots included."""
    rows = await session.exec(_select_set_reactions(None).where(ReactionRow.entry_id == entry_id))
    return {(user_id, level) for _, user_id, level in rows}


async def find_entries_voted_by(session: AsyncSession, user_id: str) -> list[tuple[int, str]]:
    """Return entry id and channel id of each entry that a user has ever set a number on."""
    rows = await session.exec(
        select(EntryRow.id, EntryRow.channel_id)
        .join(ReactionRow, col(ReactionRow.entry_id) == col(EntryRow.id))
        .where(ReactionRow.user_id == user_id)
        .distinct()
    )
    return [(entry_id, channel_id) for entry_id, channel_id in rows if entry_id is not None]


async def load_entry_votes(session: AsyncSession, entry_ids: Collection[int]) -> dict[str, int]:
    """Return each member's highest vote (user id to level) on entries that are merged into one."""
    votes: dict[str, int] = {}
    by_entry = await _load_grouped_votes(session, _select_entry_votes(), entry_ids=list(entry_ids))
    for levels in by_entry.values():
        for user_id, level in levels.items():
            votes[user_id] = max(level, votes.get(user_id, level))
    return votes


async def load_votes(
    session: AsyncSession, canvas_id: int, at: datetime | None = None
) -> dict[int, dict[str, int]]:
    """Return the votes on a canvas (entry id to user id to level), as of now or of a past time."""
    if at is None:
        return await _load_grouped_votes(session, _select_canvas_votes(None), canvas_id=canvas_id)
    return await _load_grouped_votes(
        session, _select_canvas_votes(_PAST_TIME), canvas_id=canvas_id, at=to_microseconds(at)
    )


async def _load_grouped_votes(
    session: AsyncSession, statement: GroupedVoteSelect, **params: Any
) -> defaultdict[int, dict[str, int]]:
    votes: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for entry_id, level, user_ids in await session.exec(statement, params=params):
        # Levels come in ascending order: a member's highest number overwrites the lower ones.
        votes[entry_id] |= dict.fromkeys(user_ids.split(" "), level)
    return votes


# The next two functions cache their statements, since building one takes longer than running it.


@cache
def _select_entry_votes() -> GroupedVoteSelect:
    entry_ids: BindParameter[int] = bindparam("entry_ids", expanding=True)
    return _group_by_level(
        _select_counted_reactions(None).where(col(ReactionRow.entry_id).in_(entry_ids)),
        _select_imported_votes(None).where(col(ImportedVoteRow.entry_id).in_(entry_ids)),
    )


@cache
def _select_canvas_votes(at: PastTime) -> GroupedVoteSelect:
    of_canvas = select(EntryRow.id).where(EntryRow.canvas_id == bindparam("canvas_id"))
    return _group_by_level(
        _select_counted_reactions(at).where(col(ReactionRow.entry_id).in_(of_canvas)),
        _select_imported_votes(at).where(col(ImportedVoteRow.entry_id).in_(of_canvas)),
    )


def _group_by_level(*selects: VoteSelect) -> GroupedVoteSelect:
    """Select one row for each entry and level, with its user ids in one string.

    Reading rows costs more than splitting strings: an entry has at most 5 rows, for any number of votes.
    """
    votes = union_all(*selects).subquery().c
    grouped = select(votes.entry_id, votes.level, func.aggregate_strings(votes.user_id, " "))
    return grouped.group_by(votes.entry_id, votes.level).order_by(votes.level)


def _select_set_reactions(at: PastTime) -> VoteSelect:
    """Select each reaction that is set: it was set after it was last taken back.

    One that was set and taken back at the same time is not selected.
    """
    changed_at = col(ReactionRow.event_at_us)
    set_at = func.max(changed_at).filter(col(ReactionRow.is_set))
    taken_back_at = func.max(changed_at).filter(~col(ReactionRow.is_set))
    statement = (
        select(ReactionRow.entry_id, ReactionRow.user_id, ReactionRow.level)
        .group_by(col(ReactionRow.entry_id), col(ReactionRow.user_id), col(ReactionRow.level))
        .having(and_(set_at.is_not(None), or_(taken_back_at.is_(None), set_at > taken_back_at)))
    )
    return statement if at is None else statement.where(changed_at <= at)


def _select_counted_reactions(at: PastTime) -> VoteSelect:
    """Select the set reactions of people; those of bots do not count."""
    return _select_set_reactions(at).where(col(ReactionRow.user_id).not_in(_select_bot_user_ids()))


def _select_imported_votes(at: PastTime) -> VoteSelect:
    """Select the imported and the kept votes of people who have not set a number on the card since."""
    own_reaction = select(ReactionRow.entry_id).where(
        ReactionRow.entry_id == ImportedVoteRow.entry_id,
        ReactionRow.user_id == ImportedVoteRow.user_id,
        ReactionRow.event_at_us > ImportedVoteRow.since_us,
    )
    votes = select(ImportedVoteRow.entry_id, ImportedVoteRow.user_id, ImportedVoteRow.level)
    if at is not None:
        own_reaction = own_reaction.where(col(ReactionRow.event_at_us) <= at)
        votes = votes.where(col(ImportedVoteRow.since_us) <= at)
    return votes.where(~own_reaction.exists(), col(ImportedVoteRow.user_id).not_in(_select_bot_user_ids()))


def _select_bot_user_ids() -> SelectOfScalar[str]:
    return select(MemberRow.user_id).where(col(MemberRow.is_bot))
