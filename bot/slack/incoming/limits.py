"""How much one member, and one workspace, may ask of this process. A workshop never meets these limits."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.timing import Timing

MAX_TOKEN_BUCKETS = (
    10_000  # members and workspaces that are remembered, before those are forgotten who ask little
)
RATE_LIMITED_TEXT = "That was a lot at once: wait a minute, then go on."


@dataclass(slots=True)
class TokenBucket:
    left: float
    at: datetime


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """Requests a minute, all of which may come at once."""

    timing: Timing
    _buckets: dict[tuple[str, str], TokenBucket] = field(default_factory=dict)

    async def check_request(self, request: Request, deps: Deps) -> None:
        """Raise Refusal where somebody, or a whole workspace, asks for too much."""
        now = deps.clock()
        if len(self._buckets) > MAX_TOKEN_BUCKETS:
            self._forget(now)
        ways = (
            (request.user_id, self.timing.member_requests_per_minute),
            ("", self.timing.workspace_requests_per_minute),
        )
        buckets = [self._filled(request.team_id, user, most, now) for user, most in ways]
        if any(bucket.left < 1 for bucket in buckets):
            raise UserError(RATE_LIMITED_TEXT)
        for bucket in buckets:
            bucket.left -= 1

    def _filled(self, team: str, user: str, most: int, now: datetime) -> TokenBucket:
        bucket = self._buckets.setdefault((team, user), TokenBucket(most, now))
        gone = max((now - bucket.at).total_seconds(), 0)
        bucket.left, bucket.at = min(most, bucket.left + gone * most / 60), now
        return bucket

    def _forget(self, now: datetime) -> None:
        """Forget whoever asked for nothing in the last minute: their buckets are full again."""
        for key in [key for key, one in self._buckets.items() if (now - one.at).total_seconds() >= 60]:
            del self._buckets[key]
