"""What a menu offers: options, groups of them, and which are chosen at first."""

from typing import Any

from bot.fake_slack.blockkit.shapes import Check, Object, Shape, distinct, need, several, string
from bot.fake_slack.blockkit.texts import plain, text

_VALUE = string(150)
_PLAIN: dict[str, Check] = {"text": plain(75), "value": _VALUE}
_DESCRIBED: dict[str, Check] = {"description": plain(75)}
OPTION = Shape(_PLAIN, _DESCRIBED)
LINKED_OPTION = Shape(_PLAIN, {**_DESCRIBED, "url": string(3000)})
FORMATTED_OPTION = Shape({"text": text(75), "value": _VALUE}, {"description": text(75)})

OPTIONS = several(OPTION, 1, 100)
OPTION_GROUPS = several(Shape({"label": plain(75), "options": OPTIONS}), 1, 100)


def distinct_values(element: Object, where: str) -> None:
    """Check that no two options of an element have the same value."""
    distinct([option["value"] for option in _offered(element)], where, "value of an option")


def initial_among(*names: str) -> Check:
    """Return the rule that what these fields choose at first is among the options."""

    def rule(element: Object, where: str) -> None:
        for name in names:
            chosen = element.get(name, [])
            for option in chosen if isinstance(chosen, list) else [chosen]:
                need(option in _offered(element), f"{where}/{name}", "must be among the options")

    return rule


def _offered(element: Object) -> list[dict[str, Any]]:
    groups = element.get("option_groups", [element])
    return [option for group in groups for option in group["options"]]
