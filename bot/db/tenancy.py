"""Isolation of workspaces: every statement of a session is bound to the session's workspace.

SQLAlchemy calls `bind_statement_to_team` for each ORM statement of each session. So a query without a
condition on `team_id` still reads and writes the rows of one workspace only. INSERTs are not bound: they
contain their `team_id`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, String, event
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria
from sqlmodel import Field, col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import Row


class TeamParameter(BindParameter[str]):
    """The parameter with the session's workspace.

    For each execution, SQLAlchemy looks up the copies of a parameter in a dict. To compare them as SQL
    expressions, which `==` makes of other parameters, took 5 % of a statement's time.
    """

    inherit_cache = True
    __hash__ = BindParameter.__hash__

    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        return hash(self) == hash(other)


TEAM_ID_KEY = "team_id"  # in the info of a session
# The workspace of the UPDATE or DELETE that runs: SQLAlchemy asks for it in the same context.
_writing_team: ContextVar[str] = ContextVar("writing_team")
TEAM_ID_PARAMETER = TeamParameter("session_team_id", type_=String(), callable_=_writing_team.get)

# The bound copy of each statement. A statement that is built once and run often is bound once: otherwise
# SQLAlchemy would build and compile the bound copy each time.
_bound_statements: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


class TenantRow(Row):
    """A row of one workspace. SELECT, UPDATE and DELETE find the rows of the session's workspace only."""

    team_id: str = Field(foreign_key="workspace.team_id", ondelete="CASCADE", index=True)


def bind_session(session: AsyncSession, team_id: str | None) -> None:
    """Bind a session to a workspace; None means the bot itself, which reads and writes all of them."""
    session.info[TEAM_ID_KEY] = team_id


@contextmanager
def as_team(session: AsyncSession, team_id: str) -> Iterator[None]:
    """Bind a session to one workspace within the `with` block."""
    previous_team_id = session.info[TEAM_ID_KEY]
    bind_session(session, team_id)
    try:
        yield
    finally:
        bind_session(session, previous_team_id)


def team_of(session: AsyncSession) -> str:
    """Return the workspace that a session is bound to."""
    team_id: str | None = session.info[TEAM_ID_KEY]
    assert team_id is not None, "the session is bound to no workspace, but the row belongs to one"
    return team_id


@event.listens_for(Session, "do_orm_execute")
def bind_statement_to_team(execution: ORMExecuteState) -> None:
    """Add the session's workspace to the conditions of a SELECT, UPDATE or DELETE."""
    team_id = execution.session.info.get(TEAM_ID_KEY)
    if team_id is None or execution.is_insert or execution.is_column_load or execution.is_relationship_load:
        return
    execution.statement = _bind(execution.statement)
    if execution.is_select:
        parameters: Any = execution.parameters or {}
        execution.parameters = {**parameters, TEAM_ID_PARAMETER.key: team_id}
    else:
        # The parameters of an UPDATE are the values to set, so the team_id cannot be one of them.
        _writing_team.set(team_id)


def _bind(statement: Any) -> Any:
    """Return a statement with the workspace as a parameter, so that it is compiled once for all of them."""
    bound = _bound_statements.get(statement)
    if bound is None:
        bound = _bound_statements[statement] = statement.options(*_list_conditions())
    return bound


@cache
def _list_conditions() -> tuple[LoaderCriteriaOption, ...]:
    """Return the conditions that bind a statement, one for each table with rows of workspaces."""
    return tuple(
        with_loader_criteria(row_class, col(row_class.team_id) == TEAM_ID_PARAMETER, include_aliases=True)
        for row_class in TenantRow.__subclasses__()
    )
