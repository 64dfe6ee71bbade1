"""How a database executes the statements of some work."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import event, text
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database


async def explain_reading(database: Database, read: Callable[[AsyncSession], Awaitable[object]]) -> str:
    """Return the plans of what is read, a step a line, as for tables that are too large to be read whole."""
    recorded: list[tuple[str, Any]] = []

    def record(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            recorded.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", record)
    async with database.transaction(None) as session:
        await read(session)
    event.remove(engine, "before_cursor_execute", record)
    assert recorded
    prefix = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    steps: list[str] = []
    async with database.engine.connect() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, parameters in recorded:
            rows = await connection.exec_driver_sql(prefix + statement, parameters)
            steps += [str(row[-1]).strip() for row in rows]
    return "\n".join(steps)
