"""Where an element stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import htpy as h

from bot.fake_slack.web.html.reader import Reader

Given = Mapping[str, Any]  # a part of Block Kit, as the bot sent it
Attributes = Mapping[str, h.Attribute]


@dataclass(frozen=True, slots=True)
class Place:
    """The block around an element, and what that gives to the element."""

    reader: Reader
    block: str = ""  # the block's id
    within: str = ""  # what the block stands in: block ids repeat from message to message
    label: str = ""  # of the input block
    dispatches: bool = True  # whether a change is sent at once
    wrapped: bool = False  # whether that label stands around the element, and so names it
    described_by: str = ""  # ids of the hint and the error that follow

    def name(self, what: str) -> str:
        """Return a name or id for something in this block, unique on the page."""
        return "_".join(f"{self.within}-{self.block}-{what}".split())

    def called(self, otherwise: str) -> str | None:
        """Return what a screen reader calls the element, unless a label around it says so."""
        return None if self.wrapped else self.label or otherwise
