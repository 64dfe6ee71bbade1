"""Votes: every number reaction that was ever set on a card or taken back, so that each day can be told of.

Nothing is written over: of each member and number the newest counts, or the newest of that time.
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

MICROSECONDS = 1_000_000
AT = bindparam("at", type_=BigInteger())  # in microseconds since 1970
Time = BindParameter[int] | None  # of which the votes are asked for, now or then
Cast = Select[int, int, str]  # entry, level, members


class ReactionRow(TenantRow, table=True):
    """A number reaction that was set or taken back."""

    __tablename__ = "reaction"

    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    level: int = Field(primary_key=True)
    event_at_us: int = Field(
        sa_type=BigInteger, primary_key=True
    )  # microseconds since 1970, Slack's own clock
    is_set: bool = Field(primary_key=True)


class ImportedVoteRow(TenantRow, table=True):
    """A vote that came from a file. It counts until its member has set a number on the card."""

    __tablename__ = "imported_vote"

    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    level: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """One number reaction of one member on one card, set or taken back."""

    entry_id: int
    user_id: str
    level: int
    is_set: bool
    event_at_us: int


def parse_event_time(ts: str) -> int:
    """Return Slack's time of an event in microseconds: whole, since a float would lose digits."""
    return int(Decimal(ts) * MICROSECONDS)


def to_microseconds(at: datetime) -> int:
    return int(Decimal(f"{at.timestamp():.6f}") * MICROSECONDS)


async def record_reactions(session: AsyncSession, reactions: Iterable[Reaction]) -> None:
    """Record reactions in any order, any number of times: the newest of each counts."""
    rows = [
        {
            "team_id": team_of(session),
            "entry_id": reaction.entry_id,
            "member": reaction.user_id,
            "level": reaction.level,
            "event_at": reaction.event_at_us,
            "stands": reaction.is_set,
        }
        for reaction in sorted(
            reactions, key=lambda one: (one.entry_id, one.user_id, one.level, one.event_at_us)
        )
    ]
    if rows:
        await session.exec(insert_into(session, ReactionRow).on_conflict_do_nothing(), params=rows)


async def record_imported_votes(session: AsyncSession, votes: Mapping[int, Mapping[str, int]]) -> None:
    """Store the votes that a file gives new entries."""
    rows = [
        {"team_id": team_of(session), "entry_id": entry, "member": member, "level": level}
        for entry, of_entry in votes.items()
        for member, level in of_entry.items()
    ]
    if rows:
        await session.exec(insert_into(session, ImportedVoteRow), params=rows)


async def reset_votes(session: AsyncSession, entry: int, at: datetime) -> None:
    """Let no vote on an entry stand any more."""
    newest = select(func.max(ReactionRow.event_at_us)).where(ReactionRow.entry_id == entry)
    over = max(to_microseconds(at), ((await session.exec(newest)).first() or 0) + 1)
    imported = await session.exec(_imported(None).where(col(ImportedVoteRow.entry_id) == entry))
    cast = await current_reactions(session, entry) | {(member, level) for _, member, level in imported}
    await record_reactions(session, [Reaction(entry, member, level, False, over) for member, level in cast])


async def current_reactions(session: AsyncSession, entry: int) -> set[tuple[str, int]]:
    """Return member and level of each reaction that stands on a card, of bots too."""
    rows = await session.exec(_standing(None).where(ReactionRow.entry_id == entry))
    return {(member, level) for _, member, level in rows}


async def find_entries_voted_by(session: AsyncSession, member: str) -> list[tuple[int, str]]:
    """Return the entries that somebody has ever set a number on, with their channels."""
    rows = await session.exec(
        select(EntryRow.id, EntryRow.channel_id)
        .join(ReactionRow, col(ReactionRow.entry_id) == col(EntryRow.id))
        .where(ReactionRow.user_id == member)
        .distinct()
    )
    return [(entry, channel) for entry, channel in rows if entry is not None]


async def load_entry_votes(session: AsyncSession, entries: Collection[int]) -> dict[str, int]:
    """Return each member's vote on an entry that stands for these: the highest number."""
    votes: dict[str, int] = {}
    for of_entry in (await _cast(session, _votes_on(), entries=list(entries))).values():
        for member, level in of_entry.items():
            votes[member] = max(level, votes.get(member, level))
    return votes


async def load_votes(
    session: AsyncSession, canvas: int, at: datetime | None = None
) -> dict[int, dict[str, int]]:
    """Return each member's vote, by entry: the highest number that stands, or stood at some time."""
    if at is None:
        return await _cast(session, _votes_of(None), canvas=canvas)
    return await _cast(session, _votes_of(AT), canvas=canvas, at=to_microseconds(at))


async def _cast(session: AsyncSession, found: Cast, **wanted: Any) -> defaultdict[int, dict[str, int]]:
    votes: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for entry, level, members in await session.exec(found, params=wanted):
        votes[entry] |= dict.fromkeys(members.split(" "), level)  # the highest comes last
    return votes


@cache
def _votes_on() -> Cast:
    """Return what finds the votes on these entries. It takes longer to make than to run, so it is kept."""
    entries: BindParameter[int] = bindparam("entries", expanding=True)
    return _by_level(
        _counted(None).where(col(ReactionRow.entry_id).in_(entries)),
        _imported(None).where(col(ImportedVoteRow.entry_id).in_(entries)),
    )


@cache
def _votes_of(at: Time) -> Cast:
    """Return what finds the votes on a canvas, kept as well."""
    of_canvas = select(EntryRow.id).where(EntryRow.canvas_id == bindparam("canvas"))
    return _by_level(
        _counted(at).where(col(ReactionRow.entry_id).in_(of_canvas)),
        _imported(at).where(col(ImportedVoteRow.entry_id).in_(of_canvas)),
    )


def _by_level(*found: Select[int, str, int]) -> Cast:
    """Select votes as few rows, one for each entry and level, whose members stand in one string."""
    each = union_all(*found).subquery().c
    by_level = select(each.entry_id, each.level, func.aggregate_strings(each.member, " "))
    return by_level.group_by(each.entry_id, each.level).order_by(each.level)


def _standing(at: Time) -> Select[int, str, int]:
    """Select entry, member and level of each reaction whose newest change is that it was set."""
    changed = col(ReactionRow.event_at_us)
    set_at = func.max(changed).filter(col(ReactionRow.is_set))
    taken_at = func.max(changed).filter(~col(ReactionRow.is_set))
    found = (
        select(ReactionRow.entry_id, ReactionRow.user_id, ReactionRow.level)
        .group_by(col(ReactionRow.entry_id), col(ReactionRow.user_id), col(ReactionRow.level))
        .having(and_(set_at.is_not(None), or_(taken_at.is_(None), set_at > taken_at)))
    )
    return found if at is None else found.where(changed <= at)


def _counted(at: Time) -> Select[int, str, int]:
    """Select the same of those who are no bots."""
    return _standing(at).where(col(ReactionRow.user_id).not_in(_bots()))


def _imported(at: Time) -> Select[int, str, int]:
    """Select the votes of files that no reaction has taken the place of."""
    own = select(ReactionRow.entry_id).where(
        ReactionRow.entry_id == ImportedVoteRow.entry_id, ReactionRow.user_id == ImportedVoteRow.user_id
    )
    if at is not None:
        own = own.where(col(ReactionRow.event_at_us) <= at)
    return select(ImportedVoteRow.entry_id, ImportedVoteRow.user_id, ImportedVoteRow.level).where(
        ~own.exists(), col(ImportedVoteRow.user_id).not_in(_bots())
    )


def _bots() -> SelectOfScalar[str]:
    return select(MemberRow.user_id).where(col(MemberRow.is_bot))
