"""How much one member, and one workspace, may ask of this process. A workshop never meets these limits."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.slack.errors import Refusal
from bot.slack.request import Deps, Request
from bot.timing import Pace

KNOWN = 10_000  # members and workspaces that are remembered, before those are forgotten who ask little
TOO_MUCH = "That was a lot at once: wait a minute, then go on."


@dataclass(slots=True)
class Bucket:
    left: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests a minute, all of which may come at once."""

    pace: Pace
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    async def admit(self, request: Request, deps: Deps) -> None:
        """Raise Refusal where somebody, or a whole workspace, asks for too much."""
        now = deps.now()
        if len(self._buckets) > KNOWN:
            self._forget(now)
        ways = ((request.user, self.pace.of_member), ("", self.pace.of_workspace))
        buckets = [self._filled(request.team_id, user, most, now) for user, most in ways]
        if any(bucket.left < 1 for bucket in buckets):
            raise Refusal(TOO_MUCH)
        for bucket in buckets:
            bucket.left -= 1

    def _filled(self, team: str, user: str, most: int, now: datetime) -> Bucket:
        bucket = self._buckets.setdefault((team, user), Bucket(most, now))
        gone = max((now - bucket.at).total_seconds(), 0)
        bucket.left, bucket.at = min(most, bucket.left + gone * most / 60), now
        return bucket

    def _forget(self, now: datetime) -> None:
        """Forget whoever asked for nothing in the last minute: their buckets are full again."""
        for key in [key for key, one in self._buckets.items() if (now - one.at).total_seconds() >= 60]:
            del self._buckets[key]
