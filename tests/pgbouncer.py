"""Run a real PgBouncer in front of the tests' PostgreSQL."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

START_TIMEOUT_SECONDS = 20
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
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    # PgBouncer refuses to run as root, so it runs as the user of the database's own process.
    owner = (Path(host) / "postmaster.pid").stat()
    folder.mkdir()
    os.chown(folder, owner.st_uid, owner.st_gid)
    file = folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(host=host, port=port, folder=folder, extra=extra))
    user = owner.st_uid if os.getuid() == 0 else None
    process = subprocess.Popen([program, "-q", str(file)], user=user)
    try:
        _wait_until_listening(port, process)
        yield f"postgresql://postgres@127.0.0.1:{port}{address.path}"
    finally:
        process.terminate()
        process.wait()


def _wait_until_listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)  # another process starts: nothing here can be awaited
    pytest.fail("PgBouncer did not start")
