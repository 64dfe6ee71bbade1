"""Log lines without secrets and without what people typed.

Of an exception a line contains the type and the traceback, not the message, which may quote what somebody
typed. Of another library's log call it contains the first line of the template without its values, unless the

All lines, ours and other libraries', go through one structlog `ProcessorFormatter`.
"""

import errno
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import DBAPIError
from structlog.typing import EventDict, Processor, WrappedLogger

OWN_LOGGER = "bot"
SECRET_PATTERN = re.compile(
    r"xox[a-z]?[.-][\w.-]+|xapp-[\w-]+|https?://hooks\.slack[\w./-]*|v0=[0-9a-f]{64}"
    r"|(?i:bearer|basic) [\w.+/=-]+"
    r"|(?<=//)[^/\s@]+@"  # user name and password in an address
)
# Bolt and the SDK quote whole requests and answers, so their lines are dropped. Bolt creates loggers by
# names of its own and sets their levels, so its lines are recognized by their source file. The bot itself
# logs failed requests and calls.
SLACK_LIBRARY_PATH = re.compile(r"[/\\]slack_(?:bolt|sdk)[/\\]")
PATH_PREFIX = re.compile(r".*/(?=(?:site-packages|bot|tests)/)|.*/site-packages/")
RATE_LIMITED_STATUS = 429
CONTEXT_FIELDS = ("request", "team_id", "channel_id")


def set_up_logging(log_format: str, level: str) -> None:
    """Log to standard error, as "text" or as "json".

    `level` applies to the bot's own lines; other libraries' lines are logged from WARNING on.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(make_formatter(log_format))
    handler.addFilter(is_loggable)
    level_number = logging.getLevelName(level)
    logging.basicConfig(level=max(logging.WARNING, level_number), handlers=[handler], force=True)
    logging.getLogger(OWN_LOGGER).setLevel(level)
    # APScheduler warns when a tick takes longer than a second and it skips the next. That is no problem.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def make_formatter(log_format: str) -> logging.Formatter:
    """Return the formatter of all lines: one JSON object per line for "json", otherwise text."""
    render: Processor = structlog.processors.JSONRenderer() if log_format == "json" else render_text
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[describe_record],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        pass_foreign_args=True,
        use_get_message=False,  # the values of another library's line are not filled in
    )


def is_loggable(record: logging.LogRecord) -> bool:
    """Say whether a record may be logged: it may quote a request if it comes from Bolt or the SDK."""
    return not SLACK_LIBRARY_PATH.search(record.pathname)


def describe_record(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Return a record's fields as a structlog event: time, level, logger, message, context and traceback."""
    record: logging.LogRecord = event["_record"]
    # structlog has taken the arguments out of its copy of the record.
    message = _compose_message(record.name, str(record.msg), event["positional_args"])
    line: EventDict = {
        "_record": record,
        "_from_structlog": False,
        "time": datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": message,
        **read_context(record),
    }
    if record.exc_info and record.exc_info[1] is not None:
        line["error"] = [*traceback_lines(record.exc_info[1])]
    return line


def render_text(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """Return an event as a line of text, followed by the lines of its traceback."""
    traceback_of_error = event.pop("error", ())
    summary = " ".join(str(event.pop(key)) for key in ("time", "level", "logger", "message"))
    context = "".join(f" {key}={value}" for key, value in event.items())
    return "\n  ".join([f"{summary}{context}", *traceback_of_error])


def build_message(record: logging.LogRecord) -> str:
    """Return a record's message: one line, without secrets and without other libraries' values."""
    return _compose_message(record.name, str(record.msg), record.args)


def _compose_message(logger_name: str, template: str, values: Any) -> str:
    if logger_name.partition(".")[0] == OWN_LOGGER:
        message = template % values if values else template
    else:
        message = next(iter(template.splitlines()), "")
    return remove_secrets(" ".join(message.split()))


def remove_secrets(text: str) -> str:
    """Replace tokens, signatures, webhook addresses and passwords by an ellipsis."""
    return SECRET_PATTERN.sub("…", text)


def read_context(record: logging.LogRecord) -> dict[str, str]:
    """Return the context of a line: request or job, team and channel id, and the reference of an error.

    The user reads the same reference in the error message, so that an operator can find the line.
    """
    bound = structlog.contextvars.get_contextvars()
    # A context has no order of its own: it follows the hashes of its variables.
    context = {field: str(bound[field]) for field in CONTEXT_FIELDS if field in bound}
    if reference := getattr(record, "reference", None):
        context["reference"] = str(reference)
    return context


def traceback_lines(error: BaseException) -> Iterator[str]:
    """Yield the traceback of an error without messages; the errors that caused it come first."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from traceback_lines(cause)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{PATH_PREFIX.sub('', frame.filename)}:{frame.lineno} {frame.name}"
    yield f"{type(error).__module__}.{type(error).__qualname__} {error_code(error)}".rstrip()


def error_code(error: BaseException) -> str:
    """Return the error's code from Slack, the database or the operating system; "" if it has none."""
    match error:
        case SlackApiError():
            status, data = error.response.status_code, error.response.data
            name = data.get("error") if isinstance(data, dict) else None
            return "ratelimited" if status == RATE_LIMITED_STATUS else str(name or status)
        case DBAPIError():
            cause: Any = error.orig
            return str(getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or "")
        case OSError():
            return errno.errorcode.get(error.errno or 0, "")
        case _:
            return ""
