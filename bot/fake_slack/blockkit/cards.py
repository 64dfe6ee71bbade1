"""Cards: a picture, a few words and up to three buttons."""

from bot.fake_slack.blockkit.elements import BUTTON
from bot.fake_slack.blockkit.shapes import (
    Object,
    Shape,
    at_least_one,
    at_most_one,
    distinct_in,
    kinds,
    several,
    string,
)
from bot.fake_slack.blockkit.texts import IMAGE, text


def _distinct_buttons(block: Object, where: str) -> None:
    distinct_in(block.get("actions", []), "action_id", f"{where}/actions")


_PICTURE = kinds({"image": IMAGE})
CARD = Shape(
    may={
        "hero_image": _PICTURE,
        "icon": _PICTURE,
        "slack_icon": kinds({"icon": Shape({"name": string()})}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": several(kinds({"button": BUTTON}), 1, 3),
    },
    rules=(
        at_least_one("hero_image", "title", "actions", "body"),
        at_most_one("icon", "slack_icon"),
        _distinct_buttons,
    ),
)
