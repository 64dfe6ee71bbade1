"""What a member does in their Slack client, by ids: checked as the client checks, sent as Slack sends."""

import contextlib
from collections.abc import Mapping
from typing import Any

from bot.fake_slack.blockkit import InvalidBlocks, check_view
from bot.fake_slack.blockkit.traversal import all_options
from bot.fake_slack.client.events import build_joined_event, build_left_event
from bot.fake_slack.client.form_state import FieldInput, FormInput
from bot.fake_slack.client.form_validation import find_input_errors
from bot.fake_slack.client.payloads import MemberPayloads, SlackView
from bot.fake_slack.models import (
    BOT_USER_ID,
    SLACKBOT_USER_ID,
    FakeSlackError,
    SlackChannel,
    SlackFile,
    SlackMessage,
    SlackUser,
)
from bot.fake_slack.server.delivery import Delivery, DeliveryFailed
from bot.fake_slack.server.objects import user_object, view_object
from bot.fake_slack.server.workspace import FakeWorkspace

MESSAGE_EVENT_KEYS = ("user", "text", "ts", "thread_ts", "parent_user_id")  # that a message has in events
CONNECTION_FAILED_TEXT = "We had some trouble connecting. Try again?"


class MemberClient:
    """The client of one member. Its methods raise FakeSlackError for what a client does not let them do."""

    def __init__(self, delivery: Delivery, user: SlackUser) -> None:
        self._delivery, self.user = delivery, user
        self._payloads = MemberPayloads(delivery.slack, user)

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def slack(self) -> FakeWorkspace:
        return self._delivery.slack

    def require_membership(self, channel: SlackChannel) -> None:
        if self.id not in channel.member_ids:
            raise FakeSlackError("channel_not_found")

    def can_see(self, message: SlackMessage) -> bool:
        is_member = self.id in self.slack.channels[message.channel_id].member_ids
        return is_member and message.ephemeral_user_id in {None, self.id}

    # Messages and commands

    async def send_text(self, channel: SlackChannel, text: str, thread_ts: str | None = None) -> None:
        """Run a slash command, or post a message."""
        self.require_membership(channel)
        if text.startswith("/"):
            await self._run_command(channel, text, thread_ts)
            return
        if channel.is_archived:
            raise FakeSlackError("is_archived")
        encoded = self.slack.encode_typed_text(text)
        message = self.slack.post_message(
            SlackMessage(channel.id, self.slack.new_ts(), self.id, encoded, [], thread_ts)
        )
        await self._send_message_events(channel, message)

    async def _send_message_events(self, channel: SlackChannel, message: SlackMessage) -> None:
        """Send the events message and, for a mention, app_mention: an app gets those of its channels only."""
        if BOT_USER_ID not in channel.member_ids:
            return
        about = self._payloads.message_object(message)
        event: dict[str, Any] = {
            **{key: about[key] for key in MESSAGE_EVENT_KEYS if key in about},
            "channel": channel.id,
            "event_ts": message.ts,
        }
        if f"<@{BOT_USER_ID}>" in message.text and not channel.is_direct:
            await self._delivery.send_event({"type": "app_mention", **event})
        await self._delivery.send_event({"type": "message", "channel_type": channel.channel_type, **event})

    async def _run_command(self, channel: SlackChannel, text: str, thread_ts: str | None) -> None:
        command, manifest = text.split(maxsplit=1)[0], self.slack.manifest
        is_known = manifest is None or command in {
            each["command"] for each in manifest["features"]["slash_commands"]
        }
        if not is_known:
            self._post_slackbot_reply(channel, f"`{command}` is not a valid command.", thread_ts)
        elif thread_ts:
            self._post_slackbot_reply(channel, f"`{command}` is not supported in threads. Sorry!", thread_ts)
        else:
            try:
                await self._delivery.send_command(self.command_payload(channel, text))
            except DeliveryFailed as error:
                self._post_slackbot_reply(channel, f"`{command}` failed with the error “{error}”.", thread_ts)

    def command_payload(self, channel: SlackChannel, text: str) -> dict[str, str]:
        return self._payloads.command_payload(channel, text)

    async def delete_message(self, message: SlackMessage) -> None:
        """Delete a message of one's own, or dismiss an ephemeral one."""
        if self.id not in {message.ephemeral_user_id, message.user_id}:
            raise FakeSlackError("cant_delete_message")
        previous = self._payloads.message_object(message)
        self.slack.delete_message(message)
        channel = self.slack.channels[message.channel_id]
        if message.ephemeral_user_id is None and BOT_USER_ID in channel.member_ids:
            ts = self.slack.new_ts()
            await self._delivery.send_event(
                {
                    "type": "message",
                    "subtype": "message_deleted",
                    "hidden": True,
                    "channel": channel.id,
                    "channel_type": channel.channel_type,
                    "ts": ts,
                    "event_ts": ts,
                    "deleted_ts": message.ts,
                    "previous_message": previous,
                }
            )

    # The profile and channels

    async def change_profile(self, *, name: str = "", time_zone: str = "") -> None:
        """Change the display name or the time zone. Slack tells the app about every user's changes."""
        self.user.name, self.user.time_zone = name or self.user.name, time_zone or self.user.time_zone
        await self._delivery.send_event({"type": "user_change", "user": user_object(self.slack, self.user)})

    async def leave_channel(self, channel: SlackChannel) -> None:
        """Leave a channel, or be removed from it. The app hears of it if it is in the channel."""
        channel.member_ids.discard(self.id)
        if BOT_USER_ID in channel.member_ids:
            await self._delivery.send_event(build_left_event(self.slack, channel, self.id))

    async def join_channel(self, channel: SlackChannel) -> None:
        channel.member_ids.add(self.id)
        if BOT_USER_ID in channel.member_ids:
            await self._delivery.send_event(build_joined_event(self.slack, channel, self.id))

    # Reactions

    async def add_reaction(self, message: SlackMessage, name: str) -> None:
        self.slack.add_reaction(message, name, self.id)
        await self._delivery.send_event(self.reaction_event(message, name, "reaction_added"))

    async def remove_reaction(self, message: SlackMessage, name: str) -> None:
        self.slack.remove_reaction(message, name, self.id)
        await self._delivery.send_event(self.reaction_event(message, name, "reaction_removed"))

    def reaction_event(self, message: SlackMessage, name: str, event_type: str) -> dict[str, Any]:
        return self._payloads.reaction_event(message, name, event_type)

    # Buttons, menus and shortcuts

    async def act_on_message(
        self,
        message: SlackMessage,
        block_id: str,
        action_id: str,
        value: FieldInput,
        form_input: FormInput,
    ) -> None:
        """Press or choose something in a message."""
        payload = {
            **self._payloads.message_fields(message),
            "response_url": self.slack.new_response_url(message.channel_id, self.id, message),
            "state": self._payloads.state_object(message.blocks, form_input),
            "actions": [self._payloads.action_object(message.blocks, block_id, action_id, value)],
        }
        await self._interact("block_actions", payload)

    async def act_in_view(
        self, view: SlackView, block_id: str, action_id: str, value: FieldInput, form_input: FormInput
    ) -> None:
        """Press or choose something in a modal or in Home."""
        action = self._payloads.action_object(view["blocks"], block_id, action_id, value)
        fields = self._payloads.view_fields(view, form_input)
        await self._interact("block_actions", {**fields, "actions": [action]})

    async def load_suggestions(
        self,
        place: SlackView | SlackMessage,
        block_id: str,
        action_id: str,
        query: str,
        form_input: FormInput,
    ) -> Any:
        """Return the app's options or option groups for what is typed into an external select."""
        if isinstance(place, SlackMessage):
            fields = self._payloads.message_fields(place)
        else:
            fields = self._payloads.view_fields(place, form_input)
        request = {"block_id": block_id, "action_id": action_id, "value": query}
        common = self._payloads.interaction_fields("block_suggestion")
        try:
            answer = await self._delivery.send_interaction({**common, **request, **fields})
        except DeliveryFailed:
            return []
        options = {option["value"]: option for option in all_options(answer)}
        self._payloads.suggested_options |= options
        return answer.get("option_groups") or answer.get("options", [])

    async def use_shortcut(self, callback_id: str, message: SlackMessage | None = None) -> None:
        """Use one of the app's shortcuts, on a message or a global one."""
        fields: dict[str, Any] = {"callback_id": callback_id, "action_ts": self.slack.new_ts()}
        if message:
            fields |= {
                "channel": self._payloads.channel_reference(message.channel_id),
                "message": self._payloads.message_object(message),
                "message_ts": message.ts,
                "response_url": self.slack.new_response_url(message.channel_id, self.id),
            }
        await self._interact("message_action" if message else "shortcut", fields)

    # Modals and Home

    def upload_file(self, name: str, content: bytes) -> SlackFile:
        """Choose a file in a form. The app learns of it once the form is submitted."""
        upload = self.slack.start_upload(name, self.id)
        self.slack.receive_upload(upload.id, content)
        return self.slack.finish_upload(upload.id)

    async def submit_view(self, view: SlackView, form_input: FormInput) -> dict[str, str]:
        """Submit a modal; return its errors by block id, under "" an error of the whole form."""
        state = self._payloads.state_object(view["blocks"], form_input)
        if errors := find_input_errors(view["blocks"], state):
            return errors
        try:
            answer = await self.send_submission(view, form_input)
            self._check_answer(answer)
        except DeliveryFailed:
            return {"": CONNECTION_FAILED_TEXT}
        match answer.get("response_action"):
            case "errors":
                return dict(answer["errors"])
            case "update":
                self.slack.store_view(answer["view"], view["id"], self.id)
            case "push":
                self.slack.push_view(answer["view"], self.id)
            case action:
                self.slack.close_views(self.id, whole_stack=action == "clear")
        return {}

    def _check_answer(self, answer: Mapping[str, Any]) -> None:
        """Raise DeliveryFailed where Slack would not show the view that answers a submission."""
        if "view" in answer:
            try:
                check_view(answer["view"])
            except InvalidBlocks as error:
                self._delivery.failures.append(f"invalid view: {error}")
                raise DeliveryFailed("invalid_arguments") from error

    async def send_submission(self, view: SlackView, form_input: FormInput) -> Any:
        """Send a view_submission whatever the form holds; return the app's answer."""
        fields = {"view": self._payloads.view_with_state(view, form_input), "response_urls": []}
        common = self._payloads.interaction_fields("view_submission")
        return await self._delivery.send_interaction({**common, **fields})

    async def close_view(self, *, whole_stack: bool = False) -> None:
        """Close the top modal or the whole stack; tell the app where the view has notify_on_close."""
        top = self.slack.top_view(self.id) or {}
        whole_stack = whole_stack or top.get("clear_on_close", False)
        for view in self.slack.close_views(self.id, whole_stack=whole_stack):
            if view.get("notify_on_close"):
                fields = {"view": view_object(self.slack, view), "is_cleared": whole_stack}
                await self._interact("view_closed", fields)

    async def open_home(self, tab: str = "home") -> None:
        """Open a tab of the app's direct message: home or messages."""
        home = self.slack.home_views.get(self.id)
        event = {
            "type": "app_home_opened",
            "user": self.id,
            "tab": tab,
            "event_ts": self.slack.new_ts(),
            "channel": self.slack.direct_channel(self.id).id,
            **({"view": view_object(self.slack, home)} if home and tab == "home" else {}),
        }
        await self._delivery.send_event(event)

    async def _interact(self, payload_type: str, fields: Mapping[str, Any]) -> None:
        # Slack's client shows a warning sign for a failure; Delivery keeps it in `failures`.
        with contextlib.suppress(DeliveryFailed):
            await self._delivery.send_interaction(
                {**self._payloads.interaction_fields(payload_type), **fields}
            )

    def _post_slackbot_reply(self, channel: SlackChannel, text: str, thread_ts: str | None) -> None:
        self.slack.post_message(
            SlackMessage(
                channel.id,
                self.slack.new_ts(),
                SLACKBOT_USER_ID,
                text,
                [],
                thread_ts,
                ephemeral_user_id=self.id,
            )
        )
