"""A voting round, who can vote in it, the facts that its messages report, and its jobs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.features.votes.model import ALL_BOXES
from bot.jobs.model import JobKind
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.slack.blockkit.text import count_noun, escape, truncate
from bot.store.model import CanvasInfo
from bot.times.clock import format_moment, zone_or_utc

ROUND_JOB = JobKind("round", 60, frozenset({"chat.postMessage", "chat.update", "chat.delete"}))
REMINDERS_JOB = JobKind("reminders", 72)
REMINDER_JOB = JobKind("reminder", 74, frozenset({"chat.postMessage"}))
RESULT_JOB = JobKind("result", 68, frozenset({"chat.postMessage"}))

MIN_REMINDED_ROUND_INTERVAL = timedelta(hours=1)  # from opening to deadline; a shorter round has no reminder
MAX_REMINDER_LEAD_INTERVAL = timedelta(hours=24)  # from the reminder to the deadline
MAX_CLOSING_DELAY = timedelta(
    minutes=5
)  # after the deadline; the result of a round that closes later says that it is late
TAKE_BACK_PERIOD = timedelta(minutes=5)  # from opening; the starter may take a round back within it
MAX_NAME_CHARACTERS = 80  # of an entry, in the name of a round on it
MAX_COUNTED_MEMBERS = 200  # of a channel; in a larger one, members are neither looked up nor reminded


class RoundState(StrEnum):
    """The states of a round, in their order; only an open round can be taken back."""

    OPEN = "open"
    CLOSING = "closing"  # the votes are read back from the cards, then the result is posted
    CLOSED = "closed"
    TAKEN_BACK = "taken_back"  # its call is deleted; its row stays, so that its id is not used again


@dataclass(frozen=True, slots=True)
class Round:
    """A request to the channel to vote on one box, on all of them or on one entry, until a deadline."""

    id: int
    canvas_id: int
    kind: Kind | None  # None for all boxes; of the entry, if the round is on one
    starter_id: str
    time_zone: str  # the starter's, in which the deadline was typed
    opened_at: datetime
    closes_at: datetime
    remind_at: datetime | None  # None if nobody is to be reminded, or the reminders are enqueued
    opening_ranking: str  # the ranking at the opening, as JSON; "" once the result is out
    state: RoundState = RoundState.OPEN
    message_ts: str | None = None  # of the announcement
    closed_at: datetime | None = None
    closed_by_id: str | None = None  # who closed it before its deadline
    result_ts: str | None = None  # of the result's message
    is_sealed: bool = False  # whether votes are cast in private, and shown at the end only
    entry_id: int | None = None  # of the entry that a discussion is about; None for a round on boxes

    @property
    def is_open(self) -> bool:
        return self.state is RoundState.OPEN

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The boxes that are voted on."""
        return (self.kind,) if self.kind else tuple(Kind)

    @property
    def box_name(self) -> str:
        """What is voted on: "pains", "all boxes", "one pain"."""
        if self.kind is None:
            return "all boxes"
        return f"one {self.kind.spec.singular}" if self.entry_id else self.kind.spec.plural

    @property
    def scope(self) -> str:
        """The scope of the voting dialog."""
        return str(self.entry_id) if self.entry_id else self.kind or ALL_BOXES

    @property
    def name(self) -> str:
        """What is voted on: "vote on pains", "sealed vote on all boxes"."""
        return f"{'sealed ' if self.is_sealed else ''}vote on {self.box_name}"

    @property
    def rank_command(self) -> str:
        """The command that shows a member which of the cards they have not voted on."""
        return f"rank {self.kind.spec.singular}" if self.kind else "rank"

    @property
    def zone(self) -> ZoneInfo:
        return zone_or_utc(self.time_zone)

    @property
    def deadline_text(self) -> str:
        """The deadline, for mrkdwn."""
        return format_moment(self.closes_at.astimezone(self.zone))

    @property
    def closed_late(self) -> bool:
        """Whether the round closed long after its deadline, because no process was running."""
        if self.closed_by_id is not None or self.closed_at is None:
            return False
        return self.closed_at - self.closes_at > MAX_CLOSING_DELAY

    def covers(self, entry: Entry) -> bool:
        """Return whether the entry is voted on: in a box of the round, or in its seal while that lasts."""
        if self.is_open and (self.is_sealed or entry.seal):
            return entry.seal is not None and entry.seal.round_id == self.id
        if self.entry_id:
            return entry.id == self.entry_id
        return entry.kind in self.kinds

    def describe_time_left(self, now: datetime) -> str:
        """Return "90 minutes left", "2 hours left" or "3 days left"."""
        minutes = max(0, int((self.closes_at - now).total_seconds() // 60))
        if minutes < 120:
            return f"{count_noun(minutes, 'minute')} left"
        hours = minutes // 60
        return f"{hours} hours left" if hours < 48 else f"{hours // 24} days left"


def compute_remind_at(opened_at: datetime, closes_at: datetime) -> datetime | None:
    """Return when to remind: at half-time, but at most 24 hours before the end; None for a short round."""
    if closes_at - opened_at < MIN_REMINDED_ROUND_INTERVAL:
        return None
    return max(opened_at + (closes_at - opened_at) / 2, closes_at - MAX_REMINDER_LEAD_INTERVAL)


@dataclass(frozen=True, slots=True)
class Voters:
    """Who can vote: the members of the channel without bots."""

    members: frozenset[str]
    unknown_members: frozenset[str] = frozenset()  # not looked up yet, so some may be bots
    is_complete: bool = True  # False in a channel with more members than are counted


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """Everything that the messages of a round report."""

    round: Round
    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    voters: Voters
    starter_name: str
    card_links: Mapping[int, str]  # by entry id, for mrkdwn
    announcement_link: str = ""
    result_link: str = ""
    # The ids of the entries that each member has voted on in private, by user id; None unless it is sealed.
    sealed_turnout: Mapping[str, frozenset[int]] | None = None
    # Who has a vote in the boxes that is no older than the newest of the cards at the call.
    recent_voters: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What is voted on, for mrkdwn: "vote on pains", "sealed vote on pain “slow”"."""
        if self.round.entry_id is None or not self.entries:
            return self.round.name
        (entry,) = self.entries
        text = escape(truncate(entry.text, MAX_NAME_CHARACTERS))
        return f"sealed vote on {entry.kind.spec.singular} “{text}”"

    @property
    def entries(self) -> list[Entry]:
        """The entries that the round covers now, in order of creation."""
        return [entry for entry in self.metrics.canvas.entries if self.round.covers(entry)]

    @property
    def participants(self) -> frozenset[str]:
        """Everybody who has voted: in a sealed round in private, else also before it.

        Who has not voted since the newest card at the call was added, and not on every card, has not.
        """
        if self.sealed_turnout is not None:
            return frozenset(self.sealed_turnout)
        voters = frozenset(user_id for entry in self.entries for user_id in entry.votes)
        return frozenset(
            user_id for user_id in voters if user_id in self.recent_voters or not self.list_unvoted(user_id)
        )

    @property
    def non_voters(self) -> frozenset[str]:
        """Everybody who can vote and has not; nobody if the channel is too large to count its members."""
        if not self.voters.is_complete:
            return frozenset()
        return self.voters.members - self.voters.unknown_members - self.participants

    def list_unvoted(self, user_id: str) -> list[Entry]:
        """Return the entries of the round on which this member has not voted."""
        if self.sealed_turnout is not None:
            voted_ids = self.sealed_turnout.get(user_id, frozenset())
            return [entry for entry in self.entries if entry.id not in voted_ids]
        return [entry for entry in self.entries if user_id not in entry.votes]

    @property
    def complete_voters(self) -> int:
        """The number of members who have voted on every card."""
        counted = self.participants & self.voters.members if self.voters.is_complete else self.participants
        return sum(not self.list_unvoted(user_id) for user_id in counted)

    def describe_turnout(self, verb: str, singular_verb: str) -> str:
        """Return "5 of 8 have voted", or "5 members have voted" in a large channel.

        Members who left the channel do not count.
        """
        if not self.voters.is_complete:
            number = len(self.participants)
            return f"{count_noun(number, 'member')} {singular_verb if number == 1 else verb}"
        number = len(self.voters.members & self.participants)
        return f"{number} of {len(self.voters.members)} {singular_verb if number == 1 else verb}"
