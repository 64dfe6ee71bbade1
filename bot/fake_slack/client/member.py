"""What a member does at their Slack, by ids: checked as Slack's client checks, sent as Slack sends."""

import contextlib
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bot.fake_slack.blockkit import InvalidBlocks, check_view
from bot.fake_slack.client.form_state import (
    FIELD_TYPES,
    Element,
    FormInput,
    FieldInput,
    KnownObjects,
    interactive_elements,
    element_state,
    all_options,
    find_input_errors,
    build_state,
)
from bot.fake_slack.models import APP_ID, BOT_USER_ID, SLACKBOT_USER_ID, SlackChannel, SlackFile, SlackMessage, FakeSlackError, SlackUser
from bot.fake_slack.server.delivery import Delivery, DeliveryFailed
from bot.fake_slack.server.workspace import FakeWorkspace

View = Mapping[str, Any]
CONNECTION_FAILED_TEXT = "We had some trouble connecting. Try again?"


class MemberClient:
    """One member. Raises Refused, with Slack's name for it, for what a client does not let them do."""

    def __init__(self, delivery: Delivery, user: SlackUser) -> None:
        self._delivery, self.user = delivery, user
        self._suggested: dict[str, Mapping[str, Any]] = {}  # options that the app suggested, by value

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def slack(self) -> FakeWorkspace:
        return self._delivery.slack

    # Saying

    async def send_text(self, channel: SlackChannel, text: str, thread: str | None = None) -> None:
        """Send a command, or post a message."""
        self.require_membership(channel)
        if text.startswith("/"):
            await self._runs(channel, text, thread)
            return
        if channel.is_archived:
            raise FakeSlackError("is_archived")
        said = self.slack.encode_typed_text(text)
        posted = self.slack.post_message(SlackMessage(channel.id, self.slack.new_ts(), self.id, said, [], thread))
        event = {
            "user": self.id,
            "text": said,
            "channel": channel.id,
            "ts": posted.ts,
            "event_ts": posted.ts,
            **({"thread_ts": thread} if thread else {}),
        }
        if BOT_USER_ID not in channel.member_ids:
            return
        if f"<@{BOT_USER_ID}>" in said and not channel.is_direct:
            await self._delivery.send_event({"type": "app_mention", **event})
        await self._delivery.send_event({"type": "message", "channel_type": channel.channel_type, **event})

    async def _runs(self, channel: SlackChannel, text: str, thread: str | None) -> None:
        command = text.split(maxsplit=1)[0]
        manifest = self.slack.manifest
        known = manifest is None or command in {c["command"] for c in manifest["features"]["slash_commands"]}
        if not known:
            self._slackbot(channel, f"`{command}` is not a valid command.", thread)
        elif thread:
            self._slackbot(channel, f"`{command}` is not supported in threads. Sorry!", thread)
        else:
            try:
                await self._delivery.send_command(self.command_payload(channel, text))
            except DeliveryFailed as failed:
                self._slackbot(channel, f"`{command}` failed with the error “{failed}”.", thread)

    def command_payload(self, channel: SlackChannel, text: str) -> dict[str, str]:
        """Return what Slack sends for a command."""
        command, _, rest = text.partition(" ")
        return {
            "token": "-",
            "team_id": self.slack.team_id,
            "team_domain": "acme",
            **({"enterprise_id": self.slack.enterprise_id} if self.slack.enterprise_id else {}),
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": self.id,
            "user_name": self.user.name,
            "command": command,
            "text": self.slack.encode_typed_text(rest.strip()),
            "api_app_id": APP_ID,
            "response_url": self.slack.new_response_url(channel.id, self.id),
            "trigger_id": self.slack.new_trigger_id(self.id),
        }

    async def delete_message(self, posted: SlackMessage) -> None:
        """Delete a message of one's own, or put away one that only oneself sees."""
        if self.id not in {posted.ephemeral_user_id, posted.user_id}:
            raise FakeSlackError("cant_delete_message")
        self.slack.delete_message(posted)
        channel = self.slack.channels[posted.channel_id]
        if posted.ephemeral_user_id is None and BOT_USER_ID in channel.member_ids:
            await self._delivery.send_event(
                {
                    "type": "message",
                    "subtype": "message_deleted",
                    "channel": channel.id,
                    "channel_type": channel.channel_type,
                    "deleted_ts": posted.ts,
                    "hidden": True,
                    "ts": self.slack.new_ts(),
                }
            )

    # Reacting

    async def add_reaction(self, posted: SlackMessage, name: str) -> None:
        self.slack.add_reaction(posted, name, self.id)
        await self._delivery.send_event(self.reaction_event(posted, name, "reaction_added"))

    async def remove_reaction(self, posted: SlackMessage, name: str) -> None:
        self.slack.remove_reaction(posted, name, self.id)
        await self._delivery.send_event(self.reaction_event(posted, name, "reaction_removed"))

    def reaction_event(self, posted: SlackMessage, name: str, kind: str) -> dict[str, Any]:
        """Return what Slack sends of a reaction."""
        return {
            "type": kind,
            "user": self.id,
            "reaction": name,
            "item": {"type": "message", "channel": posted.channel_id, "ts": posted.ts},
            "item_user": posted.user_id,
            "event_ts": self.slack.new_ts(),
        }

    # Pressing

    async def act_on_message(self, posted: SlackMessage, block: str, action: str, given: FieldInput, filled: FormInput) -> None:
        """Press or choose something in a message."""
        payload = {
            **self._in_message(posted),
            "response_url": self.slack.new_response_url(posted.channel_id, self.id, posted),
            "state": self._state(posted.blocks, filled),
            "actions": [self._action(posted.blocks, block, action, given)],
        }
        await self._interact("block_actions", payload)

    async def act_in_view(self, view: View, block: str, action: str, given: FieldInput, filled: FormInput) -> None:
        """Press or choose something in a modal or in Home."""
        pressed = self._action(view["blocks"], block, action, given)
        await self._interact("block_actions", {**self._in_view(view, filled), "actions": [pressed]})

    async def load_suggestions(
        self, place: View | SlackMessage, block: str, action: str, words: str, filled: FormInput
    ) -> Any:
        """Return what the app suggests for words typed into a select: options or option groups."""
        where = self._in_message(place) if isinstance(place, SlackMessage) else self._in_view(place, filled)
        asked = {**self._who("block_suggestion"), "block_id": block, "action_id": action, "value": words}
        try:
            answer = await self._delivery.send_interaction({**asked, **where})
        except DeliveryFailed:
            return []
        self._suggested |= {option["value"]: option for option in all_options(answer)}
        return answer.get("option_groups") or answer.get("options", [])

    async def use_shortcut(self, callback: str, posted: SlackMessage | None = None) -> None:
        """Choose one of the app's shortcuts, on a message or from anywhere."""
        more: dict[str, Any] = {"callback_id": callback, "action_ts": self.slack.new_ts()}
        if posted:
            more |= {
                "channel": {"id": posted.channel_id, "name": self.slack.channels[posted.channel_id].name},
                "message": self._as_payload(posted),
                "message_ts": posted.ts,
                "response_url": self.slack.new_response_url(posted.channel_id, self.id),
            }
        await self._interact("message_action" if posted else "shortcut", more)

    # Modals and Home

    def upload_file(self, name: str, content: bytes) -> SlackFile:
        """Choose a file in a form. The app hears of it once the form is submitted."""
        coming = self.slack.start_upload(name, self.id)
        self.slack.receive_upload(coming.id, content)
        return self.slack.finish_upload(coming.id)

    async def submit_view(self, view: View, filled: FormInput) -> dict[str, str]:
        """Submit a modal; return what is wrong with it by block id, "" for what concerns no field."""
        state = self._state(view["blocks"], filled)
        if wrong := find_input_errors(view["blocks"], state):
            return wrong
        try:
            answer = await self.send_submission(view, filled)
            self._check_answer(answer)
        except DeliveryFailed:
            return {"": CONNECTION_FAILED_TEXT}
        match answer.get("response_action"):
            case "errors":
                errors: dict[str, str] = answer["errors"]
                return errors
            case "update":
                self.slack.store_view(answer["view"], view["id"], self.id)
            case "push":
                self.slack.push_view(answer["view"], self.id)
            case action:
                self.slack.close_views(self.id, whole_stack=action == "clear")
        return {}

    def _check_answer(self, answer: Mapping[str, Any]) -> None:
        """Raise Failed where Slack would not show the view that a submission is answered with."""
        if "view" in answer:
            try:
                check_view(answer["view"])
            except InvalidBlocks as invalid:
                self._delivery.failures.append(f"invalid view: {invalid}")
                raise DeliveryFailed("invalid_arguments") from invalid

    async def send_submission(self, view: View, filled: FormInput) -> Any:
        payload = {"view": self._with_state(view, filled), "response_urls": []}
        return await self._delivery.send_interaction({**self._who("view_submission"), **payload})

    async def close_view(self, *, whole_stack: bool = False) -> None:
        """Close the modal on top, or all; the app hears of it where it asked to."""
        top = self.slack.top_view(self.id) or {}
        whole_stack = whole_stack or top.get("clear_on_close", False)
        for view in self.slack.close_views(self.id, whole_stack=whole_stack):
            if view.get("notify_on_close"):
                await self._interact("view_closed", {"view": view, "is_cleared": whole_stack})

    async def open_home(self, tab: str = "home") -> None:
        home = self.slack.home_views.get(self.id)
        event = {"type": "app_home_opened", "user": self.id, "tab": tab, "event_ts": self.slack.new_ts()}
        where = {"channel": self.slack.direct_channel(self.id).id}
        await self._delivery.send_event({**event, **where, **({"view": home} if home and tab == "home" else {})})

    # What all of these share

    def require_membership(self, channel: SlackChannel) -> None:
        if self.id not in channel.member_ids:
            raise FakeSlackError("channel_not_found")

    def can_see(self, posted: SlackMessage) -> bool:
        there = self.id in self.slack.channels[posted.channel_id].member_ids
        return there and posted.ephemeral_user_id in {None, self.id}

    async def _interact(self, kind: str, payload: Mapping[str, Any]) -> None:
        with contextlib.suppress(DeliveryFailed):  # Slack's client shows a warning sign; the trouble is noted
            await self._delivery.send_interaction({**self._who(kind), **payload})

    def _who(self, kind: str) -> dict[str, Any]:
        return {
            "type": kind,
            "team": {"id": self.slack.team_id, "domain": "acme"},
            "user": {"id": self.id, "name": self.user.name, "team_id": self.slack.team_id},
            **({"enterprise": {"id": self.slack.enterprise_id}} if self.slack.enterprise_id else {}),
            "api_app_id": APP_ID,
            "token": "-",
            "trigger_id": self.slack.new_trigger_id(self.id),
        }

    def _in_message(self, posted: SlackMessage) -> dict[str, Any]:
        container = {
            "type": "message",
            "message_ts": posted.ts,
            "channel_id": posted.channel_id,
            "is_ephemeral": posted.ephemeral_user_id is not None,
            **({"thread_ts": posted.thread_ts} if posted.thread_ts else {}),
        }
        return {
            "container": container,
            "channel": {"id": posted.channel_id, "name": self.slack.channels[posted.channel_id].name},
            **({"message": self._as_payload(posted)} if posted.ephemeral_user_id is None else {}),
        }

    def _in_view(self, view: View, filled: FormInput) -> dict[str, Any]:
        container = {"type": "view", "view_id": view["id"]}
        return {"container": container, "view": self._with_state(view, filled)}

    def _action(self, blocks: list[dict[str, Any]], block: str, action: str, given: FieldInput) -> dict[str, Any]:
        element = _element(blocks, block, action)
        pressed = {
            "type": element["type"],
            "action_id": action,
            "block_id": block,
            "action_ts": self.slack.new_ts(),
        }
        if element["type"] in FIELD_TYPES:
            return {**pressed, **element_state(element, given, self._known, self._zone)}
        return {**pressed, **{key: element[key] for key in ("text", "value") if key in element}}

    def _with_state(self, view: View, filled: FormInput) -> dict[str, Any]:
        return {**view, "state": self._state(view["blocks"], filled)}

    def _state(self, blocks: list[dict[str, Any]], filled: FormInput) -> Any:
        return build_state(blocks, filled, self._known, self._zone)

    def _as_payload(self, posted: SlackMessage) -> dict[str, Any]:
        in_thread = {"thread_ts": posted.thread_ts} if posted.thread_ts else {}
        return {
            "type": "message",
            "user": posted.user_id,
            "ts": posted.ts,
            "text": posted.text,
            "blocks": posted.blocks,
            **in_thread,
        }

    def _slackbot(self, channel: SlackChannel, says: str, thread: str | None) -> None:
        self.slack.post_message(SlackMessage(channel.id, self.slack.new_ts(), SLACKBOT_USER_ID, says, [], thread, ephemeral_user_id=self.id))

    @property
    def _known(self) -> KnownObjects:
        """Options that the app suggested, and files that were chosen in a form."""
        files = [file for file in self.slack.files if file.user_id == self.id]
        return {**self._suggested, **{file.id: self.slack.file_payload(file) for file in files}}

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.user.time_zone)


def _element(blocks: list[dict[str, Any]], block_id: str, action_id: str) -> Element:
    for block in blocks:
        if block["block_id"] == block_id:
            for element in interactive_elements(block):
                if element.get("action_id") == action_id:
                    return element
    raise FakeSlackError("action_not_found")
