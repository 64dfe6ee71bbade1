"""Blocks: what each one is, and on which surface it may stand."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.fake_slack.blockkit.cards import CARD
from bot.fake_slack.blockkit.charts import CHART
from bot.fake_slack.blockkit.elements import ACCESSORY, ACTION_ELEMENT, INPUT_ELEMENT, ONLY_IN_MODALS
from bot.fake_slack.blockkit.rich_text import RICH_TEXT
from bot.fake_slack.blockkit.shapes import (
    Object,
    Shape,
    at_least_one,
    distinct_in,
    flag,
    kinds,
    need,
    one_of,
    several,
    string,
    whole,
)
from bot.fake_slack.blockkit.tables import DATA_TABLE, TABLE
from bot.fake_slack.blockkit.texts import IMAGE, IMAGE_FIELDS, ONE_SOURCE, plain, text, texts
from bot.fake_slack.blockkit.totals import check_totals

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
ONLY_ON = {
    "table": {"message", "home"},
    "data_table": {"message", "home"},
    "data_visualization": {"message"},
    "alert": {"modal"},
}


def check_blocks(blocks: Any, surface: str) -> None:
    """Raise Invalid where Slack would answer invalid_blocks."""
    several(_BLOCK, most=MOST_BLOCKS[surface])(blocks, "/blocks")
    for place, block in enumerate(blocks):
        _check_surface(block, surface, f"/blocks/{place}")
    distinct_in(blocks, "block_id", "/blocks")
    check_totals(blocks, surface)


def _check_surface(block: Object, surface: str, where: str) -> None:
    kind, element = block["type"], block.get("element", {}).get("type")
    need(surface in ONLY_ON.get(kind, MOST_BLOCKS), where, f"{kind} is not allowed on a {surface}")
    allowed = surface == "modal" or element not in ONLY_IN_MODALS
    need(allowed, f"{where}/element", f"{element} is not allowed on a {surface}")


def _distinct_elements(block: Object, where: str) -> None:
    distinct_in(block["elements"], "action_id", f"{where}/elements")


def _files_are_not_dispatched(block: Object, where: str) -> None:
    dispatched = block.get("dispatch_action", False) and block["element"]["type"] == "file_input"
    need(not dispatched, f"{where}/dispatch_action", "is not for file_input")


BLOCKS: Mapping[str, Shape] = {
    "section": Shape(
        may={
            "text": text(3000),
            "fields": several(text(2000), 1, 10),
            "accessory": ACCESSORY,
            "expand": flag,
        },
        rules=(at_least_one("text", "fields"),),
    ),
    "header": Shape({"text": plain(150)}, {"level": whole(1, 4)}),
    "context": Shape({"elements": several(kinds({**texts(3000), "image": IMAGE}), 1, 10)}),
    "divider": Shape(),
    "actions": Shape({"elements": several(ACTION_ELEMENT, 1, 25)}, rules=(_distinct_elements,)),
    "image": Shape({"alt_text": string(2000)}, {**IMAGE_FIELDS, "title": plain(2000)}, (ONE_SOURCE,)),
    "input": Shape(
        {"label": plain(2000), "element": INPUT_ELEMENT},
        {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
        (_files_are_not_dispatched,),
    ),
    "rich_text": RICH_TEXT,
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": CHART,
    "card": CARD,
    "alert": Shape({"text": text(200)}, {"level": one_of("default", "info", "warning", "error", "success")}),
}
_BLOCK = kinds(
    {kind: replace(shape, may={**shape.may, "block_id": string(255)}) for kind, shape in BLOCKS.items()}
)
