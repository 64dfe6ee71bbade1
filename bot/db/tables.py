"""The base class of all tables, and INSERTs with ON CONFLICT."""

from typing import Any, ClassVar

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

# Alembic can drop or change a constraint only by its name, so every constraint gets one.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# For tables whose ids stand in Slack's messages or in files, where they stay when the rows are deleted.
# SQLite would give the highest ones again, and an old button would act on a new entry. PostgreSQL never does.
IDS_ONLY_ONCE = {"sqlite_autoincrement": True}


class Row(SQLModel):
    """The base class of every table of the bot."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING_CONVENTION)


def table_of(row_class: type[Row]) -> Table:
    """Return the table of a row class. SQLAlchemy compiles its statements faster than those of the class."""
    return row_class.metadata.tables[str(row_class.__tablename__)]


def insert_into(session: AsyncSession, row_class: type[Row]) -> Any:
    """Return an INSERT of the session's dialect: SQLAlchemy offers ON CONFLICT only there."""
    return session.info["insert"](table_of(row_class))
