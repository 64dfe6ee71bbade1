"""SQL that finds out whether Slack refuses the bot's messages in a channel."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect
from sqlalchemy.orm import Mapped
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.tenancy import team_of
from bot.jobs.store import JobRow


def select_restriction(team_id: Mapped[str], channel_id: Mapped[str]) -> ScalarSelect[str | None]:
    """Select Slack's error with which it refuses the bot's messages in a channel; NULL if it does not.

    `team_id` and `channel_id` are columns of the statement that the subquery is used in.
    """
    return _select_restrictions(func.max(col(JobRow.restriction)), team_id, channel_id).scalar_subquery()


async def find_channel_restriction(session: AsyncSession, channel_id: str) -> str:
    """Return Slack's error with which it refuses the bot's messages in a channel; "" if it does not."""
    statement = _select_restrictions(col(JobRow.restriction), team_of(session), channel_id).limit(1)
    return (await session.exec(statement)).first() or ""


def _select_restrictions(
    value: ColumnElement[Any] | Mapped[Any], team_id: Mapped[str] | str, channel_id: Mapped[str] | str
) -> SelectOfScalar[Any]:
    """Select a value of the refused jobs of a channel."""
    return select(value).where(
        col(JobRow.team_id) == team_id,
        col(JobRow.channel_id) == channel_id,
        col(JobRow.restriction).is_not(None),
    )
