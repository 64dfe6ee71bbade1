"""The interactive elements, and the blocks that each may appear in.

The limits are those of https://docs.slack.dev/reference/block-kit/block-elements (one page an element).
"""

from collections.abc import Mapping

from bot.fake_slack.blockkit.checks import (
    Check,
    ObjectSchema,
    array_of,
    boolean,
    by_type,
    exactly_one_of,
    integer,
    one_of,
    string,
)
from bot.fake_slack.blockkit.inputs import ACTION, FOCUSABLE, INPUTS, PICKER
from bot.fake_slack.blockkit.objects import BUTTON_STYLE, CONFIRM, IMAGE, plain_text
from bot.fake_slack.blockkit.options import (
    FORMATTED_OPTION,
    LINKED_OPTION,
    OPTION,
    OPTION_GROUPS,
    OPTIONS,
    check_option_values,
    initial_options_among_options,
)

BUTTON = ObjectSchema(
    {"text": plain_text(75)},
    {
        **ACTION,
        "value": string(2000, min_length=0),
        "url": string(3000),
        "style": BUTTON_STYLE,
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
        "agent_prompt_display": string(),
        "visible_to_user_ids": array_of(string()),
    },
)

_MULTI: dict[str, Check] = {**PICKER, "max_selected_items": integer(1)}
_OPTION_SOURCES: dict[str, Check] = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_ONE_OPTION_SOURCES = exactly_one_of(*_OPTION_SOURCES)
_EXTERNAL = {"min_query_length": integer(0)}
_RESPONSE_URL = {"response_url_enabled": boolean}
_CONVERSATIONS: dict[str, Check] = {
    "default_to_current_conversation": boolean,
    "filter": ObjectSchema(
        optional={
            "include": array_of(one_of("im", "mpim", "private", "public"), 1),
            "exclude_bot_users": boolean,
            "exclude_external_shared_channels": boolean,
        }
    ),
}
_INITIAL_OPTIONS = array_of(OPTION, 1)
_INITIAL_IDS = array_of(string(), 1)

SELECTS: Mapping[str, ObjectSchema] = {
    "static_select": ObjectSchema(
        optional={**PICKER, **_OPTION_SOURCES, "initial_option": OPTION},
        rules=(_ONE_OPTION_SOURCES, check_option_values, initial_options_among_options("initial_option")),
    ),
    "multi_static_select": ObjectSchema(
        optional={**_MULTI, **_OPTION_SOURCES, "initial_options": _INITIAL_OPTIONS},
        rules=(_ONE_OPTION_SOURCES, check_option_values, initial_options_among_options("initial_options")),
    ),
    "external_select": ObjectSchema(optional={**PICKER, **_EXTERNAL, "initial_option": OPTION}),
    "multi_external_select": ObjectSchema(
        optional={**_MULTI, **_EXTERNAL, "initial_options": _INITIAL_OPTIONS}
    ),
    "users_select": ObjectSchema(optional={**PICKER, "initial_user": string()}),
    "multi_users_select": ObjectSchema(optional={**_MULTI, "initial_users": _INITIAL_IDS}),
    "conversations_select": ObjectSchema(
        optional={**PICKER, **_CONVERSATIONS, **_RESPONSE_URL, "initial_conversation": string()}
    ),
    "multi_conversations_select": ObjectSchema(
        optional={**_MULTI, **_CONVERSATIONS, "initial_conversations": _INITIAL_IDS}
    ),
    "channels_select": ObjectSchema(optional={**PICKER, **_RESPONSE_URL, "initial_channel": string()}),
    "multi_channels_select": ObjectSchema(optional={**_MULTI, "initial_channels": _INITIAL_IDS}),
}
CHOICES: Mapping[str, ObjectSchema] = {
    "checkboxes": ObjectSchema(
        {"options": array_of(FORMATTED_OPTION, 1, 10)},
        {**FOCUSABLE, "confirm": CONFIRM, "initial_options": array_of(FORMATTED_OPTION, 1)},
        (check_option_values, initial_options_among_options("initial_options")),
    ),
    "radio_buttons": ObjectSchema(
        {"options": array_of(FORMATTED_OPTION, 1, 10)},
        {**FOCUSABLE, "confirm": CONFIRM, "initial_option": FORMATTED_OPTION},
        (check_option_values, initial_options_among_options("initial_option")),
    ),
}
OVERFLOW = ObjectSchema(
    {"options": array_of(LINKED_OPTION, 1, 5)}, {**ACTION, "confirm": CONFIRM}, (check_option_values,)
)

_DATE_PICKERS = {element_type: INPUTS[element_type] for element_type in ("datepicker", "timepicker")}
_COMMON_ELEMENTS: dict[str, Check] = {**SELECTS, **CHOICES, **_DATE_PICKERS}

ACCESSORY = by_type({**_COMMON_ELEMENTS, "button": BUTTON, "overflow": OVERFLOW, "image": IMAGE})
ACTION_ELEMENT = by_type(
    {**_COMMON_ELEMENTS, "button": BUTTON, "overflow": OVERFLOW, "datetimepicker": INPUTS["datetimepicker"]}
)
INPUT_ELEMENT = by_type({**SELECTS, **CHOICES, **INPUTS})
MODAL_ONLY_ELEMENTS = frozenset({"file_input"})
