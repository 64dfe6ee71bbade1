"""Tables and SQL of votes: number reactions on cards, and votes that are cast without one.

Rows are only added, so that events may arrive late, twice or in any order, and any past day can be shown. Of
each card, member and number the newest row says whether the number is set. Of a member's numbers that are set
and their latest cast vote, the latest is their vote; at equal times, the highest.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, bindparam, case, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Field, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select, SelectOfScalar

from bot.db.tables import insert_into
from bot.db.tenancy import TenantRow, team_of
from bot.method.kinds import Kind
from bot.method.votes import TimedVote, merge_votes
from bot.store.entries import EntryRow
from bot.store.model import Card
from bot.store.workspaces import MemberRow
from bot.times.clock import to_microseconds

MICROSECONDS_PER_SECOND = 1_000_000
_TIME_FACTOR = 10  # time · 10 + level is greater for a later vote, and at equal times for a higher one
_PAST_TIME = bindparam("at", type_=BigInteger())  # in microseconds since 1970

PastTime = BindParameter[int] | None  # None for now
EntryIds = Any  # a parameter with ids, or a SELECT of ids
VoteSelect = Select[int, str, int, int]  # entry id, user id, level, time
GroupedVoteSelect = Select[int, int, str]  # entry id, level, user ids


class ReactionRow(TenantRow, table=True):
    """A number reaction that was set or taken back."""

    __tablename__ = "reaction"

    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    level: int = Field(primary_key=True)
    event_at_us: int = Field(sa_type=BigInteger, primary_key=True)  # by Slack's clock, since 1970
    is_set: bool = Field(primary_key=True)
    is_read_back: bool = False  # found at `event_at_us`, and set or taken back at an unknown time before


class CastVoteRow(TenantRow, table=True):
    """A vote that is no number on the card: from an imported file, or from a card that is gone."""

    __tablename__ = "cast_vote"

    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    cast_at_us: int = Field(sa_type=BigInteger, primary_key=True)  # since 1970; 0 for an imported one
    level: int | None = None  # None takes back the votes that were cast before


@dataclass(frozen=True, slots=True)
class Reaction:
    """One number reaction of one member on one card, set or taken back."""

    entry_id: int
    user_id: str
    level: int  # 1..5
    is_set: bool
    event_at_us: int  # microseconds since 1970
    is_read_back: bool = False


@dataclass(frozen=True, slots=True)
class CastVote:
    """A vote of one member on one entry without a number on its card."""

    entry_id: int
    user_id: str
    level: int | None  # 1..5; None takes back the votes that were cast before
    cast_at_us: int  # microseconds since 1970


def parse_event_time(ts: str) -> int:
    """Return an event's ts in whole microseconds since 1970. A float would round the last digits."""
    return int(Decimal(ts) * MICROSECONDS_PER_SECOND)


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
            "is_read_back": reaction.is_read_back,
        }
        for reaction in sorted(
            reactions, key=lambda each: (each.entry_id, each.user_id, each.level, each.event_at_us)
        )
    ]
    if rows:
        await session.exec(insert_into(session, ReactionRow).on_conflict_do_nothing(), params=rows)


async def record_cast_votes(session: AsyncSession, votes: Iterable[CastVote]) -> None:
    """Record cast votes; one that is recorded already is ignored."""
    rows = [
        {
            "team_id": team_of(session),
            "entry_id": vote.entry_id,
            "user_id": vote.user_id,
            "cast_at_us": vote.cast_at_us,
            "level": vote.level,
        }
        for vote in sorted(votes, key=lambda each: (each.entry_id, each.user_id, each.cast_at_us))
    ]
    if rows:
        await session.exec(insert_into(session, CastVoteRow).on_conflict_do_nothing(), params=rows)


async def keep_votes(session: AsyncSession, entry_id: int, card_ts: str) -> None:
    """Keep the votes of an entry whose card is gone, with its reactions; `card_ts` is its new card.

    Each member's vote becomes a cast vote of the same time.
    """
    set_reactions = await load_current_reactions(session, entry_id)
    kept = await load_timed_votes(session, [entry_id])
    taken_back_at_us = await _find_time_after_votes(session, entry_id, parse_event_time(card_ts))
    await record_reactions(
        session,
        [Reaction(entry_id, user_id, level, False, taken_back_at_us) for user_id, level in set_reactions],
    )
    await record_cast_votes(
        session,
        [CastVote(entry_id, user_id, vote.level, vote.at_us) for user_id, vote in kept[entry_id].items()],
    )


async def _find_time_after_votes(session: AsyncSession, entry_id: int, at_us: int) -> int:
    """Return a time that is newer than every vote on an entry, at least `at_us`.

    Slack's clock may be ahead of the bot's.
    """
    reaction = select(func.max(ReactionRow.event_at_us)).where(ReactionRow.entry_id == entry_id)
    cast = select(func.max(CastVoteRow.cast_at_us)).where(CastVoteRow.entry_id == entry_id)
    newest = [(await session.exec(statement)).first() or 0 for statement in (reaction, cast)]
    return max(at_us, *(each + 1 for each in newest))


async def reset_votes(session: AsyncSession, entry_id: int, now: datetime) -> None:
    """Record that every vote on an entry is taken back. Past days keep their votes."""
    reset_at_us = await _find_time_after_votes(session, entry_id, to_microseconds(now))
    set_reactions = await load_current_reactions(session, entry_id)
    await record_reactions(
        session, [Reaction(entry_id, user_id, level, False, reset_at_us) for user_id, level in set_reactions]
    )
    voters = select(CastVoteRow.user_id).where(CastVoteRow.entry_id == entry_id).distinct()
    await record_cast_votes(
        session, [CastVote(entry_id, user_id, None, reset_at_us) for user_id in await session.exec(voters)]
    )


async def load_current_reactions(session: AsyncSession, entry_id: int) -> set[tuple[str, int]]:
    """Return user id and level of each number reaction that is set on a card, those of bots included."""
    rows = await session.exec(_select_current_reactions(), params={"entry_id": entry_id})
    return {(user_id, level) for _, user_id, level, _ in rows}


async def find_entries_voted_by(session: AsyncSession, user_id: str) -> list[tuple[int, str]]:
    """Return entry id and channel id of each entry that a user has ever voted on."""
    voted = union_all(
        *(select(table.entry_id).where(table.user_id == user_id) for table in (ReactionRow, CastVoteRow))
    ).subquery()
    rows = await session.exec(
        select(EntryRow.id, EntryRow.channel_id)
        .where(col(EntryRow.id).in_(select(voted.c.entry_id)))
        .order_by(col(EntryRow.id))
    )
    return [(entry_id, channel_id) for entry_id, channel_id in rows if entry_id is not None]


async def find_voters_since(
    session: AsyncSession, canvas_id: int, kinds: Collection[Kind], since: datetime
) -> frozenset[str]:
    """Return who has a vote in these boxes of a canvas that is not older than this."""
    in_boxes = select(EntryRow.id).where(
        EntryRow.canvas_id == canvas_id, col(EntryRow.kind).in_([kind.value for kind in kinds])
    )
    votes = _select_votes(None, in_boxes).subquery().c
    recent = select(votes.user_id).where(votes.at_us >= to_microseconds(since)).distinct()
    return frozenset((await session.exec(recent)).all())


async def load_entry_votes(session: AsyncSession, entry_ids: Collection[int]) -> dict[str, int]:
    """Return each member's vote (user id to level) on entries that are merged into one."""
    votes_by_entry = await load_timed_votes(session, entry_ids)
    merged = merge_votes(votes_by_entry.values())
    return {user_id: vote.level for user_id, vote in merged.items()}


async def load_card_votes(session: AsyncSession, card: Card) -> dict[str, int]:
    """Return each member's vote (user id to level) on the entry of a card; none while it is sealed."""
    return {} if card.entry.seal else await load_entry_votes(session, card.merge_source_ids)


async def load_timed_votes(
    session: AsyncSession, entry_ids: Collection[int], at: datetime | None = None
) -> dict[int, dict[str, TimedVote]]:
    """Return the votes on entries (entry id to user id to vote), as of now or of a past time."""
    votes: dict[int, dict[str, TimedVote]] = {entry_id: {} for entry_id in entry_ids}
    params: dict[str, Any] = {"entry_ids": list(entry_ids)} | ({"at": to_microseconds(at)} if at else {})
    statement = _select_timed_votes(_PAST_TIME if at else None)
    for entry_id, user_id, level, at_us in await session.exec(statement, params=params):
        votes[entry_id][user_id] = TimedVote(level, at_us)
    return votes


async def load_votes(
    session: AsyncSession, canvas_id: int, at: datetime | None = None
) -> dict[int, dict[str, int]]:
    """Return the votes on a canvas (entry id to user id to level), as of now or of a past time."""
    params: dict[str, Any] = {"canvas_id": canvas_id} | ({"at": to_microseconds(at)} if at else {})
    votes: defaultdict[int, dict[str, int]] = defaultdict(dict)
    statement = _select_canvas_votes(_PAST_TIME if at else None)
    for entry_id, level, user_ids in await session.exec(statement, params=params):
        of_entry = votes[entry_id]
        for user_id in user_ids.split(" "):
            of_entry[user_id] = level
    return votes


# The next three functions keep their statements, since building one takes longer than running it.


@cache
def _select_current_reactions() -> VoteSelect:
    return _select_set_reactions(None).where(ReactionRow.entry_id == bindparam("entry_id"))


@cache
def _select_timed_votes(at: PastTime) -> VoteSelect:
    entry_ids: BindParameter[int] = bindparam("entry_ids", expanding=True)
    votes = _select_votes(at, entry_ids).subquery().c
    return select(votes.entry_id, votes.user_id, votes.level, votes.at_us)


@cache
def _select_canvas_votes(at: PastTime) -> GroupedVoteSelect:
    """Select one row for each entry and level, with its user ids in one string.

    Reading rows costs more than splitting strings: an entry has at most 5 rows, for any number of votes.
    """
    of_canvas = select(EntryRow.id).where(EntryRow.canvas_id == bindparam("canvas_id"))
    votes = _select_votes(at, of_canvas).subquery().c
    grouped = select(votes.entry_id, votes.level, func.aggregate_strings(votes.user_id, " "))
    return grouped.group_by(votes.entry_id, votes.level)


def _select_votes(at: PastTime, entry_ids: EntryIds) -> VoteSelect:
    """Select the vote of each person on each of these entries: entry id, user id, level, time."""
    numbers = _select_set_reactions(at).where(
        col(ReactionRow.entry_id).in_(entry_ids), col(ReactionRow.user_id).not_in(_select_bot_user_ids())
    )
    candidates = union_all(numbers, _select_cast_votes(at, entry_ids)).subquery().c
    # The latest counts, at equal times the highest. A window function finds it, too, in a third more time.
    latest = func.max(candidates.at_us * _TIME_FACTOR + candidates.level).label("latest")
    voters = (candidates.entry_id, candidates.user_id)
    found = select(*voters).add_columns(latest).group_by(*voters).subquery().c
    return select(
        found.entry_id,
        found.user_id,
        (found.latest % _TIME_FACTOR).label("level"),
        (found.latest // _TIME_FACTOR).label("at_us"),
    )


def _select_set_reactions(at: PastTime) -> VoteSelect:
    """Select each number that is set, with the time when it was: it was set after it was last taken back.

    One that was set and taken back at the same time is not selected. The time of an event is preferred to the
    time at which the number was read back.
    """
    changed_at = col(ReactionRow.event_at_us)
    set_at = func.max(changed_at).filter(col(ReactionRow.is_set))
    set_by_event_at = func.max(changed_at).filter(col(ReactionRow.is_set), ~col(ReactionRow.is_read_back))
    taken_back_at = func.coalesce(func.max(changed_at).filter(~col(ReactionRow.is_set)), -1)
    voted_at = case((set_by_event_at > taken_back_at, set_by_event_at), else_=set_at)
    statement = (
        select(ReactionRow.entry_id, ReactionRow.user_id, ReactionRow.level, voted_at.label("at_us"))
        .group_by(col(ReactionRow.entry_id), col(ReactionRow.user_id), col(ReactionRow.level))
        .having(set_at > taken_back_at)
    )
    return statement if at is None else statement.where(changed_at <= at)


def _select_cast_votes(at: PastTime, entry_ids: EntryIds) -> VoteSelect:
    """Select the latest cast vote of each person on each of these entries, unless it was taken back."""
    later = aliased(CastVoteRow)
    newer = select(later.entry_id).where(
        later.entry_id == CastVoteRow.entry_id,
        later.user_id == CastVoteRow.user_id,
        later.cast_at_us > CastVoteRow.cast_at_us,
    )
    votes: Any = select(
        CastVoteRow.entry_id,
        CastVoteRow.user_id,
        CastVoteRow.level,
        col(CastVoteRow.cast_at_us).label("at_us"),
    ).where(col(CastVoteRow.entry_id).in_(entry_ids), col(CastVoteRow.level).is_not(None))
    if at is not None:
        newer = newer.where(col(later.cast_at_us) <= at)
        votes = votes.where(col(CastVoteRow.cast_at_us) <= at)
    latest: VoteSelect = votes.where(~newer.exists(), col(CastVoteRow.user_id).not_in(_select_bot_user_ids()))
    return latest


def _select_bot_user_ids() -> SelectOfScalar[str]:
    return select(MemberRow.user_id).where(col(MemberRow.is_bot))
