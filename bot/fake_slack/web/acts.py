"""What a visitor does on the page, as the member they act as."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import htpy as h

from bot.fake_slack.changes import What
from bot.fake_slack.member import Member
from bot.fake_slack.things import Channel, Posted, Refused
from bot.fake_slack.web.html.elements import options
from bot.fake_slack.web.jumps import JUMPS
from bot.fake_slack.web.messages import found

Asked = Mapping[str, Any]
Act = Callable[[Member, Asked], Awaitable[Any]]  # raises Refused


async def say(member: Member, asked: Asked) -> None:
    await member.says(channel_of(member, asked["channel"]), asked["text"], asked.get("thread") or None)


async def typing(member: Member, asked: Asked) -> None:
    channel = channel_of(member, asked["channel"])
    member.slack.tell(What.TYPING, f"{channel.id}/{asked.get('thread') or ''}/{member.id}")


async def react(member: Member, asked: Asked) -> None:
    """Set a reaction, or take one's own back."""
    posted = _posted(member, asked)
    mine = member.id in posted.reactions.get(asked["name"], ())
    await (member.unreacts if mine else member.reacts)(posted, asked["name"])


async def press(member: Member, asked: Asked) -> None:
    what = (asked["block"], asked["action"], asked.get("given"), asked.get("filled") or {})
    if asked.get("view"):
        await member.presses_in(_view(member, asked["view"]), *what)
    else:
        await member.presses(_posted(member, asked), *what)


async def submit(member: Member, asked: Asked) -> dict[str, Any]:
    return {"errors": await member.submits(_view(member, asked["view"]), asked["filled"])}


async def close(member: Member, asked: Asked) -> None:
    await member.closes(all_of_them=bool(asked.get("all")))


async def suggest(member: Member, asked: Asked) -> dict[str, Any]:
    place = _view(member, asked["view"]) if asked.get("view") else _posted(member, asked)
    given = await member.suggestions(
        place, asked["block"], asked["action"], asked["words"], asked.get("filled") or {}
    )
    return {"html": str(h.fragment[options(given, asked["kind"])])}


async def home(member: Member, asked: Asked) -> None:
    await member.opens_home(asked["tab"])


async def shortcut(member: Member, asked: Asked) -> None:
    await member.shortcut(asked["callback"], _posted(member, asked) if asked.get("ts") else None)


async def delete(member: Member, asked: Asked) -> None:
    await member.deletes(_posted(member, asked))


async def clock(member: Member, asked: Asked) -> None:
    """Move the clock, by the calendar of the workspace's first member, whatever the zone of this one."""
    slack = member.slack
    first = next(user for user in slack.users.values() if not user.is_bot)
    local = slack.clock.now().astimezone(ZoneInfo(first.time_zone))
    slack.clock.set(JUMPS[asked["to"]](local).astimezone(UTC))
    slack.tell(What.CLOCK)


ACTS: Mapping[str, Act] = {
    "say": say,
    "typing": typing,
    "react": react,
    "press": press,
    "submit": submit,
    "close": close,
    "suggest": suggest,
    "home": home,
    "shortcut": shortcut,
    "delete": delete,
    "clock": clock,
}


def channel_of(member: Member, key: str) -> Channel:
    """Return a channel that a member is in; raise Refused for any other."""
    channel = member.slack.channels.get(key)
    if channel is None or member.id not in channel.members:
        raise Refused("channel_not_found")
    return channel


def _posted(member: Member, asked: Asked) -> Posted:
    posted = found(member.slack, f"{asked['channel']}/{asked['ts']}", member.id)
    if posted is None:
        raise Refused("message_not_found")
    return posted


def _view(member: Member, key: str) -> Mapping[str, Any]:
    """Return a member's own Home, or a modal of theirs."""
    slack = member.slack
    home_view = slack.homes.get(member.id)
    if home_view and home_view["id"] == key:
        return home_view
    if key not in slack.stacks.get(member.id, ()):
        raise Refused("view_not_found")
    return slack.views[key]
