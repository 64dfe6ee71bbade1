"""Tables and SQL of workspaces, members and receipts."""

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
    url: str = ""  # https://acme.slack.com/, for links to messages
    bot_user_id: str = ""
    created_at: datetime
    uninstalled_at: datetime | None = None  # when it removed the app
    no_new_blocks_until: datetime | None = None  # until when it is spared the newest blocks, which it refused


class MemberRow(TenantRow, table=True):
    """What Slack says of a user; also of those who are no members: bots and guests from elsewhere."""

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
    url: str
    bot_user_id: str


@dataclass(frozen=True, slots=True)
class Member:
    user_id: str
    name: str
    is_bot: bool
    time_zone: str


async def save_workspace(session: AsyncSession, workspace: Workspace, now: datetime) -> None:
    """Store a workspace, or what is new about it; an address that is not known now stays what it was."""
    values = {
        "enterprise_id": workspace.enterprise_id,
        "url": workspace.url,
        "bot_user_id": workspace.bot_user_id,
    }
    statement = insert_into(session, WorkspaceRow).values(team_id=workspace.team_id, created_at=now, **values)
    new = values if workspace.url else {key: value for key, value in values.items() if key != "url"}
    await session.exec(statement.on_conflict_do_update(index_elements=["team_id"], set_=new))


def select_uninstalled_teams() -> SelectOfScalar[str]:
    """Select the workspaces that removed the app: nothing begins by itself for them."""
    return select(WorkspaceRow.team_id).where(col(WorkspaceRow.uninstalled_at).is_not(None))


async def mark_reinstalled(session: AsyncSession, team: str) -> bool:
    """Note that a workspace has the app again; False where it had it all the time."""
    was_gone = (col(WorkspaceRow.team_id) == team) & col(WorkspaceRow.uninstalled_at).is_not(None)
    return bool((await session.exec(update(WorkspaceRow).where(was_gone).values(gone_at=None))).rowcount)


async def find_workspace(session: AsyncSession, team: str) -> Workspace | None:
    row = (await session.exec(select(WorkspaceRow).where(WorkspaceRow.team_id == team))).first()
    return Workspace(row.team_id, row.enterprise_id, row.url, row.bot_user_id) if row else None


async def lock_workspace(session: AsyncSession) -> None:
    """Let other processes wait that do by turns what is done for a workspace, until this transaction ends."""
    mine = select(WorkspaceRow.team_id).where(WorkspaceRow.team_id == team_of(session))
    await session.exec(mine.with_for_update(key_share=True))


async def mark_new_blocks_unsupported(session: AsyncSession, team: str, until: datetime) -> None:
    """Spare a workspace the newest blocks until then."""
    await session.exec(
        update(WorkspaceRow).where(col(WorkspaceRow.team_id) == team).values(no_new_blocks_until=until)
    )


async def lacks_new_blocks(session: AsyncSession, team: str, now: datetime) -> bool:
    found = await session.exec(
        select(WorkspaceRow.team_id).where(
            WorkspaceRow.team_id == team, col(WorkspaceRow.no_new_blocks_until) > now
        )
    )
    return found.first() is not None


async def save_member(session: AsyncSession, member: Member) -> None:
    values = {"name": member.name, "is_bot": member.is_bot, "time_zone": member.time_zone}
    statement = insert_into(session, MemberRow).values(
        team_id=team_of(session), user_id=member.user_id, **values
    )
    await session.exec(statement.on_conflict_do_update(index_elements=["team_id", "user_id"], set_=values))


async def find_member(session: AsyncSession, user: str) -> Member | None:
    row = (await session.exec(select(MemberRow).where(MemberRow.user_id == user))).first()
    return Member(row.user_id, row.name, row.is_bot, row.time_zone) if row else None


async def find_members(session: AsyncSession, users: Iterable[str]) -> list[Member]:
    """Return those of these users that are known."""
    rows = await session.exec(select(MemberRow).where(col(MemberRow.user_id).in_(list(users))))
    return [Member(row.user_id, row.name, row.is_bot, row.time_zone) for row in rows]


async def load_member_names(session: AsyncSession, users: Iterable[str]) -> dict[str, str]:
    """Return the names of those users that are known."""
    known = select(MemberRow.user_id, MemberRow.name).where(col(MemberRow.user_id).in_(list(users)))
    return dict((await session.exec(known)).all())
