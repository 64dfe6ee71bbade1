"""An item of the list of canvases. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from bot.store.model import CanvasInfo

CANVASES_PER_PAGE = 20  # with long names they are half of what Slack allows in a message


@dataclass(frozen=True, slots=True)
class ListedCanvas:
    """An item of the list of a channel's canvases."""

    canvas_info: CanvasInfo
    is_archived: bool
    entry_count: int


@dataclass(frozen=True, slots=True)
class CanvasList:
    """A page of the canvases of a channel: the current one first, archived ones last."""

    canvases: Sequence[ListedCanvas]
    page: int  # from 1
    page_count: int
    total: int  # on all pages
    searched_text: str = ""  # which is a part of each title; "" for all canvases
    canvas_id: int | None = None  # of the canvas whose channel is meant; None for the request's channel


def choose_canvases(titles: Sequence[str], argument: str) -> tuple[int, list[int], str]:
    """Return the page, the positions of the titles on all pages, and the text that they were searched for.

    An argument is the number of a page, or else a part of a title.
    """
    text = argument.strip()
    page_count = max(1, ceil(len(titles) / CANVASES_PER_PAGE))
    if not text or (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= page_count):
        return int(text or 1), list(range(len(titles))), ""
    found = [position for position, title in enumerate(titles) if text.casefold() in title.casefold()]
    return 1, found, text
