"""People at their Slack, by what they read there: labels, texts and names instead of ids."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.fake_slack.client.form_state import interactive_elements
from bot.fake_slack.client.member import MemberClient
from bot.fake_slack.client.modal import OpenModal, NotVisible
from bot.fake_slack.client.plain_text import element_label, blocks_to_text
from bot.fake_slack.models import BOT_USER_ID, SlackChannel, SlackMessage, SlackUser
from bot.fake_slack.server.delivery import Delivery, RequestSender
from bot.fake_slack.server.workspace import FakeWorkspace


class Harness:
    """Where people sit: their way to the app, and what to wait for after each thing they do."""

    def __init__(self, slack: FakeWorkspace, send: RequestSender, settle: Callable[[], Awaitable[None]]) -> None:
        self.slack, self.settle = slack, settle
        self.delivery = Delivery(slack, send)

    @property
    def failures(self) -> list[str]:
        """The requests that the app did not take."""
        return self.delivery.failures

    async def send_event(self, event: Mapping[str, Any]) -> None:
        await self.delivery.send_event(event)
        await self.settle()

    def add_person(self, name: str, time_zone: str = "UTC", *, is_bot: bool = False) -> "Person":
        user = SlackUser(f"U{len(self.slack.users):04d}", name, time_zone, is_bot)
        self.slack.users[user.id] = user
        return Person(self, user)

    def add_channel(self, name: str, *people: "Person", bot: bool = True, private: bool = False) -> SlackChannel:
        members = {person.user.id for person in people} | ({BOT_USER_ID} if bot else set())
        channel = SlackChannel(f"C{len(self.slack.channels):04d}", name, members, private)
        self.slack.channels[channel.id] = channel
        return channel


class VisibleMessage:
    """A message as a person sees it."""

    def __init__(self, posted: SlackMessage) -> None:
        self.posted = posted

    @property
    def text(self) -> str:
        return blocks_to_text(self.posted.blocks, self.posted.text)


class Person:
    def __init__(self, bench: Harness, user: SlackUser) -> None:
        self._bench, self.user = bench, user
        self.member = MemberClient(bench.delivery, user)
        self._slack = bench.slack

    @property
    def id(self) -> str:
        return self.user.id

    async def type_text(self, channel: SlackChannel, text: str) -> None:
        """Type a slash command, or a message."""
        await self.member.send_text(channel, text)
        await self._bench.settle()

    async def message_bot(self, text: str) -> None:
        await self.type_text(self.direct_channel, text)

    @property
    def direct_channel(self) -> SlackChannel:
        return self._slack.direct_channel(self.id)

    def visible_messages(self, channel: SlackChannel) -> list[VisibleMessage]:
        return [
            VisibleMessage(posted)
            for posted in self._slack.messages
            if posted.channel_id == channel.id and posted.ephemeral_user_id in {None, self.id}
        ]

    def last_message(self, channel: SlackChannel) -> VisibleMessage:
        return self.visible_messages(channel)[-1]

    def find_message(self, channel: SlackChannel, words: str) -> VisibleMessage:
        """Return the newest message with these words."""
        for seen in reversed(self.visible_messages(channel)):
            if words in seen.text:
                return seen
        raise NotVisible(f"{words!r} is not in {[seen.text[:80] for seen in self.visible_messages(channel)]}")

    async def add_reaction(self, seen: VisibleMessage, name: str) -> None:
        await self.member.add_reaction(seen.posted, name)
        await self._bench.settle()

    async def remove_reaction(self, seen: VisibleMessage, name: str) -> None:
        await self.member.remove_reaction(seen.posted, name)
        await self._bench.settle()

    def reaction_event(self, seen: VisibleMessage, name: str, kind: str) -> dict[str, Any]:
        return self.member.reaction_event(seen.posted, name, kind)

    async def click_button(self, seen: VisibleMessage, label: str, option: str = "") -> None:
        """Press a button of a message by its label, or choose from its "⋯" menu."""
        await self.act_on_message(seen, *find_button(seen.posted.blocks, label, option))

    async def act_on_message(self, seen: VisibleMessage, block: str, action: str, value: str | None) -> None:
        """Press or choose something of a message by its ids."""
        await self.member.act_on_message(seen.posted, block, action, value, {})
        await self._bench.settle()

    async def use_shortcut(self, shortcut: str, posted: SlackMessage | None = None) -> None:
        """Choose one of the app's shortcuts, on a message or from anywhere."""
        await self.member.use_shortcut(shortcut, posted)
        await self._bench.settle()

    async def open_home(self) -> str:
        await self.member.open_home()
        await self._bench.settle()
        return blocks_to_text(self._slack.home_views[self.id]["blocks"])

    async def click_in_home(self, label: str) -> None:
        home = self._slack.home_views[self.id]
        await self.member.act_in_view(home, *find_button(home["blocks"], label, ""), {})
        await self._bench.settle()

    @property
    def modal(self) -> OpenModal:
        view = self._slack.top_view(self.id)
        if view is None:
            raise NotVisible(f"{self.user.name} has no modal open")
        return OpenModal(self.member, view, self._bench.settle)


def find_button(blocks: list[dict[str, Any]], label: str, option: str) -> tuple[str, str, str | None]:
    """Return block id, action id and value of what has this label."""
    labels: list[str] = []
    for block in blocks:
        for element in interactive_elements(block):
            labels.append(element_label(element))
            if labels[-1] == label:
                chosen = [o["value"] for o in element.get("options", []) if o["text"]["text"] == option]
                return block["block_id"], element["action_id"], chosen[0] if option else None
    raise NotVisible(f"no button {label!r}; there are {labels}")
