"""The dependencies of handlers. They are passed, not imported, so that a test passes its own."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from weakref import WeakValueDictionary

from slack_sdk.web.async_client import AsyncWebClient

from bot.concurrency.background import BackgroundTasks
from bot.concurrency.batcher import Batcher
from bot.concurrency.single_flight import SingleFlight
from bot.db.database import Database
from bot.slack.membership_memory import MembershipMemory
from bot.slack.name_memory import NameMemory
from bot.slack.scopes import GrantedScopes
from bot.timing import DEFAULT_TIMING, Timing


class BlockSupport(Protocol):
    """Which workspaces' Slack supports the newest blocks: GovSlack gets them later."""

    async def is_supported(self, team_id: str) -> bool:
        """Return whether messages to a workspace may contain the newest blocks."""

    async def mark_unsupported(self, team_id: str) -> None:
        """Store that Slack rejected the newest blocks in a workspace."""


@dataclass(frozen=True, slots=True)
class Deps:
    """The database, the Slack client, the clock, and what the requests of a process share."""

    db: Database
    slack: AsyncWebClient
    clock: Callable[[], datetime]  # returns an aware datetime in UTC
    background: BackgroundTasks
    block_support: BlockSupport
    timing: Timing = DEFAULT_TIMING
    client_for_team: Callable[[str], AsyncWebClient] | None = None  # where each workspace has its own token
    batcher: Batcher = field(default_factory=Batcher)
    names: NameMemory = field(default_factory=NameMemory)
    scopes: GrantedScopes = field(default_factory=GrantedScopes)
    memberships: MembershipMemory = field(default_factory=MembershipMemory)
    started_at: datetime | None = None  # when the process began; what is older may have been done by others
    is_stopping: Callable[[], bool] = lambda: False  # then work of many steps ends after the one it does
    # By team and user. Weak values: a lock is collected once nobody holds it or waits for it.
    home_locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = field(
        default_factory=WeakValueDictionary
    )
    member_lookups: SingleFlight[frozenset[str]] = field(default_factory=SingleFlight)  # by team and channel

    def for_team(self, team_id: str) -> "Deps":
        """Return the dependencies for one workspace: with many workspaces, the client has its token."""
        return self if self.client_for_team is None else replace(self, slack=self.client_for_team(team_id))
