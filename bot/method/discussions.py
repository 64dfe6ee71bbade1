"""Discussions: who is asked for a reason, and what the votes after it say beside those before. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from bot.method.model import Entry
from bot.method.ranking import DIVISIVE_BELOW_AGREEMENT, RankedEntry, compute_agreement, compute_score

MIN_DISTANCE = 1  # levels between a vote and the mean, from which on its member is asked
MAX_IN_A_ROW = 2  # discussions of one entry that leave the team divided


class Direction(StrEnum):
    """Where a reason speaks for moving the votes to."""

    HIGHER = "higher"
    LOWER = "lower"


class DiscussionState(StrEnum):
    """The states of a discussion, in their order."""

    ASKING = "asking"  # for reasons
    VOTING = "voting"  # again, in a sealed round on the entry
    CLOSED = "closed"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Reason:
    """What a member who was asked for a reason answered."""

    user_id: str
    direction: Direction
    text: str | None = None  # None before the answer; "" for no reason
    shows_name: bool = False
    place: int = 0  # random, so that the order of the reasons does not tell whose they are


@dataclass(frozen=True, slots=True)
class DiscussionResult:
    """The votes on an entry before a discussion and after it."""

    levels_before: tuple[int, ...]  # the highest first
    levels_after: tuple[int, ...]  # the highest first; also those of members who did not vote again
    vote_count: int  # in the sealed round
    level_change: int  # the sum over members who voted both times
    moved_up: int
    moved_down: int
    stayed: int

    @property
    def shift(self) -> Fraction | None:
        """The mean after minus the mean before, over members who voted both times; None without any."""
        both_times = self.moved_up + self.moved_down + self.stayed
        return Fraction(self.level_change, both_times) if both_times else None

    @property
    def has_earlier_votes(self) -> bool:
        """Whether some of the votes after it are of members who did not vote again."""
        return len(self.levels_after) > self.vote_count

    @property
    def score_before(self) -> Fraction | None:
        return compute_score(self.levels_before)

    @property
    def score(self) -> Fraction | None:
        return compute_score(self.levels_after)

    @property
    def agreement_before(self) -> float | None:
        return compute_agreement(self.levels_before)

    @property
    def agreement(self) -> float | None:
        return compute_agreement(self.levels_after)

    @property
    def is_settled(self) -> bool:
        """Whether the team agrees now; unknown, and so False, below two votes."""
        return self.agreement is not None and self.agreement >= DIVISIVE_BELOW_AGREEMENT

    @property
    def is_divided(self) -> bool:
        """Whether the team is still divided; unknown, and so False, below two votes."""
        return self.agreement is not None and self.agreement < DIVISIVE_BELOW_AGREEMENT


@dataclass(frozen=True, slots=True)
class Discussion:
    """A discussion of one entry: reasons from both sides, then a sealed round on it."""

    id: int
    canvas_id: int
    entry_id: int  # when it started; the entry may be merged or deleted since
    starter_id: str
    time_zone: str  # the starter's
    started_at: datetime
    reasons_until: datetime
    state: DiscussionState
    votes_before: Mapping[str, int]  # user id to level; empty once the entry's text means something else
    reasons: tuple[Reason, ...]  # one for each member who was asked
    round_id: int | None = None  # None until the vote is open
    closed_at: datetime | None = None
    result: DiscussionResult | None = None  # None before the end, and where the entry was deleted

    @property
    def is_running(self) -> bool:
        return self.state in {DiscussionState.ASKING, DiscussionState.VOTING}

    @property
    def unanswered(self) -> list[Reason]:
        """Of the members who were asked, those who have not answered."""
        return [reason for reason in self.reasons if reason.text is None]

    def list_reasons(self, direction: Direction) -> list[Reason]:
        """Return the reasons for one direction in their random order."""
        given = (reason for reason in self.reasons if reason.text and reason.direction is direction)
        return sorted(given, key=lambda reason: reason.place)

    def is_alone(self, reason: Reason) -> bool:
        """Return whether nobody else is asked for a reason in this direction."""
        return sum(each.direction is reason.direction for each in self.reasons) == 1

    def find_reason(self, user_id: str) -> Reason | None:
        """Return what a member answered; None for one who was not asked."""
        return next((reason for reason in self.reasons if reason.user_id == user_id), None)


def find_directions(votes: Mapping[str, int]) -> dict[str, Direction]:
    """Return the directions of the members, by user id, whose vote lies MIN_DISTANCE or more off the mean."""
    number, total = len(votes), sum(votes.values())
    # The distance from the mean, times the number of votes, is a whole number.
    distances = {user_id: number * level - total for user_id, level in votes.items()}
    return {
        user_id: Direction.HIGHER if distance > 0 else Direction.LOWER
        for user_id, distance in distances.items()
        if abs(distance) >= MIN_DISTANCE * number
    }


def compare_votes(
    before: Mapping[str, int], cast: Mapping[str, int], after: Mapping[str, int]
) -> DiscussionResult:
    """Return what a discussion changed. All three are user id to level.

    `cast` are the votes of its sealed round; `after` are all votes on the entry at its end.
    """
    changes = [level - before[user_id] for user_id, level in cast.items() if user_id in before]
    return DiscussionResult(
        levels_before=_sort_levels(before.values()),
        levels_after=_sort_levels(after.values()),
        vote_count=len(cast),
        level_change=sum(changes),
        moved_up=sum(change > 0 for change in changes),
        moved_down=sum(change < 0 for change in changes),
        stayed=sum(change == 0 for change in changes),
    )


def list_finished(
    discussions: Iterable[Discussion], ranked_entries: Mapping[int, RankedEntry]
) -> list[tuple[Discussion, DiscussionResult, Entry]]:
    """Return the discussions with a result that anybody may see, with their entries, in the same order.

    The results of an entry that is sealed now are hidden like its votes. `ranked_entries` are by entry id.
    """
    return [
        (discussion, discussion.result, ranked_entries[discussion.entry_id].entry)
        for discussion in discussions
        if discussion.result is not None
        and discussion.entry_id in ranked_entries
        and ranked_entries[discussion.entry_id].entry.seal is None
    ]


def count_divided_in_a_row(discussions: Sequence[Discussion]) -> int:
    """Return how many of the last discussions of an entry, the oldest first, left the team divided."""
    number = 0
    for discussion in reversed(discussions):
        if discussion.result is None or not discussion.result.is_divided:
            break
        number += 1
    return number


def is_to_be_tested(discussions: Iterable[Discussion], entry_id: int) -> bool:
    """Return whether an entry was discussed so often without settling it that only a test helps."""
    of_entry = [discussion for discussion in discussions if discussion.entry_id == entry_id]
    return count_divided_in_a_row(of_entry) >= MAX_IN_A_ROW


def find_to_be_tested(discussions: Sequence[Discussion]) -> frozenset[int]:
    """Return the ids of the entries that were discussed so often without settling them."""
    entry_ids = {discussion.entry_id for discussion in discussions}
    return frozenset(entry_id for entry_id in entry_ids if is_to_be_tested(discussions, entry_id))


def _sort_levels(levels: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(levels, reverse=True))
