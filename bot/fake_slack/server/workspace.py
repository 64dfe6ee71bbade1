"""The workspace: what it remembers, and the rules that do not depend on a method."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, InvalidBlocks, count_characters, check_blocks
from bot.fake_slack.client.form_state import interactive_elements
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import (
    APP_ID,
    BOT_USER_ID,
    TEAM_ID,
    ApiArguments,
    Block,
    SlackChannel,
    SlackCanvas,
    InjectedFault,
    SlackFile,
    SlackMessage,
    FakeSlackError,
    ResponseUrl,
    SlackUser,
)
from bot.fake_slack.server.change_feed import WorkspaceChange, ChangeFeed, ChangeKind

TRIGGER_ID_LIFETIME = timedelta(seconds=3)
RESPONSE_URL_LIFETIME, MAX_RESPONSE_URL_USES = timedelta(minutes=30), 5
MAX_STACKED_VIEWS = 3  # in a stack


class FakeWorkspace:
    """What the stand-in remembers."""

    def __init__(self, clock: FakeClock | None = None, manifest: Mapping[str, Any] | None = None) -> None:
        self.clock = clock or FakeClock()
        self.team_id, self.name, self.enterprise_id = TEAM_ID, "Acme", ""
        self.is_enterprise_install = False  # whether that has the app, and not the workspace itself
        self.manifest = manifest  # of the app; None for one that may do and hear everything
        self.bot_token, self.signing_secret = "xoxb-fake", "fake-signing-secret"
        self.app_token = "xapp-fake"  # noqa: S105 - a fake token
        name = manifest["features"]["bot_user"]["display_name"] if manifest else "valuemap"
        self.users: dict[str, SlackUser] = {BOT_USER_ID: SlackUser(BOT_USER_ID, name, is_bot=True)}
        self.channels: dict[str, SlackChannel] = {}
        self.messages: list[SlackMessage] = []
        self.files: list[SlackFile] = []
        self.canvases: dict[str, SlackCanvas] = {}
        self.is_free_plan = False  # on Slack's free plan
        self.views: dict[str, dict[str, Any]] = {}  # by id; modals that are open
        self.view_stacks: dict[str, list[str]] = {}  # ids of the modals of a user, the top last
        self.home_views: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, ApiArguments]] = []
        self.faults: list[InjectedFault] = []
        self.unsupported_block_types: frozenset[str] = frozenset()  # types of blocks that this Slack has not heard of yet
        self.response_urls: dict[str, ResponseUrl] = {}  # by the key of their URL
        self.url = ""
        self.preparation_notice = ""  # what still has to happen before people can work here
        self._numbers = itertools.count(1)
        self._triggers: dict[str, tuple[str, datetime, bool]] = {}
        self._coming: dict[str, SlackFile] = {}
        self._watches: set[ChangeFeed] = set()

    # What tests ask for

    def count_calls(self, method: str) -> int:
        return Counter(name for name, _ in self.calls)[method]

    def inject_fault(self, method: str, **how: Any) -> None:
        self.faults.append(InjectedFault(method, **how))

    # Watching

    def open_change_feed(self) -> ChangeFeed:
        watch = ChangeFeed()
        self._watches.add(watch)
        return watch

    def close_change_feed(self, watch: ChangeFeed) -> None:
        self._watches.discard(watch)

    def publish_change(self, what: ChangeKind, key: str = "") -> None:
        for watch in self._watches:
            watch.add_change(WorkspaceChange(what, key))

    # Numbers and names

    def next_number(self) -> int:
        return next(self._numbers)

    def start_numbers_at(self, number: int) -> None:
        self._numbers = itertools.count(number)

    def new_ts(self) -> str:
        return f"{int(self.clock.now().timestamp())}.{self.next_number():06d}"

    def new_trigger_id(self, user: str) -> str:
        trigger = f"{self.next_number()}.trigger"
        self._triggers[trigger] = (user, self.clock.now(), False)
        return trigger

    def new_response_url(self, channel: str, user: str, about: SlackMessage | None = None) -> str:
        key = f"R{self.next_number()}"
        self.response_urls[key] = ResponseUrl(channel, user, self.clock.now(), about)
        return f"{self.url}/response/{key}"

    def find_response_url(self, key: str) -> ResponseUrl:
        """Use a response URL once; raise Refused where Slack would not take it any more."""
        reply = self.response_urls.get(key)
        if reply is None or self.clock.now() > reply.created_at + RESPONSE_URL_LIFETIME:
            raise FakeSlackError("expired_url")
        if reply.use_count >= MAX_RESPONSE_URL_USES:
            raise FakeSlackError("used_url")
        return reply

    def use_trigger_id(self, trigger: str) -> str:
        """Use up a trigger; return whose it is."""
        if trigger not in self._triggers:
            raise FakeSlackError("invalid_trigger_id")
        user, since, used = self._triggers[trigger]
        if used:
            raise FakeSlackError("exchanged_trigger_id")
        if self.clock.now() > since + TRIGGER_ID_LIFETIME:
            raise FakeSlackError("expired_trigger_id")
        self._triggers[trigger] = (user, since, True)
        return user

    # The app

    def is_subscribed(self, event: str) -> bool:
        """Say whether the app hears an event, "message.im" for messages of direct ones."""
        if self.manifest is None:
            return True
        return event in self.manifest["settings"]["event_subscriptions"]["bot_events"]

    def require_scope(self, *scopes: str) -> None:
        """Raise Refused unless the app has one of these scopes."""
        if self.manifest is not None and not {*scopes} & {*self.manifest["oauth_config"]["scopes"]["bot"]}:
            raise FakeSlackError("missing_scope", scopes[0])

    # Messages

    def find_message(self, channel: str, ts: str, reader: str | None = None) -> SlackMessage:
        """Return a message that everybody sees, or that this reader sees."""
        for posted in reversed(self.messages):
            if posted.channel_id == channel and posted.ts == ts and posted.ephemeral_user_id in {None, reader}:
                return posted
        raise FakeSlackError("message_not_found")

    def post_message(self, posted: SlackMessage) -> SlackMessage:
        posted.blocks = self.assign_block_ids(posted.blocks)
        self.messages.append(posted)
        self._tell_of(posted)
        return posted

    def edit_message(self, posted: SlackMessage, text: str, blocks: Iterable[Block]) -> None:
        posted.text, posted.blocks = text, self.assign_block_ids(blocks)
        self._tell_of(posted)

    def delete_message(self, posted: SlackMessage) -> None:
        """Delete a message. Its replies stay, as in Slack."""
        self.messages.remove(posted)
        self.publish_change(ChangeKind.DELETED, posted.key)

    def add_reaction(self, posted: SlackMessage, name: str, user: str) -> None:
        users = posted.reactions.setdefault(name, [])
        if user in users:
            raise FakeSlackError("already_reacted")
        users.append(user)
        self._tell_of(posted)

    def remove_reaction(self, posted: SlackMessage, name: str, user: str) -> None:
        if user not in posted.reactions.get(name, []):
            raise FakeSlackError("no_reaction")
        posted.reactions[name].remove(user)
        if not posted.reactions[name]:
            del posted.reactions[name]
        self._tell_of(posted)

    def drop_ephemeral_messages(self) -> None:
        """Forget what only one person saw, as Slack does when a client is loaded anew."""
        self.messages = [posted for posted in self.messages if posted.ephemeral_user_id is None]

    def thread_replies(self, posted: SlackMessage) -> list[SlackMessage]:
        return [
            reply
            for reply in self.messages
            if reply.channel_id == posted.channel_id and reply.thread_ts == posted.ts and reply.ephemeral_user_id is None
        ]

    def assign_block_ids(self, blocks: Iterable[Block]) -> list[Block]:
        """Return the blocks, what has no block_id or action_id with one of Slack's making."""
        given = [{"block_id": f"b{self.next_number()}", **block} for block in blocks]
        for element in (element for block in given for element in interactive_elements(block)):
            if element["type"] != "image":
                element.setdefault("action_id", f"a{self.next_number()}")
        return given

    def validate_message(self, said: ApiArguments) -> None:
        """Raise Refused where Slack would refuse a message's text or blocks."""
        blocks = said.get("blocks") or []
        if not said.get("text") and not blocks:
            raise FakeSlackError("no_text")
        try:
            check_blocks(blocks, "message")
        except InvalidBlocks as error:
            raise FakeSlackError("invalid_blocks", str(error)) from error
        if unheard_of := [block["type"] for block in blocks if block["type"] in self.unsupported_block_types]:
            raise FakeSlackError("invalid_blocks", f"unsupported type {unheard_of[0]}")
        if count_characters(blocks) > MAX_MESSAGE_CHARACTERS:
            raise FakeSlackError("msg_blocks_too_long")

    def _tell_of(self, posted: SlackMessage) -> None:
        self.publish_change(ChangeKind.MESSAGE, posted.key)
        if posted.thread_ts:
            self.publish_change(ChangeKind.MESSAGE, f"{posted.channel_id}/{posted.thread_ts}")

    # People and channels

    def encode_typed_text(self, text: str) -> str:
        """Return typed text as Slack sends it: escaped, names of people as mentions."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        by_name = {user.name: user.id for user in self.users.values()}
        names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
        return re.sub(rf"@({names})(?!\w)", lambda found: f"<@{by_name[found[1]]}>", escaped)

    def direct_channel(self, user: str) -> SlackChannel:
        """Return the direct message of a user with the bot."""
        key = f"D{user[1:]}"
        return self.channels.setdefault(key, SlackChannel(key, "directmessage", {user, BOT_USER_ID}, is_private=True))

    # Views

    def open_view(self, view: Mapping[str, Any], user: str) -> dict[str, Any]:
        self.view_stacks[user] = []
        return self.push_view(view, user)

    def push_view(self, view: Mapping[str, Any], user: str) -> dict[str, Any]:
        stack = self.view_stacks.setdefault(user, [])
        if len(stack) >= MAX_STACKED_VIEWS:
            raise FakeSlackError("push_limit_reached")
        key = f"V{self.next_number()}"
        where = {"previous_view_id": stack[-1] if stack else None, "root_view_id": stack[0] if stack else key}
        stack.append(key)
        return self.store_view({**view, **where}, key, user)

    def store_view(self, view: Mapping[str, Any], view_id: str, user: str) -> dict[str, Any]:
        before = self.views.get(view_id, view)
        stored = {
            **view,
            "previous_view_id": before.get("previous_view_id"),
            "root_view_id": before.get("root_view_id", view_id),
            "blocks": self.assign_block_ids(view["blocks"]),
            "id": view_id,
            "hash": f"h{self.next_number()}",
            "team_id": self.team_id,
            "app_id": APP_ID,
            "user": user,
        }
        self.views[view_id] = stored
        self.publish_change(ChangeKind.VIEW, user)
        return stored

    def close_views(self, user: str, *, whole_stack: bool) -> list[dict[str, Any]]:
        """Close the modal on top, or the whole stack; return what was closed, the top first."""
        stack = self.view_stacks.get(user, [])
        closed = [
            self.views.pop(stack.pop()) for _ in range(len(stack) if whole_stack else min(1, len(stack)))
        ]
        if closed:
            self.publish_change(ChangeKind.VIEW, user)
        return closed

    def top_view(self, user: str) -> dict[str, Any] | None:
        stack = self.view_stacks.get(user)
        return self.views[stack[-1]] if stack else None

    def publish_home(self, view: Mapping[str, Any], user: str) -> dict[str, Any]:
        self.home_views[user] = {
            **view,
            "blocks": self.assign_block_ids(view["blocks"]),
            "id": f"VHOME{user}",
            "hash": f"h{self.next_number()}",
            "team_id": self.team_id,
            "app_id": APP_ID,
        }
        self.publish_change(ChangeKind.HOME, user)
        return self.home_views[user]

    # Canvases

    def store_canvas(self, document: SlackCanvas) -> None:
        """Store a canvas, or what is new about it."""
        self.canvases[document.id] = document
        self.publish_change(ChangeKind.CANVAS, document.channel_id)

    def delete_canvas(self, document: str) -> None:
        """Delete a canvas."""
        self.publish_change(ChangeKind.CANVAS, self.canvases.pop(document).channel_id)

    def canvases_in_channel(self, channel: str) -> list[SlackCanvas]:
        """Return a channel's canvases, its own first."""
        found = [one for one in self.canvases.values() if one.channel_id == channel]
        return sorted(found, key=lambda one: not one.is_channel_canvas)

    # Files

    def start_upload(self, name: str, user: str, alt_text: str = "") -> SlackFile:
        """Return a file that is on its way and that nobody sees yet."""
        key = f"F{self.next_number()}"
        self._coming[key] = SlackFile(key, name, name, b"", user, alt_text=alt_text)
        return self._coming[key]

    def has_pending_upload(self, key: str) -> bool:
        return key in self._coming

    def receive_upload(self, key: str, content: bytes) -> None:
        self._coming[key].content = content

    def finish_upload(self, key: str, title: str = "", channel: str = "") -> SlackFile:
        """Let a file that has come be seen."""
        file = self._coming.pop(key)
        file.title, file.channel_id = title or file.name, channel
        self.files.append(file)
        return file

    def file_payload(self, file: SlackFile) -> dict[str, Any]:
        """Return what Slack says of a file."""
        address = f"{self.url}/files/{file.id}"
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "filetype": file.name.rpartition(".")[2].lower(),
            "user": file.user_id,
            "size": len(file.content),
            "mode": "hosted",
            "url_private": address,
            "url_private_download": address,
        }

    def find_file(self, key: str) -> SlackFile:
        for file in self.files:
            if file.id == key:
                return file
        raise FakeSlackError("file_not_found")
