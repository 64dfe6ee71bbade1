"""What a workspace is made of: people, channels, messages, files, and what may go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ApiArguments = Mapping[str, Any]
ApiResponse = dict[str, Any]
Block = dict[str, Any]

TEAM_ID, BOT_USER_ID, APP_ID = "T0FAKE", "U0BOT", "A0APP"
SLACKBOT_USER_ID, GUIDE_USER_ID = "USLACKBOT", "UGUIDE"
SCOPE_PREFIXES = {"channel": "channels", "group": "groups", "im": "im"}


class FakeSlackError(Exception):
    """Slack's name for what is wrong."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(f"{error} {detail}".strip())
        self.error, self.detail = error, detail


@dataclass
class SlackUser:
    id: str
    name: str
    time_zone: str = "UTC"
    is_bot: bool = False
    is_admin: bool = False


@dataclass
class SlackChannel:
    id: str
    name: str
    member_ids: set[str]
    is_private: bool = False
    is_archived: bool = False
    topic: str = ""

    @property
    def is_direct(self) -> bool:
        return self.id.startswith("D")

    @property
    def channel_type(self) -> str:
        """Slack's word for it in events and scopes: channel, group or im."""
        return "im" if self.is_direct else "group" if self.is_private else "channel"

    @property
    def scope_prefix(self) -> str:
        """The word in the names of scopes and subscriptions."""
        return SCOPE_PREFIXES[self.channel_type]


@dataclass
class SlackFile:
    id: str
    name: str
    title: str
    content: bytes
    user_id: str
    channel_id: str = ""  # where it was shared first; "" where it was not
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
class SlackCanvas:
    """What Slack calls a canvas."""

    id: str
    title: str
    markdown: str
    channel_id: str  # among whose tabs it is
    user_id: str
    is_channel_canvas: bool = False  # the one canvas that a channel has of its own


@dataclass
class SlackMessage:
    """A message; `only_for` names the one person who sees it."""

    channel_id: str
    ts: str
    user_id: str
    text: str
    blocks: list[Block]
    thread_ts: str | None = None
    ephemeral_user_id: str | None = None
    metadata: dict[str, Any] | None = None
    file_ids: list[str] = field(default_factory=list)
    edited: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.channel_id}/{self.ts}"


@dataclass
class InjectedFault:
    """What goes wrong with the next calls of a method."""

    method: str
    error: str = ""
    status: int = 200
    retry_after: int | None = None
    times: int = 1
    takes_effect: bool = False  # the effect comes all the same
    drops_connection: bool = False  # the connection breaks
    delay_seconds: float = 0  # seconds before it is done, even where nobody waits for it any more


@dataclass
class ResponseUrl:
    """A response URL: to whom and about what it answers."""

    channel_id: str
    user_id: str
    created_at: datetime
    message: SlackMessage | None = None  # the message that was acted on
    use_count: int = 0
