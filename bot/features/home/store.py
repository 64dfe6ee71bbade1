"""Table and SQL of dismissed hints."""

from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Field, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.tables import insert_into
from bot.db.tenancy import TenantRow, team_of


class HintDismissalRow(TenantRow, table=True):
    """A hint that is never shown again on a canvas."""

    __tablename__ = "hint_dismissal"

    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", primary_key=True)
    rule: str = Field(primary_key=True)  # a key of HINT_RULES


async def dismiss_hint(session: AsyncSession, canvas_id: int, rule: str) -> None:
    """Store that a hint is never shown again on a canvas. A repetition changes nothing."""
    statement = insert_into(session, HintDismissalRow).values(
        team_id=team_of(session), canvas_id=canvas_id, rule=rule
    )
    await session.exec(statement.on_conflict_do_nothing())


async def load_dismissed_rules(session: AsyncSession, canvas_id: int) -> frozenset[str]:
    """Return the rules whose hints are dismissed on a canvas."""
    return frozenset(await session.exec(_select_rules(), params={"canvas_id": canvas_id}))


@cache
def _select_rules() -> SelectOfScalar[str]:
    """Select the dismissed rules of a canvas; building the statement takes longer than running it."""
    return select(HintDismissalRow.rule).where(HintDismissalRow.canvas_id == bindparam("canvas_id"))
