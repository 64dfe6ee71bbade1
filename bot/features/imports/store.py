"""SQL of imports: the deliveries and reviews of many new entries, in one statement each."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tenancy import team_of
from bot.features.imports.parsed import ParsedReview
from bot.store.entries import DeliveryRow
from bot.store.reviews import ReviewRow


async def insert_deliveries(session: AsyncSession, deliveries: Iterable[tuple[int, int]]) -> None:
    """Store which products deliver new offers; pairs of an offer's id and a product's id."""
    team_id = team_of(session)
    rows = [
        {"team_id": team_id, "offer_id": offer_id, "product_id": product_id}
        for offer_id, product_id in sorted(deliveries)
    ]
    if rows:
        await session.exec(insert(DeliveryRow), params=rows)


async def insert_reviews(
    session: AsyncSession, reviews: Iterable[ParsedReview], entry_ids: Mapping[int, int], now: datetime
) -> None:
    """Store the reviews of new offers; `entry_ids` are the entries by their index in the file."""
    team_id = team_of(session)
    rows = [
        {
            "team_id": team_id,
            "offer_id": entry_ids[review.offer_index],
            "user_id": review.user_id,
            "reviewed_at": now,
            "marks": {str(entry_ids[index]): int(mark) for index, mark in review.marks.items()},
        }
        for review in reviews
    ]
    if rows:
        await session.exec(insert(ReviewRow), params=rows)
