"""Say in one sentence, without a password, why a database cannot be used: from what its driver reports."""

import re
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeoutError

# What SQLite reports, by the beginning of its error's name (https://www.sqlite.org/rescode.html).
SQLITE_PROBLEMS = {
    "SQLITE_READONLY": "the file {file} or its folder is write-protected: let the bot's user write to both",
    "SQLITE_NOTADB": "the file {file} is no SQLite database: name another file",
    "SQLITE_CORRUPT": "the file {file} is damaged: restore a backup",
    "SQLITE_BUSY": "the file {file} is locked by another program: stop that program",
    "SQLITE_FULL": "the disk of {file} is full: make room on it",
    "SQLITE_IOERR": "the disk of {file} fails: is it a local disk, and is there room on it?",
}
# What PostgreSQL, its client library and poolers write. The library gives no code for a failed connection.
POSTGRESQL_PROBLEMS = {
    r"failed to resolve host|could not translate host name": "the host {host} is not known: correct its name",
    r"Connection refused": "nothing answers at {host}:{port}: start the server, or correct host and port",
    r"No such file or directory": "no server listens at this socket: start the server, or correct the folder",
    r"timeout expired|timed out|No route to host|unreachable": (
        "{host}:{port} does not answer: is the server running, and does a firewall let the bot through?"
    ),
    r"password authentication failed|SASL|SCRAM": "the server refuses the password of {user}: correct it",
    r"no password supplied": "the server asks for a password: write it as user:password@host",
    r"role .* does not exist|no such user": "the server has no user {user}: create it, or correct the name",
    r"database .* does not exist|no such database": (
        "the server has no database {database}: create it, or correct the name"
    ),
    r"no pg_hba.conf entry": "the server does not let {user} in from here: add a line to its pg_hba.conf",
    r"too many clients|remaining connection slots|no more connections": (
        "the server has no connection left: raise its max_connections, or run fewer processes"
    ),
    r"permission denied": "{user} may not create or change tables there: give it the rights",
    r"read-only transaction": "the server can only be read: name the one that can be written to",
    r"starting up|shutting down|recovery": "the server at {host}:{port} is starting or stopping: try again",
}


def explain_database_error(error: Exception, url: URL) -> str:
    """Return a sentence that names DATABASE_URL; "" for an error that does not come from the set-up."""
    if isinstance(error, PoolTimeoutError):
        return "DATABASE_URL: the server does not answer."
    if not isinstance(error, DBAPIError):
        return ""
    is_sqlite = url.get_backend_name() == "sqlite"
    problem = _explain_sqlite_error(error, url) if is_sqlite else _explain_postgresql_error(error, url)
    return f"DATABASE_URL: {problem}." if problem else ""


def _explain_sqlite_error(error: DBAPIError, url: URL) -> str:
    name, file = str(getattr(error.orig, "sqlite_errorname", "")), Path(url.database or "")
    if name.startswith("SQLITE_CANTOPEN"):
        return _explain_unopened_file(file)
    texts = (text for beginning, text in SQLITE_PROBLEMS.items() if name.startswith(beginning))
    return next(texts, "").format(file=file)


def _explain_unopened_file(file: Path) -> str:
    folder = file.absolute().parent
    if file.is_dir():
        return f"{file} is a folder: name a file in it"
    if not folder.is_dir():
        return f"the folder {folder} does not exist: create it, or name another one"
    return f"the file {file} cannot be opened or created: let the bot's user write to it and to its folder"


def _explain_postgresql_error(error: DBAPIError, url: URL) -> str:
    report = str(error.orig)
    names = {
        "host": url.host or "this machine",
        "port": url.port or 5432,
        "user": url.username or "the user",
        "database": url.database or "of the user's name",
    }
    for pattern, text in POSTGRESQL_PROBLEMS.items():
        if re.search(pattern, report):
            return text.format(**names)
    is_connected = getattr(error.orig, "sqlstate", None) is not None
    return "" if is_connected else f"the server cannot be reached: {_first_reason(report)}"


def _first_reason(report: str) -> str:
    """Return the first line of a report without the label before it, such as "connection is bad:"."""
    line = (report.strip().splitlines() or ["no reason given"])[0]
    return re.sub(r"^(connection (is bad|failed)|FATAL|ERROR): *", "", line).rstrip(".").replace("  ", " ")
