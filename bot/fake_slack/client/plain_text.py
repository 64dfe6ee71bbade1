"""Blocks as the plain text that a person reads."""

import re
from collections.abc import Mapping
from typing import Any


def blocks_to_text(blocks: list[dict[str, Any]], fallback: str = "") -> str:
    """Return the text of blocks, a line each; the fallback where there are no blocks."""
    lines = [line for block in blocks for line in _block_lines(block)]
    return "\n".join(lines) if lines else unescape_mrkdwn(fallback)


def unescape_mrkdwn(mrkdwn: str) -> str:
    """Replace dates and links by their texts, and entities by their characters."""
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", mrkdwn)
    text = re.sub(r"<(?:https?:[^|>]*)\|([^>]*)>", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def element_label(element: Mapping[str, Any]) -> str:
    """Return what an element shows: its text, its placeholder, or ⋯ for an overflow menu."""
    if element["type"] == "overflow":
        return "⋯"
    text = element.get("text") or element.get("placeholder") or {}
    label: str = text.get("text", "")
    return label


def _block_lines(block: Mapping[str, Any]) -> list[str]:
    match block["type"]:
        case "data_table":
            rows = [" | ".join(cell.get("text", "—") for cell in row) for row in block["rows"]]
            return [block["caption"], *rows]
        case "container":
            title = str((block.get("title") or {}).get("text", ""))
            return [f"▸ {title}", *(line for child in block["child_blocks"] for line in _block_lines(child))]
        case "context":
            return [_object_text(element) for element in block["elements"]]
        case _:
            return [_block_line(block)]


def _block_line(block: Mapping[str, Any]) -> str:
    match block["type"]:
        case "header":
            return str(block["text"]["text"])
        case "section":
            button = f"  [{element_label(block['accessory'])}]" if "accessory" in block else ""
            first, line_break, rest = _object_text(block["text"]).partition("\n")
            return f"{first}{button}{line_break}{rest}"  # Slack shows an accessory beside the first line
        case "alert":
            return _object_text(block["text"])
        case "actions":
            return " ".join(f"[{element_label(element)}]" for element in block["elements"])
        case "input":
            return f"{block['label']['text']}: ({block['element']['type']})"
        case _:
            return "—"


def _object_text(text: Mapping[str, Any]) -> str:
    return unescape_mrkdwn(text["text"]) if text["type"] == "mrkdwn" else str(text["text"])
