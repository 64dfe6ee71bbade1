"""Who was seen in which channel within the last minute, so that not each press asks Slack. Pure.

Only memberships that Slack stated are remembered: for anybody else Slack is asked. The event of a member who
leaves ends a memory at once. But a process gets only some of the events, and one may be lost, so a memory
ends after a minute in any case.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

MAX_AGE = timedelta(minutes=1)
MAX_REMEMBERED = 200_000  # members of all channels together, some 30 MB


class MembershipMemory:
    """The members of channels as Slack stated them lately. One for each process."""

    def __init__(self) -> None:
        # When Slack stated that a user is in a channel, by team and channel id, then by user id.
        self._seen_at: defaultdict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
        self._count = 0
        # When a user left: an answer that Slack gave before that may arrive later. "" stands for all users.
        self._left_at: dict[tuple[str, str, str], datetime] = {}

    def is_remembered(self, team_id: str, channel_id: str, user_id: str, now: datetime) -> bool:
        """Return whether Slack stated within the last minute that a user is in a channel."""
        seen_at = self._seen_at.get((team_id, channel_id), {}).get(user_id)
        return seen_at is not None and now - seen_at < MAX_AGE

    def remember(self, team_id: str, channel_id: str, user_ids: Iterable[str], seen_at: datetime) -> None:
        """Remember members of a channel; `seen_at` is when Slack was asked, or when they joined."""
        if self._count >= MAX_REMEMBERED:  # simpler than an LRU, and memories live for a minute only
            self._seen_at.clear()
            self._count = 0
        everybody_left_at = self._left_at.get((team_id, channel_id, ""))
        if everybody_left_at is not None and everybody_left_at >= seen_at:
            return
        members = self._seen_at[team_id, channel_id]
        size_before = len(members)
        for user_id in user_ids:
            left_at = self._left_at.get((team_id, channel_id, user_id))
            if left_at is None or left_at < seen_at:
                members[user_id] = max(seen_at, members.get(user_id, seen_at))
        self._count += len(members) - size_before

    def forget_member(self, team_id: str, channel_id: str, user_id: str, now: datetime) -> None:
        """Forget a member who left a channel."""
        if self._seen_at.get((team_id, channel_id), {}).pop(user_id, None) is not None:
            self._count -= 1
        self._mark_left(team_id, channel_id, user_id, now)

    def forget_channel(self, team_id: str, channel_id: str, now: datetime) -> None:
        """Forget all members of a channel that the bot left, or that was deleted or has another id."""
        self._count -= len(self._seen_at.pop((team_id, channel_id), {}))
        self._mark_left(team_id, channel_id, "", now)

    def _mark_left(self, team_id: str, channel_id: str, user_id: str, now: datetime) -> None:
        self._left_at = {key: at for key, at in self._left_at.items() if now - at < MAX_AGE}
        self._left_at[team_id, channel_id, user_id] = now
