"""The payloads that Slack sends for a member's commands, reactions and interactions.

https://docs.slack.dev/reference/interaction-payloads
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bot.fake_slack.blockkit.traversal import interactive_elements
from bot.fake_slack.client.form_state import (
    FIELD_TYPES,
    Element,
    FieldInput,
    FormInput,
    KnownObjects,
    build_state,
    element_state,
)
from bot.fake_slack.models import APP_ID, FakeSlackError, SlackChannel, SlackMessage, SlackUser
from bot.fake_slack.server.objects import message_object, view_object
from bot.fake_slack.server.workspace import FakeWorkspace

SlackView = Mapping[str, Any]
TEAM_DOMAIN, ENTERPRISE_NAME = "acme", "Org"
NAME_KEYS = {"shortcut": ("username",), "message_action": ("name",)}  # of the user; else both
SHORTCUT_TYPES = NAME_KEYS.keys()  # without api_app_id
TRIGGER_TYPES = {"block_actions", "shortcut", "message_action", "view_submission"}  # that may open a view


class MemberPayloads:
    """Builds the payloads of one member."""

    def __init__(self, slack: FakeWorkspace, user: SlackUser) -> None:
        self._slack, self._user = slack, user
        self.suggested_options: dict[str, Mapping[str, Any]] = {}  # by value; the app sent them before

    def command_payload(self, channel: SlackChannel, text: str) -> dict[str, str]:
        """Return the form of a slash command."""
        command, _, arguments = text.partition(" ")
        slack = self._slack
        organisation = {"enterprise_id": slack.enterprise_id, "enterprise_name": ENTERPRISE_NAME}
        return {
            "token": "-",
            "team_id": slack.team_id,
            "team_domain": TEAM_DOMAIN,
            **(organisation if slack.enterprise_id else {}),
            "is_enterprise_install": str(slack.is_enterprise_install).lower(),
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": self._user.id,
            "user_name": self._user.name.lower(),
            "command": command,
            "text": slack.encode_typed_text(arguments.strip()),
            "api_app_id": APP_ID,
            "response_url": slack.new_response_url(channel.id, self._user.id),
            "trigger_id": slack.new_trigger_id(self._user.id),
        }

    def reaction_event(self, message: SlackMessage, name: str, event_type: str) -> dict[str, Any]:
        """Return the event of a reaction; its type is reaction_added or reaction_removed."""
        return {
            "type": event_type,
            "user": self._user.id,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel_id, "ts": message.ts},
            "item_user": message.user_id,
            "event_ts": self._slack.new_ts(),
        }

    def interaction_fields(self, payload_type: str) -> dict[str, Any]:
        """Return the fields that interaction payloads of this type have, whatever they are about."""
        slack, user = self._slack, self._user
        organisation = {"id": slack.enterprise_id, "name": ENTERPRISE_NAME} if slack.enterprise_id else None
        # An app of the whole organisation does not learn in which workspace a view was.
        is_hidden = slack.is_enterprise_install and payload_type.startswith("view_")
        names = {key: user.name.lower() for key in NAME_KEYS.get(payload_type, ("username", "name"))}
        return {
            "type": payload_type,
            "team": None if is_hidden else {"id": slack.team_id, "domain": TEAM_DOMAIN},
            "user": {"id": user.id, **names, "team_id": slack.team_id},
            "enterprise": organisation,
            "is_enterprise_install": slack.is_enterprise_install,
            "token": "-",
            **({"api_app_id": APP_ID} if payload_type not in SHORTCUT_TYPES else {}),
            **({"trigger_id": slack.new_trigger_id(user.id)} if payload_type in TRIGGER_TYPES else {}),
        }

    def message_fields(self, message: SlackMessage) -> dict[str, Any]:
        """Return the fields of an interaction with a message; Slack leaves out an ephemeral message."""
        about = message_object(self._slack, message)
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel_id,
            "is_ephemeral": message.ephemeral_user_id is not None,
            **({"thread_ts": about["thread_ts"]} if "thread_ts" in about else {}),
        }
        return {
            "container": container,
            "channel": self.channel_reference(message.channel_id),
            **({"message": about} if message.ephemeral_user_id is None else {}),
        }

    def view_fields(self, view: SlackView, form_input: FormInput) -> dict[str, Any]:
        """Return the fields of an interaction in a modal or in Home."""
        container = {"type": "view", "view_id": view["id"]}
        return {"container": container, "view": self.view_with_state(view, form_input)}

    def action_object(
        self, blocks: list[dict[str, Any]], block_id: str, action_id: str, value: FieldInput
    ) -> dict[str, Any]:
        """Return the action of a block_actions payload; raise FakeSlackError without such an element."""
        element = _find_element(blocks, block_id, action_id)
        if self._user.id not in element.get("visible_to_user_ids", [self._user.id]):
            raise FakeSlackError("action_not_found")
        action = {
            "type": element["type"],
            "action_id": action_id,
            "block_id": block_id,
            "action_ts": self._slack.new_ts(),
        }
        if element["type"] in FIELD_TYPES:
            return {**action, **element_state(element, value, self._known_objects, self._time_zone)}
        return {**action, **{key: element[key] for key in ("text", "value") if key in element}}

    def view_with_state(self, view: SlackView, form_input: FormInput) -> dict[str, Any]:
        state = self.state_object(view["blocks"], form_input)
        return view_object(self._slack, {**view, "state": state})

    def state_object(self, blocks: list[dict[str, Any]], form_input: FormInput) -> Any:
        return build_state(blocks, form_input, self._known_objects, self._time_zone)

    def channel_reference(self, channel_id: str) -> dict[str, str]:
        return {"id": channel_id, "name": self._slack.channels[channel_id].name}

    def message_object(self, message: SlackMessage) -> dict[str, Any]:
        return message_object(self._slack, message)

    @property
    def _known_objects(self) -> KnownObjects:
        """The options that the app suggested, and the files that the member chose in a form."""
        files = [file for file in self._slack.files if file.user_id == self._user.id]
        return {**self.suggested_options, **{file.id: self._slack.file_payload(file) for file in files}}

    @property
    def _time_zone(self) -> ZoneInfo:
        return ZoneInfo(self._user.time_zone)


def _find_element(blocks: list[dict[str, Any]], block_id: str, action_id: str) -> Element:
    for block in blocks:
        if block["block_id"] == block_id:
            for element in interactive_elements(block):
                if element.get("action_id") == action_id:
                    return element
    raise FakeSlackError("action_not_found")
