"""What somebody asked of the bot, whichever way it came, and what the bot answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.concurrency.background import Tasks
from bot.concurrency.batcher import Together
from bot.db.database import Database
from bot.slack.blockkit.builders import Message, View
from bot.timing import USUAL, Pace


class Sparing(Protocol):
    """Knows which workspaces are spared the newest blocks, since their Slack refused them."""

    async def is_spared(self, team: str) -> bool: ...

    async def spare(self, team: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Deps:
    """What a room needs of the world."""

    db: Database
    slack: AsyncWebClient
    now: Callable[[], datetime]  # aware, UTC
    tasks: Tasks
    sparing: Sparing
    pace: Pace = USUAL
    clients: Callable[[str], AsyncWebClient] | None = None  # by workspace, where each has its own
    together: Together = field(default_factory=Together)

    def within(self, team: str) -> "Deps":
        """Return the same for one workspace: where there are many, Slack is spoken to by its token."""
        return self if self.clients is None else replace(self, slack=self.clients(team))


class Via(StrEnum):
    """The way a request came, which decides how it is answered."""

    COMMAND = "command"  # by response_url
    ACTION = "action"  # by response_url
    SHORTCUT = "shortcut"  # on a message by response_url, from anywhere in a direct message
    MENTION = "mention"  # ephemeral in the channel or thread
    DIRECT = "direct"  # in the direct message
    VIEW = "view"  # ephemeral in the channel that the view is about
    HOME = "home"  # in a direct message


@dataclass(frozen=True, slots=True)
class Request:
    team_id: str
    user: str
    via: Via
    channel: str = ""  # which channel it is about; "" where it is about none
    typed: str = ""  # all that was typed after /valuemap, or that the button stands for
    words: str = ""  # the same after the command's name; an action's value
    canvas: int | None = None  # which canvas a button is about; None for the channel's current one
    trigger: str = ""  # opens a modal, once, within three seconds
    response_url: str = ""
    thread: str = ""
    key: str = ""  # names this very request, so that a repeated delivery acts once
    view: Mapping[str, Any] = field(default_factory=dict)  # the view it happened in, as Slack sent it
    message: Mapping[str, Any] = field(default_factory=dict)  # the message that a shortcut was chosen on

    @property
    def direct(self) -> bool:
        """Whether it came from a place that has no canvas of its own: a direct message or Home."""
        return not self.channel or self.channel.startswith("D")


@dataclass(frozen=True, slots=True)
class Modal:
    """A view to open, or to show in place of the one in which something happened."""

    view: View


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """What is wrong with a form, by block id."""

    errors: Mapping[str, str]


Answer = Message | Modal | FieldErrors | None
Handler = Callable[[Request, Deps], Awaitable[Answer]]
