"""Models that Slack's payloads share: ids, actions, views and the values of forms."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json, PlainValidator

from bot.slack.blockkit.text import MAX_ID


def _check_text(value: Any) -> Any:
    """Accept any string, also one with a lone surrogate, which pydantic's check rejects.

    Characters that a database or Slack rejects are removed later: see blockkit/text.py.
    """
    if not isinstance(value, str):
        raise ValueError("no text")  # noqa: TRY004 - pydantic expects a ValueError
    return value


def _empty_to_none(value: Any) -> Any:
    """Convert "" to None: Slack sends either for a missing value."""
    return None if value == "" else value


Text = Annotated[str, PlainValidator(_check_text)]
Id = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,40}$")]
OptionalId = Annotated[Id | None, BeforeValidator(_empty_to_none)]
Ts = Annotated[str, Field(pattern=r"^[0-9]{1,12}\.[0-9]{1,9}$")]
OptionalTs = Annotated[Ts | None, BeforeValidator(_empty_to_none)]
IdOrObject = Text | dict[str, Any] | None  # in some payloads an id, in others the object with that id
Integer = Annotated[int, Field(ge=0, le=MAX_ID)]
OptionalUrl = Annotated[str, Field(pattern=r"^(https?://[^\s<>|]{1,500})?$")]
Fraction = Annotated[str, Field(pattern=r"^-?[0-9]{1,30}(/[1-9][0-9]{0,29})?$")]


class Payload(BaseModel):
    """The base of all payloads: values are not converted, and unknown fields are ignored."""

    model_config = ConfigDict(strict=True, defer_build=True)  # built at first use, for a faster start


class ObjectPayload(Payload):
    """A user, channel or workspace, with the workspace that it belongs to."""

    id: Id
    team_id: OptionalId = None
    enterprise_id: OptionalId = None


class OptionPayload(Payload):
    value: Text


class OptionGroupPayload(Payload):
    options: list[OptionPayload]


class ActionPayload(Payload):
    """The press of a button, or a choice in a menu or select."""

    action_id: Text
    action_ts: OptionalTs = None
    value: Text | None = None
    selected_option: OptionPayload | None = None


class ElementStatePayload(Payload):
    """The value of one element of a form."""

    value: Text | None = None
    selected_option: OptionPayload | None = None
    selected_options: list[OptionPayload] | None = None
    selected_time: Text | None = None
    selected_date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None
    files: list[ObjectPayload] | None = None


class ViewStatePayload(Payload):
    values: dict[Text, dict[Text, ElementStatePayload]] = {}


class InputElementPayload(Payload):
    option_groups: list[OptionGroupPayload] | None = None


class BlockPayload(Payload):
    type: Text
    block_id: Text | None = None
    element: InputElementPayload | None = None


class PrivateMetadataPayload(Payload):
    """The `private_metadata` of the bot's views; each view has some of these keys.

    The keys must not be renamed: views that are open during an upgrade have the old ones.
    """

    channel: OptionalId = None
    canvas: Integer | None = None
    entry: Integer | None = None
    offer: Integer | None = None
    version: Integer | None = None
    votes: Integer | None = None
    form_version: Integer | None = None
    page: Integer | None = None
    maps: Integer | None = None
    home: Integer | None = None
    until: tuple[Fraction, Integer, Integer] | None = Field(default=None, strict=False)
    again: bool | None = None
    source: OptionalUrl | None = None
    confirmed: Text | None = None
    item: Integer | None = None
    message: Text | None = None
    private: bool | None = None
    evidence: Integer | None = None
    file: OptionalId = None
    thread: OptionalTs = None


class ViewPayload(Payload):
    """A modal or App Home, with its form and its private metadata."""

    id: Id
    type: Text
    callback_id: Text | None = None
    hash: Text | None = None
    private_metadata: Annotated[Json[PrivateMetadataPayload] | None, BeforeValidator(_empty_to_none)] = None
    blocks: list[BlockPayload]
    state: ViewStatePayload | None = None
    app_installed_team_id: OptionalId = None
    team_id: OptionalId = None
