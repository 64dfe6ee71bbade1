"""Table and SQL of reviews: a member's marks on the needs that an offer fits.

Rows are only added, so that any past day can be shown. Of each member and offer the newest row counts.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, bindparam
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import insert_into
from bot.db.tenancy import TenantRow, team_of
from bot.method.merging import merge_sources
from bot.method.model import Mark, Review
from bot.store.entries import EntryRow, load_merges

_MARKS = {mark.value: mark for mark in Mark}  # looking up is faster than `Mark(halves)`


class ReviewRow(TenantRow, table=True):
    """A member's marks on all needs for one offer, at one time."""

    __tablename__ = "review"

    offer_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    reviewed_at: datetime = Field(primary_key=True)
    marks: dict[str, int] = Field(sa_type=JSON)  # need id to mark in halves: 1 partial, 2 strong


async def save_review(
    session: AsyncSession,
    offer_id: int,
    user_id: str,
    shown_need_ids: Collection[int],
    marks: Mapping[int, Mark],
    now: datetime,
) -> None:
    """Store a member's marks on the needs that the form showed; their earlier marks on other needs stay.

    Marks on a merge target are stored for each entry that was merged into it too, so that each has them if
    the merge is undone.
    """
    merges = await load_merges(session, offer_id)
    shown_marks = {
        source_id: marks.get(need_id)
        for need_id in shown_need_ids
        for source_id in merge_sources(need_id, merges)
    }
    for source_id in sorted(merge_sources(offer_id, merges)):
        earlier_marks = await _load_newest_marks(session, source_id, user_id)
        kept_marks = {
            need_id: halves for need_id, halves in earlier_marks.items() if int(need_id) not in shown_marks
        }
        given_marks = {str(need_id): int(mark) for need_id, mark in shown_marks.items() if mark is not None}
        values = {"marks": kept_marks | given_marks}
        row = insert_into(session, ReviewRow).values(
            team_id=team_of(session), offer_id=source_id, user_id=user_id, reviewed_at=now, **values
        )
        # Two submissions at the same time are one review: the second overwrites the first.
        await session.exec(
            row.on_conflict_do_update(index_elements=["offer_id", "user_id", "reviewed_at"], set_=values)
        )


async def load_reviews(session: AsyncSession, canvas_id: int, at: datetime | None = None) -> list[Review]:
    """Return each member's newest review of each offer, as of now or of a past time."""
    statement = _select_reviews()
    if at is not None:
        statement = statement.where(col(ReviewRow.reviewed_at) <= at)
    rows = await session.exec(statement, params={"canvas_id": canvas_id})
    # Rows are in order of time: the newest review overwrites the earlier ones.
    newest = {(offer_id, user_id): marks for offer_id, user_id, marks in rows}
    return [
        Review(offer_id, user_id, {int(need_id): _MARKS[halves] for need_id, halves in marks.items()})
        for (offer_id, user_id), marks in newest.items()
    ]


@cache
def _select_reviews() -> Any:
    """Select the reviews of a canvas by time; building the statement takes longer than running it."""
    of_canvas = select(EntryRow.id).where(EntryRow.canvas_id == bindparam("canvas_id"))
    statement = select(ReviewRow.offer_id, ReviewRow.user_id, ReviewRow.marks)
    return statement.where(col(ReviewRow.offer_id).in_(of_canvas)).order_by(col(ReviewRow.reviewed_at))


async def _load_newest_marks(session: AsyncSession, offer_id: int, user_id: str) -> dict[str, int]:
    """Return a member's newest marks on an offer, by need id."""
    statement = select(ReviewRow.marks).where(ReviewRow.offer_id == offer_id, ReviewRow.user_id == user_id)
    newest = (await session.exec(statement.order_by(col(ReviewRow.reviewed_at).desc()).limit(1))).first()
    return dict(newest or {})
