"""What a workspace is made of: people, channels, messages, files, and what may go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Args = Mapping[str, Any]
Answer = dict[str, Any]
Block = dict[str, Any]

TEAM, BOT, APP = "T0PLAYGROUND", "U0BOT", "A0APP"
SLACKBOT, GUIDE = "USLACKBOT", "UGUIDE"
FAMILIES = {"channel": "channels", "group": "groups", "im": "im"}


class Refused(Exception):
    """Slack's name for what is wrong."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(f"{error} {detail}".strip())
        self.error, self.detail = error, detail


@dataclass
class User:
    id: str
    name: str
    time_zone: str = "UTC"
    is_bot: bool = False
    is_admin: bool = False


@dataclass
class Channel:
    id: str
    name: str
    members: set[str]
    private: bool = False
    archived: bool = False
    topic: str = ""

    @property
    def is_direct(self) -> bool:
        return self.id.startswith("D")

    @property
    def kind(self) -> str:
        """Slack's word for it in events and scopes: channel, group or im."""
        return "im" if self.is_direct else "group" if self.private else "channel"

    @property
    def family(self) -> str:
        """The word in the names of scopes and subscriptions."""
        return FAMILIES[self.kind]


@dataclass
class File:
    id: str
    name: str
    title: str
    content: bytes
    user: str
    channel: str = ""  # where it was shared first; "" where it was not
    alt_text: str = ""

    @property
    def is_picture(self) -> bool:
        return self.mimetype in {"image/png", "image/jpeg", "image/gif"}

    @property
    def mimetype(self) -> str:
        suffix = self.name.rpartition(".")[2].lower()
        return MIMETYPES.get(suffix, "application/octet-stream")


MIMETYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "json": "application/json",
    "csv": "text/csv",
    "md": "text/markdown",
    "txt": "text/plain",
    "svg": "image/svg+xml",
}


@dataclass
class Document:
    """What Slack calls a canvas."""

    id: str
    title: str
    markdown: str
    channel: str  # among whose tabs it is
    user: str
    is_channels_own: bool = False  # the one canvas that a channel has of its own


@dataclass
class Posted:
    """A message; `only_for` names the one person who sees it."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Block]
    thread_ts: str | None = None
    only_for: str | None = None
    metadata: dict[str, Any] | None = None
    files: list[str] = field(default_factory=list)
    edited: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.channel}/{self.ts}"


@dataclass
class Fault:
    """What goes wrong with the next calls of a method."""

    method: str
    error: str = ""
    status: int = 200
    retry_after: int | None = None
    times: int = 1
    after: bool = False  # the effect comes all the same
    cut: bool = False  # the connection breaks
    slow: float = 0  # seconds before it is done, even where nobody waits for it any more


@dataclass
class Reply:
    """A response URL: to whom and about what it answers."""

    channel: str
    user: str
    since: datetime
    about: Posted | None = None  # the message that was acted on
    uses: int = 0
