"""The fake workspace: its channels and messages, and the rules that no single method owns."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from bot.fake_slack.blockkit import (
    MAX_MESSAGE_CHARACTERS,
    InvalidBlocks,
    check_blocks,
    count_characters,
)
from bot.fake_slack.blockkit.traversal import interactive_elements
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import (
    BOT_USER_ID,
    ApiArguments,
    Block,
    FakeSlackError,
    ResponseUrl,
    SlackChannel,
    SlackMessage,
)
from bot.fake_slack.server.change_feed import ChangeKind
from bot.fake_slack.server.files import WorkspaceFiles
from bot.fake_slack.server.views import WorkspaceViews

# https://docs.slack.dev/interactivity/handling-user-interaction: five responses within 30 minutes.
RESPONSE_URL_LIFETIME, MAX_RESPONSE_URL_USES = timedelta(minutes=30), 5


class FakeWorkspace(WorkspaceViews, WorkspaceFiles):
    """The whole state of one workspace."""

    def __init__(self, clock: FakeClock | None = None, manifest: Mapping[str, Any] | None = None) -> None:
        super().__init__(clock, manifest)
        self.channels: dict[str, SlackChannel] = {}  # by channel id
        self.user_groups: dict[str, str] = {}  # handles by id
        self.messages: list[SlackMessage] = []  # in the order they were posted
        self.response_urls: dict[str, ResponseUrl] = {}  # by the last part of their URL
        self.unsupported_block_types: frozenset[str] = frozenset()  # that this workspace's Slack refuses
        self.unsupported_element_fields: frozenset[str] = frozenset()  # likewise, of buttons and menus

    # Response URLs

    def new_response_url(self, channel_id: str, user_id: str, message: SlackMessage | None = None) -> str:
        """Return a URL that the app may answer a user at, about a message where they acted on one."""
        key = f"R{self.next_number()}"
        self.response_urls[key] = ResponseUrl(channel_id, user_id, self.clock.now(), message)
        return f"{self.url}/response/{key}"

    def find_response_url(self, key: str) -> ResponseUrl:
        """Return a response URL; raise FakeSlackError where it is expired or used up."""
        response_url = self.response_urls.get(key)
        if response_url is None or self.clock.now() > response_url.created_at + RESPONSE_URL_LIFETIME:
            raise FakeSlackError("expired_url")
        if response_url.use_count >= MAX_RESPONSE_URL_USES:
            raise FakeSlackError("used_url")
        return response_url

    # Messages

    def find_message(self, channel_id: str, ts: str, reader_id: str | None = None) -> SlackMessage:
        """Return a message that this reader, or everybody, sees; raise FakeSlackError without one."""
        for message in reversed(self.messages):
            is_visible = message.ephemeral_user_id in {None, reader_id}
            if message.channel_id == channel_id and message.ts == ts and is_visible:
                return message
        raise FakeSlackError("message_not_found")

    def post_message(self, message: SlackMessage) -> SlackMessage:
        message.blocks = self.assign_block_ids(message.blocks)
        self.messages.append(message)
        self._publish_message_change(message)
        return message

    def edit_message(self, message: SlackMessage, text: str, blocks: Iterable[Block]) -> None:
        message.text, message.blocks = text, self.assign_block_ids(blocks)
        self._publish_message_change(message)

    def delete_message(self, message: SlackMessage) -> None:
        """Delete a message. Its replies stay, as they do at Slack."""
        self.messages.remove(message)
        self.publish_change(ChangeKind.DELETED, message.key)

    def add_reaction(self, message: SlackMessage, name: str, user_id: str) -> None:
        user_ids = message.reactions.setdefault(name, [])
        if user_id in user_ids:
            raise FakeSlackError("already_reacted")
        user_ids.append(user_id)
        self._publish_message_change(message)

    def remove_reaction(self, message: SlackMessage, name: str, user_id: str) -> None:
        if user_id not in message.reactions.get(name, []):
            raise FakeSlackError("no_reaction")
        message.reactions[name].remove(user_id)
        if not message.reactions[name]:
            del message.reactions[name]
        self._publish_message_change(message)

    def drop_ephemeral_messages(self) -> None:
        """Drop the ephemeral messages, as Slack does when a client reloads."""
        self.messages = [message for message in self.messages if message.ephemeral_user_id is None]

    def find_parent(self, reply: SlackMessage) -> SlackMessage | None:
        """Return the message that a reply belongs to; None where it was deleted."""
        for message in self.messages:
            if message.channel_id == reply.channel_id and message.ts == reply.thread_ts:
                return message
        return None

    def thread_replies(self, parent: SlackMessage) -> list[SlackMessage]:
        """Return the replies to a message that everybody sees."""
        return [
            message
            for message in self.messages
            if message.channel_id == parent.channel_id
            and message.thread_ts == parent.ts
            and message.ephemeral_user_id is None
        ]

    def validate_message(self, args: ApiArguments) -> None:
        """Raise FakeSlackError where Slack would refuse the text or the blocks of a message."""
        blocks = args.get("blocks") or []
        if not args.get("text") and not blocks:
            raise FakeSlackError("no_text")
        try:
            check_blocks(blocks, "message")
        except InvalidBlocks as error:
            raise FakeSlackError("invalid_blocks", str(error)) from error
        types = [block["type"] for block in blocks]
        if unsupported := [name for name in types if name in self.unsupported_block_types]:
            raise FakeSlackError("invalid_blocks", f"unsupported type {unsupported[0]}")
        elements = [element for block in blocks for element in interactive_elements(block)]
        if unknown := [
            name for element in elements for name in element if name in self.unsupported_element_fields
        ]:
            raise FakeSlackError("invalid_blocks", f"invalid additional property: {unknown[0]}")
        if count_characters(blocks) > MAX_MESSAGE_CHARACTERS:
            raise FakeSlackError("msg_blocks_too_long")

    def _publish_message_change(self, message: SlackMessage) -> None:
        self.publish_change(ChangeKind.MESSAGE, message.key)
        if message.thread_ts:  # the parent shows the number of its replies
            self.publish_change(ChangeKind.MESSAGE, f"{message.channel_id}/{message.thread_ts}")

    # People and channels

    def encode_typed_text(self, text: str) -> str:
        """Return typed text as Slack sends it: escaped, with members' names as mentions."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        user_ids = {user.name: user.id for user in self.users.values()}
        # The longest name first, so that @Ana does not match in @Ana Maria.
        names = "|".join(re.escape(name) for name in sorted(user_ids, key=len, reverse=True))
        return re.sub(rf"@({names})(?!\w)", lambda match: f"<@{user_ids[match[1]]}>", escaped)

    def direct_channel(self, user_id: str) -> SlackChannel:
        """Return the direct message channel of a user and the bot."""
        channel_id = f"D{user_id[1:]}"
        direct = SlackChannel(channel_id, "directmessage", {user_id, BOT_USER_ID}, is_private=True)
        return self.channels.setdefault(channel_id, direct)
