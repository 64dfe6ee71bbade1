"""What must be in what Slack sends, as far as the bot reads it. What else is in it does not matter.

Slack signs what it sends, but what it sends comes from people's machines and from views that were made long
ago: the door takes only what has its shape, so that nobody behind it must ask.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json, PlainValidator, ValidationError

from bot.slack.incoming.team_resolution import read_team_id


def _words(value: Any) -> Any:
    """Any text at all: what a database or Slack would refuse of it is left out later."""
    if not isinstance(value, str):
        raise ValueError("no text")  # noqa: TRY004 - the kind of error that the library takes
    return value


def _or_nothing(value: Any) -> Any:
    """Take "" for nothing, as Slack does here and there."""
    return None if value == "" else value


Words = Annotated[str, PlainValidator(_words)]
Id = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,40}$")]
SomeId = Annotated[Id | None, BeforeValidator(_or_nothing)]
Ts = Annotated[str, Field(pattern=r"^[0-9]{1,12}\.[0-9]{1,9}$")]
SomeTs = Annotated[Ts | None, BeforeValidator(_or_nothing)]
Somehow = Words | dict[str, Any] | None  # an id, or what it is the id of
Number = Annotated[int, Field(gt=-(10**12), lt=10**12)]
Link = Annotated[str, Field(pattern=r"^(https?://[^\s<>|]{1,500})?$")]


class Shape(BaseModel):
    model_config = ConfigDict(strict=True, defer_build=True)  # a process that starts need not know them all


class Envelope(Shape):
    """What Bolt looks at, whatever it is that came."""

    team: Somehow = None
    enterprise: Somehow = None
    user: Somehow = None
    channel: Somehow = None


class Named(Shape):
    """Somebody or something that has an id, and the workspace that it is of."""

    id: Id
    team_id: SomeId = None
    enterprise_id: SomeId = None


class Option(Shape):
    value: Words


class Group(Shape):
    options: list[Option]


class Pressed(Shape):
    action_id: Words
    action_ts: SomeTs = None
    value: Words | None = None
    selected_option: Option | None = None


class Chosen(Shape):
    """What a field of a form holds."""

    value: Words | None = None
    selected_option: Option | None = None
    selected_options: list[Option] | None = None
    selected_time: Words | None = None
    files: list[Named] | None = None


class State(Shape):
    values: dict[Words, dict[Words, Chosen]] = {}


class Input(Shape):
    option_groups: list[Group] | None = None


class Block(Shape):
    type: Words
    block_id: Words | None = None
    element: Input | None = None


class About(Shape):
    """What the bot's own views carry along, each some of it."""

    channel: SomeId = None
    canvas: Number | None = None
    entry: Number | None = None
    offer: Number | None = None
    version: Number | None = None
    votes: Number | None = None
    form_version: Number | None = None
    page: Number | None = None
    maps: Number | None = None
    home: Number | None = None
    until: (
        tuple[Annotated[str, Field(pattern=r"^-?[0-9]{1,30}(/[1-9][0-9]{0,29})?$")], Number, Number] | None
    ) = Field(default=None, strict=False)
    again: bool | None = None
    source: Link | None = None
    confirmed: Words | None = None

    file: SomeId = None


class View(Shape):
    id: Id
    type: Words
    callback_id: Words | None = None
    hash: Words | None = None
    private_metadata: Annotated[Json[About] | None, BeforeValidator(_or_nothing)] = None
    blocks: list[Block]
    state: State | None = None
    app_installed_team_id: SomeId = None
    team_id: SomeId = None


class Said(Shape):
    """A message, as a shortcut has it."""

    ts: Ts
    text: Words | None = None
    thread_ts: SomeTs = None


class Container(Shape):
    thread_ts: SomeTs = None


class Reply(Shape):
    response_url: Words


class Interaction(Shape):
    user: Named
    team: Named | None = None
    enterprise: Named | None = None
    channel: Named | None = None
    container: Container | None = None
    message: dict[str, Any] | None = None
    response_url: Words | None = None
    response_urls: list[Reply] | None = None
    view: View | None = None


class Actions(Interaction):
    trigger_id: Words | None = None
    actions: Annotated[list[Pressed], Field(min_length=1)]


class Shortcut(Interaction):
    trigger_id: Words
    callback_id: Words


class MessageShortcut(Shortcut):
    channel: Named
    message: Said  # type: ignore[assignment]


class OfView(Interaction):
    view: View


class Submission(OfView):
    trigger_id: Words | None = None


class Suggestion(OfView):
    action_id: Words
    value: Words | None = None


class Command(Shape):
    command: Words
    user_id: Id
    channel_id: Id
    team_id: Id
    enterprise_id: SomeId = None
    trigger_id: Words
    response_url: Words
    text: Words | None = None


class Event(Shape):
    type: Words
    user: Somehow = None
    channel: Somehow = None
    item: dict[str, Any] | None = None
    event_ts: Annotated[str, Field(pattern=r"^[0-9]{1,20}(\.[0-9]{1,9})?$")] | None = None


class Speech(Event):
    """A mention, or a message in a direct one."""

    channel: Id
    ts: Ts
    user: SomeId = None
    text: Words | None = None
    thread_ts: SomeTs = None


class Item(Shape):
    type: Words


class Posted(Item):
    channel: Id
    ts: Ts


class Reaction(Event):
    user: Id
    reaction: Words
    item: dict[str, Any]
    event_ts: Ts


class Opening(Event):
    user: Id
    tab: Words | None = None
    view: View | None = None


class OfChannel(Event):
    channel: Id
    user: SomeId = None


class Revoked(Event):
    tokens: dict[str, Any] | None = None


class Moved(Event):
    old_channel_id: Id
    new_channel_id: Id


class Authorized(Shape):
    team_id: SomeId = None
    enterprise_id: SomeId = None


class Heard(Shape):
    team_id: Id
    context_team_id: SomeId = None
    enterprise_id: SomeId = None
    authorizations: list[Authorized] | None = None
    event: dict[str, Any]
    event_time: Annotated[int, Field(ge=0, lt=10**12)] | None = None


class Challenge(Shape):
    challenge: Words


INTERACTIONS: Mapping[str, type[Interaction]] = {
    "block_actions": Actions,
    "block_suggestion": Suggestion,
    "message_action": MessageShortcut,
    "shortcut": Shortcut,
    "view_closed": OfView,
    "view_submission": Submission,
}
EVENTS: Mapping[str, type[Event]] = {
    "app_home_opened": Opening,
    "app_mention": Speech,
    "app_uninstalled": Event,
    "channel_deleted": OfChannel,
    "channel_id_changed": Moved,
    "channel_unarchive": OfChannel,
    "group_deleted": OfChannel,
    "group_unarchive": OfChannel,
    "member_joined_channel": OfChannel,
    "member_left_channel": OfChannel,
    "message": Speech,
    "reaction_added": Reaction,
    "reaction_removed": Reaction,
    "tokens_revoked": Revoked,
}


def is_valid_payload(body: Any) -> bool:
    """Say whether all that the bot reads of this is there and what it should be."""
    if not isinstance(body, dict):
        return False
    try:
        return _is_sound(body)
    except (ValidationError, RecursionError):
        return False


def _is_sound(body: dict[str, Any]) -> bool:
    Envelope.model_validate(body)
    kind = body.get("type")
    if "command" in body:
        Command.model_validate(body)
    elif isinstance(kind, str) and kind in INTERACTIONS:
        asked = INTERACTIONS[kind].model_validate(body)
        if isinstance(asked, Actions) and asked.view is None and asked.channel is None:
            return False
    elif kind == "event_callback":
        _check_event(Heard.model_validate(body).event)
    else:
        return body.get("ssl_check") == "1" or (kind == "url_verification" and _has_challenge(body))
    return read_team_id(body) is not None


def _check_event(event: dict[str, Any]) -> None:
    kind = Event.model_validate(event).type
    said = EVENTS.get(kind, Event).model_validate(event)
    if isinstance(said, Reaction) and Item.model_validate(said.item).type == "message":
        Posted.model_validate(said.item)


def _has_challenge(body: dict[str, Any]) -> bool:
    Challenge.model_validate(body)
    return True
