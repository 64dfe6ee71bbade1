"""Members who use Slack by what they read there: labels, texts and names instead of ids."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.fake_slack.blockkit.traversal import interactive_elements
from bot.fake_slack.client.member import MemberClient
from bot.fake_slack.client.modal import NotVisible, OpenModal
from bot.fake_slack.client.plain_text import blocks_to_text, element_label
from bot.fake_slack.models import BOT_USER_ID, SlackChannel, SlackMessage, SlackUser
from bot.fake_slack.server.delivery import Delivery, RequestSender
from bot.fake_slack.server.workspace import FakeWorkspace


class Harness:
    """Connects people to the app, and waits after each of their actions until the app has settled.

    `settle` is what to wait for: usually that the bot has done its background work and its due jobs.
    """

    def __init__(
        self, slack: FakeWorkspace, send: RequestSender, settle: Callable[[], Awaitable[None]]
    ) -> None:
        self.slack, self.settle = slack, settle
        self.delivery = Delivery(slack, send)

    @property
    def failures(self) -> list[str]:
        """The requests that the app did not accept."""
        return self.delivery.failures

    async def send_event(self, event: Mapping[str, Any]) -> None:
        await self.delivery.send_event(event)
        await self.settle()

    def add_person(self, name: str, time_zone: str = "UTC", *, is_bot: bool = False) -> "Person":
        user = SlackUser(f"U{len(self.slack.users):04d}", name, time_zone, is_bot)
        self.slack.users[user.id] = user
        return Person(self, user)

    def add_channel(
        self, name: str, *people: "Person", bot: bool = True, private: bool = False
    ) -> SlackChannel:
        member_ids = {person.user.id for person in people} | ({BOT_USER_ID} if bot else set())
        channel = SlackChannel(f"C{len(self.slack.channels):04d}", name, member_ids, private)
        self.slack.channels[channel.id] = channel
        return channel

    def add_group_message(self, *people: "Person") -> SlackChannel:
        """Add a direct message of several people, without the bot."""
        names = "--".join(person.user.name.lower() for person in people)
        channel = SlackChannel(
            f"C{len(self.slack.channels):04d}", f"mpdm-{names}-1", {person.id for person in people}, True
        )
        self.slack.channels[channel.id] = channel
        return channel


class VisibleMessage:
    """A message as a person sees it."""

    def __init__(self, message: SlackMessage) -> None:
        self.message = message

    @property
    def text(self) -> str:
        return blocks_to_text(self.message.blocks, self.message.text)


class Person:
    """A member of the workspace. After each action the harness settles."""

    def __init__(self, harness: Harness, user: SlackUser) -> None:
        self._harness, self.user = harness, user
        self.member = MemberClient(harness.delivery, user)
        self._slack = harness.slack

    @property
    def id(self) -> str:
        return self.user.id

    async def type_text(self, channel: SlackChannel, text: str) -> None:
        """Type a slash command or a message, and send it."""
        await self.member.send_text(channel, text)
        await self._harness.settle()

    async def message_bot(self, text: str) -> None:
        await self.type_text(self.direct_channel, text)

    @property
    def direct_channel(self) -> SlackChannel:
        return self._slack.direct_channel(self.id)

    def visible_messages(self, channel: SlackChannel) -> list[VisibleMessage]:
        return [
            VisibleMessage(message)
            for message in self._slack.messages
            if message.channel_id == channel.id and message.ephemeral_user_id in {None, self.id}
        ]

    def last_message(self, channel: SlackChannel) -> VisibleMessage:
        return self.visible_messages(channel)[-1]

    def find_message(self, channel: SlackChannel, text: str) -> VisibleMessage:
        """Return the newest message that contains this text; raise NotVisible where there is none."""
        messages = self.visible_messages(channel)
        for message in reversed(messages):
            if text in message.text:
                return message
        raise NotVisible(f"{text!r} is not in {[message.text[:80] for message in messages]}")

    async def add_reaction(self, visible: VisibleMessage, name: str) -> None:
        await self.member.add_reaction(visible.message, name)
        await self._harness.settle()

    async def remove_reaction(self, visible: VisibleMessage, name: str) -> None:
        await self.member.remove_reaction(visible.message, name)
        await self._harness.settle()

    def reaction_event(self, visible: VisibleMessage, name: str, event_type: str) -> dict[str, Any]:
        return self.member.reaction_event(visible.message, name, event_type)

    async def click_button(self, visible: VisibleMessage, label: str, option: str = "") -> None:
        """Click a button of a message by its label, or choose from its "⋯" menu."""
        await self.act_on_message(visible, *find_button(visible.message.blocks, label, option, self.id))

    async def act_on_message(
        self, visible: VisibleMessage, block_id: str, action_id: str, value: str | None
    ) -> None:
        """Act on an element of a message by its ids."""
        await self.member.act_on_message(visible.message, block_id, action_id, value, {})
        await self._harness.settle()

    async def change_profile(self, *, name: str = "", time_zone: str = "") -> None:
        """Change the display name or the time zone."""
        await self.member.change_profile(name=name, time_zone=time_zone)
        await self._harness.settle()

    async def leave_channel(self, channel: SlackChannel) -> None:
        await self.member.leave_channel(channel)
        await self._harness.settle()

    async def join_channel(self, channel: SlackChannel) -> None:
        await self.member.join_channel(channel)
        await self._harness.settle()

    async def use_shortcut(self, callback_id: str, message: SlackMessage | None = None) -> None:
        """Use one of the app's shortcuts, on a message or a global one."""
        await self.member.use_shortcut(callback_id, message)
        await self._harness.settle()

    async def open_home(self) -> str:
        """Open the App Home and return its text."""
        await self.member.open_home()
        await self._harness.settle()
        return blocks_to_text(self._slack.home_views[self.id]["blocks"])

    async def click_in_home(self, label: str, option: str = "") -> None:
        home = self._slack.home_views[self.id]
        await self.member.act_in_view(home, *find_button(home["blocks"], label, option, self.id), {})
        await self._harness.settle()

    @property
    def modal(self) -> OpenModal:
        """The modal on top; raises NotVisible where none is open."""
        view = self._slack.top_view(self.id)
        if view is None:
            raise NotVisible(f"{self.user.name} has no modal open")
        return OpenModal(self.member, view, self._harness.settle)


def find_button(
    blocks: list[dict[str, Any]], label: str, option: str, user_id: str
) -> tuple[str, str, str | None]:
    """Return block id, action id and value of what has this label and this user sees."""
    labels: list[str] = []
    for block in blocks:
        for element in interactive_elements(block):
            if user_id not in element.get("visible_to_user_ids", [user_id]):
                continue
            labels.append(element_label(element))
            if labels[-1] == label:
                chosen = [o["value"] for o in element.get("options", []) if o["text"]["text"] == option]
                return block["block_id"], element["action_id"], chosen[0] if option else None
    raise NotVisible(f"no button {label!r}; there are {labels}")
