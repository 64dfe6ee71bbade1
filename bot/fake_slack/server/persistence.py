"""Saving a workspace as a JSON file and restoring it, so that a restarted demo continues where it stopped."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as pydantic_dataclass

from bot.fake_slack.models import SlackCanvas, SlackChannel, SlackFile, SlackMessage, SlackUser
from bot.fake_slack.server.workspace import FakeWorkspace


@pydantic_dataclass(config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))
@dataclass
class WorkspaceSnapshot:
    """The state that survives a restart. Ephemeral messages and open modals do not, as at Slack."""

    now: datetime
    number: int
    users: dict[str, SlackUser]
    channels: dict[str, SlackChannel]
    messages: list[SlackMessage]
    files: list[SlackFile]
    home_views: dict[str, dict[str, Any]]
    canvases: dict[str, SlackCanvas] = field(default_factory=dict)


_SNAPSHOT = TypeAdapter(WorkspaceSnapshot)


def save_workspace(slack: FakeWorkspace, path: Path) -> None:
    """Write a snapshot to a file. The rename is atomic: a crash leaves the old file or the new one."""
    snapshot = WorkspaceSnapshot(
        slack.clock.now(),
        slack.next_number(),
        slack.users,
        slack.channels,
        [message for message in slack.messages if message.ephemeral_user_id is None],
        slack.files,
        slack.home_views,
        slack.canvases,
    )
    new_file = path.with_suffix(".new")
    new_file.write_bytes(_SNAPSHOT.dump_json(snapshot))
    new_file.replace(path)


def read_snapshot(path: Path) -> WorkspaceSnapshot | None:
    """Return the snapshot of a file; None where the file is missing or of another version."""
    try:
        return _SNAPSHOT.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def restore_workspace(slack: FakeWorkspace, snapshot: WorkspaceSnapshot) -> None:
    """Replace the state of a workspace by a snapshot."""
    slack.users, slack.channels = snapshot.users, snapshot.channels
    slack.messages, slack.files, slack.home_views = snapshot.messages, snapshot.files, snapshot.home_views
    slack.canvases = snapshot.canvases
    slack.start_numbers_at(snapshot.number + 1)
