"""Finding the interactive elements and the options of blocks."""

from collections.abc import Mapping
from typing import Any

# The field that holds the elements of a block, by block type.
_ELEMENT_LISTS = {"actions": "elements", "context_actions": "elements", "card": "actions"}


def interactive_elements(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the interactive elements of a block, or of the blocks in a container."""
    if block["type"] == "container":
        return [element for child in block["child_blocks"] for element in interactive_elements(child)]
    elements = block.get(_ELEMENT_LISTS.get(block["type"], ""), [])
    return [*elements, *(block[key] for key in ("accessory", "element") if key in block)]


def all_options(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the options of an element, those of its option groups included."""
    groups = element.get("option_groups") or [element]
    return [option for group in groups for option in group.get("options", [])]
