"""The address of the database: read DATABASE_URL, and refuse what cannot work before anything connects. Pure.

No message quotes what stands where a password may stand: a special character that is not written as %XX moves
parts of the password into the host or the port.
"""

import os

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

EXAMPLES = "sqlite:///valuemap.db or postgresql://user:password@host:5432/name"
MAX_PORT = 65_535
PORTS = range(1, MAX_PORT + 1)


def parse_database_url(url: str) -> URL:
    """Return the URL with a driver named, because SQLAlchemy's default drivers are not the asynchronous ones.

    `postgres://`, which some hosts still hand out, is read as `postgresql://`. Raises ValueError with a
    sentence that says what is wrong.
    """
    scheme, separator, rest = url.partition("://")
    backend = scheme.partition("+")[0]
    if not separator or backend not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError(f"DATABASE_URL must begin with sqlite:/// or postgresql://, as in {EXAMPLES}.")
    if backend == "sqlite":
        return _parse_sqlite_url(rest)
    return _parse_postgresql_url(f"postgresql://{rest}")


def _parse_sqlite_url(rest: str) -> URL:
    if not rest.startswith("/"):
        raise ValueError("DATABASE_URL for SQLite has three slashes before the file: sqlite:///valuemap.db.")
    file, question_mark, _ = rest[1:].partition("?")
    if question_mark:
        raise ValueError("DATABASE_URL for SQLite takes no parameters: remove the '?' and what follows.")
    if not file or file.startswith((":memory:", "file:")):
        raise ValueError(
            "DATABASE_URL for SQLite must name a file that stays when the bot stops: sqlite:///valuemap.db."
        )
    return URL.create("sqlite+aiosqlite", database=file)


def _parse_postgresql_url(url: str) -> URL:
    try:
        parsed = make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or not (parsed.port is None or parsed.port in PORTS) or "@" in (parsed.host or ""):
        raise ValueError(
            "DATABASE_URL has a host or port that cannot be read: the port must be a number from 1 to "
            f"{MAX_PORT}, and special characters in the password are written as %XX (@ as %40, / as %2F)."
        )
    _require_known_parameters(parsed)
    return parsed


def _require_known_parameters(url: URL) -> None:
    """Raise ValueError for a parameter that PostgreSQL's client library does not know."""
    if not url.query:
        return
    from psycopg import ProgrammingError  # noqa: PLC0415 - SQLite needs none of it
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    for name, value in url.query.items():
        try:
            make_conninfo("", **{name: "" if isinstance(value, tuple) else value})
        except ProgrammingError:
            raise ValueError(
                f"DATABASE_URL has the parameter '{name}', which PostgreSQL does not know: correct it."
            ) from None


def describe_database(url: URL) -> str:
    """Say which database this is, without user name and password."""
    if url.get_backend_name() == "sqlite":
        return f"SQLite, {os.path.abspath(url.database or '')}"  # noqa: PTH100 - the file need not exist
    hosts = url.host or ", ".join(_values_of(url, "host")) or "this machine"
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL, {url.database or 'default database'} at {hosts}{port}"


def _values_of(url: URL, name: str) -> tuple[str, ...]:
    value = url.query.get(name, ())
    return (value,) if isinstance(value, str) else tuple(value)
