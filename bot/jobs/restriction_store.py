"""SQL that finds out whether Slack refuses the bot's messages in a channel."""

from sqlalchemy import ScalarSelect
from sqlalchemy.orm import Mapped
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tenancy import team_of
from bot.jobs.store import JobRow


def select_restriction(team_id: Mapped[str], channel_id: Mapped[str]) -> ScalarSelect[str | None]:
    """Select Slack's error with which it refuses the bot's messages in a channel; NULL if it does not.

    `team_id` and `channel_id` are columns of the statement that the subquery is used in.
    """
    in_channel = (col(JobRow.team_id) == team_id, col(JobRow.channel_id) == channel_id)
    is_restricted = col(JobRow.restriction).is_not(None)
    return select(func.max(col(JobRow.restriction))).where(*in_channel, is_restricted).scalar_subquery()


async def find_restriction(session: AsyncSession, channel_id: str) -> str:
    """Return Slack's error with which it refuses the bot's messages in a channel; "" if it does not."""
    in_channel = (JobRow.team_id == team_of(session), JobRow.channel_id == channel_id)
    is_restricted = col(JobRow.restriction).is_not(None)
    statement = select(JobRow.restriction).where(*in_channel, is_restricted).limit(1)
    return (await session.exec(statement)).first() or ""
