"""The card block: an image, short texts and up to three buttons.

Limits: https://docs.slack.dev/reference/block-kit/blocks/card-block
"""

from bot.fake_slack.blockkit.checks import (
    JsonObject,
    ObjectSchema,
    array_of,
    at_least_one_of,
    at_most_one_of,
    by_type,
    require_unique_field,
    string,
)
from bot.fake_slack.blockkit.elements import BUTTON
from bot.fake_slack.blockkit.objects import IMAGE, text_object


def _check_action_ids(block: JsonObject, pointer: str) -> None:
    require_unique_field(block.get("actions", []), "action_id", f"{pointer}/actions")


_IMAGE = by_type({"image": IMAGE})
CARD = ObjectSchema(
    optional={
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        "slack_icon": by_type({"icon": ObjectSchema({"name": string()})}),
        "title": text_object(150),
        "subtitle": text_object(150),
        "body": text_object(200),
        "subtext": text_object(200),
        "actions": array_of(by_type({"button": BUTTON}), 1, 3),
    },
    rules=(
        at_least_one_of("hero_image", "title", "actions", "body"),
        at_most_one_of("icon", "slack_icon"),
        _check_action_ids,
    ),
)
