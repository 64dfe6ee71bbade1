"""An item of the list of canvases. Pure."""

from dataclasses import dataclass

from bot.store.model import CanvasInfo


@dataclass(frozen=True, slots=True)
class ListedCanvas:
    """An item of the list of a channel's canvases."""

    canvas_info: CanvasInfo
    is_archived: bool
    entry_count: int
