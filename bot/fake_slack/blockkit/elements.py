"""Elements: what each one is, and in which block it may stand."""

from collections.abc import Mapping

from bot.fake_slack.blockkit.inputs import ACTION, FOCUS, INPUTS, PICKER
from bot.fake_slack.blockkit.options import (
    FORMATTED_OPTION,
    LINKED_OPTION,
    OPTION,
    OPTION_GROUPS,
    OPTIONS,
    distinct_values,
    initial_among,
)
from bot.fake_slack.blockkit.shapes import (
    Check,
    Shape,
    exactly_one,
    flag,
    kinds,
    one_of,
    several,
    string,
    whole,
)
from bot.fake_slack.blockkit.texts import COLOURS, CONFIRM, IMAGE, plain

BUTTON = Shape(
    {"text": plain(75)},
    {
        **ACTION,
        "value": string(2000, least=0),
        "url": string(3000),
        "style": COLOURS,
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
        "agent_prompt_display": string(),
        "visible_to_user_ids": several(string()),
    },
)

_MULTI: dict[str, Check] = {**PICKER, "max_selected_items": whole(1)}
_OFFER: dict[str, Check] = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_ONE_OFFER = exactly_one(*_OFFER)
_QUERY = {"min_query_length": whole(0)}
_ANSWERED = {"response_url_enabled": flag}
_CONVERSATIONS: dict[str, Check] = {
    "default_to_current_conversation": flag,
    "filter": Shape(
        may={
            "include": several(one_of("im", "mpim", "private", "public"), 1),
            "exclude_bot_users": flag,
            "exclude_external_shared_channels": flag,
        }
    ),
}
_SOME_OPTIONS = several(OPTION, 1)
_SOME_IDS = several(string(), 1)

SELECTS: Mapping[str, Shape] = {
    "static_select": Shape(
        may={**PICKER, **_OFFER, "initial_option": OPTION},
        rules=(_ONE_OFFER, distinct_values, initial_among("initial_option")),
    ),
    "multi_static_select": Shape(
        may={**_MULTI, **_OFFER, "initial_options": _SOME_OPTIONS},
        rules=(_ONE_OFFER, distinct_values, initial_among("initial_options")),
    ),
    "external_select": Shape(may={**PICKER, **_QUERY, "initial_option": OPTION}),
    "multi_external_select": Shape(may={**_MULTI, **_QUERY, "initial_options": _SOME_OPTIONS}),
    "users_select": Shape(may={**PICKER, "initial_user": string()}),
    "multi_users_select": Shape(may={**_MULTI, "initial_users": _SOME_IDS}),
    "conversations_select": Shape(
        may={**PICKER, **_CONVERSATIONS, **_ANSWERED, "initial_conversation": string()}
    ),
    "multi_conversations_select": Shape(may={**_MULTI, **_CONVERSATIONS, "initial_conversations": _SOME_IDS}),
    "channels_select": Shape(may={**PICKER, **_ANSWERED, "initial_channel": string()}),
    "multi_channels_select": Shape(may={**_MULTI, "initial_channels": _SOME_IDS}),
}
CHOICES: Mapping[str, Shape] = {
    "checkboxes": Shape(
        {"options": several(FORMATTED_OPTION, 1, 10)},
        {**FOCUS, "confirm": CONFIRM, "initial_options": several(FORMATTED_OPTION, 1)},
        (distinct_values, initial_among("initial_options")),
    ),
    "radio_buttons": Shape(
        {"options": several(FORMATTED_OPTION, 1, 10)},
        {**FOCUS, "confirm": CONFIRM, "initial_option": FORMATTED_OPTION},
        (distinct_values, initial_among("initial_option")),
    ),
}
OVERFLOW = Shape(
    {"options": several(LINKED_OPTION, 1, 5)}, {**ACTION, "confirm": CONFIRM}, (distinct_values,)
)

_PICKERS = {kind: INPUTS[kind] for kind in ("datepicker", "timepicker")}
_ANYWHERE: dict[str, Check] = {**SELECTS, **CHOICES, **_PICKERS}

ACCESSORY = kinds({**_ANYWHERE, "button": BUTTON, "overflow": OVERFLOW, "image": IMAGE})
ACTION_ELEMENT = kinds(
    {**_ANYWHERE, "button": BUTTON, "overflow": OVERFLOW, "datetimepicker": INPUTS["datetimepicker"]}
)
INPUT_ELEMENT = kinds({**SELECTS, **CHOICES, **INPUTS})
ONLY_IN_MODALS = frozenset({"file_input"})
