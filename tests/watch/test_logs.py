"""Log lines say what happened where, and never what somebody typed, nor a secret."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from bot.observability import logs
from bot.observability.logs import Json, Text, about, remove_secrets

TYPED = "our secret plan for Monday"
TOKENS = (
    "xoxb-12-34-abcDEF",
    "xoxe.xoxp-1-Mi0yLT",
    "xapp-1-A1-2-def",
    "https://hooks.slack.com/commands/T1/2/abc",
    "Bearer xoxb-12",
)


def record(name: str, message: str, *values: Any, **more: Any) -> logging.LogRecord:
    error = more.pop("error", None)
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(name, logging.ERROR, __file__, 1, message, values, info)
    made.__dict__.update(more)
    return made


def failed() -> Exception:
    """An error of the kind that quotes what it could not store."""
    try:
        try:
            int(TYPED)
        except ValueError as error:
            raise IntegrityError(f"INSERT '{TYPED}'", {"text": TYPED}, error) from error
    except IntegrityError as error:
        return error
    raise AssertionError


@pytest.fixture(params=[Json, Text])
def formatter(request: pytest.FixtureRequest) -> Iterator[logging.Formatter]:
    token = about.set({"team": "T1", "channel": "C1"})
    yield request.param()
    about.reset(token)


def test_an_error_is_told_by_its_way_and_not_by_what_it_says(formatter: logging.Formatter) -> None:
    line = formatter.format(record("bot.kit.router", "a request failed", error=failed(), reference="a1b2c3"))
    assert "a1b2c3" in line
    assert "ValueError" in line
    assert "IntegrityError" in line
    assert "tests/watch/test_logs.py" in line
    assert " failed" in line
    assert TYPED not in line


def test_a_line_of_another_library_is_told_without_what_it_quotes(formatter: logging.Formatter) -> None:
    for name, message in (("uvicorn.error", "Started %s"), ("asyncio", f"Task failed\nfuture: <'{TYPED}'>")):
        line = formatter.format(record(name, message, *([TYPED] if "%" in message else [])))
        assert TYPED not in line
        assert message.splitlines()[0] in line


@pytest.mark.parametrize("token", TOKENS)
def test_no_secret_goes_out(formatter: logging.Formatter, token: str) -> None:
    line = formatter.format(record("bot.outbox", f"called with {token} and went on"))
    assert token not in line
    assert "went on" in line


def test_a_password_in_an_address_is_taken_out() -> None:
    assert remove_secrets("postgresql://bot:geheim@db.example/bot") == "postgresql://…db.example/bot"


def test_a_json_line_is_one_object_with_the_ids(formatter: logging.Formatter) -> None:
    line = formatter.format(record("bot.x", "two\nlines of %s", "it"))
    assert "\n" not in line
    if isinstance(formatter, Json):
        told = json.loads(line)
        assert (told["message"], told["team"], told["channel"], told["level"]) == (
            "two lines of it",
            "T1",
            "C1",
            "ERROR",
        )
    else:
        assert line.endswith("ERROR bot.x two lines of it team=T1 channel=C1")


def test_other_libraries_keep_quiet_at_every_level(capsys: pytest.CaptureFixture[str]) -> None:
    root, names = logging.getLogger(), ("", logs.OURS, "uvicorn.error", "apscheduler")
    levels, handlers = {name: logging.getLogger(name).level for name in names}, root.handlers[:]
    try:
        logs.set_up_logging("json", "DEBUG")
        assert logging.getLogger("bot.canvas").isEnabledFor(logging.DEBUG)
        assert not logging.getLogger("aiosqlite").isEnabledFor(logging.INFO)
        said_by_bolt = record("app.py:AsyncApp", f"Unhandled request ({TYPED})")
        said_by_bolt.pathname = "/venv/lib/python3.11/site-packages/slack_bolt/app/async_app.py"
        root.handle(said_by_bolt)
        root.handle(record("bot.x", "a card was not there"))
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        root.handlers[:] = handlers
    told = capsys.readouterr().err
    assert "a card was not there" in told
    assert TYPED not in told
