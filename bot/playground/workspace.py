"""The workspace: its people, channels, messages and views, and the rules that do not depend on a method."""

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.playground.block_kit import ALL_TEXT, Invalid, characters, check_blocks
from bot.playground.clock import Clock

Args = Mapping[str, Any]
Answer = dict[str, Any]

TEAM, BOT, APP = "T0PLAYGROUND", "U0BOT", "A0APP"
TRIGGER = timedelta(seconds=3)
RESPONSE_URL, RESPONSE_USES = timedelta(minutes=30), 5


class Refused(Exception):
    """Slack's name for what is wrong."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(f"{error} {detail}")
        self.error, self.detail = error, detail


@dataclass
class User:
    id: str
    name: str
    time_zone: str = "UTC"
    is_bot: bool = False


@dataclass
class Channel:
    id: str
    name: str
    members: set[str]
    private: bool = False
    archived: bool = False


@dataclass
class Posted:
    """A message; `only_for` names the one person who sees it."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None = None
    only_for: str | None = None
    metadata: dict[str, Any] | None = None
    response_url: str = ""
    reactions: dict[str, list[str]] = field(default_factory=dict)


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


class Workspace:
    """What the stand-in remembers."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.bot_token, self.signing_secret = "xoxb-playground", "playground-secret"
        self.app_token = "xapp-playground"  # noqa: S105 - of a game
        self.users: dict[str, User] = {BOT: User(BOT, "valuemap", is_bot=True)}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Posted] = []
        self.files: list[dict[str, Any]] = []
        self.views: dict[str, dict[str, Any]] = {}  # by id; modals that are open
        self.stacks: dict[str, list[str]] = {}  # ids of the modals of a user, the top last
        self.homes: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, Args]] = []
        self.faults: list[Fault] = []
        self._numbers = itertools.count(1)
        self._triggers: dict[str, tuple[str, datetime, bool]] = {}
        self._response_urls: dict[str, tuple[str, str, datetime, int]] = {}
        self._uploads: dict[str, bytes] = {}
        self.url = ""

    def called(self, method: str) -> int:
        return Counter(name for name, _ in self.calls)[method]

    def fail(self, method: str, **how: Any) -> None:
        self.faults.append(Fault(method, **how))

    def number(self) -> int:
        return next(self._numbers)

    def ts(self) -> str:
        return f"{int(self.clock.now().timestamp())}.{self.number():06d}"

    def trigger(self, user: str) -> str:
        trigger = f"{self.number()}.trigger"
        self._triggers[trigger] = (user, self.clock.now(), False)
        return trigger

    def response_url(self, channel: str, user: str) -> str:
        key = f"R{self.number()}"
        self._response_urls[key] = (channel, user, self.clock.now(), 0)
        return f"{self.url}/response/{key}"

    def message(self, channel: str, ts: str) -> Posted:
        for posted in self.messages:
            if posted.channel == channel and posted.ts == ts and posted.only_for is None:
                return posted
        raise Refused("message_not_found")

    def check_message(self, said: Args) -> None:
        """Raise Refused where Slack would refuse a message's text or blocks."""
        blocks = said.get("blocks") or []
        if not said.get("text") and not blocks:
            raise Refused("no_text")
        try:
            check_blocks(blocks, "message")
        except Invalid as error:
            raise Refused("invalid_blocks", str(error)) from error
        if characters(blocks) > ALL_TEXT:
            raise Refused("msg_blocks_too_long")

    def open_trigger(self, trigger: str) -> str:
        """Use up a trigger; return whose it is."""
        if trigger not in self._triggers:
            raise Refused("invalid_trigger_id")
        user, since, used = self._triggers[trigger]
        if used:
            raise Refused("exchanged_trigger_id")
        if self.clock.now() > since + TRIGGER:
            raise Refused("expired_trigger_id")
        self._triggers[trigger] = (user, since, True)
        return user

    def store_view(self, view: dict[str, Any], view_id: str, user: str) -> dict[str, Any]:
        stored = {
            **view,
            "id": view_id,
            "hash": f"h{self.number()}",
            "team_id": TEAM,
            "app_id": APP,
            "user": user,
        }
        self.views[view_id] = stored
        return stored

    def upload_key(self) -> str:
        return f"F{self.number()}"

    def uploaded(self, key: str) -> bytes:
        return self._uploads[key]
