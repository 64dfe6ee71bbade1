"""Table and SQL of the hints that a team does not want to see again."""

from sqlmodel import Field, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import insert_into
from bot.db.tenancy import TenantRow, team_of


class DismissalRow(TenantRow, table=True):
    __tablename__ = "dismissal"

    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", primary_key=True)
    rule: str = Field(primary_key=True)


async def dismiss(session: AsyncSession, canvas: int, rule: str) -> None:
    statement = insert_into(session, DismissalRow).values(
        team_id=team_of(session), canvas_id=canvas, rule=rule
    )
    await session.exec(statement.on_conflict_do_nothing())


async def dismissed(session: AsyncSession, canvas: int) -> frozenset[str]:
    rows = await session.exec(select(DismissalRow.rule).where(DismissalRow.canvas_id == canvas))
    return frozenset(rows)
