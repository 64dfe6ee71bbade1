"""Rate limits of requests: of each member and each workspace, in each process.

The limits are so high that no workshop reaches them.
"""

from dataclasses import dataclass, field
from datetime import datetime

from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.timing import Timing

MAX_TOKEN_BUCKETS = 10_000  # of members and workspaces; above it, full buckets are dropped
SECONDS_TO_REFILL = 60
RATE_LIMITED_TEXT = "That was a lot at once: wait a minute, then go on."


@dataclass(slots=True)
class TokenBucket:
    """The requests that a member or workspace may still make."""

    tokens: float  # one for each request; fractions since they refill steadily
    filled_at: datetime


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """Token buckets that refill within a minute: all requests of a minute may come at once."""

    timing: Timing
    _buckets: dict[tuple[str, str], TokenBucket] = field(
        default_factory=dict
    )  # by team id and user id; user id "" for a workspace

    async def check_request(self, request: Request, deps: Deps) -> None:
        """Count a request; raise UserError where its member or its workspace makes too many.

        A rejected request takes no token from either bucket.
        """
        now = deps.clock()
        if len(self._buckets) > MAX_TOKEN_BUCKETS:
            self._drop_full_buckets(now)
        member_key, workspace_key = (request.team_id, request.user_id), (request.team_id, "")
        buckets = [
            self._fill_bucket(member_key, self.timing.member_requests_per_minute, now),
            self._fill_bucket(workspace_key, self.timing.workspace_requests_per_minute, now),
        ]
        if any(bucket.tokens < 1 for bucket in buckets):
            raise UserError(RATE_LIMITED_TEXT)
        for bucket in buckets:
            bucket.tokens -= 1

    def _fill_bucket(self, key: tuple[str, str], capacity: int, now: datetime) -> TokenBucket:
        bucket = self._buckets.setdefault(key, TokenBucket(capacity, now))
        seconds = max((now - bucket.filled_at).total_seconds(), 0)
        bucket.tokens = min(capacity, bucket.tokens + seconds * capacity / SECONDS_TO_REFILL)
        bucket.filled_at = now
        return bucket

    def _drop_full_buckets(self, now: datetime) -> None:
        """Drop the buckets without a request in the last minute: they are full, as new ones are."""
        ages = {key: (now - bucket.filled_at).total_seconds() for key, bucket in self._buckets.items()}
        for key in [key for key, age in ages.items() if age >= SECONDS_TO_REFILL]:
            del self._buckets[key]
