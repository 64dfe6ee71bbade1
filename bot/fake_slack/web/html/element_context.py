"""What a block gives to the elements in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import htpy as h

from bot.fake_slack.web.html.reader import Reader

BlockKitJson = Mapping[str, Any]  # a block, an element or another object of Block Kit, as the bot sent it
Attributes = Mapping[str, h.Attribute]


@dataclass(frozen=True, slots=True)
class ElementContext:
    """The block around an element, and what rendering the element takes from it."""

    reader: Reader
    block_id: str = ""
    container_id: str = ""  # the message or view: the same block ids come in several of them
    label: str = ""  # of an input block
    dispatches: bool = True  # whether the bot is sent each change at once
    wrapped: bool = False  # whether a <label> is around the element, which names it for screen readers
    described_by: str = ""  # the HTML ids of the hint and the error below the element

    def unique_name(self, suffix: str) -> str:
        """Return an HTML name or id for a part of this block that is unique on the page."""
        return "_".join(f"{self.container_id}-{self.block_id}-{suffix}".split())

    def aria_label_for(self, default: str) -> str | None:
        """Return the element's accessible name; None where a <label> around it gives it one."""
        return None if self.wrapped else self.label or default
