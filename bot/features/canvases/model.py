"""The job that posts a canvas's own message, and an item of the list of canvases. Pure."""

from dataclasses import dataclass

from bot.jobs.model import JobKind
from bot.store.model import CanvasInfo

CANVAS_JOB = JobKind("canvas", 10, frozenset({"chat.postMessage", "chat.update"}))


@dataclass(frozen=True, slots=True)
class ListedCanvas:
    """An item of the list of a channel's canvases."""

    canvas_info: CanvasInfo
    is_archived: bool
    entry_count: int
