"""What a person reads: blocks as plain text."""

import re
from collections.abc import Mapping
from typing import Any


def blocks_to_text(blocks: list[dict[str, Any]], fallback: str = "") -> str:
    lines = [line for block in blocks for line in _lines(block)]
    return "\n".join(lines) if lines else unescape_mrkdwn(fallback)


def unescape_mrkdwn(mrkdwn: str) -> str:
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", mrkdwn)
    text = re.sub(r"<(?:https?:[^|>]*)\|([^>]*)>", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def element_label(element: Mapping[str, Any]) -> str:
    if element["type"] == "overflow":
        return "⋯"
    text = element.get("text") or element.get("placeholder") or {}
    label: str = text.get("text", "")
    return label


def _lines(block: Mapping[str, Any]) -> list[str]:
    match block["type"]:
        case "data_table":
            rows = [" | ".join(cell.get("text", "—") for cell in row) for row in block["rows"]]
            return [block["caption"], *rows]
        case "context":
            return [_of(element) for element in block["elements"]]
        case _:
            return [_line(block)]


def _line(block: Mapping[str, Any]) -> str:
    match block["type"]:
        case "header":
            return str(block["text"]["text"])
        case "section":
            button = f"  [{element_label(block['accessory'])}]" if "accessory" in block else ""
            return _of(block["text"]) + button
        case "actions":
            return " ".join(f"[{element_label(element)}]" for element in block["elements"])
        case "input":
            return f"{block['label']['text']}: ({block['element']['type']})"
        case _:
            return "—"


def _of(text: Mapping[str, Any]) -> str:
    return unescape_mrkdwn(text["text"]) if text["type"] == "mrkdwn" else str(text["text"])
