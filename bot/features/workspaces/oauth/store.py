"""The table and SQL of installations.

InstallationStore implements slack_sdk's documented AsyncInstallationStore. The stores that slack_sdk contains
are not used, because they open transactions of their own, store tokens as plain text, and add a row for each
installation.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from sqlalchemy import ColumnElement, Index, text
from sqlmodel import Field, col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database
from bot.db.tables import Row, insert_into
from bot.features.workspaces.oauth.encryption import TokenEncryption
from bot.slack.scopes import parse_scopes
from bot.store.workspaces import WorkspaceRow

RENEWAL_LEASE = timedelta(seconds=60)  # after which another process may try to renew the token
_HAS_TEAM, _HAS_NO_TEAM = text("team_id IS NOT NULL"), text("team_id IS NULL")


class InstallationRow(Row, table=True):
    """The app in a workspace, or in a whole organisation; then `team_id` is None."""

    __tablename__ = "installation"
    # Two partial indexes, because a unique index treats every NULL as a different value.
    __table_args__ = (
        Index(
            "ix_installation_team",
            "client_id",
            "team_id",
            unique=True,
            sqlite_where=_HAS_TEAM,
            postgresql_where=_HAS_TEAM,
        ),
        Index(
            "ix_installation_enterprise",
            "client_id",
            "enterprise_id",
            unique=True,
            sqlite_where=_HAS_NO_TEAM,
            postgresql_where=_HAS_NO_TEAM,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    client_id: str
    app_id: str | None = None
    enterprise_id: str | None = None
    team_id: str | None = Field(default=None, index=True)
    bot_token: str  # encrypted
    bot_id: str | None = None
    bot_user_id: str | None = None
    bot_scopes: str | None = None  # separated by commas
    bot_refresh_token: str | None = None  # encrypted
    bot_token_expires_at: datetime | None = None  # None for a token that does not expire
    installed_at: datetime
    renewing_until: datetime | None = None  # the lease of the process that renews the token


@dataclass(frozen=True, slots=True)
class InstalledApp:
    """An installation with its token, which stays out of its repr."""

    id: int
    app_id: str
    enterprise_id: str | None
    team_id: str | None  # None for an installation of the whole organisation
    bot_id: str
    bot_user_id: str
    token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime | None  # None for a token that does not expire


class InstallationStore(AsyncInstallationStore):
    """The installations of this app. Bolt's OAuth flow saves them here."""

    def __init__(
        self,
        db: Database,
        client_id: str,
        encryption: TokenEncryption,
        clock: Callable[[], datetime],
    ) -> None:
        self._db, self._client_id, self._encryption, self._clock = db, client_id, encryption, clock

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    async def async_save(self, installation: Installation) -> None:
        """Save an installation in place of an earlier one. Nothing is stored about the user who installs."""
        bot, now = installation.to_bot(), self._clock()
        expires_at = None
        # slack_sdk computes the expiry with the machine's clock. The bot's clock may be corrected by the
        # database server's, so only the lifetime is taken.
        if bot.bot_token_expires_at is not None:
            expires_at = now + timedelta(seconds=bot.bot_token_expires_at - int(installation.installed_at))
        binding = _token_binding(self._client_id, bot.enterprise_id, bot.team_id)
        values: dict[str, Any] = {
            "app_id": bot.app_id,
            "enterprise_id": bot.enterprise_id,
            "team_id": bot.team_id,
            "bot_id": bot.bot_id,
            "bot_user_id": bot.bot_user_id,
            "bot_scopes": ",".join(bot.bot_scopes or []),
            "bot_token": self._encryption.encrypt(bot.bot_token, f"{binding}/bot_token"),
            "bot_refresh_token": self._encrypt_refresh_token(bot.bot_refresh_token, binding),
            "bot_token_expires_at": expires_at,
            "installed_at": now,
            "renewing_until": None,
        }
        key, condition = ("team_id", _HAS_TEAM) if bot.team_id else ("enterprise_id", _HAS_NO_TEAM)
        async with self._db.transaction(None) as session:
            statement = insert_into(session, InstallationRow).values(client_id=self._client_id, **values)
            await session.exec(
                statement.on_conflict_do_update(
                    index_elements=["client_id", key], index_where=condition, set_=values
                )
            )

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """Return an installation as slack_sdk's Bot."""
        found = await self.find_installation(None if is_enterprise_install else team_id, enterprise_id)
        return _to_slack_sdk_bot(found) if found else None

    async def find_installation(self, team_id: str | None, enterprise_id: str | None) -> InstalledApp | None:
        """Return the installation of a workspace, or else of its organisation; None if there is none.

        Without a `team_id`, return the installation of the organisation `enterprise_id`. Raise
        DecryptionError if its token cannot be decrypted.
        """
        async with self._db.reading(None) as session:
            row = await self._find_row(session, _is_team(team_id)) if team_id else None
            if row is None:
                # A guest's request may name the guest's organisation, so the workspace's stored one counts.
                stored = select(WorkspaceRow.enterprise_id).where(WorkspaceRow.team_id == team_id)
                owner_id = (await session.exec(stored)).first() or enterprise_id
                row = await self._find_row(session, _is_enterprise(owner_id)) if owner_id else None
        return self._decrypt_row(row) if row else None

    async def delete_installation(
        self, team_id: str | None, enterprise_id: str | None, until: datetime
    ) -> bool:
        """Delete an installation made until this time; return False if the app was installed again later."""
        is_same = _is_team(team_id) if team_id else _is_enterprise(enterprise_id)
        async with self._db.transaction(None) as session:
            is_older = col(InstallationRow.installed_at) <= until
            await session.exec(delete(InstallationRow).where(self._is_own(), is_same, is_older))
            return await self._find_row(session, is_same) is None

    async def list_teams_of_enterprise(self, enterprise_id: str) -> Sequence[str]:
        """Return the workspaces of an organisation that have no installation of their own."""
        with_own = select(InstallationRow.team_id).where(col(InstallationRow.team_id).is_not(None))
        belongs = col(WorkspaceRow.enterprise_id) == enterprise_id
        async with self._db.reading(None) as session:
            teams = select(WorkspaceRow.team_id).where(belongs, col(WorkspaceRow.team_id).not_in(with_own))
            return (await session.exec(teams)).all()

    async def start_renewal(self, installed: InstalledApp) -> bool:
        """Take the lease to renew a token; False if another process has it or has renewed the token."""
        now = self._clock()
        is_free = or_(
            col(InstallationRow.renewing_until).is_(None), col(InstallationRow.renewing_until) < now
        )
        async with self._db.transaction(None) as session:
            taken = await session.exec(
                update(InstallationRow)
                .where(_is_unchanged(installed), is_free)
                .values(renewing_until=now + RENEWAL_LEASE)
            )
        return bool(taken.rowcount)

    async def save_renewed_token(
        self, installed: InstalledApp, token: str, refresh_token: str, lifetime: timedelta
    ) -> InstalledApp:
        """Store a renewed token, unless the app was installed again in the meantime."""
        renewed = replace(
            installed, token=token, refresh_token=refresh_token, expires_at=self._clock() + lifetime
        )
        binding = _token_binding(self._client_id, installed.enterprise_id, installed.team_id)
        values = {
            "bot_token": self._encryption.encrypt(token, f"{binding}/bot_token"),
            "bot_refresh_token": self._encrypt_refresh_token(refresh_token, binding),
            "bot_token_expires_at": renewed.expires_at,
            "renewing_until": None,
        }
        async with self._db.transaction(None) as session:
            await session.exec(update(InstallationRow).where(_is_unchanged(installed)).values(**values))
        return renewed

    async def _find_row(
        self, session: AsyncSession, condition: ColumnElement[bool]
    ) -> InstallationRow | None:
        return (await session.exec(select(InstallationRow).where(self._is_own(), condition))).first()

    def _is_own(self) -> ColumnElement[bool]:
        return col(InstallationRow.client_id) == self._client_id

    def _encrypt_refresh_token(self, refresh_token: str | None, binding: str) -> str | None:
        if not refresh_token:
            return None
        return self._encryption.encrypt(refresh_token, f"{binding}/bot_refresh_token")

    def _decrypt_row(self, row: InstallationRow) -> InstalledApp:
        binding, decrypt = get_row_binding(row), self._encryption.decrypt
        refresh_token = row.bot_refresh_token
        assert row.id is not None
        return InstalledApp(
            row.id,
            row.app_id or "",
            row.enterprise_id,
            row.team_id,
            row.bot_id or "",
            row.bot_user_id or "",
            decrypt(row.bot_token, f"{binding}/bot_token"),
            decrypt(refresh_token, f"{binding}/bot_refresh_token") if refresh_token else None,
            row.bot_token_expires_at,
        )


async def delete_installation(session: AsyncSession, team_id: str) -> bool:
    """Delete the installation of a workspace; return False if it has none of its own."""
    return bool((await session.exec(delete(InstallationRow).where(_is_team(team_id)))).rowcount)


async def count_installations(session: AsyncSession) -> int:
    """Count the installations, of workspaces and of organisations."""
    return (await session.exec(select(func.count()).select_from(InstallationRow))).one()


async def load_granted_scopes(session: AsyncSession) -> dict[str, frozenset[str]]:
    """Return the scopes that workspaces and organisations granted, by their ids."""
    rows = await session.exec(
        select(InstallationRow.team_id, InstallationRow.enterprise_id, InstallationRow.bot_scopes)
    )
    return {
        team_id or enterprise_id or "": parse_scopes(granted or "")
        for team_id, enterprise_id, granted in rows
    }


def get_row_binding(row: InstallationRow) -> str:
    """Return the first part of a row's encryption context; the name of the column follows it."""
    return _token_binding(row.client_id, row.enterprise_id, row.team_id)


def _token_binding(client_id: str, enterprise_id: str | None, team_id: str | None) -> str:
    """Return the part of the encryption context that ties a token to its row."""
    return f"{client_id}/{enterprise_id or ''}/{team_id or ''}"


def _is_team(team_id: str) -> ColumnElement[bool]:
    return col(InstallationRow.team_id) == team_id


def _is_enterprise(enterprise_id: str | None) -> ColumnElement[bool]:
    is_org_wide = col(InstallationRow.team_id).is_(None)
    return (col(InstallationRow.enterprise_id) == enterprise_id) & is_org_wide


def _is_unchanged(installed: InstalledApp) -> ColumnElement[bool]:
    """Return the SQL condition that finds the row only if its token is still the one that was read."""
    # Not compared by the encrypted token, which differs at each encryption; a renewal changes the expiry.
    is_same_token = col(InstallationRow.bot_token_expires_at) == installed.expires_at
    return (col(InstallationRow.id) == installed.id) & is_same_token


def _to_slack_sdk_bot(installed: InstalledApp) -> Bot:
    return Bot(
        app_id=installed.app_id,
        enterprise_id=installed.enterprise_id,
        team_id=installed.team_id,
        bot_token=installed.token,
        bot_id=installed.bot_id,
        bot_user_id=installed.bot_user_id,
        bot_refresh_token=installed.refresh_token,
        bot_token_expires_at=int(installed.expires_at.timestamp()) if installed.expires_at else None,
        is_enterprise_install=installed.team_id is None,
        installed_at=0.0,
    )
