"""What a reaction says."""

LEVELS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
REACTIONS = tuple(LEVELS)


def level_of(reaction: str) -> int | None:
    """Return the level 1..5 that a reaction votes for, or None where it is no vote."""
    return LEVELS.get(reaction.partition("::")[0])
