"""Settings that are wrong, and the first lines of each process."""

import asyncio
import json
import logging
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot import cli, proxies
from bot.fake_slack.server.http_server import FakeSlack
from bot.proxies import Proxies
from tests.bot_process import run_bot_process
from tests.hanging import HANG_TIMEOUT_SECONDS
from tests.health.test_probes import fetch_page
from tests.ports import find_free_port

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out the machine's own settings, and the log handlers of tests that ran before."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.NullHandler()])
    for name in os.environ:
        if name.lower().endswith("_proxy") or name.startswith(("SLACK_", "DATABASE_URL")):
            monkeypatch.delenv(name)


# E6: settings that are wrong


SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret"}
MANY = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_SIGNING_SECRET": "secret"}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"DATABASE_URL": "postgresql://h:port/x"}, "DATABASE_URL has a host or port that cannot be read"),
        ({"DATABASE_URL": "postgresql://h:0/x"}, "must be a number from 1 to 65535"),
        ({"DATABASE_URL": "postgresql://h:70000/x"}, "must be a number from 1 to 65535"),
        ({"DATABASE_URL": "postgresql://bot:hush@hush@h/x"}, "special characters in the password"),
        ({"DATABASE_URL": "postgresql://[::1/x"}, "DATABASE_URL has a host or port"),
        ({"DATABASE_URL": "postgresql://h/x?pgbouncer=true"}, "DATABASE_URL has the parameter 'pgbouncer'"),
        ({"DATABASE_URL": "postgresql://h/x?sslmod=require"}, "the parameter 'sslmod', which PostgreSQL"),
        ({"DATABASE_URL": "sqlite:///x.db?timeout=5"}, "DATABASE_URL for SQLite takes no parameters"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL for SQLite has three slashes"),
        ({"DATABASE_URL": "sqlite:///"}, "DATABASE_URL for SQLite must name a file"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL for SQLite must name a file"),
        ({"DATABASE_URL": "mysql://h/x"}, "DATABASE_URL must begin with sqlite:/// or postgresql://"),
        ({"DATABASE_URL": "valuemap.db"}, "DATABASE_URL must begin with sqlite:/// or postgresql://"),
        ({"DATABASE_URL": "sqlite:////nowhere/x.db"}, "DATABASE_URL: the folder /nowhere does not exist"),
        ({"DATABASE_URL": "sqlite:////tmp"}, "DATABASE_URL: /tmp is a folder: name a file in it."),
        ({"DATABASE_URL": "sqlite:////proc/x.db"}, "DATABASE_URL: the file /proc/x.db cannot be opened"),
        ({"DATABASE_URL": f"sqlite:///{Path(__file__).resolve()}"}, "is no SQLite database: name another"),
        ({"DATABASE_URL": "postgresql://bot:hush@127.0.0.1:1/x"}, "nothing answers at 127.0.0.1:1: start"),
        ({"DATABASE_URL": "postgresql://bot:hush@db.invalid/x"}, "the host db.invalid is not known"),
        ({"DATABASE_URL": "postgresql:///x?host=/nowhere"}, "no server listens at this socket"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/x?sslmode=hush"}, "DATABASE_URL: the server cannot be"),
        ({"PORT": "abc"}, "PORT must be a number from 0 to 65535."),
        ({"PORT": "-1"}, "PORT must be a number from 0 to 65535."),
        ({"PORT": "80.5"}, "PORT must be a number from 0 to 65535."),
        ({"LOG_LEVEL": "verbose"}, "LOG_LEVEL must be one of DEBUG, INFO"),
        ({"LOG_FORMAT": "yaml"}, "LOG_FORMAT must be one of text, json."),
        ({"ENCRYPTION_KEYS": "hush"}, "Key 1 of ENCRYPTION_KEYS is not the base64 of 32 bytes"),
        ({"ENCRYPTION_KEYS": f"{'A' * 43}=,hush"}, "Key 2 of ENCRYPTION_KEYS is not"),
        ({"SLACK_API_URL": "slack.com/api"}, "SLACK_API_URL must be a web address such as"),
        ({"SLACK_API_URL": "https://[slack.com/api"}, "SLACK_API_URL must be a web address such as"),
        ({"SLACK_API_URL": "https://slack.com:port/api"}, "SLACK_API_URL must be a web address such as"),
        ({"SLACK_API_URL": "https:///api/"}, "SLACK_API_URL must be a web address such as"),
        ({"SLACK_BOT_TOKEN": "xapp-hush"}, "SLACK_BOT_TOKEN is not a bot token: it must"),
        ({"SLACK_BOT_TOKEN": "xoxp-hush"}, "SLACK_BOT_TOKEN is not a bot token: it must"),
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set: copy"),
        ({"SLACK_APP_TOKEN": "xoxb-hush"}, "SLACK_APP_TOKEN is not an app-level token"),
        ({"SLACK_SIGNING_SECRET": "xoxb-hush"}, "SLACK_SIGNING_SECRET is a token: copy 'Signing Secret'"),
        ({"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET for HTTP"),
        ({"SENTRY_DSN": "hush"}, "SENTRY_DSN"),
        ({"SENTRY_DSN": "https://[hush"}, "SENTRY_DSN"),
        ({"HTTPS_PROXY": "socks5://127.0.0.1:1080"}, "HTTPS_PROXY must be the address of an HTTP proxy"),
        ({"http_proxy": "http://proxy:port"}, "HTTP_PROXY must be the address of an HTTP proxy"),
        ({**MANY, "SLACK_BOT_TOKEN": "", "ENCRYPTION_KEYS": ""}, "ENCRYPTION_KEYS is not set"),
        ({**MANY, "ENCRYPTION_KEYS": ""}, "unset either the first or the other two"),
    ],
)
def test_e6_a_wrong_setting_is_one_sentence_that_names_it(
    variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command("run", {**SLACK, **variables}, monkeypatch) == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert printed.count("\n") == 1
    assert "hush" not in re.sub(r"sslmode value: .hush.", "", printed)


def run_command(subcommand: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a subcommand in this process; return its exit code."""
    monkeypatch.setattr("bot.observability.logs.set_up_logging", lambda *_: None)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return cli.main([subcommand])


@pytest.mark.parametrize("subcommand", ["web", "worker", "migrate", "doctor", "rotate-keys"])
@pytest.mark.parametrize("url", ["postgresql://h:port/x", "sqlite:////nowhere/x.db"])
def test_e6_every_subcommand_says_what_is_wrong_with_the_database(
    subcommand: str, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.doctor.find_missing_scripts", dict)
    key = "A" * 43 + "="
    variables = {**SLACK, "DATABASE_URL": url, "ENCRYPTION_KEYS": key, "SLACK_API_URL": "http://127.0.0.1:1/"}
    assert run_command(subcommand, variables, monkeypatch) == 2
    printed = capsys.readouterr()
    assert "DATABASE_URL" in printed.err + printed.out
    assert "Traceback" not in printed.err + printed.out


@pytest.mark.parametrize(
    "options", [["--url", "your.host"], ["--url", "https://"], ["--many"], ["--url", "a b"]]
)
def test_e6_the_manifest_refuses_an_address_that_slack_cannot_reach(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["manifest", *options]) == 2
    assert "--url" in capsys.readouterr().err


# E7: the first lines


@pytest.mark.parametrize(
    ("subcommand", "log_format", "said"),
    [
        ("run", "text", "one workspace, requests over HTTP, without a proxy"),
        ("web", "json", "one workspace, requests over HTTP, without a proxy"),
        ("worker", "text", "one workspace, no requests, calls only, without a proxy"),
    ],
)
async def test_e7_the_first_lines_say_version_database_slack_and_port(
    subcommand: str, log_format: str, said: str, sqlite_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    port, listening = find_free_port(), asyncio.Event()
    environ = {"PORT": str(port), "LOG_FORMAT": log_format, "SLACK_SIGNING_SECRET": "x"}
    async with (
        FakeSlack() as slack,
        run_bot_process(slack, sqlite_url, subcommand, listening, **environ),
    ):
        await asyncio.wait_for(listening.wait(), HANG_TIMEOUT_SECONDS)
        assert await fetch_page(port, "/healthz") == (200, "ok")
    output = capfd.readouterr().err
    lines = output.splitlines()
    if log_format == "json":
        lines = [json.loads(line)["message"] for line in lines]
    assert lines[0].endswith(f"value map bot 0.1.0 starts as '{subcommand}'")
    assert lines[1].endswith(f"database: SQLite, {sqlite_url.removeprefix('sqlite:///')}")
    assert lines[2].endswith(f"Slack: {slack.api_url}, {said}")
    pages = "/healthz, /readyz, /metrics"
    requests = "" if subcommand == "worker" else "POST /slack/events, "
    assert lines[3].endswith(f"listening at port {port}: {requests}{pages}")
    assert "%" not in output
    assert "Uvicorn" not in output


@pytest.mark.parametrize("port_of", ["run", "worker"])
async def test_e7_a_port_in_use_is_one_sentence(
    port_of: str, sqlite_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async with FakeSlack() as slack:
        port = str(urlsplit(slack.url).port)
        environ = {"PORT": port, "SLACK_SIGNING_SECRET": "x"}
        async with run_bot_process(slack, sqlite_url, port_of, **environ) as running:
            assert await asyncio.wait_for(running.wait(), HANG_TIMEOUT_SECONDS) == 2
    last_line = capfd.readouterr().err.splitlines()[-1]
    assert last_line == f"PORT {port} is in use: stop what listens there, or choose another."


def test_e7_neither_password_nor_user_of_a_proxy_or_database_is_said() -> None:
    described = proxies.describe_proxies(Proxies(https="http://me:hush@proxy.example:3128"))
    assert described == "through the proxy http://proxy.example:3128"
