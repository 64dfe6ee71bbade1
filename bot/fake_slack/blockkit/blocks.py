"""The blocks, and the surfaces that each may appear on.

The limits are those of https://docs.slack.dev/reference/block-kit/blocks (one page a block).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.fake_slack.blockkit.cards import CARD
from bot.fake_slack.blockkit.charts import CHART
from bot.fake_slack.blockkit.checks import (
    JsonObject,
    ObjectSchema,
    array_of,
    at_least_one_of,
    boolean,
    by_type,
    integer,
    one_of,
    require,
    require_unique_field,
    string,
)
from bot.fake_slack.blockkit.elements import ACCESSORY, ACTION_ELEMENT, INPUT_ELEMENT, MODAL_ONLY_ELEMENTS
from bot.fake_slack.blockkit.objects import (
    IMAGE,
    IMAGE_FIELDS,
    ONE_IMAGE_SOURCE,
    plain_text,
    text_object,
    text_types,
)
from bot.fake_slack.blockkit.rich_text import RICH_TEXT
from bot.fake_slack.blockkit.tables import DATA_TABLE, TABLE
from bot.fake_slack.blockkit.totals import check_totals

MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}
ALLOWED_SURFACES = {
    "table": {"message", "home"},
    "data_table": {"message", "home"},
    "data_visualization": {"message", "home"},
    "alert": {"modal"},
    "container": {"message", "home"},
}
CONTAINED_TYPES = (
    "actions",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
)


def check_blocks(blocks: Any, surface: str) -> None:
    """Raise InvalidBlocks where Slack would answer invalid_blocks."""
    array_of(_BLOCK, max_items=MAX_BLOCKS[surface])(blocks, "/blocks")
    for index, block in enumerate(blocks):
        _check_surface(block, surface, f"/blocks/{index}")
    require_unique_field(blocks, "block_id", "/blocks")
    check_totals(blocks, surface)


def _check_surface(block: JsonObject, surface: str, pointer: str) -> None:
    block_type, element_type = block["type"], block.get("element", {}).get("type")
    require(
        surface in ALLOWED_SURFACES.get(block_type, MAX_BLOCKS),
        pointer,
        f"{block_type} is not allowed on a {surface}",
    )
    is_allowed = surface == "modal" or element_type not in MODAL_ONLY_ELEMENTS
    require(is_allowed, f"{pointer}/element", f"{element_type} is not allowed on a {surface}")


def _check_action_ids(block: JsonObject, pointer: str) -> None:
    require_unique_field(block["elements"], "action_id", f"{pointer}/elements")


def _check_file_dispatch(block: JsonObject, pointer: str) -> None:
    is_dispatched = block.get("dispatch_action", False) and block["element"]["type"] == "file_input"
    require(not is_dispatched, f"{pointer}/dispatch_action", "is not for file_input")


BLOCK_SCHEMAS: Mapping[str, ObjectSchema] = {
    "section": ObjectSchema(
        optional={
            "text": text_object(3000),
            "fields": array_of(text_object(2000), 1, 10),
            "accessory": ACCESSORY,
            "expand": boolean,
        },
        rules=(at_least_one_of("text", "fields"),),
    ),
    "header": ObjectSchema({"text": plain_text(150)}, {"level": integer(1, 4)}),
    "context": ObjectSchema({"elements": array_of(by_type({**text_types(3000), "image": IMAGE}), 1, 10)}),
    "divider": ObjectSchema(),
    "actions": ObjectSchema({"elements": array_of(ACTION_ELEMENT, 1, 25)}, rules=(_check_action_ids,)),
    "image": ObjectSchema(
        {"alt_text": string(2000)}, {**IMAGE_FIELDS, "title": plain_text(2000)}, (ONE_IMAGE_SOURCE,)
    ),
    "input": ObjectSchema(
        {"label": plain_text(2000), "element": INPUT_ELEMENT},
        {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
        (_check_file_dispatch,),
    ),
    "rich_text": RICH_TEXT,
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": CHART,
    "card": CARD,
    "alert": ObjectSchema(
        {"text": text_object(200)}, {"level": one_of("default", "info", "warning", "error", "success")}
    ),
}


def _check_collapsing(block: JsonObject, pointer: str) -> None:
    is_collapsible = block.get("is_collapsible", False)
    require(
        not (is_collapsible and block.get("has_header_divider", False)),
        f"{pointer}/has_header_divider",
        "is not for a collapsible container",
    )
    require(
        is_collapsible or not block.get("default_collapsed", False),
        f"{pointer}/default_collapsed",
        "requires is_collapsible",
    )


def _with_block_id(schemas: Mapping[str, ObjectSchema]) -> dict[str, ObjectSchema]:
    return {
        name: replace(schema, optional={**schema.optional, "block_id": string(255)})
        for name, schema in schemas.items()
    }


_CONTAINED = by_type(_with_block_id({name: BLOCK_SCHEMAS[name] for name in CONTAINED_TYPES}))
_CONTAINER = ObjectSchema(
    {"child_blocks": array_of(_CONTAINED, 1, 10)},
    {
        "title": plain_text(150),
        "rich_text_title": by_type({"rich_text": RICH_TEXT}),
        "subtitle": text_object(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": by_type({"image": IMAGE}),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    (at_least_one_of("title", "rich_text_title"), _check_collapsing),
)
_BLOCK = by_type(_with_block_id({**BLOCK_SCHEMAS, "container": _CONTAINER}))
