"""SQL of an import: what new entries bring along, many at a time."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import team_of
from bot.features.imports.parsed import FoundReview
from bot.store.reviews import ReviewRow
from bot.store.tables import DeliveryRow


async def deliver(session: AsyncSession, deliveries: Iterable[tuple[int, int]]) -> None:
    """Store which products deliver new offers."""
    team = team_of(session)
    rows = [
        {"team_id": team, "offer_id": offer, "product_id": product} for offer, product in sorted(deliveries)
    ]
    if rows:
        await session.exec(insert(DeliveryRow), params=rows)


async def review(
    session: AsyncSession, reviews: Iterable[FoundReview], ids: Mapping[int, int], now: datetime
) -> None:
    """Store the reviews of new offers; `ids` are the entries by their place in the file."""
    team = team_of(session)
    rows = [
        {
            "team_id": team,
            "offer_id": ids[review.offer],
            "member": review.member,
            "reviewed_at": now,
            "marks": {str(ids[need]): int(mark) for need, mark in review.marks.items()},
        }
        for review in reviews
    ]
    if rows:
        await session.exec(insert(ReviewRow), params=rows)
