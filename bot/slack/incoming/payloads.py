"""Models of the payloads that Slack sends. They contain the fields that the bot or Bolt reads, and no others.

Slack signs its requests, but their content comes from users' clients, and from views that an older version of
the bot built. The middleware rejects invalid payloads, so that no handler must check them again.

Slack describes the payloads at https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/reference/events.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from bot.slack.incoming.team_resolution import read_team_id
from bot.slack.incoming.view_payloads import (
    ActionPayload,
    Id,
    IdOrObject,
    ObjectPayload,
    OptionalId,
    OptionalTs,
    Payload,
    Text,
    Ts,
    ViewPayload,
)


class EnvelopePayload(Payload):
    """The fields that Bolt reads of every payload type."""

    team: IdOrObject = None
    enterprise: IdOrObject = None
    user: IdOrObject = None
    channel: IdOrObject = None


class MessagePayload(Payload):
    """The message that a message shortcut was chosen on."""

    ts: Ts
    text: Text | None = None
    thread_ts: OptionalTs = None


class ContainerPayload(Payload):
    thread_ts: OptionalTs = None


class ResponseUrlPayload(Payload):
    response_url: Text


class InteractionPayload(Payload):
    """What the payloads of actions, shortcuts and views have in common."""

    user: ObjectPayload
    team: ObjectPayload | None = None
    enterprise: ObjectPayload | None = None
    channel: ObjectPayload | None = None
    container: ContainerPayload | None = None
    message: dict[str, Any] | None = None
    response_url: Text | None = None
    response_urls: list[ResponseUrlPayload] | None = None
    view: ViewPayload | None = None


class BlockActionsPayload(InteractionPayload):
    trigger_id: Text | None = None
    actions: Annotated[list[ActionPayload], Field(min_length=1)]


class ShortcutPayload(InteractionPayload):
    trigger_id: Text
    callback_id: Text


class MessageShortcutPayload(ShortcutPayload):
    channel: ObjectPayload
    message: MessagePayload  # type: ignore[assignment]


class ViewClosedPayload(InteractionPayload):
    view: ViewPayload


class ViewSubmissionPayload(ViewClosedPayload):
    trigger_id: Text | None = None


class BlockSuggestionPayload(ViewClosedPayload):
    action_id: Text
    value: Text | None = None


class CommandPayload(Payload):
    command: Text
    user_id: Id
    channel_id: Id
    team_id: Id
    enterprise_id: OptionalId = None
    trigger_id: Text
    response_url: Text
    text: Text | None = None


class EventPayload(Payload):
    """What the events of the Events API have in common."""

    type: Text
    user: IdOrObject = None
    channel: IdOrObject = None
    item: dict[str, Any] | None = None
    event_ts: Annotated[str, Field(pattern=r"^[0-9]{1,20}(\.[0-9]{1,9})?$")] | None = None


class EditPayload(Payload):
    ts: Ts


class SaidPayload(Payload):
    """What somebody said, or a bot."""

    user: OptionalId = None
    text: Text | None = None
    thread_ts: OptionalTs = None
    edited: EditPayload | None = None
    files: list[dict[str, Any]] | None = None


class EditedMessagePayload(SaidPayload):
    """A message as it is after an edit."""

    ts: Ts


class MessageEventPayload(EventPayload, SaidPayload):
    """A mention of the bot, a direct message to it, or a change of either."""

    channel: Id
    ts: Ts
    user: OptionalId = None
    message: EditedMessagePayload | None = None  # of a `message_changed`
    previous_message: SaidPayload | None = None


class ReactionItemPayload(Payload):
    type: Text


class MessageItemPayload(ReactionItemPayload):
    channel: Id
    ts: Ts


class ReactionEventPayload(EventPayload):
    user: Id
    reaction: Text
    item: dict[str, Any]
    event_ts: Ts


class HomeOpenedEventPayload(EventPayload):
    user: Id
    tab: Text | None = None
    view: ViewPayload | None = None


class ChannelEventPayload(EventPayload):
    channel: Id
    user: OptionalId = None


class TokensRevokedEventPayload(EventPayload):
    tokens: dict[str, Any] | None = None


class ChannelIdChangedEventPayload(EventPayload):
    old_channel_id: Id
    new_channel_id: Id


class TeamAccessEventPayload(EventPayload):
    team_ids: Annotated[list[Id], Field(min_length=1)]


class UserPayload(ObjectPayload):
    """A user as users.info describes one."""

    name: Text | None = None
    real_name: Text | None = None
    tz: Text | None = None
    profile: dict[str, Any] | None = None


class UserChangeEventPayload(EventPayload):
    user: UserPayload  # type: ignore[assignment]


class AuthorizationPayload(Payload):
    team_id: OptionalId = None
    enterprise_id: OptionalId = None


class EventCallbackPayload(Payload):
    """The envelope of an event."""

    team_id: OptionalId = None  # absent where the event is about an organisation
    context_team_id: OptionalId = None
    enterprise_id: OptionalId = None
    authorizations: list[AuthorizationPayload] | None = None
    event: dict[str, Any]
    event_time: Annotated[int, Field(ge=0, lt=10**12)] | None = None


class ChallengePayload(Payload):
    """Slack's check of the request URL, which Bolt answers with the challenge."""

    challenge: Text


INTERACTION_PAYLOADS: Mapping[str, type[InteractionPayload]] = {
    "block_actions": BlockActionsPayload,
    "block_suggestion": BlockSuggestionPayload,
    "message_action": MessageShortcutPayload,
    "shortcut": ShortcutPayload,
    "view_closed": ViewClosedPayload,
    "view_submission": ViewSubmissionPayload,
}
EVENT_PAYLOADS: Mapping[str, type[EventPayload]] = {
    "app_home_opened": HomeOpenedEventPayload,
    "app_mention": MessageEventPayload,
    "app_uninstalled": EventPayload,
    "channel_deleted": ChannelEventPayload,
    "channel_id_changed": ChannelIdChangedEventPayload,
    "channel_left": ChannelEventPayload,
    "channel_unarchive": ChannelEventPayload,
    "group_deleted": ChannelEventPayload,
    "group_left": ChannelEventPayload,
    "group_unarchive": ChannelEventPayload,
    "member_joined_channel": ChannelEventPayload,
    "member_left_channel": ChannelEventPayload,
    "message": MessageEventPayload,
    "reaction_added": ReactionEventPayload,
    "reaction_removed": ReactionEventPayload,
    "team_access_granted": TeamAccessEventPayload,
    "team_access_revoked": TeamAccessEventPayload,
    "tokens_revoked": TokensRevokedEventPayload,
    "user_change": UserChangeEventPayload,
}


def is_valid_payload(body: Any) -> bool:
    """Return whether a payload has all fields that the bot reads, with valid values."""
    if not isinstance(body, dict):
        return False
    try:
        return _is_valid_object(body)
    except (ValidationError, RecursionError):
        return False


def _is_valid_object(body: dict[str, Any]) -> bool:
    EnvelopePayload.model_validate(body)
    payload_type = body.get("type")
    if "command" in body:
        CommandPayload.model_validate(body)
    elif isinstance(payload_type, str) and payload_type in INTERACTION_PAYLOADS:
        payload = INTERACTION_PAYLOADS[payload_type].model_validate(body)
        # A button is in a view or in a message of a channel.
        if isinstance(payload, BlockActionsPayload) and payload.view is None and payload.channel is None:
            return False
    elif payload_type == "event_callback":
        _validate_event(EventCallbackPayload.model_validate(body).event)
    else:
        return body.get("ssl_check") == "1" or (payload_type == "url_verification" and _has_challenge(body))
    return read_team_id(body) is not None


def _validate_event(event: dict[str, Any]) -> None:
    event_type = EventPayload.model_validate(event).type
    payload = EVENT_PAYLOADS.get(event_type, EventPayload).model_validate(event)
    # Reactions to files have no channel; the listener ignores them.
    if (
        isinstance(payload, ReactionEventPayload)
        and ReactionItemPayload.model_validate(payload.item).type == "message"
    ):
        MessageItemPayload.model_validate(payload.item)


def _has_challenge(body: dict[str, Any]) -> bool:
    ChallengePayload.model_validate(body)
    return True
