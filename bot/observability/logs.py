"""Log lines that say what happened where, and never what somebody typed, nor a secret.

Of an exception its type and its way through the code are told, not its message: messages quote. What other
libraries say is told as the first line of their template, without what they would put into it.
"""

import errno
import json
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import DBAPIError

OURS = "bot"
ABOUT = ("team", "channel", "request")  # what a line tells of the request or errand that it came of
SECRET = re.compile(
    r"xox[a-z]?[.-][\w.-]+|xapp-[\w-]+|https?://hooks\.slack[\w./-]*|v0=[0-9a-f]{64}"
    r"|(?i:bearer|basic) [\w.+/=-]+"
    r"|(?<=//)[^/\s@]+@"  # who logs in where
)
# They quote whole requests and answers, and Bolt names its loggers and sets their levels as it likes. What
# matters of it is told by the bot itself.
TALKATIVE = re.compile(r"[/\\]slack_(?:bolt|sdk)[/\\]")
TOO_MANY = 429
PATH = re.compile(r".*/(?=(?:site-packages|bot|tests)/)|.*/site-packages/")

about: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))


def set_up_logging(form: str, level: str) -> None:
    """Log as text or as JSON lines to standard error, what the bot says at this level."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if form == "json" else Text())
    handler.addFilter(is_loggable)
    logging.basicConfig(
        level=max(logging.WARNING, logging.getLevelName(level)), handlers=[handler], force=True
    )
    logging.getLogger(OURS).setLevel(level)
    logging.getLogger("uvicorn.error").setLevel(max(logging.INFO, logging.getLevelName(level)))
    # It says of a tick that takes longer than a second that the next is left out.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def is_loggable(record: logging.LogRecord) -> bool:
    return not TALKATIVE.search(record.pathname)


class Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": build_message(record),
            **read_context(record),
        }
        if (error := error_of(record)) is not None:
            line["error"] = [*traceback_lines(error)]
        return json.dumps(line)


class Text(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        known = "".join(f" {name}={value}" for name, value in read_context(record).items())
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {build_message(record)}{known}"
        error = error_of(record)
        return "\n  ".join([line, *traceback_lines(error)]) if error is not None else line


def build_message(record: logging.LogRecord) -> str:
    """Return a line's own words: one line, without secrets."""
    if record.name.partition(".")[0] == OURS:
        words = record.getMessage()
    else:
        words = next(iter(str(record.msg).splitlines()), "")
    return remove_secrets(" ".join(words.split()))


def remove_secrets(words: str) -> str:
    return SECRET.sub("…", words)


def read_context(record: logging.LogRecord) -> dict[str, str]:
    """Return what a line came of, and the reference that the person has read."""
    known = dict(about.get())
    if reference := getattr(record, "reference", None):
        known["reference"] = str(reference)
    return known


def error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def traceback_lines(error: BaseException) -> Iterator[str]:
    """Tell of an error, and of those that led to it, without what they say."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from traceback_lines(before)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{PATH.sub('', frame.filename)}:{frame.lineno} {frame.name}"
    yield f"{type(error).__module__}.{type(error).__qualname__} {error_code(error)}".rstrip()


def error_code(error: BaseException) -> str:
    """Return the name that the other side has for what went wrong; "" where it has none."""
    match error:
        case SlackApiError():
            status, data = error.response.status_code, error.response.data
            name = data.get("error") if isinstance(data, dict) else None
            return "ratelimited" if status == TOO_MANY else str(name or status)
        case DBAPIError():
            cause: Any = error.orig
            return str(getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or "")
        case OSError():
            return errno.errorcode.get(error.errno or 0, "")
        case _:
            return ""
