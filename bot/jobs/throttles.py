"""Slack's pace, kept in the database so that all workers keep it together.

A row says until when a workspace hears nothing of a kind of errand, because Slack asked for it, or a channel
no further post, because it just had some.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, case
from sqlalchemy.orm import Mapped
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import OfWorkspace, insert, team_of
from bot.timing import Pace

KEPT = timedelta(days=1)


class PauseRow(OfWorkspace, table=True):
    __tablename__ = "pause"

    team_id: str = Field(foreign_key="workspace.team_id", ondelete="CASCADE", primary_key=True)
    what: str = Field(primary_key=True)  # an errand or the id of a channel
    until: int = Field(sa_type=BigInteger)  # microseconds since 1970, which any database can reckon with


async def pause(session: AsyncSession, what: Iterable[str], until: datetime) -> None:
    """Let these wait, as Slack asked for."""
    rows = [{"team_id": team_of(session), "what": one, "until": _microseconds(until)} for one in sorted(what)]
    statement = insert(session, PauseRow).values(rows)
    longer = statement.excluded.until
    await session.exec(
        statement.on_conflict_do_update(
            index_elements=["team_id", "what"], set_={"until": longer}, where=PauseRow.until < longer
        )
    )


def pausing(now: datetime, team: Mapped[str], *what: Mapped[str] | str) -> ColumnElement[bool]:
    """Return the condition that one of these waits: columns of the row that is asked about, or names."""
    return (
        select(PauseRow.what)
        .where(
            col(PauseRow.team_id) == team, col(PauseRow.what).in_(what), PauseRow.until > _microseconds(now)
        )
        .exists()
    )


async def take_turn(session: AsyncSession, channel: str, now: datetime, pace: Pace) -> datetime | None:
    """Count a post in a channel: evenly, but for a burst after a rest. Return until when to wait, if so."""
    between = pace.between_posts // timedelta(microseconds=1)
    if not between:
        return None
    at = _microseconds(now)
    earliest = at - pace.burst * between
    rested = case((col(PauseRow.until) > earliest, col(PauseRow.until)), else_=earliest)
    first = insert(session, PauseRow).values(team_id=team_of(session), what=channel, until=earliest + between)
    taken = await session.exec(
        first.on_conflict_do_update(
            index_elements=["team_id", "what"], set_={"until": rested + between}, where=PauseRow.until <= at
        ).returning(PauseRow.until)
    )
    if taken.first() is not None:
        return None
    until = (await session.exec(select(PauseRow.until).where(PauseRow.what == channel))).one()
    return datetime.fromtimestamp(until / 1_000_000, UTC)


async def forget(session: AsyncSession, now: datetime) -> None:
    await session.exec(delete(PauseRow).where(col(PauseRow.until) < _microseconds(now - KEPT)))


def _microseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)
