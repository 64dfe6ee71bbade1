"""Modals and the App Home."""

import json
from typing import Any

from bot.fake_slack.blockkit.blocks import check_blocks
from bot.fake_slack.blockkit.shapes import Check, Object, Shape, flag, kinds, need, string
from bot.fake_slack.blockkit.texts import plain

MOST_BYTES = 250_000


def check_view(view: Any) -> None:
    """Raise Invalid where Slack would refuse to open, update or publish a view."""
    _VIEW(view, "")
    need(len(json.dumps(view)) <= MOST_BYTES, "/", "view_too_large")


def _blocks_of(surface: str) -> Check:
    def check(blocks: Any, where: str) -> None:
        need(bool(blocks), where, "must not be empty")
        check_blocks(blocks, surface)

    return check


def _input_is_submitted(view: Object, where: str) -> None:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    need(not has_input or "submit" in view, f"{where}/submit", "is required with an input block")


_TITLE = plain(24)
_FIELDS: dict[str, Check] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
    "submit": _TITLE,
    "close": _TITLE,
    "clear_on_close": flag,
    "notify_on_close": flag,
}
_VIEW = kinds(
    {
        "modal": Shape({"title": _TITLE, "blocks": _blocks_of("modal")}, _FIELDS, (_input_is_submitted,)),
        "home": Shape({"blocks": _blocks_of("home")}, {**_FIELDS, "title": _TITLE}),
    }
)
