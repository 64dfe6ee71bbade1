"""Tables and SQL of installations and of those that are under way.

On slack_sdk's stores, which open their transactions themselves, and beyond them: tokens are encrypted, what
a new installation replaces is gone, a workspace is found by its own id, a state is used once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import ColumnElement, DateTime
from sqlmodel import Field, col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database
from bot.db.tables import Row, table_of
from bot.features.workspaces.oauth.encryption import Vault, key_of
from bot.store.workspaces import WorkspaceRow

STATE_SECONDS = 600  # from "Add to Slack" to coming back
RENEWING = timedelta(seconds=60)  # who began to renew a token is given so long
SEALED = ("bot_token", "bot_refresh_token")


class InstallationRow(Row, table=True):
    """slack_sdk's table of bots. Of a whole organisation where it has no workspace."""

    __tablename__ = "installation"

    id: int | None = Field(default=None, primary_key=True)
    client_id: str
    app_id: str | None = None
    enterprise_id: str | None = Field(default=None, index=True)
    enterprise_name: str | None = None
    team_id: str | None = Field(default=None, index=True)
    team_name: str | None = None
    bot_token: str  # encrypted
    bot_id: str | None = None
    bot_user_id: str | None = None
    bot_scopes: str | None = None
    bot_refresh_token: str | None = None  # encrypted
    bot_token_expires_at: datetime | None = Field(default=None, sa_type=DateTime)  # UTC, as slack_sdk has it
    is_enterprise_install: bool
    installed_at: datetime = Field(sa_type=DateTime)  # UTC, as slack_sdk has it
    renewing_until: datetime | None = None  # somebody renews the token until then


class OAuthStateRow(Row, table=True):
    """slack_sdk's table of installations that are under way."""

    __tablename__ = "oauth_state"

    id: int | None = Field(default=None, primary_key=True)
    state: str = Field(index=True)
    expire_at: datetime = Field(sa_type=DateTime)  # UTC, as slack_sdk has it


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation with its token, which stays out of its repr."""

    id: int
    app: str
    enterprise: str | None
    team: str | None  # None where it is the whole organisation's
    bot: str
    bot_user: str
    token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime | None  # None for a token that does not


class Installations(AsyncSQLAlchemyInstallationStore):
    """The installations of this app, of which Bolt saves those that come."""

    def __init__(self, db: Database, client_id: str, vault: Vault, now: Callable[[], datetime]) -> None:
        super().__init__(client_id=client_id, engine=db.engine)
        self.bots = table_of(InstallationRow)
        self._db, self._vault, self._now = db, vault, now

    async def async_save(self, installation: Installation) -> None:
        """Save the bot's part, in place of what was. Nothing is kept of who installed: nobody needs it."""
        bot = installation.to_bot()
        lives = None
        if bot.bot_token_expires_at is not None:
            lives = timedelta(seconds=bot.bot_token_expires_at - int(installation.installed_at))
        bot.installed_at = self._now().timestamp()
        bot.bot_token_expires_at = int((self._now() + lives).timestamp()) if lives is not None else None
        await self.async_save_bot(bot)

    async def async_save_bot(self, bot: Bot) -> None:
        place = _place(self.client_id, bot.enterprise_id, bot.team_id)
        for column in SEALED:
            if secret := getattr(bot, column):
                setattr(bot, column, self._vault.seal(secret, f"{place}/{column}"))
        await super().async_save_bot(bot)
        async with self._db.transaction(None) as session:
            same = _team_is(bot.team_id) if bot.team_id else _is_of(bot.enterprise_id)
            kept = select(func.max(InstallationRow.id)).where(self._ours(), same).scalar_subquery()
            await session.exec(
                delete(InstallationRow).where(self._ours(), same, col(InstallationRow.id) != kept)
            )

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        found = await self.find(None if is_enterprise_install else team_id, enterprise_id)
        return _bot(found) if found else None

    async def find(self, team: str | None, enterprise: str | None) -> Installed | None:
        """Return the installation of a workspace, or of the organisation that it belongs to."""
        async with self._db.reading(None) as session:
            row = await self._newest(session, _team_is(team)) if team else None
            if row is None:
                known = select(WorkspaceRow.enterprise_id).where(WorkspaceRow.team_id == team)
                # What a request says may be whom its sender works for, who is a guest in this workspace.
                of = (await session.exec(known)).first() or enterprise
                row = await self._newest(session, _is_of(of)) if of else None
        return self._installed(row) if row else None

    async def forget(self, team: str | None, enterprise: str | None, until: datetime) -> bool:
        """Delete what was installed until then; False where it was installed anew after that."""
        same = _team_is(team) if team else _is_of(enterprise)
        async with self._db.transaction(None) as session:
            older = col(InstallationRow.installed_at) <= _naive(until)
            await session.exec(delete(InstallationRow).where(self._ours(), same, older))
            return await self._newest(session, same) is None

    async def teams_of(self, enterprise: str) -> Sequence[str]:
        """Return the workspaces of an organisation that have no installation of their own."""
        own = select(InstallationRow.team_id).where(col(InstallationRow.team_id).is_not(None))
        of_it = col(WorkspaceRow.enterprise_id) == enterprise
        async with self._db.reading(None) as session:
            found = select(WorkspaceRow.team_id).where(of_it, col(WorkspaceRow.team_id).not_in(own))
            return (await session.exec(found)).all()

    async def begin_renewing(self, installed: Installed) -> bool:
        """Begin to renew a token; False where another process does, or did."""
        now = self._now()
        free = or_(col(InstallationRow.renewing_until).is_(None), col(InstallationRow.renewing_until) < now)
        same = col(InstallationRow.bot_token_expires_at) == _naive(installed.expires_at)
        async with self._db.transaction(None) as session:
            taken = await session.exec(
                update(InstallationRow)
                .where(col(InstallationRow.id) == installed.id, free, same)
                .values(renewing_until=now + RENEWING)
            )
        return bool(taken.rowcount)

    async def renewed(
        self, installed: Installed, token: str, refresh_token: str, lives: timedelta
    ) -> Installed:
        """Store a token that was renewed."""
        fresh = replace(installed, token=token, refresh_token=refresh_token, expires_at=self._now() + lives)
        place = _place(self.client_id, installed.enterprise, installed.team)
        values = {
            "bot_token": self._vault.seal(token, f"{place}/bot_token"),
            "bot_refresh_token": self._vault.seal(refresh_token, f"{place}/bot_refresh_token"),
            "bot_token_expires_at": _naive(fresh.expires_at),
            "renewing_until": None,
        }
        async with self._db.transaction(None) as session:
            await session.exec(
                update(InstallationRow).where(col(InstallationRow.id) == installed.id).values(**values)
            )
        return fresh

    async def _newest(self, session: AsyncSession, same: ColumnElement[bool]) -> InstallationRow | None:
        newest = select(InstallationRow).where(self._ours(), same).order_by(col(InstallationRow.id).desc())
        return (await session.exec(newest.limit(1))).first()

    def _ours(self) -> ColumnElement[bool]:
        return col(InstallationRow.client_id) == self.client_id

    def _installed(self, row: InstallationRow) -> Installed:
        place = _place(row.client_id, row.enterprise_id, row.team_id)
        refresh = row.bot_refresh_token
        assert row.id is not None
        return Installed(
            row.id,
            row.app_id or "",
            row.enterprise_id,
            row.team_id,
            row.bot_id or "",
            row.bot_user_id or "",
            self._vault.open(row.bot_token, f"{place}/bot_token"),
            self._vault.open(refresh, f"{place}/bot_refresh_token") if refresh else None,
            row.bot_token_expires_at.replace(tzinfo=UTC) if row.bot_token_expires_at else None,
        )


class States(AsyncSQLAlchemyOAuthStateStore):
    """The installations that are under way."""

    def __init__(self, db: Database) -> None:
        super().__init__(expiration_seconds=STATE_SECONDS, engine=db.engine)
        self.oauth_states = table_of(OAuthStateRow)
        self._db = db

    async def async_consume(self, state: str) -> bool:
        """Use up a state, by one statement, so that it is used once."""
        await self.forget_old()
        async with self._db.transaction(None) as session:
            used = await session.exec(delete(OAuthStateRow).where(col(OAuthStateRow.state) == state))
        return bool(used.rowcount)

    async def forget_old(self) -> None:
        """Delete those that are over."""
        now = _naive(datetime.now(UTC))  # slack_sdk's clock, by which they were issued
        async with self._db.transaction(None) as session:
            await session.exec(delete(OAuthStateRow).where(col(OAuthStateRow.expire_at) <= now))


async def forget(session: AsyncSession, team: str) -> bool:
    """Delete the installation of a workspace; False where there is none of its own."""
    return bool((await session.exec(delete(InstallationRow).where(_team_is(team)))).rowcount)


async def unknown_keys(session: AsyncSession, vault: Vault) -> list[str]:
    """Return the names of keys that tokens are encrypted with and that are not at hand."""
    names = select(func.substr(InstallationRow.bot_token, 1, len(vault.newest) + 1)).distinct()
    return sorted({key_of(name) for name in await session.exec(names) if not vault.knows(name)})


async def number(session: AsyncSession) -> int:
    return (await session.exec(select(func.count()).select_from(InstallationRow))).one()


async def lacking(session: AsyncSession, scopes: frozenset[str]) -> list[str]:
    """Return who has installed the app with fewer scopes than these."""
    rows = await session.exec(
        select(InstallationRow.team_id, InstallationRow.enterprise_id, InstallationRow.bot_scopes)
    )
    return [team or org or "" for team, org, held in rows if scopes - {*(held or "").split(",")}]


async def seal_anew(session: AsyncSession, vault: Vault, after: int, limit: int) -> tuple[int, int]:
    """Encrypt the tokens of the next installations with the newest key.

    Return the id of the last one, 0 where there is none, and how many changed. One that meanwhile got a new
    token is left alone: that was encrypted with the newest key.
    """
    found = select(InstallationRow).where(col(InstallationRow.id) > after).order_by(col(InstallationRow.id))
    rows = (await session.exec(found.limit(limit))).all()
    changed = 0
    for row in rows:
        place = _place(row.client_id, row.enterprise_id, row.team_id)
        values = {
            column: vault.seal(vault.open(sealed, f"{place}/{column}"), f"{place}/{column}")
            for column in SEALED
            if (sealed := getattr(row, column)) and key_of(sealed) != vault.newest
        }
        if values:
            same = (col(InstallationRow.id) == row.id) & (col(InstallationRow.bot_token) == row.bot_token)
            changed += (
                await session.exec(
                    update(InstallationRow)
                    .where(same)
                    .values(**values)
                    .execution_options(synchronize_session=False)
                )
            ).rowcount
    return (rows[-1].id or 0 if rows else 0), changed


def _place(client_id: str, enterprise: str | None, team: str | None) -> str:
    """Return what a secret is bound to."""
    return f"{client_id}/{enterprise or ''}/{team or ''}"


def _team_is(team: str) -> ColumnElement[bool]:
    return col(InstallationRow.team_id) == team


def _is_of(enterprise: str | None) -> ColumnElement[bool]:
    """The whole organisation's."""
    return (col(InstallationRow.enterprise_id) == enterprise) & col(InstallationRow.team_id).is_(None)


def _naive(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC).replace(tzinfo=None) if at else None


def _bot(found: Installed) -> Bot:
    return Bot(
        app_id=found.app,
        enterprise_id=found.enterprise,
        team_id=found.team,
        bot_token=found.token,
        bot_id=found.bot,
        bot_user_id=found.bot_user,
        bot_refresh_token=found.refresh_token,
        bot_token_expires_at=int(found.expires_at.timestamp()) if found.expires_at else None,
        is_enterprise_install=found.team is None,
        installed_at=0.0,
    )
