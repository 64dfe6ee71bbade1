"""Modals and the App Home.

Limits: https://docs.slack.dev/reference/views
"""

import json
from typing import Any

from bot.fake_slack.blockkit.blocks import check_blocks
from bot.fake_slack.blockkit.checks import Check, JsonObject, ObjectSchema, boolean, by_type, require, string
from bot.fake_slack.blockkit.objects import plain_text

# Slack answers view_too_large; https://docs.slack.dev/reference/methods/views.open says 250 kB.
MAX_VIEW_BYTES = 250_000


def check_view(view: Any) -> None:
    """Raise InvalidBlocks where Slack would refuse to open, update or publish a view."""
    _VIEW_SCHEMA(view, "")
    require(len(json.dumps(view)) <= MAX_VIEW_BYTES, "/", "view_too_large")


def _blocks_on(surface: str) -> Check:
    def check_view_blocks(blocks: Any, pointer: str) -> None:
        require(bool(blocks), pointer, "must not be empty")
        check_blocks(blocks, surface)

    return check_view_blocks


def _check_submit_button(view: JsonObject, pointer: str) -> None:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    require(not has_input or "submit" in view, f"{pointer}/submit", "is required with an input block")


_TITLE = plain_text(24)
_FIELDS: dict[str, Check] = {
    "private_metadata": string(3000, min_length=0),
    "callback_id": string(255, min_length=0),
    "external_id": string(255, min_length=0),
    "submit": _TITLE,
    "close": _TITLE,
    "clear_on_close": boolean,
    "notify_on_close": boolean,
}
_VIEW_SCHEMA = by_type(
    {
        "modal": ObjectSchema(
            {"title": _TITLE, "blocks": _blocks_on("modal")}, _FIELDS, (_check_submit_button,)
        ),
        "home": ObjectSchema({"blocks": _blocks_on("home")}, {**_FIELDS, "title": _TITLE}),
    }
)
