"""The jobs of votes, the reaction event, and the steps of the voting dialog. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from bot.jobs.model import LAST_PRIORITY, JobKind
from bot.method.kinds import Kind
from bot.method.model import Canvas, Entry
from bot.store.model import CanvasInfo

ALL_BOXES = "all"  # the scope of all kinds; every other scope is a kind, or the id of one entry
# Of a round that has closed: its result waits for them.
READ_ROUND_VOTES_JOB = JobKind("read_round_votes", 66, frozenset({"reactions.get"}))
# Tells a member that a number on a sealed card does not count.
SEAL_NOTICE_JOB = JobKind("seal_notice", 75, frozenset({"chat.postMessage"}))
READ_VOTES_JOB = JobKind("read_votes", LAST_PRIORITY, frozenset({"reactions.get"}))


@dataclass(frozen=True, slots=True)
class ReactionEvent:
    """A number reaction that a user set on a message or took back; the message need not be a card."""

    channel_id: str
    message_ts: str
    user_id: str
    level: int  # 1..5
    is_set: bool
    event_at_us: int  # microseconds since 1970, by Slack's clock


@dataclass(frozen=True, slots=True)
class SavedVote:
    """A vote that the voting dialog has just saved."""

    entry: Entry  # with this vote among its votes
    level: int | None  # 1..5; None if the vote was taken back, or for no opinion on a sealed entry
    level_before: int | None  # the member's vote before it


@dataclass(frozen=True, slots=True)
class VotingStep:
    """One step of the voting dialog: an entry to vote on, or the end."""

    canvas_info: CanvasInfo
    user_id: str
    scope: str  # ALL_BOXES, a kind or the id of one entry
    entries: Sequence[Entry]  # of the scope, in an order that votes do not change
    current: Entry | None  # None at the end
    saved: SavedVote | None = None
    # The member's own votes in a sealed round, by entry id; None is no opinion.
    sealed_votes: Mapping[int, int | None] = field(default_factory=dict)

    @property
    def kind(self) -> Kind | None:
        """The kind of the entries; None in the scope of all boxes."""
        return None if self.scope == ALL_BOXES else self.entries[0].kind

    @property
    def voted_ids(self) -> frozenset[int]:
        """The ids of the entries that the member has voted on."""
        return find_voted_ids(self.entries, self.user_id, self.sealed_votes)

    @property
    def unvoted(self) -> list[Entry]:
        """The entries of the scope that the member has not voted on."""
        voted_ids = self.voted_ids
        return [entry for entry in self.entries if entry.id not in voted_ids]

    @property
    def may_edit(self) -> bool:
        """Whether the canvas's settings let the member edit and delete the current entry."""
        author_id, starter_id = self.current.author_id if self.current else "", self.canvas_info.starter_id
        return self.canvas_info.settings.may_edit(self.user_id, author_id, starter_id)

    @property
    def box(self) -> list[Entry]:
        """The entries of the current entry's box."""
        return [entry for entry in self.entries if self.current and entry.kind is self.current.kind]

    @property
    def previous(self) -> Entry | None:
        """The entry before the current one; at the end, the last one."""
        position = self.entries.index(self.current) if self.current else len(self.entries)
        return self.entries[position - 1] if position else None

    @property
    def next_unvoted(self) -> Entry | None:
        """The next entry that the member has not voted on; the first follows the last."""
        return find_unvoted(self.entries, self.voted_ids, self.current)


def find_voted_ids(entries: Iterable[Entry], user_id: str, sealed_votes: Collection[int]) -> frozenset[int]:
    """Return the ids of the entries that a member has voted on.

    `sealed_votes` has the ids of those that the member has voted on in a sealed round.
    """
    return frozenset(
        entry.id for entry in entries if (entry.id in sealed_votes if entry.seal else user_id in entry.votes)
    )


def shuffle_sealed(entries: Iterable[Entry], user_id: str) -> list[Entry]:
    """Return the entries by box, the sealed ones of each in a random order that stays the same for a member.

    An order that all share would favour the entries at its top.
    """

    def find_place(entry: Entry) -> str:
        seal = entry.seal
        return sha256(f"{seal.round_id} {user_id} {entry.id}".encode()).hexdigest() if seal else ""

    kinds = tuple(Kind)
    return sorted(entries, key=lambda entry: (kinds.index(entry.kind), find_place(entry)))


def list_scope(canvas: Canvas, scope: str = ALL_BOXES) -> list[Entry]:
    """Return the entries of a scope by box and creation."""
    if scope.isdecimal():
        return [entry for entry in canvas.entries if entry.id == int(scope)]
    kinds = tuple(Kind) if scope == ALL_BOXES else (Kind(scope),)
    return [entry for kind in kinds for entry in canvas.entries if entry.kind is kind]


def find_unvoted(entries: Sequence[Entry], voted_ids: Collection[int], current: Entry | None) -> Entry | None:
    """Return the next entry after `current` that is not among the voted ones; the first follows the last.

    None stands for the place before the first entry. `current` itself is not returned.
    """
    ids = [entry.id for entry in entries]
    start = ids.index(current.id) + 1 if current and current.id in ids else 0
    ordered = [*entries[start:], *entries[:start]]
    return next(
        (
            entry
            for entry in ordered
            if entry.id not in voted_ids and (current is None or entry.id != current.id)
        ),
        None,
    )
