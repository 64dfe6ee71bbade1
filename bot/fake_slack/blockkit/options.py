"""The options of selects, menus, checkboxes and radio buttons.

Limits: https://docs.slack.dev/reference/block-kit/composition-objects/option-object and option-group-object
"""

from typing import Any

from bot.fake_slack.blockkit.checks import (
    Check,
    JsonObject,
    ObjectSchema,
    array_of,
    require,
    require_unique,
    string,
)
from bot.fake_slack.blockkit.objects import plain_text, text_object

_VALUE = string(150)
_PLAIN_FIELDS: dict[str, Check] = {"text": plain_text(75), "value": _VALUE}
_DESCRIPTION: dict[str, Check] = {"description": plain_text(75)}
OPTION = ObjectSchema(_PLAIN_FIELDS, _DESCRIPTION)
LINKED_OPTION = ObjectSchema(_PLAIN_FIELDS, {**_DESCRIPTION, "url": string(3000)})
FORMATTED_OPTION = ObjectSchema({"text": text_object(75), "value": _VALUE}, {"description": text_object(75)})

OPTIONS = array_of(OPTION, 1, 100)
OPTION_GROUPS = array_of(ObjectSchema({"label": plain_text(75), "options": OPTIONS}), 1, 100)


def check_option_values(element: JsonObject, pointer: str) -> None:
    """Raise InvalidBlocks where two options of an element have the same value."""
    require_unique([option["value"] for option in _all_options(element)], pointer, "value of an option")


def initial_options_among_options(*names: str) -> Check:
    """Return the rule that the options selected by these fields are among the element's options."""

    def check_initial_options(element: JsonObject, pointer: str) -> None:
        for name in names:
            chosen = element.get(name, [])
            for option in chosen if isinstance(chosen, list) else [chosen]:
                require(option in _all_options(element), f"{pointer}/{name}", "must be among the options")

    return check_initial_options


def _all_options(element: JsonObject) -> list[dict[str, Any]]:
    groups = element.get("option_groups", [element])
    return [option for group in groups for option in group["options"]]
