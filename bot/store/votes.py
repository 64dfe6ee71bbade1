"""Votes: every number reaction that was ever set on a card or taken back, so that each day can be told of.

Nothing is written over: of each member and number the newest counts, or the newest of that time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, and_, bindparam, or_, union_all
from sqlmodel import Field, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select, SelectOfScalar

from bot.db.database import OfWorkspace, insert, team_of
from bot.method.merging import Heirs, handed_over
from bot.method.model import Canvas, Entry
from bot.store import entries as entry_store
from bot.store.model import CanvasInfo
from bot.store.tables import EntryRow
from bot.store.workspaces import MemberRow

MICROSECONDS = 1_000_000
AT = bindparam("at", type_=BigInteger())  # in microseconds since 1970
Time = BindParameter[int] | None  # of which the votes are asked for, now or then
Cast = Select[int, int, str]  # entry, level, members


class ReactionRow(OfWorkspace, table=True):
    """A number reaction that was set or taken back."""

    __tablename__ = "reaction"

    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    member: str = Field(primary_key=True)
    level: int = Field(primary_key=True)
    event_at: int = Field(sa_type=BigInteger, primary_key=True)  # microseconds since 1970, Slack's own clock
    stands: bool = Field(primary_key=True)


class ImportedVoteRow(OfWorkspace, table=True):
    """A vote that came from a file. It counts until its member has set a number on the card."""

    __tablename__ = "imported_vote"

    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    member: str = Field(primary_key=True)
    level: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """One number reaction of one member on one card, set or taken back."""

    entry: int
    member: str
    level: int
    stands: bool
    event_at: int


def event_time(ts: str) -> int:
    """Return Slack's time of an event in microseconds: whole, since a float would lose digits."""
    return int(Decimal(ts) * MICROSECONDS)


def in_microseconds(at: datetime) -> int:
    return int(Decimal(f"{at.timestamp():.6f}") * MICROSECONDS)


async def record(session: AsyncSession, reactions: Iterable[Reaction]) -> None:
    """Record reactions in any order, any number of times: the newest of each counts."""
    rows = [
        {
            "team_id": team_of(session),
            "entry_id": reaction.entry,
            "member": reaction.member,
            "level": reaction.level,
            "event_at": reaction.event_at,
            "stands": reaction.stands,
        }
        for reaction in sorted(reactions, key=lambda one: (one.entry, one.member, one.level, one.event_at))
    ]
    if rows:
        await session.exec(insert(session, ReactionRow).on_conflict_do_nothing(), params=rows)


async def record_imported(session: AsyncSession, votes: Mapping[int, Mapping[str, int]]) -> None:
    """Store the votes that a file gives new entries."""
    rows = [
        {"team_id": team_of(session), "entry_id": entry, "member": member, "level": level}
        for entry, of_entry in votes.items()
        for member, level in of_entry.items()
    ]
    if rows:
        await session.exec(insert(session, ImportedVoteRow), params=rows)


async def start_anew(session: AsyncSession, entry: int, at: datetime) -> None:
    """Let no vote on an entry stand any more."""
    newest = select(func.max(ReactionRow.event_at)).where(ReactionRow.entry_id == entry)
    over = max(in_microseconds(at), ((await session.exec(newest)).first() or 0) + 1)
    imported = await session.exec(_imported(None).where(col(ImportedVoteRow.entry_id) == entry))
    cast = await standing(session, entry) | {(member, level) for _, member, level in imported}
    await record(session, [Reaction(entry, member, level, False, over) for member, level in cast])


async def standing(session: AsyncSession, entry: int) -> set[tuple[str, int]]:
    """Return member and level of each reaction that stands on a card, of bots too."""
    rows = await session.exec(_standing(None).where(ReactionRow.entry_id == entry))
    return {(member, level) for _, member, level in rows}


async def voted_by(session: AsyncSession, member: str) -> list[tuple[int, str]]:
    """Return the entries that somebody has ever set a number on, with their channels."""
    rows = await session.exec(
        select(EntryRow.id, EntryRow.channel_id)
        .join(ReactionRow, col(ReactionRow.entry_id) == col(EntryRow.id))
        .where(ReactionRow.member == member)
        .distinct()
    )
    return [(entry, channel) for entry, channel in rows if entry is not None]


async def votes_on(session: AsyncSession, entries: Collection[int]) -> dict[str, int]:
    """Return each member's vote on an entry that stands for these: the highest number."""
    votes: dict[str, int] = {}
    for of_entry in (await _cast(session, _votes_on(), entries=list(entries))).values():
        for member, level in of_entry.items():
            votes[member] = max(level, votes.get(member, level))
    return votes


async def votes_of(
    session: AsyncSession, canvas: int, at: datetime | None = None
) -> dict[int, dict[str, int]]:
    """Return each member's vote, by entry: the highest number that stands, or stood at some time."""
    if at is None:
        return await _cast(session, _votes_of(None), canvas=canvas)
    return await _cast(session, _votes_of(AT), canvas=canvas, at=in_microseconds(at))


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
    changed = col(ReactionRow.event_at)
    set_at = func.max(changed).filter(col(ReactionRow.stands))
    taken_at = func.max(changed).filter(~col(ReactionRow.stands))
    found = (
        select(ReactionRow.entry_id, ReactionRow.member, ReactionRow.level)
        .group_by(col(ReactionRow.entry_id), col(ReactionRow.member), col(ReactionRow.level))
        .having(and_(set_at.is_not(None), or_(taken_at.is_(None), set_at > taken_at)))
    )
    return found if at is None else found.where(changed <= at)


def _counted(at: Time) -> Select[int, str, int]:
    """Select the same of those who are no bots."""
    return _standing(at).where(col(ReactionRow.member).not_in(_bots()))


def _imported(at: Time) -> Select[int, str, int]:
    """Select the votes of files that no reaction has taken the place of."""
    own = select(ReactionRow.entry_id).where(
        ReactionRow.entry_id == ImportedVoteRow.entry_id, ReactionRow.member == ImportedVoteRow.member
    )
    if at is not None:
        own = own.where(col(ReactionRow.event_at) <= at)
    return select(ImportedVoteRow.entry_id, ImportedVoteRow.member, ImportedVoteRow.level).where(
        ~own.exists(), col(ImportedVoteRow.member).not_in(_bots())
    )


def _bots() -> SelectOfScalar[str]:
    return select(MemberRow.user_id).where(col(MemberRow.is_bot))


async def gathered(
    session: AsyncSession, head: CanvasInfo, at: datetime | None = None
) -> tuple[list[Entry], Heirs]:
    """Return the entries with the votes on their own cards, and what was merged into what."""
    entries, heirs = await entry_store.gathered(session, head.id, at)
    votes = await votes_of(session, head.id, at)
    return [replace(entry, votes=votes.get(entry.id, {})) for entry in entries], heirs


async def read(session: AsyncSession, head: CanvasInfo) -> Canvas:
    """Read the entries of a canvas with their votes; without reviews."""
    return canvas_of(head, handed_over(*await gathered(session, head)))


def canvas_of(head: CanvasInfo, entries: tuple[Entry, ...]) -> Canvas:
    return Canvas(
        id=head.id,
        channel=head.channel_id,
        name=head.name,
        segment=head.segment,
        starter=head.starter_id,
        time_zone=head.time_zone,
        created_at=head.created_at,
        entries=entries,
    )
