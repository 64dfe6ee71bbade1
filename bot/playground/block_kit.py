"""Block Kit's limits, as Slack checks them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Block = Mapping[str, Any]

SURFACES = {
    "section": {"message", "modal", "home"},
    "header": {"message", "modal", "home"},
    "context": {"message", "modal", "home"},
    "divider": {"message", "modal", "home"},
    "actions": {"message", "modal", "home"},
    "image": {"message", "modal", "home"},
    "input": {"message", "modal", "home"},
    "rich_text": {"message", "modal", "home"},
}
KEYS = {
    "section": {"type", "block_id", "text", "fields", "accessory", "expand"},
    "header": {"type", "block_id", "text"},
    "context": {"type", "block_id", "elements"},
    "divider": {"type", "block_id"},
    "actions": {"type", "block_id", "elements"},
    "image": {"type", "block_id", "image_url", "alt_text", "title", "slack_file"},
    "input": {"type", "block_id", "label", "element", "hint", "optional", "dispatch_action"},
    "rich_text": {"type", "block_id", "elements"},
}
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
ALL_TEXT = 13_200


class Invalid(Exception):
    """What is wrong, and where."""


def check_blocks(blocks: Any, surface: str) -> None:
    """Raise Invalid where Slack would answer invalid_blocks."""
    _need(isinstance(blocks, list), "/blocks", "must be an array")
    _need(len(blocks) <= MOST_BLOCKS[surface], "/blocks", f"no more than {MOST_BLOCKS[surface]} items")
    ids: set[str] = set()
    for number, block in enumerate(blocks):
        where = f"/blocks/{number}"
        _need(isinstance(block, dict) and block.get("type") in KEYS, where, "unsupported type")
        kind = block["type"]
        _need(surface in SURFACES[kind], where, f"{kind} is not allowed on a {surface}")
        _need(not block.keys() - KEYS[kind], where, f"unknown keys {sorted(block.keys() - KEYS[kind])}")
        if "block_id" in block:
            _need(0 < len(block["block_id"]) <= 255, where, "block_id of 1 to 255 characters")
            _need(block["block_id"] not in ids, where, "block_id twice")
            ids.add(block["block_id"])
        _CHECKS[kind](block, where)


def characters(blocks: Any) -> int:
    """Return the characters of all texts of a message together."""
    return sum(len(text) for text in _texts(blocks))


def check_view(view: Mapping[str, Any]) -> None:
    surface = view.get("type")
    _need(surface in {"modal", "home"}, "/type", "must be modal or home")
    _need(bool(view.get("blocks")), "/blocks", "must not be empty")
    check_blocks(view["blocks"], str(surface))
    _need(len(view.get("private_metadata", "")) <= 3000, "/private_metadata", "must be at most 3000")
    _need(len(view.get("callback_id", "")) <= 255, "/callback_id", "must be at most 255")
    if surface == "modal":
        _plain(view.get("title"), "/title", 24)
        for name in ("submit", "close"):
            if name in view:
                _plain(view[name], f"/{name}", 24)
        has_input = any(block["type"] == "input" for block in view["blocks"])
        _need(not has_input or "submit" in view, "/submit", "is required with an input block")
    _need(len(json.dumps(view)) <= 250_000, "/", "view_too_large")


def _section(block: Block, where: str) -> None:
    _need("text" in block or "fields" in block, where, "text or fields")
    if "text" in block:
        _text(block["text"], f"{where}/text", 3000)
    fields = block.get("fields", [])
    _need(len(fields) <= 10, f"{where}/fields", "no more than 10 items")
    for field in fields:
        _text(field, f"{where}/fields", 2000)
    if "accessory" in block:
        _element(block["accessory"], f"{where}/accessory")


def _header(block: Block, where: str) -> None:
    _plain(block.get("text"), f"{where}/text", 150)


def _context(block: Block, where: str) -> None:
    elements = block.get("elements", [])
    _need(1 <= len(elements) <= 10, f"{where}/elements", "1 to 10 items")
    for element in elements:
        _text(element, f"{where}/elements", 3000)


def _actions(block: Block, where: str) -> None:
    elements = block.get("elements", [])
    _need(1 <= len(elements) <= 25, f"{where}/elements", "1 to 25 items")
    ids = [element.get("action_id") for element in elements]
    _need(len(set(ids)) == len(ids), where, "action_id twice in a block")
    for number, element in enumerate(elements):
        _element(element, f"{where}/elements/{number}")


def _image(block: Block, where: str) -> None:
    _need(bool(block.get("alt_text")), where, "alt_text")


def _input(block: Block, where: str) -> None:
    _plain(block.get("label"), f"{where}/label", 2000)
    if "hint" in block:
        _plain(block["hint"], f"{where}/hint", 2000)
    _element(block.get("element", {}), f"{where}/element")


def _anything(_block: Block, _where: str) -> None:
    pass


_CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "divider": _anything,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _anything,
}


def _element(element: Any, where: str) -> None:
    kind = element.get("type")
    _need(0 < len(element.get("action_id", "")) <= 255, where, "action_id of 1 to 255 characters")
    if "placeholder" in element:
        _plain(element["placeholder"], f"{where}/placeholder", 150)
    match kind:
        case "button":
            _plain(element.get("text"), f"{where}/text", 75)
            _need(len(element.get("value", "-")) <= 2000, where, "value of at most 2000 characters")
        case "overflow":
            _need(1 <= len(element.get("options", [])) <= 5, where, "1 to 5 options")
            _options(element["options"], where)
        case "checkboxes" | "radio_buttons":
            _need(1 <= len(element.get("options", [])) <= 10, where, "1 to 10 options")
            _options(element["options"], where)
            _initial(element, where)
        case "static_select" | "multi_static_select":
            groups = element.get("option_groups")
            _need(bool(groups) != bool(element.get("options")), where, "options or option_groups")
            for group in groups or [element]:
                _need(1 <= len(group.get("options", [])) <= 100, where, "1 to 100 options")
                _options(group["options"], where)
            _need(len(groups or []) <= 100, where, "no more than 100 groups")
            _initial(element, where)
        case "plain_text_input":
            most = element.get("max_length", 3000)
            _need(1 <= most <= 3000, where, "max_length of 1 to 3000")
            _need(
                len(element.get("initial_value", "")) <= most, where, "initial_value longer than max_length"
            )
        case "multi_external_select" | "external_select" | "timepicker" | "datepicker":
            pass
        case _:
            raise Invalid(f"unsupported element {kind} [json-pointer:{where}]")


def _options(options: list[Any], where: str) -> None:
    for option in options:
        _plain(option.get("text"), f"{where}/options", 75)
        _need(len(option.get("value", "")) <= 150, f"{where}/options", "value of at most 150 characters")


def _initial(element: Block, where: str) -> None:
    options = [o for group in element.get("option_groups", [element]) for o in group["options"]]
    wanted = element.get(
        "initial_options", [element["initial_option"]] if "initial_option" in element else None
    )
    if wanted is not None:
        _need(bool(wanted), where, "initial_options must not be empty")
        _need(all(one in options for one in wanted), where, "initial options must be among the options")


def _text(text: Any, where: str, most: int) -> None:
    _need(isinstance(text, dict) and text.get("type") in {"mrkdwn", "plain_text"}, where, "a text object")
    _need(0 < len(text.get("text", "")) <= most, where, f"1 to {most} characters")


def _plain(text: Any, where: str, most: int) -> None:
    _need(isinstance(text, dict) and text.get("type") == "plain_text", where, "plain_text")
    _text(text, where, most)


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, list):
        for one in thing:
            yield from _texts(one)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)


def _need(right: bool, where: str, says: str) -> None:
    if not right:
        raise Invalid(f"{says} [json-pointer:{where}]")
