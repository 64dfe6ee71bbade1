"""The workspace on paper, so that a stand-in that is started again goes on where it was."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from bot.fake_slack.models import SlackChannel, SlackCanvas, SlackFile, SlackMessage, SlackUser
from bot.fake_slack.server.workspace import FakeWorkspace


@checked(config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))
@dataclass
class WorkspaceSnapshot:
    """What outlives a stand-in: not what only one person saw, nor what was open."""

    now: datetime
    number: int
    users: dict[str, SlackUser]
    channels: dict[str, SlackChannel]
    messages: list[SlackMessage]
    files: list[SlackFile]
    homes: dict[str, dict[str, Any]]
    documents: dict[str, SlackCanvas] = field(default_factory=dict)


_SNAPSHOT = TypeAdapter(WorkspaceSnapshot)


def save_workspace(slack: FakeWorkspace, path: Path) -> None:
    """Write a snapshot, whole or not at all."""
    snapshot = WorkspaceSnapshot(
        slack.clock.now(),
        slack.next_number(),
        slack.users,
        slack.channels,
        [posted for posted in slack.messages if posted.ephemeral_user_id is None],
        slack.files,
        slack.home_views,
        slack.canvases,
    )
    written = path.with_suffix(".new")
    written.write_bytes(_SNAPSHOT.dump_json(snapshot))
    written.replace(path)


def read_snapshot(path: Path) -> WorkspaceSnapshot | None:
    """Return a snapshot, or None where there is none that can be read."""
    try:
        return _SNAPSHOT.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def restore_workspace(slack: FakeWorkspace, snapshot: WorkspaceSnapshot) -> None:
    """Put a workspace back where it was."""
    slack.users, slack.channels = snapshot.users, snapshot.channels
    slack.messages, slack.files, slack.home_views = snapshot.messages, snapshot.files, snapshot.homes
    slack.canvases = snapshot.documents
    slack.start_numbers_at(snapshot.number + 1)
