"""Reviews with their marks, and the one reading of a whole canvas from which all figures follow.

A review that was given stays: of each member and offer the newest counts, or the newest of that time.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import insert_into
from bot.db.tenancy import TenantRow, team_of
from bot.method.merging import merge_sources
from bot.method.model import Mark, Review
from bot.store import entries as entry_store
from bot.store.entries import EntryRow


class ReviewRow(TenantRow, table=True):
    __tablename__ = "review"

    offer_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    reviewed_at: datetime = Field(primary_key=True)
    marks: dict[str, int] = Field(sa_type=JSON)  # need to halves: 1 partial, 2 strong


async def save_review(
    session: AsyncSession,
    offer: int,
    member: str,
    asked: Collection[int],
    marks: Mapping[int, Mark],
    now: datetime,
) -> None:
    """Store what a member marked among the needs that were asked; earlier marks on those are replaced.

    What was said of an entry that others were merged into was said of each of them.
    """
    heirs = await entry_store.load_merges(session, offer)
    said = {each: marks.get(need) for need in asked for each in merge_sources(need, heirs)}
    for each in sorted(merge_sources(offer, heirs)):
        earlier = await _newest(session, each, member)
        kept = {need: halves for need, halves in earlier.items() if int(need) not in said}
        given = {str(need): int(mark) for need, mark in said.items() if mark is not None}
        values = {"marks": kept | given}
        row = insert_into(session, ReviewRow).values(
            team_id=team_of(session), offer_id=each, member=member, reviewed_at=now, **values
        )
        await session.exec(
            row.on_conflict_do_update(index_elements=["offer_id", "member", "reviewed_at"], set_=values)
        )


async def _newest(session: AsyncSession, offer: int, member: str) -> dict[str, int]:
    """Return a member's marks on an offer, by need."""
    given = select(ReviewRow.marks).where(ReviewRow.offer_id == offer, ReviewRow.user_id == member)
    newest = (await session.exec(given.order_by(col(ReviewRow.reviewed_at).desc()).limit(1))).first()
    return dict(newest or {})


async def load_reviews(session: AsyncSession, canvas: int, at: datetime | None = None) -> list[Review]:
    """Return each member's newest review of each offer, as they are now or were at some time."""
    of_canvas = select(EntryRow.id).where(EntryRow.canvas_id == canvas)
    given = select(ReviewRow.offer_id, ReviewRow.user_id, ReviewRow.marks).where(
        col(ReviewRow.offer_id).in_(of_canvas)
    )
    if at is not None:
        given = given.where(ReviewRow.reviewed_at <= at)
    newest = {
        (offer, member): marks
        for offer, member, marks in await session.exec(given.order_by(col(ReviewRow.reviewed_at)))
    }
    return [
        Review(offer, member, {int(need): Mark(halves) for need, halves in marks.items()})
        for (offer, member), marks in newest.items()
    ]
