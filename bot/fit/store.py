"""Reviews and their marks, and the one reading of a whole canvas from which all figures follow."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.canvas.model import Head
from bot.canvas.store import EntryRow
from bot.db import OfWorkspace, insert, team_of
from bot.method.model import Canvas, Mark, Review
from bot.ranking import store as ranking


class ReviewRow(OfWorkspace, table=True):
    __tablename__ = "review"

    offer_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    member: str = Field(primary_key=True)
    reviewed_at: datetime


class MarkRow(OfWorkspace, table=True):
    __tablename__ = "mark"

    offer_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    member: str = Field(primary_key=True)
    need_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    halves: int  # 1 partial, 2 strong


async def review(
    session: AsyncSession,
    offer: int,
    member: str,
    asked: Collection[int],
    marks: Mapping[int, Mark],
    now: datetime,
) -> None:
    """Store what a member marked among the needs that were asked; earlier marks on those are replaced."""
    team = team_of(session)
    seen = insert(session, ReviewRow).values(team_id=team, offer_id=offer, member=member, reviewed_at=now)
    await session.exec(
        seen.on_conflict_do_update(index_elements=["offer_id", "member"], set_={"reviewed_at": now})
    )
    await session.exec(
        delete(MarkRow).where(
            col(MarkRow.offer_id) == offer,
            col(MarkRow.member) == member,
            col(MarkRow.need_id).in_(list(asked)),
        )
    )
    session.add_all(
        MarkRow(team_id=team, offer_id=offer, member=member, need_id=need, halves=int(mark))
        for need, mark in marks.items()
    )


async def reviews(session: AsyncSession, canvas: int) -> tuple[Review, ...]:
    of_canvas = select(EntryRow.id).where(EntryRow.canvas_id == canvas, col(EntryRow.deleted_at).is_(None))
    given = await session.exec(
        select(ReviewRow.offer_id, ReviewRow.member)
        .where(col(ReviewRow.offer_id).in_(of_canvas))
        .order_by(col(ReviewRow.offer_id), col(ReviewRow.member))
    )
    marked = await session.exec(
        select(MarkRow.offer_id, MarkRow.member, MarkRow.need_id, MarkRow.halves)
        .where(col(MarkRow.offer_id).in_(of_canvas))
        .order_by(col(MarkRow.need_id))
    )
    marks: defaultdict[tuple[int, str], dict[int, Mark]] = defaultdict(dict)
    for offer, member, need, halves in marked:
        marks[offer, member][need] = Mark(halves)
    return tuple(Review(offer, member, marks[offer, member]) for offer, member in given)


async def read(session: AsyncSession, head: Head) -> Canvas:
    """Read all that counts on a canvas."""
    return replace(await ranking.read(session, head), reviews=await reviews(session, head.id))
