"""The workspace on paper, so that a stand-in that is started again goes on where it was."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from bot.fake_slack.things import Channel, Document, File, Posted, User
from bot.fake_slack.workspace import Workspace


@checked(config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))
@dataclass
class Snapshot:
    """What outlives a stand-in: not what only one person saw, nor what was open."""

    now: datetime
    number: int
    users: dict[str, User]
    channels: dict[str, Channel]
    messages: list[Posted]
    files: list[File]
    homes: dict[str, dict[str, Any]]
    documents: dict[str, Document] = field(default_factory=dict)


_SNAPSHOT = TypeAdapter(Snapshot)


def save(slack: Workspace, path: Path) -> None:
    """Write a snapshot, whole or not at all."""
    snapshot = Snapshot(
        slack.clock.now(),
        slack.number(),
        slack.users,
        slack.channels,
        [posted for posted in slack.messages if posted.only_for is None],
        slack.files,
        slack.homes,
        slack.documents,
    )
    written = path.with_suffix(".new")
    written.write_bytes(_SNAPSHOT.dump_json(snapshot))
    written.replace(path)


def read(path: Path) -> Snapshot | None:
    """Return a snapshot, or None where there is none that can be read."""
    try:
        return _SNAPSHOT.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def recall(slack: Workspace, snapshot: Snapshot) -> None:
    """Put a workspace back where it was."""
    slack.users, slack.channels = snapshot.users, snapshot.channels
    slack.messages, slack.files, slack.homes = snapshot.messages, snapshot.files, snapshot.homes
    slack.documents = snapshot.documents
    slack.count_from(snapshot.number + 1)
