"""The modals and App Homes of a workspace, and the trigger ids that open modals."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import FakeSlackError
from bot.fake_slack.server.base import WorkspaceBase
from bot.fake_slack.server.change_feed import ChangeKind

# Both from https://docs.slack.dev/surfaces/modals: a trigger_id expires after 3 seconds and opens one view,
# and a stack holds up to three views.
TRIGGER_ID_LIFETIME = timedelta(seconds=3)
MAX_STACKED_VIEWS = 3


class WorkspaceViews(WorkspaceBase):
    """Open modals as a stack for each user, and one App Home for each user."""

    def __init__(self, clock: FakeClock | None = None, manifest: Mapping[str, Any] | None = None) -> None:
        super().__init__(clock, manifest)
        self.views: dict[str, dict[str, Any]] = {}  # open modals by view id
        self.view_stacks: dict[str, list[str]] = {}  # view ids by user id, the top one last
        self.home_views: dict[str, dict[str, Any]] = {}  # by user id
        self._triggers: dict[str, tuple[str, datetime, bool]] = {}  # user id, creation time, whether used

    def new_trigger_id(self, user_id: str) -> str:
        trigger_id = f"{self.next_number()}.trigger"
        self._triggers[trigger_id] = (user_id, self.clock.now(), False)
        return trigger_id

    def use_trigger_id(self, trigger_id: str) -> str:
        """Return whose trigger this is; raise FakeSlackError where it is used or expired."""
        if trigger_id not in self._triggers:
            raise FakeSlackError("invalid_trigger_id")
        user_id, created_at, is_used = self._triggers[trigger_id]
        if is_used:
            raise FakeSlackError("exchanged_trigger_id")
        if self.clock.now() > created_at + TRIGGER_ID_LIFETIME:
            raise FakeSlackError("expired_trigger_id")
        self._triggers[trigger_id] = (user_id, created_at, True)
        return user_id

    def open_view(self, view: Mapping[str, Any], user_id: str) -> dict[str, Any]:
        """Open a modal as the only one of the user's stack."""
        self.view_stacks[user_id] = []
        return self.push_view(view, user_id)

    def push_view(self, view: Mapping[str, Any], user_id: str) -> dict[str, Any]:
        """Open a modal on top of the user's stack; raise FakeSlackError where the stack is full."""
        stack = self.view_stacks.setdefault(user_id, [])
        if len(stack) >= MAX_STACKED_VIEWS:
            raise FakeSlackError("push_limit_reached")
        view_id = f"V{self.next_number()}"
        position = {
            "previous_view_id": stack[-1] if stack else None,
            "root_view_id": stack[0] if stack else view_id,
        }
        stack.append(view_id)
        return self.store_view({**view, **position}, view_id, user_id)

    def store_view(self, view: Mapping[str, Any], view_id: str, user_id: str) -> dict[str, Any]:
        """Store a modal, new or updated, with the fields that Slack adds."""
        previous = self.views.get(view_id, view)
        stored = {
            **view,
            "previous_view_id": previous.get("previous_view_id"),
            "root_view_id": previous.get("root_view_id", view_id),
            "blocks": self.assign_block_ids(view["blocks"]),
            "id": view_id,
            "hash": f"h{self.next_number()}",
            "user": user_id,
        }
        self.views[view_id] = stored
        self.publish_change(ChangeKind.VIEW, user_id)
        return stored

    def close_views(self, user_id: str, *, whole_stack: bool) -> list[dict[str, Any]]:
        """Close the top modal or the whole stack; return the closed views, the top one first."""
        stack = self.view_stacks.get(user_id, [])
        count = len(stack) if whole_stack else min(1, len(stack))
        closed = [self.views.pop(stack.pop()) for _ in range(count)]
        if closed:
            self.publish_change(ChangeKind.VIEW, user_id)
        return closed

    def top_view(self, user_id: str) -> dict[str, Any] | None:
        stack = self.view_stacks.get(user_id)
        return self.views[stack[-1]] if stack else None

    def publish_home(self, view: Mapping[str, Any], user_id: str) -> dict[str, Any]:
        self.home_views[user_id] = {
            **view,
            "blocks": self.assign_block_ids(view["blocks"]),
            "id": f"VHOME{user_id}",
            "hash": f"h{self.next_number()}",
        }
        self.publish_change(ChangeKind.HOME, user_id)
        return self.home_views[user_id]
