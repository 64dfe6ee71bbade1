"""What a member does at their Slack, by ids: checked as Slack's client checks, sent as Slack sends."""

import contextlib
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bot.fake_slack.blockkit import Invalid, check_view
from bot.fake_slack.delivery import Delivery, Failed
from bot.fake_slack.fields import (
    KINDS,
    Element,
    Filled,
    Given,
    Known,
    elements_of,
    held,
    options_of,
    refusals,
    state_of,
)
from bot.fake_slack.things import APP, BOT, SLACKBOT, Channel, File, Posted, Refused, User
from bot.fake_slack.workspace import Workspace

View = Mapping[str, Any]
TROUBLE = "We had some trouble connecting. Try again?"


class Member:
    """One member. Raises Refused, with Slack's name for it, for what a client does not let them do."""

    def __init__(self, delivery: Delivery, user: User) -> None:
        self._delivery, self.user = delivery, user
        self._suggested: dict[str, Mapping[str, Any]] = {}  # options that the app suggested, by value

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def slack(self) -> Workspace:
        return self._delivery.slack

    # Saying

    async def says(self, channel: Channel, text: str, thread: str | None = None) -> None:
        """Send a command, or post a message."""
        self.require_in(channel)
        if text.startswith("/"):
            await self._runs(channel, text, thread)
            return
        if channel.archived:
            raise Refused("is_archived")
        said = self.slack.as_sent(text)
        posted = self.slack.post(Posted(channel.id, self.slack.ts(), self.id, said, [], thread))
        event = {
            "user": self.id,
            "text": said,
            "channel": channel.id,
            "ts": posted.ts,
            "event_ts": posted.ts,
            **({"thread_ts": thread} if thread else {}),
        }
        if BOT not in channel.members:
            return
        if f"<@{BOT}>" in said and not channel.is_direct:
            await self._delivery.event({"type": "app_mention", **event})
        await self._delivery.event({"type": "message", "channel_type": channel.kind, **event})

    async def _runs(self, channel: Channel, text: str, thread: str | None) -> None:
        command = text.split(maxsplit=1)[0]
        manifest = self.slack.manifest
        known = manifest is None or command in {c["command"] for c in manifest["features"]["slash_commands"]}
        if not known:
            self._slackbot(channel, f"`{command}` is not a valid command.", thread)
        elif thread:
            self._slackbot(channel, f"`{command}` is not supported in threads. Sorry!", thread)
        else:
            try:
                await self._delivery.command(self.command_form(channel, text))
            except Failed as failed:
                self._slackbot(channel, f"`{command}` failed with the error “{failed}”.", thread)

    def command_form(self, channel: Channel, text: str) -> dict[str, str]:
        """Return what Slack sends for a command."""
        command, _, rest = text.partition(" ")
        return {
            "token": "-",
            "team_id": self.slack.team,
            "team_domain": "playground",
            **({"enterprise_id": self.slack.enterprise} if self.slack.enterprise else {}),
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": self.id,
            "user_name": self.user.name,
            "command": command,
            "text": self.slack.as_sent(rest.strip()),
            "api_app_id": APP,
            "response_url": self.slack.response_url(channel.id, self.id),
            "trigger_id": self.slack.trigger(self.id),
        }

    async def deletes(self, posted: Posted) -> None:
        """Delete a message of one's own, or put away one that only oneself sees."""
        if self.id not in {posted.only_for, posted.user}:
            raise Refused("cant_delete_message")
        self.slack.remove(posted)
        channel = self.slack.channels[posted.channel]
        if posted.only_for is None and BOT in channel.members:
            await self._delivery.event(
                {
                    "type": "message",
                    "subtype": "message_deleted",
                    "channel": channel.id,
                    "channel_type": channel.kind,
                    "deleted_ts": posted.ts,
                    "hidden": True,
                    "ts": self.slack.ts(),
                }
            )

    # Reacting

    async def reacts(self, posted: Posted, name: str) -> None:
        self.slack.react(posted, name, self.id)
        await self._delivery.event(self.reaction(posted, name, "reaction_added"))

    async def unreacts(self, posted: Posted, name: str) -> None:
        self.slack.unreact(posted, name, self.id)
        await self._delivery.event(self.reaction(posted, name, "reaction_removed"))

    def reaction(self, posted: Posted, name: str, kind: str) -> dict[str, Any]:
        """Return what Slack sends of a reaction."""
        return {
            "type": kind,
            "user": self.id,
            "reaction": name,
            "item": {"type": "message", "channel": posted.channel, "ts": posted.ts},
            "item_user": posted.user,
            "event_ts": self.slack.ts(),
        }

    # Pressing

    async def presses(self, posted: Posted, block: str, action: str, given: Given, filled: Filled) -> None:
        """Press or choose something in a message."""
        payload = {
            **self._in_message(posted),
            "response_url": self.slack.response_url(posted.channel, self.id, posted),
            "state": self._state(posted.blocks, filled),
            "actions": [self._action(posted.blocks, block, action, given)],
        }
        await self._interact("block_actions", payload)

    async def presses_in(self, view: View, block: str, action: str, given: Given, filled: Filled) -> None:
        """Press or choose something in a modal or in Home."""
        pressed = self._action(view["blocks"], block, action, given)
        await self._interact("block_actions", {**self._in_view(view, filled), "actions": [pressed]})

    async def suggestions(
        self, place: View | Posted, block: str, action: str, words: str, filled: Filled
    ) -> Any:
        """Return what the app suggests for words typed into a select: options or option groups."""
        where = self._in_message(place) if isinstance(place, Posted) else self._in_view(place, filled)
        asked = {**self._who("block_suggestion"), "block_id": block, "action_id": action, "value": words}
        try:
            answer = await self._delivery.interact({**asked, **where})
        except Failed:
            return []
        self._suggested |= {option["value"]: option for option in options_of(answer)}
        return answer.get("option_groups") or answer.get("options", [])

    async def shortcut(self, callback: str, posted: Posted | None = None) -> None:
        """Choose one of the app's shortcuts, on a message or from anywhere."""
        more: dict[str, Any] = {"callback_id": callback, "action_ts": self.slack.ts()}
        if posted:
            more |= {
                "channel": {"id": posted.channel, "name": self.slack.channels[posted.channel].name},
                "message": self._as_payload(posted),
                "message_ts": posted.ts,
                "response_url": self.slack.response_url(posted.channel, self.id),
            }
        await self._interact("message_action" if posted else "shortcut", more)

    # Modals and Home

    def uploads(self, name: str, content: bytes) -> File:
        """Choose a file in a form. The app hears of it once the form is submitted."""
        coming = self.slack.expect_file(name, self.id)
        self.slack.take_upload(coming.id, content)
        return self.slack.store_file(coming.id)

    async def submits(self, view: View, filled: Filled) -> dict[str, str]:
        """Submit a modal; return what is wrong with it by block id, "" for what concerns no field."""
        state = self._state(view["blocks"], filled)
        if wrong := refusals(view["blocks"], state):
            return wrong
        try:
            answer = await self.sends_submission(view, filled)
            self._check_answer(answer)
        except Failed:
            return {"": TROUBLE}
        match answer.get("response_action"):
            case "errors":
                errors: dict[str, str] = answer["errors"]
                return errors
            case "update":
                self.slack.store_view(answer["view"], view["id"], self.id)
            case "push":
                self.slack.push_view(answer["view"], self.id)
            case action:
                self.slack.close_views(self.id, all_of_them=action == "clear")
        return {}

    def _check_answer(self, answer: Mapping[str, Any]) -> None:
        """Raise Failed where Slack would not show the view that a submission is answered with."""
        if "view" in answer:
            try:
                check_view(answer["view"])
            except Invalid as invalid:
                self._delivery.troubles.append(f"invalid view: {invalid}")
                raise Failed("invalid_arguments") from invalid

    async def sends_submission(self, view: View, filled: Filled) -> Any:
        payload = {"view": self._with_state(view, filled), "response_urls": []}
        return await self._delivery.interact({**self._who("view_submission"), **payload})

    async def closes(self, *, all_of_them: bool = False) -> None:
        """Close the modal on top, or all; the app hears of it where it asked to."""
        top = self.slack.top_view(self.id) or {}
        all_of_them = all_of_them or top.get("clear_on_close", False)
        for view in self.slack.close_views(self.id, all_of_them=all_of_them):
            if view.get("notify_on_close"):
                await self._interact("view_closed", {"view": view, "is_cleared": all_of_them})

    async def opens_home(self, tab: str = "home") -> None:
        home = self.slack.homes.get(self.id)
        event = {"type": "app_home_opened", "user": self.id, "tab": tab, "event_ts": self.slack.ts()}
        where = {"channel": self.slack.direct(self.id).id}
        await self._delivery.event({**event, **where, **({"view": home} if home and tab == "home" else {})})

    # What all of these share

    def require_in(self, channel: Channel) -> None:
        if self.id not in channel.members:
            raise Refused("channel_not_found")

    def sees(self, posted: Posted) -> bool:
        there = self.id in self.slack.channels[posted.channel].members
        return there and posted.only_for in {None, self.id}

    async def _interact(self, kind: str, payload: Mapping[str, Any]) -> None:
        with contextlib.suppress(Failed):  # Slack's client shows a warning sign; the trouble is noted
            await self._delivery.interact({**self._who(kind), **payload})

    def _who(self, kind: str) -> dict[str, Any]:
        return {
            "type": kind,
            "team": {"id": self.slack.team, "domain": "playground"},
            "user": {"id": self.id, "name": self.user.name, "team_id": self.slack.team},
            **({"enterprise": {"id": self.slack.enterprise}} if self.slack.enterprise else {}),
            "api_app_id": APP,
            "token": "-",
            "trigger_id": self.slack.trigger(self.id),
        }

    def _in_message(self, posted: Posted) -> dict[str, Any]:
        container = {
            "type": "message",
            "message_ts": posted.ts,
            "channel_id": posted.channel,
            "is_ephemeral": posted.only_for is not None,
            **({"thread_ts": posted.thread_ts} if posted.thread_ts else {}),
        }
        return {
            "container": container,
            "channel": {"id": posted.channel, "name": self.slack.channels[posted.channel].name},
            **({"message": self._as_payload(posted)} if posted.only_for is None else {}),
        }

    def _in_view(self, view: View, filled: Filled) -> dict[str, Any]:
        container = {"type": "view", "view_id": view["id"]}
        return {"container": container, "view": self._with_state(view, filled)}

    def _action(self, blocks: list[dict[str, Any]], block: str, action: str, given: Given) -> dict[str, Any]:
        element = _element(blocks, block, action)
        pressed = {
            "type": element["type"],
            "action_id": action,
            "block_id": block,
            "action_ts": self.slack.ts(),
        }
        if element["type"] in KINDS:
            return {**pressed, **held(element, given, self._known, self._zone)}
        return {**pressed, **{key: element[key] for key in ("text", "value") if key in element}}

    def _with_state(self, view: View, filled: Filled) -> dict[str, Any]:
        return {**view, "state": self._state(view["blocks"], filled)}

    def _state(self, blocks: list[dict[str, Any]], filled: Filled) -> Any:
        return state_of(blocks, filled, self._known, self._zone)

    def _as_payload(self, posted: Posted) -> dict[str, Any]:
        in_thread = {"thread_ts": posted.thread_ts} if posted.thread_ts else {}
        return {
            "type": "message",
            "user": posted.user,
            "ts": posted.ts,
            "text": posted.text,
            "blocks": posted.blocks,
            **in_thread,
        }

    def _slackbot(self, channel: Channel, says: str, thread: str | None) -> None:
        self.slack.post(Posted(channel.id, self.slack.ts(), SLACKBOT, says, [], thread, only_for=self.id))

    @property
    def _known(self) -> Known:
        """Options that the app suggested, and files that were chosen in a form."""
        files = [file for file in self.slack.files if file.user == self.id]
        return {**self._suggested, **{file.id: self.slack.about_file(file) for file in files}}

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.user.time_zone)


def _element(blocks: list[dict[str, Any]], block_id: str, action_id: str) -> Element:
    for block in blocks:
        if block["block_id"] == block_id:
            for element in elements_of(block):
                if element.get("action_id") == action_id:
                    return element
    raise Refused("action_not_found")
