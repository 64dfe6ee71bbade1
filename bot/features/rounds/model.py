"""What a voting round is, and who takes part in it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.method.kinds import ABOUT, Kind
from bot.method.metrics import Figures
from bot.method.model import Entry
from bot.slack.blockkit.text import count
from bot.store.model import CanvasInfo
from bot.times.clock import shown, zone_named

SHORT = timedelta(hours=1)  # a round shorter than this reminds nobody
LAST_DAY = timedelta(hours=24)
LATE = timedelta(minutes=5)
MOST = 200  # members of a channel that are looked up, counted and reminded one by one


class State(StrEnum):
    OPEN = "open"
    CLOSING = "closing"  # nothing more is asked for; the votes are read back, then the result is posted
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Round:
    """A call to vote on one box, or on all, until a deadline."""

    id: int
    canvas: int
    kind: Kind | None  # None for all boxes
    starter: str
    time_zone: str  # the starter's, by which the deadline was meant
    opened_at: datetime
    closes_at: datetime
    remind_at: datetime | None
    opening: str  # the ranking at the opening, as JSON; "" once the result is out
    state: State = State.OPEN
    message_ts: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None  # who closed it early
    result_ts: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return (self.kind,) if self.kind else tuple(Kind)

    @property
    def box(self) -> str:
        """What the round is on: "pains", "all boxes"."""
        return ABOUT[self.kind].plural if self.kind else "all boxes"

    @property
    def rank(self) -> str:
        """The command that shows a member what is left."""
        return f"rank {ABOUT[self.kind].word}" if self.kind else "rank"

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.time_zone)

    @property
    def until(self) -> str:
        """The deadline, for mrkdwn."""
        return shown(self.closes_at, self.zone)

    @property
    def was_late(self) -> bool:
        """Whether the deadline passed while nobody was there to see it."""
        return (
            self.closed_by is None and self.closed_at is not None and self.closed_at - self.closes_at > LATE
        )

    def covers(self, entry: Entry) -> bool:
        return entry.kind in self.kinds

    def left(self, now: datetime) -> str:
        """Return how much time is left: "2 hours left"."""
        minutes = max(0, int((self.closes_at - now).total_seconds() // 60))
        if minutes < 120:
            return f"{count(minutes, 'minute')} left"
        return f"{minutes // 60} hours left" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days left"


def remind_at(opened: datetime, closes: datetime) -> datetime | None:
    """Return when to remind: at half-time, but not earlier than 24 hours before the end."""
    if closes - opened < SHORT:
        return None
    return max(opened + (closes - opened) / 2, closes - LAST_DAY)


@dataclass(frozen=True, slots=True)
class Circle:
    """Who can vote: the members of the channel but for bots."""

    members: frozenset[str]
    strangers: frozenset[str] = frozenset()  # whom nobody has looked up yet: some may turn out to be bots
    complete: bool = True  # False in a channel with more members than are counted one by one


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is told of a round."""

    round: Round
    head: CanvasInfo
    now: Figures
    circle: Circle
    starter: str  # a name
    cards: Mapping[int, str]  # entry to the link of its card, for mrkdwn
    call: str = ""  # link
    result: str = ""  # link

    @property
    def entries(self) -> list[Entry]:
        """What the round covers now, in order of creation."""
        return [entry for entry in self.now.canvas.entries if self.round.covers(entry)]

    @property
    def voters(self) -> frozenset[str]:
        """Who takes part: whoever has a vote on one of the cards, given in the round or before it."""
        return frozenset(member for entry in self.entries for member in entry.votes)

    @property
    def absent(self) -> frozenset[str]:
        """Who can vote and takes no part yet, where members are counted one by one."""
        if not self.circle.complete:
            return frozenset()
        return self.circle.members - self.circle.strangers - self.voters

    def unvoted(self, member: str) -> list[Entry]:
        return [entry for entry in self.entries if member not in entry.votes]

    @property
    def thorough(self) -> int:
        """How many of the voters have voted on every card."""
        every = [entry.votes.keys() for entry in self.entries]
        counted = self.voters & self.circle.members if self.circle.complete else self.voters
        return sum(all(member in votes for votes in every) for member in counted)

    def turnout(self, verb: str, one: str) -> str:
        """Return "5 of 8 have voted"; members who left the channel since are not among them."""
        if not self.circle.complete:
            return f"{count(len(self.voters), 'member')} {one if len(self.voters) == 1 else verb}"
        number = len(self.circle.members & self.voters)
        return f"{number} of {len(self.circle.members)} {one if number == 1 else verb}"
