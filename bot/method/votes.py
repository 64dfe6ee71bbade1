"""Which emoji reactions are votes, and which of several votes of one member counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEVEL_BY_REACTION = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
NUMBER_REACTIONS = tuple(LEVEL_BY_REACTION)


@dataclass(frozen=True, slots=True)
class TimedVote:
    """A member's vote on an entry."""

    level: int  # 1..5
    at_us: int  # when it was cast, by Slack's clock, in microseconds since 1970


def read_level(reaction: str) -> int | None:
    """Return the level 1..5 of a reaction's name, or None if it is no vote."""
    # Slack appends the skin tone to the name: "five::skin-tone-2".
    return LEVEL_BY_REACTION.get(reaction.partition("::")[0])


def merge_votes(votes_by_entry: Iterable[Mapping[str, TimedVote]]) -> dict[str, TimedVote]:
    """Return each member's vote (by user id) on entries that are merged into one.

    The later vote counts; at equal times, the higher.
    """
    merged: dict[str, TimedVote] = {}
    for votes in votes_by_entry:
        for user_id, vote in votes.items():
            other = merged.get(user_id, vote)
            merged[user_id] = max(vote, other, key=lambda each: (each.at_us, each.level))
    return merged
