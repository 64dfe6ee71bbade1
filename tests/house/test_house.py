"""What the house promises about itself."""

import re
from pathlib import Path

import pytest

from bot.app import ORDER, Bot
from bot.cli import VERBS, main
from bot.fake_slack.web_api import METHODS
from bot.manifest import EVENTS, SCOPES, manifest
from bot.settings import BadSettings, Settings, read_settings

ROOT = Path(__file__).parents[2]
SOURCES = {
    path: path.read_text()
    for path in (ROOT / "bot").rglob("*.py")
    if not {"playground", "demo"} & {*path.parts}
}
SCOPE_OF = {
    "canvases_create": "canvases:write",
    "canvases_edit": "canvases:write",
    "chat_postEphemeral": "chat:write",
    "chat_postMessage": "chat:write",
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
    "reactions_get": "reactions:read",
    "users_conversations": "groups:read",
    "users_info": "users:read",
}
WITHOUT_SCOPE = {
    "auth_test",
    "apps_connections_open",
    "views_open",
    "views_publish",
    "views_push",
    "views_update",
    "session",
}
SCOPE_OF_EVENTS = {"app_mentions:read", "im:history", "commands"}


def test_the_manifest_has_the_scopes_of_the_calls_that_the_code_makes() -> None:
    code = "\n".join(SOURCES.values())
    named = re.findall(r'\bslack\.api_call\(\s*"([\w.]+)"', code)  # where the client's own way will not do
    calls = {*re.findall(r"\bslack\.([a-z]+_\w+)\(", code), *(name.replace(".", "_") for name in named)}
    calls.discard("api_call")
    assert calls <= SCOPE_OF.keys() | WITHOUT_SCOPE
    assert {SCOPE_OF[name] for name in calls & SCOPE_OF.keys()} | SCOPE_OF_EVENTS == SCOPES.keys()


def test_the_manifest_has_the_events_that_the_code_hears(tmp_path: Path) -> None:
    bot = Bot(Settings("xoxb-x", "secret", database_url=f"sqlite:///{tmp_path / 'x.db'}"))
    assert {*bot.router.events, "app_mention", "message.im"} == set(EVENTS)
    assert (
        manifest("https://x.example/slack/events", socket_mode=False)["settings"]["socket_mode_enabled"]
        is False
    )


def test_the_readme_names_every_command_variable_and_verb() -> None:
    readme = (ROOT / "README.md").read_text()
    named = [f"/valuemap {name}".strip() for name in ORDER]
    named += [f"python -m bot {verb}" for verb in (*VERBS, "demo", "manifest", "forget TEAM")]
    named += re.findall(r'value\("([A-Z_]+)"', (ROOT / "bot" / "settings.py").read_text())
    assert [name for name in named if name not in readme] == []


def test_only_one_place_commits_and_one_reads_the_environment() -> None:
    commits = {path.name for path, text in SOURCES.items() if ".commit(" in text or ".begin()" in text}
    assert commits <= {"db.py", "upgrade.py"}
    assert {path.name for path, text in SOURCES.items() if "os.environ" in text} == {"cli.py"}


def test_the_stand_in_has_every_method_that_the_bot_calls() -> None:
    dotted = {name.replace("_", ".") for name in SCOPE_OF if name != "files_upload_v2"}
    assert dotted <= METHODS.keys()


@pytest.mark.parametrize(
    ("environ", "says"),
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
def test_wrong_settings_end_in_one_sentence_and_exit_code_2(
    environ: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadSettings, match=re.escape(says)):
        read_settings(environ).require_slack()
    monkeypatch.setattr("os.environ", environ)
    assert main(["run"]) == 2
    assert says in capsys.readouterr().err
