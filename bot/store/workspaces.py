"""Tables and SQL of workspaces and their users, as Slack's Web API describes them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Field, Index, col, select, text, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.tables import Row, insert_into
from bot.db.tenancy import TenantRow, team_of

UNINSTALLED = text("uninstalled_at IS NOT NULL")


class WorkspaceRow(Row, table=True):
    """A workspace that has or had the app."""

    __tablename__ = "workspace"
    __table_args__ = (
        Index("ix_workspace_uninstalled", "team_id", sqlite_where=UNINSTALLED, postgresql_where=UNINSTALLED),
    )

    team_id: str = Field(primary_key=True)
    enterprise_id: str | None = None
    url: str = ""  # https://acme.slack.com/, for links to messages; "" while it is unknown
    bot_user_id: str = ""
    created_at: datetime
    uninstalled_at: datetime | None = None  # None while the app is installed
    no_new_blocks_until: datetime | None = None  # set when Slack rejects the newest blocks in the workspace


class MemberRow(TenantRow, table=True):
    """A user, bots and guests from other workspaces included."""

    __tablename__ = "member"

    team_id: str = Field(foreign_key="workspace.team_id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    name: str
    is_bot: bool
    time_zone: str
    fetched_at: datetime  # when Slack stated the above


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that has or had the app."""

    team_id: str
    enterprise_id: str | None
    url: str  # https://acme.slack.com/, or "" while it is unknown
    bot_user_id: str


@dataclass(frozen=True, slots=True)
class Member:
    """A user of a workspace, or a bot."""

    user_id: str
    name: str
    is_bot: bool
    time_zone: str  # an IANA name
    fetched_at: datetime  # when Slack stated the above


async def save_workspace(session: AsyncSession, workspace: Workspace, now: datetime) -> None:
    """Store a workspace or update it. A url of "" does not overwrite the stored one."""
    values = {
        "enterprise_id": workspace.enterprise_id,
        "url": workspace.url,
        "bot_user_id": workspace.bot_user_id,
    }
    statement = insert_into(session, WorkspaceRow).values(team_id=workspace.team_id, created_at=now, **values)
    changes = values if workspace.url else {key: value for key, value in values.items() if key != "url"}
    await session.exec(statement.on_conflict_do_update(index_elements=["team_id"], set_=changes))


async def find_workspace(session: AsyncSession, team_id: str) -> Workspace | None:
    """Return a workspace, also after it removed the app; None where it is unknown."""
    row = (await session.exec(_select_workspace(), params={"team_id": team_id})).first()
    return Workspace(row.team_id, row.enterprise_id, row.url, row.bot_user_id) if row else None


def select_uninstalled_teams() -> SelectOfScalar[str]:
    """Select the ids of workspaces that removed the app; scheduled work skips them."""
    return select(WorkspaceRow.team_id).where(col(WorkspaceRow.uninstalled_at).is_not(None))


async def mark_reinstalled(session: AsyncSession, team_id: str) -> bool:
    """Store that a workspace has the app again; return False where it was not uninstalled."""
    was_uninstalled = (col(WorkspaceRow.team_id) == team_id) & col(WorkspaceRow.uninstalled_at).is_not(None)
    reinstalled = update(WorkspaceRow).where(was_uninstalled).values(uninstalled_at=None)
    return bool((await session.exec(reinstalled)).rowcount)


async def lock_workspace(session: AsyncSession) -> None:
    """Lock the session's workspace until this transaction ends; others that lock it wait.

    On PostgreSQL the lock is FOR NO KEY UPDATE (`key_share`), which does not block INSERTs of rows with a
    foreign key to the workspace. SQLite has one writer at a time anyway.
    """
    own_row = select(WorkspaceRow.team_id).where(WorkspaceRow.team_id == team_of(session))
    await session.exec(own_row.with_for_update(key_share=True))


async def mark_new_blocks_unsupported(session: AsyncSession, team_id: str, until: datetime) -> None:
    """Store until when a workspace gets no new blocks, since Slack rejected them there."""
    await session.exec(
        update(WorkspaceRow).where(col(WorkspaceRow.team_id) == team_id).values(no_new_blocks_until=until)
    )


async def lacks_new_blocks(session: AsyncSession, team_id: str, now: datetime) -> bool:
    """Return whether a workspace gets no new blocks now."""
    rows = await session.exec(_select_block_support(), params={"team_id": team_id})
    until = rows.first()
    return until is not None and until > now


async def save_member(session: AsyncSession, member: Member) -> None:
    """Store a user or update it."""
    values = {
        "name": member.name,
        "is_bot": member.is_bot,
        "time_zone": member.time_zone,
        "fetched_at": member.fetched_at,
    }
    statement = insert_into(session, MemberRow).values(
        team_id=team_of(session), user_id=member.user_id, **values
    )
    await session.exec(statement.on_conflict_do_update(index_elements=["team_id", "user_id"], set_=values))


async def find_member(session: AsyncSession, user_id: str) -> Member | None:
    """Return a user of the session's workspace; None where the user is not stored."""
    row = (await session.exec(_select_member(), params={"user_id": user_id})).first()
    return _to_member(row) if row else None


async def find_members(session: AsyncSession, user_ids: Iterable[str]) -> list[Member]:
    """Return those of these users that are stored."""
    rows = await session.exec(select(MemberRow).where(col(MemberRow.user_id).in_(list(user_ids))))
    return [_to_member(row) for row in rows]


async def load_member_names(session: AsyncSession, user_ids: Collection[str]) -> dict[str, str]:
    """Return the names of those users that are stored, by user id; without users no statement runs."""
    if not user_ids:
        return {}
    return dict((await session.exec(_select_member_names(), params={"user_ids": [*user_ids]})).all())


# The next four functions keep their statements, since building one takes longer than running it.


@cache
def _select_workspace() -> SelectOfScalar[WorkspaceRow]:
    return select(WorkspaceRow).where(WorkspaceRow.team_id == bindparam("team_id"))


@cache
def _select_block_support() -> Any:
    """Select until when a workspace gets no new blocks."""
    return select(WorkspaceRow.no_new_blocks_until).where(WorkspaceRow.team_id == bindparam("team_id"))


@cache
def _select_member() -> SelectOfScalar[MemberRow]:
    return select(MemberRow).where(MemberRow.user_id == bindparam("user_id"))


@cache
def _select_member_names() -> Any:
    user_ids: BindParameter[str] = bindparam("user_ids", expanding=True)
    return select(MemberRow.user_id, MemberRow.name).where(col(MemberRow.user_id).in_(user_ids))


def _to_member(row: MemberRow) -> Member:
    return Member(row.user_id, row.name, row.is_bot, row.time_zone, row.fetched_at)
