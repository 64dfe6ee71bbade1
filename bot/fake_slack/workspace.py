"""The workspace: what it remembers, and the rules that do not depend on a method."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.fake_slack.blockkit import ALL_TEXT, Invalid, characters, check_blocks
from bot.fake_slack.changes import Change, Watch, What
from bot.fake_slack.clock import Clock
from bot.fake_slack.fields import elements_of
from bot.fake_slack.things import (
    APP,
    BOT,
    TEAM,
    Args,
    Block,
    Channel,
    Document,
    Fault,
    File,
    Posted,
    Refused,
    Reply,
    User,
)

TRIGGER = timedelta(seconds=3)
RESPONSE_URL, RESPONSE_USES = timedelta(minutes=30), 5
MOST_VIEWS = 3  # in a stack


class Workspace:
    """What the stand-in remembers."""

    def __init__(self, clock: Clock | None = None, manifest: Mapping[str, Any] | None = None) -> None:
        self.clock = clock or Clock()
        self.team, self.name, self.enterprise = TEAM, "Playground", ""
        self.by_organisation = False  # whether that has the app, and not the workspace itself
        self.manifest = manifest  # of the app; None for one that may do and hear everything
        self.bot_token, self.signing_secret = "xoxb-playground", "playground-secret"
        self.app_token = "xapp-playground"  # noqa: S105 - of a game
        name = manifest["features"]["bot_user"]["display_name"] if manifest else "valuemap"
        self.users: dict[str, User] = {BOT: User(BOT, name, is_bot=True)}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Posted] = []
        self.files: list[File] = []
        self.documents: dict[str, Document] = {}
        self.is_free = False  # on Slack's free plan
        self.views: dict[str, dict[str, Any]] = {}  # by id; modals that are open
        self.stacks: dict[str, list[str]] = {}  # ids of the modals of a user, the top last
        self.homes: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, Args]] = []
        self.faults: list[Fault] = []
        self.unknown: frozenset[str] = frozenset()  # types of blocks that this Slack has not heard of yet
        self.replies: dict[str, Reply] = {}  # by the key of their URL
        self.url = ""
        self.preparing = ""  # what still has to happen before people can work here
        self._numbers = itertools.count(1)
        self._triggers: dict[str, tuple[str, datetime, bool]] = {}
        self._coming: dict[str, File] = {}
        self._watches: set[Watch] = set()

    # What tests ask for

    def called(self, method: str) -> int:
        return Counter(name for name, _ in self.calls)[method]

    def fail(self, method: str, **how: Any) -> None:
        self.faults.append(Fault(method, **how))

    # Watching

    def watch(self) -> Watch:
        watch = Watch()
        self._watches.add(watch)
        return watch

    def unwatch(self, watch: Watch) -> None:
        self._watches.discard(watch)

    def tell(self, what: What, key: str = "") -> None:
        for watch in self._watches:
            watch.tell(Change(what, key))

    # Numbers and names

    def number(self) -> int:
        return next(self._numbers)

    def count_from(self, number: int) -> None:
        self._numbers = itertools.count(number)

    def ts(self) -> str:
        return f"{int(self.clock.now().timestamp())}.{self.number():06d}"

    def trigger(self, user: str) -> str:
        trigger = f"{self.number()}.trigger"
        self._triggers[trigger] = (user, self.clock.now(), False)
        return trigger

    def response_url(self, channel: str, user: str, about: Posted | None = None) -> str:
        key = f"R{self.number()}"
        self.replies[key] = Reply(channel, user, self.clock.now(), about)
        return f"{self.url}/response/{key}"

    def open_reply(self, key: str) -> Reply:
        """Use a response URL once; raise Refused where Slack would not take it any more."""
        reply = self.replies.get(key)
        if reply is None or self.clock.now() > reply.since + RESPONSE_URL:
            raise Refused("expired_url")
        if reply.uses >= RESPONSE_USES:
            raise Refused("used_url")
        return reply

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

    # The app

    def subscribes(self, event: str) -> bool:
        """Say whether the app hears an event, "message.im" for messages of direct ones."""
        if self.manifest is None:
            return True
        return event in self.manifest["settings"]["event_subscriptions"]["bot_events"]

    def check_scope(self, *scopes: str) -> None:
        """Raise Refused unless the app has one of these scopes."""
        if self.manifest is not None and not {*scopes} & {*self.manifest["oauth_config"]["scopes"]["bot"]}:
            raise Refused("missing_scope", scopes[0])

    # Messages

    def message(self, channel: str, ts: str, reader: str | None = None) -> Posted:
        """Return a message that everybody sees, or that this reader sees."""
        for posted in reversed(self.messages):
            if posted.channel == channel and posted.ts == ts and posted.only_for in {None, reader}:
                return posted
        raise Refused("message_not_found")

    def post(self, posted: Posted) -> Posted:
        posted.blocks = self.with_ids(posted.blocks)
        self.messages.append(posted)
        self._tell_of(posted)
        return posted

    def edit(self, posted: Posted, text: str, blocks: Iterable[Block]) -> None:
        posted.text, posted.blocks = text, self.with_ids(blocks)
        self._tell_of(posted)

    def remove(self, posted: Posted) -> None:
        """Delete a message. Its replies stay, as in Slack."""
        self.messages.remove(posted)
        self.tell(What.GONE, posted.key)

    def react(self, posted: Posted, name: str, user: str) -> None:
        users = posted.reactions.setdefault(name, [])
        if user in users:
            raise Refused("already_reacted")
        users.append(user)
        self._tell_of(posted)

    def unreact(self, posted: Posted, name: str, user: str) -> None:
        if user not in posted.reactions.get(name, []):
            raise Refused("no_reaction")
        posted.reactions[name].remove(user)
        if not posted.reactions[name]:
            del posted.reactions[name]
        self._tell_of(posted)

    def forget_ephemerals(self) -> None:
        """Forget what only one person saw, as Slack does when a client is loaded anew."""
        self.messages = [posted for posted in self.messages if posted.only_for is None]

    def replies_to(self, posted: Posted) -> list[Posted]:
        return [
            reply
            for reply in self.messages
            if reply.channel == posted.channel and reply.thread_ts == posted.ts and reply.only_for is None
        ]

    def with_ids(self, blocks: Iterable[Block]) -> list[Block]:
        """Return the blocks, what has no block_id or action_id with one of Slack's making."""
        given = [{"block_id": f"b{self.number()}", **block} for block in blocks]
        for element in (element for block in given for element in elements_of(block)):
            if element["type"] != "image":
                element.setdefault("action_id", f"a{self.number()}")
        return given

    def check_message(self, said: Args) -> None:
        """Raise Refused where Slack would refuse a message's text or blocks."""
        blocks = said.get("blocks") or []
        if not said.get("text") and not blocks:
            raise Refused("no_text")
        try:
            check_blocks(blocks, "message")
        except Invalid as error:
            raise Refused("invalid_blocks", str(error)) from error
        if unheard_of := [block["type"] for block in blocks if block["type"] in self.unknown]:
            raise Refused("invalid_blocks", f"unsupported type {unheard_of[0]}")
        if characters(blocks) > ALL_TEXT:
            raise Refused("msg_blocks_too_long")

    def _tell_of(self, posted: Posted) -> None:
        self.tell(What.MESSAGE, posted.key)
        if posted.thread_ts:
            self.tell(What.MESSAGE, f"{posted.channel}/{posted.thread_ts}")

    # People and channels

    def as_sent(self, text: str) -> str:
        """Return typed text as Slack sends it: escaped, names of people as mentions."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        by_name = {user.name: user.id for user in self.users.values()}
        names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
        return re.sub(rf"@({names})(?!\w)", lambda found: f"<@{by_name[found[1]]}>", escaped)

    def direct(self, user: str) -> Channel:
        """Return the direct message of a user with the bot."""
        key = f"D{user[1:]}"
        return self.channels.setdefault(key, Channel(key, "directmessage", {user, BOT}, private=True))

    # Views

    def open_view(self, view: Mapping[str, Any], user: str) -> dict[str, Any]:
        self.stacks[user] = []
        return self.push_view(view, user)

    def push_view(self, view: Mapping[str, Any], user: str) -> dict[str, Any]:
        stack = self.stacks.setdefault(user, [])
        if len(stack) >= MOST_VIEWS:
            raise Refused("push_limit_reached")
        key = f"V{self.number()}"
        where = {"previous_view_id": stack[-1] if stack else None, "root_view_id": stack[0] if stack else key}
        stack.append(key)
        return self.store_view({**view, **where}, key, user)

    def store_view(self, view: Mapping[str, Any], view_id: str, user: str) -> dict[str, Any]:
        before = self.views.get(view_id, view)
        stored = {
            **view,
            "previous_view_id": before.get("previous_view_id"),
            "root_view_id": before.get("root_view_id", view_id),
            "blocks": self.with_ids(view["blocks"]),
            "id": view_id,
            "hash": f"h{self.number()}",
            "team_id": self.team,
            "app_id": APP,
            "user": user,
        }
        self.views[view_id] = stored
        self.tell(What.VIEW, user)
        return stored

    def close_views(self, user: str, *, all_of_them: bool) -> list[dict[str, Any]]:
        """Close the modal on top, or the whole stack; return what was closed, the top first."""
        stack = self.stacks.get(user, [])
        closed = [
            self.views.pop(stack.pop()) for _ in range(len(stack) if all_of_them else min(1, len(stack)))
        ]
        if closed:
            self.tell(What.VIEW, user)
        return closed

    def top_view(self, user: str) -> dict[str, Any] | None:
        stack = self.stacks.get(user)
        return self.views[stack[-1]] if stack else None

    def publish_home(self, view: Mapping[str, Any], user: str) -> dict[str, Any]:
        self.homes[user] = {
            **view,
            "blocks": self.with_ids(view["blocks"]),
            "id": f"VHOME{user}",
            "hash": f"h{self.number()}",
            "team_id": self.team,
            "app_id": APP,
        }
        self.tell(What.HOME, user)
        return self.homes[user]

    # Canvases

    def keep(self, document: Document) -> None:
        """Store a canvas, or what is new about it."""
        self.documents[document.id] = document
        self.tell(What.DOCUMENT, document.channel)

    def lose(self, document: str) -> None:
        """Delete a canvas."""
        self.tell(What.DOCUMENT, self.documents.pop(document).channel)

    def documents_of(self, channel: str) -> list[Document]:
        """Return a channel's canvases, its own first."""
        found = [one for one in self.documents.values() if one.channel == channel]
        return sorted(found, key=lambda one: not one.is_channels_own)

    # Files

    def expect_file(self, name: str, user: str, alt_text: str = "") -> File:
        """Return a file that is on its way and that nobody sees yet."""
        key = f"F{self.number()}"
        self._coming[key] = File(key, name, name, b"", user, alt_text=alt_text)
        return self._coming[key]

    def expects(self, key: str) -> bool:
        return key in self._coming

    def take_upload(self, key: str, content: bytes) -> None:
        self._coming[key].content = content

    def store_file(self, key: str, title: str = "", channel: str = "") -> File:
        """Let a file that has come be seen."""
        file = self._coming.pop(key)
        file.title, file.channel = title or file.name, channel
        self.files.append(file)
        return file

    def about_file(self, file: File) -> dict[str, Any]:
        """Return what Slack says of a file."""
        address = f"{self.url}/files/{file.id}"
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "filetype": file.name.rpartition(".")[2].lower(),
            "user": file.user,
            "size": len(file.content),
            "mode": "hosted",
            "url_private": address,
            "url_private_download": address,
        }

    def file(self, key: str) -> File:
        for file in self.files:
            if file.id == key:
                return file
        raise Refused("file_not_found")
