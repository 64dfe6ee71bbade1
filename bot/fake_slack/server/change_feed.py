"""What has changed in the workspace, for whoever shows it."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    MESSAGE = "message"  # key: channel/ts; posted or changed
    DELETED = "gone"  # key: channel/ts; deleted
    VIEW = "view"  # key: user; their modals
    HOME = "home"  # key: user
    CANVAS = "document"  # key: channel; its canvases
    CHANNELS = "channels"  # who is in which, and new ones
    TYPING = "typing"  # key: channel/thread/user
    CLOCK = "clock"  # somebody moved it
    PREPARING = "preparing"  # what still has to happen before people can work


@dataclass(frozen=True, slots=True)
class WorkspaceChange:
    kind: ChangeKind
    key: str = ""


class ChangeFeed:
    """Collects changes for one watcher, in order, each once until it is fetched."""

    def __init__(self) -> None:
        self._changes: dict[WorkspaceChange, None] = {}
        self._any = asyncio.Event()

    def add_change(self, change: WorkspaceChange) -> None:
        self._changes.pop(change, None)  # the newest place in the order counts
        self._changes[change] = None
        self._any.set()

    async def wait_for_changes(self) -> list[WorkspaceChange]:
        """Wait until something has changed; return what."""
        await self._any.wait()
        self._any.clear()
        changes, self._changes = list(self._changes), {}
        return changes
