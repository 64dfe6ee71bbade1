"""Run a real PgBouncer in front of the tests' PostgreSQL."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.ports import find_free_port

CONFIGURATION = """\
[databases]
* = host={host} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
log_connections = 0
log_disconnections = 0
log_stats = 0
{extra}
"""


def require_pgbouncer() -> str:
    """Return the program; skip the test where it is missing, unless CI asks for it."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("PgBouncer is missing: .ci/run installs Debian's package pgbouncer")
        pytest.skip("needs PgBouncer: apt-get install pgbouncer")
    return program


@contextmanager
def run_pgbouncer(database_url: str, folder: Path, extra: str = "") -> Iterator[str]:
    """Run PgBouncer in transaction mode; yield the URL of the same database through it."""
    program = require_pgbouncer()
    address = urlsplit(database_url)
    host = parse_qs(address.query)["host"][0]
    port = find_free_port()
    # PgBouncer refuses to run as root, so it runs as the user of the database's own process.
    owner = (Path(host) / "postmaster.pid").stat()
    folder.mkdir()
    os.chown(folder, owner.st_uid, owner.st_gid)
    file = folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(host=host, port=port, folder=folder, extra=extra))
    user = owner.st_uid if os.getuid() == 0 else None
    with subprocess.Popen([program, str(file)], user=user, stderr=subprocess.PIPE) as process:
        try:
            _wait_until_listening(process)
            yield f"postgresql://postgres@127.0.0.1:{port}{address.path}"
        finally:
            process.terminate()


def _wait_until_listening(process: "subprocess.Popen[bytes]") -> None:
    """Read what PgBouncer says until it is up; what it says later fits into the pipe."""
    assert process.stderr is not None
    if not any(b"process up" in line for line in process.stderr):
        pytest.fail("PgBouncer did not start")
