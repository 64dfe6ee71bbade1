"""People at their Slack, by what they read there: labels, texts and names instead of ids."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.fake_slack.delivery import Delivery, Send
from bot.fake_slack.fields import elements_of
from bot.fake_slack.member import Member
from bot.fake_slack.modal import Modal, NotThere
from bot.fake_slack.render import label_of, text_of
from bot.fake_slack.things import BOT, Channel, Posted, User
from bot.fake_slack.workspace import Workspace


class Bench:
    """Where people sit: their way to the app, and what to wait for after each thing they do."""

    def __init__(self, slack: Workspace, send: Send, settle: Callable[[], Awaitable[None]]) -> None:
        self.slack, self.settle = slack, settle
        self.delivery = Delivery(slack, send)

    @property
    def troubles(self) -> list[str]:
        """The requests that the app did not take."""
        return self.delivery.troubles

    async def send_event(self, event: Mapping[str, Any]) -> None:
        await self.delivery.event(event)
        await self.settle()

    def person(self, name: str, time_zone: str = "UTC", *, is_bot: bool = False) -> "Person":
        user = User(f"U{len(self.slack.users):04d}", name, time_zone, is_bot)
        self.slack.users[user.id] = user
        return Person(self, user)

    def channel(self, name: str, *people: "Person", bot: bool = True, private: bool = False) -> Channel:
        members = {person.user.id for person in people} | ({BOT} if bot else set())
        channel = Channel(f"C{len(self.slack.channels):04d}", name, members, private)
        self.slack.channels[channel.id] = channel
        return channel


class Seen:
    """A message as a person sees it."""

    def __init__(self, posted: Posted) -> None:
        self.posted = posted

    @property
    def text(self) -> str:
        return text_of(self.posted.blocks, self.posted.text)


class Person:
    def __init__(self, bench: Bench, user: User) -> None:
        self._bench, self.user = bench, user
        self.member = Member(bench.delivery, user)
        self._slack = bench.slack

    @property
    def id(self) -> str:
        return self.user.id

    async def types(self, channel: Channel, text: str) -> None:
        """Type a slash command, or a message."""
        await self.member.says(channel, text)
        await self._bench.settle()

    async def tells_bot(self, text: str) -> None:
        await self.types(self.direct, text)

    @property
    def direct(self) -> Channel:
        return self._slack.direct(self.id)

    def sees(self, channel: Channel) -> list[Seen]:
        return [
            Seen(posted)
            for posted in self._slack.messages
            if posted.channel == channel.id and posted.only_for in {None, self.id}
        ]

    def last(self, channel: Channel) -> Seen:
        return self.sees(channel)[-1]

    def finds(self, channel: Channel, words: str) -> Seen:
        """Return the newest message with these words."""
        for seen in reversed(self.sees(channel)):
            if words in seen.text:
                return seen
        raise NotThere(f"{words!r} is not in {[seen.text[:80] for seen in self.sees(channel)]}")

    async def reacts(self, seen: Seen, name: str) -> None:
        await self.member.reacts(seen.posted, name)
        await self._bench.settle()

    async def unreacts(self, seen: Seen, name: str) -> None:
        await self.member.unreacts(seen.posted, name)
        await self._bench.settle()

    def reaction(self, seen: Seen, name: str, kind: str) -> dict[str, Any]:
        return self.member.reaction(seen.posted, name, kind)

    async def clicks(self, seen: Seen, label: str, option: str = "") -> None:
        """Press a button of a message by its label, or choose from its "⋯" menu."""
        await self.presses(seen, *pressed(seen.posted.blocks, label, option))

    async def presses(self, seen: Seen, block: str, action: str, value: str | None) -> None:
        """Press or choose something of a message by its ids."""
        await self.member.presses(seen.posted, block, action, value, {})
        await self._bench.settle()

    async def chooses(self, shortcut: str, posted: Posted | None = None) -> None:
        """Choose one of the app's shortcuts, on a message or from anywhere."""
        await self.member.shortcut(shortcut, posted)
        await self._bench.settle()

    async def opens_home(self) -> str:
        await self.member.opens_home()
        await self._bench.settle()
        return text_of(self._slack.homes[self.id]["blocks"])

    async def clicks_home(self, label: str) -> None:
        home = self._slack.homes[self.id]
        await self.member.presses_in(home, *pressed(home["blocks"], label, ""), {})
        await self._bench.settle()

    @property
    def modal(self) -> Modal:
        view = self._slack.top_view(self.id)
        if view is None:
            raise NotThere(f"{self.user.name} has no modal open")
        return Modal(self.member, view, self._bench.settle)


def pressed(blocks: list[dict[str, Any]], label: str, option: str) -> tuple[str, str, str | None]:
    """Return block id, action id and value of what has this label."""
    labels: list[str] = []
    for block in blocks:
        for element in elements_of(block):
            labels.append(label_of(element))
            if labels[-1] == label:
                chosen = [o["value"] for o in element.get("options", []) if o["text"]["text"] == option]
                return block["block_id"], element["action_id"], chosen[0] if option else None
    raise NotThere(f"no button {label!r}; there are {labels}")
