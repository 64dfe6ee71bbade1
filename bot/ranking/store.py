"""Votes: one row for each number reaction that ever stood on a card, the newest event wins."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import BigInteger
from sqlmodel import Field, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from bot.canvas import store as canvases
from bot.canvas.model import Head
from bot.canvas.store import EntryRow
from bot.db import OfWorkspace, insert, team_of
from bot.method.model import Canvas
from bot.workspaces.store import MemberRow


class VoteRow(OfWorkspace, table=True):
    """A row stays when its reaction is taken back, so that an older event that comes late changes nothing."""

    __tablename__ = "vote"

    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    member: str = Field(primary_key=True)
    level: int = Field(primary_key=True)
    stands: bool
    event_at: int = Field(sa_type=BigInteger)  # microseconds since 1970, of Slack's own clock


@dataclass(frozen=True, slots=True)
class Reaction:
    """One number reaction of one member on one card, set or taken back."""

    entry: int
    member: str
    level: int
    stands: bool
    event_at: int


async def record(session: AsyncSession, reactions: Iterable[Reaction]) -> None:
    """Record reactions in any order, any number of times: the newest of each counts."""
    rows = [
        {
            "team_id": team_of(session),
            "entry_id": reaction.entry,
            "member": reaction.member,
            "level": reaction.level,
            "stands": reaction.stands,
            "event_at": reaction.event_at,
        }
        for reaction in sorted(reactions, key=lambda one: (one.entry, one.member, one.level))
    ]
    if not rows:
        return
    statement = insert(session, VoteRow).values(rows)
    await session.exec(
        statement.on_conflict_do_update(
            index_elements=["entry_id", "member", "level"],
            set_={"stands": statement.excluded.stands, "event_at": statement.excluded.event_at},
            where=VoteRow.event_at < statement.excluded.event_at,
        )
    )


async def standing(session: AsyncSession, entry: int) -> set[tuple[str, int]]:
    """Return member and level of each reaction that stands on a card, of bots too."""
    rows = await session.exec(
        select(VoteRow.member, VoteRow.level).where(VoteRow.entry_id == entry, col(VoteRow.stands))
    )
    return set(rows)


async def voted_by(session: AsyncSession, member: str) -> list[tuple[int, str]]:
    """Return the entries that somebody voted on, with their channels."""
    rows = await session.exec(
        select(EntryRow.id, EntryRow.channel_id)
        .join(VoteRow, col(VoteRow.entry_id) == col(EntryRow.id))
        .where(VoteRow.member == member, col(VoteRow.stands))
        .distinct()
    )
    return [(entry, channel) for entry, channel in rows if entry is not None]


async def votes_on(session: AsyncSession, entry: int) -> dict[str, int]:
    """Return each member's vote on one entry."""
    rows = await session.exec(_counted().where(VoteRow.entry_id == entry))
    return {member: level for _, member, level in rows}


async def votes_of(session: AsyncSession, canvas: int) -> dict[int, dict[str, int]]:
    """Return each member's vote, by entry: the highest number that stands."""
    rows = await session.exec(
        _counted()
        .join(EntryRow, col(EntryRow.id) == col(VoteRow.entry_id))
        .where(EntryRow.canvas_id == canvas)
    )
    votes: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for entry, member, level in rows:
        votes[entry][member] = level
    return votes


def _counted() -> Select[int, str, int]:
    bots = select(MemberRow.user_id).where(col(MemberRow.is_bot))
    return (
        select(VoteRow.entry_id, VoteRow.member, func.max(VoteRow.level))
        .where(col(VoteRow.stands), col(VoteRow.member).not_in(bots))
        .group_by(col(VoteRow.entry_id), col(VoteRow.member))
    )


async def read(session: AsyncSession, head: Head) -> Canvas:
    """Read the entries of a canvas with their votes; without reviews."""
    votes = await votes_of(session, head.id)
    return Canvas(
        id=head.id,
        channel=head.channel,
        name=head.name,
        segment=head.segment,
        starter=head.starter,
        time_zone=head.time_zone,
        created_at=head.created_at,
        entries=tuple(
            replace(entry, votes=votes.get(entry.id, {}))
            for entry in await canvases.entries(session, head.id)
        ),
    )
