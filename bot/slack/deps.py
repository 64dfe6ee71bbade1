"""What handlers need of the world, handed to them instead of imported: a test passes its own."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.concurrency.background import BackgroundTasks
from bot.concurrency.batcher import Batcher
from bot.db.database import Database
from bot.timing import DEFAULT_TIMING, Timing


class BlockSupport(Protocol):
    """Knows in which workspaces Slack refused the newest blocks: GovSlack may get them later."""

    async def is_supported(self, team_id: str) -> bool: ...

    async def mark_unsupported(self, team_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Deps:
    """The database, the Slack client, the clock and what a process shares between its requests."""

    db: Database
    slack: AsyncWebClient
    clock: Callable[[], datetime]  # aware, UTC
    background: BackgroundTasks
    block_support: BlockSupport
    timing: Timing = DEFAULT_TIMING
    client_for_team: Callable[[str], AsyncWebClient] | None = None  # where each workspace has its own token
    batcher: Batcher = field(default_factory=Batcher)

    def for_team(self, team_id: str) -> "Deps":
        """Return the same for one workspace: where there are many, Slack is called with its token."""
        return self if self.client_for_team is None else replace(self, slack=self.client_for_team(team_id))
