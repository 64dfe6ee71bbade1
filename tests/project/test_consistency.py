"""Manifest, README, settings and code agree with each other."""

import re
from pathlib import Path

import pytest

from bot.app import FEATURES, Bot
from bot.cli import SUBCOMMANDS, main
from bot.fake_slack.server.web_api import API_METHODS
from bot.manifest import EVENTS, SCOPES, build_manifest
from bot.settings import InvalidSettings, Settings, read_settings

ROOT = Path(__file__).parents[2]
SOURCES = {
    path: path.read_text()
    for path in (ROOT / "bot").rglob("*.py")
    if not {"fake_slack", "demo"} & {*path.parts}
}
SCOPE_OF_METHOD = {
    "canvases_create": "canvases:write",
    "canvases_edit": "canvases:write",
    "chat_postEphemeral": "chat:write",
    "chat_postMessage": "chat:write",
    "chat_delete": "chat:write",
    "chat_update": "chat:write",
    "conversations_canvases_create": "canvases:write",
    "conversations_history": "channels:history",
    "conversations_info": "channels:read",
    "conversations_members": "channels:read",
    "conversations_open": "im:write",
    "conversations_replies": "groups:history",
    "files_info": "files:read",
    "files_upload_v2": "files:write",
    "reactions_add": "reactions:write",
    "reactions_remove": "reactions:write",
    "reactions_get": "reactions:read",
    "usergroups_list": "usergroups:read",
    "users_conversations": "groups:read",
    "users_info": "users:read",
}
METHODS_WITHOUT_SCOPE = {
    "auth_test",
    "apps_connections_open",
    "views_open",
    "views_publish",
    "views_push",
    "views_update",
    "session",
}
SCOPES_OF_EVENTS = {"app_mentions:read", "im:history", "commands"}


def test_the_manifest_has_the_scopes_of_the_methods_that_the_code_calls() -> None:
    code = "\n".join(SOURCES.values())
    named = re.findall(
        r'\bslack\.api_call\(\s*"([\w.]+)"', code
    )  # methods that the client has no function for
    paged = re.findall(r"\bpaginate\(\s*(?:\w+\.)?slack\.(\w+)", code)
    called = {*re.findall(r"\bslack\.([a-z]+_\w+)\(", code), *paged}
    called |= {name.replace(".", "_") for name in named}
    called.discard("api_call")
    assert called <= SCOPE_OF_METHOD.keys() | METHODS_WITHOUT_SCOPE
    assert {
        SCOPE_OF_METHOD[name] for name in called & SCOPE_OF_METHOD.keys()
    } | SCOPES_OF_EVENTS == SCOPES.keys()


def test_the_manifest_has_the_events_that_the_code_handles(tmp_path: Path) -> None:
    bot = Bot(
        Settings(bot_token="xoxb-x", signing_secret="secret", database_url=f"sqlite:///{tmp_path / 'x.db'}")
    )
    # An operator who wants deleted messages back at once subscribes to message.channels too.
    assert {*bot.router.events, "app_mention", "message.im"} - {"message"} == set(EVENTS)
    assert (
        build_manifest("https://x.example/slack/events", socket_mode=False)["settings"]["socket_mode_enabled"]
        is False
    )


def test_the_documents_name_every_command_variable_and_verb() -> None:
    readme, commands_page = (ROOT / "README.md").read_text(), (ROOT / "docs" / "commands.md").read_text()
    command_names = [command.name for feature in FEATURES for command in feature.commands]
    commands = [f"/valuemap {name}".strip() for name in command_names]
    assert [command for command in commands if command not in commands_page] == []
    named = [f"python -m bot {verb}" for verb in (*SUBCOMMANDS, "demo", "manifest", "forget TEAM")]
    named += [str(field.validation_alias) for field in Settings.model_fields.values()]
    assert [name for name in named if name not in readme] == []


def test_one_module_commits_and_one_reads_the_environment() -> None:
    commits = {path.name for path, text in SOURCES.items() if ".commit(" in text or ".begin()" in text}
    assert commits == {"database.py", "upgrade.py"}
    readers = {path.name for path, text in SOURCES.items() if "os.environ" in text or "BaseSettings" in text}
    assert readers == {"settings.py"}


def test_the_fake_slack_has_every_method_that_the_bot_calls() -> None:
    method_names = {name.replace("_", ".") for name in SCOPE_OF_METHOD if name != "files_upload_v2"}
    assert sorted(method_names - API_METHODS.keys()) == []


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": "abc"}, "must begin with xoxb-"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "Set SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "abc"}, "must begin with xapp-"),
        ({"PORT": "many"}, "PORT must be a number"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL must begin with"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of"),
    ],
)
def test_wrong_settings_end_with_one_sentence_and_exit_code_2(
    environ: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.environ", environ)
    with pytest.raises(InvalidSettings, match=re.escape(message)):
        read_settings().require_slack()
    assert main(["run"]) == 2
    assert message in capsys.readouterr().err
