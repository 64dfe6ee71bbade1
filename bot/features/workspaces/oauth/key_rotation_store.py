"""SQL that replaces the encryption keys of stored tokens."""

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.workspaces.oauth.encryption import TokenEncryption, read_key_name
from bot.features.workspaces.oauth.store import InstallationRow, get_row_binding

ENCRYPTED_COLUMNS = ("bot_token", "bot_refresh_token")


async def find_unknown_keys(session: AsyncSession, encryption: TokenEncryption) -> list[str]:
    """Return the names of keys that stored tokens are encrypted with and that are not configured."""
    # An encrypted token begins with the name of its key and a dot.
    prefix = func.substr(InstallationRow.bot_token, 1, len(encryption.newest_key_name) + 1)
    names = await session.exec(select(prefix).distinct())
    return sorted({read_key_name(name) for name in names if not encryption.has_key_of(name)})


async def reencrypt_tokens(
    session: AsyncSession, encryption: TokenEncryption, after_id: int, limit: int
) -> tuple[int, int]:
    """Encrypt the tokens of the next `limit` installations after this id with the newest key.

    Return the id of the last of these installations, or 0 if there are no more, and how many tokens changed.
    Raise DecryptionError if a token cannot be decrypted.
    """
    is_next = col(InstallationRow.id) > after_id
    rows = (
        await session.exec(
            select(InstallationRow).where(is_next).order_by(col(InstallationRow.id)).limit(limit)
        )
    ).all()
    changed = 0
    for row in rows:
        if values := _reencrypt_row(row, encryption):
            # A token that another process has renewed in the meantime stays: it has the newest key already.
            is_same = (col(InstallationRow.id) == row.id) & (col(InstallationRow.bot_token) == row.bot_token)
            statement = update(InstallationRow).where(is_same).values(**values)
            result = await session.exec(statement.execution_options(synchronize_session=False))
            changed += result.rowcount
    return (rows[-1].id or 0 if rows else 0), changed


def _reencrypt_row(row: InstallationRow, encryption: TokenEncryption) -> dict[str, str]:
    """Return new values for the columns that are encrypted with an older key, by column."""
    values = {}
    for column in ENCRYPTED_COLUMNS:
        encrypted, context = getattr(row, column), f"{get_row_binding(row)}/{column}"
        if encrypted and read_key_name(encrypted) != encryption.newest_key_name:
            values[column] = encryption.encrypt(encryption.decrypt(encrypted, context), context)
    return values
