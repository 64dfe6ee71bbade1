"""A request of a user, independent of its payload, and the bot's answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.slack.blockkit.builders import Message, View
from bot.slack.deps import Deps


class RequestSource(StrEnum):
    """What a user did in Slack. It decides how the bot answers; the comments say how."""

    COMMAND = "command"  # by response_url
    ACTION = "action"  # by response_url
    SHORTCUT = "shortcut"  # on a message: by response_url; a global one: in a direct message
    MENTION = "mention"  # ephemeral in the channel or thread
    DIRECT_MESSAGE = "direct"  # in the direct message
    VIEW = "view"  # ephemeral in the channel that the view is about
    HOME = "home"  # in a direct message


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks for. A string is "" where the request has no such value."""

    team_id: str
    user_id: str
    source: RequestSource
    channel_id: str = ""  # the channel that the request is about
    # The text after /valuemap, or the command of a button. Until the router has read it, what somebody typed
    # has Slack's escapes and tokens.
    command_text: str = ""
    argument: str = ""  # the text after the command's name, or an action's value
    canvas_id: int | None = None  # None for the channel's current canvas
    trigger_id: str = ""  # opens one modal; expires after three seconds
    response_url: str = ""
    thread_ts: str = ""
    idempotency_key: str = ""  # the same for repeated deliveries, so that they take effect once
    action_id: str = ""  # of the button or menu that the user pressed
    action_ts: str = ""  # when the user pressed a button, by Slack's clock
    edited_ts: str = ""  # when a message was edited; "" for a new one
    has_files: bool = False  # whether a message comes with files
    view: Mapping[str, Any] = field(
        default_factory=dict
    )  # the view of an action or submission, as Slack sent it
    message: Mapping[str, Any] = field(default_factory=dict)  # the message that a shortcut was used on
    is_group_message: bool = False  # Slack's mpim: a direct message of several people

    @property
    def is_typed(self) -> bool:
        """Whether its command was typed into Slack, not chosen with a button."""
        return self.source in {RequestSource.COMMAND, RequestSource.MENTION, RequestSource.DIRECT_MESSAGE}

    @property
    def is_direct(self) -> bool:
        """Whether it came from a direct message or App Home, which have no canvas."""
        return not self.channel_id or self.channel_id.startswith("D")


@dataclass(frozen=True, slots=True)
class Modal:
    """A view to open, or to replace the view that the request came from."""

    view: View


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """Error texts of a form by block id."""

    errors: Mapping[str, str]


Answer = Message | Modal | FieldErrors | None
Handler = Callable[[Request, Deps], Awaitable[Answer]]
