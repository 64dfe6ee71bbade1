"""Log lines say what happened where, and never what somebody typed, nor a secret."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from structlog.contextvars import bound_contextvars

from bot.observability import logs
from bot.observability.logs import make_formatter, remove_secrets

TYPED = "our secret plan for Monday"
TOKENS = (
    "xoxb-12-34-abcDEF",
    "xoxe.xoxp-1-Mi0yLT",
    "xapp-1-A1-2-def",
    "https://hooks.slack.com/commands/T1/2/abc",
    "Bearer xoxb-12",
)


def make_record(name: str, message: str, *values: Any, **more: Any) -> logging.LogRecord:
    error = more.pop("error", None)
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, values, info)
    record.__dict__.update(more)
    return record


def raise_quoting_error() -> Exception:
    """Return a database error, whose message quotes what it could not store."""
    try:
        try:
            int(TYPED)
        except ValueError as error:
            raise IntegrityError(f"INSERT '{TYPED}'", {"text": TYPED}, error) from error
    except IntegrityError as error:
        return error
    raise AssertionError


@pytest.fixture(params=["json", "text"])
def log_format(request: pytest.FixtureRequest) -> str:
    param: str = request.param
    return param


@pytest.fixture
def formatter(log_format: str) -> Iterator[logging.Formatter]:
    with bound_contextvars(team_id="T1", channel_id="C1"):
        yield make_formatter(log_format)


def test_an_error_is_logged_with_its_traceback_and_without_its_message(formatter: logging.Formatter) -> None:
    line = formatter.format(
        make_record("bot.kit.router", "a request failed", error=raise_quoting_error(), reference="a1b2c3")
    )
    assert "a1b2c3" in line
    assert "ValueError" in line
    assert "IntegrityError" in line
    assert "tests/observability/test_logs.py" in line
    assert " raise_quoting_error" in line
    assert TYPED not in line


def test_a_line_of_another_library_is_logged_without_its_values(formatter: logging.Formatter) -> None:
    for name, message in (("uvicorn.error", "Started %s"), ("asyncio", f"Task failed\nfuture: <'{TYPED}'>")):
        line = formatter.format(make_record(name, message, *([TYPED] if "%" in message else [])))
        assert TYPED not in line
        assert message.splitlines()[0] in line


@pytest.mark.parametrize("token", TOKENS)
def test_no_secret_is_logged(formatter: logging.Formatter, token: str) -> None:
    line = formatter.format(make_record("bot.jobs", f"called with {token} and went on"))
    assert token not in line
    assert "went on" in line


def test_a_password_in_an_address_is_removed() -> None:
    assert remove_secrets("postgresql://bot:geheim@db.example/bot") == "postgresql://…db.example/bot"


def test_a_line_has_the_ids_and_a_json_line_is_one_object(
    formatter: logging.Formatter, log_format: str
) -> None:
    line = formatter.format(make_record("bot.x", "two\nlines of %s", "it"))
    assert "\n" not in line
    if log_format == "json":
        fields = json.loads(line)
        assert (fields["message"], fields["team_id"], fields["channel_id"], fields["level"]) == (
            "two lines of it",
            "T1",
            "C1",
            "ERROR",
        )
    else:
        assert line.endswith("ERROR bot.x two lines of it team_id=T1 channel_id=C1")


def test_other_libraries_log_nothing_that_was_typed_at_any_level(capsys: pytest.CaptureFixture[str]) -> None:
    root, names = logging.getLogger(), ("", logs.OWN_LOGGER, "uvicorn.error", "apscheduler")
    levels, handlers = {name: logging.getLogger(name).level for name in names}, root.handlers[:]
    try:
        logs.set_up_logging("json", "DEBUG")
        assert logging.getLogger("bot.canvas").isEnabledFor(logging.DEBUG)
        assert not logging.getLogger("aiosqlite").isEnabledFor(logging.INFO)
        line_of_bolt = make_record("app.py:AsyncApp", f"Unhandled request ({TYPED})")
        line_of_bolt.pathname = "/venv/lib/python3.11/site-packages/slack_bolt/app/async_app.py"
        root.handle(line_of_bolt)
        root.handle(make_record("bot.x", "a card was not there"))
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        root.handlers[:] = handlers
    written = capsys.readouterr().err
    assert "a card was not there" in written
    assert TYPED not in written


def test_the_fields_of_a_line_have_one_order_whatever_the_order_in_which_they_were_bound() -> None:
    fields = {"channel_id": "C1", "other": "never", "team_id": "T1", "request": "command add"}
    for names in (list(fields), list(reversed(fields))):
        with bound_contextvars(**{name: fields[name] for name in names}):
            record = make_record("bot.x", "it failed", error=raise_quoting_error(), reference="a1b2c3")
            json_line, text_line = (make_formatter(kind).format(record) for kind in ("json", "text"))
        assert list(json.loads(json_line)) == [
            "time",
            "level",
            "logger",
            "message",
            "request",
            "team_id",
            "channel_id",
            "reference",
            "error",
        ]
        time, _, rest = text_line.splitlines()[0].partition(" ")
        assert time == json.loads(json_line)["time"]
        assert rest == ("ERROR bot.x it failed request=command add team_id=T1 channel_id=C1 reference=a1b2c3")


def test_a_line_without_context_has_none() -> None:
    line = make_formatter("text").format(make_record("bot.x", "started"))
    assert line.partition(" ")[2] == "ERROR bot.x started"
