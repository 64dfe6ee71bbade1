"""What somebody asked of the bot, whichever way it came, and what the bot answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.slack.blockkit.builders import Message, View
from bot.slack.deps import Deps


class RequestSource(StrEnum):
    """The way a request came, which decides how it is answered."""

    COMMAND = "command"  # by response_url
    ACTION = "action"  # by response_url
    SHORTCUT = "shortcut"  # on a message by response_url, from anywhere in a direct message
    MENTION = "mention"  # ephemeral in the channel or thread
    DIRECT_MESSAGE = "direct"  # in the direct message
    VIEW = "view"  # ephemeral in the channel that the view is about
    HOME = "home"  # in a direct message


@dataclass(frozen=True, slots=True)
class Request:
    team_id: str
    user_id: str
    source: RequestSource
    channel_id: str = ""  # which channel it is about; "" where it is about none
    command_text: str = ""  # all that was typed after /valuemap, or that the button stands for
    argument: str = ""  # the same after the command's name; an action's value
    canvas_id: int | None = None  # which canvas a button is about; None for the channel's current one
    trigger_id: str = ""  # opens a modal, once, within three seconds
    response_url: str = ""
    thread_ts: str = ""
    idempotency_key: str = ""  # names this very request, so that a repeated delivery acts once
    view: Mapping[str, Any] = field(default_factory=dict)  # the view it happened in, as Slack sent it
    message: Mapping[str, Any] = field(default_factory=dict)  # the message that a shortcut was chosen on

    @property
    def is_direct(self) -> bool:
        """Whether it came from a place that has no canvas of its own: a direct message or Home."""
        return not self.channel_id or self.channel_id.startswith("D")


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
