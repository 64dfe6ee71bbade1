"""Tables and SQL of workspaces and of what Slack says of their users."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.tables import Row, insert_into
from bot.db.tenancy import TenantRow, team_of


class WorkspaceRow(Row, table=True):
    __tablename__ = "workspace"

    team_id: str = Field(primary_key=True)
    enterprise_id: str | None = None
    url: str = ""  # https://acme.slack.com/, for links to messages; "" while Slack has not said it
    bot_user_id: str = ""
    created_at: datetime
    uninstalled_at: datetime | None = None  # None while it has the app
    no_new_blocks_until: datetime | None = None  # set when the workspace refused Slack's newest blocks


class MemberRow(TenantRow, table=True):
    """What Slack says of a user, also of bots and of guests from other workspaces."""

    __tablename__ = "member"

    team_id: str = Field(foreign_key="workspace.team_id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    name: str
    is_bot: bool
    time_zone: str


@dataclass(frozen=True, slots=True)
class Workspace:
    team_id: str
    enterprise_id: str | None
    url: str  # https://acme.slack.com/, or "" while it is unknown
    bot_user_id: str


@dataclass(frozen=True, slots=True)
class Member:
    user_id: str
    name: str
    is_bot: bool
    time_zone: str  # by its IANA name


async def save_workspace(session: AsyncSession, workspace: Workspace, now: datetime) -> None:
    """Store a workspace, or what is new about it. An unknown url leaves the stored one as it is."""
    values = {
        "enterprise_id": workspace.enterprise_id,
        "url": workspace.url,
        "bot_user_id": workspace.bot_user_id,
    }
    statement = insert_into(session, WorkspaceRow).values(team_id=workspace.team_id, created_at=now, **values)
    changes = values if workspace.url else {key: value for key, value in values.items() if key != "url"}
    await session.exec(statement.on_conflict_do_update(index_elements=["team_id"], set_=changes))


async def find_workspace(session: AsyncSession, team_id: str) -> Workspace | None:
    """Return a workspace that is known, with the app or without it."""
    row = (await session.exec(select(WorkspaceRow).where(WorkspaceRow.team_id == team_id))).first()
    return Workspace(row.team_id, row.enterprise_id, row.url, row.bot_user_id) if row else None


def select_uninstalled_teams() -> SelectOfScalar[str]:
    """Select the ids of workspaces that removed the app: nothing is started by the clock for them."""
    return select(WorkspaceRow.team_id).where(col(WorkspaceRow.uninstalled_at).is_not(None))


async def mark_reinstalled(session: AsyncSession, team_id: str) -> bool:
    """Store that a workspace has the app again; return False where it had it all the time."""
    was_uninstalled = (col(WorkspaceRow.team_id) == team_id) & col(WorkspaceRow.uninstalled_at).is_not(None)
    reinstalled = update(WorkspaceRow).where(was_uninstalled).values(uninstalled_at=None)
    return bool((await session.exec(reinstalled)).rowcount)


async def lock_workspace(session: AsyncSession) -> None:
    """Let other processes that lock the session's workspace wait until this transaction ends.

    FOR NO KEY UPDATE on PostgreSQL: it does not block INSERTs that refer to the workspace. SQLite has one
    writer at a time anyway.
    """
    own_row = select(WorkspaceRow.team_id).where(WorkspaceRow.team_id == team_of(session))
    await session.exec(own_row.with_for_update(key_share=True))


async def mark_new_blocks_unsupported(session: AsyncSession, team_id: str, until: datetime) -> None:
    """Store that a workspace refuses Slack's newest blocks, until it is worth another try."""
    await session.exec(
        update(WorkspaceRow).where(col(WorkspaceRow.team_id) == team_id).values(no_new_blocks_until=until)
    )


async def lacks_new_blocks(session: AsyncSession, team_id: str, now: datetime) -> bool:
    """Say whether a workspace refused Slack's newest blocks lately."""
    rows = await session.exec(
        select(WorkspaceRow.team_id).where(
            WorkspaceRow.team_id == team_id, col(WorkspaceRow.no_new_blocks_until) > now
        )
    )
    return rows.first() is not None


async def save_member(session: AsyncSession, member: Member) -> None:
    """Store what Slack says of a user."""
    values = {"name": member.name, "is_bot": member.is_bot, "time_zone": member.time_zone}
    statement = insert_into(session, MemberRow).values(
        team_id=team_of(session), user_id=member.user_id, **values
    )
    await session.exec(statement.on_conflict_do_update(index_elements=["team_id", "user_id"], set_=values))


async def find_member(session: AsyncSession, user_id: str) -> Member | None:
    """Return a user of the session's workspace, if known."""
    row = (await session.exec(select(MemberRow).where(MemberRow.user_id == user_id))).first()
    return _to_member(row) if row else None


async def find_members(session: AsyncSession, user_ids: Iterable[str]) -> list[Member]:
    """Return those of these users that are known."""
    rows = await session.exec(select(MemberRow).where(col(MemberRow.user_id).in_(list(user_ids))))
    return [_to_member(row) for row in rows]


async def load_member_names(session: AsyncSession, user_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of those users that are known, by user id."""
    statement = select(MemberRow.user_id, MemberRow.name).where(col(MemberRow.user_id).in_(list(user_ids)))
    return dict((await session.exec(statement)).all())


def _to_member(row: MemberRow) -> Member:
    return Member(row.user_id, row.name, row.is_bot, row.time_zone)
