"""The changes of a workspace, for a page that shows it."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What changed. The comment of each kind says what its key is."""

    MESSAGE = "message"  # channel/ts of a message that was posted or edited
    DELETED = "gone"  # channel/ts of a message that was deleted
    VIEW = "view"  # id of a user whose modals changed
    HOME = "home"  # id of a user whose App Home changed
    CANVAS = "document"  # id of a channel whose canvases changed
    CHANNELS = "channels"  # no key: channels or their members changed
    TYPING = "typing"  # channel/thread/user
    CLOCK = "clock"  # no key: the clock was moved
    PREPARING = "preparing"  # no key: the notice that the workspace is being prepared changed


@dataclass(frozen=True, slots=True)
class WorkspaceChange:
    """One change, with a key whose meaning depends on the kind."""

    kind: ChangeKind
    key: str = ""


class ChangeFeed:
    """Collects the changes for one reader, in order, each once until the reader fetches it."""

    def __init__(self) -> None:
        self._changes: dict[WorkspaceChange, None] = {}
        self._has_changes = asyncio.Event()
        self._is_ended = False

    def add_change(self, change: WorkspaceChange) -> None:
        # A repeated change moves to the end: the reader must see it after those that came in between.
        self._changes.pop(change, None)
        self._changes[change] = None
        self._has_changes.set()

    def end(self) -> None:
        """Let the reader know that nothing more will come."""
        self._is_ended = True
        self._has_changes.set()

    async def wait_for_changes(self) -> list[WorkspaceChange]:
        """Wait until something has changed, and return the collected changes; none after the end."""
        await self._has_changes.wait()
        if not self._is_ended:
            self._has_changes.clear()
        return self.take_changes()

    def take_changes(self) -> list[WorkspaceChange]:
        """Return what has been collected, which may be nothing, without waiting."""
        changes, self._changes = list(self._changes), {}
        return changes
