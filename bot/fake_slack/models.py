"""The objects of the fake workspace: users, channels, messages, files, canvases, response URLs, faults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ApiArguments = Mapping[str, Any]
ApiResponse = dict[str, Any]
Block = dict[str, Any]

TEAM_ID, BOT_USER_ID, BOT_ID, APP_ID = "T0FAKE", "U0BOT", "B0BOT", "A0APP"
SLACKBOT_USER_ID, GUIDE_USER_ID = "USLACKBOT", "UGUIDE"
# Slack's scopes and event subscriptions name channel types by these words: groups:read, message.groups.
SCOPE_PREFIXES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
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


class FakeSlackError(Exception):
    """Slack refuses what was asked; `error` is Slack's own code for the reason."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(f"{error} {detail}".strip())
        self.error, self.detail = error, detail


@dataclass
class SlackUser:
    """A member of the workspace, or a bot."""

    id: str
    name: str
    time_zone: str = "UTC"
    is_bot: bool = False
    is_admin: bool = False


@dataclass
class SlackChannel:
    """A public or private channel, a direct message with the bot, or a group message without it."""

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
    def is_group_message(self) -> bool:
        """Whether it is a direct message of several people, an mpim."""
        return self.name.startswith("mpdm-")

    @property
    def channel_type(self) -> str:
        """The channel_type of Slack's events: channel, group, im or mpim."""
        if self.is_group_message:
            return "mpim"
        return "im" if self.is_direct else "group" if self.is_private else "channel"

    @property
    def scope_prefix(self) -> str:
        """The word for this type of channel in scopes and event subscriptions."""
        return SCOPE_PREFIXES[self.channel_type]


@dataclass
class SlackFile:
    """An uploaded file."""

    id: str
    name: str
    title: str
    content: bytes
    user_id: str
    channel_id: str = ""  # where it was shared first; "" while it is not shared
    alt_text: str = ""

    @property
    def is_picture(self) -> bool:
        return self.mimetype in {"image/png", "image/jpeg", "image/gif"}

    @property
    def mimetype(self) -> str:
        suffix = self.name.rpartition(".")[2].lower()
        return MIMETYPES.get(suffix, "application/octet-stream")


@dataclass
class SlackCanvas:
    """A Slack canvas: a document of a channel, not a value proposition canvas."""

    id: str
    title: str
    markdown: str
    channel_id: str  # the channel that shows it as a tab
    user_id: str
    is_channel_canvas: bool = False  # the one that conversations.canvases.create makes


@dataclass
class SlackMessage:
    """A message. An ephemeral one names the only user who sees it."""

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
    reactions: dict[str, list[str]] = field(default_factory=dict)  # user ids by emoji name

    @property
    def key(self) -> str:
        return f"{self.channel_id}/{self.ts}"


@dataclass
class InjectedFault:
    """How the next calls of a method fail."""

    method: str
    error: str = ""
    channel_id: str = ""  # only calls about this channel fail; "" for all calls
    status: int = 200
    retry_after: int | None = None  # seconds
    times: int = 1
    takes_effect: bool = False  # the method does its work before the call fails
    drops_connection: bool = False  # the connection closes without an answer
    delay_seconds: float = 0  # before the work is done, even where the caller has stopped waiting


@dataclass
class ResponseUrl:
    """A response URL: who may be answered where, and about which message."""

    channel_id: str
    user_id: str
    created_at: datetime
    message: SlackMessage | None = None  # the message that the user acted on
    use_count: int = 0
